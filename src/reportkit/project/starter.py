"""A new project: the template notebook, an agencies file, example parameters, schemas for editors."""

from __future__ import annotations

import json
from datetime import date
from importlib import resources
from pathlib import Path

from reportkit.form import editions, form_for
from reportkit.project.parameters import parameter_schema, write_parameters
from reportkit.report import Agency, AnnualReport, new_report
from reportkit.system.files import write_file

__all__ = ["start_project", "template_notebook", "write_schemas"]

_EXAMPLE = Agency("example", "示例市示例局", "示例局", contact="电话：0000-0000000（示例）")
_AGENCIES = """\
# The bodies that report. An id names the parameter files and the pages: params/<year>/<id>.yaml, output/<year>/<id>/.
# level (department or government) says by which day a body must publish; parent names the body above it;
# notebook, where a body has one of its own, is a file in notebooks/.
# This one is an example (示例), as its report is: put your own in their place.

{id}:
  name: {name}
  short: {short}
  level: {level}
  contact: {contact}
"""

_FIGURES = {
    "applications.received.natural_person": 5,
    "applications.received.company": 2,
    "applications.carried_in.natural_person": 1,
    "applications.granted.natural_person": 4,
    "applications.granted.company": 1,
    "applications.partly_granted.natural_person": 1,
    "applications.unavailable.not_held.company": 1,
    "applications.carried_out.natural_person": 1,
    "challenges.review.upheld": 1,
}
_TEXTS = {
    "preamble": """\
（示例）本报告根据{law}的要求编制，数据统计期限为{period}。对本报告如有疑问，请联系示例市示例局，电话：0000-0000000（示例）。
""",
    "overview": """\
（示例）{year}年，示例局按照要求做好政府信息公开工作。

（一）主动公开。本段写明主动公开了哪些信息，以及政策解读和回应关切的情况。

（二）依申请公开。本段写明收到和答复申请的情况。

（三）政府信息管理。本段写明公开前审查、文件管理和目录更新的情况。

（四）政府信息公开平台建设。本段写明网站、专栏和新媒体的情况。

（五）监督保障。本段写明考核、培训和责任落实的情况。
""",
    "problems": """\
（示例）存在的主要问题：本段写明工作中的不足。

改进情况：本段写明已经采取的改进措施。
""",
    "other": """\
（示例）本年度收取信息处理费的情况写在这里；没有收取的，写明未收取信息处理费。
""",
}


def start_project(folder: Path, *, year: int | None = None) -> list[Path]:
    """Make a folder a project; what is there already stays as it is, but for the schemas, which are renewed.

    Parameters
    ----------
    folder
        The folder; made where there is none.
    year
        The year of the example's parameters; the last full one by default.

    Returns
    -------
    list of pathlib.Path
        The files written.
    """
    written: list[Path] = []
    example: AnnualReport | None = None
    agencies = folder / "params" / "agencies.yaml"
    wanted = {folder / "notebooks" / "annual_report.ipynb": template_notebook().read_text(encoding="utf-8")}
    if not agencies.exists():
        year = year or date.today().year - 1
        wanted[agencies] = _AGENCIES.format(**{name: getattr(_EXAMPLE, name) for name in _EXAMPLE.__slots__})
        example = _example(year)
    if not (folder / ".gitignore").exists():
        wanted[folder / ".gitignore"] = "/output/\n.ipynb_checkpoints/\n"
    for path, text in wanted.items():
        if not path.exists():
            write_file(path, text)
            written.append(path)
    if example is not None:
        path = folder / "params" / str(example.year) / f"{_EXAMPLE.id}.yaml"
        if not path.exists():
            write_parameters(example, path, schema=f"../form-{example.form.edition}.schema.json")
            written.append(path)
    return written + write_schemas(folder / "params")


def write_schemas(params: Path) -> list[Path]:
    """Write the JSON schema of each edition's parameter files; returns the files."""
    paths = []
    for form in editions().values():
        path = params / f"form-{form.edition}.schema.json"
        write_file(path, json.dumps(parameter_schema(form), ensure_ascii=False, indent=1) + "\n")
        paths.append(path)
    return paths


def template_notebook() -> Path:
    """The notebook that a report is told by, as it comes with reportkit."""
    here = Path(str(resources.files("reportkit")))
    checkout = here.parents[1] / "notebooks" / "annual_report.ipynb"
    return checkout if checkout.is_file() else here / "template" / "annual_report.ipynb"


def _example(year: int) -> AnnualReport:
    form = form_for(year)
    period = form.period.format(year=year)
    return new_report(
        _EXAMPLE,
        year,
        _FIGURES,
        narrative={key: text.format(year=year, period=period, law=form.law) for key, text in _TEXTS.items()},
    )
