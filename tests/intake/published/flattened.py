"""Reports as published pages look when they have been pasted, flattened, torn and recognised: layouts, and slips.

A layout turns a report into a document or a text; a slip changes labels or figures as typists and
recognition do. Labels come from the form, so that nothing here knows an edition.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from reportkit.documents.document import Block, Box, Document, Grid, Heading, Paragraph
from reportkit.documents.plain_text import read_plain_text
from reportkit.form import Table
from reportkit.form.figures import figure_text
from reportkit.form.labels import without_remark
from reportkit.form.layout import FigureBox, LabelBox, layout_of
from reportkit.report import AnnualReport
from reportkit.text import squeezed

Slip = Callable[[str], str]


@dataclass(frozen=True)
class Slips:
    """How labels, figures and section titles are changed on their way."""

    label: Slip = str
    figure: Slip = str
    title: Slip = str


NONE = Slips()


@dataclass(frozen=True)
class Printed:
    """A box of a printed table: its text, what it spans, and whether it is a figure's."""

    text: str
    rowspan: int = 1
    colspan: int = 1
    figure: bool = False


def printed(report: AnnualReport, table: Table, slips: Slips = NONE) -> list[list[Printed]]:
    """The lines of a table as the form prints it."""
    layout = layout_of(table)
    lines = [*layout.head, *(line for body in layout.bodies for line in body)]
    return [[_printed(report, box, slips) for box in line] for line in lines]


def _printed(report: AnnualReport, box: LabelBox | FigureBox, slips: Slips) -> Printed:
    if isinstance(box, LabelBox):
        return Printed(slips.label(box.label), box.rowspan, box.colspan)
    text = figure_text(report[box.cell.address])
    return Printed(slips.figure(text) if text else "", 1, box.colspan, figure=True)


def grid(lines: list[list[Printed]]) -> Grid:
    """The lines as a grid, every box at each place it covers."""
    places: dict[tuple[int, int], Box] = {}
    for row, line in enumerate(lines):
        column = 0
        for cell in line:
            while (row, column) in places:
                column += 1
            box = Box(cell.text, cell.rowspan, cell.colspan)
            for down in range(cell.rowspan):
                for across in range(cell.colspan):
                    places.setdefault((row + down, column + across), box)
    rows = len(lines)
    widths = [max((column for at, column in places if at == row), default=-1) + 1 for row in range(rows)]
    return Grid(tuple(tuple(places.get((row, column)) for column in range(widths[row])) for row in range(rows)))


def document(report: AnnualReport, tables: Callable[[Table], list[Block]], slips: Slips = NONE) -> Document:
    """A report as headings, paragraphs and whatever `tables` makes of its tables."""
    blocks: list[Block] = [Heading(f"{report.agency.name}{report.title}", 1)]
    for section in report.form.sections:
        if section.title:
            blocks.append(Heading(slips.title(section.title), 2))
        if section.holds_table:
            blocks += tables(report.form.table(section.key))
        else:
            blocks += [Paragraph(text) for text in report.text(section).split("\n\n") if text.strip()]
    return Document("示例.html", tuple(blocks))


def text_of(report: AnnualReport, tables: Callable[[Table], str], slips: Slips = NONE) -> str:
    """A report as plain text, its tables as `tables` writes them."""
    parts = [f"{report.agency.name}{report.title}"]
    for section in report.form.sections:
        parts += [slips.title(section.title)] if section.title else []
        parts.append(tables(report.form.table(section.key)) if section.holds_table else report.text(section))
    return "\n\n".join(parts)


# ------------------------------------------------------------------ layouts of grids


def as_grid(report: AnnualReport, slips: Slips = NONE) -> Document:
    return document(report, lambda table: [grid(printed(report, table, slips))], slips)


def in_blocks(report: AnnualReport, slips: Slips = NONE) -> Document:
    """Each block of a table as a grid of its own."""

    def tables(table: Table) -> list[Block]:
        layout = layout_of(table)
        return [
            grid([[_printed(report, box, slips) for box in line] for line in (*layout.head, *body)])
            for body in layout.bodies
        ]

    return document(report, tables, slips)


def torn_off(report: AnnualReport, slips: Slips = NONE) -> Document:
    """The last two rows of every table with several in a grid without a head."""

    def tables(table: Table) -> list[Block]:
        lines = printed(report, table, slips)
        if table.layout == "across":
            return [grid(lines)]
        return [grid(lines[:-2]), Paragraph("— 3 —"), grid(lines[-2:])]

    return document(report, tables, slips)


def wrong_spans(report: AnnualReport, slips: Slips = NONE, by: int = 1) -> Document:
    """Every stub that spans rows spans `by` more, or fewer."""

    def tables(table: Table) -> list[Block]:
        lines = [
            [
                Printed(cell.text, max(1, cell.rowspan + by) if cell.rowspan > 1 else 1, cell.colspan, cell.figure)
                for cell in line
            ]
            for line in printed(report, table, slips)
        ]
        return [grid(lines)]

    return document(report, tables, slips)


def torn_heads(report: AnnualReport, slips: Slips = NONE) -> Document:
    """Labels of heads cut in two, the halves one above the other: 结果 over 维持."""

    def tables(table: Table) -> list[Block]:
        lines = printed(report, table, slips)
        torn: list[list[Printed]] = []
        for line in lines:
            if any(cell.figure for cell in line) or any(cell.colspan > 1 for cell in line):
                torn.append(line)
            else:
                halves = [(cell.text[: len(cell.text) // 2], cell.text[len(cell.text) // 2 :]) for cell in line]
                torn += [[Printed(upper) for upper, _ in halves], [Printed(lower) for _, lower in halves]]
        return [Grid(tuple(tuple(Box(cell.text) for cell in line) for line in torn))]

    return document(report, tables, slips)


# ------------------------------------------------------------------ layouts of text


def places(report: AnnualReport, table: Table, slips: Slips = NONE) -> list[list[str]]:
    """The table's places row by row: a box stands at its first place, the others it covers are empty."""
    texts: list[list[str]] = []
    seen: set[Box | None] = {None}
    for line in grid(printed(report, table, slips)).rows:
        texts.append([])
        for box in line:
            texts[-1].append("" if box is None or box in seen else box.text)
            seen.add(box)
    return texts


def tabs(report: AnnualReport, slips: Slips = NONE) -> str:
    """Tab-separated, the stub's empty cells kept."""
    return text_of(report, lambda t: "\n".join("\t".join(row) for row in places(report, t, slips)), slips)


def pipes(report: AnnualReport, slips: Slips = NONE) -> str:
    return text_of(report, lambda t: "\n".join(f"| {' | '.join(row)} |" for row in places(report, t, slips)), slips)


def tabs_dropped(report: AnnualReport, slips: Slips = NONE) -> str:
    """Tab-separated, only the boxes that begin in a line."""
    return text_of(
        report,
        lambda t: "\n".join("\t".join(cell.text for cell in line) for line in printed(report, t, slips)),
        slips,
    )


def one_a_line(report: AnnualReport, slips: Slips = NONE) -> str:
    """One cell a line with blank lines between; blank cells leave no trace."""
    return text_of(
        report,
        lambda t: "\n\n".join(cell.text for line in printed(report, t, slips) for cell in line if cell.text),
        slips,
    )


def one_paragraph(report: AnnualReport, slips: Slips = NONE) -> Document:
    """All cells of a table in one paragraph, with line breaks."""
    return document(
        report,
        lambda t: [Paragraph("\n".join(cell.text for line in printed(report, t, slips) for cell in line if cell.text))],
        slips,
    )


def with_spaces(report: AnnualReport, slips: Slips = NONE) -> str:
    """A line for each row, its cells parted by spaces; blank cells leave no trace."""
    return text_of(
        report,
        lambda t: "\n".join(" ".join(cell.text for cell in line if cell.text) for line in printed(report, t, slips)),
        slips,
    )


# ------------------------------------------------------------------ layouts of text with bars


def _barred(line_of: Callable[[list[Printed], int], str]) -> Callable[..., str]:
    """A layout in which `line_of` writes each line of a table, given how many bars its spans leave to be filled."""

    def layout(report: AnnualReport, slips: Slips = NONE) -> str:
        def table_text(table: Table) -> str:
            lines = printed(report, table, slips)
            width = max(sum(cell.colspan for cell in line) for line in lines)
            return "\n".join(line_of(line, max(0, width - len(line))) for line in lines)

        return text_of(report, table_text, slips)

    return layout


def _blank_is_a_break(line: list[Printed], owed: int, opening: str = "") -> str:
    """A row a line; a blank cell is a line break before its bar, and the spans are filled with bars."""
    cells = "".join(f"{cell.text} | " if cell.text else "\n| " for cell in line)
    return f"{opening}{cells}{'|' * owed}"


def _cell_a_line(line: list[Printed], owed: int, opening: str = "") -> str:
    """A cell a line with its bar behind it; a blank cell is a bar on a line of its own."""
    cells = "\n".join(f"{cell.text} |".strip() for cell in line)
    return f"{opening}{cells} {'|' * owed}"


def _bar_below(line: list[Printed], _: int) -> str:
    """A cell a line, and a bar on the line below it."""
    return "\n".join(f"{cell.text}\n|".strip() for cell in line)


def _blanks_left_out(line: list[Printed], owed: int, opening: str = "") -> str:
    """A row a line; blank cells are left out, and the row is filled with bars at its end."""
    cells = [cell.text for cell in line if cell.text]
    return f"{opening}{' | '.join(cells)} | {'|' * (owed + len(line) - len(cells))}"


def _blanks_of_both_kinds(line: list[Printed], owed: int) -> str:
    """A row a line; of the blank cells every other is a line break before its bar, and the rest are left out."""
    blanks = [cell for cell in line if not cell.text]
    out = {id(cell) for cell in blanks[::2]}
    kept = [cell for cell in line if id(cell) not in out]
    return _blank_is_a_break(kept, owed + len(line) - len(kept))


def _bars_on_both_sides(line: list[Printed], _: int) -> str:
    """A row a line, each cell with bars of its own; blank cells are left out."""
    return "".join(f"|{cell.text}|" for cell in line if cell.text)


def _bar_before(line: list[Printed], _: int) -> str:
    """A cell a line behind a bar; blank cells are left out."""
    return "\n".join(f"|{cell.text}" for cell in line if cell.text)


def _figures_below(line: list[Printed], _: int, between: str = "\n| ", opening: str = "", closing: str = " |") -> str:
    """Labels on one line, their figures on the next."""
    labels = " | ".join(cell.text for cell in line if not cell.figure)
    figures = " | ".join(cell.text for cell in line if cell.figure)
    if not (labels and figures):
        return f"{opening or between.strip()}{labels}{figures}{closing}"
    return f"{opening}{labels}{between}{figures}{closing}"


def _alone(line: list[Printed], _: int) -> str:
    """A cell a line without bars, and a bar for a blank cell."""
    return "\n".join(cell.text or "|" for cell in line)


def _read(layout: Callable[..., str]) -> Callable[..., Document]:
    return lambda report, slips=NONE: read_plain_text(layout(report, slips), "示例.txt")


GRIDS: Mapping[str, Callable[..., Document]] = {
    "grid": as_grid,
    "blocks": in_blocks,
    "torn off": torn_off,
    "spans too long": wrong_spans,
    "spans too short": lambda report, slips=NONE: wrong_spans(report, slips, by=-2),
    "torn heads": torn_heads,
}
SEPARATED: Mapping[str, Callable[..., Document]] = {
    "tabs": _read(tabs),
    "tabs dropped": _read(tabs_dropped),
    "pipes": _read(pipes),
}
# Text with bars that tells where the blank cells are.
BARRED: Mapping[str, Callable[..., Document]] = {
    "blanks break the line": _read(_barred(_blank_is_a_break)),
    "blanks break the line, rows open": _read(_barred(partial(_blank_is_a_break, opening="| "))),
    "a cell a line, bars behind": _read(_barred(_cell_a_line)),
    "a cell a line, rows open": _read(_barred(partial(_cell_a_line, opening="|\n"))),
    "a cell a line, bars below": _read(_barred(_bar_below)),
}
# Text with bars in which a blank cell may leave no trace.
BARRED_LOSING: Mapping[str, Callable[..., Document]] = {
    "blanks left out": _read(_barred(_blanks_left_out)),
    "blanks left out, rows open": _read(_barred(partial(_blanks_left_out, opening="| "))),
    "blanks of both kinds": _read(_barred(_blanks_of_both_kinds)),
    "bars on both sides": _read(_barred(_bars_on_both_sides)),
    "bars before": _read(_barred(_bar_before)),
    "bars for blanks": _read(_barred(_alone)),
    "figures below": _read(_barred(_figures_below)),
    "figures below, rows open": _read(_barred(partial(_figures_below, between=" |\n| ", opening="| "))),
    "figures below, bars between": _read(_barred(partial(_figures_below, between="\n", closing=""))),
    "figures below, bars behind": _read(_barred(partial(_figures_below, between=" |\n", closing=""))),
}
# Layouts in which a blank cell leaves no trace.
LOSING: Mapping[str, Callable[..., Document]] = {
    "one a line": _read(one_a_line),
    "one paragraph": one_paragraph,
    "spaces": _read(with_spaces),
}


# ------------------------------------------------------------------ slips

_FULL_WIDTH = str.maketrans("0123456789.,-", "０１２３４５６７８９．，－")
_HALF_BRACKETS = str.maketrans("（），：", "(),:")


def thousands(text: str) -> str:
    whole, dot, fraction = text.partition(".")
    if not whole.isdecimal():
        return text
    return f"{int(whole):,}{dot}{fraction}"


def spaced(text: str) -> str:
    return " ".join(text)


def shortened(label: str) -> str:
    """The label's last words: 1.逾期不补正 for 1.申请人无正当理由逾期不补正、行政机关…"""
    first, comma, _ = label.partition("、")
    if comma and len(first) > 12:
        return first[:2] + first[-5:]
    return without_remark(label)


TIDY: Mapping[str, Slips] = {
    "none": NONE,
    "half-width brackets": Slips(label=lambda text: text.translate(_HALF_BRACKETS)),
    "spaces in labels": Slips(label=spaced),
    "full-width digits": Slips(figure=lambda text: text.translate(_FULL_WIDTH)),
    "thousands": Slips(figure=thousands),
    "units": Slips(figure=lambda text: f"{text}件" if text.isdecimal() else text),
    "remarks dropped": Slips(label=without_remark),
    "titles vary": Slips(
        title=lambda title: title.replace("的主要", "").replace("、政府信息公开行政", "、因政府信息公开工作被申请行政")
    ),
}
SHORT = Slips(label=shortened)


def misread(seed: int, share: float = 0.2) -> Slip:
    """Recognition that now and then reads a character as another, drops one or doubles one."""
    chance = random.Random(seed)

    def slip(label: str) -> str:
        return "".join(_misread(character, chance) if chance.random() < share else character for character in label)

    return slip


def _misread(character: str, chance: random.Random) -> str:
    if not squeezed(character).isalpha():
        return character
    return chance.choice(["", character * 2, "止", "曰", "未", "件", "口"])


def noisy(seed: int, labels: list[str]) -> Slip:
    """Labels misread, emptied, or taken for another row's."""
    chance = random.Random(seed)
    slip = misread(seed, 0.5)

    def noise(label: str) -> str:
        lot = chance.random()
        if lot < 0.75:
            return label
        if lot < 0.85:
            return slip(label)
        return "" if lot < 0.9 else chance.choice(labels)

    return noise


def row_labels(table: Table) -> Iterator[str]:
    """The labels of a table's rows."""
    return (row.label for block in table.blocks for row in block.row_leaves)
