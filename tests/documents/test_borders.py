"""Borders that a ruled table lacks are found from the lines that end together."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportkit.documents.borders import Rule, Rules, borders_lacking

COLUMNS = (50.0, 120.0, 180.0, 240.0)
ROWS = (100.0, 120.0, 140.0, 160.0)


def rules(columns: tuple[float, ...] = COLUMNS, rows: tuple[float, ...] = ROWS) -> Rules:
    """A table whose columns and rows stand at these positions, all its lines drawn."""
    return Rules(
        tuple(Rule(at, rows[0], rows[-1]) for at in columns), tuple(Rule(at, columns[0], columns[-1]) for at in rows)
    )


def spans(lines: tuple[Rule, ...], at: float) -> list[tuple[float, float]]:
    """From where to where lines at this position run, pieces joined."""
    joined: list[tuple[float, float]] = []
    for line in sorted((line for line in lines if line.stands_at(at)), key=lambda line: line.start):
        if joined and line.start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], line.end))
        else:
            joined.append((line.start, line.end))
    return joined


def test_a_whole_table_lacks_nothing() -> None:
    assert borders_lacking(rules()) == Rules((), ())


sides = st.sets(st.sampled_from(["left", "right", "top", "bottom"]), min_size=1)


@given(sides)
def test_every_missing_border_is_found_and_no_other(missing: set[str]) -> None:
    whole = rules()
    upright = whole.upright["left" in missing : len(COLUMNS) - ("right" in missing)]
    across = whole.across["top" in missing : len(ROWS) - ("bottom" in missing)]
    lacking = borders_lacking(Rules(upright, across))
    found = {
        name
        for name, lines, at, full in [
            ("left", lacking.upright, COLUMNS[0], (ROWS[0], ROWS[-1])),
            ("right", lacking.upright, COLUMNS[-1], (ROWS[0], ROWS[-1])),
            ("top", lacking.across, ROWS[0], (COLUMNS[0], COLUMNS[-1])),
            ("bottom", lacking.across, ROWS[-1], (COLUMNS[0], COLUMNS[-1])),
        ]
        if spans(lines, at) == [full]
    }
    assert found == missing


@pytest.mark.parametrize(
    ("columns", "rows"), [((50.0, 240.0), ROWS), ((50.0, 240.0), (100.0, 700.0)), ((50.0,), ROWS), (COLUMNS, ())]
)
@pytest.mark.parametrize("cut", [{"top"}, {"bottom"}, {"right"}, {"right", "bottom"}])
def test_a_frame_around_text_is_no_table(columns: tuple[float, ...], rows: tuple[float, ...], cut: set[str]) -> None:
    upright = tuple(Rule(at, 100, 700) for at in columns[: len(columns) - ("right" in cut)])
    across = tuple(Rule(at, 50, 240) for at in rows["top" in cut : len(rows) - ("bottom" in cut)])
    lacking = borders_lacking(Rules(upright, across))
    if len(columns) < 3:
        assert lacking == Rules((), ())


def test_lines_that_stick_out_a_little_are_no_further_row_or_column() -> None:
    whole = rules()
    longer = tuple(Rule(line.at, line.start - 5.5, line.end + 5.5) for line in whole.across)
    assert borders_lacking(Rules(whole.upright, longer)) == Rules((), ())


def test_a_cell_that_goes_on_over_the_page_s_end_is_closed_where_its_sides_end() -> None:
    upright = (Rule(50, 100, 175), Rule(120, 100, 175), *rules().upright[2:])
    across = (*rules().across[:2], Rule(140, 120, 240), Rule(160, 120, 240))
    assert borders_lacking(Rules(upright, across)) == Rules((), (Rule(175, 50, 120),))


def test_a_line_that_ends_inside_the_table_goes_on_to_the_next_upright() -> None:
    """Below a head that is printed again, the first column goes on with a cell of the page before."""
    upright = (Rule(50, 80, 160), Rule(120, 100, 160), Rule(180, 80, 160), Rule(240, 80, 160))
    across = (Rule(80, 50, 240), Rule(100, 120, 240), Rule(130, 120, 240), Rule(160, 50, 240))
    assert borders_lacking(Rules(upright, across)) == Rules((), (Rule(100, 50, 120),))


def test_each_table_of_a_page_is_looked_at_for_itself() -> None:
    whole, other = rules(), rules(rows=(300.0, 320.0, 340.0))
    lacking = borders_lacking(Rules((*whole.upright, *other.upright), (*whole.across, *other.across[1:])))
    assert spans(lacking.across, 300) == [(50, 240)]
    assert not lacking.upright


@pytest.mark.parametrize(("position", "reached"), [(6.5, False), (7, True), (20, True), (23, True), (23.5, False)])
def test_a_line_reaches_what_stands_a_little_beyond_its_ends(position: float, reached: bool) -> None:
    assert Rule(0, 10, 20).reaches(position) is reached


def test_a_border_that_is_drawn_in_part_lacks_the_rest_alone() -> None:
    whole = rules(columns=(50.0, 120.0, 240.0))
    upright = (*whole.upright[:2], Rule(240, 100, 140))
    assert borders_lacking(Rules(upright, whole.across)) == Rules((Rule(240, 140, 160),), ())
    upright = (*whole.upright[:2], Rule(240, 120, 160))
    assert borders_lacking(Rules(upright, whole.across)) == Rules((Rule(240, 100, 120),), ())


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize(("end", "goes_on_to"), [(160, 240), (100, 300)])
def test_a_line_that_ends_inside_goes_on_to_the_next_upright_that_passes_and_no_further(
    mirrored: bool, end: float, goes_on_to: float
) -> None:
    upright = [Rule(at, 80, 160) for at in (0, 60, 120, 180, 240, 300)]
    upright[3:5] = [Rule(180, 100, 160), Rule(240, 80, end)]
    across = [Rule(80, 0, 300), Rule(100, 0, 180), Rule(160, 0, 300)]
    lacking = Rule(100, 180, goes_on_to)
    if mirrored:
        upright = [replace(rule, at=300 - rule.at) for rule in upright]
        across, (lacking,) = (
            [replace(rule, start=300 - rule.end, end=300 - rule.start) for rule in rules]
            for rules in (across, [lacking])
        )
    assert borders_lacking(Rules(tuple(upright), tuple(across))).across == (lacking,)


def test_a_line_that_crosses_two_uprights_alone_is_a_frame_s() -> None:
    upright = (Rule(50, 80, 160), Rule(120, 80, 100), Rule(180, 80, 160))
    across = (Rule(80, 50, 180), Rule(100, 50, 120), Rule(160, 50, 180))
    assert borders_lacking(Rules(upright, across)) == Rules((), ())
