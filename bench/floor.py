"""What a report costs without an engine: the template's cells run as plain code in one process, and the same pages.

Run it with ``python bench/floor.py``. Here no process keeps reports apart and nothing is kept of one that fails; the
time that `reportkit build` takes on top of this is the price of both.
"""

from __future__ import annotations

import ast
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import nbformat
from IPython.core.formatters import DisplayFormatter
from nbformat import NotebookNode

from reportkit.build.assets import ASSETS_URL
from reportkit.checks import check
from reportkit.demo import make_city
from reportkit.project.folder import Project, ReportKey
from reportkit.publish.data import report_data
from reportkit.publish.exporters import export

YEARS = range(2019, 2026)
AGENCIES, NOT_COUNTED = 20, 30


def run(notebook: NotebookNode, key: ReportKey, show: Any) -> None:
    """Run the cells, and put what their last lines show into the notebook."""
    names: dict[str, Any] = {}
    for cell in notebook.cells:
        code = ast.parse(cell.source)
        last = code.body.pop() if isinstance(code.body[-1], ast.Expr) else None
        exec(compile(code, "cell", "exec"), names)  # noqa: S102 (running the template is the point)
        if "parameters" in cell.metadata.get("tags", ()):
            names |= {"agency": key.agency, "year": key.year}
        if last is not None:
            shown = eval(compile(ast.Expression(last.value), "cell", "eval"), names)  # noqa: S307
            data, metadata = show.format(shown)
            cell.outputs = [nbformat.v4.new_output("execute_result", data, metadata=metadata)]


def main() -> None:
    """Measure, and print what each stage takes."""
    spent: defaultdict[str, float] = defaultdict(float)
    show = DisplayFormatter()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        make_city(root, agencies=AGENCIES, years=YEARS)
        project = Project(root)
        template = nbformat.read(project.root / "notebooks" / "annual_report.ipynb", as_version=4)
        for cell in template.cells:
            cell.source = cell.source.replace("open_report(agency, year)", f"open_report(agency, year, {folder!r})")
        keys = project.reports()
        for number, key in enumerate(keys):
            started = time.process_time()

            def took(stage: str, number: int = number) -> None:
                nonlocal started
                now = time.process_time()
                spent[stage] += now - started if number >= NOT_COUNTED else 0  # the first ones warm everything up
                started = now

            report = project.open_report(key.agency, key.year)
            findings = [finding.as_json() for finding in check(report)]
            took("reading, checking")
            notebook = nbformat.from_dict(template)
            run(notebook, key, show)
            took("cells")
            pages = [export(notebook, "publish"), export(notebook, "review", assets_url=ASSETS_URL)]
            took("pages, charts drawn")
            pages += [nbformat.writes(notebook), str(report_data(report)), str(findings)]
            for name, page in enumerate(pages):
                (root / f"{name}.out").write_text(page, encoding="utf-8")
            took("writing")
        counted = len(keys) - NOT_COUNTED
        for stage, seconds in spent.items():
            print(f"{stage:24}{seconds / counted * 1000:8.1f} ms CPU a report")
        print(f"{'all':24}{sum(spent.values()) / counted * 1000:8.1f} ms CPU a report")


if __name__ == "__main__":
    main()
