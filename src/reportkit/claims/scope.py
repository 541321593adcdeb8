"""Of which time and of which body a sentence speaks: only this year, and the report's own body, are in its tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from reportkit.claims.tokens import Token

__all__ = ["Scope", "Speaker"]

# Whose figures the tables of each kind of body hold; `own` means it alone, `area` all bodies of the place.
_SPEAKS_OF = {
    "government": ("own", "area", "government"),
    "town": ("own", "area", "government", "office"),
    "office": ("own", "area", "government", "office"),
    "department": ("own",),
}
_DEPARTMENTS = tuple("局委厅办院会队站所处部司署社馆校室心团科")
_BEFORE_TIME = ("自", "从", "在", "到", "于", "至", "截至", "截止", "截止到", "截至到")
_PREPOSITIONS = (*"在经向于以受对由从按与和及为把将代", "通过", "依托", "针对", "围绕", "根据", "按照", "利用", "借助")
_COMPARING = ("与", "较", "比", "同", "和", "相较", "相比")
_BODIES = frozenset(("own", "area", "government", "office", "others"))
# Words that may stand before what a sentence speaks of.

_TIMES = frozenset(("this", "last", "partial", "ever"))
_DONE = frozenset((
    "received", "new", "handled", "answered", "both", "carried", "carried_in", "carried_out",
    "asking", "on_request", "cases", "acts", "steps", "outcomes",
))  # fmt: skip


@dataclass(frozen=True)
class Speaker:
    """The body whose report it is.

    Parameters
    ----------
    names
        Its full name first, then what it is called.
    """

    names: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """``government``, ``town`` (a government with no bodies below), ``office`` of a government, ``department``."""
        name = self.names[0] if self.names else ""
        if name.endswith(("人民政府", "政府", "管理委员会", "管委会")):
            return "town" if name.removesuffix("人民政府").removesuffix("政府").endswith(("镇", "乡")) else "government"
        if name.endswith(("街道办事处", "街道")):
            return "town"
        if ("政府" in name and name.endswith(("办公室", "办公厅"))) or not name:
            return "office"
        return "department" if name.endswith(_DEPARTMENTS) else "town"

    def is_meant(self, token: Token) -> bool:
        """Whether a body that a sentence names is the one whose figures the tables hold."""
        called = any(token.text in name or name in token.text for name in self.names)
        if called and not (self.kind == "government" and "office" in token):
            return True
        return any(body in token for body in _SPEAKS_OF[self.kind])


@dataclass(frozen=True)
class Scope:
    """What the sentence read last spoke of.

    Parameters
    ----------
    year
        The year reported on.
    speaker
        The body whose report it is.
    this_year, this_body
        Whether it speaks of that year, and of that body.
    planned
        Whether it speaks of what is yet to be done.
    cumulative
        Whether it speaks of several years together.
    """

    year: int
    speaker: Speaker
    this_year: bool = True
    this_body: bool = True
    planned: bool = False
    cumulative: bool = False

    @property
    def holds(self) -> bool:
        """Whether a figure may be one of the tables'."""
        return self.this_year and self.this_body and not self.planned and not self.cumulative

    def again(self) -> Scope:
        """The scope of a new sentence: of the same time, of the report's body until another is named."""
        if self.this_body and not self.planned and not self.cumulative:
            return self
        return replace(self, this_body=True, planned=False, cumulative=False)

    def after(self, tokens: Sequence[Token], listing: bool = False) -> Scope:
        """The scope after the words with which a clause begins; bodies that are being listed are no subjects."""
        scope = self
        for number, token in enumerate(tokens):
            following = tokens[number + 1] if number + 1 < len(tokens) else None
            if token.kind in ("mark", "open", "close", "colon") or token.text in _BEFORE_TIME:
                continue
            if token.kind in ("year", "day", "partial", "period") or _is_time(token):
                if not (number and tokens[number - 1].text in _COMPARING) and not _is_carried(
                    tokens[number + 1 : number + 4]
                ):
                    scope = scope._at(token, following)
            elif "plans" in token:
                scope = replace(scope, planned=True)
            elif not _BODIES.isdisjoint(token.roles):
                placed = listing or (number and tokens[number - 1].text in _PREPOSITIONS)
                if not placed and (following is None or following.text != "的"):
                    meant = scope.speaker.is_meant(token) and not _goes_on_to_others(tokens[number + 1 : number + 3])
                    scope = replace(scope, this_body=meant)
                    if meant:
                        scope = replace(scope, planned=False, cumulative=False)
            elif token.kind == "word" and _DONE.isdisjoint(token.roles):
                continue
            else:
                break
        return scope

    def _at(self, token: Token, following: Token | None) -> Scope:
        if following is not None and ("compared" in following or following.text == "的"):
            return self
        if token.kind in ("year", "day"):
            if not token.value:
                return self
            ended = token.text.endswith(("底", "末")) or token.kind == "day"
            this = int(token.value) == self.year or (ended and int(token.value) >= self.year)
            return replace(self, this_year=this, cumulative=False)
        if token.kind == "period":
            return self if not token.value else replace(self, this_year=int(token.value) == self.year)
        if "ever" in token:
            return replace(self, this_year=True, cumulative=True)
        if token.kind == "partial" or "partial" in token or "last" in token:
            return replace(self, this_year=False)
        return replace(self, this_year=True, cumulative=False)


def _goes_on_to_others(tokens: Sequence[Token]) -> bool:
    """Whether a body is named together with others: 市局及所属单位."""
    return len(tokens) == 2 and "join" in tokens[0] and "others" in tokens[1]


def _is_carried(tokens: Sequence[Token]) -> bool:
    """Whether a time says from or to which year something was carried over."""
    return any({"carried", "carried_in", "carried_out"} & set(token.roles) for token in tokens)


def _is_time(token: Token) -> bool:
    return not _TIMES.isdisjoint(token.roles)
