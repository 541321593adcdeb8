"""Click's commands and parameters, which say what they say in the reader's language."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any, TypeVar

import click

from reportkit.system.language import LANGUAGES, Joined, Message, current_language, said
from reportkit.text import breadth, wrapped

__all__ = ["Argument", "Choice", "Command", "Group", "Number", "Option", "argument", "option", "show_error"]

_Function = TypeVar("_Function", bound=Callable[..., Any])
_SPACING = 2
_WIDEST_NAME = 28


class _Said:
    """An attribute of Click's that holds a message, and is read in the reader's language."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = f"_{name}"

    def __set__(self, instance: object, text: str | None) -> None:
        setattr(instance, self.name, text)

    def __get__(self, instance: object, owner: type) -> Any:
        text = getattr(instance, self.name, None)
        return None if text is None else said(text)


class Formatter(click.HelpFormatter):
    """Help laid out by the width of what is shown, in which a Chinese character takes two columns."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write the line that says how a command is used."""
        super().write_usage(prog, args, said(Message("Usage: ")) if prefix is None else prefix)

    def write_heading(self, heading: str) -> None:
        """Write a heading."""
        said_so = said(Message("{heading}:", heading=heading))
        self.write(f"{' ' * self.current_indent}{said_so}\n")

    def write_text(self, text: str) -> None:
        """Write paragraphs."""
        indent = " " * self.current_indent
        paragraphs = [wrapped(paragraph, self.width - self.current_indent) for paragraph in re.split(r"\n\s*\n", text)]
        self.write("\n\n".join("\n".join(indent + line for line in lines) for lines in paragraphs) + "\n")

    def write_dl(self, rows: Any, col_max: int = _WIDEST_NAME, col_spacing: int = _SPACING) -> None:
        """Write names, each with what is said of it beside it."""
        rows = list(rows)
        column = min(max(breadth(name) for name, _ in rows), col_max) + col_spacing
        indent = " " * self.current_indent
        for name, meaning in rows:
            lines = wrapped(meaning, max(self.width - self.current_indent - column, 20))
            fits = breadth(name) <= column - col_spacing
            beside = f"{' ' * (column - breadth(name))}{lines[0]}" if fits and lines else ""
            self.write(f"{indent}{name}{beside}\n")
            for line in lines[1 if beside else 0 :]:
                self.write(f"{indent}{' ' * column}{line}\n")


class _Context(click.Context):
    formatter_class = Formatter


class _Speaking(click.Command):
    """What commands and groups have in common: help that is a message, and ``--lang``."""

    context_class = _Context
    help = _Said()
    epilog = _Said()
    options_metavar = _Said()

    def __init__(
        self, name: str | None = None, *, help: str | None = None, epilog: str | None = None, **given: Any
    ) -> None:
        super().__init__(name, **{**given, "params": [*(given.get("params") or ()), _language_option()]})
        self.help, self.epilog, self.options_metavar = help, epilog, Message("[OPTIONS]")

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Return ``--help``, which Click keeps, in the language that is spoken now."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = said(Message("Show this message and exit."))
        return option

    def get_short_help_str(self, limit: int = 45) -> str:
        """Return the first sentence of the help."""
        return _first_sentence(self.help or "")


class Command(_Speaking):
    """A command whose help is a message and ends in an example; it takes ``--lang``."""


class Group(_Speaking, click.Group):
    """A group of such commands."""

    command_class = Command
    group_class = type
    subcommand_metavar = _Said()

    def __init__(self, name: str | None = None, **given: Any) -> None:
        super().__init__(name, **given)
        self.subcommand_metavar = Message("COMMAND [ARGS]...")


class _Explained(click.Parameter):
    """What options and arguments have in common: help and a word for the value that are messages."""

    help = _Said()
    metavar = _Said()

    def __init__(self, *names: Any, help: str | None = None, metavar: str | None = None, **given: Any) -> None:
        super().__init__(*names, **given)
        self.help, self.metavar = help, metavar


class Option(_Explained, click.Option):
    """An option whose help and whose word for its value are messages."""


class Argument(_Explained, click.Argument):
    """An argument whose help and whose name in the help are messages."""


class Choice(click.Choice[str]):
    """One of several words."""

    def get_invalid_choice_message(self, value: Any, ctx: click.Context | None) -> str:
        """Say which words there are."""
        choices = Joined(", ", map(str, self.choices))
        return said(Message("{value!r} is not one of {choices}", value=value, choices=choices))


class Number(click.ParamType[float]):
    """A number that a person types.

    Parameters
    ----------
    least
        The smallest that is meant.
    meaning
        What is meant, said of what is no such number.
    """

    name = "number"

    def __init__(self, meaning: Message, *, least: float | None = None, whole: bool = True) -> None:
        self.meaning, self.least, self.whole = meaning, least, whole

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the number; a usage error where it is none, or too small."""
        try:
            number = int(str(value), 10) if self.whole else float(value)
        except ValueError:
            number = None
        if number is None or (self.least is not None and not number >= self.least):
            self.fail(said(Message("{value!r} is not {meaning}.", value=value, meaning=self.meaning)), param, ctx)
        return number


def _language_option() -> Option:
    # The language has been taken from the arguments before they are parsed, since errors in them are said in it too.
    return Option(
        ["--lang"],
        type=Choice(LANGUAGES),
        expose_value=False,
        help=Message(
            "The language of the terminal; by default REPORTKIT_LANG's, the project's (language in "
            "params/project.yaml), or the locale's."
        ),
    )


def show_error(error: click.ClickException) -> None:
    """Print an error of Click's on standard error, whose sentences end as they do in the reader's language.

    Parameters
    ----------
    error
        The error: wrong use of a command.

    Examples
    --------
    >>> show_error(click.UsageError("no such file"))
    """
    shown = io.StringIO()
    error.show(shown)
    text = shown.getvalue()
    if current_language() == "zh":  # Click puts sentences together with a point and a space
        text = re.sub(r"(?<=')\.(?= |$)", "。", text, flags=re.MULTILINE).replace("。 ", "。")
    click.echo(text, err=True, nl=False)


def _first_sentence(text: str) -> str:
    return re.split(r"(?<=。)|(?<=\.)\s", text, maxsplit=1)[0].rstrip(".。")


def option(*names: str, **given: Any) -> Callable[[_Function], _Function]:
    """Decorate a command with an option; see :class:`Option`."""
    return click.option(*names, cls=Option, **given)


def argument(*names: str, **given: Any) -> Callable[[_Function], _Function]:
    """Decorate a command with an argument; see :class:`Argument`."""
    return click.argument(*names, cls=Argument, **given)
