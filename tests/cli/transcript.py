"""A transcript of the command line: what a person sees who runs every command, and makes a mistake of each kind.

The transcript is a text file: a command stands after ``$``, what is printed below it, and an exit status other than 0 in
brackets. To try another command, add its line; ``RENEW_TRANSCRIPT=1`` makes the test write what is printed.
"""

from __future__ import annotations

import os
import pickle
import re
import shlex
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, chdir, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

from openpyxl import Workbook

from cli.runner import shown
from end_to_end.projects import ROOT, write_project
from reportkit.system.bounded import Refusal, in_one_line
from reportkit.system.errors import InputError

__all__ = ["Shown", "commands_in", "in_this_process", "prepare", "replay", "texts_of_files", "written"]

# What differs from run to run.
_VARYING = ((re.compile(r"\d+\.\d(?=秒| s\b)"), "0.0"),)
_COLUMNS = "80"

_AGENCIES = """\
linyi-fao: {name: 临沂市人民政府外事办公室, short: 市外办}
city: {name: 示例市人民政府, short: 示例市, level: government}
health: {name: 示例市卫生健康委员会, short: 市卫健委, parent: city}
education: {name: 示例市教育局, short: 教育局, parent: city}
district-education: {name: 示例区教育局, short: 教育局, parent: city}
"""
_HEALTH = """\
agency: health
year: 2023
published: 2024-02-19
applications:
  received: {natural_person: 5, company: 2}
  granted: {natural_person: 3}
narrative:
  overview: |
    2023年共收到政府信息公开申请8件，予以公开3件。
"""
_BROKEN = {
    "params/agencies.yaml": "".join(
        f"{name}: {{name: 示例市{name}局}}\n" for name in ("cell", "colon", "figure", "key", "tabs", "twice")
    ),
    "params/2023/cell.yaml": "waivers: [{rule: T3-BALANCE, cells: [表三.准予公开.自然人], reason: 原因, by: 示例科}]\n",
    "params/2023/colon.yaml": "agency：colon\n",
    "params/2023/figure.yaml": "applications:\n  received: {natural_person: -1, company: 1.5, other: 三}\n"
    "disclosure: {fees: {amount: [1]}}\n",
    "params/2023/key.yaml": "applicationz: {}\napplications: {recieved: {natural_person: 1}}\nnarrative: {overveiw: 文字}\n",
    "params/2023/tabs.yaml": "applications:\n\treceived: {}\n",
    "params/2023/twice.yaml": "applications: {granted: {other: 1}, 予以公开: {other: 1}}\npublished: 2024年1月9日\nyear: 2022\n",
}
_SETTINGS = "thresholds: {swing: a lot}\nrules: {T3-BALANC: off, T1-STOCK: grave}\nlanguage: klingon\ndeadline: 1\n"
_REGISTER = {
    "params/agencies.yaml": "a: {nam: 示例局, parent: b}\nC: {name: 局}\n",
    "params/2023/a.yaml": "year: 2023\n",
}
_LEDGER = """\
登记编号,收到日期,申请人类型,答复日期,办理结果
1,2023-03-01,自然人,2023-03-20,予以公开
2,2023-04-01,企业,2023-04-20,转信访办
3,某日,自然人,,予以公开
"""
_NO_LEDGER = "甲,乙\n1,2\n"
_DOCUMENTS: Mapping[str, bytes] = {
    "文件/空.html": b"",
    "文件/无表.txt": "没有年份的文字。".encode(),
    "文件/坏.docx": b"PK\x03\x04broken",
    "文件/图.pdf": b"\x89PNG\r\n\x1a\n\0",
    "文件/坏.pdf": b"%PDF-1.7\nbroken",
    "文件/密.docx": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
    "旧.doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "WordDocument".encode("utf-16-le") + bytes(600),
    "坏.xlsx": b"PK\x03\x04broken",
    "文字.txt": "2023年收到申请5件，其中自然人申请4件，比上年增长25%。".encode(),
    "语料.jsonl": '{"id": 1, "year": 2023, "text": "收到申请5件。"}\n'.encode(),
    "坏语料.jsonl": b'{"id": 1\n',
    "台账.csv": _LEDGER.encode(),
    "无列.csv": _NO_LEDGER.encode(),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A command as it is typed, its exit status, and what is printed."""

    command: str
    status: int
    printed: str


def prepare(folder: Path) -> None:
    """Make what the commands of the transcript are run on: projects good and bad, and files of every kind."""
    for name, content in _DOCUMENTS.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    shutil.copy(ROOT / "tests/data/linyi-fao-2023.txt", folder / "外办.txt")
    foreign = Workbook()
    foreign.active["A1"] = "别的表"  # type: ignore[index]
    foreign.save(folder / "别的表.xlsx")
    (folder / "空文件夹").mkdir()
    (folder / "锁").write_bytes(b"")
    real = (ROOT / "params/2023/linyi-fao.yaml").read_text(encoding="utf-8")
    write_project(
        folder / "市",
        {
            "params/agencies.yaml": _AGENCIES,
            "params/2023/linyi-fao.yaml": real,
            "params/2023/health.yaml": _HEALTH,
        },
    )
    write_project(folder / "坏", _BROKEN)
    write_project(folder / "坏设置", {"params/agencies.yaml": _AGENCIES, "params/project.yaml": _SETTINGS})
    write_project(folder / "坏名册", _REGISTER)
    write_project(folder / "坏笔记本", {"params/agencies.yaml": _AGENCIES, "params/2023/health.yaml": _HEALTH})
    notebook = folder / "坏笔记本/notebooks/annual_report.ipynb"
    notebook.write_text(notebook.read_text(encoding="utf-8").replace("rk.open_report", "rk.open_reprot"))


def texts_of_files() -> tuple[str, ...]:
    """The names of the files that are prepared, and the texts in them."""
    return (
        *_DOCUMENTS,
        *_BROKEN,
        *_BROKEN.values(),
        _AGENCIES,
        _HEALTH,
        _SETTINGS,
        _LEDGER,
        _NO_LEDGER,
        *_REGISTER.values(),
    )


def commands_in(transcript: str) -> Iterator[str]:
    """The lines of a transcript that stay when it is made anew: headings, and commands after ``$``."""
    for line in transcript.splitlines():
        if line.startswith(("# ", "$ ")):
            yield line


@contextmanager
def in_this_process() -> Iterator[None]:
    """Read files in this process, without the time that worker processes take to start; errors are sent as by them."""

    def run_here(function: Callable[[Any], Any], items: Iterable[Any], **_limits: Any) -> Iterator[tuple[Any, Any]]:
        for item in items:
            try:
                yield item, function(item)
            except InputError as error:
                yield item, pickle.loads(pickle.dumps(Refusal(in_one_line(error))))

    with ExitStack() as patched:
        for reader in ("published.importing", "ledger.tally", "workbook.exchange"):
            patched.enter_context(patch(f"reportkit.intake.{reader}.run_bounded", run_here))
        yield


def replay(lines: Iterator[str], folder: Path, **environment: str) -> Iterator[str | Shown]:
    """Run the commands of a transcript in a folder; headings are passed on."""
    for line in lines:
        if line.startswith("# "):
            yield line
            continue
        words = shlex.split(line.removeprefix("$ "))
        start = words.index("reportkit")
        variables = dict(word.split("=", 1) for word in words[:start])
        with (
            chdir(folder),
            patch.dict(os.environ, {"COLUMNS": _COLUMNS, **environment, **variables}),
            patch("reportkit.build.cluster._SECONDS_TO_CONNECT", 0.2),
            patch("reportkit.cli.build._SECONDS_BETWEEN_LINES", None),  # however long a build takes
        ):
            status, printed = shown(*words[start + 1 :])
        printed = printed.replace(str(folder), "/示例")
        for varying, constant in _VARYING:
            printed = varying.sub(constant, printed)
        yield Shown(line, status, "".join(f"{each.rstrip()}\n" for each in printed.splitlines()))


def written(transcript: list[str | Shown]) -> str:
    """A transcript as a person reads it."""
    return "".join(
        f"\n{each}\n"
        if isinstance(each, str)
        else f"\n{each.command}\n{each.printed}{f'[{each.status}]' + chr(10) if each.status else ''}"
        for each in transcript
    ).lstrip("\n")
