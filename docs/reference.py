"""The references of the documentation, made from the code: parameters, rules, commands, the Python API, the words."""

from __future__ import annotations

import html
import inspect
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import click

import reportkit
from reportkit.checks import Rule, every_rule
from reportkit.checks.listing import markdown_table
from reportkit.cli.app import app
from reportkit.form import Form, editions
from reportkit.form.figures import KINDS
from reportkit.project.parameters.schema import parameter_schema
from reportkit.system.language import Language, said

__all__ = ["REFERENCES"]

WORDS = Path(__file__).parent / "glossary.toml"

# What stands in the references besides what the code says.
_SAYS: Mapping[str, Mapping[Language, str]] = {
    "addresses": {"zh": "行的键", "en": "key of the row"},
    "also": {"zh": "也可以写作", "en": "may be typed as"},
    "columns": {"zh": "列的键", "en": "key of the column"},
    "holds": {"zh": "填什么", "en": "what it holds"},
    "text": {"zh": "键", "en": "key"},
    "bases": {"zh": "依据", "en": "Legal basis"},
    "basis": {"zh": "依据", "en": "basis"},
    "rules": {"zh": "规则", "en": "rules"},
    "option": {"zh": "写法", "en": "to write"},
    "meaning": {"zh": "含义", "en": "meaning"},
    "word": {"zh": "词", "en": "word"},
    "other": {"zh": "英文", "en": "in Chinese"},
    "Parameters": {"zh": "参数", "en": "Parameters"},
    "Attributes": {"zh": "属性", "en": "Attributes"},
    "Returns": {"zh": "返回", "en": "Returns"},
    "Yields": {"zh": "逐个给出", "en": "Yields"},
    "Raises": {"zh": "出错", "en": "Raises"},
    "Examples": {"zh": "示例", "en": "Examples"},
}
_DEFINITIONS = "#/$defs/"
_OF_ALL = ("--lang", "-h", "--help")
_LINE = 80
_CODE = re.compile(r"(`[^`]*`)")
_MARKUP = re.compile(r"[\\*_{}\[\]#|]")
_SECTION = re.compile(r"^(\w+)\n-+\n", re.MULTILINE)


def _in(language: Language, word: str) -> str:
    return _SAYS[word][language]


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    heads = [*heads]
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _newest() -> Form:
    return [*editions().values()][-1]


# ---------------------------------------------------------------- parameters


def parameters(language: Language) -> str:
    """The tables of a parameter file: what the schema allows, in every spelling."""
    schema = parameter_schema(_newest())
    return "\n".join(_of_table(language, schema, table) for table in _keys(schema["properties"]) if "$ref" in table[2])


def texts(language: Language) -> str:
    """The texts of a parameter file."""
    listed = _keys(parameter_schema(_newest())["properties"]["narrative"]["properties"])
    return _spelled(_in(language, "text"), language, listed)


def _keys(properties: Mapping[str, Any]) -> Iterator[tuple[str, list[str], Any]]:
    """The keys of an object, each with its other spellings and its schema: spellings share one."""
    spelled: dict[int, tuple[str, list[str], Any]] = {}
    for name, schema in properties.items():
        key = spelled.setdefault(id(schema), (name, [], schema))
        if key[0] != name:
            key[1].append(name)
    yield from spelled.values()


def _of_table(language: Language, schema: Mapping[str, Any], table: tuple[str, list[str], Any]) -> str:
    """The rows of a table, then their columns; by blocks, where these differ in their columns."""
    name, spellings, reference = table
    parts = [f"### {reference['description']} {{ #{name} }}", _also(language, name, spellings)]
    blocks: dict[str, list[tuple[str, list[str], Any]]] = {}
    for row in _rows(schema, _defined(schema, reference)):
        blocks.setdefault(repr(_defined(schema, row[2])), []).append(row)
    for rows in blocks.values():
        parts += [
            _spelled(_in(language, "addresses"), language, rows),
            _figures(language, _defined(schema, rows[0][2])),
        ]
    return "\n\n".join(parts) + "\n"


def _also(language: Language, name: str, spellings: Iterable[str]) -> str:
    return f"`{name}`" + "".join(f" · `{label}`" for label in spellings)


def _rows(schema: Mapping[str, Any], table: Mapping[str, Any]) -> Iterator[tuple[str, list[str], Any]]:
    """The rows of a table that hold cells; the label of an item is typed under its group."""
    items = dict(_items(schema, table))
    for key, spellings, row in _keys(table["properties"]):
        if not _is_group(schema, row):
            yield key, spellings or items.get(key, []), row


def _items(schema: Mapping[str, Any], mapping: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, list[str]]]:
    for key, spellings, row in _keys(mapping["properties"]):
        if _is_group(schema, row):
            yield from _items(schema, _defined(schema, row), f"{above}{key}.")
        elif above:
            yield f"{above}{key}", spellings


def _is_group(schema: Mapping[str, Any], row: Mapping[str, Any]) -> bool:
    """Whether there are rows below, not columns."""
    return any("$ref" in below for below in _defined(schema, row)["properties"].values())


def _defined(schema: Mapping[str, Any], reference: Mapping[str, Any]) -> Any:
    return schema["$defs"][reference["$ref"].removeprefix(_DEFINITIONS)]


def _spelled(head: str, language: Language, listed: Iterable[tuple[str, list[str], Any]]) -> str:
    rows = ((f"`{key}`", " · ".join(f"`{label}`" for label in labels)) for key, labels, _ in listed)
    return _table((head, _in(language, "also")), rows)


def _figures(language: Language, columns: Mapping[str, Any]) -> str:
    heads = (_in(language, "columns"), _in(language, "also"), _in(language, "holds"))
    return _table(
        heads,
        (
            (f"`{key}`", " · ".join(f"`{label}`" for label in labels), _kind(language, figure))
            for key, labels, figure in _keys(columns["properties"])
        ),
    )


def _kind(language: Language, figure: Mapping[str, Any]) -> str:
    """What a cell of that schema holds, in the words of its kind."""
    plain = {key: value for key, value in figure.items() if key != "description"}
    kind = next(kind for kind in KINDS.values() if kind.schema == plain)
    return said(kind.meaning, language)


# ---------------------------------------------------------------- rules and commands


def rules(language: Language) -> str:
    """The rules, and what asks for them."""
    form = _newest()
    listed = [*every_rule(form)]
    table = markdown_table(listed, language)
    for rule in listed:
        table = table.replace(f"| `{rule.id}` |", f"| `{rule.id}`{{ #{rule.id.lower()} }} |")
    return f"{table}\n## {_in(language, 'bases')} {{ #basis }}\n\n{_bases(language, listed)}"


def _bases(language: Language, listed: Iterable[Rule]) -> str:
    asked: dict[str, list[str]] = {}
    for rule in listed:
        if rule.basis:
            asked.setdefault(rule.basis, []).append(rule.id)
    heads = (_in(language, "basis"), _in(language, "rules"))
    return _table(heads, ((basis, ", ".join(f"`{name}`" for name in names)) for basis, names in asked.items()))


def commands(language: Language) -> str:
    """Each command as its help tells it, in the language in use."""
    with click.Context(app, info_name="reportkit") as context:
        return "\n".join(_command(language, app.commands[name], name, context) for name in app.list_commands(context))


def _command(language: Language, command: click.Command, name: str, above: click.Context) -> str:
    context = command.context_class(command, info_name=name, parent=above)
    heading = "#" * (len(context.command_path.split()))
    parts = [
        f"{heading} {context.command_path}",
        f"```text\n{command.get_usage(context)}\n```",
        _escaped(command.help or ""),
        _table((_in(language, "option"), _in(language, "meaning")), _records(command, context)),
        _escaped(command.epilog or ""),
    ]
    if isinstance(command, click.Group):
        parts += [
            _command(language, command.commands[inner], inner, context) for inner in command.list_commands(context)
        ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _records(command: click.Command, context: click.Context) -> Iterator[tuple[str, str]]:
    """The arguments and options of a command, without those that all have."""
    for parameter in command.get_params(context):
        if parameter.opts[0] in _OF_ALL:
            continue
        if isinstance(parameter, click.Argument):
            record = (parameter.make_metavar(context), getattr(parameter, "help", "") or "")
        else:
            record = parameter.get_help_record(context) or ("", "")
        yield f"`{record[0]}`", _escaped(record[1].replace("  ", " "))


def _escaped(text: str) -> str:
    """A text in which nothing but backticks marks anything up."""
    spans = _CODE.split(text)
    return "".join(
        span if _CODE.fullmatch(span) else _MARKUP.sub(r"\\\g<0>", html.escape(span, False)) for span in spans
    )


# ---------------------------------------------------------------- Python


def python(language: Language) -> str:
    """What `import reportkit as rk` offers, as the docstrings say."""
    return "\n".join(_offered(language, name, getattr(reportkit, name)) for name in dir(reportkit))


def _offered(language: Language, name: str, thing: Any) -> str:
    heading = f"## rk.{name}"
    if isinstance(thing, ModuleType):
        inner = [_described(language, f"### rk.{name}.{part}", getattr(thing, part)) for part in thing.__all__]
        return "\n\n".join([heading, _prose(inspect.getdoc(thing) or ""), *inner])
    parts = [_described(language, heading, thing)]
    if inspect.isclass(thing) and not issubclass(thing, Exception):
        parts += [_described(language, f"### rk.{name}.{part}", method) for part, method in _methods(thing)]
    return "\n\n".join(parts) + "\n"


def _methods(thing: type) -> Iterator[tuple[str, Any]]:
    for name, member in vars(thing).items():
        if not name.startswith("_") and (inspect.isfunction(member) or isinstance(member, property)) and member.__doc__:
            yield name, member


def _described(language: Language, heading: str, thing: Any) -> str:
    """A function or a class: how it is called, and the sections of its docstring."""
    summary, *sections = _SECTION.split(inspect.getdoc(thing) or "")
    name = heading.split()[-1]
    parts = [heading, f"```python\n{name}{_signature(thing)}\n```" if callable(thing) else "", _prose(summary)]
    for title, text in zip(sections[::2], sections[1::2], strict=True):
        parts += [f"**{_in(language, title)}**", _examples(text) if title == "Examples" else _listed(text)]
    return "\n\n".join(part for part in parts if part)


def _signature(thing: Any) -> str:
    """The parameters and what is returned, on a line for each parameter where one does not suffice."""
    if inspect.isclass(thing) and issubclass(thing, Exception):
        return ""
    given = inspect.signature(thing)
    taken = [str(_plain(parameter)) for name, parameter in given.parameters.items() if name != "self"]
    returned = "" if inspect.isclass(thing) else f" -> {given.return_annotation}"
    if sum(map(len, taken)) + len(returned) < _LINE:
        return f"({', '.join(taken)}){returned}"
    return "(\n" + "".join(f"    {parameter},\n" for parameter in taken) + f"){returned}"


def _plain(parameter: inspect.Parameter) -> inspect.Parameter:
    """The parameter with its annotation as written; a default that cannot be written is left open."""
    default = parameter.default
    simple = default is inspect.Parameter.empty or isinstance(default, (str, int, float, tuple, type(None)))
    return parameter.replace(annotation=_Written(parameter.annotation), default=default if simple else _Written("…"))


class _Written(str):
    """A text that is shown without quotation marks."""

    def __repr__(self) -> str:
        return str(self)


def _prose(text: str) -> str:
    """Paragraphs, whose references to other names are names, and whose double backticks single ones."""
    return re.sub(r":\w+:`~?([^`]+)`", r"`\1`", text).replace("``", "`").strip()


def _listed(text: str) -> str:
    """The entries of a section: a name or a type each, and what is said of it."""
    lines: list[str] = []
    for line in text.strip("\n").splitlines():
        if line.startswith("    ") and lines:
            lines[-1] += ("" if lines[-1].endswith(" – ") else " ") + line.strip()
        elif line.strip():
            lines.append(f"- `{line.strip().replace('`', '')}` – ")
    return _prose("\n".join(lines))


def _examples(text: str) -> str:
    shown = re.sub(r" +# doctest: \+\w+", "", text.strip())
    return f"```pycon\n{shown}\n```"


# ---------------------------------------------------------------- words


def glossary(language: Language) -> str:
    """The words that the form, the pages and the commands use, with what each means."""
    listed = tomllib.loads(WORDS.read_text(encoding="utf-8"))["word"]
    other: Language = "en" if language == "zh" else "zh"
    heads = (_in(language, "word"), _in(language, "other"), _in(language, "meaning"))
    return _table(heads, ((f"**{word[language]}**", word[other], word[f"means_{language}"]) for word in listed))


REFERENCES: Mapping[str, Callable[[Language], str]] = {
    "parameters": parameters,
    "texts": texts,
    "rules": rules,
    "commands": commands,
    "python": python,
    "glossary": glossary,
}
