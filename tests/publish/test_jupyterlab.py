"""JupyterLab's export menu offers both pages, and its server makes them; Tab completes what an analyst types."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook, new_output

from end_to_end.projects import write_project
from processes import kill_family, until
from reportkit.form import form_for
from reportkit.publish.exporters import export
from reportkit.publish.formats import format_named
from reportkit.publish.page import Audience

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Download

TOKEN = "f3c1"
FILES: dict[Audience, str] = {"publish": "report.html", "review": "report.review.html"}
# JupyterLab makes its menu of the exporters' names.
MENU = {"publish": "Reportkit_publish", "review": "Reportkit_review"}
WAIT = 60_000
AGENCIES = "office: {name: 示例市示例局, short: 示例局}\nbureau: {name: 示例市另一局}\n"
# What an analyst types before pressing Tab, and all that is offered.
OFFERED = {
    "rk.": {
        *(
            "Agency",
            "AnnualReport",
            "NotAssessableError",
            "charts",
            "check",
            "compare",
            "data",
            "find_project",
            "findings",
            "form_for",
        ),
        *("found", "frames", "new_report", "open_overview", "open_report", "overview", "preamble", "rule"),
        *("section", "sql", "tables"),
    },
    'report["app': {address for address in form_for(2023).cells if address.startswith("app")},
    'report["表三.予': {
        f"表三.予以公开.{column}"
        for column in ("自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他", "总计")
    },
    'rk.open_report("': {"office", "bureau", "示例市示例局", "示例市另一局", "示例局"},
    'rk.section(report, "': {section.key for section in form_for(2023).sections},
    "rk.charts.": {"applicants", "challenges_over_years", "enable", "outcomes", "requests_over_years"},
}
# JupyterLab passes over what the kernel answers after a second, which a busy machine may need.
PATIENCE = '{"providerTimeout": 60000}'
# Nothing of JupyterLab's that asks the network or waits for a person.
OPTIONS = (
    "--no-browser",
    "--allow-root",
    "--ip=127.0.0.1",
    "--ServerApp.port_retries=0",
    f"--IdentityProvider.token={TOKEN}",
    "--LabApp.news_url=None",
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    "--LabApp.extension_manager=readonly",
)


@dataclass(frozen=True)
class Server:
    """A running JupyterLab in a project, with ``report.ipynb``, which has been run, and ``work.ipynb``."""

    address: str
    notebook: NotebookNode

    def get(self, path: str) -> tuple[str, dict[str, str]]:
        """The text that the server answers, and its headers."""
        answer, headers = self.fetch(path)
        return answer.decode(), headers

    def fetch(self, path: str) -> tuple[bytes, dict[str, str]]:
        """What the server answers, and its headers."""
        request = Request(f"{self.address}{path}", headers={"Authorization": f"token {TOKEN}"})
        with urlopen(request, timeout=30) as answer:
            return answer.read(), dict(answer.headers)

    def answers(self) -> bool:
        """Whether the server is there yet."""
        try:
            self.get("api")
        except (URLError, HTTPException, OSError):
            return False
        return True


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    home = tmp_path_factory.mktemp("home")
    files = {"params/agencies.yaml": AGENCIES, "params/2023/office.yaml": "applications: {received: {company: 2}}"}
    folder = write_project(tmp_path_factory.mktemp("notebooks") / "project", files)
    outputs = [
        new_output("display_data", {"text/html": "<h1>示例局 年度报告</h1>"}),
        new_output("stream", text="给审阅者"),
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = new_notebook(cells=[new_code_cell("1", outputs=outputs)], metadata={"kernelspec": kernel})
    nbformat.write(notebook, folder / "report.ipynb")
    opening = "import reportkit as rk\nreport = rk.open_report('office', 2023)\nprint('ready')"
    typed = [new_code_cell(code) for code in (opening, *OFFERED)]
    nbformat.write(new_notebook(cells=typed, metadata=notebook.metadata), folder / "work.ipynb")
    settings = home / "settings" / "@jupyterlab" / "completer-extension" / "manager.jupyterlab-settings"
    settings.parent.mkdir(parents=True)
    settings.write_text(PATIENCE, encoding="utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = {f"JUPYTER_{name}_DIR": str(home / name.lower()) for name in ("CONFIG", "DATA", "RUNTIME")}
    own["JUPYTERLAB_SETTINGS_DIR"] = str(home / "settings")
    command = [sys.executable, "-m", "jupyterlab", *OPTIONS, f"--port={port}", f"--ServerApp.root_dir={folder}"]
    with (home / "log").open("wb") as log:
        environment = {**os.environ, "HOME": str(home), **own}
        process = subprocess.Popen(command, cwd=home, env=environment, stdout=log, stderr=log)
    server = Server(f"http://127.0.0.1:{port}/", notebook)
    try:
        until(lambda: server.answers() or process.poll() is not None, "JupyterLab answers")
        assert process.poll() is None, (home / "log").read_text()
        yield server
    finally:
        kill_family(process.pid)
        process.wait()


@pytest.mark.parametrize("audience", FILES)
def test_the_server_makes_the_page(server: Server, audience: Audience) -> None:
    page, headers = server.get(f"nbconvert/reportkit_{audience}/report.ipynb?download=true")
    assert page == export(server.notebook, audience)
    assert headers["Content-Type"] == "text/html; charset=utf-8"
    assert headers["Content-Disposition"].endswith(f"filename*=utf-8''{FILES[audience]}")


@pytest.mark.parametrize("name", ["docx", "pdf"])
def test_the_server_makes_the_document(server: Server, name: str) -> None:
    listed = format_named(name)
    document, headers = server.fetch(f"nbconvert/reportkit_{name}/report.ipynb?download=true")
    assert document.startswith(b"%PDF-" if name == "pdf" else b"PK")
    assert headers["Content-Type"].partition(";")[0] == listed.media_type
    assert headers["Content-Disposition"].endswith(f"filename*=utf-8''{listed.file}")


def test_the_server_lists_no_name_that_it_does_not_serve(server: Server) -> None:
    listed, _ = server.get("api/nbconvert")
    assert "reportkit_publish" in listed
    assert "reportkit_review" in listed
    assert "reportkit_docx" in listed
    assert "reportkit_pdf" in listed
    assert "reportkit-" not in listed
    with pytest.raises(HTTPError, match="404"):
        server.get("nbconvert/reportkit-publish/report.ipynb")


@pytest.mark.parametrize("audience", FILES)
def test_the_menu_leads_to_the_page(server: Server, browser: Browser, audience: Audience) -> None:
    context = browser.new_context(accept_downloads=True, locale="en")
    downloads: list[Download] = []
    requested: list[str] = []
    context.on("request", lambda request: requested.append(request.url))
    context.on("page", lambda opened: opened.on("download", lambda file: downloads.append(file)))
    try:
        lab = context.new_page()
        with lab.expect_response("**/api/nbconvert*", timeout=WAIT):  # the menu is empty until then
            lab.goto(f"{server.address}lab/tree/report.ipynb?token={TOKEN}", timeout=WAIT)
        lab.get_by_role("heading", name="示例局 年度报告").wait_for(timeout=WAIT)
        lab.get_by_role("menuitem", name="File", exact=True).click()
        lab.locator(".lm-Menu-item", has_text="Save and Export Notebook As").click()
        lab.get_by_role("menuitem", name=MENU[audience]).click()
        until(lambda: lab.evaluate("1") and downloads, "the page is downloaded")  # asking lets events arrive
        (downloaded,) = downloads
        assert downloaded.suggested_filename == FILES[audience]
        assert Path(downloaded.path()).read_text(encoding="utf-8") == export(server.notebook, audience)
        assert not [url for url in requested if not url.startswith((server.address, "data:", "blob:"))]
    finally:
        context.close()


def test_tab_offers_what_there_is_and_nothing_else(server: Server, browser: Browser) -> None:
    context = browser.new_context(locale="en")
    try:
        lab = context.new_page()
        # In a workspace of its own: the tab that another test has left may come to lie over this one.
        lab.goto(f"{server.address}lab/workspaces/typing/tree/work.ipynb?token={TOKEN}", timeout=WAIT)
        editors = lab.locator(".jp-Notebook .jp-CodeCell .cm-content")
        lab.get_by_text("| Idle").wait_for(timeout=WAIT)  # until then nothing can be run
        editors.first.click()
        lab.keyboard.press("Control+Enter")
        lab.locator(".jp-OutputArea-output", has_text="ready").wait_for(timeout=WAIT)
        offered = lab.locator(".jp-Completer-item code.jp-Completer-match")
        for number, (code, names) in enumerate(OFFERED.items(), 1):
            editors.nth(number).click()
            lab.keyboard.press("Control+End")
            lab.keyboard.press("Tab")
            offered.first.wait_for(timeout=WAIT)
            assert set(offered.all_text_contents()) == names, code
            lab.keyboard.press("Escape")
            offered.first.wait_for(state="hidden", timeout=WAIT)
    finally:
        context.close()
