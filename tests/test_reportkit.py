"""What a notebook finds in ``import reportkit``."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import reportkit as rk
from reportkit.checks import check
from reportkit.project.parameters import TypedError

ROOT = Path(__file__).parents[1]


def program_output(program: str) -> str:
    """What a program prints in a fresh process."""
    return subprocess.run([sys.executable, "-c", program], capture_output=True, encoding="utf-8", check=True).stdout


def test_every_name_on_the_list_is_there_by_import_attribute_and_star() -> None:
    names: dict[str, object] = {}
    exec("from reportkit import *", names)
    assert set(dir(rk)) == set(names) - {"__builtins__"}
    for name in dir(rk):
        assert getattr(rk, name) is names[name] is not None


def test_what_the_documentation_tells_analysts_to_use_is_on_the_list() -> None:
    assert {"open_report", "check", "tables", "charts", "section", "preamble", "AnnualReport"} <= set(dir(rk))


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'reportkit' has no attribute 'tabels'"):
        _ = rk.tabels  # type: ignore[attr-defined]


def test_importing_it_imports_nothing_else_of_the_package_and_nothing_heavy() -> None:
    program = """\
import sys
before = set(sys.modules)
import reportkit
heavy = {'pandas', 'altair', 'nbconvert', 'papermill', 'yaml', 'rich', 'ast', 'importlib.metadata'}
print(sorted(name for name in set(sys.modules) - before if name.startswith('reportkit.') or name in heavy))
"""
    assert program_output(program).strip() == "[]"


def test_a_table_is_shown_without_importing_the_charts() -> None:
    program = "import reportkit, sys; reportkit.tables; print('altair' in sys.modules)"
    assert program_output(program).strip() == "False"


def test_the_version_is_that_of_the_project_file() -> None:
    assert rk.__version__ == tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]


def test_a_report_is_opened_from_any_folder_of_the_project(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT / "notebooks")
    assert rk.open_report("linyi-fao", "2023")["applications.total.total"] == 2  # type: ignore[arg-type]


def test_a_missing_report_is_an_error_that_names_the_years_there_are() -> None:
    with pytest.raises(TypedError, match="linyi-fao has reports for 2023"):
        rk.open_report("linyi-fao", 2024, project=ROOT)


def test_a_changed_report_is_checked_at_once() -> None:
    report = rk.open_report("linyi-fao", 2023, project=ROOT)
    findings = rk.check(report.replace({"applications.granted.natural_person": 3}))
    (finding,) = findings
    assert {*finding.rules} == {"T3-OUTCOMES", "T3-ROWSUM"}
    assert "建议核对：表三.予以公开.自然人应为2（现为3）。" in findings._repr_html_()


def test_no_figure_of_the_real_report_s_applications_and_challenges_can_change_unnoticed() -> None:
    report = rk.open_report("linyi-fao", 2023, project=ROOT)
    identities = {identity.rule for identity in report.form.identities if not identity.spans_years}
    for address, cell in report.form.cells.items():
        if cell.table == "disclosure":
            continue
        findings = check(report.replace({address: (report[address] or 0) + 1}))  # type: ignore[operator]
        assert any(address in finding.cells for finding in findings if finding.rule in identities), address
