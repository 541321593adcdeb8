"""Which cell is probably wrong, where the figures of a report do not agree.

One wrong figure breaks several identities at once. Here those that are broken are explained together: by the smallest
set of cells whose change makes all of them hold, and of several such sets by the one that is far likelier than the
others, as people make mistakes: a digit left out, doubled, swapped or mistyped, a figure that slid into the next column
or row, a total that was not brought up to date. The texts, last year's report and the sum over the bodies below are
witnesses. Findings that one change would mend become one. Where several explanations are as likely, all are named and
none is preferred; no figure is changed.

The search is exact: a broken identity is mended by one of its cells, which breaks or mends the others that it stands
in, and so on until all hold. It begins with one cell and goes on to as many as `_MOST_CELLS`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property

from reportkit.checks.claims import claims_of, holds
from reportkit.checks.finding import SEVERITIES, Finding
from reportkit.checks.rollup import summed
from reportkit.claims import Claim
from reportkit.form import Addend, Equation, Form
from reportkit.form.addresses import name_of
from reportkit.form.figures import Figure, figure_text, magnitude
from reportkit.report import AnnualReport, new_report

__all__ = ["Explanation", "diagnosed", "explanations"]

_MOST_CELLS = 3
# How many steps a search may take, and to how many explanations the texts are heard, and how many are named.
_MOST_STEPS, _MOST_HEARD, _MOST_NAMED = 5_000, 80, 5
# An explanation is preferred if it is likelier than the next by this much.
_FAR_LIKELIER = 1.5
# How unlikely a change of one figure is by itself.
_SLIP, _ANOTHER_DIGIT, _NONE_OR_SOME, _ANY = 1.0, 1.5, 1.5, 3.0
# What a witness weighs that a change brings into agreement, and one that it contradicts.
_WITNESS, _CONTRADICTED = 1.5, 2.0


@dataclass(frozen=True)
class Explanation:
    """What would make the identities hold that are broken.

    Parameters
    ----------
    changes
        For each cell that would be changed its figure.
    cost
        How unlikely it is: the lower the likelier.
    """

    changes: Mapping[str, Figure]
    cost: float = field(compare=False)


def diagnosed(report: AnnualReport, findings: Sequence[Finding]) -> list[Finding]:
    """The findings, those on identities that one change would mend as one, with what should probably be changed.

    Parameters
    ----------
    report
        The report.
    findings
        What the rules found.

    Returns
    -------
    list of Finding
        In the same order; one that stands for several has the place of the first of them.

    Examples
    --------
    >>> from reportkit.checks import check
    >>> from reportkit.report import Agency, new_report
    >>> report = new_report(
    ...     Agency("a", "某局"), 2023, {"applications.received.company": 12, "applications.granted.company": 12},
    ... )
    >>> wrong = report.replace({"applications.received.total": 21})
    >>> [finding.suggestion for finding in check(wrong) if finding.suggestion]
    ['表三.本年新收政府信息公开申请数量.总计应为12（现为21）']
    """
    equations = {(equation.identity.rule, equation.cells): equation for equation in report.form.equations}
    broken = [finding for finding in findings if (finding.rule, finding.cells) in equations]
    if not broken:
        return [*findings]
    system = _System(report)
    told_by = [_Broken(finding, {*system.printed(equations[finding.rule, finding.cells])}) for finding in broken]
    merged: dict[int, Finding | None] = {}
    for found in _explanations(system):
        for entry, members in _entries(report, found, told_by):
            merged[id(members[0])] = entry
            merged |= {id(member): None for member in members[1:]}
    told = (merged.get(id(finding), finding) for finding in findings)
    return [finding for finding in told if finding is not None]


def explanations(report: AnnualReport) -> list[list[Explanation]]:
    """The smallest sets of cells whose change makes the identities of a report hold, the likeliest first.

    Identities that have no cell in common, even by way of others, are explained apart.

    Parameters
    ----------
    report
        The report.

    Returns
    -------
    list of list of Explanation
        For each group of identities that do not all hold, and that a few cells are enough for: the sets of cells, all
        of the same number.

    Examples
    --------
    >>> from reportkit.report import Agency, new_report
    >>> report = new_report(
    ...     Agency("a", "某局"), 2023, {"applications.received.company": 12, "applications.granted.company": 12},
    ... )
    >>> [[each.changes for each in one] for one in explanations(report.replace({"applications.received.total": 21}))]
    [[{'applications.received.total': 12}]]
    """
    return _explanations(_System(report))


def _explanations(system: _System) -> list[list[Explanation]]:
    witnesses = _Witnesses(system.report)
    return [found for wrong in system.wrong_apart() if (found := _explained(system, wrong, witnesses))]


def _explained(system: _System, wrong: dict[int, Decimal], witnesses: _Witnesses) -> list[Explanation]:
    report = system.report
    for number in range(1, _MOST_CELLS + 1):
        found = {frozenset(changes.items()): changes for changes in system.solutions(wrong, number)}
        if found:
            weighed = sorted((Explanation(changes, _cost(changes, report)) for changes in found.values()), key=_order)
            heard = [replace(each, cost=each.cost + witnesses.weight(each.changes)) for each in weighed[:_MOST_HEARD]]
            # Those that no witness was asked about are no likelier than those that witnesses speak for.
            unheard = [replace(each, cost=each.cost - _WITNESS) for each in weighed[_MOST_HEARD:]]
            return sorted([*heard, *unheard], key=_order)
    return []


def _order(explanation: Explanation) -> tuple[float, list[str]]:
    return explanation.cost, list(explanation.changes)


# ------------------------------------------------------------ the system


@dataclass
class _System:
    """The identities as equations over the figures that are printed: those typed, and the totals that are stated.

    Parameters
    ----------
    report
        The report.
    """

    report: AnnualReport
    _steps: int = 0

    @cached_property
    def _equations(self) -> list[Equation]:
        """The identities that can be judged in the report."""
        return _comparable(self.report)

    @cached_property
    def _sides(self) -> list[dict[str, int]]:
        """For each identity its printed cells, with how often each is added or taken away."""
        return [self.printed(equation) for equation in self._equations]

    @cached_property
    def _touched(self) -> dict[str, list[int]]:
        """For each printed cell the identities that it stands in."""
        touched: dict[str, list[int]] = {}
        for number, sides in enumerate(self._sides):
            for address in sides:
                touched.setdefault(address, []).append(number)
        return touched

    @cached_property
    def _most_touched(self) -> int:
        """How many identities one cell stands in, at most."""
        return max(map(len, self._touched.values()), default=0)

    def wrong_apart(self) -> Iterator[dict[int, Decimal]]:
        """The identities that do not hold, each with its gap; those together that have cells in common."""
        gaps = {at: gap for at, equation in enumerate(self._equations) if (gap := self._gap(equation))}
        while gaps:
            together, waiting = {next(iter(gaps))}, [next(iter(gaps))]
            while waiting:
                near = {other for address in self._sides[waiting.pop()] for other in self._touched[address]}
                waiting += near - together
                together |= near
            yield {at: gap for at, gap in gaps.items() if at in together}
            gaps = {at: gap for at, gap in gaps.items() if at not in together}

    def solutions(self, wrong: dict[int, Decimal], number: int) -> Iterator[dict[str, Figure]]:
        """The changes of so many cells after which the identities hold, and no other is broken."""
        self._steps = 0
        yield from self._mended(wrong, {}, number)

    def _mended(self, wrong: dict[int, Decimal], changed: dict[str, Figure], left: int) -> Iterator[dict[str, Figure]]:
        self._steps += 1
        if not wrong:
            yield changed
            return
        if self._steps > _MOST_STEPS or len(wrong) > left * self._most_touched:
            return
        at = min(wrong, key=lambda number: (len(self._sides[number]), number))
        for address, sign in self._sides[at].items():
            if address not in changed and (figure := self._shifted(address, -wrong[at] * sign)) is not None:
                rest = dict(wrong)
                for number in self._touched[address]:
                    gap = rest.pop(number, Decimal(0)) - wrong[at] * sign * self._sides[number][address]
                    if gap:
                        rest[number] = gap
                if left > 1 or not rest:
                    yield from self._mended(rest, {**changed, address: figure}, left - 1)

    def _shifted(self, address: str, by: Decimal) -> Figure:
        """The figure of a cell, changed by so much; None if the cell cannot hold it."""
        kind, now = self.report.form.cells[address].kind, self.report[address]
        if now is not None and not isinstance(now, int | Decimal):
            return None
        figure = Decimal(now or 0) + by
        new: Figure = int(figure) if kind.types is int and figure == int(figure) else figure
        return new if kind.holds(new) else None

    def _gap(self, equation: Equation) -> Decimal:
        left, right = (sum(map(self._value, side), Decimal(0)) for side in (equation.left, equation.right))
        return left - right

    def _value(self, addend: Addend) -> Decimal:
        last = self.report.last_year
        figure = (last if addend.previous and last else self.report)[addend.address]
        return addend.sign * (Decimal(figure) if isinstance(figure, int | Decimal) else Decimal(0))

    def printed(self, equation: Equation) -> dict[str, int]:
        """The cells of an identity that are printed, with how often each is added or taken away."""
        sides: dict[str, int] = {}
        for sign, addends in ((1, equation.left), (-1, equation.right)):
            for addend in addends:
                if not addend.previous:
                    self._add(sides, addend.address, sign * addend.sign)
        return {address: sign for address, sign in sides.items() if sign}

    def _add(self, sides: dict[str, int], address: str, sign: int) -> None:
        """Add a cell; a total that is not stated follows from its parts, which are added in its place."""
        parts = self.report.form.totals.get(address)
        if parts is None or address in self.report.declared:
            sides[address] = sides.get(address, 0) + sign
        else:
            for part in parts:
                self._add(sides, part, sign)


def _comparable(report: AnnualReport) -> list[Equation]:
    """The identities that can be judged in a report."""
    last = report.last_year
    return [
        equation
        for equation in report.form.equations
        if not equation.identity.spans_years
        or (last is not None and all(one.address in last.form.cells for one in (*equation.left, *equation.right)))
    ]


# ------------------------------------------------------------- likelihood


def _cost(changes: Mapping[str, Figure], report: AnnualReport) -> float:
    """How unlikely it is that these figures were meant."""
    if len(changes) == 2 and (slid := _slid(changes, report)):
        return slid
    return sum(_cost_of_one(address, figure, report) for address, figure in changes.items())


def _cost_of_one(address: str, meant: Figure, report: AnnualReport) -> float:
    now = report[address]
    if now is None or (address in report.form.totals and meant == report.computed.get(address)):
        return _SLIP  # left blank; a total that was not brought up to date
    return _cost_of_typing(figure_text(now), figure_text(meant))


def _cost_of_typing(typed: str, meant: str) -> float:
    """How unlikely it is that one number was typed for another."""
    if len(typed) == len(meant):
        different = [at for at, (one, other) in enumerate(zip(typed, meant, strict=True)) if one != other]
        if len(different) == 1:
            return _SLIP if len(typed) > 1 else _NONE_OR_SOME if "0" in (typed, meant) else _ANOTHER_DIGIT
        if len(different) == 2 and sorted(typed) == sorted(meant):
            return _SLIP
        return _ANY
    if "0" in (typed, meant):
        return _NONE_OR_SOME
    longer, shorter = sorted((typed, meant), key=len, reverse=True)
    dropped = (longer[:at] + longer[at + 1 :] for at in range(len(longer)))
    return _SLIP if shorter in dropped else _ANY


def _slid(changes: Mapping[str, Figure], report: AnnualReport) -> float | None:
    """How unlikely it is that a figure stands in the neighbouring column or row, or that two were exchanged."""
    (one, there), (other, here) = changes.items()
    before, after = (report[one] or 0, report[other] or 0), (there or 0, here or 0)
    if after == before[::-1] and _are_neighbours(one, other, report.form):
        return _SLIP
    return None


def _are_neighbours(one: str, other: str, form: Form) -> bool:
    """Whether two cells stand beside each other in a row, or below each other in a column."""
    first, second = form.cells[one], form.cells[other]
    if first.table != second.table:
        return False
    cells = form.table(first.table).cells
    rows, columns = list(dict.fromkeys(cell.row for cell in cells)), list(dict.fromkeys(cell.column for cell in cells))
    down = abs(rows.index(first.row) - rows.index(second.row))
    across = abs(columns.index(first.column) - columns.index(second.column))
    return down + across == 1


class _Witnesses:
    """What speaks for a change of figures, or against it: the claims of the texts, the sums over the bodies below.

    Parameters
    ----------
    report
        The report.
    """

    def __init__(self, report: AnnualReport) -> None:
        self.report = report

    @cached_property
    def _claims(self) -> list[tuple[Claim, bool]]:
        """The claims that no figure is bound into, which would follow any change; whether each holds now."""
        templates, kinds = self.report.templates, ("count", "part", "denial")
        told = (one for one in claims_of(self.report) if one.kind in kinds)
        return [
            (one, bool(holds(one, self.report))) for one in told if one.quote in templates.get(one.section or "", "")
        ]

    @cached_property
    def _sums(self) -> AnnualReport | None:
        report, below = self.report, self.report.below
        if below is None or not below.reports:
            return None
        return new_report(report.agency, report.year, summed(below.reports, report.form), form=report.form)

    def weight(self, changes: Mapping[str, Figure]) -> float:
        """How much likelier (below 0) or less likely they make it that these figures were meant."""
        changed = self.report.replace(changes)
        told = [(before, bool(holds(claim, changed))) for claim, before in self._claims]
        if (sums := self._sums) is not None:
            added = (cell for cell in changes if self.report.form.cells[cell].kind.additive)
            told += [(_equal(sums, self.report, cell), _equal(sums, changed, cell)) for cell in added]
        return sum(_CONTRADICTED if before else -_WITNESS for before, after in told if before != after)


def _equal(one: AnnualReport, other: AnnualReport, cell: str) -> bool:
    return magnitude(one[cell]) == magnitude(other[cell])


# ---------------------------------------------------------------- entries


@dataclass(frozen=True)
class _Broken:
    """A finding on an identity that does not hold, with the printed cells that could mend it."""

    finding: Finding
    cells: set[str]


def _entries(
    report: AnnualReport, found: Sequence[Explanation], broken: Sequence[_Broken]
) -> Iterator[tuple[Finding, list[Finding]]]:
    """The findings as entries for a reader: those that one change would mend as one."""
    best = found[0]
    preferred = len(found) == 1 or found[1].cost - best.cost >= _FAR_LIKELIER
    if preferred:
        certain = dict(best.changes)
    else:
        certain = {
            one: figure
            for one, figure in best.changes.items()
            if all(each.changes.get(one) == figure for each in found)
        }
    for cells in _apart(certain, report):
        members = [one.finding for one in broken if not one.cells.isdisjoint(cells)]
        if members:
            changes = {cell: certain[cell] for cell in cells}
            yield _merged(members, cells, _suggestion(changes, report)), members
            broken = [one for one in broken if one.cells.isdisjoint(cells)]
    changed = {cell for each in found for cell in each.changes}
    findings = [one.finding for one in broken if not one.cells.isdisjoint(changed)]
    if findings and not preferred and len(found) <= _MOST_NAMED and len(best.changes) == 1:
        cells = [next(iter(each.changes)) for each in found]
        told = "；或".join(_suggestion(each.changes, report) for each in found)
        yield _merged(findings, cells, None, f"可能有误的单元格：{told}。"), findings


def _apart(changes: Mapping[str, Figure], report: AnnualReport) -> Iterator[list[str]]:
    """The cells that are changed, those together that stand in one identity."""
    left = list(changes)
    while left:
        cells = [left.pop(0)]
        for cell in cells:
            near = [other for other in left if _share_identity(cell, other, report)]
            left = [other for other in left if other not in near]
            cells += near
        yield cells


def _share_identity(one: str, other: str, report: AnnualReport) -> bool:
    return any({one, other} <= {*equation.cells} for equation in _comparable(report))


def _merged(members: Sequence[Finding], cells: Iterable[str], suggestion: str | None, more: str = "") -> Finding:
    """One finding for several that one change would mend: the gravest that says it with the fewest cells."""
    gravity = list(SEVERITIES)
    first = min(members, key=lambda member: (gravity.index(member.severity), len(member.cells)))
    said = "".join(f"【{member.rule}】{member.message}" for member in members)
    together = f"以下{len(members)}处不一致可能出于同一原因：{said}" if len(members) > 1 else first.message
    named = tuple(dict.fromkeys((*cells, *(cell for member in members for cell in member.cells))))
    known = {cell for member in members for cell in member.cells}
    return replace(
        first,
        message=together + more,
        cells=tuple(cell for cell in named if cell in known),
        suggestion=suggestion,
        also=tuple(members),
    )


def _suggestion(changes: Mapping[str, Figure], report: AnnualReport) -> str:
    return "，".join(
        f"{name_of(address, report.form)}应为{figure_text(figure)}（现为{figure_text(report[address]) or '空白'}）"
        for address, figure in changes.items()
    )
