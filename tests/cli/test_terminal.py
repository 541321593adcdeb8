"""What commands print: text as it is, errors, counts and findings."""

from __future__ import annotations

import io
import json
import sys

import pytest

from reportkit.checks import check
from reportkit.cli.terminal import (
    new_console,
    print_error,
    print_json,
    print_outcome,
    progress,
    severity_counts,
)
from reportkit.report import Agency, Waiver, new_report

OFFICE = Agency("office", "示例市示例局")


@pytest.mark.parametrize("text", ["[red]示例[/red]", ":smile:", "[link=http://example.invalid]x"])
def test_what_looks_like_markup_is_printed_as_it_is(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    new_console().print(text)
    assert capsys.readouterr().out == f"{text}\n"


def test_errors_go_to_standard_error_and_json_to_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    print_error("示例")
    print_json({"名": [1]})
    out, err = capsys.readouterr()
    assert err == "error: 示例\n"
    assert json.loads(out) == {"名": [1]}
    assert "名" in out


@pytest.mark.parametrize(
    ("counts", "text"),
    [
        ({}, "no findings"),
        ({"error": 0}, "no findings"),
        ({"info": 2, "error": 1}, "1 error, 2 info"),
        ({"warning": 2, "error": 3}, "3 errors, 2 warnings"),
    ],
)
def test_findings_are_counted_gravest_first(counts: dict[str, int], text: str) -> None:
    assert severity_counts(counts).plain == text


def test_a_report_s_findings_are_a_table_with_the_first_few_cells(capsys: pytest.CaptureFixture[str]) -> None:
    report = new_report(OFFICE, 2023, {"applications.received.company": 1})
    print_outcome(new_console(), "示例", check(report))
    out = capsys.readouterr().out
    assert out.startswith("示例\n")
    assert "T3-BALANCE" in out
    assert "等" in out
    assert "无法判断 YEAR-CARRY：" in out


def test_a_waived_finding_is_shown_with_its_reason(capsys: pytest.CaptureFixture[str]) -> None:
    (finding, *_) = check(new_report(OFFICE, 2023, {"applications.received.company": 1}))
    waiver = Waiver(finding.rule, "示例原因", "示例科", cells=finding.cells, quote=finding.quote)
    report = new_report(OFFICE, 2023, {"applications.received.company": 1}, waivers=(waiver,))
    print_outcome(new_console(), "示例", check(report))
    out = capsys.readouterr().out
    assert "已豁免" in out
    assert "示例科：示例原因" in "".join(out.split())  # in a column that may fold it


def test_a_bar_shows_what_failed_and_what_is_left_on_a_terminal_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for is_terminal in (True, False):
        shown = io.StringIO()
        monkeypatch.setattr(shown, "isatty", lambda is_terminal=is_terminal: is_terminal)
        monkeypatch.setattr(sys, "stderr", shown)
        monkeypatch.setenv("TERM", "xterm")
        with progress(new_console(stderr=True), "reading", 3) as advance:
            advance()
            advance(failed=True)
        assert ("reading" in shown.getvalue()) == is_terminal
        assert ("1 failed, 1 left" in shown.getvalue()) == is_terminal
