"""The data of all reports in SQL."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import reportkit as rk
from datasets import readable
from reportkit.analyst.data import MissingDataError
from reportkit.form.figures import magnitude


@pytest.fixture(autouse=True)
def in_the_city(city_with_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(city_with_data / "notebooks")


def test_a_database_has_a_view_of_each_table() -> None:
    with rk.data() as database:
        counts = [
            database.execute(f"SELECT count(*) FROM {name}").fetchone() for name in ("figures", "findings", "claims")
        ]
        assert database.execute("SELECT count(*), count(DISTINCT agency) FROM agencies").fetchone() == (8, 8)
    assert all(count and count[0] > 0 for count in counts)


def test_an_answer_is_a_data_frame_whose_whole_numbers_are_whole() -> None:
    frame = rk.sql(
        "SELECT year, sum(value) AS requests, avg(value) AS mean, max(text) AS most, NULL::DECIMAL(9, 2) AS none "
        "FROM figures WHERE role = 'received' AND total AND year >= $year GROUP BY year ORDER BY year",
        {"year": 2020},
    )
    reports = [report for report in readable(rk.find_project()) if report.year == 2021]
    assert list(frame["year"]) == [2020, 2021]
    assert frame["requests"].iloc[1] == sum(magnitude(report["applications.received.total"]) for report in reports)
    assert [str(frame[name].dtype) for name in ("requests", "mean", "none")] == ["Int64", "float64", "Int64"]


def test_a_table_is_a_view_even_where_a_variable_has_its_name() -> None:
    query = "SELECT count(*) AS n FROM query"
    with pytest.raises(Exception, match="query does not exist"):
        rk.sql(query)


def test_data_that_were_not_written_yet_say_how_they_are(tmp_path: Path) -> None:
    with pytest.raises(
        MissingDataError, match=r"holds no figures\.parquet: `reportkit build --formats data` writes it"
    ):
        rk.sql("FROM figures", folder=tmp_path)


def test_without_duckdb_a_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(MissingDataError, match=r"pip install 'reportkit\[data\]'$"):
        rk.data()
