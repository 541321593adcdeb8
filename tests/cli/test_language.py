"""Which language a command speaks: `--lang`, then `REPORTKIT_LANG`, then the project's, then the locale's."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import patch

import pytest

from cli.runner import run

_ENGLISH, _CHINESE = "error: nobody", "错误：nobody"


@pytest.mark.parametrize(
    ("named", "option", "begins"),
    [
        ("", [], _CHINESE),
        ("klingon", [], _CHINESE),
        ("en", [], _ENGLISH),
        ("", ["--lang", "en"], _ENGLISH),
    ],
)
def test_a_project_s_language_comes_before_the_locale_s(
    tmp_path: Path, named: str, option: list[str], begins: str
) -> None:
    run("init", tmp_path / "office", "--year", "2023")
    (tmp_path / "office/params/project.yaml").write_text("language: zh\n", encoding="utf-8")
    with patch.dict("os.environ", {"REPORTKIT_LANG": named, "LC_ALL": "C"}):
        _, _, err = run("check", "nobody", *option, project=tmp_path / "office")
    assert err.startswith(begins)


def test_settings_that_cannot_be_read_are_reported_in_the_locale_s_language(tmp_path: Path) -> None:
    run("init", tmp_path / "office", "--year", "2023")
    (tmp_path / "office/params/project.yaml").write_text("language: klingon\n", encoding="utf-8")
    with patch.dict("os.environ", {"REPORTKIT_LANG": "", "LC_ALL": "C"}):
        status, _, err = run("check", project=tmp_path / "office")
    assert (status, err.count("write zh or en")) == (2, 1)
