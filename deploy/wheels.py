"""A folder of wheels from which reportkit is installed on a machine without the internet (内网).

`make wheels` runs it. The folder holds the wheels that `requirements.lock` names, reportkit's own, and a
``requirements.txt`` with the hash of each, by which pip refuses a file that is not the one that was packed.
"""

from __future__ import annotations

import argparse
import hashlib
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
LOCK = ROOT / "requirements.lock"
LISTED = "requirements.txt"
EXTRAS = "pdf,lab"

# For each kind of machine: what uv calls it, and the tags of the wheels that run there, as pip names them. Linux means
# a C library from 2.28 on, which UOS 20, Kylin V10, Debian 10 and openEuler 20.03 have.
PLATFORMS: Mapping[str, tuple[str, Sequence[str]]] = {
    "linux_x86_64": (
        "x86_64-manylinux_2_28",
        ("manylinux_2_28_x86_64", "manylinux_2_27_x86_64", "manylinux_2_24_x86_64", "manylinux_2_17_x86_64"),
    ),
    "linux_aarch64": (
        "aarch64-manylinux_2_28",
        ("manylinux_2_28_aarch64", "manylinux_2_27_aarch64", "manylinux_2_26_aarch64", "manylinux_2_17_aarch64"),
    ),
    "windows": ("x86_64-pc-windows-msvc", ("win_amd64",)),
}


def main() -> None:
    """Pack the folder that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    here = f"linux_{platform.machine()}"
    parser.add_argument("--platform", choices=PLATFORMS, default=here, required=here not in PLATFORMS)
    parser.add_argument("--python", default=f"{sys.version_info.major}.{sys.version_info.minor}")
    parser.add_argument("--extras", default=EXTRAS)
    asked = parser.parse_args()
    pack(asked.folder, asked.platform, asked.python, asked.extras)
    wheels = sorted(asked.folder.glob("*.whl"))
    size = sum(wheel.stat().st_size for wheel in wheels) >> 20
    print(f"{len(wheels)} wheels, {size} MiB, for {asked.platform} with Python {asked.python}: {asked.folder}")


def pack(folder: Path, machine: str, python: str, extras: str) -> None:
    """Fill a folder with all the wheels, and write what is to be installed of them."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    listed = folder / LISTED
    locked = chosen(LOCK.read_text(encoding="utf-8"), needed(machine, python, extras))
    listed.write_text(locked, encoding="utf-8")
    _, tags = PLATFORMS[machine]
    where = [f"--platform={tag}" for tag in tags]
    options = ["--no-deps", "--require-hashes", "--only-binary=:all:", f"--python-version={python}", *where]
    run("pip", "download", "--quiet", "--quiet", *options, f"--dest={folder}", f"--requirement={listed}")
    run("pip", "wheel", "--quiet", "--quiet", "--no-deps", "--no-build-isolation", f"--wheel-dir={folder}", str(ROOT))
    (own,) = folder.glob("reportkit-*.whl")
    listed.write_text(locked + own_line(own), encoding="utf-8")


def needed(machine: str, python: str, extras: str) -> list[str]:
    """What is installed there, as ``name==version``: reportkit's dependencies, and theirs, at the lock's versions."""
    tag, _ = PLATFORMS[machine]
    wanted = [f"--extra={extra}" for extra in extras.split(",") if extra]
    target = ["--no-header", "--no-annotate", f"--python-platform={tag}", f"--python-version={python}"]
    pinned = ["--quiet", "--system-certs", f"--constraints={LOCK}", "--only-binary=:all:"]
    return run("uv", "pip", "compile", *pinned, *target, *wanted, str(ROOT / "pyproject.toml")).split()


def chosen(lock: str, wanted: Iterable[str]) -> str:
    """The lines of a lock for some packages, with their hashes; whether they are needed is decided already."""
    entries = re.findall(r"^(\S+==\S+)[^\\\n]*( \\\n(?:[ ]+.*\n?)+)", lock, flags=re.MULTILINE)
    hashes = dict(entries)
    missing = [package for package in wanted if package not in hashes]
    if missing:
        sys.exit(f"{LOCK.name} does not name {', '.join(missing)}: run `make lock`.")
    return "".join(f"{package}{hashes[package]}" for package in sorted(wanted))


def own_line(wheel: Path) -> str:
    """What pip installs reportkit itself by."""
    name, version, *_ = wheel.name.split("-")
    return f"{name}=={version} \\\n    --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}\n"


def run(module: str, *arguments: str) -> str:
    """Run a Python program of this environment; returns what it prints."""
    done = subprocess.run([sys.executable, "-m", module, *arguments], stdout=subprocess.PIPE, encoding="utf-8")
    if done.returncode:
        sys.exit(f"{module} {arguments[0]} failed; see above.")
    return done.stdout


if __name__ == "__main__":
    main()
