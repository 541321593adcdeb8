"""The report in print: a PDF that looks as GB/T 9704—2012 asks for, and that a screen reader can read (PDF/UA-1).

The article goes through pandoc, which writes it for Typst by ``article.lua``; Typst sets it by ``template.typ``.
No text of the article is ever read as Typst's markup: each is written as a string.
"""

from __future__ import annotations

import logging
import re
import unicodedata
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from reportkit.publish import pandoc
from reportkit.publish.pdf.fonts import MissingFontError, faces, machine_fonts
from reportkit.publish.pdf.tags import Table, with_row_heads
from reportkit.publish.pictures import SVG, Picture
from reportkit.publish.typesetting import Typesetter
from reportkit.system.errors import InputError
from reportkit.system.files import temporary_folder
from reportkit.system.language import Message

if TYPE_CHECKING:
    from datetime import date

    import typst

    from reportkit.publish.executed import ExecutedReport

__all__ = ["MEDIA_TYPE", "get_ready", "pdf"]

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/pdf"

_HERE = Path(__file__).parent
_STANDARD: Literal["ua-1"] = "ua-1"
# How many characters fit into a line of a table as wide as the page: 156 mm at 10.5 points.
_ACROSS = 42
_FILE = "report.pdf"
_OPTIONS = ("--to=typst", "--wrap=none", f"--lua-filter={_HERE / 'article.lua'}")
# What the filter says of each table: its cells, and what it is about.
_TABLE = re.compile(r'^// cells (\w*) "((?:[^"\\]|\\.)*)"$', re.MULTILINE)
_UNDISPLAYED = re.compile(r'(?:the text|disallowed codepoint) `"((?:[^"\\`]|\\.)*)"`')
_CODE = re.compile(r"\\u\{([0-9a-f]+)\}|\\(.)")
_FAMILIES = re.compile(r'(\sfont-family="[^"]*)"')
# How often Typst is asked again without the letters that it has no font for.
_ROUNDS = 4
# The kinds of pictures that Typst can show.
_SHOWN = frozenset({SVG, "image/png", "image/jpeg", "image/gif", "image/webp"})


def pdf(executed: ExecutedReport) -> bytes:
    """The report as a PDF.

    Parameters
    ----------
    executed
        The executed report.

    Returns
    -------
    bytes
        The file: always the same for the same article on the same machine. Its date is the day on which the report
        was published; it has none if that is not known.

    Raises
    ------
    MissingFontError
        If the machine has no font for Chinese.
    InputError
        If the article cannot be set, which only a notebook of one's own can bring about.
    """
    article, report = executed.article, executed.report
    written = pandoc.convert(article.html(across=_ACROSS).encode(), _OPTIONS, _FILE).decode()
    look = _look(article.title, report.agency.name, report.published)

    def source(pictures: Mapping[str, Picture]) -> str:
        return "".join((_template(), _pictures(pictures), look, written))

    name = f"{report.agency.name} {report.year}"
    try:
        made = _compiled(source(article.pictures), name)
    except InputError:
        whole = {key: picture for key, picture in article.pictures.items() if _can_be_shown(picture)}
        if len(whole) == len(article.pictures):
            raise
        damaged = ", ".join(key for key in article.pictures if key not in whole)
        log.warning("%s: report.pdf shows words in place of pictures that are damaged: %s", name, damaged)
        made = _compiled(source(whole), name)
    return with_row_heads(made, [Table(cells, _unquoted(summary)) for cells, summary in _TABLE.findall(written)])


def get_ready() -> None:
    """Find the machine's fonts, which takes longer than a report, so that the first report need not wait for it."""
    with suppress(MissingFontError):  # the report will say it
        faces()
    _TYPST.get_ready()
    pandoc.get_ready()


# ----------------------------------------------------------------------- Typst


def _typst() -> typst.Compiler:
    """Typst, with the machine's fonts, and with no files to read."""
    import typst

    with temporary_folder() as folder:
        # The folder is gone when Typst works: nothing can be read from it, nor be put there.
        return typst.Compiler(root=folder, font_paths=machine_fonts(), package_path=folder, package_cache_path=folder)


_TYPST = Typesetter(_typst)


def _compiled(source: str, name: str) -> bytes:
    """The PDF, with codes for characters that no font has in place of boxes."""
    from typst import TypstError

    coded: set[str] = set()
    for _round in range(_ROUNDS):
        try:
            made = _TYPST.compile(source.encode(), format="pdf", pdf_standards=_STANDARD)
        except TypstError as error:
            missing = _undisplayed(str(error.diagnostic))
            if not missing:
                raise InputError(Message("report.pdf: Typst failed: {reason}", reason=error.message)) from error
            coded |= missing
            source = source.translate({ord(character): _shown_as(character) for character in missing})
            continue
        if said := sorted(character for character in coded if _shown_as(character).strip()):
            codes = ", ".join(f"U+{ord(character):04X}" for character in said)
            log.warning(
                "%s: no font of this machine has these characters, report.pdf shows their codes: %s", name, codes
            )
        return made
    raise InputError(Message("report.pdf: Typst failed: {reason}", reason=", ".join(sorted(coded))))


def _undisplayed(diagnostic: str) -> set[str]:
    """The characters that Typst has found no font for, or that no file may hold."""
    found = _UNDISPLAYED.findall(diagnostic)
    return {character for text in found for character in _CODE.sub(_decoded, text) if character != " "}


def _decoded(code: re.Match[str]) -> str:
    return chr(int(code[1], 16)) if code[1] else {"n": "\n", "t": "\t", "r": "\r"}.get(code[2], code[2])


def _shown_as(character: str) -> str:
    """What is shown in place of a character that no font has: its code, or nothing if it is never seen."""
    kind = unicodedata.category(character)
    if kind == "Zs":
        return " "
    unseen = kind in ("Cf", "Cc") or "VARIATION SELECTOR" in unicodedata.name(character, "")
    return "" if unseen else f"〔U+{ord(character):04X}〕"


@cache
def _template() -> str:
    return (_HERE / "template.typ").read_text("utf-8")


def _pictures(pictures: Mapping[str, Picture]) -> str:
    """The pictures, which Typst reads from its source instead of files."""
    shown = (
        f"{_quoted(name)}: {_content(picture)}" for name, picture in pictures.items() if picture.media_type in _SHOWN
    )
    return (
        f"\n#let pictures = {_mapping(shown)}\n"
        "#let picture(name, ..given) = placed-picture(pictures.at(name, default: none), ..given)\n"
    )


def _can_be_shown(picture: Picture) -> bool:
    """Whether Typst can read a picture of a kind that it knows."""
    source = _pictures({picture.name: picture}) + '#pictures.values().map(image.with(alt: "")).join()'
    try:
        _TYPST.compile((_template() + source).encode(), format="pdf")
    except RuntimeError:
        return False
    return True


def _content(picture: Picture) -> str:
    if picture.media_type == SVG:
        # Where none of the fonts that a drawing names is installed, it must not be set in another country's letters.
        families = escape(", ".join(faces()["heading"].families), quote=True)
        drawing = _FAMILIES.sub(lambda named: f'{named[1]}, {families}"', picture.content.decode(errors="replace"))
        return f"bytes({_quoted(drawing)})"
    return f"bytes(({','.join(map(str, picture.content))},))"


def _look(title: str, author: str, published: date | None) -> str:
    """What turns the rest of the source into a report."""
    families = (
        f"{purpose}: (families: ({''.join(f'{_quoted(family)},' for family in face.families)}), "
        f"weight: {_quoted(face.weight)})"
        for purpose, face in faces().items()
    )
    day = f"datetime(year: {published.year}, month: {published.month}, day: {published.day})" if published else "none"
    return (
        f"#show: report.with(faces: {_mapping(families)}, title: {_quoted(title)}, author: {_quoted(author)}, "
        f"date: {day})\n"
    )


def _mapping(entries: Iterable[str]) -> str:
    return f"({', '.join(entries)},)".replace("(,)", "(:)")


def _quoted(text: str) -> str:
    """The text as a string of Typst's."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _unquoted(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)
