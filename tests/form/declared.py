"""A small form as a declaration, and how TOML writes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from reportkit.form import Form

Changes = Mapping[tuple[Any, ...], Any]
"""What stands at some places of a declaration instead; None leaves the place out."""

Declare = Callable[..., Form]
"""Declares a form with some places changed, and reads it."""

DECLARED: dict[str, Any] = {
    "edition": "2099",
    "first_year": 2099,
    "document": "示例文件",
    "law": "示例条例",
    "title": "{year}年度报告",
    "period": "{year}年",
    "deadline": {"basis": "示例条例第一条", "department": "01-31"},
    "sections": [{"key": "text", "title": "一、示例"}, {"key": "t", "title": "二、示例"}],
    "tables": [
        {
            "key": "t",
            "name": "表一",
            "layout": "grid",
            "blocks": [
                {
                    "rows": [{"key": key, "label": f"行{key}"} for key in ("a", "b", "sum")],
                    "columns": [{"key": key, "label": f"列{key}"} for key in ("x", "y", "sum")],
                }
            ],
        }
    ],
    "identities": [
        {
            "rule": "SUM",
            "severity": "error",
            "table": "t",
            "each": "column",
            "equation": "sum = a + b",
            "computes": "sum",
            "text": "合计等于各行之和",
        }
    ],
}

BLOCK = ("tables", 0, "blocks", 0)
IDENTITY = ("identities", 0)


def toml(value: Any) -> str:
    """A value of a declaration as TOML writes it."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {toml(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return str(value) if isinstance(value, int) else '"' + value + '"'


def relations(form: Form, rule: str) -> list[tuple[list[str], ...]]:
    """The equations of a rule, each as the signed addresses of its two sides."""
    return [
        tuple(
            sorted(
                ("previous." if addend.previous else "") + {1: "+", -1: "-"}[addend.sign] + addend.address
                for addend in side
            )
            for side in (equation.left, equation.right)
        )
        for equation in form.equations
        if equation.identity.rule == rule
    ]
