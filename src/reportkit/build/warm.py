"""Importing this module does once, before processes are forked, what every report needs: imports, compiling, caches.

Nothing here may start a thread, which a fork would lose (so vl_convert stays out), or change how notebooks
behave (so `reportkit.charts.enable` stays out, which sets Altair's theme and renderer).
"""

from __future__ import annotations

import sys

# jsonschema imports this to check the format of IRIs, which takes a second, and no report has one.
sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]
import jsonschema  # noqa: F401

del sys.modules["rfc3987_syntax"]

from contextlib import suppress

import altair
from nbformat.v4 import new_code_cell, new_notebook, output_from_msg

import reportkit.engine.notebook
import reportkit.engine.shell
from reportkit.build.assets import ASSETS_URL
from reportkit.build.one_report import build_report  # noqa: F401
from reportkit.checks import check
from reportkit.display import charts, findings, narrative, tables
from reportkit.display.parts import Part
from reportkit.form import editions
from reportkit.publish.executed import ExecutedReport
from reportkit.publish.formats import FORMATS
from reportkit.report import Agency, AnnualReport, new_report

__all__: list[str] = []


def _build_examples() -> None:
    """Do all that is done for a report, with an example of each edition of the form."""
    dir(reportkit)  # reads the list of what it exports
    for form in editions().values():
        figures = dict.fromkeys(form.entries, 1)
        agency = Agency("example", "示例市示例局")
        before = new_report(agency, form.first_year - 1, figures, form=form)
        report = new_report(agency, form.first_year, figures, form=form, previous=before)
        _show(report)
    altair.Chart(altair.InlineData(values=[{"x": "示例", "y": 1}])).mark_bar().encode(x="x:N", y="y:Q").to_dict()
    content = {"data": {"text/plain": "示例"}, "metadata": {}}
    output = output_from_msg({"header": {"msg_type": "display_data"}, "content": content})
    notebook = new_notebook(cells=[new_code_cell("示例", outputs=[output])])
    for written in FORMATS:
        if written.always:
            written.render(ExecutedReport(notebook, report, assets_url=ASSETS_URL))


def _show(report: AnnualReport) -> None:
    shown = [findings.panel(check(report), report), narrative.preamble(report)]
    for section in report.form.titled_sections:
        shown.append(narrative.section(report, section.key))
        if section.holds_table:
            shown.append(tables.table(report, section.key))
    for part in shown:
        part._repr_html_()
    for name in charts.__all__:
        if name != "enable":
            chart = getattr(charts, name)(report)
            if not isinstance(chart, Part):  # a sentence, where the edition has nothing to chart
                chart.to_dict()


# An error here, in an edition's own chart perhaps, is reported when a real report runs into it.
with suppress(Exception):
    _build_examples()
