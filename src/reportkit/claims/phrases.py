"""What the words beside a figure count: requests, their outcomes, reviews and lawsuits, documents, or something else.

The words next to a number decide. Read from the number backwards, they are taken as far as they are known; what they
name is looked for in the order in which the words bind most closely, and a name with an unknown word between itself
and the number names something else: 依申请公开件3件 are requests, 依申请公开目录3件 are not.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from reportkit.claims.cells import Cells, Readings
from reportkit.claims.scope import Speaker
from reportkit.claims.tokens import Token
from reportkit.claims.vocabulary import declared

__all__ = ["OTHER", "Phrases", "Thing", "Topic"]

VERBS = ("received", "new", "due", "handled", "answered", "both")
"""The roles of words that say what happens to requests."""
# What changes nothing beside a number.
_FILLERS = (
    "counting",
    "sum",
    "reached",
    "adverb",
    "idle",
    "list",
    "besides",
    "join",
    "all",
    "respectively",
    "by",
    "because",
    "happen",
)
_FIGURES = ("figure", "percent")
_CONCERNING = "涉"
_NOWHERE = -1
# What may follow the name of requests, up to the number.
_AFTER_REQUEST = (
    *_FILLERS,
    *VERBS,
    "open",
    "matter",
    "item",
    "asking",
    "on_request",
    "carried",
    "asker",
    "submitted",
    "and_so_on",
)


@dataclass(frozen=True)
class Thing:
    """What is counted.

    Parameters
    ----------
    topic
        ``requests``, ``cases``, ``acts``, ``fee``, or ``other`` for what no table holds.
    dimension
        How it divides its topic: ``stage``, ``outcome``, ``applicant``, ``channel``, ``case``, ``result``, ``act``.
    readings
        The sums of cells that it may mean.
    start, end
        Where the words stand that say it.
    stage
        What is said to happen to requests.
    rows, columns
        The rows and columns that the words name.
    """

    topic: str
    dimension: str = ""
    readings: Readings = ()
    start: int = _NOWHERE
    end: int = _NOWHERE
    stage: str = ""
    rows: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()


OTHER = Thing("other")
"""Something that no table holds."""
UNSAID = Thing("unsaid")
"""Something that was done, the text does not say to what."""


@dataclass(frozen=True)
class Topic:
    """What the text is about at a place, for words that do not say it themselves.

    Parameters
    ----------
    name
        As a thing's topic; empty before anything was named.
    rows
        The rows of documents, decisions, reviews or lawsuits that were named last.
    steps
        What was said to be done with documents, where it goes on: 现行有效规章5件、规范性文件31件.
    in_list
        Whether parts of a whole are being listed.
    dimension
        How the whole is being divided: 其他 is the rest of what is listed.
    whole
        What the whole counts, where its topic is requests or cases; the cells of its parts follow from it.
    of_other
        Whether the whole is something that no table holds.
    about_openness
        Whether the clause speaks of the disclosure of information.
    just_named
        Whether the clause before ends with what it is about: 依申请公开情况：共12件.
    sum_due
        Whether what came in and what was carried in were both counted, so that 合计 is their sum.
    group
        The outcome whose items are being listed.
    """

    name: str = ""
    rows: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    in_list: bool = False
    dimension: str = ""
    whole: Readings = ()
    of_other: bool = False
    about_openness: bool = False
    just_named: bool = False
    sum_due: bool = False
    group: str = ""


@dataclass
class Phrases:
    """Finds what is counted, on an edition of the form and for a body.

    Parameters
    ----------
    cells
        The edition's cells.
    speaker
        The body whose report it is.
    year
        The year reported on.
    """

    cells: Cells
    speaker: Speaker
    year: int
    _unsaid: tuple[str, ...] = field(default_factory=lambda: tuple(declared()["unsaid"]["columns"]))
    _money: tuple[str, ...] = field(default_factory=lambda: tuple(declared()["unsaid"]["money"]))

    def before(self, tokens: Sequence[Token], topic: Topic, figure: Token | None) -> Thing | None:
        """What the words before a figure say that it counts; None if there are none."""
        core, unknown = _core(tokens)
        said = [token for token in core if _says(token)]
        if not said:
            return OTHER if unknown and not core else None
        return self._thing(core, said, topic, figure, unknown)

    def implied(self, tokens: Sequence[Token], topic: Topic) -> Thing | None:
        """What 共12件 counts where requests or cases were named without a number; what 合计12件 sums."""
        core, unknown = _core(tokens)
        if unknown or not core or any(_says(token) for token in core):
            return None
        summed = any("sum" in token for token in core)
        if summed and topic.name == "cases" and topic.rows and not topic.whole:
            return Thing("cases", "case", self.cells.case(topic.rows), rows=topic.rows)
        if summed and topic.in_list and topic.dimension in ("outcome", "result"):
            if topic.name == "requests":
                group = topic.rows[-1].rpartition(".")[0] if topic.rows else ""
                readings = self.cells.outcome((group,)) if group else ()
                return Thing("requests", "sum", (*readings, *self.cells.stage("answered")))
            return Thing("cases", "case", self.cells.case(topic.rows), rows=topic.rows)
        if summed and topic.sum_due:
            return Thing("requests", "stage", self.cells.stage("due"), stage="due")
        reached = any("reached" in token for token in core)
        named = topic.just_named and any("counting" in token or summed for token in core)
        if not reached and (topic.whole or topic.in_list or not named):
            return None
        if topic.name == "requests":
            return Thing("requests", "stage", self.cells.stage("received"), stage="received")
        if topic.name == "cases" and topic.rows:
            return Thing("cases", "case", self.cells.case(topic.rows), rows=topic.rows)
        return None

    def after(self, before: Sequence[Token], tokens: Sequence[Token], topic: Topic, figure: Token) -> Thing | None:
        """What the words after a figure say, where those before it do not: 收到2件申请, 27件已按期答复."""
        ahead = [token for token in before if token.kind == "word" and any(verb in token for verb in (*VERBS, "steps"))]
        named: list[Token] = []
        pause = next((at for at, token in enumerate(tokens) if token.kind == "pause"), len(tokens))
        tokens = tokens[:pause]
        for token in tokens:
            if token.kind == "unknown":
                break
            named.append(token)
        said = [token for token in named if _says(token)]
        names = ("on_request", "asking", "cases", "acts", "open", "matter", "applicants", "asker", "submitted")
        if said and any(name in said[0] for name in names):
            cut = next((at for at, one in enumerate(named) if at and "all" in one and _names(named[:at])), len(named))
            together = [*ahead, *named[:cut]]
            thing = self._thing(together, [token for token in together if _says(token)], topic, figure, False)
            broken = len(named) < len(tokens) and tokens[len(named)].kind == "unknown"
            if thing is not OTHER and not (broken and thing.dimension == "applicant"):
                return thing
        if ahead and said and "other" in said[0]:
            return OTHER
        core, unknown = _core(tokens)
        said = [token for token in core if _says(token)]
        if not said or (ahead and unknown):
            return OTHER if tokens and (unknown or tokens[0].kind == "unknown") else None
        if unknown and not {"outcomes", "carried_out"} & set(said[-1].roles):
            return OTHER
        return self._thing(core, said, topic, figure, False)

    # ------------------------------------------------------------ what is named

    def _thing(
        self, core: Sequence[Token], said: Sequence[Token], topic: Topic, figure: Token | None, unknown: bool
    ) -> Thing:
        last = said[-1]
        of_cases = topic.name != "requests" and "results" in last
        if not of_cases and not {"acts", "cases"} & _roles(core) and (stage := self._carried(core)):
            thing = Thing("requests", "stage", self.cells.stage(stage), stage=stage)
            if any("answered" in token for token in core[: _index_of(core, ("carried", "carried_in", "carried_out"))]):
                thing = Thing("requests", "stage")  # how many of those carried in were answered
            return replace(thing, start=said[0].start, end=last.end)
        if _only(last, ("other",)) or _only(last, ("published",)):
            return OTHER
        named = (self._fee, self._act, self._case, self._result, self._outcome, self._requests, self._step)
        implied = (self._applicant, self._channel, self._weak, self._verb)
        readings = (reading(core, said, topic, figure, unknown) for reading in (*named, *implied))
        found = next((thing for thing in readings if thing is not None), OTHER)
        return found if found in (OTHER, UNSAID) else replace(found, start=said[0].start, end=last.end)

    def _carried(self, core: Sequence[Token]) -> str:
        """Whether requests are said to go over from the last year, or to the next."""
        roles = _roles(core)
        years = {int(token.value) for token in core if token.kind in ("year", "day")}
        if ("to_next" in roles or self.year + 1 in years) and {"carried", "handled", "answered"} & roles:
            return "carried_out"
        if ("from_last" in roles or self.year - 1 in years) and {"carried", "carried_out"} & roles:
            return "carried_in"
        for token in core:
            if "carried_in" in token or "carried_out" in token:
                return "carried_in" if "carried_in" in token else "carried_out"
        if {"结转", "转结"} & {token.text for token in core[-2:]} and years <= {self.year}:
            return "due" if "sum" in roles and {"new", "received"} & roles else "moved"
        return ""

    def _fee(
        self, core: Sequence[Token], said: Sequence[Token], topic: Topic, figure: Token | None, unknown: bool
    ) -> Thing | None:
        roles = _roles(core)
        money = figure is not None and figure.unit.endswith("元")
        if "acts" in roles or not ({"called", "charged"} & roles):
            return None
        if "called" in roles or figure is None or (money and topic.name in ("requests", "fee")):
            return Thing("fee", "fee")
        return None

    def _act(
        self, core: Sequence[Token], said: Sequence[Token], topic: Topic, figure: Token | None, unknown: bool
    ) -> Thing | None:
        at = _index_of(core, ("acts",), last=True)
        if at is None:
            return None
        rows = _chain(core, at, "acts")
        ending = [token for token in core[at + 1 :] if _says(token)]
        if any(not ({"steps", "item", "other"} & set(token.roles)) for token in ending):
            return OTHER
        named = ending and "steps" in ending[-1]
        if not named and any("other" in token or token.text in ("内容", "类") for token in ending):
            return OTHER
        if any("and_so_on" in token for token in core[at + 1 :]):
            return OTHER
        steps = self._steps(core, at) or (topic.steps if self.cells.act(rows, topic.steps) else ())
        possible = [step for step in steps if self.cells.act(rows, [step])]
        if any(self._is_elsewhere(token, rows) for token in core[:at]):
            return OTHER
        if not steps:
            money = figure is not None and figure.unit.endswith("元")
            possible = list(self._money if money else self._unsaid)
            if (figure is None or not figure.unit) and not self.cells.act(rows, possible):
                possible = list(self._money)
            listed = topic.of_other and topic.in_list and figure is not None and figure.value
            if listed and figure is not None and figure.unit == "条":
                return OTHER  # documents put on the web site, which need not be this year's
        readings = self.cells.act(rows, possible)
        return Thing("acts", "act", readings, rows=rows, columns=tuple(possible))

    def _steps(self, core: Sequence[Token], at: int) -> tuple[str, ...]:
        """What is said to happen to documents or decisions: after their name, or else before it."""
        following = [key for token in core[at + 1 :] for key in token.roles.get("steps", ())]
        if following:
            return tuple(following)
        ahead = [token for token in core[:at] if "steps" in token]
        return tuple(ahead[-1].roles["steps"]) if ahead else ()

    def _is_elsewhere(self, token: Token, rows: Sequence[str]) -> bool:
        """Whether a word before a name says that another body acts, or that what is counted is not the act itself."""
        if any(role in token for role in ("government", "others", "area", "office")):
            return not self.speaker.is_meant(token)
        if "published" not in token:
            return False
        return not any(self.cells.act(rows[:1], [step]) for step in token.roles.get("steps", ()))

    def _case(
        self, core: Sequence[Token], said: Sequence[Token], topic: Topic, figure: Token | None, unknown: bool
    ) -> Thing | None:
        at = _index_of(core, ("cases",), last=True)
        if at is None:
            return None
        ending = [token for token in core[at + 1 :] if _says(token)]
        allowed = {"results", "item", "happen", "by", *VERBS}
        if any({"carried", "carried_in", "carried_out", "new"} & set(token.roles) for token in core):
            return Thing("cases", "case", rows=core[at].roles["cases"])  # no table tells these apart
        if any(not allowed & set(token.roles) or token.text in ("类", "内容") for token in ending):
            return OTHER
        deciding = any("deciding" in token for token in core[:at])
        if deciding and not topic.about_openness and figure is not None and figure.value:
            return OTHER  # as a body that decides the reviews of others counts them
        rows = _chain(core, at, "cases")
        told = [token.roles["results"] for token in core if "results" in token and "acts" not in token]
        results = told[-1] if told else ()
        readings = self.cells.case(rows, results)
        return Thing("cases", "result" if results else "case", readings, rows=rows, columns=results)

    def _result(
        self, core: Sequence[Token], said: Sequence[Token], topic: Topic, figure: Token | None, unknown: bool
    ) -> Thing | None:
        if topic.name != "cases" or "results" not in said[-1]:
            return None
        columns = said[-1].roles["results"]
        readings = self.cells.with_results(topic.whole, columns) or self.cells.case(topic.rows, columns)
        return Thing("cases", "result", readings, rows=topic.rows, columns=columns)

    def _outcome(
        self, core: Sequence[Token], said: Sequence[Token], topic: Topic, figure: Token | None, unknown: bool
    ) -> Thing | None:
        at = len(core) - 1
        while at >= 0 and not _says(core[at]):
            at -= 1
        while (
            at > 0
            and "outcomes" not in core[at]
            and ("item" in core[at] or "answered" in core[at] or not _says(core[at]))
        ):
            at -= 1
        if "outcomes" not in core[at] or ("asking" in core[at] and topic.name != "requests"):
            return None
        if (topic.of_other and topic.in_list) or topic.name == "acts":
            return None if "steps" in core[at] else OTHER
        rows = _chain(core, at, "outcomes", "weak_outcomes")
        items = self._items(core[:at], rows[0]) if len(rows) == 1 else ()
        rows = items or rows
        if (
            core[at].text.startswith(_CONCERNING)
            and "." in rows[0]
            and not topic.in_list
            and topic.dimension != "outcome"
        ):
            return OTHER  # 有2件涉及第三方权益: how they ended is not said
        return Thing("requests", "outcome", self.cells.outcome(rows), rows=rows)

    def _items(self, core: Sequence[Token], group: str) -> tuple[str, ...]:
        """The items of a group that stand before its name: 重复申请不予处理; none where they are but examples."""
        if any("and_so_on" in token for token in core):
            return ()
        keys = [key for token in core for key in token.roles.get("outcomes", ())[:1]]
        return tuple(dict.fromkeys(keys)) if keys and all(key.startswith(f"{group}.") for key in keys) else ()

    def _requests(
        self, core: Sequence[Token], said: Sequence[Token], topic: Topic, figure: Token | None, unknown: bool
    ) -> Thing | None:
        at = _index_of(core, ("on_request", "asking"), last=True)
        if at is None:
            return None
        roles = _roles(core)
        if any(_says(token) and not (set(_AFTER_REQUEST) & set(token.roles)) for token in core[at + 1 :]):
            return OTHER
        named = [place for place in range(at) if "outcomes" in core[place] and "asking" not in core[place]]
        if named and "steps" not in core[at]:
            rows = _chain(core, named[-1], "outcomes")  # 部分公开和不予公开的申请3件
            return Thing("requests", "outcome", self.cells.outcome(rows), rows=rows)
        if "excluded" in roles:
            return OTHER
        openly = bool({"on_request", "open", "matter", "channels"} & roles)
        other = any("other" in token and not {"matter", "item"} & set(token.roles) for token in core[:at])
        if not openly and other:
            return OTHER
        if not openly and (unknown or topic.name != "requests") and not set(VERBS) & roles:
            return OTHER
        first = core.index(said[0])
        if not openly and unknown and first == 0 and "on_request" not in roles and not _verbs(core[:at]):
            return OTHER
        if kinds := self._kinds(core, said):
            return self._with_stage(core, "applicant", kinds)
        if topic.in_list and topic.whole and topic.name == "requests" and not _verbs(core[:at]):
            return Thing("requests", "channel")  # some of the requests that the whole counts
        channel = _index_of(core, ("channels",), last=True)
        if channel is not None and not _verbs(core[channel + 1 :]):
            return Thing("requests", "channel")
        return self._with_stage(core, "stage", ())

    def _with_stage(self, core: Sequence[Token], dimension: str, applicants: tuple[str, ...]) -> Thing:
        stage = _stage(core)
        return Thing("requests", dimension, self.cells.stage(stage, applicants), stage=stage, columns=applicants)

    def _kinds(self, core: Sequence[Token], said: Sequence[Token]) -> tuple[str, ...]:
        """The one kind of applicant that is counted; several, joined, are all that ask."""
        found = [token for token in core if "applicants" in token and "asker" not in token]
        if len(found) != 1:
            return ()
        return found[0].roles["applicants"]

    def _step(
        self, core: Sequence[Token], said: Sequence[Token], topic: Topic, figure: Token | None, unknown: bool
    ) -> Thing | None:
        if topic.name != "acts" or "steps" not in said[-1] or (unknown and core[0] is said[-1]):
            return None
        readings = self.cells.act(topic.rows, said[-1].roles["steps"])
        return Thing("acts", "act", readings, rows=topic.rows, columns=said[-1].roles["steps"]) if readings else None

    def _applicant(
        self, core: Sequence[Token], said: Sequence[Token], topic: Topic, figure: Token | None, unknown: bool
    ) -> Thing | None:
        found = [token for token in said if "applicants" in token]
        if not found or topic.name not in ("requests", "") or (topic.of_other and topic.in_list):
            return None
        rest = said[said.index(found[-1]) + 1 :]
        if any(not {"received", "asking", "item", "asker", "submitted"} & set(token.roles) for token in rest):
            return OTHER
        at = core.index(found[-1])
        columns = tuple(dict.fromkeys(_chain(core, at, "applicants")))
        return Thing("requests", "applicant", self.cells.with_applicants(topic.whole, columns), columns=columns)

    def _channel(
        self, core: Sequence[Token], said: Sequence[Token], topic: Topic, figure: Token | None, unknown: bool
    ) -> Thing | None:
        if topic.name != "requests" or not any("channels" in token for token in said[-2:]):
            return None
        return Thing("requests", "channel")

    def _verb(
        self, core: Sequence[Token], said: Sequence[Token], topic: Topic, figure: Token | None, unknown: bool
    ) -> Thing | None:
        if not set(VERBS) & set(said[-1].roles) and not {"steps", "deciding"} & set(said[-1].roles):
            return None
        if any("other" in token and not {"matter", "item"} & set(token.roles) for token in said):
            return OTHER
        if unknown or topic.name != "requests" or not set(VERBS) & set(said[-1].roles):
            return UNSAID
        known = (
            *VERBS,
            "happen",
            "carried",
            "item",
            "this",
            "own",
            "area",
            "government",
            "office",
            "asker",
            "channels",
        )
        if not all(set(known) & set(token.roles) for token in said):
            return OTHER
        stage = _stage(core)
        return Thing("requests", "stage", self.cells.stage(stage), stage=stage)

    def _weak(
        self, core: Sequence[Token], said: Sequence[Token], topic: Topic, figure: Token | None, unknown: bool
    ) -> Thing | None:
        if topic.name != "requests" or not (topic.whole or topic.dimension == "outcome"):
            return None
        if "withdrawn" in said[-1]:
            return Thing("requests", "outcome", rows=said[-1].roles["withdrawn"], stage="withdrawn")
        if unknown or not topic.in_list or "weak_outcomes" not in said[-1]:
            return None
        if topic.dimension == "applicant" and "rest" in said[-1]:
            columns = said[-1].roles["rest"]
            return Thing("requests", "applicant", self.cells.with_applicants(topic.whole, columns), columns=columns)
        if topic.dimension not in ("", "outcome"):
            return Thing("requests", topic.dimension)
        rows = _chain(core, core.index(said[-1]), "weak_outcomes", "outcomes")
        item = f"{topic.group}.{rows[-1]}"
        rows = (item,) if topic.group and self.cells.outcome((item,)) else rows
        return Thing("requests", "outcome", self.cells.outcome(rows), rows=rows)


# --------------------------------------------------------------- reading words


def _core(tokens: Sequence[Token]) -> tuple[list[Token], bool]:
    """The known words up to the end, and whether unknown ones stand directly before them."""
    core: list[Token] = []
    for token in reversed(tokens):
        if token.kind in ("unknown", *_FIGURES):
            return core[::-1], True
        core.append(token)
    return core[::-1], False


def _says(token: Token) -> bool:
    """Whether a word says more than that something is counted."""
    return token.kind == "word" and not set(token.roles) <= set(_FILLERS) and not _only(token, ("this", "last"))


def _names(tokens: Iterable[Token]) -> bool:
    return bool({"on_request", "asking", "cases", "acts"} & _roles(tokens))


def _only(token: Token, roles: Sequence[str]) -> bool:
    """Whether a word can be nothing but one of these, fillers aside."""
    return (
        token.kind == "word"
        and any(role in token for role in roles)
        and set(token.roles) <= {*roles, *_FILLERS, "channels"}
    )


def _roles(tokens: Iterable[Token]) -> set[str]:
    return {role for token in tokens for role in token.roles}


def _verbs(tokens: Iterable[Token]) -> set[str]:
    return set(VERBS) & _roles(tokens)


def _index_of(tokens: Sequence[Token], roles: Sequence[str], last: bool = False) -> int | None:
    places = [at for at, token in enumerate(tokens) if any(role in token for role in roles)]
    return (places[-1] if last else places[0]) if places else None


def _stage(core: Sequence[Token]) -> str:
    """What is said to happen to requests: by the last verb, or by two together."""
    verbs = [verb for token in core for verb in VERBS if verb in token]
    if not verbs:
        return "received"
    if "due" in verbs:
        return "due"
    if "both" in verbs or ("answered" in verbs and {"received", "new"} & set(verbs)):
        return "handled"
    if "answered" in verbs:
        return "answered"
    if "handled" in verbs:
        return "handled"
    return "new" if "new" in verbs else "received"


def _chain(core: Sequence[Token], at: int, *roles: str) -> tuple[str, ...]:
    """The keys of the word at a place and of those joined to it: 予以公开和部分公开; 国家秘密等不予公开 is the last."""
    keys = [next(core[at].roles[role] for role in roles if role in core[at])[0]]
    while at >= 2 and ("join" in core[at - 1] or core[at - 1].kind == "pause" or core[at - 1].text in ("含", "包括")):
        named = next((core[at - 2].roles[role] for role in roles if role in core[at - 2]), None)
        if not named:
            break
        keys.insert(0, named[0])
        at -= 2
    return tuple(dict.fromkeys(keys))
