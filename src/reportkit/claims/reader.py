"""Reads a text into claims, clause by clause; what a clause leaves unsaid is carried over from those before it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from reportkit.claims.cells import Readings, cells_of
from reportkit.claims.claim import Claim
from reportkit.claims.phrases import OTHER, UNSAID, Phrases, Thing, Topic
from reportkit.claims.scope import Scope, Speaker
from reportkit.claims.tokens import Token, tokens_of
from reportkit.form import Form

__all__ = ["read_claims"]

_BREAKS = ("comma", "semicolon", "colon")


def read_claims(text: str, form: Form, year: int, names: Collection[str] = ()) -> list[Claim]:
    """What a text says about the figures of the statutory tables.

    Parameters
    ----------
    text
        A text as it was typed: a section of a report, or any passage of it.
    form
        The edition of the form that the report uses.
    year
        The year reported on.
    names
        The full name of the body whose report it is, then what else it is called. Figures of other bodies are no
        claims: a government's tables sum all bodies below it, its office's own figures are not in them.

    Returns
    -------
    list of Claim
        In the order of the text.

    Examples
    --------
    >>> from reportkit.form import form_for
    >>> claims = read_claims("全年收到政府信息公开申请12件，其中予以公开9件。", form_for(2023), 2023)
    >>> [(claim.kind, int(claim.value), claim.readings[0]) for claim in claims]
    [('count', 12, ('applications.received.total',)), ('part', 9, ('applications.granted.total',))]
    """
    reader = _Reader(form, year, tuple(names))
    for sentence in _sentences(_nested(iter(tokens_of(text)))):
        reader.read(sentence)
    return [draft.claim(text, year) for draft in reader.settled()]


@dataclass
class _Draft:
    """A claim that later sentences may still make plainer."""

    kind: str
    figure: Token
    start: int
    end: int
    thing: Thing
    readings: Readings
    of: Readings = ()
    value: Decimal = Decimal(0)
    group: int | None = None
    whole: Decimal | None = None
    about: str | None = None

    def claim(self, text: str, year: int) -> Claim:
        """The claim, with the words that it quotes."""
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
class _Whole:
    """What parts are parts of."""

    thing: Thing
    readings: Readings
    value: Decimal | None

    @property
    def is_answered(self) -> bool:
        """Whether it counts what was answered, of which nothing is carried out."""
        return self.thing.stage == "answered"


@dataclass
class _Group:
    """A bracket with what stands in it."""

    tokens: list[Token | _Group]
    start: int
    end: int
    kind: str = "group"


@dataclass
class _State:
    """What is carried over from clause to clause."""

    topic: Topic = field(default_factory=Topic)
    whole: _Whole | None = None
    dimension: str = ""
    groups: dict[str, int] = field(default_factory=dict)
    last: _Draft | None = None


class _Reader:
    """Reads sentences, one after the other."""

    def __init__(self, form: Form, year: int, names: tuple[str, ...]) -> None:
        self._cells = cells_of(form)
        speaker = Speaker(names)
        self._phrases = Phrases(self._cells, speaker, year)
        self._scope = Scope(year, speaker)
        self._state = _State()
        self._drafts: list[_Draft] = []
        self._sentence: list[_Draft] = []
        self._groups = 0
        self._year = year

    # ------------------------------------------------------------- sentences

    def read(self, sentence: Sequence[Token | _Group]) -> None:
        """Read a sentence."""
        first = next((token for token in sentence if isinstance(token, Token)), None)
        goes_on = first is not None and "list" in first
        if not goes_on:
            self._scope = replace(self._scope, this_body=True)
            self._state.topic = replace(self._state.topic, in_list=False)
        if first is not None and first.kind == "mark" and not first.text.endswith(("是", ",")):
            self._state = _State()
        self._sentence = []
        flat = [token for token in _flat(sentence) if token.kind == "word"]
        openness = any({"on_request", "matter"} & set(token.roles) for token in flat)
        self._state.topic = replace(self._state.topic, about_openness=openness)
        for clause in _clauses(sentence):
            self._clause(clause)

    def _clause(self, clause: Sequence[Token | _Group], bracketed: bool = False) -> None:
        plain = [token for token in clause if isinstance(token, Token)]
        self._periods(plain)
        self._scope = self._scope.after(plain)
        if any("list" in token for token in plain):
            self._begin_list()
        places = [at for at, token in enumerate(clause) if isinstance(token, Token) and _may_count(token)]
        places = [at for at in places if not self._is_denied(clause, at)]
        if not places:
            self._without_figures(clause, plain)
        elif not self._distributed(clause, places, plain):
            self._figures(clause, places)

    def _begin_list(self) -> None:
        self._state.dimension = ""
        self._state.topic = replace(self._state.topic, in_list=True)

    def _periods(self, tokens: Iterable[Token]) -> None:
        for token in tokens:
            if token.kind == "period" and token.value:
                draft = _Draft("period", token, token.start, token.end, OTHER, (), value=token.value)
                self._drafts.append(draft)

    # --------------------------------------------------------------- figures

    def _figures(self, clause: Sequence[Token | _Group], places: Sequence[int]) -> None:
        begin = 0
        for number, at in enumerate(places):
            figure = clause[at]
            if not isinstance(figure, Token):
                continue
            end = places[number + 1] if number + 1 < len(places) else len(clause)
            between = [token for token in clause[begin:at] if isinstance(token, Token)]
            before = _without_lead(between)
            self._goes_on(begin > 0 and len(before) < len(between))
            after = [token for token in clause[at + 1 : end] if isinstance(token, Token)]
            begin = at + 1
            if figure.kind == "percent":
                self._percentage(figure, before, after)
            else:
                taken = self._counted(figure, before, after)
                begin = end if taken else at + 1
            for token in clause[at + 1 : end]:
                if isinstance(token, _Group):
                    self._bracket(token)

    def _goes_on(self, joined: bool) -> None:
        """Let what was said to be done with documents go on for those that are joined to them, and end otherwise."""
        last = self._state.last
        steps = last.thing.columns if joined and last is not None and last.thing.topic == "acts" else ()
        self._state.topic = replace(self._state.topic, steps=steps)

    def _counted(self, figure: Token, before: Sequence[Token], after: Sequence[Token]) -> bool:
        """Take a number of something; whether the words after it were needed to tell of what."""
        if _is_difference(before):
            return False
        topic, taken = self._topic(), False
        thing = self._phrases.before(before, topic, figure)
        if thing is None or thing is UNSAID or (thing is OTHER and after and not _has_unknown(before)):
            later = self._phrases.after(before, after, topic, figure)
            if later is not None and (thing is None or later is not OTHER):
                thing, taken = later, True
        if thing is None or (not figure.unit and thing.topic not in ("requests", "acts", "cases", "fee")):
            return taken
        if thing is UNSAID:
            self._state.last = None
            return taken
        if not self._scope.holds or _is_planned(before):
            self._state.last = None
            if thing.topic == "other" and figure.is_counted:
                self._other(figure)
            return taken
        if thing.topic == "other":
            if figure.is_counted:
                self._other(figure)
            self._state.last = None
        elif figure.unit.endswith("元") and thing.topic != "fee" and "amount" not in thing.columns:
            self._state.last = None
        else:
            self._take(figure, thing, any("besides" in token for token in before))
        return taken

    def _other(self, figure: Token) -> None:
        """A figure of something that no table holds: perhaps a part of a whole that one does."""
        state = self._state
        if state.topic.in_list and state.whole is not None and state.dimension not in ("stage", "result"):
            self._part(figure, Thing("requests", state.dimension or "channel", start=figure.start, end=figure.end))
        elif not state.topic.in_list:
            state.topic = Topic("other", of_other=True, about_openness=state.topic.about_openness)
            state.whole = None

    def _take(self, figure: Token, thing: Thing, besides: bool = False) -> None:
        """Make a claim of a figure and what it counts."""
        if thing.topic == "fee":
            draft = self._draft("count" if figure.value else "denial", figure, thing, ())
            draft.about = "handling_fee"
            self._state.topic = replace(self._state.topic, name=self._state.topic.name or "fee")
        elif self._is_part(thing, besides):
            self._part(figure, thing)
        else:
            self._whole(figure, thing)

    def _is_part(self, thing: Thing, besides: bool) -> bool:
        state = self._state
        if thing.dimension in ("outcome", "channel", "applicant"):
            return state.whole is not None or thing.dimension == "outcome"
        if thing.dimension == "case" and state.topic.in_list and state.whole is not None and thing.readings:
            return set(thing.readings[0]) < set(state.whole.readings[0])
        if thing.dimension == "result":
            return state.whole is not None and state.whole.thing.topic == "cases" and state.topic.in_list
        if besides or not state.topic.in_list or state.whole is None or thing.topic != "requests":
            return thing.topic == "acts" and state.topic.in_list and state.topic.of_other
        if thing.stage == "carried_out":
            return not state.whole.is_answered and state.dimension in ("", "stage", "outcome")
        if thing.stage == "carried_in":
            return state.dimension in ("", "stage")
        return thing.stage == "answered" and state.dimension in ("", "stage") and not state.whole.is_answered

    def _part(self, figure: Token, thing: Thing) -> None:
        state = self._state
        state.dimension = (
            "outcome" if thing.stage == "carried_out" and state.dimension == "outcome" else thing.dimension
        )
        group = self._group_above(thing)
        above: _Draft | _Whole | None = group or state.whole
        of = above.readings if above else self._cells.stage("answered")
        readings = thing.readings
        if thing.dimension == "applicant" and state.whole is not None and not thing.stage:
            readings = self._cells.with_applicants(of, thing.columns)
        draft = self._draft("part", figure, thing, readings)
        draft.of, draft.whole = of, above.value if above else None
        draft.group = self._number(state.dimension if group is None else group.thing.rows[0])
        state.topic = replace(state.topic, name=thing.topic, in_list=True)

    def _group_above(self, thing: Thing) -> _Draft | None:
        """The outcome that was named before, of which the one named now is an item."""
        above = thing.rows[0].rpartition(".")[0] if thing.dimension == "outcome" and thing.rows else ""
        named = (draft for draft in reversed(self._sentence) if draft.thing.rows == (above,) and draft.kind == "part")
        return next(named, None) if above else None

    def _number(self, listed: str) -> int:
        """The number of the list that a part stands in: one for each way to divide a whole."""
        if listed not in self._state.groups:
            self._groups += 1
            self._state.groups[listed] = self._groups
        return self._state.groups[listed]

    def _whole(self, figure: Token, thing: Thing) -> None:
        state = self._state
        if thing.dimension == "applicant" and not thing.readings:
            thing = replace(thing, readings=self._cells.stage("received", thing.columns))
        if not thing.readings:
            state.last = None
            return
        self._draft("count" if figure.value else "denial", figure, thing, thing.readings)
        name, state.groups = thing.topic, {}
        if name == "requests":
            state.whole = self._joined(figure, thing)
        elif name == "cases":
            state.whole = _Whole(thing, thing.readings, figure.value)
        else:
            state.whole = None
        listed = state.topic.in_list and name == "acts"
        state.topic = Topic(name, thing.rows, in_list=listed, about_openness=state.topic.about_openness)
        if listed:
            state.topic = replace(state.topic, of_other=True)
        state.dimension = ""

    def _joined(self, figure: Token, thing: Thing) -> _Whole | None:
        """What the parts that follow are parts of: what came in and what was there, where both are stated."""
        before = self._state.whole
        pair = {thing.stage, before.thing.stage} if before is not None else set()
        if before is not None and before.value is not None and "carried_in" in pair and pair & {"received", "new"}:
            return _Whole(replace(thing, stage="whole"), self._cells.stage("whole"), before.value + figure.value)
        if thing.stage == "carried_out" or thing.dimension != "stage":
            return before
        return _Whole(thing, thing.readings, figure.value)

    def _draft(self, kind: str, figure: Token, thing: Thing, readings: Readings) -> _Draft:
        start = min(figure.start, thing.start) if thing.start >= 0 else figure.start
        draft = _Draft(kind, figure, start, max(figure.end, thing.end), thing, readings, value=figure.value)
        self._drafts.append(draft)
        self._sentence.append(draft)
        self._state.last = draft
        return draft

    def _topic(self) -> Topic:
        whole = self._state.whole
        return replace(self._state.topic, whole=whole.readings if whole else (), dimension=self._state.dimension)

    # ----------------------------------------------------- several at a time

    def _distributed(self, clause: Sequence[Token | _Group], places: Sequence[int], plain: Sequence[Token]) -> bool:
        """Take figures that belong to several names each: 分别为2件、1件, 均为0; whether they did."""
        if not self._scope.holds:
            return False
        figures = [token for at in places if isinstance(token := clause[at], Token)]
        before = _without_lead([token for token in clause[: places[0]] if isinstance(token, Token)])
        each = any("respectively" in token for token in before)
        if each and figures[0].kind == "percent":
            return self._shares(figures, before)
        if (len(figures) > 1 and not each) or figures[0].kind == "percent":
            return False
        alike = any("all" in token for token in before) or not figures[0].value
        if not each and not alike:
            return False
        things = self._things(before, figures[0])
        if each and len(figures) == len(things) > 1:
            for figure, thing in zip(figures, things, strict=True):
                self._take(figure, thing)
            return True
        if not each and len(things) > 1:
            for thing in things:
                self._take(figures[0], thing)
            return True
        return False

    def _things(self, tokens: Sequence[Token], figure: Token) -> list[Thing]:
        """What the names joined before a figure count, one by one; none if one of them is not known."""
        acts = [token for token in tokens if "acts" in token]
        steps = [token for token in tokens if "steps" in token and token.kind == "word"]
        if acts and len(steps) > 1:
            rows = [token.roles["acts"] for token in acts]
            things = [
                Thing("acts", "act", self._cells.act(row, step.roles["steps"]), tokens[0].start, step.end, "", row)
                for row in rows
                for step in steps
            ]
            return things if all(thing.readings for thing in things) else []
        found = []
        for part in _parts(tokens):
            thing = self._phrases.before(part, self._topic(), figure)
            if thing is None or thing is OTHER or not thing.readings:
                return []
            found.append(thing)
        return found

    def _shares(self, figures: Sequence[Token], before: Sequence[Token]) -> bool:
        """Take shares of the parts that were named last: 占比分别为27%、35%."""
        parts = [draft for draft in self._sentence if draft.kind == "part"][-len(figures) :]
        if len(parts) != len(figures) or not any("share" in token for token in before):
            return False
        for figure, part in zip(figures, parts, strict=True):
            self._share(figure, part, figure.start)
        return True

    # ----------------------------------------------------------- percentages

    def _percentage(self, figure: Token, before: Sequence[Token], after: Sequence[Token]) -> None:
        roles = {role for token in before for role in token.roles}
        if not self._scope.holds or _is_planned(before):
            return
        if {"compared", "up", "down"} & roles and not {"share"} & roles:
            self._growth(figure, before)
        elif rate := {"granted_rate", "answered_rate"} & roles:
            self._rate(figure, rate.pop(), before)
        elif not before or "share" in roles:
            known = all(token.kind != "unknown" and set(token.roles) != {"other"} for token in before)
            named = (
                self._phrases.before([t for t in before if "share" not in t], self._topic(), figure) if before else None
            )
            if named is not None and named.topic == "requests" and named.dimension == "outcome":
                draft = self._draft("share", figure, named, named.readings)
                draft.of = self._wholes()
            elif known and self._state.last is not None and self._state.last.kind in ("part", "count"):
                self._share(figure, self._state.last, before[0].start if before else figure.start)

    def _share(self, figure: Token, part: _Draft, start: int) -> None:
        if not part.readings:
            return
        last = self._state.last
        draft = self._draft("share", figure, replace(part.thing, start=start, end=figure.end), part.readings)
        draft.of = part.of or self._wholes()
        if part.thing.topic == "requests" and part.thing.dimension == "outcome":
            draft.of = tuple(dict.fromkeys((*draft.of, *self._cells.stage("answered"))))
        self._state.last = last

    def _wholes(self) -> Readings:
        whole = self._state.whole.readings if self._state.whole else ()
        return tuple(dict.fromkeys((*whole, *self._cells.stage("answered"))))

    def _rate(self, figure: Token, rate: str, before: Sequence[Token]) -> None:
        if self._state.topic.name != "requests" or any(token.kind == "unknown" for token in before):
            return
        start = before[0].start
        thing = Thing("requests", "rate", start=start, end=figure.end)
        if rate == "granted_rate":
            readings = self._cells.outcome(("granted", "partly_granted")) + self._cells.outcome(("granted",))
        else:
            readings = self._cells.stage("answered")
        last = self._state.last
        draft = self._draft("share", figure, thing, readings)
        draft.of = self._wholes()
        self._state.last = last

    def _growth(self, figure: Token, before: Sequence[Token]) -> None:
        """Take a growth since last year of what was counted last, or of what the words name."""
        at = next(at for at, token in enumerate(before) if {"compared", "up", "down"} & set(token.roles))
        head = before[:at]
        thing = self._phrases.before(head, self._topic(), None) if head else None
        last = self._state.last
        if thing is OTHER or any(token.kind == "unknown" for token in before[at:]):
            return
        if thing is not None and thing.readings:
            readings = thing.readings
            if last is not None and last.kind == "count" and last.thing.stage == "new" and thing.topic == "requests":
                readings = last.readings
        elif last is not None and last.kind in ("count", "part", "denial") and last.readings:
            thing, readings = last.thing, last.readings
        else:
            return
        down = any("down" in token for token in before[at:])
        thing = replace(thing, start=before[at].start, end=figure.end)
        draft = self._draft("growth", figure, thing, readings)
        draft.value = -figure.value if down else figure.value
        self._state.last = last

    # -------------------------------------------------------------- brackets

    def _bracket(self, group: _Group) -> None:
        """Read what stands in brackets behind a figure: its share, its parts; then go on as before."""
        held, scope = replace(self._state), self._scope
        last = self._state.last
        if last is not None and last.kind in ("count", "part") and last.readings:
            stage = last.thing.stage if last.thing.dimension == "stage" else ""
            self._state.whole = _Whole(replace(last.thing, stage=stage), last.readings, last.value)
            self._state.groups = {}
            self._begin_list()
        elif last is None:
            self._state.topic = replace(self._state.topic, in_list=True)
        for clause in _clauses(group.tokens):
            self._clause(clause, bracketed=True)
        self._state, self._scope = held, scope

    # ------------------------------------------------------- without figures

    def _without_figures(self, clause: Sequence[Token | _Group], plain: Sequence[Token]) -> None:
        denied = next((at for at, token in enumerate(plain) if "nothing" in token), None)
        if denied is not None and self._scope.holds:
            self._denial(plain, denied)
        elif any("zero" in token or "free" in token for token in plain) and self._scope.holds:
            self._nought(plain)
        elif any("all" in token for token in plain) and self._scope.holds:
            self._repeated(plain)
        self._mention(plain)
        for token in clause:
            if isinstance(token, _Group):
                self._bracket(token)

    def _denial(self, tokens: Sequence[Token], at: int) -> None:
        """Take what is denied: behind the word that denies, or before it where nothing follows."""
        denied = _denied(tokens[at + 1 :])
        if not denied:
            denied = _denied(tokens[:at], True)
        for thing, first, last in self._denials(denied):
            start = tokens[at].start if first is denied[0] or first.start < tokens[at].start else first.start
            start = min(start, first.start) if first.start < tokens[at].start else start
            figure = replace(tokens[at], kind="figure", value=Decimal(0), unit="", roles={})
            placed = replace(
                thing, start=start, end=max(last.end, tokens[at].end if last.end < tokens[at].start else 0)
            )
            draft = self._draft("denial", figure, placed, thing.readings)
            draft.start, draft.end = placed.start, max(last.end, figure.end if first.start < figure.start else last.end)
            if thing.topic == "fee":
                draft.about = "handling_fee"
            self._state.last = None

    def _denials(self, tokens: Sequence[Token]) -> Iterator[tuple[Thing, Token, Token]]:
        """What is denied, thing by thing, with the words that name each."""
        cases = [at for at, token in enumerate(tokens) if "cases" in token]
        results = [at for at, token in enumerate(tokens) if "results" in token and "cases" not in token]
        acts = [at for at, token in enumerate(tokens) if "acts" in token]
        if any(set(token.roles) == {"idle"} and "逾期" in token.text for token in tokens):
            return
        if cases or (results and any("裁" not in token.text for token in tokens) and self._state.topic.name == "cases"):
            begin = self._requests_before(tokens, cases[0] if cases else results[0])
            if begin is not None:
                yield from self._request_denials(tokens[:begin])
            yield from self._case_denials(tokens, cases, results)
        elif acts:
            yield from self._act_denials(tokens, acts)
        elif any({"called", "charged"} & set(token.roles) for token in tokens):
            yield Thing("fee", "fee"), tokens[0], tokens[-1]
        else:
            yield from self._request_denials(tokens)

    def _requests_before(self, tokens: Sequence[Token], case: int) -> int | None:
        """Where requests that are denied by themselves end, before reviews that are denied as well."""
        if any("because" in token or "by" in token for token in tokens[:case]):
            return None
        joints = [at for at in range(case) if tokens[at].kind == "pause" or set(tokens[at].roles) == {"join"}]
        named = [at for at in range(case) if {"on_request", "asking"} & set(tokens[at].roles)]
        return joints[-1] if joints and named and named[-1] < joints[-1] else None

    def _case_denials(
        self, tokens: Sequence[Token], cases: Sequence[int], results: Sequence[int]
    ) -> Iterator[tuple[Thing, Token, Token]]:
        begin = 0
        for number, at in enumerate(cases):
            end = cases[number + 1] if number + 1 < len(cases) else len(tokens)
            columns = tuple(key for place in results if at < place < end for key in tokens[place].roles["results"])[:1]
            rows = tokens[at].roles["cases"]
            if number and rows == tokens[cases[number - 1]].roles["cases"] and not columns:
                continue
            readings = self._cells.case(rows, columns)
            if readings:
                yield (
                    Thing("cases", "case", readings, rows=rows),
                    tokens[begin],
                    tokens[max(at, *[p for p in results if p < end], at)],
                )
            begin = at + 1
            while begin < len(tokens) - 1 and (tokens[begin].kind == "pause" or "join" in tokens[begin]):
                begin += 1
        if not cases:
            for place in results:
                readings = self._cells.case(self._state.topic.rows, tokens[place].roles["results"])
                if readings:
                    yield Thing("cases", "result", readings, rows=self._state.topic.rows), tokens[0], tokens[place]

    def _act_denials(self, tokens: Sequence[Token], acts: Sequence[int]) -> Iterator[tuple[Thing, Token, Token]]:
        for at in acts:
            rest = [
                token for token in tokens[at + 1 :] if token.kind == "word" and not {"join", "item"} & set(token.roles)
            ]
            if any("acts" not in token and "steps" not in token and "counting" not in token for token in rest):
                continue
            if any("published" in token and "steps" not in token for token in tokens[:at]):
                continue
            thing = self._phrases.before(tokens[: at + 1], replace(self._topic(), of_other=False), None)
            if thing is not None and thing.topic == "acts" and thing.readings:
                rows = tokens[at].roles["acts"]
                readings = self._cells.act(rows, thing.columns)
                if readings:
                    yield replace(thing, readings=readings), tokens[0] if at == acts[0] else tokens[at], tokens[at]

    def _request_denials(self, tokens: Sequence[Token]) -> Iterator[tuple[Thing, Token, Token]]:
        """Denied requests: none came in, none were carried over, none had some outcome."""
        if not tokens:
            return
        words = [token for token in tokens if token.kind == "word"]
        outcome = next((token for token in reversed(words) if "outcomes" in token and "steps" not in token), None)
        if outcome is not None and all(
            {"outcomes", "counting", "item", "matter", "happen", "join", "adverb", "by"} & set(t.roles) for t in words
        ):
            readings = self._cells.outcome(outcome.roles["outcomes"][:1])
            if readings:
                yield Thing("requests", "outcome", readings), tokens[0], tokens[-1]
            return
        carried = self._phrases.before(tokens, self._topic(), None)
        if carried is not None and carried.stage in ("carried_in", "carried_out"):
            yield carried, tokens[0], tokens[-1]
            return
        named = next((at for at in range(len(tokens) - 1, -1, -1) if _asks(tokens[at])), None)
        if named is None:
            return
        after = tokens[named + 1 :]
        if any(
            token.kind == "unknown"
            or not {"item", "open", "matter", "counting", "asker", "join", "happen"} & set(token.roles)
            for token in after
            if token.kind != "pause"
        ):
            return
        about = {role for token in tokens for role in token.roles}
        if not (
            "on_request" in about
            or {"open", "matter"} & about
            or (len(tokens) == 1 and self._state.topic.name == "requests")
            or "asker" in about
            or named == 1
            or (self._state.topic.name == "requests" and named <= 2)
        ):
            return
        verbs = [
            token for token in tokens[:named] if {"received", "new", "handled", "answered", "both"} & set(token.roles)
        ]
        if any("answered" in token for token in verbs) and len(verbs) == 1 and "handled" not in verbs[0]:
            yield Thing("requests", "stage", self._cells.stage("answered"), stage="answered"), tokens[0], tokens[named]
            return
        yield Thing("requests", "stage", self._cells.stage("new"), stage="new"), tokens[0], tokens[named]
        second = next((token for token in verbs[1:] if "handled" in token or "answered" in token), None)
        if second is not None:
            yield Thing("requests", "stage", self._cells.stage("answered"), stage="answered"), second, tokens[named]

    def _nought(self, tokens: Sequence[Token]) -> None:
        """Take 零败诉, 零复议, 免收信息处理费."""
        for at, token in enumerate(tokens):
            following = tokens[at + 1] if at + 1 < len(tokens) else None
            figure = replace(token, kind="figure", value=Decimal(0), unit="", roles={})
            if "free" in token:
                if self._state.topic.name in ("requests", "fee") or any("called" in other for other in tokens):
                    draft = self._draft("denial", figure, Thing("fee", "fee", start=token.start, end=token.end), ())
                    draft.about = "handling_fee"
            elif "zero" in token and following is not None:
                if "results" in following and "cases" not in following:
                    rows = self._state.topic.rows if self._state.topic.name == "cases" else ()
                    rows = ("行政诉讼",) if following.text == "败诉" else rows
                    readings = self._cells.case(rows, following.roles["results"])
                elif "cases" in following:
                    readings = self._cells.case(following.roles["cases"])
                else:
                    continue
                if readings:
                    self._draft(
                        "denial", figure, Thing("cases", "case", readings, token.start, following.end), readings
                    )
        self._state.last = None

    def _repeated(self, tokens: Sequence[Token]) -> None:
        """Take a whole that is all of one kind: 结果均为维持, 全部由自然人提出."""
        at = max(at for at, token in enumerate(tokens) if "all" in token)
        named = [token for token in tokens[at + 1 :] if {"results", "applicants", "outcomes"} & set(token.roles)]
        if len(named) != 1 or any(token.kind == "unknown" for token in tokens[at + 1 :]):
            return
        token = named[0]
        if "results" in token and (self._state.topic.name == "cases"):
            counted = [one for one in self._sentence if one.thing.topic == "cases" and one.kind in ("count", "denial")]
            for draft in counted or ([self._state.last] if self._state.last else []):
                if draft.thing.topic == "cases" and draft.value:
                    readings = self._cells.with_results(draft.readings, token.roles["results"])
                    self._all_of(draft, readings, token)
            return
        whole = next(
            (one for one in reversed(self._drafts) if one.kind in ("count", "part") and one.thing.topic == "requests"),
            None,
        )
        if whole is None or (
            whole is not self._state.last and whole not in self._sentence and self._drafts[-1] is not whole
        ):
            return
        if "applicants" in token:
            readings = self._cells.with_applicants(whole.readings, token.roles["applicants"])
        elif "steps" in token or not whole.thing.stage:
            return
        else:
            readings = self._cells.outcome(token.roles["outcomes"][:1])
        self._all_of(whole, readings, token)

    def _all_of(self, whole: _Draft, readings: Readings, token: Token) -> None:
        if not readings:
            return
        last = self._state.last
        draft = self._draft("part", whole.figure, replace(whole.thing, stage="", dimension="all"), readings)
        draft.of, draft.whole, draft.end = whole.readings, whole.value, token.end
        self._groups += 1
        draft.group = self._groups
        self._state.last = last

    def _mention(self, tokens: Sequence[Token]) -> None:
        """Note what the clauses that follow are about."""
        if not tokens:
            return
        state, topic = self._state, self._state.topic
        roles = [set(token.roles) for token in tokens]
        cases = [token for token, each in zip(tokens, roles, strict=True) if "cases" in each]
        acts = [token for token, each in zip(tokens, roles, strict=True) if "acts" in each]
        asked = any(
            "on_request" in each or ("asking" in each and any({"open", "matter"} & other for other in roles))
            for each in roles
        )
        if cases and (topic.name != "cases" or not topic.in_list):
            rows = tuple(dict.fromkeys(key for token in cases for key in token.roles["cases"]))
            state.topic = Topic("cases", rows, about_openness=topic.about_openness)
        elif asked and topic.name != "requests":
            state.topic = Topic("requests", about_openness=topic.about_openness)
            state.whole = None
        elif acts and not asked and topic.name != "requests":
            state.topic = Topic("acts", acts[-1].roles["acts"], about_openness=topic.about_openness)
            state.whole = None

    def _is_denied(self, clause: Sequence[Token | _Group], at: int) -> bool:
        """Whether a figure only strengthens a denial: 没有1件."""
        figure = clause[at]
        before = [token for token in clause[:at] if isinstance(token, Token)]
        if not isinstance(figure, Token) or figure.kind != "figure" or figure.value > 1 or not before:
            return False
        return "nothing" in before[-1]

    # --------------------------------------------------------- the whole text

    def settled(self) -> list[_Draft]:
        """The claims in the order of the text, with the readings that the whole text leaves."""
        stages = {draft.thing.stage for draft in self._drafts if draft.value}
        told_apart = "carried_in" in {draft.thing.stage for draft in self._drafts if draft.thing.topic == "requests"}
        for draft in self._drafts:
            self._withdrawn(draft)
            if draft.thing.topic != "requests":
                continue
            if (told_apart and draft.thing.stage == "received") or (
                draft.kind == "denial" and draft.thing.stage == "received"
            ):
                draft.readings = draft.readings[:1]
            if draft.thing.stage == "handled" and "carried_out" in stages and len(draft.readings) > 2:
                draft.readings = draft.readings[:2]
        return sorted(self._drafts, key=lambda draft: (draft.start, draft.end))

    def _withdrawn(self, draft: _Draft) -> None:
        """Give withdrawn requests the cell of other outcomes where the outcomes named are all there were."""
        if draft.thing.stage != "withdrawn" or draft.kind != "part":
            return
        listed = [other for other in self._drafts if other.group == draft.group and other.kind == "part"]
        exhausted = draft.whole is not None and sum(other.value for other in listed) == draft.whole
        if exhausted and all(other.thing.rows != ("other",) for other in listed):
            first = self._cells.outcome(draft.thing.rows[:1])
            draft.readings = tuple(dict.fromkeys((*first, *self._cells.outcome(("other",)))))


# ------------------------------------------------------------ reading tokens


def _nested(tokens: Iterator[Token], opened: Token | None = None) -> list[Token | _Group]:
    """The tokens, what stands in brackets as one."""
    found: list[Token | _Group] = []
    for token in tokens:
        if token.kind == "open":
            inner = _nested(tokens, token)
            end = inner[-1].end if inner else token.end
            found.append(_Group(inner, token.start, end))
        elif token.kind == "close":
            if opened is not None:
                return found
        elif token.kind == "stop" and opened is not None and token.text == "\n":
            found.append(token)
            return found
        else:
            found.append(token)
    return found


def _flat(tokens: Iterable[Token | _Group]) -> Iterator[Token]:
    for token in tokens:
        if isinstance(token, Token):
            yield token
        else:
            yield from _flat(token.tokens)


def _split(tokens: Iterable[Token | _Group], kinds: Collection[str]) -> Iterator[list[Token | _Group]]:
    held: list[Token | _Group] = []
    for token in tokens:
        if token.kind in kinds:
            if held:
                yield held
            held = []
        else:
            held.append(token)
    if held:
        yield held


def _sentences(tokens: Iterable[Token | _Group]) -> Iterator[list[Token | _Group]]:
    return _split(tokens, ("stop",))


def _clauses(tokens: Iterable[Token | _Group]) -> Iterator[list[Token | _Group]]:
    return _split(tokens, (*_BREAKS, "stop"))


def _without_lead(tokens: Sequence[Token]) -> list[Token]:
    """The tokens without the pauses and joints that they begin with."""
    begin = 0
    while begin < len(tokens) and (tokens[begin].kind == "pause" or set(tokens[begin].roles) == {"join"}):
        begin += 1
    return list(tokens[begin:])


def _parts(tokens: Sequence[Token]) -> list[list[Token]]:
    """The names that are joined in a row."""
    parts: list[list[Token]] = [[]]
    for token in tokens:
        if token.kind == "pause" or set(token.roles) == {"join"}:
            parts.append([])
        else:
            parts[-1].append(token)
    return [part for part in parts if part]


def _denied(tokens: Sequence[Token], ahead: bool = False) -> list[Token]:
    """What is denied, without the words that only say that it did not happen."""
    idle = {"happen", "counting", "adverb", "this", "by"}
    kept = [token for token in tokens if token.kind != "mark"]
    named = [token for token in kept if token.kind == "word" and not set(token.roles) <= idle]
    if not named:
        return []
    if ahead:
        places = [
            at
            for at, token in enumerate(kept)
            if token.kind not in ("year", "day")
            and not {"own", "area", "government", "office", "this"} & set(token.roles)
        ]
        return kept[places[0] :] if places else []
    return kept


def _asks(token: Token) -> bool:
    """Whether a word names requests, or those that come in by some way."""
    return "on_request" in token or "asking" in token or ("channels" in token and token.text.endswith("申请"))


def _may_count(token: Token) -> bool:
    """Whether a token is a number of things, of money, or a percentage; not one of days, people or meetings."""
    return token.kind == "percent" or (
        token.kind == "figure" and (token.is_counted or not token.unit or token.unit.endswith("元"))
    )


def _is_difference(before: Sequence[Token]) -> bool:
    """Whether a number is by how much something grew."""
    roles = {role for token in before[-4:] for role in token.roles}
    return "compared" in roles or (bool(before) and bool({"up", "down"} & set(before[-1].roles)))


def _is_planned(before: Sequence[Token]) -> bool:
    return any("plans" in token for token in before)


def _has_unknown(tokens: Iterable[Token]) -> bool:
    return any(token.kind == "unknown" for token in tokens)
