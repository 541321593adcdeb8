"""Where a process looks for fonts: one library is set up otherwise than all others, and never while these look."""

from __future__ import annotations

import threading

__all__ = ["FONT_SETTINGS"]

FONT_SETTINGS = threading.Lock()
"""Held while this process's settings are changed for one library, and while another looks for the machine's fonts."""
