"""What check and audit print: findings of one report or of hundreds, for a person, a program or a spreadsheet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reportkit.cli.app import project_in
from reportkit.cli.terminal import new_console, print_error, print_json, severity_counts, tell
from reportkit.cli.words import Choice, option
from reportkit.system.errors import InputError
from reportkit.system.language import Counted, Joined, Message, said
from reportkit.text import MOST_OF_A_KIND, breadth, shortened, wrapped

if TYPE_CHECKING:
    from rich.console import Console

    from reportkit.checks import Finding
    from reportkit.checks.overview import Checked, State

__all__ = ["Asked", "asked_for", "exit_status", "print_checked"]

# Of more reports than this, only what matters is said: no information, no list of cells, no reasons.
_FEW = 20
_MOST_CELLS = 4  # of a finding
_WIDEST = 100  # a line of a finding, in columns
_INDENT = " " * 4
_LINES_OF_AN_ERROR = 2  # of many reports
_OMITTED = "…"
_CORRECTION_LIST = "退改清单.xlsx"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the options of check and audit ask for.

    Parameters
    ----------
    output_format
        ``text``, ``json`` or ``xlsx``.
    output
        Where the spreadsheet goes.
    severity
        The least grave severity to show; all if None.
    rules, agencies
        The only rules and agencies to show; all if empty.
    group
        By what findings are grouped: ``agency`` or ``rule``.
    """

    output_format: str = "text"
    output: Path | None = None
    severity: str | None = None
    rules: tuple[str, ...] = ()
    agencies: tuple[str, ...] = ()
    group: str = "agency"

    def of(self, checked: Checked) -> Checked:
        """The report with only those findings that are asked for."""
        from reportkit.checks.overview import selected

        return selected(checked, rules=self.rules, least=self.severity)

    def names(self, checked: Checked) -> bool:
        """Whether the report is one of those asked for, by the agency's id or name."""
        return not self.agencies or bool({checked.agency, checked.agency_name}.intersection(self.agencies))


def asked_for(command: Callable[..., int]) -> Callable[..., int]:
    """Give a command the options that choose findings and how they are shown; it gets them as ``asked``."""

    @wraps(command)
    def with_asked(**given: Any) -> int:
        names = ("output_format", "output", "severity", "rules", "agencies_only", "group")
        output_format, output, severity, rules, agencies, group = (given.pop(name) for name in names)
        known = _known(rules, partial(_own_rules, given))
        return command(asked=Asked(output_format, output, severity, known, agencies, group), **given)

    for add in reversed(_OPTIONS):
        with_asked = add(with_asked)
    return with_asked


_OPTIONS = (
    option(
        "--severity",
        type=Choice(["error", "warning", "info"]),
        help=Message("Only findings that are at least so grave."),
    ),
    option(
        "--rule",
        "rules",
        multiple=True,
        metavar=Message("RULE"),
        help=Message("Only findings of this rule, such as T3-BALANCE; may be given several times."),
    ),
    option(
        "--agency",
        "agencies_only",
        multiple=True,
        metavar=Message("AGENCY"),
        help=Message("Only reports of this agency; may be given several times."),
    ),
    option(
        "--group",
        type=Choice(["agency", "rule"]),
        default="agency",
        help=Message("Put findings together by agency, or by rule."),
    ),
    option(
        "--format",
        "output_format",
        type=Choice(["text", "json", "xlsx"]),
        default="text",
        help=Message("Text for people, JSON for programs, or a spreadsheet to send back to the agencies."),
    ),
    option(
        "-o",
        "--output",
        type=click.Path(path_type=Path),
        metavar=Message("FILE"),
        help=Message("Where the spreadsheet goes; by default {file}.", file=_CORRECTION_LIST),
    ),
)


def exit_status(checked: Iterable[Checked]) -> int:
    """2 if a report could not be read, 1 if an error stands, otherwise 0."""
    states = {report.state for report in checked}
    return 2 if "unreadable" in states else 1 if "error" in states else 0


def print_checked(checked: Sequence[Checked], asked: Asked, *, with_file: bool = False) -> None:
    """Print what the checks say of reports, as it is asked for.

    Parameters
    ----------
    checked
        The reports, with only those findings that are asked for.
    asked
        How to print them.
    with_file
        Whether programs get the file of each report, too.
    """
    from reportkit.checks.overview import gravest_first

    if asked.output_format == "json":
        print_json([{**({"file": report.file} if with_file else {}), **report.as_json()} for report in checked])
    elif asked.output_format == "xlsx":
        from reportkit.checks.correction_list import write_correction_list

        path = asked.output or Path(_CORRECTION_LIST)
        rows = write_correction_list(checked, path)
        tell(Message("wrote {path}", path=path))
        tell(Counted("{count} finding", "{count} findings", count=rows))
    else:
        listing = _Listing(new_console(), many=len(checked) > _FEW)
        ordered = gravest_first(checked)
        if asked.group == "rule":
            listing.by_rule(ordered)
        else:
            listing.by_report(ordered)
        for report in ordered:
            if report.error is not None:
                print_error(_unread(report))
        if listing.many:
            for line in _next_steps(ordered):
                tell(line)
        tell(_summary(checked))


class _Listing:
    """Prints findings, for few reports with all that is known of them."""

    def __init__(self, console: Console, *, many: bool) -> None:
        self.console, self.many = console, many
        self.width = min(console.width, _WIDEST)

    def by_report(self, checked: Iterable[Checked]) -> None:
        """Each report with its findings; of many those that have any."""
        from rich.text import Text

        for report in checked:
            shown = self.shown(report)
            if report.outcome is None or (self.many and not shown):
                continue
            head = Text.assemble((_name(report), "bold"), "  ", severity_counts(report.counts), f"  {report.file}")
            self.console.print(head, soft_wrap=True)
            if self.many:
                self.briefly(report, shown)
            else:
                self.fully(report, shown)

    def briefly(self, report: Checked, shown: Sequence[Finding]) -> None:
        """Of each rule the first finding, an error in two lines and what is less grave in one."""
        numbers = Counter(finding.rule for finding in shown)
        width = self.width - len(_INDENT) - breadth(_OMITTED)
        for finding in _first_of_each_rule(shown, 1):
            number = numbers[finding.rule]
            also = said(Message(" (and {count} more)", count=number - 1)) if number > 1 else ""
            head = " ".join(filter(None, [finding.look.word, f"{finding.rule}{also}", _at(finding, report.file)]))
            told = finding.advice if finding.suggestion else _message(finding)
            lines = wrapped(said(Joined(": ", [head, told])), width)
            most = _LINES_OF_AN_ERROR if finding.severity == "error" else 1
            if len(lines) > most:
                lines[most - 1] += _OMITTED
            for number, line in enumerate(lines[:most]):
                indent = _INDENT if number else _INDENT[:2]
                self.console.print(f"{indent}{line}", style=finding.look.style, soft_wrap=True)

    def fully(self, report: Checked, shown: Sequence[Finding]) -> None:
        """All that is known of a report."""
        for finding in _first_of_each_rule(shown, MOST_OF_A_KIND):
            self.finding(finding, _line(finding))
        for rule, number in Counter(finding.rule for finding in shown).items():
            if number > MOST_OF_A_KIND:
                more = Message("  {rule}  … and {count} more", rule=rule, count=number - MOST_OF_A_KIND)
                self.console.print(said(more), style="dim", soft_wrap=True)
        for doubt in report.inferred:
            self.lines("  ", said(Joined(": ", [doubt["what"], doubt["said"]])), style="dim")
        unjudged = said(Message("not judged"))
        reasons: dict[str, list[str]] = {}
        for item in report.outcome.not_assessable if report.outcome is not None else ():
            reasons.setdefault(item.reason, []).append(item.rule)
        for reason, rules in reasons.items():
            self.lines(f"  {unjudged} ", f"{said(Joined(', ', rules))}  {reason}", style="dim")
        self.console.print()

    def by_rule(self, checked: Sequence[Checked]) -> None:
        """Each rule with the reports that break it, in the order of the rules' gravity."""
        from rich.text import Text

        from reportkit.checks import SEVERITIES

        found = [(report, finding) for report in checked for finding in self.shown(report)]
        rules = dict.fromkeys(
            finding.rule for severity in SEVERITIES for _, finding in found if finding.severity == severity
        )
        for rule in rules:
            broken = [(report, finding) for report, finding in found if finding.rule == rule]
            count = said(Counted("{count} finding", "{count} findings", count=len(broken)))
            self.console.print(Text.assemble((rule, "bold"), "  ", count), soft_wrap=True)
            for report, finding in broken:
                self.finding(finding, _name(report), rule=False)
            self.console.print()

    def shown(self, report: Checked) -> list[Finding]:
        """The findings that are worth a line."""
        return [
            finding
            for finding in report.findings
            if not self.many or (finding.waived is None and finding.severity != "info")
        ]

    def finding(self, finding: Finding, place: str, *, rule: bool = True) -> None:
        """One finding: how grave, which rule, where, what is wrong; of few reports the cells, too."""
        from reportkit.checks.overview import names_of_cells

        head = "  ".join(filter(None, [finding.look.word, finding.rule if rule else "", place]))
        self.console.print(f"  {head}", style=finding.look.style, soft_wrap=True)
        if finding.suggestion:
            self.lines("    ", finding.advice, style="bold")
        if not (finding.suggestion and self.many):
            self.lines("    ", _message(finding))
        if finding.cells and not self.many:
            self.lines("    ", names_of_cells(finding, _MOST_CELLS), style="dim")

    def lines(self, before: str, text: str, *, style: str = "") -> None:
        """A text in lines that begin below each other."""
        for line in wrapped(text, self.width - breadth(before)):
            self.console.print(f"{before}{line}", style=style, soft_wrap=True)
            before = " " * breadth(before)


def _name(report: Checked) -> str:
    return " ".join(filter(None, [report.agency_name or report.agency or "?", str(report.year or "")]))


def _line(finding: Finding) -> str:
    """Where the finding stands, as a reader of code would click on it."""
    return str(finding.place) if finding.place else ""


def _message(finding: Finding) -> str:
    told = f"{finding.message}（{finding.waived.by}：{finding.waived.reason}）" if finding.waived else finding.message
    return shortened(told)


def _at(finding: Finding, file: str) -> str:
    """Where a finding stands, without the file that has been named."""
    if finding.place is None or finding.place.file != file:
        return _line(finding)
    if isinstance(finding.place.at, int):
        return said(Message("line {line}", line=finding.place.at))
    return finding.place.at or ""


def _first_of_each_rule(findings: Iterable[Finding], most: int) -> Iterator[Finding]:
    """The findings, of each rule only so many."""
    seen: Counter[str] = Counter()
    for finding in findings:
        seen[finding.rule] += 1
        if seen[finding.rule] <= most:
            yield finding


def _unread(report: Checked) -> Message:
    error = report.error or ""
    # The errors of parameter files begin with the file's name.
    return Message("{error}", error=error) if report.file in error else Joined(": ", [report.file, error])


def _next_steps(ordered: Sequence[Checked]) -> Iterator[Message]:
    """What to do first about many reports, the gravest of which come first."""
    unread = sum(report.error is not None for report in ordered)
    gravest = next((report for report in ordered if report.state == "error"), None)
    first: list[Message] = []
    if unread:
        files = Counted("the {count} file", "the {count} files", count=unread)
        first.append(Message("mend {files} that cannot be read", files=files))
    if gravest is not None:
        first.append(Message("see what is wrong with {report}, then with those below it", report=_name(gravest)))
    if first:
        yield Message("First: {steps}", steps=Joined("; ", first))
    if gravest is not None:
        yield Message(
            "Checked alone, a report is shown with every detail; --format xlsx makes the list to send back to agencies"
        )


def _summary(checked: Sequence[Checked]) -> Message:
    """How many reports are in which state, and how many rules could not be judged."""
    from reportkit.checks.overview import counted

    counts = counted(checked)
    said_of: dict[State, Message] = {
        "error": Counted("{count} with errors", "{count} with errors", count=counts.get("error", 0)),
        "warning": Counted("{count} with warnings", "{count} with warnings", count=counts.get("warning", 0)),
        "info": Counted("{count} with information", "{count} with information", count=counts.get("info", 0)),
        "clean": Counted("{count} without findings", "{count} without findings", count=counts.get("clean", 0)),
        "unreadable": Counted("{count} unreadable", "{count} unreadable", count=counts.get("unreadable", 0)),
    }
    states = Joined(", ", [text for state, text in said_of.items() if counts.get(state)])
    summed = Message(
        "{reports}: {states}", reports=Counted("{count} report", "{count} reports", count=len(checked)), states=states
    )
    unjudged = sum(len(report.outcome.not_assessable) for report in checked if report.outcome is not None)
    if not unjudged:
        return summed
    left = Counted("{count} rule could not be judged", "{count} rules could not be judged", count=unjudged)
    return Message("{summed}; {unjudged}", summed=summed, unjudged=left)


def _known(rules: tuple[str, ...], own: Callable[[], Iterable[str]]) -> tuple[str, ...]:
    """The rules by their ids; an error for one that neither the catalogue nor the project has."""
    if not rules:
        return ()
    from difflib import get_close_matches

    from reportkit.checks import every_rule
    from reportkit.form import editions

    known = {rule.id.upper(): rule.id for form in editions().values() for rule in every_rule(form)}
    if not {rule.upper() for rule in rules} <= known.keys():
        known |= {id.upper(): id for id in own()}
    for rule in rules:
        if rule.upper() not in known:
            near = get_close_matches(rule.upper(), sorted(known), n=1)
            hint = Message("did you mean {near}?", near=near[0]) if near else Message("`reportkit rules` lists them")
            raise InputError(Message("--rule {rule}: no such rule; {hint}", rule=rule, hint=hint))
    return tuple(known[rule.upper()] for rule in rules)


def _own_rules(given: Mapping[str, Any]) -> list[str]:
    """The ids of the rules that the project of a command declares; none where a command has no project."""
    if "project" not in given:
        return []
    from reportkit.checks import own_rules
    from reportkit.form import editions

    file = project_in(given["project"]).settings.standard.own_rules
    return [rule.id for form in editions().values() for rule in own_rules(file, form)]
