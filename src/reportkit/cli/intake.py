"""The commands by which figures get in: import, audit, workbook, tally, rollup."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reportkit.cli.app import YEAR, agencies, app, output_format, project_folder, project_in, required_year
from reportkit.cli.findings import Asked, asked_for, exit_status, print_checked
from reportkit.cli.terminal import new_console, print_error, print_json, progress, tell
from reportkit.cli.words import Group, argument, option
from reportkit.system.errors import InputError
from reportkit.system.language import Counted, Joined, Message, said
from reportkit.text import first_of, shortened

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from reportkit.form import Form
    from reportkit.form.figures import Figure
    from reportkit.intake.published.importing import Imported
    from reportkit.intake.published.report import PublishedReport
    from reportkit.project.folder import Project

__all__ = ["audit", "import_reports", "new_forms", "read_forms", "rollup", "tally"]

_PATH = click.Path(path_type=Path)
_files = argument(
    "files",
    nargs=-1,
    required=True,
    type=_PATH,
    metavar=Message("FILE..."),
    help=Message("Files: HTML, Word, PDF or text; or folders of them."),
)
_year = option("--year", "-y", type=YEAR, metavar=Message("YEAR"), help=Message("The year reported on."))


def _agency(meaning: Message) -> Callable[..., Any]:
    return option("--agency", metavar=Message("AGENCY"), help=meaning)


def _force(meaning: Message) -> Callable[..., Any]:
    return option("--force", is_flag=True, help=meaning)


def _explain(meaning: Message) -> Callable[..., Any]:
    return option("--explain", metavar=Message("CELL"), help=meaning)


# ------------------------------------------------------------ published reports


@app.command(
    "import",
    help=Message(
        "Read published reports into parameter files.\n\n"
        "What was read, what had to be guessed and what was not found is listed. With --format json nothing is "
        "written: what was read is printed instead."
    ),
    epilog=Message("Example: reportkit import 2023年度报告.docx --agency linyi-fao"),
)
@_files
@_agency(Message("Whose report it is, by id, full or short name."))
@_year
@_force(Message("Replace a parameter file that exists."))
@output_format
@project_folder
def import_reports(
    files: tuple[Path, ...], agency: str | None, year: int | None, force: bool, output_format: str, project: Path | None
) -> int:
    """Read published reports."""
    from reportkit.intake.published.importing import published_files

    wanted = published_files(files)
    if output_format == "json":
        failed = _print_published(wanted, project_in(project) if project else None, year)
    else:
        failed = _import(project_in(project), wanted, agency, year, force)
    return 2 if failed else 0


def _print_published(files: list[Path], project: Project | None, year: int | None) -> int:
    """Print as JSON what was read; returns how many files failed."""
    from reportkit.intake.published.importing import read_published
    from reportkit.system.bounded import Refusal

    failed, answers = 0, []
    with progress(new_console(stderr=True), Message("reading"), len(files)) as advance:
        for file, published in read_published(files, agencies=project.agencies if project else {}, year=year):
            advance()
            if isinstance(published, Refusal):
                failed += 1
                print_error(Joined(": ", [file, published.message]))
            else:
                answers.append(published.as_json())
    if answers:
        print_json(answers[0] if len(files) == 1 else answers)
    return failed


def _import(project: Project, files: list[Path], agency: str | None, year: int | None, force: bool) -> int:
    """Write parameter files; returns how many files failed."""
    from reportkit.intake.published.importing import import_files
    from reportkit.system.bounded import Refusal

    console = new_console()
    # An id that the register lacks is that of a new agency.
    known = project.register.named(agency) if agency else ()
    agency_id = project.agency(agency).id if agency and known else agency
    failed = 0
    with progress(new_console(stderr=True), Message("reading"), len(files)) as advance:
        for file, published, result in import_files(project, files, agency_id=agency_id, year=year, force=force):
            advance()
            if isinstance(result, Refusal) or published is None:
                failed += 1
                print_error(
                    Joined(": ", [file, result.message if isinstance(result, Refusal) else Message("not read")])
                )
            else:
                for line in _imported(file, published, result):
                    console.print(shortened(said(line)), soft_wrap=True)
    return failed


def _imported(file: Path, published: PublishedReport, imported: Imported) -> Iterator[str]:
    """What was read from a file, what was guessed, and what was not found."""
    texts = sum(map(bool, published.narrative.values()))
    yield Joined(" → ", [file, imported.path])
    yield Message("  agency   {name}", name=imported.agency.name)
    if imported.is_new:
        yield Message("  new      look at its entry in params/agencies.yaml")
    yield Message("  read     {figures} figures, {texts} texts", figures=len(published.figures), texts=texts)
    yield from _first(
        Message("  guessed  {what}: {said} ({sure} sure)", what=guess.what, said=guess.said, sure=f"{guess.sure:.0%}")
        for guess in published.guesses
    )
    yield from _first(Message("  missing  {missing}", missing=missing) for missing in published.missing)
    if imported.put_aside:
        yield Message("  aside    {file}, which could not be read", file=imported.put_aside)
    for problem in said(imported.problems).splitlines():
        yield Message("  correct  {problem}", problem=problem)


def _first(lines: Iterable[object]) -> Iterator[str]:
    """The first of many lines in the reader's language, and how many more there are."""
    return first_of(map(said, lines), said(Message("… and {} more")))


@app.command(
    "audit",
    help=Message(
        "Check reports that others published, without writing anything; several years of one agency are compared.\n\n"
        "The exit status is 1 if an error was found, 2 if a file could not be read."
    ),
    epilog=Message("Example: reportkit audit published/ --format json"),
)
@_files
@_year
@asked_for
def audit(files: tuple[Path, ...], year: int | None, asked: Asked) -> int:
    """Check published reports."""
    from reportkit.intake.published.audit import audit as audit_reports
    from reportkit.intake.published.importing import published_files, read_published

    wanted = published_files(files)
    reports = []
    with progress(new_console(stderr=True), Message("reading"), len(wanted)) as advance:
        for read in read_published(wanted, year=year):
            reports.append(read)
            advance()
    audited = [asked.of(checked) for checked in audit_reports(reports) if asked.names(checked)]
    print_checked(audited, asked, with_file=True)
    return exit_status(audited)


# --------------------------------------------------------------- the Excel form


@app.group(
    "workbook",
    cls=Group,
    no_args_is_help=True,
    help=Message("The Excel form: write one to be filled in, read filled ones."),
    epilog=Message("Example: reportkit workbook new linyi-fao --year 2023"),
)
def workbook() -> None:
    """The group of commands on the Excel form."""


@workbook.command(
    "new",
    help=Message(
        "Write the Excel forms of reports for officials to fill in, with what is known already.\n\n"
        "A form that exists stays as it is, and the others are written; the exit status is 2 then."
    ),
    epilog=Message("Example: reportkit workbook new linyi-fao --year 2023 -o 2023.xlsx"),
)
@agencies
@required_year
@option(
    "-o",
    "--output",
    type=_PATH,
    metavar=Message("FILE"),
    help=Message("Where to write it; of several forms the folder. By default AGENCY-YEAR.xlsx in this one."),
)
@_force(Message("Replace a file that exists."))
@project_folder
def new_forms(agencies: tuple[str, ...], year: int, output: Path | None, force: bool, project: Path | None) -> int:
    """Write the Excel forms of reports."""
    from reportkit.intake.workbook import issue_form

    found = project_in(project)
    ids = list(dict.fromkeys(found.agency(name).id for name in agencies)) or list(found.agencies)
    one = len(agencies) == 1
    written = 0
    with progress(new_console(stderr=True), Message("writing"), len(ids)) as advance:
        for agency_id in ids:
            path = output if one and output else (output or Path()) / f"{agency_id}-{year}.xlsx"
            try:
                tell(Message("wrote {path}", path=issue_form(found, agency_id, year, path, force=force)))
                written += 1
            except InputError as error:
                print_error(error)
            advance(failed=False)
    if not one:
        tell(Counted("{count} form written", "{count} forms written", count=written))
    return 0 if written == len(ids) else 2


@workbook.command(
    "read",
    help=Message("Turn filled Excel forms into parameter files, and say which figures in them do not agree."),
    epilog=Message("Example: reportkit workbook read filled/*.xlsx"),
)
@argument(
    "files",
    nargs=-1,
    required=True,
    type=_PATH,
    metavar=Message("FILE..."),
    help=Message("Filled forms, or folders with them."),
)
@_force(Message("Replace a parameter file that exists."))
@project_folder
def read_forms(files: tuple[Path, ...], force: bool, project: Path | None) -> int:
    """Turn filled Excel forms into parameter files."""
    from reportkit.checks import check
    from reportkit.intake.workbook import forms_in, save_forms

    project_found = project_in(project)
    forms = forms_in(files)
    if not forms:
        raise InputError(Message("no .xlsx file in {files}", files=Joined(", ", files)))
    failed = 0
    with progress(new_console(stderr=True), Message("reading"), len(forms)) as advance:
        for file, saved in save_forms(project_found, forms, force=force):
            try:
                advance(failed=isinstance(saved, InputError))
                if isinstance(saved, InputError):
                    raise saved
                report = project_found.open_report(saved.path.stem, int(saved.path.parent.name))
            except InputError as error:
                failed += 1
                print_error(error)
                continue
            tell(Joined(" → ", [file, saved.path]))
            if saved.put_aside:
                tell(Message("  aside    {file}, which could not be read", file=saved.put_aside))
            findings = check(report).standing("error")
            for line in _first(
                f"  {found.look.word}     {found.rule}  {found.advice}{found.message}" for found in findings
            ):
                tell(shortened(line))
    return 2 if failed else 0


# -------------------------------------------------------- ledgers, and roll-ups


@app.command(
    "tally",
    help=Message(
        "Count ledgers of requests, reviews and lawsuits into tables 三 and 四.\n\n"
        "Lines that cannot be counted are listed; the exit status is 2 then, and nothing is written without --force."
    ),
    epilog=Message("Example: reportkit tally 台账.xlsx --year 2023 --agency linyi-fao"),
)
@argument(
    "ledgers",
    nargs=-1,
    required=True,
    type=_PATH,
    metavar=Message("LEDGER..."),
    help=Message("CSV or .xlsx, a line for each case."),
)
@required_year
@_agency(Message("Write the figures to its report."))
@_explain(Message("List the lines that a figure counts."))
@option(
    "--column",
    multiple=True,
    metavar=Message("KEY=HEADING"),
    help=Message("The heading of a column that has another name: received=来件日."),
)
@option("--sheet", metavar=Message("NAME"), help=Message("The sheet of a workbook."))
@option(
    "--outcome",
    multiple=True,
    metavar=Message("WORD=ITEM"),
    help=Message("What a word means, kept in params/project.yaml: 转信访办=信访举报投诉类申请."),
)
@_force(Message("Write even if lines are not counted, or figures are replaced."))
@output_format
@project_folder
def tally(
    ledgers: tuple[Path, ...],
    year: int,
    agency: str | None,
    explain: str | None,
    column: tuple[str, ...],
    sheet: str | None,
    outcome: tuple[str, ...],
    force: bool,
    output_format: str,
    project: Path | None,
) -> int:
    """Count ledgers."""
    from reportkit.intake.ledger import tally_files

    columns = dict(_pair(given, "--column", Message("KEY=HEADING"), "received=来件日") for given in column)
    words = dict(_pair(given, "--outcome", Message("WORD=ITEM"), "转信访办=信访举报投诉类申请") for given in outcome)
    counted = tally_files(ledgers, year, columns=columns, sheet=sheet, taught=_taught(project, words, year))
    for note in counted.notes:
        tell(Message("note: {note}", note=note), stderr=True)
    for problem in counted.told():
        print_error(problem)
    if explain is not None:
        for record in counted.lines(explain):
            kind, answer = counted.labels(record)
            shown = [kind, record.received, answer or "-", record.answered or "-"]
            tell(f"{record.place}  {'  '.join(map(str, shown))}")
    elif output_format == "json":
        print_json(counted.as_json())
    else:
        _print_figures(counted.form, counted.figures)
    if agency is not None and explain is None:
        from reportkit.intake.saving import save_tally

        found = project_in(project)
        path = save_tally(found, found.agency(agency).id, counted, force=force)
        tell(Message("wrote {path}", path=path), stderr=output_format == "json")
    return 2 if counted.problems else 0


def _pair(given: str, option: str, form: Message, example: str) -> tuple[str, str]:
    """The two sides of an option such as received=来件日."""
    key, equals, value = (part.strip() for part in given.partition("="))
    if not (key and equals and value):
        raise InputError(
            Message(
                "{option} {given}: write {form}, as in {example}",
                option=option,
                given=given,
                form=form,
                example=example,
            )
        )
    return key, value


def _taught(folder: Path | None, words: dict[str, str], year: int) -> dict[str, str]:
    """The words that the project was taught before, and those that it is taught now; without a project these alone."""
    from reportkit.form import form_for
    from reportkit.intake.ledger import require_meant, taught_words, teach
    from reportkit.project.folder import ProjectError

    try:
        found = project_in(folder)
    except ProjectError:
        if folder is not None:
            raise
        require_meant(words, form_for(year))
        if words:
            tell(Message("note: --outcome holds for this tally alone, since there is no project here"), stderr=True)
        return words
    if words:
        tell(Message("wrote {path}", path=teach(found, words, form_for(year))), stderr=True)
    return taught_words(found)


def _print_figures(form: Form, figures: Mapping[str, Figure]) -> None:
    """The figures other than 0, each under the form's label."""
    from reportkit.form.figures import figure_text

    console = new_console()
    for address, figure in figures.items():
        if figure:
            console.print(f"{figure_text(figure):>8}  {form.cells[address].label}  {address}", soft_wrap=True)
    if not any(figures.values()):
        tell(Message("every figure is 0"))


@app.command(
    "rollup",
    help=Message(
        "Sum the reports of all bodies below an agency into its own parameter file.\n\n"
        "A body that has a report stands for all below it as well; the agency's own office is a body like any other."
    ),
    epilog=Message("Example: reportkit rollup linyi --year 2023"),
)
@argument("parent", metavar=Message("PARENT"), help=Message("The agency above, by id, full or short name."))
@required_year
@_explain(Message("List what each body adds to a figure."))
@_force(Message("Replace figures that are there already."))
@output_format
@project_folder
def rollup(parent: str, year: int, explain: str | None, force: bool, output_format: str, project: Path | None) -> int:
    """Sum the reports of all bodies below an agency."""
    from reportkit.intake.rollup import roll_up
    from reportkit.intake.saving import save_figures

    found = project_in(project)
    summed = roll_up(found, found.agency(parent).id, year)
    absent = (Message("no report: {id}  {name}", id=body.id, name=body.name) for body in summed.below.missing)
    for line in _first(absent):
        tell(line, stderr=True)
    for body, message in summed.below.unreadable:
        print_error(Joined(": ", [body.id, message]))
    if explain is not None:
        from reportkit.form.figures import figure_text

        for body, figure in summed.contributions(explain):
            tell(f"{figure_text(figure):>12}  {body.id}  {body.name}")
        return 0
    if output_format == "json":
        from reportkit.publish.data import report_data

        print_json({**report_data(summed.report), "missing": [body.id for body in summed.without_report]})
    path = save_figures(found, summed.report.agency, year, summed.report.figures, summed.origins, force=force)
    reports = Counted(
        "{count} report summed into {path}",
        "{count} reports summed into {path}",
        count=len(summed.below.reports),
        path=path,
    )
    tell(reports, stderr=output_format == "json")
    return 2 if summed.below.unreadable else 0
