"""Reading a page as its reader does: text, headings, and tables as grids."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "wbr"}


class Page(HTMLParser):
    """A page's text, headings and tables; every table is a grid in which a span repeats its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.html = html
        self.text = ""
        self.headings: list[str] = []
        self.tables: list[list[list[str]]] = []
        self.tags: list[str] = []
        self._open: list[str] = []
        self._rows: list[dict[int, str]] = []
        self._cell: dict[str, str | None] | None = None
        self._heading = self._said = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag not in VOID:
            self._open.append(tag)
        if tag == "table":
            self._rows, self._at = [], -1
        elif tag == "tr":
            self._at += 1
            self._rows += [{} for _ in range(self._at + 1 - len(self._rows))]
        elif tag in ("td", "th"):
            self._cell, self._said = dict(attrs), ""
        elif tag in ("h1", "h2"):
            self._heading = ""

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            while self._open.pop() != tag:
                pass
        if tag in ("td", "th") and self._cell is not None:
            self._place(self._said)
            self._cell = None
        elif tag == "table":
            self.tables.append([[row[column] for column in sorted(row)] for row in self._rows])
        elif tag in ("h1", "h2"):
            self.headings.append(re.sub(r"\s+", "", self._heading))

    def handle_data(self, data: str) -> None:
        if {"style", "script", "title"} & set(self._open):
            return
        self.text += data
        self._said += data
        self._heading += data

    def _place(self, text: str) -> None:
        assert self._cell is not None
        row, column = self._rows[self._at], 0
        while column in row:
            column += 1
        for down in range(int(self._cell.get("rowspan") or 1)):
            if len(self._rows) <= self._at + down:
                self._rows.append({})
            for across in range(int(self._cell.get("colspan") or 1)):
                self._rows[self._at + down][column + across] = re.sub(r"\s+", "", text)


def read_page(path: Path) -> Page:
    return Page(path.read_text(encoding="utf-8"))


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)
