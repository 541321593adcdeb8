"""The commands by which figures get in: import, audit, workbook, tally, rollup."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reportkit.cli.app import Format, FormatOption, ProjectFolder, app, project_in
from reportkit.cli.terminal import new_console, print_error, print_json, print_outcome, progress
from reportkit.system.errors import InputError
from reportkit.text import first_of, shortened

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reportkit.form import Form
    from reportkit.form.figures import Figure
    from reportkit.intake.published.importing import Imported
    from reportkit.intake.published.report import PublishedReport
    from reportkit.project.folder import Project

__all__ = ["audit", "import_reports", "new_form", "read_forms", "rollup", "tally"]

Files = Annotated[
    list[Path], typer.Argument(metavar="FILE", help="Files: HTML, Word, PDF or text; or folders of them.")
]
AgencyOption = Annotated[str | None, typer.Option("--agency", metavar="ID", help="Whose report it is.")]
YearOption = Annotated[int | None, typer.Option("--year", "-y", help="The year reported on.")]
RequiredYear = Annotated[int, typer.Option("--year", "-y", help="The year reported on.")]
Force = Annotated[bool, typer.Option("--force", help="Replace a parameter file that exists.")]


@app.command("import", epilog="Example: reportkit import 2023年度报告.docx --agency linyi-fao")
def import_reports(
    files: Files,
    agency: AgencyOption = None,
    year: YearOption = None,
    force: Force = False,
    output_format: FormatOption = Format.text,
    project: ProjectFolder = None,
) -> None:
    """Read published reports into parameter files.

    What was read, what had to be guessed and what was not found is listed. With --format json nothing is written:
    what was read is printed instead.
    """
    from reportkit.intake.published.importing import published_files

    wanted = published_files(files)
    if output_format is Format.json:
        failed = _print_published(wanted, project_in(project) if project else None, year)
    else:
        failed = _import(project_in(project), wanted, agency, year, force)
    raise typer.Exit(2 if failed else 0)


def _print_published(files: list[Path], project: Project | None, year: int | None) -> int:
    """Print as JSON what was read; returns how many files failed."""
    from reportkit.intake.published.importing import read_published
    from reportkit.system.bounded import Refusal

    failed, answers = 0, []
    with progress(new_console(stderr=True), "reading", len(files)) as advance:
        for file, published in read_published(files, agencies=project.agencies if project else {}, year=year):
            advance()
            if isinstance(published, Refusal):
                failed += 1
                print_error(f"{file}: {published.message}")
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
    failed = 0
    with progress(new_console(stderr=True), "reading", len(files)) as advance:
        for file, published, result in import_files(project, files, agency_id=agency, year=year, force=force):
            advance()
            if isinstance(result, Refusal) or published is None:
                failed += 1
                print_error(f"{file}: {result.message if isinstance(result, Refusal) else 'not read'}")
            else:
                console.print(_imported(file, published, result), soft_wrap=True)
    return failed


def _imported(file: Path, published: PublishedReport, imported: Imported) -> str:
    """What was read from a file, what was guessed, and what was not found."""
    added = " (new: look at its entry in params/agencies.yaml)" if imported.is_new else ""
    lines = [
        f"{file} → {imported.path}",
        f"  agency   {imported.agency.name}{added}",
        f"  read     {len(published.figures)} figures, {sum(map(bool, published.narrative.values()))} texts",
        *first_of(f"  guessed  {guess.what}: {guess.said} ({guess.sure:.0%} sure)" for guess in published.guesses),
        *first_of(f"  missing  {missing}" for missing in published.missing),
        *([f"  aside    {imported.put_aside}, which could not be read"] if imported.put_aside else []),
        *(f"  correct  {problem}" for problem in imported.problems.splitlines()),
    ]
    return "\n".join(map(shortened, lines))


@app.command(epilog="Example: reportkit audit published/ --format json")
def audit(files: Files, year: YearOption = None, output_format: FormatOption = Format.text) -> None:
    """Check reports that others published, without writing anything; several years of one agency are compared.

    The exit status is 1 where an error was found, 2 where a file could not be read.
    """
    from reportkit.intake.published.audit import audit as audit_reports
    from reportkit.intake.published.importing import published_files, read_published

    wanted = published_files(files)
    reports = []
    with progress(new_console(stderr=True), "reading", len(wanted)) as advance:
        for read in read_published(wanted, year=year):
            reports.append(read)
            advance()
    audited = list(audit_reports(reports))
    if output_format is Format.json:
        print_json([result.as_json() for result in audited])
    else:
        console = new_console()
        for result in audited:
            if result.outcome is None:
                print_error(f"{result.file}: {result.error}")
            else:
                print_outcome(console, f"{result.file}  {result.agency_name or '?'} {result.year}", result.outcome)
                for guess in result.inferred:
                    console.print(f"  guessed  {guess.what}: {guess.said}", soft_wrap=True)
    if any(result.error for result in audited):
        raise typer.Exit(2)
    raise typer.Exit(1 if any(result.outcome and result.outcome.standing("error") for result in audited) else 0)


workbooks = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="The Excel form: write one to be filled in, read filled ones.",
    epilog="Example: reportkit workbook new linyi-fao --year 2023",
)
app.add_typer(workbooks, name="workbook")


@workbooks.command("new", epilog="Example: reportkit workbook new linyi-fao --year 2023 -o 2023.xlsx")
def new_form(
    agency: Annotated[str, typer.Argument(metavar="AGENCY", help="The agency's id.")],
    year: RequiredYear,
    file: Annotated[Path | None, typer.Option("-o", "--output", metavar="FILE", help="Where to write it.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that exists.")] = False,
    project: ProjectFolder = None,
) -> None:
    """Write the Excel form of a report for an official to fill in, with what is known already."""
    from reportkit.intake.workbook import issue_form

    written = issue_form(project_in(project), agency, year, file or Path(f"{agency}-{year}.xlsx"), force=force)
    typer.echo(f"wrote {written}")


@workbooks.command("read", epilog="Example: reportkit workbook read filled/*.xlsx")
def read_forms(
    files: Annotated[list[Path], typer.Argument(metavar="FILE", help="Filled forms, or folders with them.")],
    force: Force = False,
    project: ProjectFolder = None,
) -> None:
    """Turn filled Excel forms into parameter files, and say which figures in them do not agree."""
    from reportkit.checks import check
    from reportkit.intake.workbook import forms_in, save_forms

    found = project_in(project)
    forms = forms_in(files)
    if not forms:
        raise InputError(f"no .xlsx file in {', '.join(map(str, files))}")
    failed = 0
    with progress(new_console(stderr=True), "reading", len(forms)) as advance:
        for file, saved in save_forms(found, forms, force=force):
            try:
                advance(failed=isinstance(saved, InputError))
                if isinstance(saved, InputError):
                    raise saved
                report = found.open_report(saved.path.stem, int(saved.path.parent.name))
            except InputError as error:
                failed += 1
                print_error(error)
                continue
            typer.echo(f"{file} → {saved.path}")
            if saved.put_aside:
                typer.echo(f"  aside    {saved.put_aside}, which could not be read")
            findings = check(report).standing("error")
            for line in first_of(f"  {found.look.word}     {found.rule}  {found.message}" for found in findings):
                typer.echo(shortened(line))
    raise typer.Exit(2 if failed else 0)


@app.command(epilog="Example: reportkit tally 台账.xlsx --year 2023 --agency linyi-fao")
def tally(
    ledgers: Annotated[list[Path], typer.Argument(metavar="LEDGER", help="CSV or .xlsx, a line for each case.")],
    year: RequiredYear,
    agency: Annotated[
        str | None, typer.Option("--agency", metavar="ID", help="Write the figures to its report.")
    ] = None,
    explain: Annotated[str | None, typer.Option(metavar="ADDRESS", help="List the lines that a figure counts.")] = None,
    column: Annotated[
        list[str] | None,
        typer.Option(metavar="KEY=HEADING", help="The heading of a column that has another name: received=来件日."),
    ] = None,
    sheet: Annotated[str | None, typer.Option(metavar="NAME", help="The sheet of a workbook.")] = None,
    outcome: Annotated[
        list[str] | None,
        typer.Option(
            metavar="WORD=ITEM", help="What a word means, kept in params/words.yaml: 转信访办=信访举报投诉类申请."
        ),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Write even if lines are not counted, or figures are replaced.")
    ] = False,
    output_format: FormatOption = Format.text,
    project: ProjectFolder = None,
) -> None:
    """Count ledgers of requests, reviews and lawsuits into tables 三 and 四.

    Lines that cannot be counted are listed; the exit status is 2 then, and nothing is written without --force.
    """
    from reportkit.intake.ledger import tally_files

    columns = dict(_pair(given, "--column", "KEY=HEADING", "received=来件日") for given in column or [])
    words = dict(_pair(given, "--outcome", "WORD=ITEM", "转信访办=信访举报投诉类申请") for given in outcome or [])
    counted = tally_files(ledgers, year, columns=columns, sheet=sheet, taught=_taught(project, words, year))
    for note in counted.notes:
        typer.echo(f"note: {note}", err=True)
    for told in counted.told():
        print_error(told)
    if explain is not None:
        for record in counted.lines(explain):
            said = [record.kind, record.received, record.outcome or "-", record.answered or "-"]
            typer.echo(f"{record.place}  {'  '.join(map(str, said))}")
    elif output_format is Format.json:
        print_json(counted.as_json())
    else:
        _print_figures(counted.form, counted.figures)
    if agency is not None and explain is None:
        from reportkit.intake.saving import save_tally

        path = save_tally(project_in(project), agency, counted, force=force)
        typer.echo(f"wrote {path}", err=output_format is Format.json)
    raise typer.Exit(2 if counted.problems else 0)


def _pair(given: str, option: str, form: str, example: str) -> tuple[str, str]:
    """The two sides of an option such as received=来件日."""
    key, equals, value = (part.strip() for part in given.partition("="))
    if not (key and equals and value):
        raise InputError(f"{option} {given}: write {form}, as in {example}")
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
            typer.echo("note: --outcome holds for this tally alone, since there is no project here", err=True)
        return words
    if words:
        typer.echo(f"wrote {teach(found, words, form_for(year))}", err=True)
    return taught_words(found)


def _print_figures(form: Form, figures: Mapping[str, Figure]) -> None:
    """The figures other than 0, each under the form's label."""
    from reportkit.form.figures import figure_text

    console = new_console()
    for address, figure in figures.items():
        if figure:
            console.print(f"{figure_text(figure):>8}  {form.cells[address].label}  {address}", soft_wrap=True)
    if not any(figures.values()):
        console.print("every figure is 0")


@app.command(epilog="Example: reportkit rollup linyi --year 2023")
def rollup(
    parent: Annotated[str, typer.Argument(metavar="PARENT", help="The id of the agency above.")],
    year: RequiredYear,
    explain: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="List what each body adds to a figure.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace figures that are there already.")] = False,
    output_format: FormatOption = Format.text,
    project: ProjectFolder = None,
) -> None:
    """Sum the reports of all bodies below an agency into its own parameter file.

    A body that has a report stands for all below it as well; the agency's own office is a body like any other.
    """
    from reportkit.intake.rollup import roll_up
    from reportkit.intake.saving import save_figures

    found = project_in(project)
    summed = roll_up(found, parent, year)
    for line in first_of(f"no report: {body.id}  {body.name}" for body in summed.below.missing):
        typer.echo(line, err=True)
    for body, message in summed.below.unreadable:
        print_error(f"{body.id}: {message}")
    if explain is not None:
        from reportkit.form.figures import figure_text

        for body, figure in summed.contributions(explain):
            typer.echo(f"{figure_text(figure):>12}  {body.id}  {body.name}")
        raise typer.Exit
    if output_format is Format.json:
        from reportkit.publish.data import report_data

        print_json({**report_data(summed.report), "missing": [body.id for body in summed.without_report]})
    path = save_figures(found, summed.report.agency, year, summed.report.figures, force=force)
    typer.echo(f"{len(summed.below.reports)} reports summed into {path}", err=output_format is Format.json)
    raise typer.Exit(2 if summed.below.unreadable else 0)
