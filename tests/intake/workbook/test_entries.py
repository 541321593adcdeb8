"""Every kind of figure can be entered, and says how."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reportkit.form.figures import KINDS, Kind
from reportkit.intake.workbook.entries import entry_for


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_kind_of_figure_can_be_entered(kind: Kind) -> None:
    entry = entry_for(kind)
    assert entry.type == ("whole" if kind.types is int else "custom")
    assert entry.text == (kind.types is not int)
    assert len(entry.formula.format(cell="AA100")) <= 255


def test_a_new_kind_is_entered_by_what_it_declares() -> None:
    share = replace(KINDS["money"], name="share", signed=True, most=100)
    assert entry_for(share).formula == "AND(ISNUMBER(VALUE({cell})),VALUE({cell})<=100)"
    level = replace(KINDS["count"], name="level", most=9)
    assert (entry_for(level).formula, entry_for(level).upper) == ("0", "9")
