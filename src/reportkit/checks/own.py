"""Rules of a project's own: functions of a report, declared in ``notebooks/checks.py`` or in a cell of a notebook."""

from __future__ import annotations

import runpy
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from reportkit.checks.finding import SEVERITIES, Finding
from reportkit.checks.rules import Declaration, NotAssessableError, Rule
from reportkit.form import Form, editions
from reportkit.report import AnnualReport
from reportkit.system.errors import InputError
from reportkit.system.language import Joined, Message

__all__ = ["OwnRuleError", "found", "own_rules", "rule"]

# What the module is called while it runs.
_MODULE = "reportkit_own_rules"


class OwnRuleError(InputError, ValueError):
    """A file of a project's own rules that cannot be used; the message says where and why."""


@dataclass(frozen=True, slots=True)
class _Found:
    """What a rule of a project's own has found."""

    message: str
    fields: Mapping[str, Any]


def found(
    message: str,
    cells: Iterable[str] = (),
    *,
    quote: str | None = None,
    expected: int | str | None = None,
    actual: int | str | None = None,
) -> _Found:
    """Say what a rule of a project's own has found, with the cells or the words that it is about.

    Parameters
    ----------
    message
        What is wrong and where, in Chinese.
    cells
        The cells, by address or by the form's labels.
    quote
        The words.
    expected, actual
        What should stand there, and what does.

    Returns
    -------
    object
        What the rule's function yields.

    Examples
    --------
    >>> found("公开数不应超过受理数。", ["表三.予以公开.总计"]).message
    '公开数不应超过受理数。'
    """
    return _Found(message, {"cells": tuple(cells), "quote": quote, "expected": expected, "actual": actual})


def rule(
    id: str, *, severity: str, meaning: str, meaning_en: str = "", basis: str = ""
) -> Callable[[Callable[[AnnualReport], Any]], Declaration]:
    """Declare the function below to be a rule: it is given a report, and yields what is wrong with it.

    Parameters
    ----------
    id
        The rule's name, which no rule of the catalogue has: OUR-01.
    severity
        How grave a breach is: ``error``, ``warning`` or ``info``.
    meaning
        What must hold, in Chinese.
    meaning_en
        The same in English.
    basis
        What asks for it.

    Returns
    -------
    callable
        Makes a function of a report into a declaration. The function yields, or returns a list of, messages in
        Chinese or what `found` makes; nothing where all is well.

    Raises
    ------
    OwnRuleError
        If there is no such severity.

    Examples
    --------
    >>> @rule("OUR-01", severity="warning", meaning="收到申请的机关写明联系方式")
    ... def contact(report):
    ...     if report["表三.本年新收政府信息公开申请数量.总计"] and not report.agency.contact:
    ...         yield "没有写明联系方式。"
    >>> from reportkit.form import form_for
    >>> [rule.id for rule in contact.rules(form_for(2023))]
    ['OUR-01']
    """
    if severity not in SEVERITIES:
        raise OwnRuleError(
            Message(
                "rule {id}: {severity!r} is no severity: write one of {known}",
                id=id,
                severity=severity,
                known=Joined(", ", SEVERITIES),
            )
        )

    def declared(function: Callable[[AnnualReport], Any]) -> Declaration:
        def judge(declared_rule: Rule, report: AnnualReport) -> Iterator[Finding]:
            return iter(_findings(declared_rule, function, report))

        return Declaration(lambda _form: (Rule(id, severity, meaning, judge, meaning_en, basis),))

    return declared


def own_rules(file: str | None, form: Form) -> tuple[Rule, ...]:
    """The rules that a project declares.

    Parameters
    ----------
    file
        The file that declares them; none if None.
    form
        An edition of the form.

    Returns
    -------
    tuple of Rule
        In the order in which the file declares them.

    Raises
    ------
    OwnRuleError
        If the file cannot be run, or names a rule as one of the catalogue is named.
    """
    if file is None:
        return ()
    status = Path(file).stat()
    declared = _declarations(file, status.st_mtime_ns, status.st_size)
    return tuple(own for each in declared for own in each.rules(form))


@lru_cache(maxsize=4)
def _declarations(file: str, *_identity: int) -> tuple[Declaration, ...]:
    """What the file declares; run once as long as it stays as it is."""
    from reportkit.checks.catalogue import every_rule

    folder = str(Path(file).parent)
    sys.path.insert(0, folder)  # so that it may import what lies beside it
    try:
        defined = runpy.run_path(file, run_name=_MODULE)
    except InputError:
        raise
    except Exception as error:
        raise OwnRuleError(Message("{place}: {error}", place=_place(error, file), error=_said(error))) from error
    finally:
        sys.path.remove(folder)
    declared = tuple(value for value in defined.values() if isinstance(value, Declaration))
    taken = {rule.id for form in editions().values() for rule in every_rule(form)}
    for form in editions().values():
        for own in (own for each in declared for own in each.rules(form)):
            if own.id in taken:
                named = Message("{file}: {rule} is a rule already: choose another id", file=file, rule=own.id)
                raise OwnRuleError(named)
    return declared


def _findings(asked: Rule, function: Callable[[AnnualReport], Any], report: AnnualReport) -> list[Finding]:
    """What the function says of the report; a function that fails leaves its rule unjudged, and says where."""
    try:
        said = function(report)
        answers = [] if said is None else [said] if isinstance(said, str | _Found) else list(said)
        return [_finding(asked, report, answer) for answer in answers]
    except NotAssessableError:
        raise
    except Exception as error:
        raise NotAssessableError(f"规则本身出错，{_place(error, '')}：{_said(error)}") from error


def _finding(asked: Rule, report: AnnualReport, answer: str | _Found) -> Finding:
    if isinstance(answer, str):
        return asked.finding(report, answer)
    cells = tuple(report.address(named) for named in answer.fields["cells"])
    return asked.finding(report, answer.message, **{**answer.fields, "cells": cells})


def _place(error: BaseException, file: str) -> str:
    """File and line where an error arose, in the code that is the project's."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if not frame.filename.startswith(str(Path(__file__).parents[1]))]
    if isinstance(error, SyntaxError) and error.filename:
        return f"{Path(error.filename).name}:{error.lineno}"
    return f"{Path(own[-1].filename).name}:{own[-1].lineno}" if own else Path(file).name


def _said(error: BaseException) -> str:
    return f"{type(error).__name__}: {error.msg if isinstance(error, SyntaxError) else error}"
