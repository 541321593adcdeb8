"""What all tests share: a project with open data, a browser without a network, and how property tests choose their examples."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

# What tests compare is English, whatever language the shell speaks that they were started from.
os.environ["REPORTKIT_LANG"] = "en"
# `make test` tries the same examples every time, so that a change is judged by what it changes; `make fuzz` tries new ones.
# None has to be done within a time: the machine may be busy.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.register_profile("searching", print_blob=True, deadline=None)
settings.load_profile("repeatable")


@pytest.fixture(scope="session")
def city_with_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo project with open data, which no test changes."""
    from datasets import make_city_with_data

    return make_city_with_data(tmp_path_factory.mktemp("data") / "city")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium: the executable that the environment variable CHROMIUM names, or the one on the path."""
    executable = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if executable is None:
        pytest.fail("no Chromium: `make test` installs it, or set the environment variable CHROMIUM to its path")
    from playwright import sync_api

    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable, args=CHROMIUM_ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page without a network; the test fails if the page requests anything but files and its own data."""
    context = browser.new_context(offline=True)
    requested: list[str] = []

    def stop(route: Route) -> None:
        if route.request.url.startswith(("file:", "data:", "blob:")):
            route.continue_()
        else:
            requested.append(route.request.url)
            route.abort()

    context.route("**/*", stop)
    yield context.new_page()
    context.close()
    assert not requested, f"the page requested {requested}"


@pytest.fixture
def complaints(page: Page) -> list[str]:
    """The errors and warnings in the browser's console, violations of the page's policy among them."""
    messages: list[str] = []
    page.on("console", lambda message: messages.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: messages.append(str(error)))
    return messages
