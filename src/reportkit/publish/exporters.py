"""nbconvert's exporters for the HTML pages: the published one, the reviewer's, and the overview of a year.

They are found by ``jupyter nbconvert --to reportkit_publish`` and in JupyterLab's export menu;
`export` is the same for programs. The same notebook gives the same page, byte for byte, by any of
these ways and under any file name.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbconvert.exporters import TemplateExporter
from traitlets import Unicode, default

from reportkit.publish.charts import library, library_name
from reportkit.publish.page import LABELS, MEDIA_TYPE, Audience, Page, compose

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from nbformat import NotebookNode

__all__ = ["OverviewExporter", "PublishExporter", "ReviewExporter", "export"]

# What the classic notebook's menu says; JupyterLab makes its own of the exporters' names.
_MENU = "年度报告（{}）"
# How the overview's notebook writes a link to another page of the output: where it is written, none but those of the
# page itself and of other hosts are allowed. It has no scheme, nor does it leave the output.
_LINK_TO_PAGE = re.compile(r'href="#page:((?:\.\./)?[\w%~-][\w%.~-]*(?:/[\w%~-][\w%.~-]*)*(?:#[^"]*)?)"', re.ASCII)


class PublishExporter(TemplateExporter):
    """The published page: no code, no scripts, no request to another host.

    Examples
    --------
    ``jupyter nbconvert --to reportkit_publish report.ipynb``
    """

    export_from_notebook = _MENU.format(LABELS["publish"])
    output_mimetype = MEDIA_TYPE

    @default("file_extension")
    def _file_extension_default(self) -> str:
        return ".html"

    @default("template_name")
    def _template_name_default(self) -> str:
        return "reportkit"

    @default("extra_template_basedirs")
    def _extra_template_basedirs_default(self) -> list[str]:
        # Not the current directory, as nbconvert has it: the page must not depend on it.
        return [str(Path(__file__).with_name("templates"))]

    @default("optimistic_validation")
    def _optimistic_validation_default(self) -> bool:
        return True  # once, instead of after each of a dozen preprocessors that are off

    def default_filters(self) -> Iterable[tuple[str, Any]]:
        """The filters of nbconvert, and those that make the page."""
        yield from super().default_filters()  # type: ignore[no-untyped-call]
        yield "page", self.page
        yield "generator", lambda name: f"{name} {version(name)}"

    def page(self, notebook: NotebookNode) -> Page:
        """What the page holds."""
        return compose(notebook, review=False)


class ReviewExporter(PublishExporter):
    """The reviewer's page: with the cells tagged ``review`` and interactive charts.

    Examples
    --------
    ``jupyter nbconvert --to reportkit_review report.ipynb`` writes ``report.review.html``, so that it never writes
    over the published ``report.html``.
    """

    export_from_notebook = _MENU.format(LABELS["review"])

    assets_url = Unicode(
        "",
        help="Where the page finds the folder of shared files (output/assets after a build), as in ../../assets; "
        "empty to carry everything inside the page.",
    ).tag(config=True)

    @default("file_extension")
    def _file_extension_default(self) -> str:
        return ".review.html"

    @default("template_extension")
    def _template_extension_default(self) -> str:
        return ".html.j2"

    @default("template_file")
    def _template_file_default(self) -> str:
        return "review.html.j2"

    def default_filters(self) -> Iterable[tuple[str, Any]]:
        """The filters of the published page, and two that find the chart library."""
        yield from super().default_filters()
        yield "library_url", self.library_url
        yield "library", lambda _page: library()

    def page(self, notebook: NotebookNode) -> Page:
        """What the page holds."""
        return compose(notebook, review=True)

    def library_url(self, _page: Page) -> str:
        """Where the page loads the chart library from; empty if it carries it."""
        return f"{self.assets_url.rstrip('/')}/{library_name()}" if self.assets_url else ""


class OverviewExporter(PublishExporter):
    """The overview of a year: for the office, not for the public. No scripts, drawn charts, links to the reports."""

    export_from_notebook = LABELS["overview"]

    @default("template_extension")
    def _template_extension_default(self) -> str:
        return ".html.j2"

    @default("template_file")
    def _template_file_default(self) -> str:
        return "overview.html.j2"

    def default_filters(self) -> Iterable[tuple[str, Any]]:
        """The filters of the published page, and one by which the page's policy knows its style sheets."""
        yield from super().default_filters()
        yield "digest", _digest

    def page(self, notebook: NotebookNode) -> Page:
        """What the page holds, its links to other pages of the output among it."""
        page = super().page(notebook)
        linked = (replace(block, html=_LINK_TO_PAGE.sub(r'href="\1"', block.html)) for block in page.blocks)
        return replace(page, blocks=tuple(linked))


def _digest(sheet: str) -> str:
    """What a policy knows a style sheet by."""
    return f"sha256-{base64.b64encode(hashlib.sha256(sheet.encode()).digest()).decode()}"


def export(
    notebook: NotebookNode,
    audience: Audience,
    *,
    assets_url: str = "",
    withheld: Sequence[str] = (),
    links: Sequence[tuple[str, str]] = (),
) -> str:
    """An executed notebook as a page.

    Parameters
    ----------
    notebook
        The executed notebook.
    audience
        ``publish``, ``review`` or ``overview``.
    assets_url
        For the review page, where it finds the folder of `reportkit.publish.formats.shared_files`, relative to
        itself; empty to carry them inside the page.
    withheld
        What the review page says first where the published page is withheld: the errors that stand, in Chinese.

    links
        For the review page and the overview, the pages that belong to it: what each is called, and where it is,
        relative to this one.

    Returns
    -------
    str
        The HTML document.
    """
    resources = {"withheld": withheld, "links": links}
    # Without the three copies that nbconvert makes for preprocessors that are all off: half of the time.
    return str(_exporter(audience, assets_url).template.render(nb=notebook, resources=resources))


@cache
def _exporter(audience: Audience, assets_url: str) -> PublishExporter:
    # Building one reads folders and compiles the template, which a batch need not do for every page.
    if audience == "review":
        return ReviewExporter(assets_url=assets_url)  # type: ignore[no-untyped-call]
    if audience == "overview":
        return OverviewExporter()  # type: ignore[no-untyped-call]
    return PublishExporter()  # type: ignore[no-untyped-call]
