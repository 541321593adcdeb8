"""Sentences, clauses and brackets."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from reportkit.claims.clauses import Bracket, clauses_of, joined_names, plain, sentences_of, without_joint
from reportkit.claims.tokens import Token, tokens_of

_DIVIDING = ("comma", "semicolon", "colon")


def texts(text: str) -> list[list[str]]:
    return [
        [token.text for token in plain(clause)]
        for sentence in sentences_of(tokens_of(text))
        for clause in clauses_of(sentence)
    ]


def test_a_colon_before_a_number_joins_and_any_other_divides() -> None:
    assert texts("行政复议：0件；办理结果：予以公开2件") == [["行政复议", "0件"], ["办理结果"], ["予以公开", "2件"]]


def test_what_stands_in_brackets_is_kept_together() -> None:
    (sentence,) = sentences_of(tokens_of("收到2件（网络1件（含2件）、信函1件），答复2件。"))
    brackets = [piece for piece in sentence if isinstance(piece, Bracket)]
    assert len(brackets) == 1
    assert any(isinstance(piece, Bracket) for piece in brackets[0].pieces)


def test_a_bracket_that_nobody_closed_ends_with_its_line() -> None:
    assert len(list(sentences_of(tokens_of("收到（网络2件\n答复2件。")))) == 2


def test_names_in_a_row() -> None:
    assert [[token.text for token in name] for name in joined_names(tokens_of("行政许可、行政处罚和行政强制"))] == [
        ["行政许可"],
        ["行政处罚"],
        ["行政强制"],
    ]
    assert without_joint([]) == []


@given(st.text(alphabet="，。；：（）()、1件收到\n", max_size=40))
def test_no_token_but_punctuation_is_lost(text: str) -> None:
    def kept(piece: Token | Bracket) -> list[str]:
        return [piece.text] if isinstance(piece, Token) else [text for each in piece.pieces for text in kept(each)]

    found = [one for sentence in sentences_of(tokens_of(text)) for piece in sentence for one in kept(piece)]
    marks = {"stop", "open", "close", *_DIVIDING}
    expected = [token.text for token in tokens_of(text) if token.kind not in marks]
    assert [one for one in found if one not in (",", ";", ":", "。")] == expected
