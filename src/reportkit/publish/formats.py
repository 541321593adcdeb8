"""The one list of what is written for a report: each file, what it is made with, and who reads it.

Building, planning, the index, the digest of the package and the warming-up all go by this list: a new format is
a function that renders it and an entry in `FORMATS`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import PurePath

from reportkit.publish import charts, pdf
from reportkit.publish.data import as_csv, as_json, figure_rows, report_data
from reportkit.publish.executed import Charts, ExecutedReport
from reportkit.publish.page import LABELS, MEDIA_TYPE
from reportkit.system.errors import InputError
from reportkit.system.language import Joined, Message
from reportkit.text import encodable

__all__ = [
    "DUCKDB",
    "FORMATS",
    "OPEN_DATA",
    "PANDOC",
    "PYTHON_DOCX",
    "TYPST",
    "Format",
    "MissingToolError",
    "SharedFile",
    "Tool",
    "UnknownFormatError",
    "format_named",
    "media_type",
    "named_formats",
    "public_files",
    "require_tools",
    "shared_files",
    "tools",
]


class UnknownFormatError(InputError, LookupError):
    """A name that no format has."""


class MissingToolError(InputError, ImportError):
    """A format that cannot be written because a library is not installed; the message says what to install."""


@dataclass(frozen=True, slots=True)
class Tool:
    """A library that a format is made with. Where its version changes, reports are rebuilt.

    Parameters
    ----------
    module
        Its name in an import.
    package
        Its name for pip.
    extra
        The extra of reportkit that installs it; empty where reportkit always does.
    start
        Starts what takes long and has threads, so that it cannot be kept ready before processes are forked.
    address_space
        How many bytes of addresses it reserves, far more than it uses.
    """

    module: str
    package: str
    extra: str = ""
    start: Callable[[], None] | None = None
    address_space: int = 0


@dataclass(frozen=True, slots=True)
class SharedFile:
    """A file that the pages of all reports use, in the folder of shared files.

    Parameters
    ----------
    name
        Gives its name, which changes whenever its content does.
    media_type
        What it is, in the words of the web.
    content
        Makes its content.
    """

    name: Callable[[], str]
    media_type: str
    content: Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class Format:
    """A file that is written for every report, or for those for which it is asked for.

    Parameters
    ----------
    name
        What it is called on a command line.
    file
        Its name in the report's folder.
    media_type
        What it is, in the words of the web.
    render
        Makes it.
    tools
        The libraries that make it.
    shared
        The shared files that it uses.
    label
        What a reader knows it by, in Chinese; the index links to files that have one. Empty if it is for programs.
    public
        Whether the public reads it, so that a report with errors may go without it. The index links to the first
        such file by the agency's name.
    always
        Whether every build writes it; otherwise only where it is asked for by its name.
    beside
        Makes the files that it needs beside it, by their names.
    bitmap_tools
        The libraries that it needs besides where charts are to be bitmaps.
    note
        Says what is to be known on this machine before it is made; None if nothing is.
    """

    name: str
    file: str
    media_type: str
    render: Callable[[ExecutedReport], bytes]
    tools: tuple[Tool, ...] = ()
    shared: tuple[SharedFile, ...] = ()
    label: str = ""
    public: bool = False
    always: bool = True
    beside: Callable[[ExecutedReport], Mapping[str, bytes]] | None = None
    bitmap_tools: tuple[Tool, ...] = ()
    note: Callable[[], str | None] | None = None

    def files(self, executed: ExecutedReport) -> dict[str, bytes]:
        """The file and those that it needs beside it, by their names in the report's folder."""
        return {self.file: self.render(executed), **(self.beside(executed) if self.beside else {})}

    def made_with(self, charts: Charts) -> str:
        """What it depends on besides the report: the versions of its libraries, and how it shows charts."""
        versions = [f"{tool.package} {_version(tool.package)}" for tool in self._all_tools(charts)]
        return ", ".join([*versions, *([f"charts {charts}"] if self.beside else [])])

    def _all_tools(self, charts: Charts) -> tuple[Tool, ...]:
        return self.tools + (self.bitmap_tools if charts == "png" else ())

    def missing(self, charts: Charts = "svg") -> MissingToolError | None:
        """Why it cannot be written here, and what to install; None if all its libraries are there."""
        for tool in self._all_tools(charts):
            if find_spec(tool.module) is None:
                wanted = f"'reportkit[{tool.extra}]'" if tool.extra else tool.package
                return MissingToolError(
                    Message(
                        "{file} needs {module}: pip install {wanted}",
                        file=self.file,
                        module=tool.module,
                        wanted=wanted,
                    )
                )
        return None


# ------------------------------------------------------------------ how each is rendered


def _published_page(executed: ExecutedReport) -> bytes:
    from reportkit.publish.exporters import export

    return export(executed.notebook, "publish").encode()


def _review_page(executed: ExecutedReport) -> bytes:
    from reportkit.publish.exporters import export

    page = export(
        executed.notebook,
        "review",
        assets_url=executed.assets_url,
        withheld=executed.withheld,
        links=executed.links,
    )
    return page.encode()


def _fragment(executed: ExecutedReport) -> bytes:
    from reportkit.publish.fragment import fragment

    return fragment(executed)


def _pictures_of_fragment(executed: ExecutedReport) -> Mapping[str, bytes]:
    from reportkit.publish.fragment import pictures_beside

    return pictures_beside(executed)


def _word(executed: ExecutedReport) -> bytes:
    from reportkit.publish.word import word

    return word(executed)


def _word_with_comments(executed: ExecutedReport) -> bytes:
    from reportkit.publish.word import review

    return review(executed)


def _word_ready() -> None:
    from reportkit.publish import pictures, word

    word.get_ready()
    pictures.get_ready()


def _notebook(executed: ExecutedReport) -> bytes:
    import nbformat

    return encodable(nbformat.writes(executed.notebook)).encode()


def _figures(executed: ExecutedReport) -> bytes:
    return as_json(report_data(executed.report))


def _findings(executed: ExecutedReport) -> bytes:
    return as_json(list(executed.findings))


def _figures_table(executed: ExecutedReport) -> bytes:
    return as_csv(figure_rows(executed.report))


def _claims(executed: ExecutedReport) -> dict[str, bytes]:
    return {"claims.json": as_json(list(executed.claims))}


# ------------------------------------------------------------------------------ the list

_PAGE_TOOLS = (
    Tool("nbconvert", "nbconvert"),
    Tool("markdown_it", "markdown-it-py"),
    Tool("nh3", "nh3"),
    Tool("vl_convert", "vl-convert-python", start=charts.get_ready, address_space=charts.ADDRESS_SPACE),
)
# What Word and PDF are made with.
PANDOC = Tool("pypandoc", "pypandoc-binary", extra="publish")
PYTHON_DOCX = Tool("docx", "python-docx", extra="publish", start=_word_ready)
TYPST = Tool("typst", "typst", extra="publish", start=pdf.get_ready)
# What the data of all reports together are written with, which go by the name of what each report hands in for them.
OPEN_DATA = "data"
DUCKDB = Tool("duckdb", "duckdb", extra="data")
_WORD_TOOLS = (*_PAGE_TOOLS, PANDOC, PYTHON_DOCX, TYPST)
_WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
# What the web calls a file that might be anything.
_UNKNOWN = "application/octet-stream"
# What an output holds besides the formats of reports, by the endings of names.
_OTHERS = {".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
_CHART_LIBRARY = SharedFile(charts.library_name, "text/javascript", lambda: charts.library().encode())

FORMATS: tuple[Format, ...] = (
    Format("publish", "report.html", MEDIA_TYPE, _published_page, _PAGE_TOOLS, label=LABELS["publish"], public=True),
    Format("review", "review.html", MEDIA_TYPE, _review_page, _PAGE_TOOLS, (_CHART_LIBRARY,), label=LABELS["review"]),
    Format(
        "fragment",
        "fragment.html",
        MEDIA_TYPE,
        _fragment,
        _PAGE_TOOLS,
        label="网页片段",
        public=True,
        always=False,
        beside=_pictures_of_fragment,
        bitmap_tools=(TYPST,),
    ),
    Format("notebook", "report.ipynb", "application/x-ipynb+json", _notebook, (Tool("nbformat", "nbformat"),)),
    Format("figures", "figures.json", "application/json", _figures),
    Format("findings", "findings.json", "application/json", _findings),
    Format("docx", "report.docx", _WORD_TYPE, _word, _WORD_TOOLS, label="Word", public=True, always=False),
    Format(
        "docx-review", "review.docx", _WORD_TYPE, _word_with_comments, _WORD_TOOLS, label="Word批注版", always=False
    ),
    Format(
        OPEN_DATA,
        "figures.csv",
        "text/csv",
        _figures_table,
        (DUCKDB,),
        label="数据表",
        always=False,
        beside=_claims,
    ),
    Format(
        "pdf",
        "report.pdf",
        pdf.MEDIA_TYPE,
        pdf.pdf,
        (*_PAGE_TOOLS, PANDOC, TYPST),
        label="PDF",
        public=True,
        always=False,
        note=pdf.fonts.substitutes,
    ),
)


def public_files() -> tuple[str, ...]:
    """The names of the files that the public reads.

    Returns
    -------
    tuple of str
        In the order of the list.

    Examples
    --------
    >>> public_files()[0]
    'report.html'
    """
    return tuple(listed.file for listed in FORMATS if listed.public)


def format_named(name: str) -> Format:
    """The format that a command line calls by that name.

    Parameters
    ----------
    name
        The format's name: ``review``.

    Returns
    -------
    Format
        The entry of the list.

    Raises
    ------
    UnknownFormatError
        If there is none; the message names those there are.

    Examples
    --------
    >>> format_named("review").file
    'review.html'
    """
    for listed in FORMATS:
        if listed.name == name:
            return listed
    names = Joined(", ", [listed.name for listed in FORMATS])
    raise UnknownFormatError(
        Message("{name} is not a format; the formats are {formats}", name=repr(name), formats=names)
    )


def named_formats(names: Iterable[str]) -> tuple[Format, ...]:
    """The formats that a command line names.

    Parameters
    ----------
    names
        Their names, of which several may stand in one, with commas between them: ``docx,pdf``.

    Returns
    -------
    tuple of Format
        Each once, in the order in which they are named.

    Raises
    ------
    UnknownFormatError
        If one is no format.

    Examples
    --------
    >>> [listed.file for listed in named_formats(["review,publish", "review"])]
    ['review.html', 'report.html']
    """
    separate = (name.strip() for several in names for name in several.split(","))
    return tuple(dict.fromkeys(format_named(name) for name in separate if name))


def media_type(file: str) -> str:
    """What a file of an output is, in the words of the web, by the ending of its name.

    Parameters
    ----------
    file
        Its name: one of the formats, a shared file, or another that ends as they do.

    Returns
    -------
    str
        Its media type, with the character set if it is text; application/octet-stream for an ending of no format.

    Examples
    --------
    >>> media_type("index.html"), media_type("2023/linyi-fao/build.json")
    ('text/html; charset=utf-8', 'application/json')
    """
    declared = [(listed.file, listed.media_type) for listed in FORMATS]
    declared += [(shared.name(), shared.media_type) for shared in shared_files()]
    kinds = _OTHERS | {PurePath(name).suffix: kind for name, kind in declared}
    found = kinds.get(PurePath(file).suffix, _UNKNOWN)
    return f"{found}; charset=utf-8" if found.startswith("text/") else found


def tools(asked: Collection[str] = ()) -> tuple[Tool, ...]:
    """The libraries that make the formats of every build, and those that are asked for besides, each once.

    Parameters
    ----------
    asked
        The names of further formats.

    Returns
    -------
    tuple of Tool
        In the order of the list.
    """
    wanted = (listed for listed in FORMATS if listed.always or listed.name in asked)
    return tuple(dict.fromkeys(tool for listed in wanted for tool in listed.tools))


def shared_files() -> tuple[SharedFile, ...]:
    """The shared files of the formats, each once.

    Returns
    -------
    tuple of SharedFile
        In the order of the list.
    """
    return tuple(dict.fromkeys(shared for listed in FORMATS for shared in listed.shared))


def require_tools() -> None:
    """Check that the libraries that pages are made with can be imported, without importing them.

    Raises
    ------
    MissingToolError
        If one is not, or cannot be imported; the message says what to do.
    """
    if sys.flags.optimize > 1:
        raise MissingToolError(
            Message(
                "Python runs without docstrings, which the chart library needs: unset PYTHONOPTIMIZE, or leave out -OO"
            )
        )
    for listed in FORMATS:
        if listed.always and (error := listed.missing()):
            raise error


@cache
def _version(package: str) -> str:
    """A library's version; empty if it is not installed."""
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
