"""The commands by which figures get in: import, audit, workbook, tally, rollup."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from reportkit.cli.app import Format, FormatOption, ProjectFolder, app, project_in
from reportkit.cli.terminal import new_console, print_error, print_json, print_outcome, progress
from reportkit.system.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reportkit.form import Form
    from reportkit.form.figures import Figure
    from reportkit.intake.published.importing import Imported
    from reportkit.intake.published.report import Reading
    from reportkit.project.parameters import Problem

__all__ = ["audit", "import_reports", "new_form", "read_forms", "rollup", "tally"]

Files = Annotated[
    list[Path], typer.Argument(metavar="FILE", help="Files: HTML, Word, PDF or text; or folders of them.")
]
AgencyOption = Annotated[str | None, typer.Option("--agency", metavar="ID", help="Whose report it is.")]
YearOption = Annotated[int | None, typer.Option("--year", "-y", help="The year reported on.")]
Force = Annotated[bool, typer.Option("--force", help="Write over a parameter file that exists.")]


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

    It is said what was read, what had to be guessed, and what was not found. With --format json nothing is written:
    what was read is printed instead.
    """
    from reportkit.intake.published.importing import import_reading, published_files, read_published
    from reportkit.system.bounded import Refusal

    found = project_in(project) if output_format is Format.text or project else None
    wanted = published_files(files)
    console = new_console()
    failed, answers = 0, []
    with progress(new_console(stderr=True), "reading", len(wanted)) as advance:
        for file, reading in read_published(wanted, agencies=found.agencies if found else {}, year=year):
            advance()
            if isinstance(reading, Refusal):
                failed += 1
                print_error(f"{file}: {reading.message}")
            elif found is None or output_format is Format.json:
                answers.append(reading.as_json())
            else:
                try:
                    imported = import_reading(found, reading, agency_id=agency, year=year, force=force)
                except InputError as error:
                    failed += 1
                    print_error(f"{file}: {error}")
                else:
                    console.print(_told(file, reading, imported), soft_wrap=True)
    if output_format is Format.json and answers:
        print_json(answers[0] if len(wanted) == 1 else answers)
    raise typer.Exit(2 if failed else 0)


def _told(file: Path, reading: Reading, imported: Imported) -> str:
    """What was read from a file, what was guessed, and what was not found."""
    added = " (new: look at its entry in params/agencies.yaml)" if imported.is_new else ""
    lines = [
        f"{file} → {imported.path}",
        f"  agency   {imported.agency.name}{added}",
        f"  read     {len(reading.figures)} figures, {sum(map(bool, reading.narrative.values()))} texts",
        *(f"  guessed  {guess.what}: {guess.said} ({guess.sure:.0%} sure)" for guess in reading.guesses),
        *(f"  missing  {missing}" for missing in reading.missing),
        *(f"  to mend  {problem}" for problem in imported.problems.splitlines()),
    ]
    return "\n".join(lines)


@app.command(epilog="Example: reportkit audit published/ --format json")
def audit(files: Files, year: YearOption = None, output_format: FormatOption = Format.text) -> None:
    """Check reports that others published, without writing anything; several years of one agency are compared.

    The exit status is 1 where an error was found, 2 where a file could not be read.
    """
    from reportkit.intake.published.audit import audit as audit_readings
    from reportkit.intake.published.importing import published_files, read_published

    wanted = published_files(files)
    readings = []
    with progress(new_console(stderr=True), "reading", len(wanted)) as advance:
        for read in read_published(wanted, year=year):
            readings.append(read)
            advance()
    audited = list(audit_readings(readings))
    if output_format is Format.json:
        print_json([result.as_json() for result in audited])
    else:
        console = new_console()
        for result in audited:
            if result.outcome is None:
                print_error(f"{result.file}: {result.error}")
            else:
                print_outcome(console, f"{result.file}  {result.agency_name or '?'} {result.year}", result.outcome)
    if any(result.error for result in audited):
        raise typer.Exit(2)
    raise typer.Exit(1 if any(result.outcome and result.outcome.standing("error") for result in audited) else 0)


workbooks = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="The Excel form: write one to be filled in, read filled ones.",
    epilog="Example: reportkit workbook new linyi-fao 2023",
)
app.add_typer(workbooks, name="workbook")


@workbooks.command("new", epilog="Example: reportkit workbook new linyi-fao 2023 -o 2023.xlsx")
def new_form(
    agency: Annotated[str, typer.Argument(metavar="AGENCY", help="The agency's id.")],
    year: Annotated[int, typer.Argument(metavar="YEAR", help="The year reported on.")],
    file: Annotated[Path | None, typer.Option("-o", "--output", metavar="FILE", help="Where to write it.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that exists.")] = False,
    project: ProjectFolder = None,
) -> None:
    """Write the Excel form of a report for an official to fill in, with what is known already."""
    from reportkit.intake.workbook import new_workbook

    found = project_in(project)
    file = file or Path(f"{agency}-{year}.xlsx")
    if file.exists() and not force:
        raise InputError(f"{file} exists: --force writes over it")
    new_workbook(found.open_or_new_report(agency, year), file)
    typer.echo(f"wrote {file}")


@workbooks.command("read", epilog="Example: reportkit workbook read filled/*.xlsx")
def read_forms(
    files: Annotated[list[Path], typer.Argument(metavar="FILE", help="Filled forms.")],
    force: Force = False,
    project: ProjectFolder = None,
) -> None:
    """Turn filled Excel forms into parameter files."""
    from reportkit.intake.saving import save_report
    from reportkit.intake.workbook import read_workbook

    found = project_in(project)
    failed = 0
    for file in files:
        try:
            filled = read_workbook(file)
            path = save_report(found, filled.report(found.agency(filled.agency_id)), force=force)
        except InputError as error:
            failed += 1
            print_error(error)
        else:
            typer.echo(f"{file} → {path}")
    raise typer.Exit(2 if failed else 0)


@app.command(epilog="Example: reportkit tally 台账.xlsx --year 2023 --agency linyi-fao")
def tally(
    ledgers: Annotated[list[Path], typer.Argument(metavar="LEDGER", help="CSV or .xlsx, a line for each case.")],
    year: Annotated[int, typer.Option("--year", "-y", help="The year to count.")],
    agency: Annotated[
        str | None, typer.Option("--agency", metavar="ID", help="Write the figures to its report.")
    ] = None,
    explain: Annotated[str | None, typer.Option(metavar="ADDRESS", help="List the lines that a figure counts.")] = None,
    column: Annotated[
        list[str] | None,
        typer.Option(metavar="KEY=HEADING", help="Where a column is called otherwise: received=来件日."),
    ] = None,
    sheet: Annotated[str | None, typer.Option(metavar="NAME", help="The sheet of a workbook.")] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Write although lines are not counted, or over figures.")
    ] = False,
    output_format: FormatOption = Format.text,
    project: ProjectFolder = None,
) -> None:
    """Count ledgers of requests, reviews and lawsuits into tables 三 and 四.

    Lines that cannot be counted are listed; the exit status is 2 then, and nothing is written without --force.
    """
    from reportkit.form import form_for
    from reportkit.intake.ledger import read_ledger
    from reportkit.intake.ledger import tally as count

    columns = dict(_mapped(one) for one in column or [])
    counted = count([read_ledger(path, columns=columns, sheet=sheet) for path in ledgers], form_for(year), year)
    for problem in counted.problems:
        print_error(problem)
    if explain is not None:
        for record in counted.lines(explain):
            said = [record.kind, record.received, record.outcome or "-", record.answered or "-"]
            typer.echo(f"{record.place}  {'  '.join(map(str, said))}")
    elif output_format is Format.json:
        problems = [
            {"file": p.place.file, "at": p.place.at, "key": p.key, "message": p.message} for p in counted.problems
        ]
        print_json({"year": year, "figures": dict(counted.figures), "problems": problems})
    else:
        _print_figures(counted.form, counted.figures)
    if agency is not None and explain is None:
        from reportkit.intake.saving import save_figures

        if counted.problems and not force:
            raise InputError(f"{len(counted.problems)} lines are not counted: mend them, or --force writes the others")
        found = project_in(project)
        path = save_figures(found, found.agency(agency), year, counted.figures, force=force)
        typer.echo(f"wrote {path}", err=output_format is Format.json)
    raise typer.Exit(2 if counted.problems else 0)


def _as_json(problem: Problem) -> dict[str, Any]:
    place = problem.place
    return {"file": place.file, "at": place.at, "key": problem.key, "message": problem.message}


def _mapped(given: str) -> tuple[str, str]:
    key, equals, heading = given.partition("=")
    if not (key and equals and heading):
        raise InputError(f"--column {given}: write KEY=HEADING, as in received=来件日")
    return key, heading


def _print_figures(form: Form, figures: Mapping[str, Figure]) -> None:
    """The figures other than 0, each under the form's label."""
    from reportkit.form.figures import figure_text

    console = new_console()
    for address, figure in figures.items():
        if figure:
            console.print(f"{figure_text(figure):>8}  {form.cells[address].label}  {address}", soft_wrap=True)
    if not any(figures.values()):
        console.print("every figure is 0")


@app.command(epilog="Example: reportkit rollup my-city --year 2023")
def rollup(
    parent: Annotated[str, typer.Argument(metavar="PARENT", help="The id of the agency above.")],
    year: Annotated[int, typer.Option("--year", "-y", help="The year.")],
    explain: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="List what each body adds to a figure.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace figures that stand there.")] = False,
    output_format: FormatOption = Format.text,
    project: ProjectFolder = None,
) -> None:
    """Sum the reports of all bodies below an agency into its own parameter file.

    A body that has a report stands for all below it as well; the agency's own office is a body like any other.
    """
    from reportkit.form.figures import figure_text
    from reportkit.intake.rollup import roll_up
    from reportkit.intake.saving import save_figures

    found = project_in(project)
    summed = roll_up(found, parent, year)
    for body in summed.below.missing:
        typer.echo(f"no report: {body.id}  {body.name}", err=True)
    for body, message in summed.below.unreadable:
        print_error(f"{body.id}: {message}")
    if explain is not None:
        for body, figure in summed.contributions(explain):
            typer.echo(f"{figure_text(figure):>12}  {body.id}  {body.name}")
        raise typer.Exit
    if output_format is Format.json:
        from reportkit.publish.data import report_data

        missing = [body.id for body in (*summed.below.missing, *(body for body, _ in summed.below.unreadable))]
        print_json({**report_data(summed.report), "missing": missing})
    path = save_figures(found, summed.report.agency, year, summed.report.figures, force=force)
    typer.echo(f"{len(summed.below.reports)} reports summed into {path}", err=output_format is Format.json)
    raise typer.Exit(2 if summed.below.unreadable else 0)
