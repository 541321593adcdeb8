"""How fast published reports are read: HTML reports a second on one core, and an audit of a thousand files.

Run it with ``make bench``. For comparison, pandas.read_html reads the tables of the same pages.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import nbformat
import pandas as pd
from nbformat.v4 import new_code_cell, new_notebook, new_output

from reportkit.display import narrative, tables
from reportkit.documents.detection import read_document
from reportkit.intake.published.audit import audit
from reportkit.intake.published.importing import read_published
from reportkit.intake.published.report import read_report
from reportkit.publish.exporters import export
from reportkit.report import Agency, AnnualReport, new_report

FILES, SAMPLE = 1_000, 100
TEXT = (
    "（示例）做好主动公开、依申请公开、政府信息管理、平台建设和监督保障工作，存在的问题逐项改进，未收取信息处理费。\n\n"
    * 12
)


def made_up(number: int) -> AnnualReport:
    """A made-up report (示例) with figures of a county's size."""
    dice = random.Random(number)  # noqa: S311 (figures, not secrets)
    agency = Agency(f"office-{number}", f"示例市第{number}局")
    year = dice.choice([2020, 2023])
    blank = new_report(agency, year)
    figures = {address: dice.choice([0, 0, dice.randrange(300)]) for address in blank.form.entries}
    texts = {section.key: TEXT for section in blank.form.narrative_sections}
    report = new_report(agency, year, figures, narrative=texts)
    return report.replace(dict(report.computed))


def page(report: AnnualReport) -> str:
    """The page that `reportkit build` would publish, without its charts."""
    shown = [narrative.preamble(report)]
    for section in report.form.titled_sections:
        shown.append(narrative.section(report, section.key))
        if section.holds_table:
            shown.append(tables.table(report, section.key))
    cells = [
        new_code_cell(
            "part", execution_count=1, outputs=[new_output("display_data", {"text/html": part._repr_html_()})]
        )
        for part in shown
    ]
    notebook: nbformat.NotebookNode = new_notebook(cells=cells)
    return export(notebook, "publish")


def rate(work: Callable[[Path], object], files: list[Path]) -> float:
    """How many files a second are read, one after another on one core."""
    work(files[0])
    started = time.perf_counter()
    for file in files:
        work(file)
    return len(files) / (time.perf_counter() - started)


def main() -> None:
    """Write the pages, read them, and print what it took."""
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / f"{number}.html" for number in range(FILES)]
        for number, file in enumerate(files):
            file.write_text(page(made_up(number)), encoding="utf-8")
        sample = files[:SAMPLE]
        ours = rate(lambda file: read_report(read_document(file)), sample)
        theirs = rate(lambda file: pd.read_html(StringIO(file.read_text(encoding="utf-8"))), sample)
        print(f"{'reportkit, whole reports':36}{ours:8.1f} files/s on one core")
        print(f"{'pandas.read_html, tables as they are':36}{theirs:8.1f} files/s on one core{ours / theirs:8.2f} x")
        started = time.perf_counter()
        audited = list(audit(read_published(files)))
        took = time.perf_counter() - started
        read = sum(result.error is None for result in audited)
        print(f"{'audit':36}{read} of {FILES} files read and checked in {took:.1f} s, {FILES / took:.0f} files/s")


if __name__ == "__main__":
    main()
