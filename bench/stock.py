"""Building reports without reportkit's engine and batch: each by stock papermill and nbconvert.

The exporters are the same, and made once. ``bench/throughput.py`` runs this.
"""

from __future__ import annotations

import sys
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path

import papermill
from nbconvert.exporters import Exporter

from reportkit.build.assets import ASSETS_URL, write_assets
from reportkit.build.output import FolderOutput
from reportkit.project.folder import Project, ReportKey
from reportkit.publish.exporters import PublishExporter, ReviewExporter


@cache
def exporters() -> dict[str, Exporter]:
    """The exporters of both HTML pages, by the file they make."""
    review = ReviewExporter(assets_url=ASSETS_URL)  # type: ignore[no-untyped-call]
    return {"report.html": PublishExporter(), "review.html": review}  # type: ignore[no-untyped-call]


def build(project: Project, key: ReportKey) -> None:
    """Run the notebook of a report in a kernel, and write its pages."""
    folder = project.output_folder(key)
    folder.mkdir(parents=True, exist_ok=True)
    notebook = papermill.execute_notebook(
        str(project.notebook(project.agency(key.agency), key.year)),
        str(folder / "report.ipynb"),
        parameters={"agency": key.agency, "year": key.year},
        cwd=str(project.root),
        progress_bar=False,
    )
    for name, exporter in exporters().items():
        page, _ = exporter.from_notebook_node(notebook)
        (folder / name).write_text(str(page), encoding="utf-8")


def main(root: str, jobs: int) -> None:
    """Build all reports of a project: one after another, or in a pool of processes."""
    project = Project(Path(root))
    keys = project.reports()
    if jobs == 1:
        for key in keys:
            build(project, key)
    else:
        with ProcessPoolExecutor(jobs) as pool:
            list(pool.map(build, [project] * len(keys), keys))
    # Only now: drawing charts starts threads, and the pool must fork before.
    write_assets(FolderOutput(project.output))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
