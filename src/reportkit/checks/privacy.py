"""The rule that no personal number is published: identity cards, mobile numbers, bank cards.

A finding is kept beside the page, so it never repeats the number: only its first and last digits.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from html import unescape

from reportkit.checks.finding import Finding
from reportkit.checks.rules import Rule, rule
from reportkit.checks.text import folded, plain
from reportkit.report import AnnualReport

# How far before a number the words may stand that say what it is.
_REACH = 20
_CLAUSE_START = re.compile(r"[0-9,。;、!?\n](?!\d{0,3}[〕\]])")
_WEB_ADDRESS = re.compile(r"(?:https?://|www\.)[\w.~:/?#@!$&*+=%-]+", re.IGNORECASE | re.ASCII)
# What follows a count, and no personal number: 13812345678次.
_COUNTER = re.compile(
    r"\s*[余多]?(?:次|元|万|亿|件|条(?!例)|人(?!民)|个(?!人)|份|项(?!目)|篇|户|家|册|页|字|吨|平方|公里|米|%|美元)"
)
_NUMBERED = re.compile(r"\s*号(?!码)")
_PERSONAL = (
    r"电话|手机|联系|热线|致电|拨打|微信|身份证|证件号|身份号|银行|卡号|账[号户]|帐[号户]|开户|户名|tel|phone|mobile"
)
_OFFICIAL = (
    r"代码|编[号码]|文号|案号|证号|单号|流水号|序号|登记号|备案号|批号|工号|识别号|税号|第(?=\s*$)|〔\d{4}〕|\[\d{4}\]"
    r"|(?:阅读|浏览|点击|访问|播放|转发|下载|关注|粉丝|用户)(?:总?[量数]|次数|人数)"
)
_IDENTITY = re.compile("身份证|证件号|身份号")
_CALLED = re.compile(rf"(?P<personal>{_PERSONAL})|(?P<official>{_OFFICIAL})", re.IGNORECASE)
# GB/T 2260: the first two digits of a place of registration.
_PROVINCES = re.compile("1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]|91")
# A number stands by itself: no digit, decimal point or letter joins it to something else.
_ALONE = r"(?:(?<![0-9A-Za-z])|(?<=tel)|(?<=phone)|(?<=mobile))(?<!\d[.,])"
_END = r"(?![0-9])(?![.,]\d)"
# What may part the digits of an identity card's number: it is too long to be written in one go, or for one line.
_PART = r"(?:[ -]|[ -]?\n[ -]?)?"


@rule(
    "PRIVACY",
    severity="error",
    meaning="公开的内容中没有身份证号码、个人手机号码、银行卡号",
    meaning_en="no identity-card, personal mobile or bank-card number is published",
    basis="{law}第十五条",
)
def personal_numbers(rule: Rule, report: AnnualReport) -> Iterator[Finding]:
    """A finding for each personal number, masked, in a text that will be published."""
    for place, text in _published_texts(report):
        # Markup may hide a number in the text as it is, and removing markup hides a link's target.
        versions = (folded(unescape(text)), plain(text))
        for kind, number in dict.fromkeys(found for version in versions for found in _numbers(version)):
            masked = number[:3] + "*" * (len(number) - 3 - kind.tail) + number[-kind.tail :]
            yield rule.finding(
                report,
                f"{place}中有疑似{kind.name}{masked}，公开前应当删去。",
                quote=masked,
            )


def _published_texts(report: AnnualReport) -> Iterator[tuple[str, str]]:
    """All texts that will be published, each with the name of its place."""
    for section in report.sections_with_text:
        yield f"“{section.title}”部分" if section.title else "引言", report.text(section)
    agency = report.agency
    yield from (("机关名称", agency.name), ("机关简称", agency.short), ("机关联系方式", agency.contact))


@dataclass(frozen=True)
class _Kind:
    """A kind of personal number: what it looks like, and whether it is one, given the clause before it."""

    name: str
    pattern: re.Pattern[str]
    is_one: Callable[[str, str], bool]
    tail: int


def _numbers(text: str) -> Iterator[tuple[_Kind, str]]:
    """The personal numbers in a folded text, without their separators; a digit belongs to one number only."""
    text = _WEB_ADDRESS.sub(" ", text)
    for kind in _KINDS:
        taken = []
        for match in kind.pattern.finditer(text):
            number = re.sub(r"[^0-9X]", "", match["number"].upper())
            before = _CLAUSE_START.split(text[max(0, match.start() - _REACH) : match.start()])[-1]
            if not _is_counted(text[match.end() : match.end() + 4], before) and kind.is_one(number, before):
                yield kind, number
                taken.append(match.span())
        for start, end in taken:
            text = text[:start] + " " * (end - start) + text[end:]


def _called(before: str) -> str:
    """What the clause before a number calls it: ``personal``, ``official``, or nothing."""
    called = ""
    for match in _CALLED.finditer(before):
        called = match.lastgroup or ""
    return called


def _is_counted(after: str, before: str) -> bool:
    """Whether the words after a number make it a count, or the number of a document."""
    return bool(_COUNTER.match(after) or (_NUMBERED.match(after) and _called(before) != "personal"))


def _is_identity_card(number: str, before: str) -> bool:
    if _called(before) == "official":
        return False
    check = sum(int(digit) * pow(2, 17 - at, 11) for at, digit in enumerate(number[:17]))
    # Where the text says what it is, a slip in the last digit hides nobody.
    is_sound = "10X98765432"[check % 11] == number[17] or _IDENTITY.search(before) is not None
    return is_sound and _is_person(number[:6], number[6:14])


def _is_old_identity_card(number: str, before: str) -> bool:
    return bool(_IDENTITY.search(before)) and _is_person(number[:6], f"19{number[6:12]}")


def _is_person(region: str, birthday: str) -> bool:
    try:
        born = date(int(birthday[:4]), int(birthday[4:6]), int(birthday[6:]))
    except ValueError:
        return False
    return bool(_PROVINCES.match(region)) and 1900 <= born.year < 2100


def _is_bank_card(number: str, before: str) -> bool:
    called = _called(before)
    # UnionPay, Visa and MasterCard by their lengths; older cards only where the text speaks of a card.
    issued = re.match(r"62\d{14,17}$|4\d{15}$|5[1-5]\d{14}$", number) or called == "personal"
    return bool(issued) and called != "official" and _passes_luhn(number)


def _passes_luhn(number: str) -> bool:
    doubled = (2 * int(digit) for digit in number[-2::-2])
    return (sum(map(int, number[::-2])) + sum(digit // 10 + digit % 10 for digit in doubled)) % 10 == 0


def _is_mobile(number: str, before: str) -> bool:
    return _called(before) != "official"


def _pattern(number: str, before: str = "") -> re.Pattern[str]:
    return re.compile(f"{_ALONE}{before}(?P<number>{number}){_END}", re.IGNORECASE)


_KINDS = (
    _Kind("身份证号码", _pattern(rf"[1-9](?:{_PART}\d){{16}}{_PART}[\dX]"), _is_identity_card, tail=2),
    _Kind(
        "银行卡号", _pattern(r"\d{16,19}|\d{4}(?:[ -]\d{4}){3}(?:[ -]?\d{1,3})?|\d{6} \d{10,13}"), _is_bank_card, tail=4
    ),
    _Kind("身份证号码", _pattern(r"[1-9]\d{14}"), _is_old_identity_card, tail=2),
    _Kind(
        "手机号码",
        _pattern(r"1[3-9]\d(?:[ .-]?\d{4}[ .-]?\d{4}|[ .-]\d{3}[ .-]\d{5})", r"(?:\(?(?:\+|00)?86\)?[ -]?|0)?"),
        _is_mobile,
        tail=4,
    ),
)
