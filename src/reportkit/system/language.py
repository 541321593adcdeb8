"""The language a person reads on the terminal, and messages that can be said in it.

A message is written in English where it arises, travels as a value (through worker processes too), and is said in the
reader's language where it is shown.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from functools import cache
from gettext import NullTranslations
from pathlib import Path
from typing import Any, Literal, Self, cast

__all__ = [
    "DOMAIN",
    "LANGUAGES",
    "LOCALE",
    "Counted",
    "Joined",
    "Language",
    "Message",
    "Worded",
    "current_language",
    "language_is_named",
    "said",
    "use_language",
]

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")

# Of the catalogues: locale/<language>/LC_MESSAGES/<domain>.mo
DOMAIN = "reportkit"
LOCALE = Path(__file__).parents[1] / "locale"

_OVERRIDE = "REPORTKIT_LANG"
# In the order in which gettext looks at them.
_LOCALE_VARIABLES = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")


class Message(str):
    """A sentence for a person: English as a text, and translated where :func:`said` says it.

    Parameters
    ----------
    template
        The sentence in English, with names of values in braces; what the catalogues translate.
    **values
        What stands for those names. A value may be a message, or an error that was raised with one.

    Examples
    --------
    >>> Message("{path}: the file does not exist", path="params/2023/a.yaml")
    'params/2023/a.yaml: the file does not exist'
    >>> said(Message("Show the version and exit."), "zh")
    '显示版本号后退出。'
    """

    template: str
    values: Mapping[str, object]

    def __new__(cls, template: str, /, **values: object) -> Self:
        """Make the English sentence."""
        kept = {name: _said_by(value) for name, value in values.items()}
        message = super().__new__(cls, template.format(**kept) if kept else template)
        message.template = template
        message.values = kept
        return message

    def said(self, language: Language) -> str:
        """Say it in a language; see :func:`said`."""
        return self._filled(translations(language).gettext(self.template) if self.template else "", language)

    def _filled(self, template: str, language: Language) -> str:
        values = {name: _in(value, language) for name, value in self.values.items()}
        return template.format(**values) if values else template


class Counted(Message):
    """A message whose words depend on how many there are.

    Parameters
    ----------
    one, many
        The sentence for a count of 1, and for any other.
    count
        How many, shown as ``{count}``.
    **values
        As of a message.

    Examples
    --------
    >>> Counted("{count} report", "{count} reports", count=2)
    '2 reports'
    """

    forms: tuple[str, str]

    def __new__(cls, one: str, many: str = "", /, *, count: int = 1, **values: object) -> Self:
        """Make the English sentence."""
        message = super().__new__(
            cls, one if count == 1 or not many else many, **({"count": count} if many else {}), **values
        )
        message.forms = (one, many)
        return message

    def said(self, language: Language) -> str:
        """Say it in a language; see :func:`said`."""
        template = translations(language).ngettext(*self.forms, cast("int", self.values["count"]))
        return self._filled(template, language)


class Joined(Message):
    """Several texts as one message.

    Parameters
    ----------
    separator
        What stands between them in English: one of those that each language has its own for (``", "``, ``"; "``,
        ``": "``, ``" or "``), or one that is the same in all.
    parts
        The texts, each of which may be a message.

    Examples
    --------
    >>> Joined(", ", ["a", "b"])
    'a, b'
    >>> said(Joined(", ", ["a", "b"]), "zh")
    'a、b'
    """

    separator: str
    parts: tuple[str, ...]

    def __new__(cls, separator: str, parts: Iterable[object] | None = None, /) -> Self:
        """Make the English text."""
        if parts is None:  # a message that has been pickled is made of its text, and then given what it holds
            return super().__new__(cls, separator)
        kept = tuple(cast("str", _said_by(part)) for part in parts)
        message = super().__new__(cls, separator.join(map(str, kept)))
        message.separator = separator
        message.parts = kept
        return message

    def said(self, language: Language) -> str:
        """Say it in a language; see :func:`said`."""
        return translations(language).gettext(self.separator).join(said(part, language) for part in self.parts)


# Named for the catalogues, which have them as any other message.
_SEPARATORS = (Message(", "), Message("; "), Message(": "), Message(" or "))


class Worded(Message):
    """A message whose words in each language are there already, and need no catalogue.

    Parameters
    ----------
    english
        The sentence in English.
    words
        The sentence in each language.

    Examples
    --------
    >>> said(Worded("a report", {"en": "a report", "zh": "一份报告"}), "zh")
    '一份报告'
    """

    words: Mapping[Language, str]

    def __new__(cls, english: str, words: Mapping[Language, str] | None = None, /) -> Self:
        """Make the English sentence."""
        message = super().__new__(cls, "{english}", english=str(english))
        if words is not None:  # a message that has been pickled is given what it holds afterwards
            message.words = words
        return message

    def said(self, language: Language) -> str:
        """Say it in a language; see :func:`said`."""
        return self.words[language]


def said(text: object, language: Language | None = None) -> str:
    """Say a message in a language; what is no message stays as it is.

    Parameters
    ----------
    text
        A message, an error that was raised with one, or anything else.
    language
        The language; the reader's if None.

    Returns
    -------
    str
        The sentence, with the messages that stand in it said too.

    Examples
    --------
    >>> said(ValueError(Message("Show the version and exit.")), "en")
    'Show the version and exit.'
    """
    text = _said_by(text)
    return text.said(language or current_language()) if isinstance(text, Message) else str(text)


def current_language() -> Language:
    """The language of the person who reads: the one in use, or that of the environment.

    ``REPORTKIT_LANG`` comes first, then the locale (``LANGUAGE``, ``LC_ALL``, ``LC_MESSAGES``, ``LANG``), on Windows
    the user's.

    Returns
    -------
    str
        ``zh`` or ``en``.
    """
    return language_of(os.environ, _of_windows)


def language_is_named() -> bool:
    """Whether ``REPORTKIT_LANG`` names a language, which then comes before a project's.

    Returns
    -------
    bool
        False where it is missing, or names none that is spoken here.

    Examples
    --------
    >>> language_is_named() == (os.environ.get("REPORTKIT_LANG", "").strip().lower() in LANGUAGES)
    True
    """
    return os.environ.get(_OVERRIDE, "").strip().lower() in LANGUAGES


def language_of(environment: Mapping[str, str], otherwise: Any = lambda: "") -> Language:
    """The language that an environment asks for, English if it names neither of ours.

    Parameters
    ----------
    environment
        The variables of an environment.
    otherwise
        What names a locale where the environment does not.

    Returns
    -------
    str
        ``zh`` or ``en``.

    Examples
    --------
    >>> language_of({"LANG": "zh_CN.UTF-8"}), language_of({"LANG": "C"})
    ('zh', 'en')
    """
    if (override := environment.get(_OVERRIDE, "").strip().lower()) in LANGUAGES:
        return override
    asked = next((value for name in _LOCALE_VARIABLES if (value := environment.get(name))), "") or otherwise()
    spoken = (name.strip().lower()[:2] for name in asked.split(":"))
    return next((language for name in spoken for language in LANGUAGES if name == language), "en")


def use_language(language: Language | None = None) -> Language:
    """Speak a language from here on, in this process and those it starts, libraries that use gettext included.

    Parameters
    ----------
    language
        The language; that of the environment if None.

    Returns
    -------
    str
        The language that is spoken from here on.
    """
    import gettext

    chosen = language or current_language()
    os.environ[_OVERRIDE] = chosen
    # Where the standard library's gettext looks, through which other packages speak.
    os.environ["LANGUAGE"] = chosen
    gettext.bindtextdomain(DOMAIN, LOCALE)
    gettext.textdomain(DOMAIN)
    return chosen


@cache
def translations(language: Language) -> NullTranslations:
    """The catalogue of a language; that of English says everything as it is."""
    import gettext

    return NullTranslations() if language == "en" else gettext.translation(DOMAIN, LOCALE, [language])


def _said_by(value: object) -> object:
    """The message that an error was raised with, or the value itself."""
    if not isinstance(value, BaseException):
        return value
    return value.args[0] if len(value.args) == 1 and isinstance(value.args[0], Message) else str(value)


def _in(value: object, language: Language) -> object:
    return value.said(language) if isinstance(value, Message) else value


def _of_windows() -> str:
    """The locale of the user of Windows; empty elsewhere."""
    if sys.platform != "win32":
        return ""
    import ctypes
    import locale

    return locale.windows_locale.get(ctypes.windll.kernel32.GetUserDefaultUILanguage(), "")
