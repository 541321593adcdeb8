"""Messages go both ways at once, and neither end waits for the other to take one."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest

from reportkit.engine.messages import Outbox, receive, send


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    near, far = socket.socketpair()
    with near, far:
        yield near, far


def test_messages_come_in_their_order(ends: tuple[socket.socket, socket.socket]) -> None:
    near, far = ends
    for content in ("数😀", {"a": [1.5, None]}, ""):
        send(near, content)
    assert [receive(far) for _ in range(3)] == ["数😀", {"a": [1.5, None]}, ""]


def test_an_outbox_takes_a_message_that_nobody_receives_yet(ends: tuple[socket.socket, socket.socket]) -> None:
    near, far = ends
    outbox = Outbox(near)
    sent = ["x" * 3_000_000, "second"]
    for content in sent:
        outbox.put(content)
    assert outbox
    received: list[object] = []
    thread = threading.Thread(target=lambda: received.extend(receive(far) for _ in sent))
    thread.start()
    while outbox:
        outbox.go_on()
    thread.join()
    assert received == sent


def test_a_closed_end_is_an_error_to_who_receives_and_none_to_who_sends(
    ends: tuple[socket.socket, socket.socket],
) -> None:
    near, far = ends
    outbox = Outbox(near)
    outbox.put("x" * 3_000_000)
    far.close()
    outbox.go_on()
    assert not outbox
    outbox.put("more")
    assert not outbox
    third, fourth = socket.socketpair()
    with fourth:
        third.close()
        with pytest.raises(ConnectionError, match="closed"):
            receive(fourth)
