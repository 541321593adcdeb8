"""Percentages: what share of a whole something is, and by how much it has grown since last year."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal

from reportkit.claims.phrases import OTHER, Phrases, Thing
from reportkit.claims.record import Draft, Record
from reportkit.claims.tokens import Token

__all__ = ["grows", "take_growth_in_words", "take_percentage", "take_shares", "take_times"]

_COMPARED = ("compared", "last")
_GROWTH = (*_COMPARED, "up", "down")


def take_percentage(figure: Token, before: Sequence[Token], record: Record, phrases: Phrases) -> None:
    """Note what a percentage says, if it says something of the tables.

    Parameters
    ----------
    figure
        The percentage.
    before
        The words before it.
    record
        What has been read so far.
    phrases
        Finds what the words count.
    """
    roles = {role for token in before for role in token.roles}
    if {"compared", "up", "down"} & roles and "share" not in roles:
        _take_growth(figure, before, record, phrases)
    elif {"outcome_rate", "answered_rate", "result_rate"} & roles:
        _take_rate(figure, before, record)
    elif not before or "share" in roles:
        _take_share(figure, before, record, phrases)


def take_shares(figures: Sequence[Token], record: Record) -> None:
    """Note the shares of the parts that were listed before: 占比分别为27%、35%.

    Parameters
    ----------
    figures
        The percentages, one for each part.
    record
        What has been read so far.
    """
    parts = [draft for draft in record.sentence if draft.kind == "part"][-len(figures) :]
    if len(parts) == len(figures):
        for figure, part in zip(figures, parts, strict=True):
            _add_share(figure, part, figure.start, record)


def take_growth_in_words(tokens: Sequence[Token], record: Record, phrases: Phrases) -> None:
    """Note a growth that is said without a number: 与上年持平, 同比翻番.

    Parameters
    ----------
    tokens
        The clause.
    record
        What has been read so far.
    phrases
        Finds what the words count.
    """
    word = next(token for token in tokens if "level" in token or "doubled" in token)
    percent = Decimal(0) if "level" in word else Decimal(100)
    figure = replace(word, kind="percent", value=percent, unit="%", roles={})
    before = [token for token in tokens if token.start < word.start]
    if any(set(_COMPARED) & set(token.roles) for token in before):
        _take_growth(figure, before, record, phrases)


def take_times(figure: Token, before: Sequence[Token], record: Record, phrases: Phrases) -> None:
    """Note a growth of so many times: 增长1.5倍.

    Parameters
    ----------
    figure
        The number of times.
    before
        The words before it.
    record
        What has been read so far.
    phrases
        Finds what the words count.
    """
    if any("up" in token for token in before) and any("compared" in token or token.kind == "year" for token in before):
        _take_growth(replace(figure, kind="percent", value=figure.value * 100, unit="%"), before, record, phrases)


def grows(before: Sequence[Token]) -> bool:
    """Whether a number says by how much something has grown.

    Parameters
    ----------
    before
        The words before it.

    Returns
    -------
    bool
        True for 同比增加12件.

    Examples
    --------
    >>> from reportkit.claims.tokens import tokens_of
    >>> grows(tokens_of("较上年增加"))
    True
    """
    near = before[-4:]
    return any("compared" in token for token in near) or any(_changes(token) for token in near[-1:])


def _changes(token: Token) -> bool:
    return "up" in token or "down" in token


def _unknown(tokens: Iterable[Token]) -> bool:
    return any(token.kind == "unknown" for token in tokens)


def _take_growth(figure: Token, before: Sequence[Token], record: Record, phrases: Phrases) -> None:
    at = next(at for at, token in enumerate(before) if set(_GROWTH) & set(token.roles))
    named = phrases.before(before[:at], record.context, None) if at else record.changed
    if named is OTHER or _unknown(before[at:]):
        return
    spoken_of, whole = record.last, record.whole
    if spoken_of is not None and spoken_of.kind not in ("count", "part", "denial"):
        spoken_of = None
    of_new = spoken_of is not None and spoken_of.thing.stage == "new"  # 新收申请12件，申请量增长8% is of those
    if named is not None and named.readings and not (at and of_new and named.stage == "received"):
        thing, readings = named, named.readings
        if record.topic.name != named.topic:
            record.turn_to(named.topic, named.rows)
    elif spoken_of is not None and spoken_of.kind == "part" and whole is not None:
        # The whole may be meant, or its part: 网络60件、信函6件，较上年增长8%.
        thing, readings = spoken_of.thing, tuple(dict.fromkeys((*spoken_of.readings, *whole.readings)))
    elif spoken_of is not None and spoken_of.readings:
        thing, readings = spoken_of.thing, spoken_of.readings
    else:
        return
    draft = record.add("growth", figure, replace(thing, start=before[at].start, end=-1), readings, aside=True)
    if any("down" in token for token in before[at:]):
        draft.value = -figure.value


def _take_rate(figure: Token, before: Sequence[Token], record: Record) -> None:
    """Take 公开率, 办结率 of the requests that the text speaks of."""
    cells, named = record.cells, any("on_request" in token for token in before)
    if _unknown(before) or any("other" in token and "matter" not in token for token in before):
        return
    if result := next((token.roles["result_rate"] for token in before if "result_rate" in token), None):
        _take_result_rate(figure, before[0].start, result, record)
        return
    if record.topic.name != "requests" and not named:
        return
    granted = next((token.roles["outcome_rate"] for token in before if "outcome_rate" in token), None)
    readings = (*cells.outcome(granted), *cells.outcome(granted[:1])) if granted else cells.stage("answered")
    thing = Thing("requests", "rate", start=before[0].start)
    record.add("share", figure, thing, readings, aside=True).of = record.wholes


def _take_result_rate(figure: Token, start: int, results: tuple[str, ...], record: Record) -> None:
    """Take 维持率, 纠错率 of the reviews or lawsuits that the text speaks of."""
    topic = record.topic
    if topic.name == "cases" and topic.rows and (readings := record.cells.case(topic.rows, results)):
        thing = Thing("cases", "rate", start=start)
        record.add("share", figure, thing, readings, aside=True).of = record.cells.case(topic.rows)


def _take_share(figure: Token, before: Sequence[Token], record: Record, phrases: Phrases) -> None:
    rest = [token for token in before if "share" not in token]
    named = phrases.before(rest, record.context, figure) if rest else None
    if named is not None:
        if named.dimension == "applicant" and not named.readings:
            named = replace(named, readings=record.cells.stage("received", named.columns))
        if named.topic == "requests" and named.dimension in ("outcome", "applicant") and named.readings:
            received = record.cells.stage("received") if named.dimension == "applicant" else ()
            wholes = tuple(dict.fromkeys((*record.wholes, *received)))
            record.add("share", figure, named, named.readings, aside=True).of = wholes
        return
    last, other = record.last, any(set(token.roles) == {"other"} for token in before)
    if last is not None and last.kind in ("part", "count") and not _unknown(before) and not other:
        _add_share(figure, last, before[0].start if before else figure.start, record)


def _add_share(figure: Token, part: Draft, start: int, record: Record) -> None:
    if part.readings:
        thing = replace(part.thing, start=start, end=-1)
        draft = record.add("share", figure, thing, part.readings, aside=True)
        draft.of = part.of or record.wholes
        if part.thing.dimension == "outcome":
            draft.of = tuple(dict.fromkeys((*draft.of, *record.cells.stage("answered"))))
