"""How much of a module the tests hold: small changes are made to it one at a time, and the tests run on each.

Run it with ``make mutants MODULE=checks/privacy``. A change that no test notices is shown as a difference; it either
changes nothing that matters, or a test is missing. The changes are made by cosmic-ray, in a copy of the repository.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from cosmic_ray.work_db import WorkDB, use_db
from cosmic_ray.work_item import MutationSpec, TestOutcome, WorkerOutcome, WorkResult

ROOT = Path(__file__).parents[1]
# Changes that say nothing: `|` is in types far more often than in sums, and a cache that is taken away only costs time.
LEFT_OUT = (
    r"core/ReplaceBinaryOperator_BitOr_.*",
    r"core/ReplaceBinaryOperator_\w+_(?:Pow|RShift|LShift|BitOr|BitAnd|BitXor|FloorDiv|Mod|Div)",
    r"core/ReplaceUnaryOperator_.*_Invert",
    r"core/RemoveDecorator",
    r"core/ReplaceComparisonOperator_(?:Eq_Is|NotEq_IsNot)",
)
# Words are the same or not; which comes first in the alphabet says nothing.
ORDERS = re.compile(r"core/ReplaceComparisonOperator_(?:Eq|NotEq)_[LG]tE?")
EQUALS_A_WORD = re.compile(r"[=!]=\s*[\"']")
ENOUGH = 0.95
SLOWEST = 300.0  # seconds for the tests of one change


def main() -> int:
    """Make the changes asked for, show those that no test notices, and print the share that is noticed."""
    arguments = parsed()
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        copy = copied(Path(folder))
        session = prepared(copy, arguments.module, arguments.sample, arguments.seed)
        with subprocess.Popen(
            ["cosmic-ray", "exec", "mutants.toml", session.name], cwd=copy, env=environment(copy)
        ) as run:
            run.wait()
        return told(session)


def parsed() -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("module", help="the module below src/reportkit, without its ending: checks/privacy")
    parser.add_argument("--sample", type=int, default=40, help="how many changes; 0 for all (default: 40)")
    parser.add_argument("--seed", type=int, default=20, help="which ones (default: 20)")
    arguments = parser.parse_args()
    if not source_of(arguments.module).is_file():
        parser.error(f"src/reportkit/{arguments.module}.py does not exist")
    return arguments


def source_of(module: str) -> Path:
    """The file of a module in the repository."""
    return ROOT / "src" / "reportkit" / f"{module}.py"


def copied(folder: Path) -> Path:
    """A copy of the repository's files, which may be changed."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    return folder


def tests_of(module: str) -> list[str]:
    """The tests of a module: its own first, which notice most, then those of its package."""
    package, _, name = module.rpartition("/")
    own = Path("tests", package, f"test_{name}.py")
    there = [str(path) for path in (own, own.parent) if (ROOT / path).exists() and path != Path("tests")]
    return there or ["tests"]


def environment(copy: Path) -> dict[str, str]:
    """The environment of a run: the copy's code, and programs of the Python that runs this."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("COVERAGE", "MAKE"))}
    return {**kept, "PATH": path, "PYTHONPATH": str(copy / "src"), "PYTHONDONTWRITEBYTECODE": "1"}


def prepared(copy: Path, module: str, sample: int, seed: int) -> Path:
    """A session of cosmic-ray with the changes to make; the others are marked as left out."""
    tests = " ".join(tests_of(module))
    left_out = ", ".join(f"'{pattern}'" for pattern in LEFT_OUT)
    (copy / "mutants.toml").write_text(
        f"""\
[cosmic-ray]
module-path = "src/reportkit/{module}.py"
timeout = {SLOWEST}
test-command = "{sys.executable} -m pytest -x -q -p no:cacheprovider --hypothesis-seed=0 {tests}"

[cosmic-ray.distributor]
name = "local"

[cosmic-ray.filters.operators-filter]
exclude-operators = [{left_out}]
""",
        encoding="utf-8",
    )
    session = copy / "mutants.sqlite"
    for command in (
        ["cosmic-ray", "init", "mutants.toml", session.name],
        ["cr-filter-operators", session.name, "mutants.toml"],
        ["cosmic-ray", "baseline", "mutants.toml"],
    ):
        done = subprocess.run(command, cwd=copy, env=environment(copy), capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
    with use_db(session, WorkDB.Mode.open) as changes:
        lines = (copy / "src" / "reportkit" / f"{module}.py").read_text(encoding="utf-8").splitlines()
        pending = sorted(changes.pending_work_items, key=lambda item: item.job_id)
        dull = [item for item in pending if says_nothing(item.mutations[0], lines)]
        changes.set_multiple_results([item.job_id for item in dull], WorkResult(worker_outcome=WorkerOutcome.SKIPPED))
        pending = [item for item in pending if item not in dull]
        pending.sort(key=lambda item: (item.mutations[0].start_pos, item.mutations[0].operator_name))
        kept = random.Random(seed).sample(pending, min(sample or len(pending), len(pending)))  # noqa: S311
        names = {item.job_id for item in kept}
        changes.set_multiple_results(
            [item.job_id for item in pending if item.job_id not in names],
            WorkResult(worker_outcome=WorkerOutcome.SKIPPED),
        )
        print(f"{module}: {len(kept)} of {len(pending)} changes, against {tests}", flush=True)
    return session


def says_nothing(change: MutationSpec, lines: list[str]) -> bool:
    """Whether a change only asks which of two words comes first."""
    row, column = change.start_pos
    return bool(ORDERS.match(change.operator_name) and EQUALS_A_WORD.match(lines[row - 1], column))


def told(session: Path) -> int:
    """Print the changes that no test noticed, and the share of those that some test did; 1 if it is too small."""
    with use_db(session, WorkDB.Mode.open) as changes:
        results = [result for _, result in changes.results if result.worker_outcome != WorkerOutcome.SKIPPED]
    unseen = [result for result in results if result.test_outcome == TestOutcome.SURVIVED]
    for number, result in enumerate(unseen, start=1):
        print(f"\n--- {number}, noticed by no test")
        print("\n".join(changed_lines(result.diff or "")))
    share = 1 - len(unseen) / len(results) if results else 1.0
    print(f"\n{len(results) - len(unseen)} of {len(results)} changes noticed: {share:.0%}")
    return int(share < ENOUGH)


def changed_lines(diff: str) -> Iterator[str]:
    """The lines of a difference from where it begins."""
    return (
        line for line in diff.splitlines() if line.startswith(("@@", "+", "-")) and not line.startswith(("+++", "---"))
    )


if __name__ == "__main__":
    sys.exit(main())
