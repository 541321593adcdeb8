"""What a notebook's session offers once reportkit is asked for something in it."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from end_to_end.projects import write_project

PROGRAM = """
import json
import sys
from IPython.core.completer import provisionalcompleter
from IPython.core.interactiveshell import InteractiveShell

shell = InteractiveShell.instance()
shell.run_cell("import reportkit as rk\\nreport = rk.open_report('office', 2023)")
own = "import altair as alt; chart = alt.Chart(alt.InlineData(values=[{'x': 'a', 'y': 1}])).mark_bar().encode(x='x:N', y='y:Q')"

def completed(code):
    with provisionalcompleter():
        return [one.text.lstrip(".") for one in shell.Completer.completions(code, len(code))]

found = {"loaded": [], "before": set(sys.modules)}
completed("rk.")
completed("rk.charts.")
found["loaded"] = sorted(set(sys.modules) - found.pop("before"))
shell.run_cell(own)
for jedi in (False, True):
    shell.Completer.use_jedi = jedi
    for code in CODES:
        found[f"{jedi} {code}"] = completed(code)
shown, metadata = shell.display_formatter.format(shell.user_ns["report"])
chart, _ = shell.display_formatter.format(shell.user_ns["chart"])
print(json.dumps([found, shown, metadata, chart]))
"""
CODES = [
    "rk.",
    "rk.charts.",
    "rk.tables.",
    'report["applications.gran',
    'report["表三.予',
    'rk.open_report("',
    'rk.open_report("示',
    'rk.section(report, "',
]


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, object]]:
    project = write_project(
        tmp_path_factory.mktemp("session") / "project",
        {
            "params/agencies.yaml": "office: {name: 示例市示例局, short: 示例局}\nbureau: {name: 示例市另一局}\n",
            "params/2023/office.yaml": "applications: {received: {company: 2}, granted: {company: 1}}",
        },
    )
    program = PROGRAM.replace("CODES", repr(CODES))
    done = subprocess.run([sys.executable, "-c", program], cwd=project, capture_output=True, text=True, check=True)
    answer: list[dict[str, object]] = json.loads(done.stdout.splitlines()[-1])
    return answer


@pytest.mark.parametrize("jedi", [False, True])
def test_completion_offers_what_there_is_and_nothing_else(session: list[dict[str, list[str]]], jedi: bool) -> None:
    found = {code: session[0][f"{jedi} {code}"] for code in CODES}
    assert {"open_report", "check", "charts", "tables", "frames", "rule"} <= set(found["rk."])
    assert not {"annotations", "TYPE_CHECKING"} & set(found["rk."])
    assert sorted(found["rk.charts."]) == [
        "applicants",
        "challenges_over_years",
        "enable",
        "outcomes",
        "requests_over_years",
    ]
    assert sorted(found["rk.tables."]) == ["applications", "challenges", "disclosure", "table"]
    assert len(found['report["applications.gran']) == 7
    assert "表三.予以公开.自然人" in found['report["表三.予']
    assert set(found['rk.open_report("']) == {"office", "bureau", "示例市示例局", "示例市另一局", "示例局"}
    assert set(found['rk.open_report("示']) == {"示例市示例局", "示例市另一局", "示例局"}
    assert {"overview", "problems"} <= set(found['rk.section(report, "'])


def test_what_rk_has_is_offered_before_any_of_it_is_loaded(session: list[dict[str, list[str]]]) -> None:
    """JupyterLab waits a second for an answer, and Altair alone takes that long."""
    assert not {"altair", "pandas", "reportkit.display.charts"} & set(session[0]["loaded"])


def test_a_report_alone_is_a_card_that_the_public_does_not_read(session: list[dict[str, Any]]) -> None:
    _, shown, metadata, _ = session
    assert shown["text/plain"].startswith("示例市示例局2023年度政府信息公开工作年度报告\n格式：2021年版\n")
    assert len(shown["text/html"]) < 10_000
    assert metadata == {"reportkit": {"audience": "review"}}


def test_an_analyst_s_own_chart_has_the_look_and_the_width_of_the_report_s(
    session: list[dict[str, dict[str, object]]],
) -> None:
    (spec,) = (value for name, value in session[3].items() if "vegalite" in name)
    assert spec["background"] == "#ffffff"
    config = spec["config"]
    assert isinstance(config, dict)
    assert config["view"]["discreteWidth"] == 480
