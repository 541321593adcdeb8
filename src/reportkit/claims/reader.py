"""Reads a text into claims, clause by clause; what a clause leaves unsaid is carried over from those before it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from reportkit.claims.cells import cells_of
from reportkit.claims.claim import Claim
from reportkit.claims.clauses import Bracket, Piece, clauses_of, joined_names, plain, sentences_of, without_joint
from reportkit.claims.denials import is_denied, take_denial, take_nought
from reportkit.claims.percentages import grows, take_growth_in_words, take_percentage, take_shares, take_times
from reportkit.claims.phrases import OTHER, UNSAID, Phrases, Thing
from reportkit.claims.record import Draft, Record
from reportkit.claims.scope import Scope, Speaker
from reportkit.claims.tokens import Token, tokens_of
from reportkit.form import Form

__all__ = ["read_claims"]

# Most clauses speak of other things altogether.
_IDLE_KINDS = frozenset(("word", "unknown", "mark", "pause", "comma"))
_IDLE_ROLES = frozenset(("other", "adverb", "idle", "join", "counting", "and_so_on", "because", "by", "happen", "open"))


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
    for sentence in sentences_of(tokens_of(text)):
        reader.read(sentence)
    return [draft.claim(text, year) for draft in reader.record.settled()]


class _Reader:
    """Reads the sentences of a text, one after the other, into a record."""

    def __init__(self, form: Form, year: int, names: tuple[str, ...]) -> None:
        speaker = Speaker(names)
        self.record = Record(cells_of(form))
        self._phrases = Phrases(self.record.cells, speaker, year)
        self._scope = Scope(year, speaker)

    def read(self, sentence: Sequence[Piece]) -> None:
        """Read a sentence."""
        first = next(iter(plain(sentence)), None)
        goes_on = first is not None and "list" in first
        if first is not None and first.kind == "mark" and not first.text.endswith(("是", ",")):
            self.record.begin_section()
        if not goes_on:
            self._scope = self._scope.again()
        self.record.begin_sentence(goes_on)
        for clause in clauses_of(sentence):
            self._read_clause(clause)

    def _read_clause(self, clause: Sequence[Piece]) -> None:
        tokens = plain(clause)
        for token in tokens:
            if token.kind == "period" and token.value:
                self.record.add("period", token, OTHER, (), aside=True)
        if any("list" in token for token in tokens):
            self.record.begin_list()
        openness = any(map(_is_of_openness, _flat(clause)))
        if self.record.topic.about_openness != openness:
            self.record.topic = replace(self.record.topic, about_openness=openness)
        if not openness and len(tokens) == len(clause) and all(map(_is_idle, tokens)):
            if self.record.topic.just_named:
                self.record.topic = replace(self.record.topic, just_named=False)
            return
        drafts = len(self.record.drafts)
        self._scope = self._scope.after(tokens, listing=self.record.topic.in_list)
        places = [at for at, piece in enumerate(clause) if _counts(piece) and not _strengthens(clause, at)]
        if not places:
            self._read_without_figures(clause, tokens)
        elif not self._distribute(clause, places):
            self._read_figures(clause, places)
        grown = any(draft.kind == "growth" for draft in self.record.drafts[drafts:])
        named = grown or (not places and _ends_with_name(tokens))
        if self.record.topic.just_named != named:
            self.record.topic = replace(self.record.topic, just_named=named)

    # --------------------------------------------------------------- figures

    def _read_figures(self, clause: Sequence[Piece], places: Sequence[int]) -> None:
        begin = 0
        for at, end in zip(places, [*places[1:], len(clause)], strict=True):
            between, after = _inlined(clause[begin:at]), _inlined(clause[at + 1 : end])
            before, figure = without_joint(between), clause[at]
            begin = at + 1
            if isinstance(figure, Token) and figure.kind == "percent":
                if self._scope.holds and not _is_planned(before):
                    take_percentage(figure, before, self.record, self._phrases)
            elif isinstance(figure, Token):
                self._go_on(joined=len(before) < len(between))
                if self._read_count(figure, before, after):
                    begin = end  # the words after it are its own
            self._read_brackets(clause[at + 1 : end])

    def _go_on(self, joined: bool) -> None:
        """Let what was said to be done with documents go on for those that are joined to them, and end otherwise."""
        last = self.record.last
        steps = last.thing.columns if joined and last is not None and last.thing.topic == "acts" else ()
        if self.record.topic.steps != steps:
            self.record.topic = replace(self.record.topic, steps=steps)

    def _read_count(self, figure: Token, before: Sequence[Token], after: Sequence[Token]) -> bool:
        """Note a number of something; whether the words after it were needed to tell of what."""
        if figure.unit == "倍":
            take_times(figure, before, self.record, self._phrases)
            return False
        if self._is_of_another_year(before):
            year = next(
                at
                for at, token in enumerate(before)
                if token.kind == "year" or "last" in token or token.text in ("由", "从")
            )
            thing = self._phrases.before(before[:year], self.record.context, figure)
            self.record.changed = self._named([one for one in before if not _is_of_last_year(one)], figure)
            named = thing is not None and thing.topic in ("requests", "cases", "acts")
            if thing is not None and named and thing.topic != self.record.topic.name:
                self.record.turn_to(thing.topic, thing.rows)
            elif thing is OTHER:
                self.record.turn_to("other")
                self.record.last = None
            return False
        if grows(before):
            return self._read_change(figure, before)
        if any("because" in token for token in before) and not any(_tells(token) for token in before):
            return False  # 对1件申请
        thing, needed = self._thing(figure, before, after)
        if thing is None or (not figure.unit and thing.topic == "other"):
            return needed
        money_of_another = figure.unit.endswith("元") and thing.topic != "fee" and "amount" not in thing.columns
        if thing.topic == "other":
            if figure.is_counted:
                self.record.take_other(figure)
            self.record.last = None
        elif thing is UNSAID or money_of_another or (figure.is_persons and thing.dimension != "applicant"):
            self.record.last = None
        elif not self._scope.holds or _is_planned(before):
            self.record.turn_to(thing.topic, thing.rows)
            self.record.last = None
        elif self.record.topic.in_list and any(_is_body(token) for token in before):
            self.record.take_other(figure)
        else:
            if "change" in thing.columns and _falls(before):
                figure = replace(figure, value=-figure.value)
            self.record.take(figure, thing, besides=any("besides" in token for token in before))
        return needed

    def _read_change(self, figure: Token, before: Sequence[Token]) -> bool:
        """Note by how many items something has grown, which the tables of 2019 have a column for."""
        thing = self._phrases.before(before, self.record.context, figure)
        self.record.changed = self._named(before, figure)
        if thing is not None and thing.topic == "acts" and "steps" in before[-1] and self._scope.holds:
            self.record.take(replace(figure, value=-figure.value if _falls(before) else figure.value), thing)
        return False

    def _named(self, before: Sequence[Token], figure: Token) -> Thing | None:
        """What words name that a table holds."""
        cut = next((at for at, token in enumerate(before) if _changes(token)), len(before))
        thing = self._phrases.before(before[:cut], self.record.context, figure)
        return thing if thing is not None and thing.readings else None

    def _is_of_another_year(self, before: Sequence[Token]) -> bool:
        """Whether the words just before a figure name another year: 2022年的4件, 上年同期为231件."""
        if before and before[-1].text in ("由", "从"):
            return True  # 由1件变为0件
        near = [token for token in before[-3:] if token.kind == "year" or "last" in token]
        carried = any({"carried", "carried_in", "carried_out", "steps"} & set(token.roles) for token in before)
        return not carried and any(token.kind != "year" or token.value != self._scope.year for token in near)

    def _thing(self, figure: Token, before: Sequence[Token], after: Sequence[Token]) -> tuple[Thing | None, bool]:
        """What is counted, and whether the words after the figure say it."""
        context = self.record.context
        thing = self._phrases.before(before, context, figure)
        if thing is None or thing is UNSAID:
            later = self._phrases.after(before, after, context, figure)
            if later is not None and (thing is None or later is not OTHER):
                return later, True
            thing = self._phrases.implied(before, context) or thing
        return thing, False

    def _read_brackets(self, pieces: Iterable[Piece]) -> None:
        """Read what stands in brackets behind a figure: its share, its parts; then go on as before."""
        for piece in pieces:
            if isinstance(piece, Bracket):
                scope = self._scope
                with self.record.in_brackets():
                    for clause in clauses_of(piece.pieces):
                        self._read_clause(clause)
                        self._take_only_item(plain(clause))
                self._scope = scope

    # ----------------------------------------------------- several at a time

    def _distribute(self, clause: Sequence[Piece], places: Sequence[int]) -> bool:
        """Take figures that belong to several names: 分别为2件、1件, 均为0件; whether they did."""
        figures = [piece for at in places if isinstance(piece := clause[at], Token)]
        before = without_joint(_inlined(clause[: places[0]]))
        years = [token for token in before if token.kind == "year"]
        if len(years) == len(figures) > 1 and any("respectively" in token for token in before):
            return self._take_of_year(years, figures, before)
        if not self._scope.holds or not before:
            return False
        if any("respectively" in token for token in before):
            return self._take_each(figures, before)
        if len(figures) > 1 or figures[0].kind == "percent":
            return False
        if figures[0].value and not any("all" in token for token in before):
            return False
        things = self._things(before, figures[0])
        for thing in things if len(things) > 1 else ():
            self.record.take(figures[0], thing)
        return len(things) > 1

    def _take_each(self, figures: Sequence[Token], before: Sequence[Token]) -> bool:
        if figures[0].kind == "percent":
            if any("share" in token for token in before):
                take_shares(figures, self.record)
            return True
        things = self._things(before, figures[0])
        if len(things) < 2 or len(things) != len(figures):
            return False
        for figure, thing in zip(figures, things, strict=True):
            self.record.take(figure, thing)
        return True

    def _take_of_year(self, years: Sequence[Token], figures: Sequence[Token], before: Sequence[Token]) -> bool:
        """Take this year's of the figures of several years: 2021年、2022年分别受理34件、47件."""
        thing = self._phrases.before(
            [token for token in before if token.kind != "year"], self.record.context, figures[0]
        )
        for year, figure in zip(years, figures, strict=True):
            if year.value == self._scope.year and thing is not None and thing.readings:
                self.record.take(figure, replace(thing, start=year.start, end=-1))
        return True

    def _things(self, tokens: Sequence[Token], figure: Token) -> list[Thing]:
        """What the names in a row count, one by one; none if one of them is not known."""
        acts = [token for token in tokens if "acts" in token]
        steps = [token for token in tokens if "steps" in token and "acts" not in token]
        if acts and len(steps) > 1:
            cells = self.record.cells
            things = [
                Thing("acts", "act", cells.act(act.roles["acts"], step.roles["steps"]), tokens[0].start, step.end)
                for act in acts
                for step in steps
            ]
            return things if all(thing.readings for thing in things) else []
        context = self.record.context
        if any("outcomes" in token for token in tokens) and context.name == "requests":
            context = replace(context, in_list=True, dimension="outcome")
        named = [self._phrases.before(name, context, figure) for name in joined_names(tokens)]
        things = [thing for thing in named if thing is not None and thing.readings]
        return things if len(things) == len(named) else []

    # ------------------------------------------------------- without figures

    def _read_without_figures(self, clause: Sequence[Piece], tokens: Sequence[Token]) -> None:
        no = next((at for at, token in enumerate(tokens) if "nothing" in token), None)
        if self._scope.holds:
            if no is not None:
                take_denial(tokens, no, self.record, self._phrases)
            elif any("level" in token or "doubled" in token for token in tokens):
                take_growth_in_words(tokens, self.record, self._phrases)
            elif any("zero" in token or "free" in token for token in tokens):
                take_nought(tokens, self.record)
            elif any("all" in token or "results" in token for token in tokens):
                self._take_all(tokens)
        self._note_topic(tokens)
        self._read_brackets(clause)

    def _take_all(self, tokens: Sequence[Token]) -> None:
        """Take a whole that is all of one kind: 结果均为维持, 全部由自然人提出."""
        at = max((at for at, token in enumerate(tokens) if "all" in token), default=-1)
        named = [token for token in tokens[at + 1 :] if {"results", "applicants", "outcomes"} & set(token.roles)]
        begin = at + 1 if at >= 0 else max((tokens.index(token) for token in named), default=0)
        if len(named) != 1 or any(token.kind == "unknown" for token in tokens[begin:]):
            return
        (kind,), record = named, self.record
        if "results" in kind and record.topic.name == "cases":
            counted = [draft for draft in record.sentence if draft.kind == "count"]
            if at < 0:
                counted = [draft for draft in counted[-1:] if draft.value == 1]  # 行政复议1件，结果维持
            for draft in counted or (filter(None, [record.last]) if at >= 0 else ()):
                if draft.thing.topic == "cases" and draft.value:
                    record.take_all_of(
                        draft, record.cells.with_results(draft.readings, kind.roles["results"]), kind.end
                    )
        elif at < 0:
            return
        elif (whole := self._whole_just_named()) is not None and "applicants" in kind:
            readings = record.cells.with_applicants(whole.readings, kind.roles["applicants"])
            record.take_all_of(whole, readings, kind.end)
        elif whole is not None and whole.thing.stage and "outcomes" in kind and "steps" not in kind:
            record.take_all_of(whole, record.cells.outcome(kind.roles["outcomes"][:1]), kind.end)

    def _take_only_item(self, tokens: Sequence[Token]) -> None:
        """Take the item of a group that alone stands in brackets behind its number: 不予处理1件（重复申请）."""
        named = [token for token in tokens if token.kind != "mark"]
        if len(named) == 1 and "outcomes" in named[0] and self.record.is_item_of_last(named[0].roles["outcomes"]):
            readings = self.record.cells.outcome(named[0].roles["outcomes"][:1])
            if self.record.last is not None:
                self.record.take_all_of(self.record.last, readings, named[0].end)

    def _whole_just_named(self) -> Draft | None:
        """The requests counted last, in this sentence or at the end of the one before."""
        drafts = [draft for draft in self.record.drafts if draft.kind in ("count", "part")]
        last = next((draft for draft in reversed(drafts) if draft.thing.topic == "requests"), None)
        near = last is not None and (last in self.record.sentence or last is self.record.drafts[-1])
        return last if near else None

    def _note_topic(self, tokens: Sequence[Token]) -> None:
        """Note what the clauses that follow are about."""
        topic = self.record.topic
        roles = {role for token in tokens for role in token.roles}
        asked = "on_request" in roles or ("asking" in roles and bool({"open", "matter", "received", "new"} & roles))
        if "cases" in roles and (topic.name != "cases" or not topic.in_list):
            rows = tuple(dict.fromkeys(key for token in tokens for key in token.roles.get("cases", ())))
            self.record.turn_to("cases", rows)
        elif asked and topic.name != "requests":
            self.record.turn_to("requests")
        elif "acts" in roles and not asked and topic.name != "requests":
            self.record.turn_to("acts", [token for token in tokens if "acts" in token][-1].roles["acts"])


def _flat(pieces: Iterable[Piece]) -> Iterator[Token]:
    for piece in pieces:
        if isinstance(piece, Token):
            yield piece
        else:
            yield from _flat(piece.pieces)


def _inlined(pieces: Iterable[Piece]) -> list[Token]:
    """The tokens before a figure, with what stands in brackets if no figure does: 不予公开（执法案卷）5件."""
    found: list[Token] = []
    for piece in pieces:
        if isinstance(piece, Token):
            found.append(piece)
        elif not any(_counts(token) for token in _flat(piece.pieces)):
            found += [
                token for token in _flat(piece.pieces) if {"outcomes", "acts", "cases", "list"} & set(token.roles)
            ]
    return found


def _is_of_openness(token: Token) -> bool:
    """Whether a word speaks of the disclosure of information."""
    return "on_request" in token.roles or "matter" in token.roles or "信息公开" in token.text


def _is_idle(token: Token) -> bool:
    """Whether a clause of such tokens alone neither states anything nor changes what is stated next."""
    return token.kind in _IDLE_KINDS and _IDLE_ROLES.issuperset(token.roles)


def _ends_with_name(tokens: Sequence[Token]) -> bool:
    """Whether a clause ends with what the next one counts."""
    words = [token for token in tokens if token.kind in ("word", "unknown")]
    names = {"on_request", "asking", "cases", "item"}
    return bool(words) and words[-1].kind == "word" and bool(names & set(words[-1].roles))


def _tells(token: Token) -> bool:
    """Whether a word says what is counted, rather than what for."""
    names = {"on_request", "cases", "acts", "outcomes", "received", "new", "handled", "answered"}
    return bool(names & set(token.roles)) or bool({"carried", "carried_in", "carried_out"} & set(token.roles))


def _is_body(token: Token) -> bool:
    """Whether a word names one of several bodies, whose figures are parts of the table's."""
    return any(role in token for role in ("others", "government", "office"))


def _counts(piece: Piece) -> bool:
    """Whether a piece is a number of things or of money, or a percentage; not one of days, people or meetings."""
    if not isinstance(piece, Token) or piece.kind != "figure":
        return piece.kind == "percent"
    return piece.is_counted or piece.is_persons or not piece.unit or piece.unit == "倍" or piece.unit.endswith("元")


def _strengthens(clause: Sequence[Piece], at: int) -> bool:
    figure = clause[at]
    return isinstance(figure, Token) and is_denied(plain(clause[:at]), figure)


def _changes(token: Token) -> bool:
    return "compared" in token or "up" in token or "down" in token


def _falls(tokens: Sequence[Token]) -> bool:
    """Whether the word for a change that stands nearest says that there are fewer; 增/减 is but the form's label."""
    said = next((token.text for token in reversed(tokens) if "steps" in token and set("增减") & set(token.text)), "增")
    return "增" not in said


def _is_of_last_year(token: Token) -> bool:
    return token.kind == "year" or "last" in token


def _is_planned(before: Sequence[Token]) -> bool:
    return any("plans" in token for token in before)
