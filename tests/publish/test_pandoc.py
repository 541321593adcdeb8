"""Pandoc is told what to do, and what goes wrong with it is told in a sentence."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pypandoc
import pytest

from reportkit.publish import pandoc
from reportkit.publish.pandoc import convert
from reportkit.system.errors import InputError
from reportkit.system.language import said


def test_what_pandoc_says_is_told() -> None:
    with pytest.raises(InputError, match=r"a\.docx: pandoc failed: Unknown output format nonsense"):
        convert(b"", ["--to=nonsense"], "a.docx")


def test_no_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("秘密", encoding="utf-8")
    address = (tmp_path / "secret.txt").as_uri()
    page = f'<img src="{address}"><iframe src="{address}"></iframe>'
    assert "秘密" not in convert(page.encode(), ["--to=html", "--embed-resources", "--standalone"], "a.html").decode()


def test_a_pandoc_that_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(*given: Any, **named: Any) -> None:
        raise subprocess.TimeoutExpired("pandoc", named["timeout"])

    monkeypatch.setattr(subprocess, "run", slow)
    with pytest.raises(InputError) as raised:
        convert(b"", ["--to=docx"], "a.docx")
    assert said(raised.value.args[0], "zh") == "a.docx：pandoc 用时超过 60 秒"


def test_it_is_told_how_to_get_a_pandoc_that_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere() -> str:
        raise OSError("No pandoc was found")

    monkeypatch.setattr(pandoc, "_program", pandoc._program.__wrapped__)
    monkeypatch.setattr(pypandoc, "get_pandoc_path", nowhere)
    with pytest.raises(InputError, match=r"a\.docx needs pandoc, .*pip install 'reportkit\[publish\]'"):
        convert(b"", ["--to=docx"], "a.docx")
