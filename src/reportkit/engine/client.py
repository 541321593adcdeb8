"""Papermill's client for a notebook's process: it sends the cells, and puts their messages into the notebook."""

from __future__ import annotations

import base64
import json
import time
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
from reportkit.engine.streams import StreamBuffer
from reportkit.system.machine import ending

if TYPE_CHECKING:
    from nbformat import NotebookNode

__all__ = ["END_PATIENCE", "MOST_OUTPUT", "Client", "LateError", "OverflowingError"]

# How many seconds a notebook's exit functions may run.
END_PATIENCE = 5.0
# More bytes than anyone reads: a cell that prints without end must not fill this process's memory.
MOST_OUTPUT = 64 << 20

_TIME = "%Y-%m-%dT%H:%M:%S.%fZ"


class LateError(TimeoutError):
    """A notebook took longer than its time limit."""


class OverflowingError(RuntimeError):
    """A notebook put out more than `MOST_OUTPUT`."""


class Client(PapermillNotebookClient):  # type: ignore[misc]
    """Papermill's client, with a process in place of a kernel.

    Parameters
    ----------
    notebook_timeout
        How many seconds the whole notebook may run; None for no limit.
    memory_limit
        How many bytes its process may use on top of what it starts with; None for no limit.
    """

    notebook_timeout: float | None = None
    memory_limit: int | None = None
    deadline = float("inf")
    received = 0
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
        self.printed = StreamBuffer()
        if self.notebook_timeout:
            self.deadline = time.monotonic() + self.notebook_timeout
        self.process = start_process(self.memory_limit)
        patience = 0.0
        try:
            self.papermill_execute_cells()
            self.nb.metadata["language_info"] = dict(IPythonKernel.language_info)
            self.set_widgets_metadata()
            patience = min(END_PATIENCE, self.deadline - time.monotonic())
        finally:
            self._end_process(patience)
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
        reply = self._reply(cell, cell_index)
        may_fail = not self.force_raise_errors and (
            self.allow_errors or reply.get("ename") in self.allow_error_names or "raises-exception" in tags
        )
        if reply["status"] == "error" and not may_fail:
            raise CellExecutionError.from_cell_and_msg(cell, reply)
        return cell

    def _reply(self, cell: NotebookNode, cell_index: int) -> dict[str, Any]:
        """Run a cell, and handle its messages until it is done."""
        cell_id = str(cell_index)
        reply: dict[str, Any] = {}
        with suppress(BrokenPipeError):  # the process has ended, which reading its messages will show
            self.process.cells.send_bytes(json.dumps([cell_id, cell.source]).encode())
        try:
            for message in self._messages(cell):
                kind, content, sender, at = message[:4]
                for text in self.printed.before(kind, content, sender, at):
                    self._show(text, at, cell, cell_index)
                if sender != cell_id:
                    continue  # from a cell that is done, which a thread or task of it still prints to
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
        raise AssertionError("the messages of a process end with an error")

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
        """Yield the messages of the process; its end and its limits are errors."""
        timeout = self._get_timeout(cell)
        cell_deadline = time.monotonic() + timeout if timeout else float("inf")
        while True:
            left = min(self.deadline, cell_deadline) - time.monotonic()
            if not (ready := wait(self.process.wait_on, max(left, 0) if left < float("inf") else None)):
                if self.deadline <= cell_deadline:
                    raise LateError(f"took longer than {self.notebook_timeout:g} seconds")
                raise CellTimeoutError.error_from_timeout_and_cell("Cell execution timed out", timeout, cell)
            try:
                # When it has ended, a process that it started may still hold the pipe open.
                if self.process.wire not in ready and not self.process.wire.poll():
                    raise EOFError
                piece = self.process.wire.recv_bytes()
            except (EOFError, OSError):
                status = self.process.end(END_PATIENCE)
                raise DeadKernelError(f"Kernel died: its process ended ({ending(status)})") from None
            self.received += len(piece)
            if self.received > MOST_OUTPUT:
                raise OverflowingError(f"put out more than {MOST_OUTPUT >> 20} MiB")
            yield json_unpacker(piece)

    def _end_process(self, patience: float) -> None:
        """Close the cells and wait for the process's exit functions, then end it."""
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


def _header(at: float) -> dict[str, Any]:
    return {"date": datetime.fromtimestamp(at, UTC)}
