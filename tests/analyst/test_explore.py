"""The notebook for analysts runs from its first cell to its last, and shows something in each."""

from __future__ import annotations

from pathlib import Path

import pytest
from nbformat import NotebookNode

from reportkit.engine.notebook import run_notebook
from reportkit.project.template import EXPLORATION, template_exploration

# What answers a question that has an answer in every project.
ALWAYS = ("reports", "all-figures", "trend-requests", "comparison-departments", "chart-of-busiest")


@pytest.fixture(scope="module")
def executed(city_with_data: Path) -> NotebookNode:
    notebooks = city_with_data / "notebooks"
    assert (notebooks / EXPLORATION).read_bytes() == template_exploration().read_bytes()
    return run_notebook(notebooks / EXPLORATION, {}, notebooks, timeout=60)


def shown(executed: NotebookNode, cell_id: str) -> dict[str, str]:
    (cell,) = (cell for cell in executed.cells if cell.id == cell_id)
    return {kind: str(value) for output in cell.outputs for kind, value in output.get("data", {}).items()}


def test_each_cell_of_code_shows_something_and_complains_of_nothing(executed: NotebookNode) -> None:
    for cell in executed.cells:
        if cell.cell_type == "code":
            assert [output.output_type for output in cell.outputs] == ["execute_result"], cell.id


def test_what_is_shown_is_of_this_project(executed: NotebookNode) -> None:
    for cell_id in ALWAYS:
        told = shown(executed, cell_id)
        assert "2021" in told["text/plain"] or cell_id in ("comparison-departments", "chart-of-busiest")
        assert "示例" in told["text/plain"] or cell_id in ("reports", "trend-requests", "chart-of-busiest")
    chart = shown(executed, "chart-of-busiest")
    assert any("vega" in kind for kind in chart), [*chart]
    assert "示例" in "".join(chart.values())


def test_it_takes_a_screen_for_each_question(executed: NotebookNode) -> None:
    for cell in executed.cells:
        assert len(cell.source.splitlines()) <= 14, cell.id
