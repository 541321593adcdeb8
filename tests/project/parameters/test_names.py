"""The keys of a parameter file: the form's keys, its labels, and the nearest one to a key that is unknown."""

from __future__ import annotations

from pathlib import Path

import pytest

from project.parameters.files import read, refusal
from reportkit.project.parameters import Names


def test_labels_of_the_form_name_rows_columns_tables_and_sections(tmp_path: Path) -> None:
    report = read(
        tmp_path,
        """\
三、收到和处理政府信息公开申请情况:
  一、本年新收政府信息公开申请数量: {自然人: 5, 商业企业: 1}
  予以公开: {自然人: 3}
  (二)部分公开: {自然人: 2}
  不予公开:
    1.属于国家秘密: {法律服务机构: 4}
二、主动公开政府信息情况:
  行政事业性收费: {本年收费金额（单位：万元）: 38.6500}
  规章: {本年制发件数: 7}
narrative:
  总体情况: 文
""",
    )
    assert report["applications.received.natural_person"] == 5
    assert report["applications.received.company"] == 1
    assert report["applications.granted.natural_person"] == 3
    assert report["applications.partly_granted.natural_person"] == 2
    assert report["applications.refused.state_secret.legal_service"] == 4
    assert str(report["disclosure.fees.amount"]) == "38.6500"
    assert report["disclosure.regulations.issued"] == 7
    assert report.narrative["overview"] == "文"


def test_an_item_may_be_named_by_its_whole_key(tmp_path: Path) -> None:
    report = read(tmp_path, "applications:\n  refused.state_secret: {company: 3}\n  other.other: {company: 4}\n")
    assert report["applications.refused.state_secret.company"] == 3
    assert report["applications.other.other.company"] == 4


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("applicatons: {}", "1: applicatons: unknown key; did you mean applications?"),
        ("applications: {recieved: {}}", "1: applications.recieved: unknown key; did you mean received?"),
        ("applications:\n  予以公幵: {}", "2: applications.予以公幵: unknown key; did you mean 予以公开?"),
        ("narrative: {zzz: x}", "1: narrative.zzz: unknown key; allowed here: preamble, overview, disclosure"),
        ("applications: {refused: {company: 3}}", "1: applications.refused.company: unknown key; allowed here: state_secret"),
    ],
)  # fmt: skip
def test_an_unknown_key_is_refused_with_the_nearest_one_or_all_that_are_allowed(
    tmp_path: Path, text: str, said: str
) -> None:
    assert f"params/2023/office.yaml:{said}" in refusal(tmp_path, text)


def test_a_label_that_two_keys_share_names_neither() -> None:
    names = Names({"one": ["其他"], "two": ["其他", "又一"]})
    assert names.key("其他") is None
    assert names.key("又一") == "two"


@pytest.mark.parametrize("typed", ["state_secret", "属于国家秘密", "１.属于国家秘密", " 1.属于 国家秘密"])
def test_keys_are_typed_without_their_prefix_in_any_width_and_spacing(typed: str) -> None:
    names = Names({"state_secret": ["1.属于国家秘密", "属于国家秘密"]}, prefix="refused.")
    assert names.key(typed) == "refused.state_secret"
    assert names.typed("refused.state_secret") == "state_secret"
