"""A text as tokens: numbers with what they measure, years, words that are known, punctuation, and what is left."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from itertools import pairwise

from reportkit.claims.vocabulary import Roles, declared, vocabulary
from reportkit.text import read_numeral

__all__ = ["Token", "tokens_of"]

_PUNCTUATION = {
    **dict.fromkeys("。.!?\n", "stop"),
    ";": "semicolon",
    ",": "comma",
    ":": "colon",
    "、": "pause",
    **dict.fromkeys("([〔【", "open"),
    **dict.fromkeys(")]〕】", "close"),
}
# A line that goes on in the next: it is longer than a heading or has a comma, and the next begins no item of a list.
_HEADING = 20
_GOES_ON = re.compile(
    r"[ \t]*(?![ \t]*(?:[一二三四五六七八九十]{1,3}[、是]|\d{1,2}[.、．](?!\d)|第[一二三四五六七八九十]))"
    r"[^\s\u3000#>*+\-|（(①-⑳]"
)
_ZEROS = {"万": 4, "亿": 8}
_SKIPPED = frozenset(" \t\r\u3000\u00a0\u200b\ufeff*_`“”\"'")
_CHINESE = "零〇一二三四五六七八九十百千两廿卅"
_DIGITS = r"(?:\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?)"
_YEAR = r"(?:(?:19|20)\d\d|[一二][〇○零O0九][〇○零O一二三四五六七八九\d]{2})"
_FIRST_DAY = r"(?:0?1|一|元)(?:月|[./-])(?:0?1|一)(?!\d)(?:日|号)?(?:零时|0时)?(?:起|始)?"
_LAST_DAY = r"(?:12|十二)(?:月|[./-])(?:31|三十一)(?!\d)(?:日|号)?(?:24时)?(?:止|期间)?"
_TO = r",?(?:至|到|-|—|–|―|~|～|截至|截止|于)+"
_PERIOD = re.compile(
    rf"(?:自|从)?(?P<first>{_YEAR})(?:年|[./-]){_FIRST_DAY}{_TO}(?:当年|同年|本年)?"
    rf"(?:(?P<last>{_YEAR})(?:年|[./-]))?{_LAST_DAY}"
)
# 2022年度（1月1日至12月31日）
_PERIOD_OF_YEAR = re.compile(
    rf"(?P<first>{_YEAR})年(?:度?\({_FIRST_DAY}{_TO}{_LAST_DAY}\)|(?:1|一)月?(?:至|到|-|—|–|~)+(?:12|十二)月(?!\d))"
)
_PARTIAL = re.compile(
    rf"(?:(?:{_YEAR})年)?(?:\d{{1,2}}|[一二三四五六七八九十]{{1,3}})月?(?:份)?(?:至|到|-|—|–|~|～)"
    r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})月(?:份)?(?!\d*日)"
)
_SEVERAL_YEARS = re.compile(rf"近(?:\d{{1,2}}|[{_CHINESE}几]{{1,2}})个?(?:年|年度)(?:以来|来|间|内)?")
_WHOLE_YEAR = re.compile(r"(?:0?1|一)月?(?:份)?(?:至|到|-|—|–|~|～)(?:12|十二)月(?:份)?")
_DATE = re.compile(
    rf"(?:(?P<year>{_YEAR})年)?(?:\d{{1,2}}|[一二三四五六七八九十]{{1,3}})月(?:份|底|末|初)?"
    r"(?:(?:\d{1,2}|[一二三四五六七八九十]{1,3})[日号])?"
)
_YEAR_ALONE = re.compile(rf"(?P<year>{_YEAR})(?:年度|年底|年末|年初|年)")
_ORDINAL = re.compile(rf"第(?:\d+|[{_CHINESE}]+)[一-鿿]?")
_MARK = re.compile(rf"(?:\((?:[{_CHINESE}]+|\d{{1,2}})\)|[{_CHINESE}]+、|\d{{1,2}}[.、](?!\d)|[①-⑳])")
_ITEM = re.compile(rf"(?:[{_CHINESE}]{{1,2}}是|第[{_CHINESE}]{{1,2}}[,是])")
_LAW = re.compile(r"(?:〔|\[|\()?20\d\d(?:〕|\]|\))\d+号")
_TENTHS = re.compile(r"(?P<words>[一二两三四五六七八九])成(?P<half>半)?(?P<after>以上|左右|多|以内)?")
_PERCENT = re.compile(
    rf"(?P<before>约|近|接近|超过|超|逾|不足|将近)?(?:(?P<number>{_DIGITS})(?:%|‰)|百分之(?P<words>[{_CHINESE}]+(?:点[{_CHINESE}]+)?))"
    r"(?P<after>左右|以上|以内)?"
)


@dataclass(slots=True)  # frozen ones take three times as long to make, and a text has hundreds
class Token:
    """A piece of the text that the grammar takes as one.

    Parameters
    ----------
    kind
        ``figure`` (a number with a measure, or without), ``percent``, ``period``, ``year``, ``partial`` (part of a
        year), ``mark`` (a numeral that counts items), ``word``, ``unknown``, or what a punctuation mark does:
        ``stop``, ``semicolon``, ``comma``, ``colon``, ``pause``, ``open``, ``close``.
    text
        In half width.
    start, end
        Where it stands.
    roles
        What a word may be.
    value
        The number, or the year.
    unit
        Its measure: 件, 万元, %; empty for a bare number.
    approximate
        Whether the number is said to be about right.
    """

    kind: str
    text: str
    start: int
    end: int
    roles: Roles = field(default_factory=dict)
    value: Decimal = Decimal(0)
    unit: str = ""
    approximate: bool = False

    def __contains__(self, role: str) -> bool:
        return role in self.roles

    @property
    def is_persons(self) -> bool:
        """Whether it is a number of persons or bodies, which counts requests only by who asked."""
        return self.kind == "figure" and self.unit in declared()["measures"]["persons"]

    @property
    def is_counted(self) -> bool:
        """Whether it is a number of things such as the form counts."""
        return self.kind == "figure" and self.unit in _counted()


def tokens_of(text: str) -> list[Token]:
    """The tokens of a text, in order; white space and marks of emphasis are left out.

    Parameters
    ----------
    text
        A text as it was typed.

    Returns
    -------
    list of Token
        Each with its place in the text as it was given.

    Examples
    --------
    >>> [(token.kind, token.text) for token in tokens_of("收到申请１２件。")]
    [('word', '收到'), ('word', '申请'), ('figure', '12件'), ('stop', '。')]
    """
    wrapped = set(_wraps(text))
    places = [place for place, character in enumerate(text) if character not in _SKIPPED and place not in wrapped]
    folded = "".join([_half(text[place]) for place in places])
    tokens = list(_joined(_scan(folded)))
    for token in tokens:  # their places in the text as it was given
        token.start, token.end = places[token.start], places[token.end - 1] + 1
    return tokens


def _wraps(text: str) -> Iterator[int]:
    """Where a line ends within a sentence, since whoever typed it wrapped the line."""
    at = 0
    for line, following in pairwise(text.split("\n")):
        at += len(line) + 1
        typed = line.rstrip()
        is_sentence = len(typed) >= _HEADING or any(comma in typed for comma in "，,；;")
        if is_sentence and typed[-1] not in "。！？!?：:" and _GOES_ON.match(following):
            yield at - 1


@cache
def _half(character: str) -> str:
    half = unicodedata.normalize("NFKC", character)
    return half if len(half) == 1 and unicodedata.category(character) != "No" else character  # ① is no 1


def _scan(text: str) -> Iterator[Token]:
    words, at, line_begins = vocabulary(), 0, True
    while at < len(text):
        character = text[at]
        token = _marked(text, at) if line_begins else None
        if token is None and character in _numeric():
            token = _number_or_date(text, at)
        word = words.longest_at(text, at)
        if word and (token is None or len(word) > token.end - token.start):
            token = Token("word", word, at, at + len(word), words.words[word])
        if token is None:
            kind = _PUNCTUATION.get(character, "unknown")
            token = Token(kind, character, at, at + 1)
        yield token
        line_begins = token.kind in ("stop", "semicolon", "colon", "mark")
        at = token.end


def _joined(tokens: Iterator[Token]) -> Iterator[Token]:
    """The tokens, with unknown characters that follow each other as one."""
    held: Token | None = None
    for token in tokens:
        if held is not None and token.kind == "unknown" and token.start == held.end:
            held = Token("unknown", held.text + token.text, held.start, token.end)
            continue
        if held is not None:
            yield held
        held = token if token.kind == "unknown" else None
        if held is None:
            yield token
    if held is not None:
        yield held


def _marked(text: str, at: int) -> Token | None:
    found = _MARK.match(text, at) or _ITEM.match(text, at)
    return Token("mark", found[0], at, found.end()) if found else None


def _number_or_date(text: str, at: int) -> Token | None:
    """The number, day, year or period that begins at a place."""
    character = text[at]
    if character in "第〔[(":
        found = _ORDINAL.match(text, at) if character == "第" else _LAW.match(text, at)
        return Token("unknown", found[0], at, found.end()) if found else None
    if found := _SEVERAL_YEARS.match(text, at):
        return Token("word", found[0], at, found.end(), {"ever": ()})
    if found := _PERIOD.match(text, at):
        first, last = _year(found["first"]), _year(found["last"] or found["first"])
        return Token("period", found[0], at, found.end(), value=Decimal(first if first == last else 0))
    if found := _PERIOD_OF_YEAR.match(text, at):
        return Token("period", found[0], at, found.end(), value=Decimal(_year(found["first"])))
    if found := _PARTIAL.match(text, at):
        whole = _WHOLE_YEAR.fullmatch(found[0])  # 1月至12月
        return Token("word" if whole else "partial", found[0], at, found.end(), {"this": ()} if whole else {})
    if found := _YEAR_ALONE.match(text, at):
        day = _DATE.match(text, at)
        end = max(found.end(), day.end() if day else 0)
        return Token(
            "year" if end == found.end() else "day", text[at:end], at, end, value=Decimal(_year(found["year"]))
        )
    if (character.isdigit() or character in _CHINESE) and (found := _DATE.match(text, at)):
        return Token("day", found[0], at, found.end())
    if found := _PERCENT.match(text, at):
        rounded = bool(found["before"] or found["after"])
        return Token("percent", found[0], at, found.end(), value=_percentage(found), unit="%", approximate=rounded)
    if (found := _TENTHS.match(text, at)) and (number := read_numeral(found["words"])) is not None:
        value = Decimal(number * 10 + (5 if found["half"] else 0))
        return Token("percent", found[0], at, found.end(), value=value, unit="%", approximate=True)
    return _figure(text, at)


def _figure(text: str, at: int) -> Token | None:
    found = _pattern().match(text, at)
    if found is None:
        return None
    written, size, unit = found["number"], found["size"] or "", found["unit"] or ""
    if written[0].isdigit():
        value = Decimal(written.replace(",", "").replace(" ", ""))
    else:
        if not unit and (written not in "零〇" or text[found.end() : found.end() + 1].isalpha()):
            return None  # 零败诉 is no number, 均为零 is one
        number = read_numeral(written.replace("廿", "二十").replace("卅", "三十"))
        if number is None:
            return None
        value = Decimal(number)
    rounded = False
    if size and not unit and _is_money(text, at):
        unit = "元"
    if size == "亿" and unit in _money():
        value, unit = (value * 10_000).normalize(), f"万{unit}"
    elif size and unit in _money():
        unit = size + unit
    elif size:
        rounded = len(written.partition(".")[2]) < _ZEROS[size]
        value = (value.scaleb(_ZEROS[size])).quantize(Decimal(1))
    approximate = rounded or bool(found["before"] or found["within"] or found["after"])
    return Token("figure", found[0], at, found.end(), value=value, unit=unit, approximate=approximate)


def _is_money(text: str, at: int) -> bool:
    """Whether a number of 万 that names no unit follows a word for money."""
    return any(word in text[max(0, at - 8) : at] for word in ("收费", "金额", "收入"))


@cache
def _pattern() -> re.Pattern[str]:
    """A number with what makes it approximate, and its measure."""
    approximate, measures = declared()["approximate"], declared()["measures"]
    units = sorted(
        {*measures["counted"], *measures["persons"], *measures["other"], *measures["money"]}, key=len, reverse=True
    )
    listed = "|".join(map(re.escape, units))
    before, within, after = ("|".join(map(re.escape, approximate[key])) for key in ("before", "within", "after"))
    return re.compile(
        rf"(?P<before>(?:{before}))?(?P<number>{_DIGITS}|[{_CHINESE}]+)(?P<within>{within})?(?P<size>万|亿)?"
        rf"(?:{within})?(?P<unit>(?:{listed})(?!例\b)(?<!条(?=例))(?<!件(?=事))(?<!个(?=人))(?<!项(?=目)))?(?P<after>{after})?"
    )


@cache
def _counted() -> frozenset[str]:
    return frozenset(declared()["measures"]["counted"])


@cache
def _money() -> frozenset[str]:
    return frozenset(declared()["measures"]["money"])


@cache
def _numeric() -> frozenset[str]:
    """The characters with which a number, a day, a year or a period may begin."""
    return frozenset("0123456789第〔[(自从百约近超逾将接大不至数几上突高多") | set(_CHINESE) | _leading()


@cache
def _leading() -> frozenset[str]:
    """The characters with which an approximate number begins."""
    return frozenset(word[0] for word in declared()["approximate"]["before"])


def _year(written: str) -> int:
    number = read_numeral(written.replace("○", "〇").replace("O", "〇"))
    return number or 0


def _percentage(found: re.Match[str]) -> Decimal:
    if found["number"]:
        value = Decimal(found["number"].replace(",", ""))
        return value / 10 if "‰" in found[0] else value
    whole, _, fraction = found["words"].partition("点")
    digits = "".join(str(read_numeral(digit)) for digit in fraction)
    return Decimal(f"{read_numeral(whole) or 0}.{digits}") if digits else Decimal(read_numeral(whole) or 0)
