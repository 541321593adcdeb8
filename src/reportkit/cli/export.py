"""The command that writes reports in the formats that somebody wants: export."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from reportkit.cli.app import app, charts, output_format, project_folder, project_in, selected_reports, year
from reportkit.cli.build import hearing, print_results, status_of, withheld
from reportkit.cli.terminal import print_error, print_json, tell
from reportkit.cli.words import argument, option
from reportkit.system.language import Counted, Message

if TYPE_CHECKING:
    from reportkit.build.handing_out import HandedOut
    from reportkit.build.output import Output
    from reportkit.build.run import Run
    from reportkit.publish.executed import Charts

__all__ = ["export"]

# Up to this many reports, each file that is written is named.
_FEW = 20


@app.command(
    "export",
    help=Message(
        "Write reports in further formats: fragment (to paste into a website), docx, docx-review, pdf, data.\n\n"
        "What stands in output/ is used: only a report that is out of date is run again. The files stand beside the "
        "pages then, and with -o in another place too, under the same names. Formats that a report was written in "
        "once are kept up to date by build. Of a report that build --strict has withheld nothing is written that the "
        "public reads. The exit status is 1 if a report failed or is withheld, 2 if a format cannot be written here."
    ),
    epilog=Message("Example: reportkit export docx pdf linyi-fao --year 2023 -o handed-in"),
)
@argument(
    "words",
    nargs=-1,
    required=True,
    metavar=Message("FORMAT... [AGENCY]..."),
    help=Message("Formats, then agencies by id, full or short name; all agencies by default."),
)
@year
@option(
    "--output",
    "-o",
    metavar=Message("DIR"),
    help=Message("Where copies of the files go: a folder or a bucket; year and agency are folders in it."),
)
@charts
@output_format
@project_folder
def export(
    words: tuple[str, ...],
    year: int | None,
    output: str | None,
    charts: Charts | None,
    output_format: str,
    project: Path | None,
) -> int:
    """Write reports in further formats."""
    from reportkit.build.handing_out import hand_out
    from reportkit.build.one_report import Limits
    from reportkit.build.output import output_at
    from reportkit.build.run import started_run
    from reportkit.build.wishes import Wishes
    from reportkit.checks import require_known
    from reportkit.publish.formats import named_formats

    named, agencies = _parted(words)
    wanted = named_formats(named)
    found = project_in(project)
    require_known(found.settings.standard)
    keys = selected_reports(found, agencies, year)
    built, target = output_at(str(found.output)), output_at(output) if output else None
    wishes = Wishes(frozenset(listed.name for listed in wanted if not listed.always), charts, strict=None)
    with started_run(found, keys, built, Limits(), wishes=wishes, tell=hearing(lambda _: None)) as run:
        print_results(run, output_format, one_by_one=False)
    lost = {failed.key for failed in run.failed}
    handed_out = [] if run.interrupted else [*hand_out(built, (key for key in keys if key not in lost), wanted, target)]
    _print(handed_out, run, output_format, target or built)
    return status_of(run)


def _parted(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """The words that name formats, and those after them, which name agencies."""
    from reportkit.publish.formats import UnknownFormatError, named_formats

    formats: list[str] = []
    for word in words:
        try:
            named_formats([word])
        except UnknownFormatError:
            if not formats:
                raise
            break
        formats.append(word)
    return formats, [*words[len(formats) :]]


def _print(handed_out: Sequence[HandedOut], run: Run, output_format: str, place: Output) -> None:
    files = [file for report in handed_out for file in report.files]
    if output_format == "json":
        failed, unavailable = [failure.as_json() for failure in run.failed], [str(why) for why in run.unavailable]
        print_json({"exported": [each.as_json() for each in handed_out], "failed": failed, "unavailable": unavailable})
    else:
        for line in files if len(handed_out) <= _FEW else []:
            tell(line)
        if run.withheld:
            tell(withheld(run))
        tell(Counted("{count} file in {place}", "{count} files in {place}", count=len(files), place=place.url))
    if run.why_ended:
        print_error(run.why_ended)
    if run.interrupted:
        tell(Message("interrupted; what was built stays, and the next build goes on from here"), stderr=True)
