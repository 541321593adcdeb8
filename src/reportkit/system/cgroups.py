"""What a container allows its processes: the limits of the control groups (cgroup v1 and v2) that this one is in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

__all__ = ["ROOT", "cpu_quota", "memory_limit"]

ROOT = Path("/")
# From this many bytes on, v1 means no limit.
_UNLIMITED = 1 << 60
_V2 = ""  # how the kernel names the groups of v2, which hold all controllers


def cpu_quota(root: Path = ROOT) -> float | None:
    """How many cores' worth of time the processes of this container get together.

    Parameters
    ----------
    root
        The folder in which /proc and /sys are.

    Returns
    -------
    float or None
        The lowest limit of this process's groups; None if there is none.
    """
    quotas = []
    for version, group in _groups(root, "cpu"):
        if version == _V2:
            quota, period = _numbers(group / "cpu.max", 2)
        else:
            (quota,), (period,) = _numbers(group / "cpu.cfs_quota_us", 1), _numbers(group / "cpu.cfs_period_us", 1)
        if quota is not None and quota > 0 and period:
            quotas.append(quota / period)
    return min(quotas, default=None)


def memory_limit(root: Path = ROOT) -> int | None:
    """How many bytes of memory the processes of this container may use together.

    Parameters
    ----------
    root
        The folder in which /proc and /sys are.

    Returns
    -------
    int or None
        The lowest limit of this process's groups; None if there is none.
    """
    limits = []
    for version, group in _groups(root, "memory"):
        for name in ("memory.max", "memory.high") if version == _V2 else ("memory.limit_in_bytes",):
            (limit,) = _numbers(group / name, 1)
            if limit is not None and 0 < limit < _UNLIMITED:
                limits.append(limit)
    return min(limits, default=None)


def _groups(root: Path, controller: str) -> Iterator[tuple[str, Path]]:
    """The folders of the groups that this process is in and of those above, each with the name of its hierarchy.

    In a container the group's path may be the host's; then the folder at the top is the container's own.
    """
    lines: list[str] = []
    with suppress(OSError, UnicodeDecodeError):
        lines = (root / "proc/self/cgroup").read_text(encoding="utf-8").splitlines()
    mounts = root / "sys/fs/cgroup"
    for line in lines:
        _, first, named = line.partition(":")
        controllers, second, path = named.partition(":")
        if not (first and second):
            continue
        if controllers == _V2:
            tops = [mounts, mounts / "unified"]
        elif controller in controllers.split(","):
            tops = [mounts / controllers, mounts / controller]
        else:
            continue
        for top in tops:
            group = Path() if ".." in path.split("/") else Path(path.strip("/"))
            yield from ((controllers, top / above) for above in dict.fromkeys((group, *group.parents, Path())))


def _numbers(file: Path, count: int) -> list[int | None]:
    """The numbers in a file; None for each that is not there, or is no number."""
    words: list[str] = []
    with suppress(OSError, UnicodeDecodeError):
        words = file.read_text(encoding="ascii").split()
    words += [""] * count
    return [int(word) if word.lstrip("-").isdecimal() else None for word in words[:count]]
