"""Messages travel as values, and are said in the reader's language where they are shown."""

from __future__ import annotations

import copy
import gettext
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportkit.system.errors import InputError
from reportkit.system.language import (
    DOMAIN,
    Counted,
    Joined,
    Message,
    current_language,
    language_of,
    said,
    use_language,
)

KNOWN = Message("did you mean {near}?", near="x")


def test_a_message_is_its_english_text_and_can_be_said_in_chinese() -> None:
    assert KNOWN == "did you mean x?"
    assert said(KNOWN, "en") == "did you mean x?"
    assert said(KNOWN, "zh") == "是否为 x？"
    assert said("plain", "zh") == "plain"
    assert said(Message("no catalogue has this"), "zh") == "no catalogue has this"


def test_messages_within_messages_are_said_too() -> None:
    whole = Message("error: {message}", message=InputError(Message("{path}: no such thing", path=KNOWN)))
    assert whole == "error: did you mean x?: no such thing"
    assert said(whole, "zh") == "错误：是否为 x？: no such thing"
    assert said(Joined(Message(", "), [KNOWN, "y"]), "zh") == "是否为 x？、y"
    assert said(InputError(KNOWN), "zh") == "是否为 x？"
    assert said(Message("error: {message}", message=OSError(2, "nothing")), "zh") == "错误：[Errno 2] nothing"


@pytest.mark.parametrize(("count", "english"), [(0, "0 reports"), (1, "1 report"), (2, "2 reports")])
def test_words_follow_the_count(count: int, english: str) -> None:
    message = Counted("{count} report", "{count} reports", count=count)
    assert (message, said(message, "zh")) == (english, f"{count}份报告")


@pytest.mark.parametrize(
    "message",
    [
        KNOWN,
        Message("braces {} stay"),
        Counted("{count} report", "{count} reports", count=3),
        Joined(Message(", "), [KNOWN, "a"]),
        Joined("; ", []),
    ],
)
def test_a_message_comes_through_between_processes_as_it_was(message: Message) -> None:
    for again in (pickle.loads(pickle.dumps(message)), copy.deepcopy(message)):
        assert (type(again), again, said(again, "zh")) == (type(message), message, said(message, "zh"))
    error = pickle.loads(pickle.dumps(InputError(message)))
    assert said(error, "zh") == said(message, "zh")


@given(st.text(), st.text())
def test_what_stands_in_a_message_is_never_read_as_a_template(path: str, near: str) -> None:
    told = Message("{path}: {meant}", path=path, meant=Message("did you mean {near}?", near=near))
    assert said(told, "zh") == f"{path}: 是否为 {near}？"


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "C"}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "en_GB.UTF-8"}, "en"),
        ({"LANG": "en_US", "LC_MESSAGES": "zh_TW"}, "zh"),
        ({"LANGUAGE": "fr:zh:en", "LANG": "en_US"}, "zh"),
        ({"LANGUAGE": "de", "LANG": "zh_CN"}, "en"),
        ({"LANG": "zh_CN", "REPORTKIT_LANG": "en"}, "en"),
        ({"LANG": "C", "REPORTKIT_LANG": "ZH"}, "zh"),
        ({"LANG": "zh_CN", "REPORTKIT_LANG": "klingon"}, "zh"),
    ],
)
def test_the_language_follows_the_environment(environment: dict[str, str], language: str) -> None:
    assert language_of(environment) == language


def test_where_the_environment_names_none_the_system_is_asked() -> None:
    assert language_of({}, lambda: "zh_CN") == "zh"
    assert language_of({"LANG": "en_US"}, lambda: "zh_CN") == "en"


def test_a_language_in_use_holds_for_libraries_and_for_processes_started(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("REPORTKIT_LANG", "LANGUAGE"):
        monkeypatch.setenv(name, "en")  # so that both are restored after the test
    before = gettext.textdomain()
    try:
        assert use_language("zh") == "zh"
        assert current_language() == "zh"
        assert gettext.gettext("Usage:") == "用法："
        assert said(KNOWN) == "是否为 x？"
        assert use_language("en") == "en"
        assert gettext.gettext("Usage:") == "Usage:"
        assert gettext.textdomain() == DOMAIN
    finally:
        gettext.textdomain(before)
