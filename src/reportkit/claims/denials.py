"""Denials: that no request came in, that there was no review and no lawsuit, that nothing was charged."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from reportkit.claims.phrases import VERBS, Phrases, Thing
from reportkit.claims.record import Record
from reportkit.claims.tokens import Token

__all__ = ["is_denied", "take_denial", "take_nought"]

# Words that only say that something did not happen.
_IDLE = frozenset({"happen", "counting", "adverb", "this", "by"})
# Words beside an outcome that is denied.
_BESIDE_OUTCOME = frozenset({"outcomes", "and_so_on", "counting", "item", "matter", "happen", "join", "adverb", "by"})
_IS_RECEIVED = frozenset({"received", "new", "counting", "adverb", "happen", "item"})
# What may follow the name of requests that is denied.
_AFTER_REQUESTS = frozenset({"item", "open", "matter", "counting", "asker", "submitted", "join", "happen"})


@dataclass(frozen=True)
class _Denied:
    """What is denied, with the first and the last word that names it."""

    thing: Thing
    first: Token
    last: Token


def is_denied(tokens: Sequence[Token], figure: Token) -> bool:
    """Whether a figure only strengthens a denial: 没有1件.

    Parameters
    ----------
    tokens
        The words before it.
    figure
        The figure.

    Returns
    -------
    bool
        True if it says no more than the word before it.

    Examples
    --------
    >>> from reportkit.claims.tokens import tokens_of
    >>> *before, figure = tokens_of("没有1件")
    >>> is_denied(before, figure)
    True
    """
    return bool(tokens) and "nothing" in tokens[-1] and figure.kind == "figure" and figure.value <= 1


def take_denial(tokens: Sequence[Token], at: int, record: Record, phrases: Phrases) -> None:
    """Note what a clause denies: what stands behind the word that denies, or before it where nothing follows.

    Parameters
    ----------
    tokens
        The clause.
    at
        Where the word stands that denies.
    record
        What has been read so far.
    phrases
        Finds what the words count.
    """
    no = tokens[at]
    scope = _named(tokens[at + 1 :]) or _named(_without_subject(tokens[:at]))
    scope = [*(token for token in tokens[:at] if {"from_last", "to_next"} & set(token.roles) and scope), *scope]
    rows = next((token.roles["cases"] for token in reversed(tokens[:at]) if "cases" in token), ())
    if rows and record.topic.rows != rows:
        record.turn_to("cases", rows)  # 行政诉讼未有败诉案件
    for denied in _denials(scope, record, phrases):
        begins = denied.first is scope[0] and denied.first.start > no.start
        thing = replace(denied.thing, start=no.start if begins else denied.first.start, end=denied.last.end)
        follows = denied.first.start < no.start
        figure = replace(no if follows else denied.last, kind="figure", value=Decimal(0), unit="", roles={})
        draft = record.add("denial", figure, thing, thing.readings)
        if thing.topic == "fee":
            draft.about = "handling_fee"
        elif thing.topic == "requests" and record.topic.name != "requests":
            record.turn_to("requests")
        record.last = None


def take_nought(tokens: Sequence[Token], record: Record) -> None:
    """Note 零败诉, 零复议, 免收信息处理费.

    Parameters
    ----------
    tokens
        The clause.
    record
        What has been read so far.
    """
    for token, following in zip(tokens, [*tokens[1:], None], strict=True):
        figure = replace(token, kind="figure", value=Decimal(0), unit="", roles={})
        if "free" in token and (record.topic.name in ("requests", "fee") or any("called" in one for one in tokens)):
            record.add("denial", figure, Thing("fee", "fee"), ()).about = "handling_fee"
        elif "zero" in token and following is not None:
            for readings in (_none_of(following, record),):
                if readings:
                    topic = "cases" if {"cases", "results"} & set(following.roles) else "requests"
                    thing = Thing(topic, "zero", readings, token.start, following.end)
                    record.add("denial", figure, thing, readings)
    record.last = None


def _none_of(token: Token, record: Record) -> tuple[tuple[str, ...], ...]:
    """The cells of reviews or lawsuits, or of results, that a word behind 零 names."""
    if "cases" in token:
        return record.cells.case(token.roles["cases"])
    if "asking" in token or "on_request" in token or "received" in token:
        return record.cells.stage("new")
    if "answered" in token:
        return record.cells.stage("answered")
    rows = token.roles.get("lost", record.topic.rows if record.topic.name == "cases" else ())
    return record.cells.case(rows, token.roles["results"][:1]) if "results" in token else ()


def _named(tokens: Sequence[Token]) -> list[Token]:
    """The tokens, if they name something."""
    kept = [token for token in tokens if token.kind != "mark"]
    return kept if any(token.kind == "word" and not set(token.roles) <= _IDLE for token in kept) else []


def _without_subject(tokens: Sequence[Token]) -> Sequence[Token]:
    """The tokens without the time and the body that a clause begins with."""
    subject = {"own", "area", "government", "office", "this"}
    begin = next(
        (at for at, token in enumerate(tokens) if token.kind not in ("year", "day") and not subject & set(token.roles)),
        len(tokens),
    )
    return tokens[begin:]


def _denials(tokens: Sequence[Token], record: Record, phrases: Phrases) -> Iterator[_Denied]:
    cases = [at for at, token in enumerate(tokens) if "cases" in token]
    results = [at for at, token in enumerate(tokens) if "results" in token and "cases" not in token]
    acts = [at for at, token in enumerate(tokens) if "acts" in token]
    if cases or (results and record.topic.name == "cases"):
        begin = _requests_before(tokens, (cases or results)[0])
        if begin:
            yield from _requests(tokens[:begin], record, phrases)
        yield from _cases(tokens, cases, results, record)
    elif acts:
        yield from _acts(tokens, acts, record, phrases)
    elif any("called" in token or "charged" in token for token in tokens):
        yield _Denied(Thing("fee", "fee"), tokens[0], tokens[-1])
    elif tokens:
        yield from _requests(tokens, record, phrases)


def _requests_before(tokens: Sequence[Token], case: int) -> int:
    """Where requests that are denied by themselves end, before reviews that are denied as well; 0 if there are none."""
    if any("because" in token or "by" in token for token in tokens[:case]):
        return 0
    joints = [at for at in range(case) if tokens[at].kind == "pause" or set(tokens[at].roles) == {"join"}]
    named = [at for at in range(case) if {"on_request", "asking"} & set(tokens[at].roles)]
    return joints[-1] if joints and named and named[-1] < joints[-1] else 0


def _cases(tokens: Sequence[Token], cases: Sequence[int], results: Sequence[int], record: Record) -> Iterator[_Denied]:
    begin = 0
    for number, at in enumerate(cases):
        end = cases[number + 1] if number + 1 < len(cases) else len(tokens)
        of_it = [place for place in results if at < place < end][:1]
        of_it = of_it or [place for place in results if begin <= place < at and tokens[at - 1].text == "的"][-1:]
        rows = tokens[at].roles["cases"]
        if number and rows == tokens[cases[number - 1]].roles["cases"] and not of_it:
            continue  # 申请行政复议的复议案件
        columns = tuple(key for place in of_it for key in tokens[place].roles["results"])
        readings = record.cells.case(rows, columns[:1])
        if readings:
            yield _Denied(Thing("cases", "case", readings, rows=rows), tokens[begin], tokens[max(at, *of_it, at)])
        begin = at + 1
        while begin < len(tokens) - 1 and (tokens[begin].kind == "pause" or "join" in tokens[begin]):
            begin += 1
    for place in results if not cases else ():
        rows = record.topic.rows
        readings = record.cells.case(rows, tokens[place].roles["results"])
        if readings:
            yield _Denied(Thing("cases", "result", readings, rows=rows), tokens[0], tokens[place])


def _acts(tokens: Sequence[Token], acts: Sequence[int], record: Record, phrases: Phrases) -> Iterator[_Denied]:
    """Denied documents and decisions: 未制发规章和行政规范性文件."""
    context = replace(record.context, of_other=False)
    steps = [one for one in tokens[: acts[0]] if "steps" in one]
    if len(steps) > 1 and len(acts) == 1 and any("nothing" in one for one in tokens[: acts[0]]):
        for step in steps:  # 未制定、未废止行政规范性文件
            readings = record.cells.act(tokens[acts[0]].roles["acts"], step.roles["steps"])
            if readings:
                yield _Denied(Thing("acts", "act", readings), step, tokens[acts[0]] if step is steps[-1] else step)
        return
    for at in acts:
        rest = [one for one in tokens[at + 1 :] if one.kind == "word" and not {"join", "item"} & set(one.roles)]
        if any(not {"acts", "steps", "counting"} & set(one.roles) and one.text not in ("项目", "事项") for one in rest):
            continue  # 规范性文件的解读
        thing = phrases.before(tokens[: at + 1], context, None)
        if thing is not None and thing.topic == "acts":
            readings = record.cells.act(tokens[at].roles["acts"], thing.columns)
            if readings:
                yield _Denied(replace(thing, readings=readings), tokens[0 if at == acts[0] else at], tokens[at])


def _requests(tokens: Sequence[Token], record: Record, phrases: Phrases) -> Iterator[_Denied]:
    """Denied requests: none came in, none were carried over, none had some outcome."""
    cells, words = record.cells, [token for token in tokens if token.kind == "word"]
    outcomes = [token for token in words if "outcomes" in token and "steps" not in token]
    if outcomes and all(_BESIDE_OUTCOME & set(token.roles) for token in words):
        yield from _outcomes(words, outcomes, record)
        return
    named = phrases.before(tokens, record.context, None)
    if named is not None and named.stage in ("carried_in", "carried_out", "moved"):
        if any(token.kind == "unknown" for token in tokens):
            return  # 超期未答复
        yield _Denied(named, tokens[0], tokens[-1])
        return
    at = next((at for at in range(len(tokens) - 1, -1, -1) if _asks(tokens[at])), None)
    if (
        at is None
        and record.topic.name == "requests"
        and words
        and all(_IS_RECEIVED & set(token.roles) for token in words)
    ):
        yield _Denied(Thing("requests", "stage", cells.stage("new"), stage="new"), tokens[0], tokens[-1])
    if at is None or not _ends_with_requests(tokens, at) or not _are_of_openness(tokens, at, record):
        return
    verbs = [token for token in tokens[:at] if set(VERBS) & set(token.roles)]
    answered = Thing("requests", "stage", cells.stage("answered"), stage="answered")
    if len(verbs) == 1 and "answered" in verbs[0] and "handled" not in verbs[0]:
        yield _Denied(answered, tokens[0], tokens[at])
        return
    kinds = [token.roles["applicants"] for token in tokens if "applicants" in token and "asker" not in token]
    asked = kinds[0] if len(kinds) == 1 and not any("asker" in token for token in tokens) else ()
    yield _Denied(Thing("requests", "stage", cells.stage("new", asked), stage="new"), tokens[0], tokens[at])
    second = next((token for token in verbs[1:] if "handled" in token or "answered" in token), None)
    if second is not None:
        yield _Denied(answered, second, tokens[at])


def _outcomes(words: Sequence[Token], outcomes: Sequence[Token], record: Record) -> Iterator[_Denied]:
    """Denied outcomes; 等其他情形 after them names no further one."""
    for token in outcomes:
        before = words[words.index(token) - 1] if words.index(token) else token
        readings = record.cells.outcome(token.roles["outcomes"][:1])
        if readings and "and_so_on" not in before:
            yield _Denied(Thing("requests", "outcome", readings), token, token)


def _asks(token: Token) -> bool:
    """Whether a word names requests, or those that come in by some way."""
    return "on_request" in token or "asking" in token or ("channels" in token and token.text.endswith("申请"))


def _ends_with_requests(tokens: Sequence[Token], at: int) -> bool:
    """Whether nothing else is denied than the requests named: 未收到申请, but not 未收到申请方面的投诉."""
    after = [token for token in tokens[at + 1 :] if token.kind != "pause"]
    return all(token.kind != "unknown" and _AFTER_REQUESTS & set(token.roles) for token in after)


def _are_of_openness(tokens: Sequence[Token], at: int, record: Record) -> bool:
    """Whether the requests are for information, rather than for whatever it may be."""
    roles = {role for token in tokens for role in token.roles}
    if {"on_request", "open", "matter", "asker", "submitted"} & roles or at == 1:
        return True
    return record.topic.name == "requests" and at <= 2
