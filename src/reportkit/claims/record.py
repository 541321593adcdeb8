"""What has been read of a text so far: its claims, what it is about, and the whole whose parts are being listed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from decimal import Decimal

from reportkit.claims.cells import Cells, Readings
from reportkit.claims.claim import Claim
from reportkit.claims.phrases import Thing, Topic
from reportkit.claims.tokens import Token

__all__ = ["Draft", "Record", "Whole"]


@dataclass
class Draft:
    """A claim that what follows in the text may still make plainer.

    Parameters
    ----------
    kind, start, end, value, readings, of, group, whole, about
        As the claim has them.
    figure
        The number, or the word that denies.
    thing
        What is counted.
    """

    kind: str
    figure: Token
    thing: Thing
    start: int
    end: int
    value: Decimal
    readings: Readings
    of: Readings = ()
    group: int | None = None
    whole: Decimal | None = None
    about: str | None = None

    @property
    def exact(self) -> Decimal | None:
        """The number; None if it is only about right."""
        return None if self.figure.approximate else self.value

    def claim(self, text: str, year: int) -> Claim:
        """The claim, with the words of the text that state it."""
        return Claim(
            quote=text[self.start : self.end],
            start=self.start,
            end=self.end,
            kind=self.kind,
            value=self.value,
            unit=self.figure.unit,
            year=int(self.value) if self.kind == "period" else year,
            readings=self.readings,
            of=self.of,
            approximate=self.figure.approximate,
            about=self.about,
            group=self.group,
            whole=self.whole,
        )


@dataclass(frozen=True)
class Whole:
    """What parts are parts of.

    Parameters
    ----------
    thing
        What it counts.
    readings
        The sums of cells that it may mean.
    value
        Its number; None if that is only about right.
    """

    thing: Thing
    readings: Readings
    value: Decimal | None


@dataclass
class Record:
    """The claims of a text, and what is carried over from clause to clause.

    Parameters
    ----------
    cells
        The cells of the edition of the form.
    drafts
        The claims so far.
    sentence
        Those of the sentence that is being read.
    topic
        What the text is about.
    whole
        What parts are parts of, where there is something.
    dimension
        How the whole is being divided.
    last
        The claim that a percentage would speak of; None after a number of something else.
    changed
        What the sentence says to have grown by so many: 新收申请减少13件，下降18.8%.
    """

    cells: Cells
    drafts: list[Draft] = field(default_factory=list)
    sentence: list[Draft] = field(default_factory=list)
    topic: Topic = field(default_factory=Topic)
    whole: Whole | None = None
    dimension: str = ""
    last: Draft | None = None
    changed: Thing | None = None
    _lists: dict[str, int] = field(default_factory=dict)
    _numbers: int = 0

    @property
    def context(self) -> Topic:
        """The topic, with the whole that is being divided."""
        whole = self.whole.readings if self.whole else ()
        due = self.whole is not None and self.whole.thing.stage == "due"
        group = self.whole.thing.rows[:1] if self.whole and self.whole.thing.dimension == "outcome" else ()
        return replace(self.topic, whole=whole, dimension=self.dimension, sum_due=due, group="".join(group))

    @property
    def wholes(self) -> Readings:
        """What a share may be a share of: the whole, or the requests answered."""
        whole = self.whole.readings if self.whole else ()
        return tuple(dict.fromkeys((*whole, *self.cells.stage("answered"))))

    # ------------------------------------------------------------- going on

    def begin_sentence(self, goes_on: bool) -> None:
        """Begin a sentence; a list goes on only if the sentence says so."""
        self.sentence, self.changed = [], None
        if self.topic.in_list and not goes_on:
            self.topic = replace(self.topic, in_list=False)

    def begin_section(self) -> None:
        """Take what follows for the parts of no whole that was named before."""
        self.topic = Topic(self.topic.name, self.topic.rows)
        self.whole, self.dimension, self.last, self._lists = None, "", None, {}

    def begin_list(self) -> None:
        """Take what follows for parts of the whole."""
        self.dimension = ""
        self.topic = replace(self.topic, in_list=True)

    def turn_to(self, name: str, rows: tuple[str, ...] = ()) -> None:
        """Be about something else from here on."""
        if name != "cases" or (self.whole is not None and self.whole.thing.rows != rows):
            self.whole = None
        self.topic = Topic(name, rows, about_openness=self.topic.about_openness)

    @contextmanager
    def in_brackets(self) -> Iterator[None]:
        """Take what is read next for parts of the claim before; then go on as if it had not been read."""
        held = (self.topic, self.whole, self.dimension, self.last, self._lists, self.sentence)
        last, self.sentence = self.last, []
        if last is not None and last.kind in ("count", "part") and last.readings:
            self.whole, self._lists = Whole(last.thing, last.readings, last.exact), {}
            self.begin_list()
        elif last is None:
            self.topic = replace(self.topic, in_list=True)
        yield
        self.topic, self.whole, self.dimension, self.last, self._lists, sentence = held
        self.sentence = [*sentence, *self.sentence]

    # --------------------------------------------------------------- claims

    def add(self, kind: str, figure: Token, thing: Thing, readings: Readings, aside: bool = False) -> Draft:
        """Note a claim; `aside` leaves what a percentage would speak of as it is."""
        start = min(figure.start, thing.start) if thing.start >= 0 else figure.start
        draft = Draft(kind, figure, thing, start, max(figure.end, thing.end), figure.value, readings)
        self.drafts.append(draft)
        self.sentence.append(draft)
        if not aside:
            self.last = draft
        return draft

    def take(self, figure: Token, thing: Thing, besides: bool = False) -> None:
        """Note a number of what a table holds: of a whole, or of a part."""
        if thing.topic == "fee":
            self.add("count" if figure.value else "denial", figure, thing, ()).about = "handling_fee"
            self.topic = replace(self.topic, name=self.topic.name or "fee")
        elif self._is_part(thing, besides):
            self._take_part(figure, thing)
        else:
            self._take_whole(figure, thing)

    def take_other(self, figure: Token) -> None:
        """Note a number of what no table holds; it may be a part of what one does hold."""
        if self.topic.in_list and self.whole is not None and self.dimension not in ("stage", "result"):
            self._take_part(figure, Thing("requests", self.dimension or "channel"))
        elif not self.topic.in_list:
            self.turn_to("other")
            self.topic = replace(self.topic, of_other=True)
        self.last = None

    def is_item_of_last(self, rows: tuple[str, ...]) -> bool:
        """Whether an outcome is an item of the group that was counted last."""
        last = self.last
        return last is not None and last.kind == "part" and rows[0].rpartition(".")[0] == "".join(last.thing.rows)

    def take_all_of(self, whole: Draft, readings: Readings, end: int) -> None:
        """Note that a whole is all of one kind: 均为自然人."""
        if readings:
            draft = self.add(
                "part", whole.figure, replace(whole.thing, stage="", dimension="all"), readings, aside=True
            )
            draft.of, draft.whole, draft.end = whole.readings, whole.exact, end
            draft.group = self._next_number()

    def _is_part(self, thing: Thing, besides: bool) -> bool:
        whole, listing = self.whole, self.topic.in_list
        if thing.dimension in ("outcome", "channel", "applicant", "body"):
            return whole is not None or thing.dimension == "outcome"
        if thing.topic == "cases":
            if whole is None or whole.thing.topic != "cases" or not thing.readings:
                return False
            return thing.dimension == "result" or (listing and set(thing.readings[0]) < set(whole.readings[0]))
        if thing.topic == "acts":
            return listing and self.topic.of_other
        if besides or not listing or whole is None:
            return False
        by_stage = self.dimension in ("", "stage")
        if thing.stage == "carried_out":
            return whole.thing.stage != "answered" and (by_stage or self.dimension == "outcome")
        return by_stage and (
            thing.stage == "carried_in" or (thing.stage == "answered" and whole.thing.stage != "answered")
        )

    def _take_part(self, figure: Token, thing: Thing) -> None:
        if thing.stage != "carried_out" or self.dimension != "outcome":
            self.dimension = thing.dimension
        group = self._group_above(thing)
        above: Draft | Whole | None = group or self.whole
        of = above.readings if above else self.cells.stage("answered")
        readings = thing.readings
        if thing.dimension == "applicant" and self.whole is not None and not thing.stage:
            asked = self.cells.stage("received") if self.whole.thing.stage == "answered" else ()
            readings = self.cells.with_applicants((*of, *asked), thing.columns)
        draft = self.add("part", figure, thing, readings)
        draft.of, draft.whole = of, group.exact if group else self.whole.value if self.whole else None
        draft.group = self._number_of(group.thing.rows[0] if group else self.dimension)
        self.topic = replace(self.topic, name=thing.topic, rows=thing.rows or self.topic.rows, in_list=True)

    def _take_whole(self, figure: Token, thing: Thing) -> None:
        if thing.dimension == "applicant" and not thing.readings:
            thing = replace(thing, readings=self.cells.stage("received", thing.columns))
        if not thing.readings:
            self.last = None
            if thing.topic in ("cases", "requests") and self.topic.name != thing.topic:
                self.turn_to(thing.topic, thing.rows)
            return
        self.add("count" if figure.value else "denial", figure, thing, thing.readings)
        self._lists = {}
        if thing.topic == "requests":
            self.whole = self._whole_after(figure, thing)
        else:
            self.whole = self._cases_after(figure, thing) if thing.dimension == "case" else None
        listing = self.topic.in_list and thing.topic == "acts"
        openness = self.topic.about_openness
        self.topic = Topic(thing.topic, thing.rows, in_list=listing, of_other=listing, about_openness=openness)
        self.dimension = thing.dimension if thing.dimension == "applicant" else ""

    def _whole_after(self, figure: Token, thing: Thing) -> Whole | None:
        """What the parts that follow are parts of: what came in and what was there, where both are stated."""
        before = self.whole
        pair = {thing.stage, before.thing.stage} if before else set()
        if before and "carried_in" in pair and pair & {"received", "new"}:
            both = None if before.value is None or figure.approximate else before.value + figure.value
            return Whole(replace(thing, stage="due"), self.cells.stage("due"), both)
        if thing.dimension != "stage" or thing.stage == "carried_out" or (before and thing.stage == "moved"):
            return before
        return Whole(thing, thing.readings, _exact(figure))

    def _cases_after(self, figure: Token, thing: Thing) -> Whole:
        """What results are results of: of lawsuits alone, or of the reviews as well that stand just before them."""
        before = self.whole
        if (
            before is None
            or before.thing.topic != "cases"
            or before.thing.rows == thing.rows
            or not self._is_new(before)
        ):
            return Whole(thing, thing.readings, _exact(figure))
        return Whole(thing, (*thing.readings, (*before.readings[0], *thing.readings[0])), None)

    def _is_new(self, whole: Whole) -> bool:
        return any(draft.thing is whole.thing for draft in self.sentence)

    def _group_above(self, thing: Thing) -> Draft | None:
        """The outcome named before in the sentence of which the one named now is an item."""
        above = thing.rows[0].rpartition(".")[0] if thing.dimension == "outcome" and thing.rows else ""
        named = (draft for draft in reversed(self.sentence) if draft.thing.rows == (above,) and draft.kind == "part")
        return next(named, None) if above else None

    def _number_of(self, listed: str) -> int:
        """The number of the list that a part stands in: one for each way to divide a whole."""
        if listed not in self._lists:
            self._lists[listed] = self._next_number()
        return self._lists[listed]

    def _next_number(self) -> int:
        self._numbers += 1
        return self._numbers

    # ------------------------------------------------------ the whole of it

    def settled(self) -> list[Draft]:
        """The claims in the order of the text, with the readings that the whole text leaves."""
        requests = [draft for draft in self.drafts if draft.thing.topic == "requests"]
        stages = {draft.thing.stage: draft.value for draft in requests}
        carried = [draft for draft in requests if draft.thing.stage == "carried_in"]
        for draft in requests:
            stage = draft.thing.stage
            if stage == "moved":
                self._settle_moved(draft)
            elif stage == "received" and any(other.whole == draft.value for other in carried if other.kind == "part"):
                draft.readings = self.cells.stage("due", draft.thing.columns)  # 收到83件，其中上年结转2件
            elif stage == "received" and (carried or draft.kind == "denial"):
                draft.readings = draft.readings[:1]
            elif stage == "handled" and stages.get("carried_out"):
                draft.readings = tuple(one for one in draft.readings if one not in self.cells.stage("answered"))
            elif stage == "withdrawn":
                self._settle_withdrawn(draft)
        return sorted(self.drafts, key=lambda draft: (draft.start, draft.end))

    def _settle_moved(self, draft: Draft) -> None:
        """Tell whether 结转3件 came from the last year or go to the next, where what stands before it tells."""
        before = [other for other in self.drafts if other.end <= draft.start and other.thing.dimension == "stage"]
        if before and before[-1].thing.stage == "answered":
            draft.readings = self.cells.stage("carried_out")

    def _settle_withdrawn(self, draft: Draft) -> None:
        """Give withdrawn requests the cells of other outcomes where the outcomes named are all there were."""
        listed = [other for other in self.drafts if other.group == draft.group and other.kind == "part"]
        others = draft.thing.rows[0].rpartition(".")[0]
        named = any(other.thing.rows == (others,) for other in listed)
        if draft.whole is not None and sum(other.value for other in listed) == draft.whole and not named:
            rows = (draft.thing.rows[:1], (others,))
            draft.readings = tuple(dict.fromkeys(one for row in rows for one in self.cells.outcome(row)))


def _exact(figure: Token) -> Decimal | None:
    return None if figure.approximate else figure.value
