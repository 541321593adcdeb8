"""Tokens as sentences, and sentences as clauses; what stands in brackets is kept together."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from reportkit.claims.tokens import Token

__all__ = ["Bracket", "Piece", "clauses_of", "joined_names", "plain", "sentences_of", "without_joint"]


@dataclass(frozen=True)
class Bracket:
    """What stands in brackets."""

    pieces: tuple[Piece, ...]
    kind: str = "bracket"


Piece = Token | Bracket


def sentences_of(tokens: Iterable[Token]) -> Iterator[list[Piece]]:
    """The sentences of a text.

    Parameters
    ----------
    tokens
        The tokens of the text.

    Yields
    ------
    list of Token or Bracket
        A sentence, without the mark that ends it.

    Examples
    --------
    >>> from reportkit.claims.tokens import tokens_of
    >>> [len(sentence) for sentence in sentences_of(tokens_of("收到申请2件（网络）。予以公开2件。"))]
    [4, 2]
    """
    return _split(_nested(iter(tokens)), ("stop",))


def clauses_of(pieces: Iterable[Piece]) -> Iterator[list[Piece]]:
    """The clauses of a sentence, or of what stands in brackets.

    Parameters
    ----------
    pieces
        The sentence.

    Yields
    ------
    list of Token or Bracket
        A clause, without the mark that ends it.

    Examples
    --------
    >>> from reportkit.claims.tokens import tokens_of
    >>> [len(clause) for clause in clauses_of(tokens_of("收到申请2件，答复2件"))]
    [3, 2]
    """
    return _split(pieces, ("comma", "semicolon", "colon", "stop"))


def plain(pieces: Iterable[Piece]) -> list[Token]:
    """The tokens of a clause, without what stands in brackets.

    Parameters
    ----------
    pieces
        The clause.

    Returns
    -------
    list of Token
        In order.

    Examples
    --------
    >>> plain([Bracket(())])
    []
    """
    return [piece for piece in pieces if isinstance(piece, Token)]


def without_joint(tokens: Sequence[Token]) -> list[Token]:
    """The tokens without the marks and words that join them to what stands before.

    Parameters
    ----------
    tokens
        Tokens of a clause.

    Returns
    -------
    list of Token
        In order.

    Examples
    --------
    >>> from reportkit.claims.tokens import tokens_of
    >>> [token.text for token in without_joint(tokens_of("、部分公开"))]
    ['部分公开']
    """
    begin = 0
    while begin < len(tokens) and _joins(tokens[begin]):
        begin += 1
    return list(tokens[begin:])


def joined_names(tokens: Iterable[Token]) -> list[list[Token]]:
    """The names that stand in a row.

    Parameters
    ----------
    tokens
        Tokens of a clause.

    Returns
    -------
    list of list of Token
        The tokens of each.

    Examples
    --------
    >>> from reportkit.claims.tokens import tokens_of
    >>> len(joined_names(tokens_of("行政许可、行政处罚和行政强制")))
    3
    """
    names: list[list[Token]] = [[]]
    for token in tokens:
        if _joins(token):
            names.append([])
        else:
            names[-1].append(token)
    return [name for name in names if name]


def _joins(token: Token) -> bool:
    return token.kind == "pause" or set(token.roles) == {"join"}


def _answers(piece: Piece) -> bool:
    """Whether a piece behind a colon says how many there are of what stands before it: 行政复议：0件, 行政诉讼：无."""
    return piece.kind in ("figure", "percent") or (isinstance(piece, Token) and "nothing" in piece)


def _nested(tokens: Iterator[Token], opened: bool = False) -> list[Piece]:
    """The tokens, what stands in brackets as one; a bracket that nobody closed ends with its line."""
    found: list[Piece] = []
    for token in tokens:
        if token.kind == "open":
            inner = _nested(tokens, True)
            line_ends = [piece for piece in inner[-1:] if isinstance(piece, Token) and piece.text == "\n"]
            found += [Bracket(tuple(inner[: len(inner) - len(line_ends)])), *line_ends]
            if opened and line_ends:
                break
        elif token.kind != "close":
            found.append(token)
        if opened and (token.kind == "close" or token.text == "\n"):
            break
    return found


def _split(pieces: Iterable[Piece], kinds: Collection[str]) -> Iterator[list[Piece]]:
    held: list[Piece] = []
    for piece, following in pairwise([*pieces, None]):
        if piece is None:
            continue
        if piece.kind == "colon" and following is not None and _answers(following):
            continue
        if piece.kind not in kinds:
            held.append(piece)
        elif held:
            yield held
            held = []
    if held:
        yield held
