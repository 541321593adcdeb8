"""params/project.yaml: everything optional, everything checked."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import jsonschema
import pytest
import yaml

from reportkit.project.parameters import TypedError
from reportkit.project.settings import Settings, read_settings, settings_schema
from reportkit.report import Place, Standard

WHOLE = """
thresholds: {swing: 3, swing_from: 10, unchanged: 0.9}
deadlines: {department: "01-20", government: 3-10}
rules: {CELL-BLANK: error, YEAR-SWING: off}
outcomes: {已公开告知: 予以公开}
language: zh
"""


def read(tmp_path: Path, text: str) -> Settings:
    path = tmp_path / "project.yaml"
    path.write_text(text, encoding="utf-8")
    return read_settings(path, "params/project.yaml")


def test_without_a_file_everything_is_as_the_law_has_it(tmp_path: Path) -> None:
    assert read_settings(tmp_path / "project.yaml", "params/project.yaml") == Settings()
    assert read(tmp_path, "# nothing\n") == Settings()


def test_a_file_says_how_reports_are_judged(tmp_path: Path) -> None:
    settings = read(tmp_path, WHOLE)
    assert settings.standard == Standard(
        swing=Decimal(3),
        swing_from=Decimal(10),
        unchanged=Decimal("0.9"),
        deadlines={"department": (1, 20), "government": (3, 10)},
        severities={"CELL-BLANK": "error", "YEAR-SWING": "off"},
    )
    assert settings.standard.places["YEAR-SWING"] == Place("params/project.yaml", 4)
    assert (settings.outcomes, settings.language) == ({"已公开告知": "予以公开"}, "zh")


def test_the_bounds_themselves_are_allowed(tmp_path: Path) -> None:
    settings = read(tmp_path, "thresholds: {swing_from: 1, unchanged: 1}\ndeadlines: {department: 01-31}\n")
    assert settings.standard.swing_from == settings.standard.unchanged == Decimal(1)
    assert settings.standard.deadlines["department"] == (1, 31)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("treshholds: {}", "1: treshholds: unknown key; did you mean thresholds?"),
        ("thresholds: {swing: 1}", "1: thresholds.swing: how many times a figure may grow or shrink"),
        ("thresholds: {swing: 0.5}", "1: thresholds.swing: how many times a figure may grow or shrink"),
        ("thresholds: {swing_from: many}", "1: thresholds.swing_from: from which figure on"),
        ("thresholds: {unchanged: 80}", "1: thresholds.unchanged: the share of sentences"),
        ("thresholds: {unchanged: 0}", "1: thresholds.unchanged: the share of sentences"),
        ("thresholds: {unchanged: -0.5}", "1: thresholds.unchanged: the share of sentences"),
        ("thresholds: {unchanged: nan}", "1: thresholds.unchanged: the share of sentences"),
        ("deadlines: {department: 02-30}", "1: deadlines.department: '02-30' is not a day"),
        ("deadlines: {department: 02-01}", "1: deadlines.department: 02-01 is later than the law allows: 01-31"),
        ("deadlines: {village: 01-01}", "1: deadlines.village: unknown key"),
        ("rules:\n  T4-SUM: fatal", "2: rules.T4-SUM: 'fatal' is no severity"),
        ("language: fr", "1: language: 'fr' is not a language"),
        ("- 1", "1: expected a mapping"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(TypedError) as raised:
        read(tmp_path, text)
    assert f"params/project.yaml:{said}" in str(raised.value)


def test_the_schema_allows_what_may_be_written() -> None:
    jsonschema.validate(yaml.safe_load(WHOLE), settings_schema())
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"treshholds": {}}, settings_schema())
