"""The documentation's site: whole, the same in both languages, true, searched in Chinese, and without a network."""

from __future__ import annotations

import json
import re
import shlex
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import lxml.html
import pytest
import yaml

import quotations
import reportkit
import website
from reportkit.checks import every_rule
from reportkit.cli.app import app
from reportkit.form import form_for
from reportkit.project.parameters.reading import parse_parameters
from reportkit.project.parameters.schema import parameter_schema
from reportkit.project.settings import parse_settings, settings_schema
from reportkit.report import Agency
from reportkit.system.language import LANGUAGES, Language

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

# What a page asks for as it is opened: in its markup, in style sheets, and where scripts name it in its settings.
ASKED = re.compile(r"""(?:src|srcset|href|poster|action)=["']?([^"'\s>]+)|url\(["']?([^"')]+)|@import\s+["']([^"']+)""")
WORDS = {"zh": ("勾稽", "结转", "豁免", "退改清单"), "en": ("waiver", "identity", "ledger")}
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built once."""
    folder = tmp_path_factory.mktemp("docs") / "site"
    website.build(folder)
    return folder


@pytest.fixture(scope="module")
def texts() -> dict[Language, dict[str, str]]:
    """The Markdown of all pages, with what they quote."""
    return {language: website.pages(language) for language in LANGUAGES}


def blocks(text: str) -> list[tuple[str, str]]:
    """The blocks of code of a page, in whichever language of its own each is, without their comments."""
    found = re.findall(r"^ *```(\w+)\n(.*?)^ *```", text, flags=re.MULTILINE | re.DOTALL)
    return [
        (kind, re.sub(r"\s*#.*", "", code)) for kind, code in found if kind in ("sh", "python", "yaml", "diff", "toml")
    ]


def documents(site: Path) -> Iterator[tuple[Path, Any]]:
    for path in sorted(site.rglob("*.html")):
        if path.name != "404.html":
            yield path, lxml.html.parse(path).getroot()


# ---------------------------------------------------------------- pages


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_page_is_there_in_each_language(site: Path, language: Language) -> None:
    assert {path.stem for path in (website.DOCS / language).glob("*.md")} == set(website.PAGES)
    built = {path.stem for path in (site / website.PLACES[language]).glob("*.html")}
    assert built == {*website.PAGES, "404"}


def test_the_same_commands_and_examples_stand_in_both_languages(texts: dict[Language, dict[str, str]]) -> None:
    for page in website.PAGES:
        assert blocks(texts["zh"][page]) == blocks(texts["en"][page]), page


def test_every_block_of_every_recipe_is_on_a_page(texts: dict[Language, dict[str, str]]) -> None:
    recipes = (website.ROOT / "CONTRIBUTING.md").read_text("utf-8").partition("## Recipes\n")[2]
    told = [block for _, block in blocks(recipes)]
    shown = [block for page in website.PAGES for _, block in blocks(texts["zh"][page])]
    assert len(told) > 10
    assert set(told) <= set(shown)


def test_every_link_picture_and_anchor_leads_somewhere(site: Path) -> None:
    anchors = {path: set(root.xpath("//@id")) for path, root in documents(site)}
    for path, root in documents(site):
        for link in root.xpath("//a/@href | //img/@src | //link/@href | //script/@src"):
            file, _, anchor = link.partition("#")
            target = (path.parent / file).resolve() if file else path
            assert target.is_file(), f"{path}: {link}"
            assert not anchor or target not in anchors or anchor in anchors[target], f"{path}: {link}"


def test_a_link_that_leads_nowhere_stops_the_build(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "index.md").write_text("# Home\n\n[a part that is not there](index.md#nowhere)\n", "utf-8")
    (tmp_path / "mkdocs.yml").write_text("site_name: test\n", "utf-8")
    with pytest.raises(website.SiteError, match=r"index\.md:3.*\n.*\n.*#nowhere"):
        website.run_zensical(tmp_path)


# ---------------------------------------------------------------- what they say


def test_the_commands_and_their_options_exist(texts: dict[Language, dict[str, str]]) -> None:
    lines = [
        line
        for page in website.PAGES
        for kind, block in blocks(texts["zh"][page])
        if kind == "sh"
        for line in block.replace("\\\n", " ").splitlines()
    ]
    commands = [line for line in lines if line.strip().startswith("reportkit ")]
    assert len(commands) > 30
    for line in commands:
        words = shlex.split(re.split(r" (?:\||2>|>|\|\|) ?", line)[0])[1:]
        command: click.Command = app
        while isinstance(command, click.Group):
            assert words[0] in command.commands, line
            command = command.commands[words.pop(0)]
        known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
        assert {word.partition("=")[0] for word in words if word.startswith("-")} <= known | {"--help"}, line


def test_make_has_the_commands_that_are_named(texts: dict[Language, dict[str, str]]) -> None:
    targets = set(re.findall(r"^([a-z]+):", (website.ROOT / "Makefile").read_text("utf-8"), flags=re.MULTILINE))
    named = {name for page in texts["zh"].values() for name in re.findall(r"^ *make ([a-z]+)", page, re.MULTILINE)}
    assert named
    assert named <= targets


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_references_name_all_that_there_is(texts: dict[Language, dict[str, str]], language: Language) -> None:
    pages = texts[language]
    form = form_for(2025)
    for key in (*parameter_schema(form)["properties"], *settings_schema()["properties"]):
        assert f"`{key}`" in pages["parameters"], key
    for cell in form.cells.values():
        assert f"`{cell.row}`" in pages["parameters"], cell
        assert f"`{cell.column}`" in pages["parameters"], cell
    assert {f"| `{rule.id}`" for rule in every_rule(form)} <= set(re.findall(r"\| `[A-Z0-9-]+`", pages["rules"]))
    for name in app.commands:
        assert f"\n## reportkit {name}\n" in pages["commands"], name
    for name in dir(reportkit):
        assert f"\n## rk.{name}\n" in pages["python"], name


def test_commands_speak_the_language_of_their_page(texts: dict[Language, dict[str, str]]) -> None:
    assert "| `--strict` | 有错误的报告不生成公开版，原因见审阅版。 |" in texts["zh"]["commands"]
    assert "| `--strict` | No published page for a report in which errors stand" in texts["en"]["commands"]


def test_what_commands_are_shown_to_print_is_in_the_language_of_the_page(texts: dict[Language, dict[str, str]]) -> None:
    for language in LANGUAGES:
        page = texts[language]["filling-in"]
        assert quotations.says(language, "wrote {path}", path="退改清单.xlsx") in page
        assert quotations.says(language, "{count} without findings", "{count} without findings", count=8) in page
        assert f"{quotations.says(language, 'built   ')}shili-education 2024" in page
        assert f"示例市教育局  {quotations.says(language, 'no findings')}" in page


def test_the_files_that_are_shown_can_be_read(texts: dict[Language, dict[str, str]]) -> None:
    shown = [block for page in website.PAGES for kind, block in blocks(texts["zh"][page]) if kind == "yaml"]
    assert len(shown) >= 3
    for block in shown:
        if set(yaml.safe_load(block)) <= set(settings_schema()["properties"]):
            parse_settings(block.encode(), "params/project.yaml")
        else:
            parse_parameters(block.encode(), Agency("linyi-fao", "示例局"), 2023, name="params/2023/linyi-fao.yaml")


def test_what_nobody_says_any_more_cannot_be_quoted() -> None:
    with pytest.raises(LookupError, match="nobody says “no such words”"):
        quotations.message("no such words")
    with pytest.raises(LookupError, match="nothing is wrong"):
        quotations.refused("zh", "applications: {received: {natural_person: 2}}")
    with pytest.raises(LookupError, match="no rule T3"):
        quotations.rule("T3")
    assert quotations.refused("zh", "applications: {received: {natural_person: 2件}}").endswith("请写2，不带单位")


# ---------------------------------------------------------------- the built site


def test_no_page_asks_another_host(site: Path) -> None:
    for path in [*site.rglob("*.html"), *site.rglob("*.css")]:
        for asked in ASKED.findall(path.read_text("utf-8")):
            address = "".join(asked)
            assert not re.match(r"(?:\w+:)?//", address), f"{path}: {address}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_index_of_the_search_holds_the_words(site: Path, language: Language) -> None:
    index = json.loads((site / website.PLACES[language] / "search.json").read_text("utf-8"))
    for word in WORDS[language]:
        assert any(word in item["title"] + item["text"] for item in index["items"]), word


def results(page: Page, words: str) -> Locator:
    """What the search finds for some words."""
    field = page.get_by_role("combobox", include_hidden=True)
    field.wait_for(state="attached")  # until then nobody listens to the keys
    page.keyboard.press("Control+k")
    field.fill(words)
    return page.locator("a:has(mark)")


def test_words_are_found_from_the_file_system_and_pages_lead_to_the_other_language(
    site: Path, page: Page, complaints: list[str]
) -> None:
    page.goto((site / "rules.html").as_uri())
    found = results(page, "勾稽关系不成立")
    found.filter(has_text="常见错误").first.wait_for()
    found.filter(has_text="常见错误").first.click()
    page.get_by_role("heading", name="勾稽关系不成立").wait_for()
    page.get_by_role("link", name="English").click()
    assert page.url == (site / "en" / "questions.html").as_uri()
    page.get_by_role("heading", name="An identity does not hold").wait_for()
    page.get_by_role("link", name="中文").click()
    assert page.url == (site / "questions.html").as_uri()
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert complaints == []


def test_words_are_found_from_a_server(site: Path, browser: Browser) -> None:
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *arguments: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=site))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    own = f"http://127.0.0.1:{server.server_address[1]}/"
    context = browser.new_context()
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    try:
        page = context.new_page()
        page.goto(f"{own}index.html")
        results(page, "勾稽").first.wait_for()
    finally:
        context.close()
        server.shutdown()
        server.server_close()
    assert [address for address in asked if not address.startswith((own, "data:", "blob:"))] == []
