"""Building one report: parameters and notebook in, pages and data out."""

from __future__ import annotations

import os
import re
import time
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from reportkit.build.assets import ASSETS_URL, INDEX, OUTPUT_URL, write_assets
from reportkit.build.causes import Cause, cause_of
from reportkit.build.further import Further, is_up_to_date, wanted_formats
from reportkit.build.last_run import FAILURE, OVERVIEW, OVERVIEW_BEFORE, STAMP, LastRun, is_withheld, standing
from reportkit.build.output import OutputWriter
from reportkit.build.wishes import EVERY_BUILD, Wishes
from reportkit.checks import SEVERITIES, Finding, Outcome, check
from reportkit.display.year import counts_of
from reportkit.project.folder import Around, Project, ReportKey
from reportkit.project.template import DRAWING
from reportkit.publish import formats
from reportkit.publish.data import as_json
from reportkit.publish.executed import ExecutedReport
from reportkit.system.errors import InputError, explained
from reportkit.system.language import LANGUAGES, Joined, Message, Worded, said
from reportkit.text import bounded, encodable, exposed, first_of, shortened

if TYPE_CHECKING:
    from reportkit.engine.notebook import NotebookError
    from reportkit.report import AnnualReport

__all__ = [
    "PATIENCE",
    "Built",
    "Failed",
    "Limits",
    "build_report",
    "drawing_settings",
    "failed_in_notebook",
    "failed_with",
    "folder_of",
    "report_failure",
    "size_in_bytes",
]

# What a notebook that failed is kept as, as far as it ran.
FAILED_NOTEBOOK = "report.failed.ipynb"
# Seconds for a report's pages, after its notebook has used up its own time.
PATIENCE = 60.0
# The environment variable by which matplotlib finds its settings outside the current directory.
_DRAWING_VARIABLE = "MATPLOTLIBRC"
# What a notebook says when it meets a limit, and the option that sets it.
_LIMITS_MET = {
    "--memory-limit": re.compile(
        r"MemoryError|bad_alloc|Unable to allocate|Cannot allocate memory|out of memory", re.I
    ),
    "--timeout": re.compile(r"^took longer than [\d.]+ seconds$"),
    "--output-limit": re.compile(r"^put out more than [\d.e+]+ MiB$"),
}


@dataclass(frozen=True, slots=True)
class Limits:
    """What one report may take.

    Parameters
    ----------
    timeout
        Seconds that its notebook may run.
    memory
        Bytes that its notebook's process may take on top of what it starts with; 0 for no limit.
    output
        Bytes that its notebook's outputs may take, from which the pages are made; 0 for no limit.
    """

    timeout: float = 120.0
    memory: int = 2 << 30
    output: int = 32 << 20


def size_in_bytes(size: str, option: str) -> int:
    """A limit as a person writes it, in bytes.

    Parameters
    ----------
    size
        A number with K, M, G or T behind it, iB or B after that, or none.
    option
        The option that it is given to, for a message.

    Returns
    -------
    int
        Bytes; 0 for no limit.

    Raises
    ------
    InputError
        If it is no size.

    Examples
    --------
    >>> size_in_bytes("500M", "--a"), size_in_bytes("2GiB", "--a"), size_in_bytes("0", "--a")
    (524288000, 2147483648, 0)
    """
    number = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([KMGT]?)(?:i?B)?", size.strip(), re.IGNORECASE)
    if not number:
        told = Message("{option} {size}: write a size as 500M or 2G, or 0 for no limit", option=option, size=size)
        raise InputError(told)
    return int(float(number[1]) * 1024 ** " KMGT".index(number[2].upper() or " "))


@dataclass(frozen=True, slots=True)
class Built:
    """A report that was built.

    Parameters
    ----------
    key
        Which report.
    name
        The agency's name.
    counts
        How many findings are not waived, by severity.
    stages
        How many seconds each stage of the work took: reading, notebook, pages, writing.
    withheld
        Whether it has no published page, since errors stand in it.
    """

    key: ReportKey
    name: str
    counts: Mapping[str, int]
    stages: Mapping[str, float] = field(default_factory=dict)
    withheld: bool = False

    @property
    def seconds(self) -> float:
        """How long it took."""
        return sum(self.stages.values())


@dataclass(frozen=True, slots=True)
class Failed:
    """A report that could not be built; its earlier pages, if any, are kept.

    Parameters
    ----------
    key
        Which report.
    message
        What is wrong.
    notebook, cell, line
        Where in a notebook; None if it is not in one, or not known.
    cause
        What kind of cause it is: one of its own, or one that other reports will meet too.
    """

    key: ReportKey
    message: str
    notebook: str | None = None
    cell: int | None = None
    line: int | None = None
    cause: Cause = "report"

    @property
    def place(self) -> str:
        """Where it failed: notebooks/annual_report.ipynb, cell 3, line 2; empty if that is not known."""
        cell = [Message("cell {number}", number=self.cell)] if self.cell else []
        line = [Message("line {number}", number=self.line)] if self.line else []
        return Joined(", ", [*([self.notebook] if self.notebook else []), *cell, *line])

    def as_json(self) -> dict[str, Any]:
        """The failure as a program reads it."""
        return {
            "agency": self.key.agency,
            "year": self.key.year,
            "notebook": self.notebook,
            "cell": self.cell,
            "line": self.line,
            "message": self.message,
            "cause": self.cause,
        }

    def told(self) -> str:
        """Where it failed, and what is wrong."""
        return Joined(": ", [self.place, self.message]) if self.place else self.message

    def __str__(self) -> str:
        return str(self.told())


def folder_of(key: ReportKey) -> str:
    """The report's folder in the output.

    Parameters
    ----------
    key
        Which report.

    Returns
    -------
    str
        A name relative to the output, with slashes.

    Examples
    --------
    >>> folder_of(ReportKey("linyi-fao", 2023))
    '2023/linyi-fao'
    """
    return f"{key.year}/{key.agency}"


def build_report(
    project: Project,
    sources: Mapping[str, str],
    key: ReportKey,
    output: OutputWriter,
    limits: Limits,
    wishes: Wishes = EVERY_BUILD,
) -> Built | Failed:
    """Build a report; if it fails, the reason is returned and written beside its pages.

    Parameters
    ----------
    project
        Where its parameters are.
    sources
        What the report is made from, with digests, as `Sources` has noted when the report has been opened. They are
        kept beside the pages, so that the next build knows whether it must rebuild them.
    key
        Which report.
    output
        Where the pages go.
    limits
        How much time and memory it may take.
    wishes
        What is asked for beyond the pages. A format that is newly asked for is made from the notebook that was run
        last, if nothing has changed since.

    Returns
    -------
    Built or Failed
        What became of it; no error is raised for what is wrong with the report or the place.
    """
    from reportkit.engine.notebook import NotebookError

    notebook = None
    try:
        return _built(project, sources, key, output, limits, wishes)
    except NotebookError as error:
        notebook = error.notebook
        name = project.notebook(project.agency(key.agency), key.year).relative_to(project.root).as_posix()
        failed = failed_in_notebook(key, name, error)
    except (InputError, OSError) as error:
        failed = failed_with(key, error)
    report_failure(output, failed, notebook)
    return failed


def failed_in_notebook(key: ReportKey, name: str, error: NotebookError) -> Failed:
    """The failure of a report whose notebook does not run to its end.

    Parameters
    ----------
    key
        Which report.
    name
        The notebook's name, relative to the project.
    error
        Why it does not.

    Returns
    -------
    Failed
        What is wrong and where, with the option that sets a limit that it has met.
    """
    cause = cause_of(error, otherwise="notebook")
    return Failed(key, _bounded(_with_limit(error.message)), name, error.cell, error.line, cause)


def failed_with(key: ReportKey, error: InputError | OSError) -> Failed:
    """The failure of a report that an error in its input, or of the system, keeps from being built.

    Parameters
    ----------
    key
        Which report.
    error
        The error.

    Returns
    -------
    Failed
        What is wrong in the error's own words, in so many lines at most, and of what kind the cause is.

    Examples
    --------
    >>> str(failed_with(ReportKey("linyi-fao", 2023), InputError("a.yaml: not YAML")))
    'a.yaml: not YAML'
    """
    message = error if isinstance(error, InputError) else explained(error)
    return Failed(key, _bounded(message), cause=cause_of(error))


def _bounded(message: object) -> Message:
    """Why a report failed in so many lines and characters at most, in either language."""
    words = {
        language: bounded(said(message, language), said(Message("… and {} more lines"), language))
        for language in LANGUAGES
    }
    return Worded(words["en"], words)


def _with_limit(message: str) -> str:
    """Name the option behind a limit that a notebook has met."""
    options = [option for option, words in _LIMITS_MET.items() if words.search(message)]
    return Message("{message} ({option} sets the limit)", message=message, option=options[0]) if options else message


def report_failure(output: OutputWriter, failed: Failed, notebook: Any = None) -> None:
    """Write beside the report's pages why it failed, and the notebook as far as it ran.

    Parameters
    ----------
    output
        Where the pages are.
    failed
        What went wrong.
    notebook
        The notebook, if it was run.
    """
    folder = folder_of(failed.key)
    told = {
        "agency": failed.key.agency,
        "year": failed.key.year,
        "message": str(failed),
        "message_zh": said(failed.told(), "zh"),
    }
    with suppress(OSError):  # nothing can be written to a full disk, and the other reports still have to be built
        output.write(f"{folder}/{FAILURE}", as_json(told))
        if notebook is not None:
            import nbformat

            output.write(f"{folder}/{FAILED_NOTEBOOK}", encodable(nbformat.writes(notebook)).encode())


def _built(
    project: Project,
    sources: Mapping[str, str],
    key: ReportKey,
    output: OutputWriter,
    limits: Limits,
    wishes: Wishes,
) -> Built:
    from reportkit.engine.notebook import run_notebook

    watch = _Watch()
    with watch.stage("reading"):
        report = project.open_report(key.agency, key.year)
        around = project.around(key)
        outcome = check(report)
        template = project.notebook(report.agency, report.year)
        folder = folder_of(key)
        last = LastRun(output, folder)
        strict = is_withheld(last.told) if wishes.strict is None else wishes.strict
        errors = outcome.standing("error") if strict else ()
        there = standing(last.told, last.sizes)
        wanted = wanted_formats(wishes, there, withheld=bool(errors))
        lacks = not all(is_up_to_date(there, listed, charts) for listed, charts in wanted)
        executed_before = last.notebook(sources, withheld=bool(errors)) if lacks and not wishes.force else None
    if errors:  # what the public reads must not stay, even if the notebook fails
        _remove(output, folder, last.sizes, formats.public_files())
    with watch.stage("notebook"), drawing_settings(project):
        parameters = {"agency": key.agency, "year": key.year}
        allowed: Any = {
            "timeout": limits.timeout,
            "memory": limits.memory or None,
            "output": limits.output or None,
        }
        notebook = executed_before or run_notebook(template, parameters, project.root, **allowed)
    with watch.stage("pages"):
        findings = [finding.as_json() for finding in outcome]
        claims = _claims(report) if any(listed.name == formats.OPEN_DATA for listed, _ in wanted) else []
        executed = ExecutedReport(
            notebook,
            report,
            findings,
            ASSETS_URL,
            withheld=_against(errors),
            links=_links(key, around, withheld=bool(errors)),
            claims=claims,
        )
        files = {} if executed_before else _pages(executed, withheld=bool(errors))
        further = Further(there if executed_before else {})
        further.make(executed, wanted)
    with watch.stage("writing"):
        write_assets(output)
        counts = _counts(outcome)
        kept = last.sizes_of(further.made) if executed_before else {}
        sizes = {name: len(content) for name, content in {**files, **further.files}.items()}
        stamp = {
            "name": report.agency.name,
            "counts": counts,
            **_of_rules(outcome),
            OVERVIEW: counts_of(report).as_json(),
            **({OVERVIEW_BEFORE: counts_of(report.last_year).as_json()} if report.last_year else {}),
            "sources": dict(sources),
            "files": {**kept, **sizes},
            "formats": {name: made.as_json() for name, made in further.made.items()},
        }
        outdated = [file for made in there.values() for file in made.files if file not in stamp["files"]]
        _remove(output, folder, last.sizes, outdated)
        _write(output, folder, last.sizes, {**files, **further.files}, as_json(stamp))
    if further.problems:
        raise InputError(Joined("\n", further.problems))
    return Built(key, report.agency.name, counts, watch.stages, bool(errors))


def _pages(executed: ExecutedReport, *, withheld: bool) -> dict[str, bytes]:
    """What every build writes, by the names of the files."""
    wanted = [written for written in formats.FORMATS if written.always and not (withheld and written.public)]
    return {name: content for written in wanted for name, content in written.files(executed).items()}


def _claims(report: AnnualReport) -> list[dict[str, Any]]:
    """What the texts state about the tables, as programs read it."""
    from reportkit.checks.claims import stated

    return [each.claim.as_json(each.holds) for each in stated(report)]


def _against(errors: Sequence[Finding]) -> list[str]:
    """What stands against a report, as a reviewer reads it: a line for each error."""
    lines = (f"{error.rule}：{exposed(encodable(shortened(error.message)))}" for error in errors)
    return list(first_of(lines, "另有{}项错误"))


def _links(key: ReportKey, around: Around, *, withheld: bool) -> list[tuple[str, str]]:
    """The pages beside a review page: the published one, the index, the years around it, the body above."""
    labels = (f"{key.year - 1}年", f"{key.year + 1}年", "上级汇总")
    published, review = formats.format_named("publish"), formats.format_named("review").file
    return [
        *([] if withheld else [(published.label, published.file)]),
        ("总目录", f"{OUTPUT_URL}/{INDEX}"),
        *(
            (label, f"{OUTPUT_URL}/{folder_of(other)}/{review}")
            for label, other in zip(labels, around, strict=True)
            if other is not None
        ),
    ]


@contextmanager
def drawing_settings(project: Project) -> Iterator[None]:
    """Let matplotlib find the settings beside the notebooks, which run in the project's folder, one above.

    Parameters
    ----------
    project
        The project.

    Yields
    ------
    None
        The block in which notebooks run.
    """
    settings = project.root / "notebooks" / DRAWING
    if _DRAWING_VARIABLE in os.environ or not settings.is_file():
        yield
        return
    os.environ[_DRAWING_VARIABLE] = str(settings)
    try:
        yield
    finally:
        del os.environ[_DRAWING_VARIABLE]


def _write(
    output: OutputWriter, folder: str, before: Collection[str], files: Mapping[str, bytes], stamp: bytes
) -> None:
    """Write a report's files, and only then the stamp that says that they are complete."""
    _remove(output, folder, before, (STAMP,))
    for name, content in files.items():
        output.write(f"{folder}/{name}", content)
    output.write(f"{folder}/{STAMP}", stamp)
    _remove(output, folder, before, (FAILURE, FAILED_NOTEBOOK))


def _remove(output: OutputWriter, folder: str, there: Collection[str], names: Sequence[str]) -> None:
    """Remove those of a folder's files that are there."""
    if outdated := [f"{folder}/{name}" for name in names if name in there]:
        output.remove(outdated)


def _of_rules(outcome: Outcome) -> dict[str, Any]:
    """What the index says of rules: how many findings of each stand, how many are waived, how many were not judged."""
    standing = Counter(rule for finding in outcome if finding.waived is None for rule in finding.rules)
    waived = sum(finding.waived is not None for finding in outcome)
    return {"rules": dict(standing), "waived": waived, "unjudged": len(outcome.not_assessable)}


def _counts(outcome: Outcome) -> dict[str, int]:
    counts = {severity: len(outcome.standing(severity)) for severity in SEVERITIES}
    return {severity: count for severity, count in counts.items() if count}


class _Watch:
    """How long each stage takes."""

    def __init__(self) -> None:
        self.stages: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        started = time.perf_counter()
        yield
        self.stages[name] = time.perf_counter() - started
