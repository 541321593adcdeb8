"""The catalogues of messages: whole, true to their placeholders, and compiled."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

import reportkit.system.language as language

SOURCE = Path(language.__file__).parents[1]
PO = language.LOCALE / "zh" / "LC_MESSAGES" / f"{language.DOMAIN}.po"
KEYWORDS = {"Message": None, "Counted": (1, 2), "_": None, "ngettext": (1, 2)}
# What another program says in English, which a translation leaves out.
FOREIGN = {"parser_says", "number_type", "nargs", "choice", "possibility", "format", "formats"}
PLACEHOLDER = re.compile(r"(?<!{){(\w+)[^{}]*}(?!})|%\((\w+)\)s")
# English that a Chinese sentence may hold: names, keys, options, commands, formats, and what stands in for a value.
ALLOWED = re.compile(
    r"{[^{}]*}|%\(\w+\)s|`[^`]*`|reportkit(?: [a-z]+)*|--?[a-z][\w-]*|[\w./*:-]*[./:_=][\w./*:=-]*|[A-Z][A-Z0-9_-]*\b|\bid\b"
    r"|\b(?:Excel|Word|Dask|Python|Bash|Windows|Chromium|LibreOffice|reportkit|papermill|nbconvert|pandas|json|text|xlsx"
    r"|markdown|zh|en|error|warning|info|agency|rule|null|MiB|ulimit|unlimited|PowerPoint|Office|OpenDocument|Writer|bzip2|gzip|xz"
    r"|zip|pip install|fragment|docx|docx-review|data|svg|png|none|build|pdf|Debian|Typst|pandoc|cluster|cells|quote|reason|by|name|deadline|roles|widths|tmpfs|GiB)\b"
)


def messages_in(folder: Path) -> Iterator[str | tuple[str, ...]]:
    found = extract_from_dir(folder, [("**.py", "python")], keywords=KEYWORDS, strip_comment_tags=True)
    for _, _, message, _, _ in found:
        yield message if isinstance(message, str) else tuple(message)


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    with PO.open("rb") as file:
        return read_po(file, locale="zh")


def test_every_message_has_a_translation(catalogue: Catalog) -> None:
    folders = (SOURCE, Path(click.__file__).parent)
    said = {
        message if isinstance(message, str) else message[0] for folder in folders for message in messages_in(folder)
    }
    translated = {
        message.id if isinstance(message.id, str) else message.id[0]
        for message in catalogue
        if message.id and all(strings_of(message))
    }
    assert not sorted(said - translated - {""}), "run `make messages`, and translate what is new in the catalogue"
    assert not sorted(translated - said), "run `make messages`, which leaves out what nobody says any more"


def test_placeholders_are_the_same_in_both_languages(catalogue: Catalog) -> None:
    for message in catalogue:
        if not message.id:
            continue
        english = {
            name for text in ([message.id] if isinstance(message.id, str) else message.id) for name in names(text)
        }
        for text in strings_of(message):
            missing = {name for name in english if name not in names(text)} - FOREIGN
            assert set(names(text)) <= english, message.id
            assert not missing or not isinstance(message.id, str), message.id


def strings_of(message: Message) -> list[str]:
    """What a catalogue has for a message, in each number it tells apart."""
    return [message.string] if isinstance(message.string, str) else list(message.string or [""])


def names(text: str) -> list[str]:
    return [one or other for one, other in PLACEHOLDER.findall(text)]


def test_a_chinese_sentence_holds_no_english(catalogue: Catalog) -> None:
    wrong = {}
    for message in catalogue:
        for text in strings_of(message):
            if message.id and re.search(r"[A-Za-z]{2,}", ALLOWED.sub("", text)):
                wrong[text] = ALLOWED.sub("", text)
    assert not wrong


def test_the_catalogue_is_compiled_as_it_stands(catalogue: Catalog) -> None:
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    assert PO.with_suffix(".mo").read_bytes() == compiled.getvalue(), "run `make messages`"
