"""The open data of a whole project in a notebook: DuckDB over the files in ``output/data/``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reportkit.project.folder import find_project
from reportkit.publish.columns import TABLES, DataTable
from reportkit.system.errors import InputError
from reportkit.system.language import Message

if TYPE_CHECKING:
    import pandas as pd
    from duckdb import DuckDBPyConnection

__all__ = ["MissingDataError", "data", "sql"]

# Greater whole numbers than this one are no longer exact in a DataFrame, which holds decimals as floats.
_EXACT = 2**53


class MissingDataError(InputError):
    """Open data that was not written yet, or cannot be read for want of DuckDB; the message says what to do."""


def data(project: Path | str | None = None, *, folder: Path | str | None = None) -> DuckDBPyConnection:
    """Open the data of all reports of a project as they were built last.

    Parameters
    ----------
    project
        The project's folder, or one inside it; the current directory by default.
    folder
        Where the data are; ``output/data`` in the project by default.

    Returns
    -------
    duckdb.DuckDBPyConnection
        A database in memory with the views ``figures``, ``findings``, ``claims`` and ``agencies``. Close it, or use it
        in a ``with`` statement.

    Raises
    ------
    MissingDataError
        If the data were not written yet, or DuckDB is not installed.

    Examples
    --------
    >>> rk.data().sql("SELECT count(*) FROM figures")  # doctest: +SKIP
    """
    try:
        import duckdb
    except ImportError as error:
        raise MissingDataError(
            Message(
                "{file} needs {module}: pip install {wanted}",
                file="rk.data",
                module="duckdb",
                wanted="'reportkit[data]'",
            )
        ) from error
    where = Path(folder) if folder else find_project(project).output / "data"
    missing = [table.file for table in TABLES if not (where / table.file).is_file()]
    if missing:
        raise MissingDataError(
            Message(
                "{folder} holds no {file}: `reportkit build --formats data` writes it", folder=where, file=missing[0]
            )
        )
    connection = duckdb.connect(config={"autoinstall_known_extensions": False})
    for table in TABLES:
        connection.execute(f"CREATE VIEW {table.name} AS FROM {_file(table, where)}")
    return connection


def sql(
    query: str,
    parameters: Mapping[str, Any] | Sequence[Any] | None = None,
    *,
    project: Path | str | None = None,
    folder: Path | str | None = None,
) -> pd.DataFrame:
    """Ask the data of all reports a question in SQL.

    Parameters
    ----------
    query
        In the SQL of DuckDB, with the views ``figures``, ``findings``, ``claims`` and ``agencies``.
    parameters
        The values of what the query leaves open: ``{"year": 2023}`` for ``$year``.
    project, folder
        As `data` takes them.

    Returns
    -------
    pandas.DataFrame
        The answer. Numbers that are all whole are whole numbers in it (dtype ``Int64``), others are floats.

    Raises
    ------
    MissingDataError
        If the data were not written yet, or DuckDB is not installed.

    Examples
    --------
    >>> rk.sql("SELECT rule, count(*) FROM findings WHERE year = $year GROUP BY ALL", {"year": 2023})  # doctest: +SKIP
    """
    with closing(data(project, folder=folder)) as connection:
        # A table is one of the four views, and not a variable that happens to have such a name.
        connection.execute("SET python_enable_replacements = false")
        answer = connection.execute(query, parameters)
        decimals = [name for name, kind, *_ in answer.description or () if str(kind).startswith("DECIMAL")]
        frame = answer.df()
    whole = [name for name in decimals if _whole(frame[name])]
    return frame.astype(dict.fromkeys(whole, "Int64"))


def _whole(column: pd.Series[float]) -> bool:
    """Whether a column of decimals holds nothing but whole numbers, each still exact."""
    held = column.dropna()
    return bool((held == held.round()).all() and (held.abs() < _EXACT).all())


def _file(table: DataTable, folder: Path) -> str:
    """How SQL reads a table's file; a CSV file is text, and nothing about it is to be guessed."""
    path = "'" + str(folder / table.file).replace("'", "''") + "'"
    if table.ending == "parquet":
        return f"read_parquet({path})"
    columns = ", ".join(f"'{column.name}': '{column.sql}'" for column in table.columns)
    return f"read_csv({path}, header = true, auto_detect = false, columns = {{{columns}}})"
