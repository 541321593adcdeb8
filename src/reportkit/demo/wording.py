"""The texts of the made-up reports: sentences that state the figures of the tables in many wordings.

Sentences come from ``wording.toml`` and are taken in turn, so that neither the neighbours' reports nor next year's
say the same in the same words. Every figure of the tables that they state is true of the report they stand in.
They are sentences on today's form; an edition with other sections, or without the rows that they speak of, gets texts
that say what belongs in each section.
"""

from __future__ import annotations

import random
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any
from zlib import crc32

from reportkit.demo.numerals import Number, percentage
from reportkit.form import Form
from reportkit.form.figures import figure_text, magnitude
from reportkit.project.example import example_texts
from reportkit.report import AnnualReport
from reportkit.text import chinese_numeral

__all__ = ["narrative"]

# Below so many requests a rate of growth says nothing; up to so many a number may be written in Chinese.
_ENOUGH_TO_GROW, _FEW = 10, 20
# From so many requests on there are some by every channel.
_ENOUGH_FOR_CHANNELS = 7
_OUTCOMES = ("granted", "partly_granted", "refused", "unavailable", "not_processed", "other")
_ORGANISATIONS = ("company", "research_institute", "public_interest_group", "legal_service", "other")
_LITIGATION = ("litigation_direct", "litigation_after_review")
# What the sentences cannot do without: the sections they stand in, the rows and columns they speak of.
_SECTIONS = {"preamble", "overview", "problems", "other"}
_ROWS = {
    *(f"applications.{row}" for row in ("received", "carried_in", "total", "carried_out", *_OUTCOMES)),
    *(f"challenges.{row}" for row in ("review", *_LITIGATION)),
}
_APPLICANTS = {f"applications.received.{column}" for column in ("natural_person", *_ORGANISATIONS, "total")}


def narrative(report: AnnualReport, we: str, parts: Mapping[str, int], seed: int) -> dict[str, str]:
    """The texts of a report, by section key.

    Parameters
    ----------
    report
        The report with its figures, and last year's beside it where there is one.
    we
        What the body calls itself: 我局.
    parts
        For a government what each part of it dealt with, 本级 first; empty where there are no parts to tell.
    seed
        Another seed takes other sentences.

    Returns
    -------
    dict of str to str
        Markdown by the keys of the form's sections; the same arguments give the same texts.
    """
    if not _can_speak_of(report.form):
        return example_texts(report)
    speaker = _Speaker(f"{seed} {report.agency.id}", report.year, _facts(report, we, seed))
    return {
        "preamble": _text(speaker.say("preamble.opening"), speaker.say("preamble.contact")),
        "overview": _overview(report, speaker, parts),
        "problems": _text(
            speaker.say("problems.intro") + "".join(speaker.say_some("problems.said", 2)),
            "".join(speaker.say_some("problems.improvements", 2)),
        ),
        "other": _text(
            speaker.say("other.unpaid_fees" if speaker.number("fee_unpaid") else "other.no_fees"),
            "".join(speaker.say_some("other.proposals", 2)) + speaker.say("other.nothing_else"),
        ),
    }


def _can_speak_of(form: Form) -> bool:
    """Whether an edition has the sections that the sentences stand in, and the rows and columns they speak of."""
    rows = {f"{cell.table}.{cell.row}" for cell in form.cells.values()}
    groups = {row.rpartition(".")[0] for row in rows}
    sections = {section.key for section in form.narrative_sections}
    return sections == _SECTIONS and rows | groups >= _ROWS and form.cells.keys() >= _APPLICANTS


@dataclass(frozen=True)
class _Speaker:
    """One report's choice of sentences, and the facts to fill them with.

    Parameters
    ----------
    voice
        The body and the seed, on which the choice depends.
    year
        The year, on which it depends too: next year other sentences are taken.
    facts
        Figures and names by the name a sentence calls them.
    """

    voice: str
    year: int
    facts: dict[str, Any]

    def say(self, *kinds: str, **more: Any) -> str:
        """One sentence of these kinds, filled with the facts and with `more`."""
        return self.say_some(kinds[0], 1, *kinds[1:], **more)[0]

    def say_some(self, kind: str, number: int, *kinds: str, **more: Any) -> list[str]:
        """Several different sentences, none of which was said the year before where there are enough."""
        sentences = [sentence for name in (kind, *kinds) for sentence in _wording(name)]
        first = crc32(f"{self.voice} {kind}".encode()) + self.year * number
        chosen = [sentences[(first + one) % len(sentences)] for one in range(number)]
        return [sentence.format_map({**self.facts, **more}) for sentence in chosen]

    def takes(self, kind: str) -> bool:
        """Whether an optional kind of sentence is used this year; every third year it is."""
        return (crc32(f"{self.voice} takes {kind}".encode()) + self.year) % 3 == 0

    def listed(self, kind: str, numbers: Mapping[str, int]) -> str:
        """The numbers that are not 0 as a list, each named as `kind` names them."""
        named: Any = _wording(kind)
        names = named[(crc32(self.voice.encode()) + self.year) % len(named)] if isinstance(named, list) else named
        return "、".join(names[key].format(number=number) for key, number in numbers.items() if number)

    def number(self, name: str) -> int:
        """The fact of that name as a number."""
        return int(self.facts[name])


def _text(*paragraphs: str) -> str:
    return "\n\n".join(filter(None, paragraphs)) + "\n"


def _overview(report: AnnualReport, speaker: _Speaker, parts: Mapping[str, int]) -> str:
    said = (
        _on_disclosure(report, speaker),
        _on_applications(report, speaker, parts) + _on_challenges(report, speaker),
        *("".join(speaker.say_some(f"{topic}.said", 2)) for topic in ("management", "platform", "supervision")),
    )
    headed = (
        speaker.say("overview.heading", numeral=chinese_numeral(number), topic=topic) + text
        for number, (topic, text) in enumerate(zip(_wording("overview.topics"), said, strict=True), start=1)
    )
    return _text(speaker.say("overview.intro"), *headed)


def _on_disclosure(report: AnnualReport, speaker: _Speaker) -> str:
    numbers = {row: speaker.number(row) for row in _wording("disclosure.decision")}
    decisions = speaker.listed("disclosure.decision", numbers)
    return "".join(
        (
            speaker.say("disclosure.published"),
            speaker.say("disclosure.explained"),
            _on_documents(speaker),
            speaker.say("disclosure.decisions", decisions=decisions) if decisions else "",
            speaker.say("disclosure.charges") if speaker.facts["charged"] else "",
        )
    )


def _on_documents(speaker: _Speaker) -> str:
    """The normative documents, where the edition counts them in columns that the sentences know."""
    if speaker.facts.keys() >= {"issued", "repealed", "in_force"}:
        changed = speaker.number("issued") or speaker.number("repealed")
        return speaker.say("disclosure.documents" if changed else "disclosure.documents_unchanged")
    if speaker.facts.keys() >= {"made", "newly_published", "total_published"}:
        return speaker.say("disclosure.documents_trial")
    return ""


def _on_applications(report: AnnualReport, speaker: _Speaker, parts: Mapping[str, int]) -> str:
    received, carried_in = speaker.number("received"), speaker.number("carried_in")
    if not received and not carried_in:
        return speaker.say("applications.none")
    if received:
        few = ("applications.received_few",) if received <= _FEW else ()
        coming = speaker.say("applications.received", *few) + _on_channels(speaker)
        coming += _on_applicants(speaker) + _on_growth(report, speaker)
        coming += speaker.say("applications.carried_in" if carried_in else "applications.no_carried_in")
    else:
        coming = speaker.say("applications.none_received")
    return coming + _on_parts(speaker, parts) + _on_outcomes(speaker)


def _on_channels(speaker: _Speaker) -> str:
    """By which ways the requests came, which no table counts, but which add up to those received."""
    received = speaker.number("received")
    if received < _ENOUGH_FOR_CHANNELS or not speaker.takes("applications.channels"):
        return ""
    by_post, in_person = received // 4, received // 7
    numbers = {"online": received - by_post - in_person, "by_post": by_post, "in_person": in_person}
    return speaker.say("applications.channels", channels=speaker.listed("applications.channel", numbers))


def _on_applicants(speaker: _Speaker) -> str:
    if not speaker.number("organisations"):
        return speaker.say("applications.applicants_natural")
    if not speaker.number("natural_person"):
        return speaker.say("applications.applicants_organisations")
    received = speaker.number("received")
    return speaker.say(
        "applications.applicants",
        natural_share=percentage(speaker.number("natural_person"), received),
        organisations_share=percentage(speaker.number("organisations"), received),
    )


def _on_growth(report: AnnualReport, speaker: _Speaker) -> str:
    if report.last_year is None:
        return ""
    before, now = _number(report.last_year, "applications.received.total"), speaker.number("received")
    if before < _ENOUGH_TO_GROW:
        return ""
    if before == now:
        return speaker.say("applications.level", before=before)
    growth = percentage(abs(now - before), before)
    kind = "applications.grown" if now > before else "applications.shrunk"
    return speaker.say(kind, before=before, difference=abs(now - before), growth=growth) if growth else ""


def _on_parts(speaker: _Speaker, parts: Mapping[str, int]) -> str:
    told = "、".join(f"{label}{number}件" for label, number in parts.items())
    return speaker.say("applications.parts", parts=told) if sum(parts.values()) == speaker.number("to_handle") else ""


def _on_outcomes(speaker: _Speaker) -> str:
    """What became of the requests; wholes are stated only where their parts add up to them."""
    numbers = {group: speaker.number(group) for group in _OUTCOMES}
    handled, carried_out = speaker.number("handled"), speaker.number("carried_out")
    leaving = speaker.say("applications.carried_out" if carried_out else "applications.no_carried_out")
    if not handled:
        return leaving
    listed = speaker.listed("applications.outcome", numbers)
    if sum(numbers.values()) != handled:
        return speaker.say("applications.outcomes_alone", outcomes=listed) + leaving
    if numbers["granted"] == handled:
        return speaker.say("applications.all_granted") + leaving
    adds_up = carried_out and handled + carried_out == speaker.number("to_handle")
    if adds_up and speaker.takes("applications.outcomes_and_rest"):
        return speaker.say("applications.outcomes_and_rest", outcomes=listed)
    share = percentage(numbers["granted"], handled)
    told = speaker.say("applications.outcomes", "applications.outcomes_alone", outcomes=listed)
    if numbers["granted"] and speaker.takes("applications.granted_share"):
        told += speaker.say("applications.granted_share", granted_share=share)
    return told + leaving


def _on_challenges(report: AnnualReport, speaker: _Speaker) -> str:
    review, litigation = speaker.number("review"), speaker.number("litigation")
    if not review and not litigation:
        return speaker.say("challenges.none")
    if not review:
        return speaker.say("challenges.litigation_alone")
    results = {key: _number(report, f"challenges.review.{key}") for key in _wording("challenges.result")}
    listed = speaker.listed("challenges.result", results)
    ended = speaker.say("challenges.review_results", results=listed) if sum(results.values()) == review else ""
    return speaker.say("challenges.both" if litigation else "challenges.review_alone") + ended


# ------------------------------------------------------------------ facts


def _facts(report: AnnualReport, we: str, seed: int) -> dict[str, Any]:
    form, agency = report.form, report.agency
    received, carried_in = _row(report, "received"), _row(report, "carried_in")
    numbers = {
        "received": received,
        "carried_in": carried_in,
        "to_handle": received + carried_in,
        "handled": _row(report, "total"),
        "carried_out": _row(report, "carried_out"),
        "natural_person": _number(report, "applications.received.natural_person"),
        "organisations": sum(_number(report, f"applications.received.{column}") for column in _ORGANISATIONS),
        "review": _number(report, "challenges.review.total"),
        "litigation": sum(_number(report, f"challenges.{row}.total") for row in _LITIGATION),
        "fee_unpaid": _number(report, "applications.other.fee_unpaid.total"),
        **{group: _group(report, group) for group in _OUTCOMES},
        **{row: _number(report, f"disclosure.{row}.decisions") for row in _wording("disclosure.decision")},
        **{
            cell.column: _number(report, cell.address)
            for cell in form.cells.values()
            if (cell.table, cell.row) == ("disclosure", "normative_documents")
        },
        **_uncounted(report, seed),
    }
    fees = report["disclosure.fees.amount"] if "disclosure.fees.amount" in form.cells else None
    return {
        "name": agency.name,
        "short": agency.short,
        "we": we,
        "year": report.year,
        "period": form.period.format(year=report.year),
        "fees": figure_text(fees),
        "charged": magnitude(fees) > 0,
        **{name: Number(number) for name, number in numbers.items()},
    }


def _uncounted(report: AnnualReport, seed: int) -> dict[str, int]:
    """Numbers of what no table counts."""
    source = random.Random(f"{seed} {report.agency.id} {report.year}")  # noqa: S311 (the same each time)
    numbers = {name: source.randint(*bounds) for name, bounds in _wording("uncounted").items()}
    return {**numbers, "news": numbers["news"] // 10 * 10}


def _number(report: AnnualReport, address: str) -> int:
    return int(magnitude(report[address])) if address in report.form.cells else 0


def _row(report: AnnualReport, row: str) -> int:
    return _number(report, f"applications.{row}.total")


def _group(report: AnnualReport, group: str) -> int:
    """A row's total, or the sum of those of the group's items."""
    return sum(_row(report, leaf.key or "") for leaf in report.form.table("applications").row(group).leaves())


@cache
def _wording(kind: str) -> Any:
    """What ``wording.toml`` has under a dotted name."""
    found: Any = _declared()
    for part in kind.split("."):
        found = found[part]
    return found


@cache
def _declared() -> dict[str, Any]:
    return tomllib.loads(resources.files("reportkit.demo").joinpath("wording.toml").read_text(encoding="utf-8"))
