"""The JSON schema says the same as the reader: what it allows and what it does not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from reportkit.form import editions, form_for
from reportkit.project.parameters import new_parameters, parameter_schema
from reportkit.project.starter import write_schemas
from reportkit.report import Agency, new_report

ROOT = Path(__file__).parents[3]


def valid(year: int, text: str) -> bool:
    return bool(Draft202012Validator(parameter_schema(form_for(year))).is_valid(yaml.safe_load(text)))


@pytest.mark.parametrize("edition", editions())
def test_the_schema_is_a_schema_and_allows_the_blank_file(edition: str) -> None:
    form = editions()[edition]
    Draft202012Validator.check_schema(parameter_schema(form))
    assert valid(form.first_year, new_parameters(new_report(Agency("a", "示例局"), form.first_year, form=form)))


def test_the_real_report_is_allowed() -> None:
    assert valid(2023, (ROOT / "params/2023/linyi-fao.yaml").read_text(encoding="utf-8").replace("published:", "#"))


@pytest.mark.parametrize(
    "text",
    [
        "applications: {received: {自然人: 2, company: null}}",
        "三、收到和处理政府信息公开申请情况: {不予公开: {属于国家秘密: {商业企业: 1}}}",
        "applications: {refused.state_secret: {company: 1}}",
        "disclosure: {fees: {amount: 38.65}}",
        "disclosure: {fees: {amount: '38.6500'}}",
        "declared: {applications: {total: {total: 3}}}",
        "waivers: [{rule: T3-SUM, cells: [applications.total.total], reason: 原因, by: 示例科}]",
    ],
)
def test_what_the_reader_takes_is_allowed(text: str) -> None:
    assert valid(2023, text)


@pytest.mark.parametrize(
    "text",
    [
        "applications: {recieved: {}}",
        "applications: {received: {natural: 2}}",
        "applications: {received: {company: -1}}",
        "applications: {received: {company: 1.5}}",
        "applications: {received: {company: '2'}}",
        "applications: {refused: {company: 1}}",
        "applications: 3",
        "narrative: {overview: [x]}",
        "waivers: [{rule: X}]",
        "year: 2020",
        "foo: 1",
    ],
)
def test_what_the_reader_refuses_is_not_allowed(text: str) -> None:
    assert not valid(2023, text)


def test_labels_are_shown_with_the_keys() -> None:
    definitions = parameter_schema(form_for(2023))["$defs"]
    assert definitions["applications"]["properties"]["granted"]["description"] == "（一）予以公开"
    assert definitions["applications.refused"]["properties"]["state_secret"]["description"] == "1.属于国家秘密"


def test_the_schemas_beside_the_parameters_are_up_to_date(tmp_path: Path) -> None:
    for written in write_schemas(tmp_path):
        committed = ROOT / "params" / written.name
        assert json.loads(committed.read_text(encoding="utf-8")) == json.loads(written.read_text(encoding="utf-8"))
