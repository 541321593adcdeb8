"""The digest of the package knows of every library that makes a page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from reportkit.build.package import package_digest
from reportkit.publish import formats


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    """Work the digest out anew for each test."""
    package_digest.cache_clear()
    yield
    package_digest.cache_clear()


def test_the_tools_of_a_format_belong_to_the_digest(monkeypatch: pytest.MonkeyPatch) -> None:
    before = package_digest()
    package_digest.cache_clear()
    assert package_digest() == before
    for package in ("pytest", "nothing-of-that-name"):  # installed, and not
        added = formats.Format("word", "report.docx", "", lambda _: b"", (formats.Tool("module", package),))
        monkeypatch.setattr(formats, "FORMATS", (*formats.FORMATS, added))
        package_digest.cache_clear()
        assert package_digest() != before
        before = package_digest()
