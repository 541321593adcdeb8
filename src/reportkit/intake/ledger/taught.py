"""The words that a project's ledgers use, and what they were taught to mean, in ``params/words.yaml``."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from reportkit.form import Form, editions
from reportkit.intake.ledger.cells import is_blank
from reportkit.intake.ledger.words import Vocabulary, case_results, outcomes
from reportkit.project.folder import Project
from reportkit.project.parameters import TypedError, TypedFile
from reportkit.system.errors import InputError
from reportkit.system.files import write_file

__all__ = ["require_meant", "taught_words", "teach"]

_FILE = "words.yaml"
_NAME = f"params/{_FILE}"
_HEAD = "# 台账里的词，以及各自所指的报告格式中的项；由 reportkit tally --outcome 词=项 写入，也可以手工修改。\n"


def taught_words(project: Project) -> dict[str, str]:
    """The words that a project was taught.

    Parameters
    ----------
    project
        The project.

    Returns
    -------
    dict of str to str
        For each word the label of the form that it stands for; empty where none was taught.

    Raises
    ------
    TypedError
        If ``params/words.yaml`` cannot be read as meant.
    """
    path = project.params / _FILE
    return _read(path.read_bytes()) if path.exists() else {}


def teach(project: Project, words: Mapping[str, str], form: Form) -> Path:
    """Keep words for all later tallies of a project.

    Parameters
    ----------
    project
        The project.
    words
        For each word the label of the form that it stands for.
    form
        An edition of the form that has the label.

    Returns
    -------
    pathlib.Path
        The file in which they are kept.

    Raises
    ------
    InputError
        If a word stands for nothing that the form has, or means something else already.
    TypedError
        If ``params/words.yaml`` cannot be read; it is left as it is.
    """
    require_meant(words, form)
    path = project.params / _FILE
    with project.editing():
        before = path.read_text(encoding="utf-8-sig") if path.exists() else _HEAD
        kept = {**_read(before.encode()), **words}
        written = _added(before, words)
        if _read(written.encode()) != kept:
            raise InputError(f"{_NAME}: what was typed cannot be kept there; type the words without control characters")
        write_file(path, written)
    return path


def require_meant(words: Mapping[str, str], form: Form) -> None:
    """Refuse words that stand for nothing that the form has, or that mean something else already.

    Parameters
    ----------
    words
        For each word the label of the form that it stands for.
    form
        The edition of the form.

    Raises
    ------
    InputError
        If there is one; the message names the labels that are like what was typed.
    """
    for word, label in words.items():
        known = _vocabularies_with(label, form)
        if not known:
            raise InputError(f"--outcome {word}={label}: {_nothing(label, form)}")
        if is_blank(word.strip()) or not known[0].taught({word: label}).read(word):
            raise InputError(f"--outcome {word}={label}: {word!r} is no word: it stands for a blank, or counts items")
        for vocabulary in known:
            present, meant = vocabulary.meaning(vocabulary.read(word)), vocabulary.meaning(vocabulary.read(label))
            if present and present != meant:
                raise InputError(f"--outcome {word}={label}: {word!r} means {vocabulary.labels[present]} already")


def _vocabularies_with(label: str, form: Form) -> list[Vocabulary]:
    """Those of the outcomes of requests and the results of cases in which a label means something."""
    return [words for words in (outcomes(form), case_results(form)) if words.meaning(words.read(label))]


def _nothing(label: str, form: Form) -> str:
    near = outcomes(form).alike(label) or case_results(form).alike(label)
    meant = f"nearest to it: {'、'.join(near)}" if near else f"write one of {outcomes(form).choices()}"
    return f"{label!r} is nothing that the form has; {meant}"


def _read(data: bytes) -> dict[str, str]:
    file, words = TypedFile(_NAME), dict[str, str]()
    root = file.parse(data)
    for word, _, node in file.entries(root, "", None) if root else ():
        words[word] = file.text(node, word)
        if not any(_vocabularies_with(words[word], form) for form in editions().values()):
            file.problem(node, word, _nothing(words[word], list(editions().values())[-1]))
    if file.problems:
        raise TypedError(file.problems)
    return words


def _added(before: str, words: Mapping[str, str]) -> str:
    """The file's text with words added, or given another meaning; its comments stay."""
    from ruamel.yaml import YAML

    yaml_file: Any = YAML()
    yaml_file.width = 2**20
    typed = yaml_file.load(before)
    written = io.StringIO()
    if typed is None:  # nothing but comments
        yaml_file.dump(dict(words), written)
        return f"{before.rstrip()}\n{written.getvalue()}".lstrip()
    typed.update(words)
    yaml_file.dump(typed, written)
    return written.getvalue()
