"""`reportkit claims`: what it shows of a report, of a text and of a corpus, and how it tells them apart."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from cli.runner import run

KEYS = [
    *("section", "quote", "start", "end", "kind", "value", "unit", "approximate", "year", "readings", "of", "about"),
    "holds",
]
TEXT = "全年收到政府信息公开申请12件，其中予以公开9件。"
STATED = "全年收到政府信息公开申请2件，行政复议1件，公开信息约390条，收取信息处理费380元。"


@pytest.fixture
def city(project: Path) -> Path:
    """The project, with a text in which one number is right, one wrong."""
    (project / "params" / "2023" / "office.yaml").write_text(
        f"applications: {{received: {{company: 2}}}}\nnarrative:\n  overview: |\n    {STATED}\n", encoding="utf-8"
    )
    return project


def test_a_report_s_claims_are_held_against_its_tables(city: Path) -> None:
    status, out, err = run("claims", "office", "--year", "2023", project=city)
    assert (status, err) == (0, "")
    assert f"一、总体情况\n{STATED}\n" in out
    assert "✔ count, right: “收到政府信息公开申请2件”" in out
    assert "表三.本年新收政府信息公开申请数量.总计为2" in out
    assert "✖ count, wrong: “行政复议1件”" in out
    assert "表四.行政复议.总计为0" in out
    assert "○ count, handling fee, which has no cell: “收取信息处理费380元”" in out
    assert out.splitlines()[-1] == "3 claims, 1 right, 1 wrong, 1 not compared"
    assert "\x1b[" not in out


def test_claims_are_marked_in_colour(city: Path) -> None:
    out = run("--color", "claims", "示例局", "--year", "2023", project=city)[1]
    assert "\x1b[32m收到政府信息公开申请2件\x1b[0m" in out
    assert "\x1b[1;31m行政复议1件\x1b[0m" in out


def test_programs_get_each_claim_with_the_documented_keys(city: Path) -> None:
    status, out, _ = run("claims", "office", "--year", "2023", "--format", "json", project=city)
    told = json.loads(out)
    assert status == 0
    assert [[*claim] for claim in told] == [KEYS] * 3
    assert [(claim["value"], claim["holds"]) for claim in told] == [("2", True), ("1", False), ("380", None)]
    for claim in told:
        assert claim["section"] == "overview"
        assert f"{STATED}\n"[claim["start"] : claim["end"]] == claim["quote"]
    assert told[2]["about"] == "handling_fee"


@pytest.mark.parametrize("name", ["overview.txt", "overview"])
def test_a_file_that_exists_is_read_as_a_text(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).write_text(TEXT, encoding="utf-8")
    out = run("claims", name, "--year", "2023", "--format", "json")[1]
    whole, part = json.loads(out)
    assert (whole["value"], whole["holds"], whole["section"]) == ("12", None, None)
    assert part["of"] == whole["readings"]
    assert TEXT[part["start"] : part["end"]] == part["quote"]
    shown = run("claims", name, "--year", "2023")[1]
    assert "表三.予以公开.总计\n" in shown
    assert shown.splitlines()[-1] == "2 claims"


def test_a_web_page_is_read_without_its_markup(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(f"<!doctype html><html><body><h1>总体情况</h1><p>{TEXT}</p></body></html>", encoding="utf-8")
    out = run("claims", page, "--year", "2023", "--format", "json")[1]
    assert [claim["value"] for claim in json.loads(out)] == ["12", "9"]


def test_standard_input_is_read_as_a_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(TEXT.encode())))
    out = run("claims", "-", "--year", "2023", "--format", "json")[1]
    assert [claim["value"] for claim in json.loads(out)] == ["12", "9"]


def test_a_corpus_is_answered_line_by_line(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus.jsonl"
    passages = [
        {"id": "a", "year": 2023, "text": TEXT},
        {"id": 7, "text": "未发生行政复议。", "agency": "示例县人民政府", "claims": []},
    ]
    corpus.write_text("\n\n".join(json.dumps(passage) for passage in passages), encoding="utf-8")
    status, out, err = run("claims", "--jsonl", corpus, "--year", "2022")
    assert (status, err) == (0, "")
    first, second = map(json.loads, out.splitlines())
    assert [*first] == ["id", "claims"]
    assert (first["id"], [claim["value"] for claim in first["claims"]]) == ("a", ["12", "9"])
    assert (second["id"], [(claim["kind"], claim["year"]) for claim in second["claims"]]) == (7, [("denial", 2022)])
    assert [*second["claims"][0]] == KEYS


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "not a line of JSON"),
        ('{"id": 1}', 'write {"id": …, "year": 2023, "text": "…"}'),
        ("[]", 'write {"id": …'),
        ('{"id": 1, "text": ""}', 'no "year"'),
    ],
)
def test_a_line_that_is_no_passage_is_named(line: str, said: str, tmp_path: Path) -> None:
    corpus = tmp_path / "corpus.jsonl"
    corpus.write_text(f'{{"id": 0, "year": 2023, "text": ""}}\n{line}\n', encoding="utf-8")
    status, out, err = run("claims", "--jsonl", corpus)
    assert status == 2
    assert json.loads(out) == {"id": 0, "claims": []}
    assert f"{corpus}:2: " in err
    assert said in err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nobody", "--year", "2023"), "nobody"),
        (("nowhere/text", "--year", "2023"), "nowhere/text: no such file"),
        (("missing.txt", "--year", "2023"), "missing.txt: no such file"),
        (("office",), "name the year reported on: --year 2023"),
        (("office", "--year", "1990"), "1990"),
    ],
)
def test_what_cannot_be_read_is_said(arguments: tuple[str, ...], said: str, project: Path) -> None:
    status, out, err = run("claims", *arguments, project=project)
    assert (status, out) == (2, "")
    assert said in err
