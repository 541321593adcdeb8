"""What pages of the documentation quote: recipes, commands with what they print, messages, and references."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import reference
from reportkit.checks import check, every_rule
from reportkit.form import editions
from reportkit.project.parameters import TypedError
from reportkit.project.parameters.reading import parse_parameters
from reportkit.report import Agency, new_report
from reportkit.system.language import Counted, Language, Message, said

__all__ = ["quotations"]

ROOT = Path(__file__).parents[1]
READMES: Mapping[Language, str] = {"zh": "README.zh-CN.md", "en": "README.md"}
RECIPES = ROOT / "CONTRIBUTING.md"

_ADDS_UP = {"applications.received.natural_person": 2, "applications.granted.natural_person": 2}
_BLOCK = re.compile(r"^```(?:\w+)\n.*?^```$", re.MULTILINE | re.DOTALL)
_COMMANDS = re.compile(r"^```sh\n(?:(?!```).)*^```(?:\n\n```text\n.*?^```)?$", re.MULTILINE | re.DOTALL)


def quotations(language: Language) -> dict[str, Callable[..., object]]:
    """What a page of a language may ask for, by name.

    Parameters
    ----------
    language
        The language of the page.

    Returns
    -------
    dict
        Functions that give Markdown.
    """
    return {
        "recipe": recipe,
        "step": step,
        "shown": partial(shown, language),
        "message": message,
        "says": partial(says, language),
        "refused": partial(refused, language),
        "found": found,
        "rule": rule,
        **{name: partial(made, language) for name, made in reference.REFERENCES.items()},
    }


def recipe(title: str) -> str:
    """A recipe of CONTRIBUTING.md, without its heading."""
    (text,) = re.findall(
        rf"^### {re.escape(title)}\n+(.*?)\n*(?=^### |^## |\Z)", RECIPES.read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    return str(text)


def step(title: str, number: int) -> str:
    """One of the blocks of a recipe, counted from 1."""
    return str(_BLOCK.findall(recipe(title))[number - 1])


def shown(language: Language, command: str) -> str:
    """A block of the README that begins with a command, and what the README shows below it."""
    readme = (ROOT / READMES[language]).read_text("utf-8")
    (block,) = (block for block in _COMMANDS.findall(readme) if block.startswith(f"```sh\n{command}\n"))
    return str(block)


def says(language: Language, *templates: str, **values: Any) -> str:
    """A message (or a counted one, of two), as the terminal says it."""
    return said(message(*templates, **values), language)


def message(*templates: str, **values: Any) -> Message:
    """A message of the catalogue, or a counted one, of two; the build fails where nobody says it any more."""
    quoted = Counted(*templates, **values) if templates[1:] else Message(*templates, **values)
    if said(quoted, "zh") == said(quoted, "en"):
        raise LookupError(f"nobody says “{templates[0]}” any more")
    return quoted


def refused(language: Language, typed: str) -> str:
    """What is said of a parameter file that holds such a thing; the build fails where nothing is wrong with it."""
    try:
        parse_parameters(typed.encode(), Agency("example", "示例局"), 2025, name="params/2025/example.yaml")
    except TypedError as error:
        return said(error, language)
    raise LookupError(f"nothing is wrong with “{typed}”")


def found(address: str, figure: int) -> str:
    """What is found first where a report that adds up has another figure in a cell."""
    report = new_report(Agency("example", "示例局"), 2025, _ADDS_UP)
    finding = check(report.replace({**report.computed, address: figure})).findings[0]
    suggestion = f"建议核对：{finding.suggestion}。" if finding.suggestion else ""
    return f"{finding.rule}  {suggestion}{finding.message}"


def rule(name: str) -> str:
    """A rule's id, with a link to what is said of it."""
    if name not in {rule.id for rule in every_rule([*editions().values()][-1])}:
        raise LookupError(f"there is no rule {name}")
    return f"[`{name}`](rules.md#{name.lower()})"
