"""The JSON schema of a parameter file, derived from the form, for editors that complete and check as the user types."""

from __future__ import annotations

from typing import Any

from reportkit.form import Form, Header, Table
from reportkit.project.parameters.names import (
    REQUIRED_OF_WAIVER,
    Names,
    column_names,
    item_names,
    keyed,
    narrative_names,
    row_names,
    table_names,
)

__all__ = ["parameter_schema"]

Schema = dict[str, Any]


_BOUND = "Markdown；数字可以从表格取得：{{{{ {cell} }}}}、{{{{ growth({cell}) }}}}"


def parameter_schema(form: Form) -> Schema:
    """The JSON schema (draft 2020-12) of a parameter file for an edition of the form.

    Parameters
    ----------
    form
        The edition.

    Returns
    -------
    dict
        Every key the form allows, in every spelling, with its label as description; no other key is allowed.

    Examples
    --------
    >>> from reportkit.form import form_for
    >>> parameter_schema(form_for(2023))["properties"]["applications"]["description"]
    '三、收到和处理政府信息公开申请情况'
    """
    bound = _BOUND.format(cell=next(iter(form.totals or form.cells)))
    definitions: dict[str, Schema] = {}
    for table in form.tables:
        _define_table(definitions, form, table)
    tables = {table.key: _reference(table.key, form.section(table.key).title) for table in form.tables}
    texts = {section.key: _described({"type": ["string", "null"]}, section.title) for section in form.sections}
    waiver = {
        "type": "object",
        "properties": {
            "rule": {"type": "string"},
            "cells": {"type": ["array", "string"], "items": {"enum": list(form.cells)}},
            "quote": {"type": "string"},
            "reason": {"type": "string"},
            "by": {"type": "string"},
        },
        "required": list(REQUIRED_OF_WAIVER),
        "additionalProperties": False,
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": form.document,
        "type": "object",
        "properties": {
            "agency": {"type": "string"},
            "year": {"type": "integer", "minimum": form.first_year},
            "published": {"type": ["string", "null"], "format": "date"},
            **_spelled(table_names(form), tables),
            "narrative": _described(_mapping(_spelled(narrative_names(form), texts)), bound),
            "declared": _mapping(_spelled(table_names(form), tables)),
            "waivers": {"type": ["array", "null"], "items": waiver},
        },
        "additionalProperties": False,
        "$defs": definitions,
    }


def _define_table(definitions: dict[str, Schema], form: Form, table: Table) -> None:
    """Define a table, its groups of rows, and the columns of each of its blocks."""
    rows: dict[str, Schema] = {}
    for number, block in enumerate(table.blocks, start=1):
        columns = f"{table.key}.columns.{number}"
        figures = {column.key or "": _described(column.kind.schema, column.label) for column in block.column_leaves}
        definitions[columns] = _mapping(_spelled(column_names(table, block.row_leaves[0]), figures))
        rows |= {row.key or "": _reference(columns, row.label) for row in block.row_leaves}
        for header in keyed(block.rows):
            rows[header.key or ""] = _row(definitions, table, header, rows)
    definitions[table.key] = _mapping(_spelled(row_names(table), rows))


def _row(definitions: dict[str, Schema], table: Table, row: Header, leaves: dict[str, Schema]) -> Schema:
    """The schema of a row, or of a group of rows, which is defined under its key."""
    if not row.children:
        return leaves[row.key or ""]
    name = f"{table.key}.{row.key}"
    items = {item.key or "": _row(definitions, table, item, leaves) for item in keyed(row.children)}
    definitions[name] = _mapping(_spelled(item_names(row), items))
    return _reference(name, row.label)


def _reference(name: str, label: str) -> Schema:
    return _described({"$ref": f"#/$defs/{name}"}, label)


def _spelled(names: Names, schemas: dict[str, Schema]) -> dict[str, Schema]:
    """The schemas of whole keys, under the keys as typed and every other spelling of them."""
    spelled = {names.typed(key): schema for key, schema in schemas.items()}
    for key, labels in names.labels.items():
        spelled |= {label: spelled[key] for label in labels if label and names.key(label) == names.key(key)}
    return spelled


def _mapping(properties: dict[str, Schema]) -> Schema:
    return {"type": ["object", "null"], "properties": properties, "additionalProperties": False}


def _described(schema: Schema, label: str) -> Schema:
    return {**schema, "description": label} if label else schema
