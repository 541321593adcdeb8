"""Papermill's client for a notebook's process: it sends the cells, and puts their messages into the notebook."""

from __future__ import annotations

import base64
import math
import select
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ipykernel.ipkernel import IPythonKernel
from jupyter_client.jsonutil import json_default
from jupyter_client.session import Session, json_unpacker
from nbclient.exceptions import CellExecutionComplete, CellExecutionError, CellTimeoutError, DeadKernelError
from papermill.clientwrap import PapermillNotebookClient

from reportkit.engine.messages import Outbox
from reportkit.engine.process import NotebookProcess, start_process
from reportkit.engine.streams import is_frame
from reportkit.system.language import Message
from reportkit.system.machine import ending

if TYPE_CHECKING:
    from nbformat import NotebookNode

__all__ = ["END_PATIENCE", "Client", "LateError", "OverflowingError"]

# How many seconds a notebook's threads and exit functions may run on: as long as jupyter_client waits for a kernel.
END_PATIENCE = 2.5
# The outputs of a notebook are measured after this share of what they may be has come in.
_MEASURED_AFTER = 1 / 16

# The parts of a message in the order in which a kernel has them.
_PARTS = ("header", "msg_id", "msg_type", "parent_header", "metadata", "content")
_TIME = "%Y-%m-%dT%H:%M:%S.%fZ"


class LateError(TimeoutError):
    """A notebook took longer than its time limit."""


class OverflowingError(RuntimeError):
    """A notebook's outputs take more than they may.

    Parameters
    ----------
    limit
        How many bytes they may take.
    """

    def __init__(self, limit: int) -> None:
        super().__init__(
            Message(
                "put out more than {value:g} MiB (the engine's option output_limit, in bytes, allows more)",
                value=limit / (1 << 20),
            )
        )
        self.limit = limit


class _KernelClient:
    """What nbclient needs of a kernel's client to answer for a front end: its imitation of the output widget does.

    Parameters
    ----------
    requests
        Takes the messages.
    """

    def __init__(self, requests: Outbox) -> None:
        self.session, self.requests = Session(), requests
        self.shell_channel = self

    def send(self, message: dict[str, Any]) -> None:
        """Send a message, without waiting for the process to take it."""
        sent = {part: message[part] for part in _PARTS}
        self.requests.put(sent | {"buffers": []}, default=json_default)


class Client(PapermillNotebookClient):  # type: ignore[misc]
    """Papermill's client, with a process in place of a kernel.

    Parameters
    ----------
    notebook_timeout
        How many seconds the whole notebook may run; None for no limit.
    memory_limit
        How many bytes its process may use on top of what it starts with; None for no limit.
    output_limit
        How many bytes its outputs and the states of its widgets may take; None for no limit.
    """

    notebook_timeout: float | None = None
    memory_limit: int | None = None
    output_limit: int | None = None
    deadline = math.inf
    unmeasured = 0
    process: NotebookProcess

    def execute(self) -> NotebookNode:
        """Run the cells until one fails.

        Returns
        -------
        NotebookNode
            The notebook with its outputs.

        Raises
        ------
        CellExecutionError, CellTimeoutError, DeadKernelError, LateError, OverflowingError
            If it does not run to its end; see `execute_cell`.
        """
        self.reset_execution_trackers()
        self.log.info(f"Executing notebook with kernel: {self.kernel_name}")
        if self.notebook_timeout:
            self.deadline = time.monotonic() + self.notebook_timeout
        self.process = start_process(self.memory_limit)
        self.kc = _KernelClient(self.process.requests)
        self.poller = select.poll()
        for source in self.process.wait_on:
            self.poller.register(source, select.POLLIN)
        try:
            self.papermill_execute_cells()
            self.nb.metadata["language_info"] = dict(IPythonKernel.language_info)
            self.set_widgets_metadata()
            self._await_end(min(self.deadline, time.monotonic() + END_PATIENCE))
        finally:
            self.process.end(0)
            self.process.close()
        executed: NotebookNode = self.nb
        return executed

    def execute_cell(self, cell: NotebookNode, cell_index: int, **_: Any) -> NotebookNode:
        """Run one cell.

        Parameters
        ----------
        cell
            The cell, which takes the outputs.
        cell_index
            Its place in the notebook.

        Returns
        -------
        NotebookNode
            The cell.

        Raises
        ------
        CellExecutionError
            If it raises an error that it may not.
        CellTimeoutError, LateError
            If it, or the whole notebook, takes too long.
        DeadKernelError
            If the process ends.
        OverflowingError
            If the notebook puts out too much.
        """
        tags = cell.metadata.get("tags", [])
        if cell.cell_type != "code" or not cell.source.strip() or self.skip_cells_with_tag in tags:
            return cell
        if self.record_timing:
            cell["metadata"]["execution"] = {}
        cell.outputs = []
        self.clear_before_next_output = False
        self.code_cells_executed += 1
        may_fail = not self.force_raise_errors and (self.allow_errors or "raises-exception" in tags)
        reply = self._reply(cell, cell_index, stop_on_error=not may_fail)
        may_fail |= not self.force_raise_errors and reply.get("ename") in self.allow_error_names
        if reply["status"] == "error" and not may_fail:
            raise CellExecutionError.from_cell_and_msg(cell, reply)
        return cell

    def _reply(self, cell: NotebookNode, cell_index: int, stop_on_error: bool) -> dict[str, Any]:
        """Run a cell, and handle its messages until it is done."""
        content = {"code": cell.source, "silent": False, "store_history": True, "user_expressions": {}}
        content |= {"allow_stdin": False, "stop_on_error": stop_on_error}
        request = self.kc.session.msg("execute_request", content)
        self.request_header = request["header"]
        self.reply: dict[str, Any] = {}
        self.kc.send(request)
        try:
            for piece in self._pieces(cell):
                self._take(piece, cell, cell_index)
                self._bound(len(piece))
        except CellExecutionComplete:
            return self.reply
        except BaseException:  # Ctrl-C as well
            self._take_rest(cell, cell_index)
            self.nb_man.cell_exception(cell, cell_index=cell_index)
            raise
        raise AssertionError("the messages of a process end with an error")

    def _take_rest(self, cell: NotebookNode, cell_index: int) -> None:
        """End the process, and handle what it has put out by then."""
        self.process.end(0)
        with suppress(EOFError, OSError):
            while self.process.wire.poll():
                with suppress(CellExecutionComplete):
                    self._take(self.process.wire.recv_bytes(), cell, cell_index)
        for printed in self.process.printed.rest():
            self._show(printed, time.time(), cell, cell_index)

    def _take(self, piece: bytes, cell: NotebookNode, cell_index: int) -> None:
        """Handle what the process has sent: a message, or what cells have printed."""
        if is_frame(piece):
            for printed in self.process.printed.take(piece):
                self._show(printed, time.time(), cell, cell_index)
            return
        kind, content, sender, at, *attached = json_unpacker(piece)
        if sender != self.request_header["msg_id"]:
            return  # from a cell that is done, which a thread or task of it still sends for
        if kind == "execute_reply":
            self.reply = content
            if self.record_timing:
                cell["metadata"]["execution"]["shell.execute_reply"] = _date(at).strftime(_TIME)
        else:
            self._handle(kind, content, at, cell, cell_index, attached)

    def _show(self, printed: tuple[str, str, str], at: float, cell: NotebookNode, cell_index: int) -> None:
        name, sender, text = printed
        if sender == self.request_header["msg_id"]:
            self._handle("stream", {"name": name, "text": text}, at, cell, cell_index)

    def _handle(
        self, kind: str, content: Any, at: float, cell: NotebookNode, cell_index: int, attached: Any = ()
    ) -> None:
        message = {
            "msg_type": kind,
            "header": {"msg_type": kind, "date": _date(at)},
            "parent_header": self.request_header,
            "content": content,
            "buffers": [base64.b64decode(buffer) for buffers in attached for buffer in buffers],
        }
        self.process_message(message, cell, cell_index)

    def _pieces(self, cell: NotebookNode) -> Iterator[bytes]:
        """Yield what the process sends; its end and its limits are errors."""
        timeout = self._get_timeout(cell)
        cell_deadline = time.monotonic() + timeout if timeout else math.inf
        while True:
            if not self._await_piece(min(self.deadline, cell_deadline)):
                if self.deadline <= cell_deadline:
                    raise LateError(
                        Message("took longer than {notebook_timeout:g} seconds", notebook_timeout=self.notebook_timeout)
                    )
                raise CellTimeoutError.error_from_timeout_and_cell("Cell execution timed out", timeout, cell)
            try:
                # When it has ended, a process that it started may still hold the pipe open.
                if not self.process.wire.poll():
                    raise EOFError
                piece = self.process.wire.recv_bytes()
            except (EOFError, OSError):
                status = self.process.end(END_PATIENCE)
                raise DeadKernelError(
                    Message("Kernel died: its process ended ({ending})", ending=ending(status))
                ) from None
            yield piece

    def _await_piece(self, deadline: float) -> bool:
        """Wait until the process sends something or ends, and send it what it has room for; False if it is too late."""
        requests = self.process.requests
        while True:
            left = max(0.0, deadline - time.monotonic())
            if requests:
                self.poller.register(requests, select.POLLOUT)
            ready = self.poller.poll(None if left == math.inf else math.ceil(left * 1000))
            if requests:
                self.poller.unregister(requests)
                requests.go_on()
            if not ready:
                return False
            if len(ready) > 1 or ready[0][0] != requests.fileno():
                return True

    def _bound(self, received: int) -> None:
        """Measure the outputs now and then: what has been cleared or replaced takes no room in a page."""
        if self.output_limit is None:
            return
        self.unmeasured += received
        if self.unmeasured > self.output_limit * _MEASURED_AFTER:
            self.unmeasured = 0
            outputs = [cell.get("outputs") for cell in self.nb.cells]
            size = _size([outputs, self.widget_state, self.widget_buffers]) + self.process.printed.size
            if size > self.output_limit:
                raise OverflowingError(self.output_limit)

    def _await_end(self, deadline: float) -> None:
        """Wait for the process's threads and exit functions."""
        self.process.requests.close()
        wire = self.process.wire
        with suppress(EOFError, OSError):
            while wire.poll(max(0.0, deadline - time.monotonic())):
                wire.recv_bytes()
                if time.monotonic() > deadline:
                    return
        self.process.end(max(0.0, deadline - time.monotonic()))


def _size(content: Any) -> int:
    """How many bytes the texts in a structure take."""
    size, left = 0, [content]
    while left:
        part = left.pop()
        if isinstance(part, str):
            size += len(part) if part.isascii() else len(part.encode("utf-8", "replace"))
        elif isinstance(part, dict):
            left.extend(part.values())
        elif isinstance(part, list):
            left.extend(part)
    return size


def _date(at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC)
