"""What commands print: text as it is, errors, counts and findings."""

from __future__ import annotations

import errno
import io
import json
import sys

import pytest
from rich.text import Text

from reportkit.cli.terminal import (
    new_console,
    print_error,
    print_json,
    progress,
    severity_counts,
    standard_streams,
)
from reportkit.system.language import Message


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


def test_a_bar_shows_what_failed_and_what_is_left_on_a_terminal_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for is_terminal in (True, False):
        shown = io.StringIO()
        monkeypatch.setattr(shown, "isatty", lambda is_terminal=is_terminal: is_terminal)
        monkeypatch.setattr(sys, "stderr", shown)
        monkeypatch.setenv("TERM", "xterm")
        with progress(new_console(stderr=True), Message("reading"), 3) as advance:
            advance()
            advance(failed=True)
        assert ("reading" in shown.getvalue()) == is_terminal
        assert ("1 failed, 1 left" in shown.getvalue()) == is_terminal


NASTY = "甲\x1b]0;乙\x07\x1b[31m\x9b丙\u202e丁"
SHOWN = r"甲\u001b]0;乙\u0007\u001b[31m\u009b丙\u202e丁"


def test_control_characters_are_shown_by_every_way_to_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with standard_streams():
        print(NASTY)
        print(NASTY, file=sys.stderr)
        new_console().print(NASTY.replace("\x07", ""))
        print_error(NASTY)
    out, err = capsys.readouterr()
    assert out.splitlines() == [SHOWN, SHOWN.replace(r"\u0007", "")]
    assert err.splitlines() == [SHOWN, f"error: {SHOWN}"]


def test_json_stays_what_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    with standard_streams():
        print_json({NASTY: NASTY})
    out = capsys.readouterr().out
    assert json.loads(out) == {NASTY: NASTY}
    assert not set(out) & set("\x1b\x07\x9b\u202e")


def test_the_console_s_own_colours_and_movements_stay(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    with standard_streams():
        console = new_console()
        with progress(console, Message("building"), 1) as advance:
            console.print(Text.assemble(("a\x1b[2Jb", "red")))
            advance()
    out = capsys.readouterr().out
    assert "\x1b[31ma\\u001b[2Jb\x1b[0m" in out
    assert "\x1b[2K" in out
    assert "\\u001b[2K" not in out


def test_an_error_in_writing_names_the_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    class Full(io.StringIO):
        def write(self, _text: str) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(sys, "stdout", Full())
    with standard_streams(), pytest.raises(OSError, match="No space left") as raised:
        new_console().print("示例")
    assert raised.value.filename == "standard output"
    assert isinstance(sys.stdout, Full)


def test_an_error_has_a_bound(capsys: pytest.CaptureFixture[str]) -> None:
    print_error("\n".join(["x" * 5000] * 5000))
    assert len(capsys.readouterr().err) < 110_000
