"""Reading plain text and Markdown: lines are paragraphs or headings; lines split by tabs or bars are grids."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from reportkit.documents.barred import keeps_blanks, runs_over_lines, undoubled
from reportkit.documents.decoding import decoded, looks_binary
from reportkit.documents.document import Block, Box, Document, Grid, Heading, Paragraph
from reportkit.documents.white_space import folded

__all__ = ["blocks_of_lines", "is_plain_text", "read_plain_text"]

# The line of dashes with which Markdown parts a table's head from its body.
_MARKDOWN_RULE = re.compile(r"[\s:+=-]+")
# A heading of Markdown: signs before it, a line of signs below it, or strong from end to end.
_HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+(.*?)[ \t]*#*[ \t]*")
_UNDERLINE = re.compile(r" {0,3}(?:(=)=*|(-)-+)[ \t]*")
_STRONG_LINE = re.compile(r"[ \t]*(\*\*|__)(?=\S)((?:(?!\1).)+)(?<=\S)\1[ \t]*")
_STRONG = re.compile(r"(\*\*|__)(?=\S)((?:(?!\1).)+?)(?<=\S)\1")
_BREAK = re.compile(r" {0,3}(?:(?:\*[ \t]*){3,}|(?:_[ \t]*){3,}|(?:-[ \t]*){3,})")
_STRONG_LEVEL = 6
_SAMPLE = 1 << 16
_LINE_END = re.compile(r"\r\n|[\n\r\f\v\x85\u2028\u2029]")


def is_plain_text(data: bytes) -> bool:
    """Whether the file is text of any encoding.

    Parameters
    ----------
    data
        The file's bytes.

    Returns
    -------
    bool
        True if its beginning can be read as text.
    """
    return not looks_binary(decoded(data[:_SAMPLE]))


def read_plain_text(text: str, name: str) -> Document:
    r"""Read plain text.

    Parameters
    ----------
    text
        The text.
    name
        The file's name, for messages.

    Returns
    -------
    Document
        Its paragraphs and grids.

    Examples
    --------
    >>> read_plain_text("一、总体情况\n规章\t0\n行政规范性文件\t2", "示例.txt").blocks[0]
    Paragraph(text='一、总体情况')
    """
    lines = _LINE_END.split(text)
    if any(map(_HEADING.fullmatch, lines)) or name.casefold().endswith((".md", ".markdown")):
        return Document(name, tuple(_markdown_blocks(lines)))
    return Document(name, tuple(blocks_of_lines(lines)))


def _markdown_blocks(lines: Sequence[str]) -> Iterator[Block]:
    """Headings as Markdown has them, and all else without the signs that make a text strong."""
    text: list[str] = []
    for line in lines:
        underline = _UNDERLINE.fullmatch(line) if text and text[-1].strip() and "|" not in text[-1] else None
        heading = _heading(line)
        if underline:
            heading = Heading(folded(_STRONG.sub(r"\2", text.pop())), 1 if underline[1] else 2)
        if heading is not None:
            yield from blocks_of_lines(text)
            yield heading
            text = []
        elif not _BREAK.fullmatch(line):
            text.append(_STRONG.sub(r"\2", line))
    yield from blocks_of_lines(text)


def _heading(line: str) -> Heading | None:
    """The heading that a line of Markdown is by itself."""
    if marked := _HEADING.fullmatch(line):
        words, level = folded(_STRONG.sub(r"\2", marked[2])), len(marked[1])
        return Heading(words, level) if words else None
    strong = _STRONG_LINE.fullmatch(line)
    return Heading(folded(strong[2]), _STRONG_LEVEL) if strong else None


def blocks_of_lines(lines: Sequence[str]) -> Iterator[Block]:
    """Paragraphs, one for each line, and grids, one for each run of lines cut into fields the same way.

    Parameters
    ----------
    lines
        Lines of a text, without their ends.

    Yields
    ------
    Block
        Paragraphs and grids, in order; blank lines give none. Where rows cut by bars go over several lines, there
        is no telling lines from rows here, and each line is a paragraph that keeps its source.
    """
    lines = undoubled(lines)
    kept, over_lines = keeps_blanks(lines), runs_over_lines(lines)
    for separator, run in groupby(lines, _separator if not over_lines else _tab_in):
        rows = list(run)
        if over_lines and not separator:
            yield from _barred_paragraphs(rows)
            continue
        closed = sum(row.rstrip().endswith("|") for row in rows) * 2 >= len(rows)
        fields = [_fields(line, separator, closed) for line in rows]
        if separator and _is_table(fields):
            yield Grid(
                tuple(tuple(Box(folded(text)) for text in row) for row in fields if not _is_rule(row, separator)),
                keeps_blanks=kept or separator == "\t",
            )
        else:
            yield from (Paragraph(text) for text in (folded(" ".join(row)) for row in fields) if text)


def _barred_paragraphs(lines: Sequence[str]) -> Iterator[Paragraph]:
    """A paragraph for each line with words, with its bars and those that stand alone after it in its source."""
    said, source = "", ""
    for line in lines:
        words = folded(line.replace("|", " "))
        if words and said:
            yield Paragraph(said, source if "|" in source else "")
            source = ""
        said = words or said
        source += line.strip() + "\n" if words or "|" in line else ""
    if said:
        yield Paragraph(said, source if "|" in source else "")


def _separator(line: str) -> str:
    """What cuts the line into fields: a tab, a bar, or nothing."""
    return _tab_in(line) or ("|" if "|" in line else "")


def _tab_in(line: str) -> str:
    # Tabs before a line's only words are an indent; those after them are blank fields.
    return "\t" if "\t" in line.lstrip() else ""


def _fields(line: str, separator: str, closed: bool) -> list[str]:
    """The fields of a line; where its run is not closed by bars, the bar at its end has a blank field behind it."""
    if separator == "\t":
        return line.rstrip("\r\n").split("\t")
    if separator == "|":
        line = line.strip().removeprefix("|")
        return (line.removesuffix("|") if closed else line).split("|")
    return [line]


def _is_table(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the lines are a table's: a single line needs three words, since a mere gap may separate two."""
    words = [sum(1 for text in row if text.strip()) for row in rows]
    return max(words) >= 2 if len(rows) > 1 else words[0] >= 3


def _is_rule(row: Sequence[str], separator: str) -> bool:
    return separator == "|" and all(map(_MARKDOWN_RULE.fullmatch, row))
