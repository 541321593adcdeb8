from __future__ import annotations

import re

from IPython.core.formatters import DisplayFormatter

from reportkit.display.parts import Part, note, remark, stylesheet


def test_a_part_carries_the_same_stylesheet_each_time() -> None:
    one, other = Part("<p>甲</p>", "甲"), Part("<p>乙</p>", "乙")
    assert one._repr_html_() == f"{stylesheet()}<p>甲</p>"
    assert other._repr_html_().removesuffix("<p>乙</p>") == one._repr_html_().removesuffix("<p>甲</p>")
    assert stylesheet().startswith("<style data-reportkit>")


def test_a_part_is_shown_as_html_and_as_a_few_words() -> None:
    data, _ = DisplayFormatter().format(Part("<p>甲</p>", "示例"))  # type: ignore[no-untyped-call]
    assert set(data) == {"text/html", "text/plain"}
    assert data["text/plain"] == "示例"


def test_a_remark_says_that_it_is_for_reviewers() -> None:
    data, metadata = DisplayFormatter().format(remark("示例。"))  # type: ignore[no-untyped-call]
    assert data["text/html"] == note("示例。")._repr_html_()
    assert data["text/plain"] == "示例。"
    assert metadata == {"reportkit": {"audience": "review"}}


def test_the_stylesheet_is_small_and_asks_no_other_host() -> None:
    css = stylesheet()
    assert len(css.encode()) < 3000
    assert not re.search(r"url\(|@import|@font-face|https?:|</(?!style>)", css)


def test_the_stylesheet_touches_only_its_own_classes() -> None:
    rules = re.sub(r"@page\{[^}]*\}|@media [^{]+\{", "", stylesheet().partition("\n")[2])
    selectors = [one for group in re.findall(r"([^{}]+)\{", rules) for one in group.split(",")]
    assert len(selectors) > 20
    assert all(selector.strip().startswith(".rk-") for selector in selectors)


def test_a_note_escapes_its_sentence() -> None:
    assert "<p>甲&lt;乙</p>" in note("甲<乙").html
    assert repr(note("甲<乙")) == "甲<乙"
