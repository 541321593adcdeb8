"""A browser for the pages that reportkit makes, with the network cut off."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest

CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Chromium: the one that CHROMIUM names, or the one on the path."""
    executable = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if executable is None:
        pytest.fail("no Chromium: `make test` installs it; or name it in the environment variable CHROMIUM")
    from playwright import sync_api

    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable, args=CHROMIUM_ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """A page without a network; the test fails where it asks for anything but files and what it holds."""
    context = browser.new_context(offline=True)
    asked_for: list[str] = []

    def stop(route: Any) -> None:
        if route.request.url.startswith(("file:", "data:", "blob:")):
            route.continue_()
        else:
            asked_for.append(route.request.url)
            route.abort()

    context.route("**/*", stop)
    yield context.new_page()
    context.close()
    assert not asked_for, f"the page asked for {asked_for}"


@pytest.fixture
def complaints(page: Any) -> list[str]:
    """What the browser complains of: errors and warnings in its console, breaches of the page's policy."""
    heard: list[str] = []
    page.on("console", lambda message: heard.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: heard.append(str(error)))
    return heard
