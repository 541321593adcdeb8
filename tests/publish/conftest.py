"""Small executed notebooks, as Jupyter would have left them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from nbformat import NotebookNode, from_dict
from nbformat.v4 import new_code_cell, new_notebook, new_output

VEGALITE = "application/vnd.vegalite.v5+json"


@pytest.fixture
def bar() -> Callable[..., dict[str, Any]]:
    """Make the specification of a small bar chart, with a clipped mark so that it holds identifiers."""

    def make(description: str = "示例：自然人28件，商业企业55件。", **changes: Any) -> dict[str, Any]:
        return {
            "$schema": "https://vega.github.io/schema/vega-lite/v6.1.0.json",
            "description": description,
            "data": {"values": [{"who": "自然人", "count": 28}, {"who": "商业企业", "count": 55.123456}]},
            "mark": {"type": "bar", "clip": True, "tooltip": True},
            "encoding": {"x": {"field": "who"}, "y": {"field": "count", "type": "quantitative"}},
            "config": {"font": "PingFang SC, Noto Sans CJK SC, sans-serif"},
            **changes,
        }

    return make


@pytest.fixture
def cell() -> Callable[..., NotebookNode]:
    """Make a code cell whose outputs are the given media bundles, or outputs ready made."""

    def make(*shown: dict[str, Any], tags: tuple[str, ...] = (), source: str = "secret_code()") -> NotebookNode:
        outputs = [from_dict(data) if "output_type" in data else new_output("display_data", data) for data in shown]
        made: NotebookNode = new_code_cell(source, outputs=outputs, metadata={"tags": list(tags)})
        return made

    return make


@pytest.fixture
def notebook(cell: Callable[..., NotebookNode]) -> Callable[..., NotebookNode]:
    """Make a notebook of cells; a media bundle or a text of HTML stands for a cell that shows it."""

    def as_cell(item: Any) -> NotebookNode:
        if isinstance(item, NotebookNode) and "cell_type" in item:
            return item
        return cell({"text/html": item} if isinstance(item, str) else item)

    def make(*items: Any, **metadata: Any) -> NotebookNode:
        made: NotebookNode = new_notebook(cells=[as_cell(item) for item in items], metadata=metadata)
        return made

    return make
