"""The register of agencies is added to without touching what a person wrote."""

from __future__ import annotations

from pathlib import Path

import pytest

from reportkit.project.parameters import TypedError
from reportkit.project.register import add_agency, read_register
from reportkit.report import Agency

NEW = Agency("new", "示例市: “新”局 # 不是注释", contact="电话：0000-0000000")


def test_an_agency_is_added_after_the_others_and_comments_stay(tmp_path: Path) -> None:
    path = tmp_path / "agencies.yaml"
    path.write_text("# 登记册\nold: {name: 示例局}  # 旧\n\n", encoding="utf-8")
    add_agency(path, NEW)
    assert path.read_text(encoding="utf-8").startswith("# 登记册\nold: {name: 示例局}  # 旧\n\nnew:\n")
    assert read_register(path, "x").agencies == {"old": Agency("old", "示例局"), "new": NEW}


def test_the_first_agency_makes_the_file(tmp_path: Path) -> None:
    add_agency(tmp_path / "agencies.yaml", NEW)
    assert list(read_register(tmp_path / "agencies.yaml", "x").agencies) == ["new"]


@pytest.mark.parametrize("text", ["new: {name: 示例局}\n", "new: {}\n", "- x\n"])
def test_what_cannot_be_added_to_stays_as_it_is(tmp_path: Path, text: str) -> None:
    path = tmp_path / "agencies.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(TypedError):
        add_agency(path, NEW)
    assert path.read_text(encoding="utf-8") == text
