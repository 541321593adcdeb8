"""What cells print is shown when ipykernel would show it."""

from __future__ import annotations

from reportkit.engine.streams import StreamBuffer


def test_a_stream_is_shown_when_it_is_flushed_and_a_while_after_it_was_printed_to() -> None:
    buffer = StreamBuffer()

    def shown_before(kind: str, content: object, at: float, cell: str = "1") -> list[tuple[str, str, str]]:
        return list(buffer.before(kind, content, cell, at))

    assert shown_before("write", ["stdout", "a"], 0.0) == []
    assert shown_before("write", ["stderr", "b"], 0.1) == []
    assert shown_before("write", ["stdout", "c"], 0.25) == [("stdout", "1", "a")]
    assert shown_before("flush", "stdout", 0.26) == [("stdout", "1", "c")]
    assert shown_before("write", ["stdout", "d"], 0.27) == []
    # As with ipykernel, a clock goes on though the text it was set for has been shown.
    assert shown_before("write", ["stdout", "e"], 0.46, "2") == [("stderr", "1", "b"), ("stdout", "1", "d")]
    assert list(buffer.rest()) == [("stdout", "2", "e")]
