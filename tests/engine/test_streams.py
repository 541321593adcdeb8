"""What cells print is kept for their caller, and put together by cell."""

from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportkit.engine.streams import STREAMS, Collected, Printed, is_frame, long_frames, new_memory

CELLS = st.sampled_from(["1", "2", "a cell"])
TEXTS = st.one_of(st.text(st.characters(codec="utf-8"), max_size=20), st.just("数😀" * 10_000))


@given(st.lists(st.tuples(st.sampled_from([0, 1]), CELLS, TEXTS, st.sampled_from(["", "sent", "shown"]))))
def test_nothing_that_is_printed_is_lost_wherever_its_process_ends(prints: list[tuple[int, str, str, str]]) -> None:
    file = new_memory()
    there, here = [Collected(file, stream) for stream in range(len(STREAMS))], Printed(file)
    os.close(file)
    shown: dict[tuple[str, str], str] = {}
    expected: dict[tuple[str, str], str] = {}

    def show(stream: str, cell: str, text: str) -> None:
        shown[stream, cell] = shown.get((stream, cell), "") + text

    for stream, cell, text, then in prints:
        key = STREAMS[stream], cell
        expected[key] = expected.get(key, "") + text
        if not there[stream].add(cell, text.encode()):
            frames = [there[stream].frame(shown=False), *long_frames(stream, cell, text.encode())]
            there[stream].clear()
        else:
            frames = [there[stream].frame(shown=then == "shown")] if then else []
        for frame in frames:
            assert is_frame(frame)
            for printed in here.take(frame):
                show(*printed)
        if len(frames) == 1:
            there[stream].clear()
    for printed in here.rest():
        show(*printed)
    assert list(here.rest()) == []
    assert {key: text for key, text in shown.items() if text} == {key: text for key, text in expected.items() if text}


def test_a_text_that_is_longer_than_its_memory_is_sent_in_pieces_of_bytes() -> None:
    file = new_memory()
    here = Printed(file)
    os.close(file)
    text = "数" * 1_000_000
    frames = list(long_frames(1, "cell", text.encode()))
    assert len(frames) == 3
    assert [shown for frame in frames for shown in here.take(frame)] == []
    assert here.size == 3_000_000
    assert list(here.rest()) == [("stderr", "cell", text)]
    assert here.size == 0


def test_a_frame_that_was_received_is_not_read_from_the_memory_again() -> None:
    file = new_memory()
    there, here = Collected(file, 0), Printed(file)
    os.close(file)
    there.add("cell", b"once")
    assert list(here.take(there.frame(shown=False))) == []  # and the process ends before it clears its memory
    assert list(here.rest()) == [("stdout", "cell", "once")]


@pytest.mark.parametrize("torn", [b"\xff", b"\xff\xff\xff", b"no cell", b"\xff\xe4\xff text", b""])
def test_a_memory_that_the_notebook_has_spoilt_is_no_error(torn: bytes) -> None:
    file = new_memory()
    there, here = Collected(file, 0), Printed(file)
    os.close(file)
    there.add("cell", b"before")
    there._memory[16 : 16 + len(torn)] = torn
    list(here.rest())
