"""Functions that tests call in worker processes, which import them by name."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

from reportkit.system.errors import InputError

MIB = 1 << 20


class UnpicklableError(Exception):
    """An error that cannot be unpickled."""

    def __init__(self, one: str, another: str) -> None:
        super().__init__(f"{one} and {another}")


def never_end(*_: object, **__: object) -> None:
    """Go on until the process is killed."""
    while True:
        time.sleep(60)


def act(item: str) -> object:
    """Do what the item says."""
    match item:
        case "sleep":
            time.sleep(60)
        case "spin":
            while True:
                pass
        case "allocate 900 MiB":
            return len(bytearray(900 * MIB))
        case "allocate 100 MiB":
            return len(bytearray(100 * MIB))
        case "killed":
            os.kill(os.getpid(), signal.SIGKILL)
        case "exit":
            os._exit(3)
        case "out of memory":
            raise MemoryError
        case "quit":
            sys.exit("示例：离开")
        case "input error":
            raise InputError("示例.html: 无法\n  读取")
        case "error":
            raise ValueError("第一行\n第二行")
        case "silent error":
            raise RuntimeError
        case "unpicklable error":
            raise UnpicklableError("one", "another")
        case "unpicklable result":
            return act.__code__
        case _:
            return item.upper()
    return None


def fail_at_first(started: Path) -> None:
    """End the process, unless one has done so before."""
    if not started.exists():
        started.touch()
        os._exit(5)


def always_fail() -> None:
    """End the process."""
    os._exit(5)
