"""What every command says, with a mistake of each kind: as it stands in the transcript, and in one language at a time."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import reportkit
from cli.transcript import Shown, commands_in, in_this_process, prepare, replay, texts_of_files, written
from reportkit.form import editions
from reportkit.intake.ledger.words import declared
from reportkit.publish.formats import FORMATS

SOURCE = Path(reportkit.__file__).parent
TRANSCRIPT = Path(__file__).parents[1] / "data" / "transcript.zh.txt"
# What stands in a Chinese sentence in Latin letters: options, paths, addresses, keys, rules, names of things.
LATIN = re.compile(
    r"`[^`]*`|“[^”]*”|'[^']*'|\{[^}]*\}"  # commands, and what was typed
    r"|\[[a-z|]+\]|(?<![\w-])--?[a-z][\w-]*(?:=\S+)?"  # options
    r"|\breportkit(?: [a-z]+)*"
    r"|[\w./*:\\~-]*[./_:\\][\w./*:=\[\]-]*"  # paths, addresses, keys
    r"|\b(?:[A-Z][A-Z0-9]*-)?[A-Z][A-Z0-9_-]*[0-9a-z]?\b"  # rules, abbreviations
    r"|\b(?:Excel|Word|Dask|Windows|id|zh|en|text|json|xlsx|markdown|error|warning|info|agency|rule|off)\b"
)
COMMANDS = re.compile(r"^  [a-z]+ ")  # a command in a list of them
# Python's own words on an error in a notebook, and what programs read.
FOREIGN = re.compile(r"\b\w+Error: .*|^\{.*|^[+@-].*|^  JSON .*|^  \"[a-z].*")
ENGLISH_WORDS = re.compile(r"[A-Za-z][A-Za-z_-]+")
EXAMPLE = "linyi-fao"  # the agency of this repository's own report
KEYS = ("agency", "year", "published", "language", "deadlines", "name", "build", "svg", "png", "none")
HALF_WIDTH = re.compile(r"[\u4e00-\u9fff”）][,;:?!](?:\s|$)|[\u4e00-\u9fff]\.(?:\s|$)|[，；：。] (?![ \[])")
OTHER_CHINESE = ("政府信息公开工作年度报告", "示例", "退改清单", "转信访办")
FULL_WIDTH = re.compile(r"[，；：。？！]")
SENTENCE = re.compile(r"\b[A-Za-z]+ [a-z]{2,} [a-z]{2,}\b")
CHINESE = re.compile(r"[\u4e00-\u9fff]+")


def replayed(folder: Path, language: str) -> list[str | Shown]:
    prepare(folder)
    lines = commands_in(TRANSCRIPT.read_text(encoding="utf-8"))
    with in_this_process():
        return [*replay(lines, folder, REPORTKIT_LANG="", LC_ALL=language)]


@pytest.fixture(scope="module")
def chinese(tmp_path_factory: pytest.TempPathFactory) -> list[str | Shown]:
    """The transcript in Chinese."""
    return replayed(tmp_path_factory.mktemp("zh"), "zh_CN.UTF-8")


@pytest.fixture(scope="module")
def english(tmp_path_factory: pytest.TempPathFactory) -> list[str | Shown]:
    """The same in English."""
    return replayed(tmp_path_factory.mktemp("en"), "C.UTF-8")


def lines_of(transcript: list[str | Shown]) -> Iterator[tuple[Shown, str]]:
    for shown in transcript:
        if isinstance(shown, Shown):
            for line in shown.printed.splitlines():
                yield shown, line


def test_every_command_says_what_stands_in_the_transcript(chinese: list[str | Shown]) -> None:
    if os.environ.get("RENEW_TRANSCRIPT"):
        TRANSCRIPT.write_text(written(chinese), encoding="utf-8")
    assert written(chinese) == TRANSCRIPT.read_text(encoding="utf-8")


def test_no_command_ends_in_a_traceback(chinese: list[str | Shown], english: list[str | Shown]) -> None:
    assert not [shown.command for shown, line in lines_of([*chinese, *english]) if line.startswith("Traceback")]


@cache
def words_of_files() -> frozenset[str]:
    """Latin words that files are written in: keys of the form and of parameter files, ids, columns of ledgers."""
    found = {part for form in editions().values() for address in form.cells for part in address.split(".")}
    formats = {word for listed in FORMATS for word in (listed.name, *listed.name.split("-"))}
    return frozenset(
        {*found, *formats, *declared()["columns"], *ENGLISH_WORDS.findall(" ".join(texts_of_files())), *KEYS}
    )


def test_a_chinese_sentence_holds_no_english(chinese: list[str | Shown]) -> None:
    wrong = []
    for shown, line in lines_of(chinese):
        rest = LATIN.sub("", FOREIGN.sub("", COMMANDS.sub("", line.replace(EXAMPLE, ""))))
        typed = {*ENGLISH_WORDS.findall(shown.command)}
        if {*ENGLISH_WORDS.findall(rest)} - typed - words_of_files():
            wrong.append(f"{shown.command}: {line}")
    assert not wrong, "\n".join(wrong)


def test_a_chinese_sentence_has_chinese_punctuation(chinese: list[str | Shown]) -> None:
    wrong = [
        f"{shown.command}: {line}" for shown, line in lines_of(chinese) if HALF_WIDTH.search(FOREIGN.sub("", line))
    ]
    assert not wrong, "\n".join(wrong)


@cache
def chinese_that_may_stand() -> str:
    """Where a name or a word in an English sentence must come from: the form, ledgers' words, or a file."""
    declarations = [*(SOURCE / "form").glob("*.toml"), SOURCE / "intake/ledger/words.toml"]
    return "\n".join((*(path.read_text(encoding="utf-8") for path in declarations), *texts_of_files(), *OTHER_CHINESE))


def test_an_english_sentence_holds_no_chinese(english: list[str | Shown]) -> None:
    wrong = []
    for shown, line in lines_of(english):
        if not SENTENCE.search(line):
            continue  # a finding, or what a file says
        unquoted = re.sub(r"“[^”]*”|'[^']*'", "", line)
        known = f"{chinese_that_may_stand()}\n{shown.command}"
        if any(words not in known for words in CHINESE.findall(unquoted)) or FULL_WIDTH.search(unquoted):
            wrong.append(f"{shown.command}: {line}")
    assert not wrong, "\n".join(wrong)


def test_where_the_terminal_has_only_ascii_nothing_else_is_printed(tmp_path: Path) -> None:
    prepare(tmp_path)
    plain = {name: value for name, value in os.environ.items() if name not in ("REPORTKIT_LANG", "LANGUAGE", "LC_ALL")}
    plain |= {"LANG": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    for command, status in (("check --project 市", 1), ("check 市卫建委 --project 市", 2), ("check --help", 0)):
        done = subprocess.run(
            [sys.executable, "-m", "reportkit", *command.split()], cwd=tmp_path, env=plain, capture_output=True
        )
        printed = (done.stdout + done.stderr).decode("ascii")
        assert (done.returncode, "Traceback" in printed) == (status, False)
        assert re.search(r"error|Usage", printed)
