"""The open data of a whole project: equal to the parameter files, renewed by and by, the same bytes for the same reports."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from datasets import build, readable
from reportkit.build.dataset import DATASET, has_dataset, write_dataset
from reportkit.build.last_run import STAMP
from reportkit.build.one_report import folder_of
from reportkit.build.output import FolderOutput, OutputError
from reportkit.checks import check
from reportkit.checks.claims import stated
from reportkit.form.figures import Figure, figure_text, magnitude
from reportkit.project.folder import Project, ReportKey
from reportkit.publish.columns import AGENCIES, CLAIMS, FIGURES, FINDINGS, TABLES
from reportkit.publish.dataset import hash_of
from reportkit.report import Agency, new_report

COLUMNS = [column.name for column in FIGURES.columns]


@pytest.fixture
def own(city_with_data: Path, tmp_path: Path) -> tuple[Project, FolderOutput]:
    """A copy of it to change."""
    shutil.copytree(city_with_data, tmp_path / "city")
    return Project(tmp_path / "city"), FolderOutput(tmp_path / "city" / "output")


def rows(folder: Path, table: str, columns: str = "*") -> list[tuple[Any, ...]]:
    with duckdb.connect() as connection:
        return connection.execute(f"SELECT {columns} FROM '{folder / 'output' / DATASET / table}.parquet'").fetchall()


def contents(output: FolderOutput) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted((output.folder / DATASET).iterdir())}


def test_the_figures_are_those_of_the_parameter_files_cell_by_cell(city_with_data: Path) -> None:
    city, project = city_with_data, Project(city_with_data)
    told = iter(rows(city, "figures"))
    for report in readable(project):
        for address, cell in report.form.cells.items():
            row = dict(zip(COLUMNS, next(told), strict=True))
            figure = report[address]
            assert (row["agency"], row["year"], row["address"]) == (report.agency.id, report.year, address)
            assert (row["parent"], row["level"], row["form"]) == (
                report.agency.parent,
                report.agency.level,
                report.form.edition,
            )
            assert f"{row['table']}.{row['row']}.{row['column']}" == address
            assert f"{row['table_label']}“{row['row_label']}”行“{row['column_label']}”列" == cell.label
            assert (row["text"] or "") == figure_text(figure)
            assert row["value"] == (None if figure is None else magnitude(figure))
            assert row["kind"] == cell.kind.name
            assert row["total"] is (address in report.form.totals)
            assert (row["source"] == "computed") is (address in report.form.totals and address not in report.declared)
    assert next(told, None) is None


def test_the_findings_and_claims_are_those_of_the_reports(city_with_data: Path) -> None:
    city, project = city_with_data, Project(city_with_data)
    found = [dict(zip([c.name for c in FINDINGS.columns], row, strict=True)) for row in rows(city, "findings")]
    claimed = [dict(zip([c.name for c in CLAIMS.columns], row, strict=True)) for row in rows(city, "claims")]
    findings = [finding.as_json() for report in readable(project) for finding in check(report)]
    claims = [each.claim.as_json(each.holds) for report in readable(project) for each in stated(report)]
    assert found
    for row, finding in zip(found, findings, strict=True):
        as_text = {name: None if finding[name] is None else str(finding[name]) for name in ("expected", "actual")}
        place = finding["place"] and {**finding["place"], "line": str(finding["place"]["line"])}
        assert row == {**finding, **as_text, "place": place}
    for row, claim in zip(claimed, claims, strict=True):
        told = {**claim, "value": Decimal(claim["value"]), "claim_year": claim["year"]}
        assert {name: row[name] for name in told if name != "year"} == {
            name: value for name, value in told.items() if name != "year"
        }


def test_where_nothing_has_changed_nothing_is_written(own: tuple[Project, FolderOutput]) -> None:
    project, output = own
    before = {name: (output.folder / DATASET / name).stat() for name in contents(output)}
    written = write_dataset(project, output)
    assert written.read == 0
    assert {name: (output.folder / DATASET / name).stat() for name in contents(output)} == before


def test_only_reports_that_have_changed_are_read_again(
    own: tuple[Project, FolderOutput], monkeypatch: pytest.MonkeyPatch
) -> None:
    project, output = own
    reports = [*readable(project)]
    changed = reports[5].replace({"applications.received.company": 4711})
    build([changed], output, mark="changed")
    read: list[str] = []
    plain = FolderOutput.read

    def noting(place: FolderOutput, names: Iterable[str]) -> dict[str, bytes]:
        asked = [*names]
        read.extend(name for name in asked if name.endswith("figures.csv"))
        return plain(place, asked)

    monkeypatch.setattr(FolderOutput, "read", noting)
    assert write_dataset(project, output).read == 1
    assert read == [f"{changed.year}/{changed.agency.id}/figures.csv"]
    told = rows(project.root, "figures", "agency, year, address, value")
    expected = [changed if report is reports[5] else report for report in reports]
    assert [row[:3] for row in told] == [(r.agency.id, r.year, address) for r in expected for address in r.form.cells]
    assert [row for row in told if row[3] == 4711 and row[2] == "applications.received.company"]


def test_the_same_reports_give_the_same_bytes_in_whatever_steps(own: tuple[Project, FolderOutput]) -> None:
    project, output = own
    at_once = contents(output)
    build([next(readable(project)).replace({"applications.received.company": 9})], output, mark="changed")
    write_dataset(project, output)
    assert contents(output)["figures.parquet"] != at_once["figures.parquet"]
    build([next(readable(project))], output)
    write_dataset(project, output)
    assert contents(output) == at_once
    shutil.rmtree(output.folder / DATASET)
    write_dataset(project, output)
    assert contents(output) == at_once


@pytest.mark.parametrize("where", ["parameters", "pages"])
def test_a_report_that_is_removed_leaves(own: tuple[Project, FolderOutput], where: str) -> None:
    project, output = own
    key = next(ReportKey(report.agency.id, report.year) for report in readable(project))
    if where == "parameters":
        project.parameter_file(key).unlink()
    else:
        shutil.rmtree(output.folder / folder_of(key))
    written = write_dataset(project, output)
    assert (key in written.left_out) is (where == "pages")
    for table in ("figures", "findings", "claims"):
        assert (key.agency, key.year) not in rows(project.root, table, "agency, year")
    assert rows(project.root, "figures")


def test_reports_that_were_not_built_with_the_format_are_named(own: tuple[Project, FolderOutput]) -> None:
    project, output = own
    unreadable = {*project.reports()} - {ReportKey(report.agency.id, report.year) for report in readable(project)}
    assert {*write_dataset(project, output).left_out} == unreadable


@pytest.mark.parametrize("damaged", ["figures.csv", "findings.json", "claims.json"])
@pytest.mark.parametrize("same_size", [True, False])
def test_a_report_whose_files_are_not_what_was_built_is_left_out(
    own: tuple[Project, FolderOutput], damaged: str, same_size: bool
) -> None:
    project, output = own
    report = next(readable(project))
    key = ReportKey(report.agency.id, report.year)
    build([report], output, mark="changed")
    file = output.folder / folder_of(key) / damaged
    file.write_bytes(b"[{}]".ljust(file.stat().st_size) if same_size else file.read_bytes() + b"\n")
    assert key in write_dataset(project, output).left_out
    assert (key.agency, key.year) not in rows(project.root, "figures", "agency, year")


@pytest.mark.parametrize("name", ["figures.parquet", "build.json", "datapackage.json"])
def test_what_was_altered_or_lost_is_made_anew(own: tuple[Project, FolderOutput], name: str) -> None:
    project, output = own
    whole = contents(output)
    build([next(readable(project))], output, mark="changed")
    file = output.folder / DATASET / name
    file.write_bytes(file.read_bytes()[:-10] + b"0123456789")
    write_dataset(project, output)
    build([next(readable(project))], output)
    write_dataset(project, output)
    assert {name for name, content in contents(output).items() if content != whole[name]} == set()
    file.unlink()
    write_dataset(project, output)
    assert contents(output) == whole


def test_a_build_that_ends_while_it_writes_leaves_nothing_that_is_taken_for_whole(
    own: tuple[Project, FolderOutput], monkeypatch: pytest.MonkeyPatch
) -> None:
    project, output = own
    whole = contents(output)
    build([next(readable(project)).replace({"applications.received.company": 9})], output, mark="changed")
    plain = FolderOutput.write

    def failing(place: FolderOutput, name: str, content: bytes) -> None:
        if name.endswith(("claims.parquet", "datapackage.json")):
            raise OutputError("no space left")
        plain(place, name, content)

    monkeypatch.setattr(FolderOutput, "write", failing)
    with pytest.raises(OutputError):
        write_dataset(project, output)
    assert STAMP not in contents(output)
    monkeypatch.undo()
    build([next(readable(project))], output)
    write_dataset(project, output)
    assert contents(output) == whole


def test_two_that_write_at_once_to_a_place_without_locks_leave_the_same_as_one(
    own: tuple[Project, FolderOutput],
) -> None:
    project, output = own
    build([next(readable(project)).replace({"applications.received.company": 9})], output, mark="changed")
    shutil.copytree(output.folder, project.root / "alone")
    alone = FolderOutput(project.root / "alone")
    write_dataset(project, alone)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: write_dataset(project, output), range(4)))
    write_dataset(project, output)
    assert contents(output) == contents(alone)
    assert write_dataset(project, output).read == 0


def test_figures_of_any_length_keep_their_text_and_are_never_rounded(tmp_path: Path) -> None:
    project, output = Project(tmp_path), FolderOutput(tmp_path / "output")
    (tmp_path / "params" / "2023").mkdir(parents=True)
    (tmp_path / "params" / "agencies.yaml").write_text("a: {name: '局\"，\n局'}\n", "utf-8")
    (tmp_path / "params" / "2023" / "a.yaml").touch()
    figures: dict[str, Figure] = {
        "disclosure.fees.amount": Decimal("0.12345678901"),
        "applications.received.company": 10**28 + 1,
        "applications.received.other": 10**27 + 1,
        "applications.granted.company": None,
    }
    build([new_report(Agency("a", '局"，\n局', parent="b"), 2023, figures)], output)
    write_dataset(project, output)
    told = {row[0]: row[1:] for row in rows(tmp_path, "figures", "address, value, text, agency_name")}
    assert told["disclosure.fees.amount"] == (None, "0.12345678901", '局"，\n局')
    assert told["applications.received.company"][:2] == (None, f"{10**28 + 1}")
    assert told["applications.received.other"][:2] == (10**27 + 1, f"{10**27 + 1}")
    assert told["applications.granted.company"][:2] == (None, None)


def test_the_package_describes_every_file(city_with_data: Path) -> None:
    folder = city_with_data / "output" / DATASET
    package = json.loads((folder / "datapackage.json").read_text("utf-8"))
    assert [resource["path"] for resource in package["resources"]] == [table.file for table in TABLES]
    for resource in package["resources"]:
        content = (folder / resource["path"]).read_bytes()
        assert (resource["bytes"], resource["hash"]) == (len(content), hash_of(content))
        with duckdb.connect() as connection:
            described = connection.sql(f"DESCRIBE FROM '{folder / resource['path']}'").fetchall()
        assert [name for name, *_ in described] == [field["name"] for field in resource["schema"]["fields"]]
    schemas = [resource["schema"] for resource in package["resources"]]
    assert [schema.get("primaryKey", []) for schema in schemas] == [list(table.key) for table in TABLES]
    assert [("foreignKeys" in schema) for schema in schemas] == [table is not AGENCIES for table in TABLES]
    assert has_dataset(FolderOutput(city_with_data / "output"))
    assert not has_dataset(FolderOutput(city_with_data / "elsewhere"))
