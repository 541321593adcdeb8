"""Executed reports, as the notebook would have left them, for what is made from them on paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from nbformat.v4 import new_code_cell, new_notebook, new_output

from reportkit.display import narrative, tables
from reportkit.publish.executed import ExecutedReport
from reportkit.report import Agency, AnnualReport

AGENCY = Agency("example", "示例市示例局")
# Each example is a document that is set and read back, so there are few, and what fails is not made smaller.
FEW = settings(
    suppress_health_check=list(HealthCheck),
    deadline=None,
    max_examples=6,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)


def executed(
    report: AnnualReport, *others: dict[str, Any], findings: Sequence[Mapping[str, Any]] = ()
) -> ExecutedReport:
    """A report whose notebook shows its texts and tables, and then some other outputs."""
    parts = [narrative.preamble(report)]
    for section in report.form.titled_sections:
        parts.append(narrative.section(report, section.key))
        if section.holds_table:
            parts.append(tables.table(report, section.key))
    bundles = [*({"text/html": part._repr_html_()} for part in parts), *others]
    cells = [new_code_cell("part", execution_count=1, outputs=[new_output("display_data", shown)]) for shown in bundles]
    return ExecutedReport(new_notebook(cells=cells), report, findings)
