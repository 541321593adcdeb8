"""The documentation's site, in Chinese and in English: `make docs` builds it into site/.

Pages are written in `docs/zh` and `docs/en`, under the same names in both. What stands elsewhere is quoted by them,
between ``<%=`` and ``%>``: the recipes of CONTRIBUTING.md, commands of the READMEs with what they print, messages, and
references made from the code. Zensical makes the pages.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from jinja2 import Environment, StrictUndefined, TemplateError

from quotations import quotations
from reportkit.system.language import LANGUAGES, Language, use_language

DOCS = Path(__file__).parent
ROOT = DOCS.parent
SITE = ROOT / "site"

NAME = {"zh": "reportkit 使用手册", "en": "reportkit"}
DESCRIPTION = {
    "zh": "政府信息公开工作年度报告的填报、校验、汇总和公布",
    "en": "Annual reports on open government (政府信息公开工作年度报告): filled in, checked, summed and published",
}
# The parts of the site, with their pages in order; the first page of all is the home page.
PARTS: tuple[tuple[Mapping[str, str], tuple[str, ...]], ...] = (
    (
        {"zh": "使用", "en": "Use it"},
        ("first-report", "city", "filling-in", "questions", "offline"),
    ),
    (
        {"zh": "扩展", "en": "Extend it"},
        ("rule", "edition", "reader", "format", "chart"),
    ),
    (
        {"zh": "参考", "en": "Look it up"},
        ("parameters", "rules", "commands", "python", "glossary"),
    ),
)
HOME = "index"
HOME_TITLE = {"zh": "首页", "en": "Home"}
PAGES = (HOME, *(page for _, pages in PARTS for page in pages))

# Where the pages of a language stand in the site, and what leads from them to the same page in the other.
PLACES: Mapping[Language, str] = {"zh": ".", "en": "en"}
OTHER = {"zh": {"lang": "en", "name": "English", "link": "en/"}, "en": {"lang": "zh", "name": "中文", "link": "../"}}

EXTENSIONS: Mapping[str, Mapping[str, object]] = {
    "attr_list": {},
    "tables": {},
    "toc": {"permalink": True, "slugify": {"object": "pymdownx.slugs.slugify", "kwds": {"case": "lower"}}},
    "pymdownx.highlight": {"pygments_lang_class": True},
    "pymdownx.superfences": {},
}
FEATURES = ["content.code.copy", "navigation.footer", "navigation.sections", "search.highlight", "toc.follow"]
# Browsers let a page of the file system start no worker, in which the search runs, without this. If none has this name,
# Zensical has the pages fetch one from another host.
POLYFILLS = ["assets/iframe-worker.js"]

_COLOUR = re.compile(r"\x1b\[[\d;]*m")
_FENCED = re.compile(r"(^```.*?^```$)", re.MULTILINE | re.DOTALL)
_CHINESE = r"[\u2018-\u201d\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]"
# A line that ends in Chinese goes on without a space where the next begins in Chinese, or in a figure.
_BETWEEN_CHINESE = re.compile(rf"(?<={_CHINESE})\n *(?=\d|{_CHINESE})|(?<=\d)\n *(?={_CHINESE})")


class SiteError(Exception):
    """A site that cannot be built; the message says which page is to blame."""


def main() -> None:
    """Build the site."""
    try:
        build(SITE)
    except SiteError as error:
        sys.exit(str(error))
    print(SITE / "index.html")


def build(site: Path) -> None:
    """Build the site into a folder, in place of what is there.

    Parameters
    ----------
    site
        The folder.

    Raises
    ------
    SiteError
        If a page quotes what is not there, or a link leads nowhere.
    """
    with TemporaryDirectory() as folder:
        built = {language: built_in(language, Path(folder) / language) for language in LANGUAGES}
        shutil.rmtree(site, ignore_errors=True)
        for language in sorted(LANGUAGES, key=lambda language: len(PLACES[language])):
            shutil.copytree(built[language], site / PLACES[language], dirs_exist_ok=True)


def built_in(language: Language, folder: Path) -> Path:
    """The site in one language, built in a folder of its own."""
    sources = folder / "docs"
    for part in ("assets", "images"):
        shutil.copytree(DOCS / part, sources / part)
    for page, text in pages(language).items():
        (sources / f"{page}.md").write_text(text, encoding="utf-8")
    # YAML, which Zensical reads, holds JSON.
    (folder / "mkdocs.yml").write_text(json.dumps(settings(language), ensure_ascii=False), encoding="utf-8")
    shutil.copytree(DOCS / "theme", folder / "theme")
    run_zensical(folder)
    return folder / "site"


def run_zensical(folder: Path) -> None:
    """Make the pages of a folder; a link or an anchor that leads nowhere is an error."""
    command = [sys.executable, "-m", "zensical", "build", "--strict", "--config-file", "mkdocs.yml"]
    done = subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8")
    if done.returncode:
        said, _, _ = _COLOUR.sub("", done.stdout + done.stderr).partition("\nTraceback")
        raise SiteError(said)


def pages(language: Language) -> dict[str, str]:
    """The pages in one language, with what they quote.

    Parameters
    ----------
    language
        The language.

    Returns
    -------
    dict
        The Markdown of each page, by its name.
    """
    written = Environment(
        variable_start_string="<%=",
        variable_end_string="%>",
        block_start_string="<%%",
        block_end_string="%%>",
        comment_start_string="<%#",
        comment_end_string="#%>",
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - this makes Markdown
    )
    written.globals.update(quotations(language))
    use_language(language)
    try:
        return {page: rendered(written, language, page) for page in PAGES}
    finally:
        use_language(None)


def rendered(written: Environment, language: Language, page: str) -> str:
    """A page with what it quotes."""
    try:
        return in_place(written.from_string(source(language, page)).render())
    except (LookupError, ValueError, TemplateError) as error:
        raise SiteError(f"docs/{language}/{page}.md: {error}") from error


def source(language: Language, page: str) -> str:
    """What is written of a page."""
    return (DOCS / language / f"{page}.md").read_text(encoding="utf-8")


def in_place(text: str) -> str:
    """The Markdown of a page with the addresses of pictures as they are in the site, and Chinese lines joined."""
    parts = _FENCED.split(text.replace("](../images/", "](images/"))
    return "".join(part if part.startswith("```") else _BETWEEN_CHINESE.sub("", part) for part in parts)


def title(text: str) -> str:
    """The title of a page."""
    return str(re.findall(r"^# (.+)$", text, re.MULTILINE)[0])


def settings(language: Language) -> dict[str, Any]:
    """What Zensical is told: nothing that asks another host, and pages that open from the file system."""

    def part(listed: Iterable[str]) -> list[dict[str, str]]:
        return [{title(source(language, page)): f"{page}.md"} for page in listed]

    home = {HOME_TITLE[language]: f"{HOME}.md"}
    return {
        "site_name": NAME[language],
        "site_description": DESCRIPTION[language],
        "nav": [home, *({heading[language]: part(listed)} for heading, listed in PARTS)],
        "theme": {
            "language": language,
            "custom_dir": "theme",
            "font": False,
            "icon": {"logo": "lucide/book-open-check"},
            "features": FEATURES,
        },
        "plugins": {"search": {}, "offline": {"enabled": True}},
        "markdown_extensions": EXTENSIONS,
        # A list of alternates would be put into the head of each page, and have a script ask for the other sitemap.
        "extra": {"generator": False, "polyfills": POLYFILLS, "alternate": True, "other": OTHER[language]},
        "extra_css": ["assets/style.css"],
    }


if __name__ == "__main__":
    main()
