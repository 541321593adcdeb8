"""Papermill's client for a notebook's process: sends it the cells, and puts what they send into the notebook."""

from __future__ import annotations

import base64
import json
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from multiprocessing.connection import wait
from typing import TYPE_CHECKING, Any

from ipykernel.ipkernel import IPythonKernel
from jupyter_client.session import json_unpacker
from nbclient.exceptions import CellExecutionComplete, CellExecutionError, CellTimeoutError, DeadKernelError
from papermill.clientwrap import PapermillNotebookClient

from reportkit.engine.process import NotebookProcess, start_process
from reportkit.system.machine import ending

if TYPE_CHECKING:
    from nbformat import NotebookNode

__all__ = ["Client", "LateError", "OverflowingError"]

# As long as ipykernel waits for more of a stream before it shows what it has.
_STREAM_PATIENCE = 0.2
# For what a notebook wants done at its very end, and for nothing else.
_END_PATIENCE = 5.0
# More than anybody reads; a cell that prints without end must not fill the memory of who runs it.
_MOST_OUTPUT = 64 << 20


class LateError(TimeoutError):
    """A notebook that takes longer than it may."""


class OverflowingError(RuntimeError):
    """A notebook that puts out more than it may."""


class Client(PapermillNotebookClient):  # type: ignore[misc]
    """Papermill's client, which gets its messages from a process instead of a kernel.

    Parameters
    ----------
    notebook_timeout
        For how many seconds the whole notebook may run; None for as long as it takes.
    memory_limit
        How many bytes its process may take; None for all there are.
    """

    notebook_timeout: float | None = None
    memory_limit: int | None = None
    deadline = float("inf")
    received = 0
    process: NotebookProcess

    def execute(self) -> NotebookNode:
        """Run all cells, as far as one does not fail."""
        self.reset_execution_trackers()
        self.log.info(f"Executing notebook with kernel: {self.kernel_name}")
        self.printed = _Printed()
        if self.notebook_timeout:
            self.deadline = time.monotonic() + self.notebook_timeout
        self.process = start_process(self.memory_limit)
        patience = 0.0
        try:
            self.papermill_execute_cells()
            self.nb.metadata["language_info"] = dict(IPythonKernel.language_info)
            self.set_widgets_metadata()
            patience = min(_END_PATIENCE, self.deadline - time.monotonic())
        finally:
            self._let_end(patience)
        executed: NotebookNode = self.nb
        return executed

    def execute_cell(self, cell: NotebookNode, cell_index: int, **_: Any) -> NotebookNode:
        """Run one cell.

        Raises
        ------
        CellExecutionError
            Where it fails, and may not.
        """
        tags = cell.metadata.get("tags", [])
        if cell.cell_type != "code" or not cell.source.strip() or self.skip_cells_with_tag in tags:
            return cell
        if self.record_timing:
            cell["metadata"]["execution"] = {}
        cell.outputs = []
        self.clear_before_next_output = False
        self.code_cells_executed += 1
        reply = self._reply(cell, cell_index)
        may_fail = not self.force_raise_errors and (
            self.allow_errors or reply.get("ename") in self.allow_error_names or "raises-exception" in tags
        )
        if reply["status"] == "error" and not may_fail:
            raise CellExecutionError.from_cell_and_msg(cell, reply)
        return cell

    def _reply(self, cell: NotebookNode, cell_index: int) -> dict[str, Any]:
        """Have a cell run, and handle all that it sends until it is done."""
        mark = str(cell_index)
        reply: dict[str, Any] = {}
        with suppress(BrokenPipeError):  # that it has ended will be seen at the other end
            self.process.cells.send_bytes(json.dumps([mark, cell.source]).encode())
        try:
            for message in self._messages(cell):
                kind, content, sender, at = message[:4]
                for text in self.printed.before(kind, content, sender, at):
                    self._show(text, at, cell, cell_index)
                if sender != mark:
                    continue  # of a cell that is done: nobody waits for it
                if kind == "execute_reply":
                    reply = content
                    if self.record_timing:
                        cell["metadata"]["execution"]["shell.execute_reply"] = _header(at)["date"].strftime(_TIME)
                elif kind not in ("write", "flush"):
                    self._handle(kind, content, sender, at, cell, cell_index, message[4:])
        except CellExecutionComplete:
            return reply
        except (DeadKernelError, TimeoutError, OverflowingError):
            for text in self.printed.rest():
                self._show(text, time.time(), cell, cell_index)
            self.nb_man.cell_exception(cell, cell_index=cell_index)
            raise
        raise AssertionError("messages end only with an error")

    def _show(self, printed: tuple[str, str, str], at: float, cell: NotebookNode, cell_index: int) -> None:
        name, sender, text = printed
        if sender == str(cell_index):
            self._handle("stream", {"name": name, "text": text}, sender, at, cell, cell_index)

    def _handle(
        self,
        kind: str,
        content: Any,
        sender: str,
        at: float,
        cell: NotebookNode,
        cell_index: int,
        attached: Any = (),
    ) -> None:
        buffers = [base64.b64decode(buffer) for buffers in attached for buffer in buffers]
        message = {
            "msg_type": kind,
            "header": {"msg_type": kind, **_header(at)},
            "parent_header": {"msg_id": sender},
            "content": content,
            "buffers": buffers,
        }
        self.process_message(message, cell, cell_index)

    def _messages(self, cell: NotebookNode) -> Iterator[list[Any]]:
        """What the process says, until it says no more."""
        timeout = self._get_timeout(cell)
        cell_deadline = time.monotonic() + timeout if timeout else float("inf")
        while True:
            left = min(self.deadline, cell_deadline) - time.monotonic()
            if not (ready := wait(self.process.wait_on, max(left, 0) if left < float("inf") else None)):
                if self.deadline <= cell_deadline:
                    raise LateError(f"took longer than {self.notebook_timeout:g} seconds")
                raise CellTimeoutError.error_from_timeout_and_cell("Cell execution timed out", timeout, cell)
            try:
                # What it has started may keep its end of the pipe open when it has ended itself.
                if self.process.wire not in ready and not self.process.wire.poll():
                    raise EOFError
                piece = self.process.wire.recv_bytes()
            except (EOFError, OSError):
                status = self.process.end(_END_PATIENCE)
                raise DeadKernelError(f"Kernel died: its process ended ({ending(status)})") from None
            self.received += len(piece)
            if self.received > _MOST_OUTPUT:
                raise OverflowingError(f"put out more than {_MOST_OUTPUT >> 20} MiB")
            yield json_unpacker(piece)

    def _let_end(self, patience: float) -> None:
        """Let the process do what it has to do at its end, and no more."""
        if self.process.wire.closed:
            return
        if patience > 0:
            self.process.cells.close()
            limit = time.monotonic() + patience
            with suppress(EOFError, OSError):
                while self.process.wire.poll(max(0.0, limit - time.monotonic())):
                    self.process.wire.recv_bytes()
                    if time.monotonic() > limit:
                        break
        self.process.end(max(0.0, patience))


class _Printed:
    """What was printed and is not shown yet.

    As with ipykernel, a stream is shown when it is flushed, and a while after something was printed to it that
    has not been shown until then; each cell's part by itself.
    """

    def __init__(self) -> None:
        self.texts: dict[str, dict[str, list[str]]] = {}
        self.clocks: list[tuple[float, str]] = []
        self.ticking: set[str] = set()

    def before(self, kind: str, content: Any, cell: str, at: float) -> Iterator[tuple[str, str, str]]:
        """What is to be shown before a message of that kind is handled: streams, cells and texts."""
        while self.clocks and self.clocks[0][0] <= at:
            yield from self._taken(self.clocks.pop(0)[1])
        if kind == "write":
            name, text = content
            if name not in self.ticking:
                self.ticking.add(name)
                self.clocks.append((at + _STREAM_PATIENCE, name))
            self.texts.setdefault(name, defaultdict(list))[cell].append(text)
        elif kind == "flush":
            yield from self._taken(content)

    def rest(self) -> Iterator[tuple[str, str, str]]:
        """What is left."""
        for name in list(self.texts):
            yield from self._taken(name)

    def _taken(self, name: str) -> Iterator[tuple[str, str, str]]:
        self.ticking.discard(name)
        for cell, texts in self.texts.pop(name, {}).items():
            yield name, cell, "".join(texts)


_TIME = "%Y-%m-%dT%H:%M:%S.%fZ"


def _header(at: float) -> dict[str, Any]:
    return {"date": datetime.fromtimestamp(at, UTC)}
