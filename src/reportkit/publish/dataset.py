"""Open data on many reports: Parquet files that DuckDB writes, and the Data Package that describes them.

A report hands in the files that were written for it: figures.csv, findings.json, claims.json. They are joined with
what other reports handed in before, in a fixed order, so that the same reports always give the same bytes.
"""

# ruff: noqa: S608 (what stands in a statement is declared in `columns`, or is a path in quotes)

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reportkit.publish.columns import AGENCIES, CLAIMS, DIGITS, FIGURES, FINDINGS, TABLES, Column, DataTable
from reportkit.publish.data import as_csv, as_json
from reportkit.text import encodable

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["PACKAGE_FILE", "HandedIn", "Joining", "data_package", "hash_of"]

PACKAGE_FILE = "datapackage.json"
_PROFILE = "https://datapackage.org/profiles/2.0/{}.json"
_MEDIA_TYPES = {"parquet": "application/vnd.apache.parquet", "csv": "text/csv"}
_TITLE = "政府信息公开工作年度报告数据"
# What stands first in every figures.csv; a file with other columns is another version's.
_HEAD = as_csv([])
_PARQUET = (FIGURES, FINDINGS, CLAIMS)
# One thread keeps the order of rows; what takes more memory is sorted on disk; nothing is fetched from the network.
_SETTINGS: dict[str, Any] = {
    "threads": 1,
    "memory_limit": "500MB",
    "preserve_insertion_order": True,
    "autoinstall_known_extensions": False,
}


@dataclass(frozen=True, slots=True)
class HandedIn:
    """What one report hands in.

    Parameters
    ----------
    agency, year
        The report.
    figures
        Its figures.csv.
    findings, claims
        Its findings.json and claims.json.
    """

    agency: str
    year: int
    figures: bytes
    findings: bytes
    claims: bytes


class Joining:
    """Joins what reports hand in with the tables as they were.

    Parameters
    ----------
    folder
        An empty folder for what is being worked on.
    before
        The tables as they were, by the names of their files; a table that is missing had no rows.

    Examples
    --------
    >>> joining = Joining(Path("empty"), before={})  # doctest: +SKIP
    >>> joining.take(HandedIn("linyi-fao", 2023, figures, findings, claims))  # doctest: +SKIP
    True
    >>> sorted(joining.joined(gone=[]))  # doctest: +SKIP
    ['claims.parquet', 'figures.parquet', 'findings.parquet']
    """

    def __init__(self, folder: Path, before: Mapping[str, bytes]) -> None:
        self._folder, self._taken = folder, list[tuple[str, int]]()
        self._before = {table.name for table in _PARQUET if table.file in before}
        for table in _PARQUET:
            if table.name in self._before:
                self._old(table).write_bytes(before[table.file])

    def take(self, handed: HandedIn) -> bool:
        """Take what a report hands in, in place of what it handed in before.

        Parameters
        ----------
        handed
            Its files.

        Returns
        -------
        bool
            False if they are damaged, or another version's; nothing of them is taken then.
        """
        if not handed.figures.startswith(_HEAD):
            return False
        try:
            findings = [_finding(one, handed) for one in json.loads(handed.findings)]
            claims = [_claim(one, handed) for one in json.loads(handed.claims)]
        except (ValueError, TypeError, KeyError, RecursionError):
            return False
        self._append(FIGURES, handed.year, handed.figures.removeprefix(_HEAD))
        self._append(FINDINGS, handed.year, _lines(findings))
        self._append(CLAIMS, handed.year, _lines(claims))
        self._taken.append((handed.agency, handed.year))
        return True

    def joined(self, gone: Iterable[tuple[str, int]]) -> dict[str, bytes]:
        """The tables as they are now, by the names of their files.

        Parameters
        ----------
        gone
            Agency and year of each report that is no longer among them.
        """
        import duckdb

        outdated = self._folder / "outdated"
        outdated.write_bytes(_lines({"agency": agency, "year": year} for agency, year in (*self._taken, *gone)))
        with duckdb.connect(config={**_SETTINGS, "temp_directory": str(self._folder)}) as connection:
            reports = _from_lines(outdated, {"agency": "VARCHAR", "year": "BIGINT"})
            connection.execute(f"CREATE TEMP TABLE outdated AS SELECT * FROM {reports}")
            return {table.file: self._written(table, connection) for table in _PARQUET}

    def _written(self, table: DataTable, connection: DuckDBPyConnection) -> bytes:
        """Write a table, year by year, since all of it may be more than memory holds."""
        years = {year for _, year in self._taken}
        if table.name in self._before:
            there = connection.execute(f"SELECT DISTINCT year FROM read_parquet({_quoted(self._old(table))})")
            years |= {year for (year,) in there.fetchall()}
        parts = [self._part(table, year, connection) for year in sorted(years or {0})]
        rows = f"FROM read_parquet([{', '.join(map(_quoted, parts))}])"
        if any(column.type in ("array", "object") for column in table.columns):
            # Lists are the same bytes for the same rows only if they are copied from a table.
            connection.execute(f"CREATE OR REPLACE TEMP TABLE now AS {rows}")
            rows = "FROM now"
        target = self._folder / table.file
        connection.execute(f"COPY ({rows}) TO {_quoted(target)} (FORMAT parquet, COMPRESSION zstd)")
        return target.read_bytes()

    def _part(self, table: DataTable, year: int, connection: DuckDBPyConnection) -> Path:
        """Write the rows of a year: those that were there and stay, and those handed in, by agency, in their order."""
        columns = ", ".join(f'"{column.name}"' for column in table.columns)
        read = ", ".join(f'{_exact(column)} AS "{column.name}"' for column in table.columns)
        new = _reading(table, self._new(table, year))
        parts = [f"SELECT {read}, row_number() OVER () AS position FROM {new}"]
        if table.name in self._before:
            old = f"read_parquet({_quoted(self._old(table))}, file_row_number = true)"
            staying = f"{old} ANTI JOIN outdated USING (year, agency) WHERE year = {year}"
            parts.append(f"SELECT {columns}, file_row_number FROM {staying}")
        rows = f"SELECT {columns} FROM ({' UNION ALL '.join(parts)}) ORDER BY agency, position"
        target = self._folder / f"{table.name}-{year}.part"
        connection.execute(f"COPY ({rows}) TO {_quoted(target)} (FORMAT parquet)")
        return target

    def _append(self, table: DataTable, year: int, content: bytes) -> None:
        with self._new(table, year).open("ab") as file:
            file.write(content)

    def _new(self, table: DataTable, year: int) -> Path:
        """Where what is handed in for a year is put; made with what stands first in it."""
        path = self._folder / f"{table.name}-{year}.new"
        if not path.exists():
            path.write_bytes(_HEAD if table is FIGURES else b"")
        return path

    def _old(self, table: DataTable) -> Path:
        return self._folder / f"{table.name}.old"


# ------------------------------------------------------------------ what is read


def _finding(told: Mapping[str, Any], handed: HandedIn) -> dict[str, Any]:
    """A finding as a row: one column has one type for all rows."""
    place = told["place"] and {**told["place"], "line": _text(told["place"]["line"])}
    as_text = {name: _text(told[name]) for name in ("expected", "actual")}
    return _row(FINDINGS, {**told, **as_text, "place": place}, handed)


def _claim(told: Mapping[str, Any], handed: HandedIn) -> dict[str, Any]:
    """A claim as a row: its year is the one it speaks of, which need not be the report's."""
    return _row(CLAIMS, {**told, "claim_year": told["year"]}, handed)


def _row(table: DataTable, told: Mapping[str, Any], handed: HandedIn) -> dict[str, Any]:
    told = {**told, "agency": handed.agency, "year": handed.year}
    return {column.name: told[column.name] for column in table.columns}


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _lines(rows: Iterable[Mapping[str, Any]]) -> bytes:
    return encodable("".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows)).encode()


def _reading(table: DataTable, file: Path) -> str:
    """How SQL reads what was handed in for a table: numbers as text, which keeps each digit, and all of a CSV file."""
    if table is not FIGURES:
        kinds = {column.name: "VARCHAR" if column.type == "number" else column.sql for column in table.columns}
        return _from_lines(file, kinds)
    kinds = dict.fromkeys((column.name for column in table.columns), "VARCHAR")
    return f"read_csv({_quoted(file)}, header = true, auto_detect = false, columns = {_struct(kinds)})"


def _from_lines(file: Path, kinds: Mapping[str, str]) -> str:
    return f"read_json({_quoted(file)}, format = 'newline_delimited', columns = {_struct(kinds)})"


def _exact(column: Column) -> str:
    """A column as its type has it; a number that its type would round is left out."""
    name = f'"{column.name}"'
    if column.type != "number":
        return f"CAST({name} AS {column.sql})"
    return (
        f"CASE WHEN NOT regexp_matches({name}, '\\.[0-9]{{{DIGITS}}}0*[1-9]') THEN TRY_CAST({name} AS {column.sql}) END"
    )


def _struct(kinds: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"'{name}': {_quoted(kind)}" for name, kind in kinds.items()) + "}"


def _quoted(text: object) -> str:
    return "'" + str(text).replace("'", "''") + "'"


# ------------------------------------------------------------------ how it is described


def hash_of(content: bytes) -> str:
    """The hash of a file, as a Data Package states it.

    Parameters
    ----------
    content
        What the file holds.

    Returns
    -------
    str
        The algorithm and hexadecimal digits.

    Examples
    --------
    >>> hash_of(b"")[:15]
    'sha256:e3b0c442'
    """
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def data_package(files: Mapping[str, tuple[int, str]]) -> bytes:
    """What ``datapackage.json`` holds: the description of the tables, as the Data Package standard (version 2) has it.

    Parameters
    ----------
    files
        The size and the hash of each table's file.

    Returns
    -------
    bytes
        JSON.

    Examples
    --------
    >>> package = json.loads(data_package({table.file: (0, "") for table in TABLES}))
    >>> [resource["path"] for resource in package["resources"]]
    ['figures.parquet', 'findings.parquet', 'claims.parquet', 'agencies.csv']
    """
    return as_json(
        {
            "$schema": _PROFILE.format("datapackage"),
            "name": "annual-reports",
            "title": _TITLE,
            "resources": [_resource(table, *files[table.file]) for table in TABLES],
        }
    )


def _resource(table: DataTable, size: int, hash: str) -> dict[str, Any]:
    return {
        "$schema": _PROFILE.format("dataresource"),
        "name": table.name,
        "type": "table",
        "title": table.title,
        "description": table.description,
        "path": table.file,
        "format": table.ending,
        "mediatype": _MEDIA_TYPES[table.ending],
        **({"encoding": "utf-8", "dialect": {"lineTerminator": "\n"}} if table.ending == "csv" else {}),
        "bytes": size,
        "hash": hash,
        "schema": _schema(table),
    }


def _schema(table: DataTable) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "$schema": _PROFILE.format("tableschema"),
        "fields": [_field(column) for column in table.columns],
    }
    if table.key:
        schema["primaryKey"] = list(table.key)
    if table is not AGENCIES:
        reference = {"resource": AGENCIES.name, "fields": ["agency"]}
        schema["foreignKeys"] = [{"fields": ["agency"], "reference": reference}]
    return schema


def _field(column: Column) -> dict[str, Any]:
    described = {"description": column.description} if column.description else {}
    return {"name": column.name, "type": column.type, "title": column.title, **described}
