"""Binding the figures that a text states to the cells they come from: offers, and putting them into the file.

Only what is certain is offered: a claim that holds and is exact, in Arabic digits, with one reading that is one cell of
this year, or a percentage that the formula gives to the very digit. Nothing of the file changes but these digits.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import yaml

from reportkit.checks.claims import claims_of, holds, quotients
from reportkit.claims import Claim
from reportkit.form.bound import Piece
from reportkit.project.folder import Project, ReportKey
from reportkit.project.parameters import TypedError
from reportkit.project.parameters.names import narrative_names, top_names
from reportkit.project.parameters.reading import parse_parameters
from reportkit.report import AnnualReport
from reportkit.system.errors import InputError
from reportkit.system.files import write_file
from reportkit.system.language import Message

__all__ = ["Offer", "Replacement", "offer", "put", "put_into"]

# A number that stands alone, with its sign of per cent.
_NUMBER = re.compile(r"(?<![0-9a-zA-Z.,，+\-])[0-9]+(?:\.[0-9]+)?%?(?![0-9a-zA-Z]|[.,，][0-9])")
_BLOCK_STYLES = ("|", ">")


@dataclass(frozen=True, slots=True)
class Replacement:
    """A figure in a file that can be bound: where it stands in the file's text, its line, and the expression."""

    start: int
    end: int
    line: int
    expression: str


@dataclass(frozen=True, slots=True)
class Offer:
    """What of a parameter file can be bound.

    Parameters
    ----------
    key
        Which report.
    name
        The file, relative to the project.
    text
        What it holds.
    replacements
        What can be bound, from the top down.
    """

    key: ReportKey
    name: str
    text: str
    replacements: tuple[Replacement, ...]


@dataclass(frozen=True, slots=True)
class _Binding:
    """A figure in a text as its author wrote it, and the expression that stands for it."""

    section: str
    start: int
    end: int
    expression: str


def offer(project: Project, named: str, year: int) -> Offer:
    """Find what can be bound in the texts of a report.

    Parameters
    ----------
    project
        The project.
    named
        The agency by its id, its full name or its short one.
    year
        The year reported on.

    Returns
    -------
    Offer
        The figures, and where they stand in the parameter file.

    Raises
    ------
    InputError
        If the report cannot be opened.
    """
    report = project.open_report(named, year)
    key = ReportKey(report.agency.id, year)
    path = project.parameter_file(key)
    text = path.read_bytes().decode("utf-8")
    found = (_in_file(binding, text, report) for binding in _bindings(report))
    replacements = sorted((each for each in found if each is not None), key=lambda each: each.start)
    return Offer(key, path.relative_to(project.root).as_posix(), text, tuple(replacements))


def put(text: str, replacements: Sequence[Replacement]) -> str:
    """The text of a file with expressions in place of figures.

    Parameters
    ----------
    text
        What the file holds.
    replacements
        What is replaced.

    Returns
    -------
    str
        The text, the same everywhere else.

    Examples
    --------
    >>> put("收到申请3件", [Replacement(4, 5, 1, "{{ applications.received.total }}")])
    '收到申请{{ applications.received.total }}件'
    """
    for each in sorted(replacements, key=lambda each: each.start, reverse=True):
        text = text[: each.start] + each.expression + text[each.end :]
    return text


def put_into(project: Project, offered: Offer, accepted: Sequence[Replacement]) -> None:
    """Write the replacements that were accepted into the parameter file.

    Parameters
    ----------
    project
        The project.
    offered
        What was offered.
    accepted
        What of it is to be replaced.

    Raises
    ------
    InputError
        If the file is not what it was; nothing is written then.
    """
    path = project.parameter_file(offered.key)
    with project.editing():
        if path.read_bytes() != offered.text.encode("utf-8"):
            raise InputError(Message("{file} has changed meanwhile: run the command again", file=offered.name))
        changed = put(offered.text, accepted)
        if not _says_the_same(changed, project.open_report(*offered.key)):
            raise InputError(Message("{file}: nothing was written, since its texts would change", file=offered.name))
        write_file(path, changed.encode("utf-8"))


# ---------------------------------------------------------------- in the text


def _bindings(report: AnnualReport) -> Iterator[_Binding]:
    """The figures of a report's texts that can be bound, each once; none that two claims read differently."""
    found: dict[tuple[str, int, int], set[str]] = {}
    for claim in claims_of(report):
        if claim.section is None or claim.year != report.year or not holds(claim, report):
            continue
        for expression in _expressions(claim, report):
            if span := _figure_of(claim, report, expression):
                found.setdefault((claim.section, *span), set()).add(expression)
    for (section, start, end), expressions in found.items():
        pieces = report.filled(section).pieces
        if len(expressions) == 1 and all(end <= piece.filled_start or piece.filled_end <= start for piece in pieces):
            (expression,) = expressions
            moved = _moved(start, pieces)
            yield _Binding(section, moved, moved + end - start, expression)


def _expressions(claim: Claim, report: AnnualReport) -> Iterator[str]:
    """The expression that says what a claim says, if there is but one reading of it."""
    if len(claim.readings) != 1 or len(claim.readings[0]) != 1:
        return
    (address,) = claim.readings[0]
    digits = max(0, -int(claim.value.as_tuple().exponent))
    more = "" if digits == 1 else f", {digits}"
    if claim.kind in ("count", "part"):
        yield f"{{{{ {address} }}}}"
    elif claim.kind == "growth" and claim.value >= 0:
        yield f"{{{{ growth({address}{more}) }}}}"
    elif claim.kind == "share":
        worked_out = [*quotients(claim, report)]
        if len(worked_out) == 1 and len(worked_out[0].cells) == 2:
            yield f"{{{{ share({', '.join(worked_out[0].cells)}{more}) }}}}"


def _figure_of(claim: Claim, report: AnnualReport, expression: str) -> tuple[int, int] | None:
    """Where the words of a claim state what the expression gives, digit for digit; None unless in one place."""
    key = claim.section or ""
    probe = report.replace(narrative={key: expression}).filled(key)
    if probe.faults:
        return None
    text = report.narrative[key]
    spans = [match.span() for match in _NUMBER.finditer(text, claim.start, claim.end + 1) if match[0] == probe.text]
    return spans[0] if len(spans) == 1 and spans[0][1] <= claim.end else None


def _moved(at: int, pieces: Sequence[Piece]) -> int:
    """Where a place of the text that is filled in is in the text as written."""
    before = [piece for piece in pieces if piece.filled_end <= at]
    return at + before[-1].end - before[-1].filled_end if before else at


# ---------------------------------------------------------------- in the file


def _in_file(binding: _Binding, text: str, report: AnnualReport) -> Replacement | None:
    """Where a figure stands in the file; None where it is not certain, as in a text with escapes."""
    node = _node_of(binding.section, text, report)
    if node is None:
        return None
    start, end = node.start_mark.index, node.end_mark.index
    if node.style in _BLOCK_STYLES:
        start = text.index("\n", start)
    template = report.templates[binding.section]
    figure = template[binding.start : binding.end]
    places = [start + match.start() for match in re.finditer(re.escape(figure), text[start:end])]
    before = template.count(figure, 0, binding.start)
    if len(places) != template.count(figure):
        return None
    at = places[before]
    replacement = Replacement(at, at + len(figure), text.count("\n", 0, at) + 1, binding.expression)
    return replacement if _says_the_same(put(text, [replacement]), report) else None


def _node_of(section: str, text: str, report: AnnualReport) -> yaml.ScalarNode | None:
    """The text of a section in a file; its places are counted in characters."""
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    for names, wanted in ((top_names(report.form), "narrative"), (narrative_names(report.form), section)):
        entries = root.value if isinstance(root, yaml.MappingNode) else []
        root = next((value for key, value in entries if names.key(key.value) == wanted), None)
    return root if isinstance(root, yaml.ScalarNode) else None


def _says_the_same(text: str, report: AnnualReport) -> bool:
    """Whether a file of that text states the report, its texts included."""
    try:
        stated = parse_parameters(text.encode("utf-8"), report.agency, report.year, name="")
    except TypedError:
        return False
    return stated.replace(previous=report.previous, standard=report.standard, below=report.below) == report
