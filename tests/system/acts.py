"""What tests have a worker do; it imports this by name."""

from __future__ import annotations

import os
import signal
import sys
import time

from reportkit.system.errors import InputError

MIB = 1 << 20


def act(item: str) -> object:
    """What the items of these tests make a worker do."""
    match item:
        case "sleep":
            time.sleep(60)
        case "spin":
            while True:
                pass
        case "eat":
            return len(bytearray(900 * MIB))
        case "taste":
            return len(bytearray(100 * MIB))
        case "killed":
            os.kill(os.getpid(), signal.SIGKILL)
        case "exit":
            os._exit(3)
        case "memory":
            raise MemoryError
        case "quit":
            sys.exit("示例：离开")
        case "input error":
            raise InputError("示例.html: 无法\n  读取")
        case "error":
            raise ValueError("第一行\n第二行")
        case "silent error":
            raise RuntimeError
        case "unpicklable":
            return act.__code__
        case _:
            return item.upper()
    return None
