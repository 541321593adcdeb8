"""Findings as comments of a Word document."""

from __future__ import annotations

from typing import Any

import pytest
from docx.document import Document
from docx.oxml.ns import qn
from lxml.html import fragment_fromstring, tostring

from publish.made import executed
from publish.test_word import opened, report_with
from reportkit.checks.finding import SEVERITIES
from reportkit.checks.finding import WAIVED as WAIVED_LOOK
from reportkit.publish.word import review
from reportkit.publish.word.comments import LOOKS, WAIVED, mark


def finding(**fields: Any) -> dict[str, Any]:
    return {"rule": "T3-SUM", "severity": "error", "message": "示例", "cells": [], "quote": None, **fields}


def commented(document: Document) -> list[tuple[str, str]]:
    """What each comment says first, and the words that it stands at."""
    said = []
    for comment in document.comments:
        started, ended = (f"w:commentRange{end}[@w:id='{comment.comment_id}']" for end in ("Start", "End"))
        inside = f"//w:t[preceding::{started} and following::{ended}]"
        words = "".join(text.text for text in document.element.xpath(inside))
        said.append((comment.paragraphs[0].text, words))
    return said


def test_severities_look_as_they_do_elsewhere() -> None:
    assert {key: (look.word, look.tint.removeprefix("#").upper()) for key, look in SEVERITIES.items()} == dict(LOOKS)
    assert WAIVED_LOOK.word == WAIVED


def test_a_comment_stands_at_the_first_cell_and_all_are_tinted() -> None:
    cells = [f"applications.received.{column}" for column in ("total", "natural_person", "nowhere")]
    document = opened(review(executed(report_with(), findings=[finding(cells=cells)])))
    assert commented(document) == [("错误 T3-SUM：示例", "3")]
    tinted = document.element.body.xpath(".//w:tc[w:tcPr/w:shd/@w:fill='FDECEB']")
    assert len(tinted) == 2


def test_a_comment_stands_at_the_words_that_a_finding_quotes() -> None:
    report = report_with(overview="（一）示例。受理**3**件，\n答复4件。", other="答复4件")
    document = opened(review(executed(report, findings=[finding(quote="受理3件，答复4件")])))
    assert commented(document) == [("错误 T3-SUM：示例", "受理3件，答复4件")]


def test_words_that_several_findings_quote_have_several_comments() -> None:
    findings = [finding(quote="受理3件"), finding(quote="3件，答复"), finding(quote="受理3件，答复4件")]
    document = opened(review(executed(report_with(overview="受理3件，答复4件。"), findings=findings)))
    assert [words for _, words in commented(document)] == ["受理3件", "3件，答复", "受理3件，答复4件"]


def test_a_finding_of_nothing_on_the_page_stands_at_the_title() -> None:
    findings = [finding(), finding(quote="无处可寻"), finding(cells=["disclosure.nowhere"])]
    document = opened(review(executed(report_with(), findings=findings)))
    assert len(commented(document)) == 3
    assert all(words.startswith("示例市示例局") for _, words in commented(document))


def test_what_a_finding_says_is_harmless() -> None:
    document = opened(
        review(executed(report_with(), findings=[finding(message="甲\x0b\ud800<b>", suggestion="乙\n丙")]))
    )
    (comment,) = document.comments
    assert [paragraph.text for paragraph in comment.paragraphs] == ["错误 T3-SUM：甲\\u000b?<b>", "建议：乙", "丙"]


def test_a_cell_that_holds_blocks_can_be_tinted_or_not_but_its_comment_is_there() -> None:
    table = '<table><tr><td id="applications.nowhere.total"><ul><li>甲</li></ul></td></tr></table>'
    findings = [finding(cells=["applications.nowhere.total"])]
    document = opened(review(executed(report_with(), {"text/html": table}, findings=findings)))
    assert len(list(document.comments)) == 1


def test_a_blank_cell_can_be_commented() -> None:
    report = report_with({"applications.received.natural_person": None})
    findings = [finding(cells=["applications.received.natural_person"], severity="warning")]
    document = opened(review(executed(report, findings=findings)))
    assert commented(document) == [("警告 T3-SUM：示例", "")]
    assert document.element.body.xpath(".//w:tc[w:tcPr/w:shd/@w:fill='FFF6E0']//w:commentRangeStart")


def test_the_gravest_finding_of_a_cell_gives_its_tint() -> None:
    cells = ["applications.received.total"]
    findings = [finding(cells=cells), finding(cells=cells, severity="info")]
    document = opened(review(executed(report_with(), findings=findings)))
    assert document.element.body.xpath(".//w:shd/@w:fill") == ["FDECEB"]
    assert len(commented(document)) == 2


def test_a_comment_says_what_to_do_and_what_asks_for_it() -> None:
    waived = {"reason": "属实", "by": "示例"}
    said = finding(suggestion="改为3", basis="《条例》", waived=waived, cells=["applications.received.total"])
    document = opened(review(executed(report_with(), findings=[said])))
    (comment,) = document.comments
    assert (comment.author, comment.timestamp and comment.timestamp.date().isoformat()) == ("勾稽校验", "2024-01-19")
    assert [paragraph.text for paragraph in comment.paragraphs] == [
        "错误（已豁免） T3-SUM：示例",
        "建议：改为3",
        "依据：《条例》",
        "豁免理由：属实（示例）",
    ]
    assert not document.element.body.xpath(".//w:shd")


def test_no_marks_are_left() -> None:
    findings = [finding(quote="示例"), finding(cells=["applications.received.total"])]
    document = opened(review(executed(report_with(overview="示例。"), findings=findings)))
    names = [start.get(qn("w:name")) for start in document.element.body.iter(qn("w:bookmarkStart"))]
    assert [name for name in names if name.startswith("remark")] == []


@pytest.mark.parametrize(
    ("html", "quote", "marked"),
    [
        ("<p>甲乙丙</p>", "乙", '<p>甲<span id="remark-1">乙</span>丙</p>'),
        ("<p>甲<b>乙</b>丙</p>", "甲乙", '<p><span id="remark-1">甲</span><b><span id="remark-2">乙</span></b>丙</p>'),
        ("<p>甲乙<b>丙</b><i>丁</i></p>", "乙", '<p>甲<span id="remark-1">乙</span><b>丙</b><i>丁</i></p>'),
        ("<p>甲<b>乙</b>丙丁<i>戊</i></p>", "丁", '<p>甲<b>乙</b>丙<span id="remark-1">丁</span><i>戊</i></p>'),
        ("<p>甲</p>", "乙", "<p>甲</p>"),
        ("<p>甲</p>", " ", "<p>甲</p>"),
        ("<p>甲</p><p>乙</p>", "甲 乙", '<p><span id="remark-1">甲</span></p><p><span id="remark-2">乙</span></p>'),
    ],
)
def test_words_are_marked_in_every_piece_of_text_that_holds_some(html: str, quote: str, marked: str) -> None:
    article = fragment_fromstring(f"<article>{html}</article>")
    mark(article, [finding(quote=quote)])
    assert tostring(article, encoding="unicode") == f"<article>{marked}</article>"
