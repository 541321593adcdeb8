"""The folder of wheels for machines without the internet: what is taken from the lock, and that pip checks it.

That all of it installs without a network is tried by hand (docs/zh/offline.md says where): it takes minutes.
"""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from wheels import LISTED, LOCK, PLATFORMS, chosen, own_line

ROOT = Path(__file__).parents[2]
LOCKED = LOCK.read_text(encoding="utf-8")
PAGE = (ROOT / "docs" / "zh" / "offline.md").read_text(encoding="utf-8")
SMALL = """\
# by hand
first==1.0 \\
    --hash=sha256:aa \\
    --hash=sha256:bb
second==2.0 ; sys_platform == 'win32' \\
    --hash=sha256:cc
third==3.0 ; python_full_version < '3.12' \\
    --hash=sha256:dd
third==3.1 ; python_full_version >= '3.12' \\
    --hash=sha256:ee
"""


def test_the_versions_asked_for_are_taken_with_their_hashes_whatever_this_machine_is() -> None:
    assert chosen(SMALL, ["third==3.1", "second==2.0"]) == (
        "second==2.0 \\\n    --hash=sha256:cc\nthird==3.1 \\\n    --hash=sha256:ee\n"
    )


def test_a_package_that_the_lock_does_not_name_is_refused() -> None:
    with pytest.raises(SystemExit, match=r"requirements\.lock does not name fourth==4\.0: run `make lock`"):
        chosen(SMALL, ["first==1.0", "fourth==4.0"])


def test_every_package_of_the_lock_can_be_taken() -> None:
    named = re.findall(r"^(\S+==\S+)", LOCKED, flags=re.MULTILINE)
    taken = chosen(LOCKED, named)
    assert len(re.findall(r"^\S+==\S+ \\$", taken, flags=re.MULTILINE)) == len(named) > 200
    assert taken.count("--hash=") == LOCKED.count("--hash=")


def test_pip_installs_what_was_packed_and_nothing_else(tmp_path: Path) -> None:
    folder = tmp_path / "wheels"
    folder.mkdir()
    wheel = folder / "reportkit-0.1.0-py3-none-any.whl"
    write_wheel(wheel, "packed = True\n")
    (folder / LISTED).write_text(own_line(wheel), encoding="utf-8")
    assert "Would install reportkit-0.1.0" in install(tmp_path).stdout
    write_wheel(wheel, "packed = False\n")
    refused = install(tmp_path)
    assert refused.returncode != 0
    assert "DO NOT MATCH THE HASHES" in refused.stderr


def install(folder: Path) -> subprocess.CompletedProcess[str]:
    """What pip would do if it were called as the documentation says."""
    (told,) = re.findall(r"^my-environment/bin/pip (install --no-index .+)$", PAGE, flags=re.MULTILINE)
    options = ["--dry-run", "--ignore-installed", "--disable-pip-version-check"]
    command = [sys.executable, "-m", "pip", *told.split(), *options]
    return subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8")


def write_wheel(path: Path, source: str) -> None:
    """The least that pip takes for a wheel."""
    about = "reportkit-0.1.0.dist-info"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr("reportkit.py", source)
        wheel.writestr(f"{about}/METADATA", "Metadata-Version: 2.1\nName: reportkit\nVersion: 0.1.0\n")
        wheel.writestr(
            f"{about}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr(f"{about}/RECORD", f"reportkit.py,,\n{about}/METADATA,,\n{about}/WHEEL,,\n{about}/RECORD,,\n")


def test_the_page_speaks_of_every_platform_and_its_commands_are_the_readme_s() -> None:
    assert re.findall(r"^\| `([a-z]\w+)` \|", PAGE, flags=re.MULTILINE) == [*PLATFORMS]
    first, other, install_there = re.findall(r"^```sh\n(.*?)^```", PAGE, flags=re.MULTILINE | re.DOTALL)
    for readme in ("README.md", "README.zh-CN.md"):
        text = (ROOT / readme).read_text(encoding="utf-8")
        assert f"```sh\n{first}```" in text
        assert f"```sh\n{install_there}```" in text
    planned = subprocess.run(["make", "--dry-run", *other.split()[1:]], cwd=ROOT, capture_output=True, encoding="utf-8")
    assert "--platform linux_aarch64 --python 3.12" in planned.stdout
