"""What the kernel tells a process of its container, written into a folder that stands for /."""

from __future__ import annotations

from pathlib import Path

__all__ = ["write_cgroup"]


def write_cgroup(root: Path, line: str = "0::/", folder: str = "", **files: str) -> None:
    """Put a process into a control group, beside those it is in.

    Parameters
    ----------
    root
        What stands for /.
    line
        What /proc/self/cgroup says of it.
    folder
        Where its files are in /sys/fs/cgroup.
    **files
        What they hold.
    """
    told = root / "proc" / "self" / "cgroup"
    told.parent.mkdir(parents=True, exist_ok=True)
    lines = told.read_text().splitlines() if told.exists() else []
    told.write_text("".join(f"{each}\n" for each in dict.fromkeys([*lines, line])))
    group = root / "sys" / "fs" / "cgroup" / folder
    group.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (group / name).write_text(content)
