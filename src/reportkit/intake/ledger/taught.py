"""The words that a project's ledgers use, and what they were taught to mean, in ``params/project.yaml``."""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from reportkit.form import Form, editions
from reportkit.intake.ledger.cells import is_blank
from reportkit.intake.ledger.words import Vocabulary, case_results, outcomes
from reportkit.project.folder import SETTINGS, Project
from reportkit.project.parameters import Problem, TypedError
from reportkit.project.settings import Settings, parse_settings
from reportkit.report import Place
from reportkit.system.errors import InputError
from reportkit.system.files import write_file
from reportkit.system.language import Message

__all__ = ["require_meant", "taught_words", "teach"]

_NAME = f"params/{SETTINGS}"
_KEY = "outcomes"


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
        If ``params/project.yaml`` cannot be read as meant.
    """
    _require_known(project.settings.outcomes)
    return dict(project.settings.outcomes)


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
        If ``params/project.yaml`` cannot be read; it is left as it is.
    """
    require_meant(words, form)
    path = project.params / SETTINGS
    with project.editing():
        settings = project.settings
        _require_known(settings.outcomes)
        before = path.read_text(encoding="utf-8-sig") if path.exists() else ""
        written = _added(before, words)
        kept = dataclasses.replace(settings, outcomes={**settings.outcomes, **words})
        if parse_settings(written.encode(), _NAME) != _as_in_file(kept):
            raise InputError(
                Message(
                    "{name}: what was typed cannot be kept there; type the words without control characters", name=_NAME
                )
            )
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
            raise InputError(
                Message("--outcome {word}={label}: {nothing}", word=word, label=label, nothing=_nothing(label, form))
            )
        if is_blank(word.strip()) or not known[0].taught({word: label}).read(word):
            raise InputError(
                Message(
                    "--outcome {word}={label}: {word!r} is no word: it stands for a blank, or counts items",
                    word=word,
                    label=label,
                )
            )
        for vocabulary in known:
            present, meant = vocabulary.meaning(vocabulary.read(word)), vocabulary.meaning(vocabulary.read(label))
            if present and present != meant:
                raise InputError(
                    Message(
                        "--outcome {word}={label}: {word!r} means {value} already",
                        word=word,
                        label=label,
                        value=vocabulary.labels[present],
                    )
                )


def _vocabularies_with(label: str, form: Form) -> list[Vocabulary]:
    """Those of the outcomes of requests and the results of cases in which a label means something."""
    return [words for words in (outcomes(form), case_results(form)) if words.meaning(words.read(label))]


def _nothing(label: str, form: Form) -> str:
    near = outcomes(form).alike(label) or case_results(form).alike(label)
    meant = Message("write one of {choices}", choices=outcomes(form).choices())
    if near:
        meant = Message("nearest to it: {alike}", alike="、".join(near))
    return Message("{label!r} is nothing that the form has; {meant}", label=label, meant=meant)


def _require_known(words: Mapping[str, str]) -> None:
    """Refuse settings in which a word stands for nothing that any edition of the form has."""
    problems = [
        Problem(Place(_NAME), f"{_KEY}.{word}", _nothing(label, list(editions().values())[-1]))
        for word, label in words.items()
        if not any(_vocabularies_with(label, form) for form in editions().values())
    ]
    if problems:
        raise TypedError(problems)


def _as_in_file(settings: Settings) -> Settings:
    """The settings without what a project adds to those of its file."""
    return dataclasses.replace(settings, standard=dataclasses.replace(settings.standard, own_rules=None))


def _added(before: str, words: Mapping[str, str]) -> str:
    """The file's text with words added, or given another meaning; its comments stay."""
    from ruamel.yaml import YAML

    yaml_file: Any = YAML()
    yaml_file.width = 2**20
    typed = yaml_file.load(before)
    written = io.StringIO()
    if typed is None:  # nothing but comments
        yaml_file.dump({_KEY: dict(words)}, written)
        return f"{before.rstrip()}\n{written.getvalue()}".lstrip()
    if typed.get(_KEY) is None:
        typed[_KEY] = {}
    typed[_KEY].update(words)
    yaml_file.dump(typed, written)
    return written.getvalue()
