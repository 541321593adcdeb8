"""YAML as a person typed it: nodes with their lines, and every problem found in them.

Reading goes on after a problem, so that one look at the messages mends the whole file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import yaml

from reportkit.form.labels import squeezed
from reportkit.report import Place
from reportkit.system.errors import InputError

__all__ = ["Names", "Problem", "TypedError", "TypedFile", "described", "is_null"]

_LARGEST = 2**21
# libyaml's composer calls itself for each level and would overrun the stack; so deep files are told apart first.
_SUSPICIOUS = 2_000
_DEEPEST = 100
_TOO_DEEP = "the file is nested deeper than any parameter file is"
# As PyYAML says it since 6.0.4, which stops before we do.
_PYYAML_TOO_DEEP = "exceeded maximum nesting depth"
_NULL = "tag:yaml.org,2002:null"
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in a file that cannot be read as meant.

    Parameters
    ----------
    place
        File and line.
    key
        The key it stands under, dotted; empty for the file as a whole.
    message
        What is wrong and what to write instead.
    """

    place: Place
    key: str
    message: str

    def __str__(self) -> str:
        return ": ".join(part for part in (str(self.place), self.key, self.message) if part)


class TypedError(InputError, ValueError):
    """A file that cannot be read as meant, with all its problems."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))

    def __reduce__(self) -> tuple[type[TypedError], tuple[tuple[Problem, ...]]]:
        return type(self), (self.problems,)


class Names:
    """The keys that may stand at one place of a file, in all their spellings.

    Parameters
    ----------
    spelled
        For each key the labels it may be called by instead. A label that several keys share names none.
    """

    def __init__(self, spelled: Mapping[str, Iterable[str]]) -> None:
        self.keys = tuple(spelled)
        self.labels = {key: tuple(labels) for key, labels in spelled.items()}
        meant: dict[str, set[str]] = {}
        for key, labels in self.labels.items():
            for label in labels:
                meant.setdefault(squeezed(label), set()).add(key)
        self._meant = {label: next(iter(keys)) for label, keys in meant.items() if len(keys) == 1}
        self._meant.update((key, key) for key in spelled)

    def key(self, typed: str) -> str | None:
        """The key that `typed` names; None where it names none."""
        return self._meant.get(typed) or self._meant.get(squeezed(typed))

    def nearest(self, typed: str, thing: str = "key") -> str:
        """What to say of a key (or other `thing`) that is not known: the nearest right one, or all of them."""
        near = get_close_matches(squeezed(typed).lower(), list(self._meant), n=1, cutoff=0.6)
        if near:
            return f"unknown {thing}; did you mean {near[0]}?"
        return f"unknown {thing}; here may stand {', '.join(self.keys)}" if self.keys else f"unknown {thing}"


class TypedFile:
    """A YAML file read node by node, and the problems met on the way.

    Parameters
    ----------
    name
        What messages call the file.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.problems: list[Problem] = []

    def read(self, path: Path) -> yaml.Node | None:
        """The root node of the file at `path`; None for an empty file.

        Raises
        ------
        TypedError
            Where the file is missing, too large, not UTF-8 or not YAML.
        """
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            raise self.error("the file does not exist") from None
        except OSError as error:
            raise self.error(f"the file cannot be read: {error.strerror}") from error
        return self.parse(data)

    def parse(self, data: bytes) -> yaml.Node | None:
        """The root node of the YAML document `data`; None for an empty one.

        Raises
        ------
        TypedError
            As `read` does.
        """
        if len(data) > _LARGEST:
            raise self.error(f"the file is larger than {_LARGEST >> 20} MiB, which no parameter file is")
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            raise self.error("the text is not UTF-8: save the file as UTF-8", line) from None
        if sum(map(text.count, "[{-?")) > _SUSPICIOUS and _is_too_deep(text):
            raise self.error(_TOO_DEEP)
        try:
            root: yaml.Node | None = yaml.compose(text, Loader=_Loader)
        except yaml.MarkedYAMLError as error:
            if _PYYAML_TOO_DEEP in str(error):
                raise self.error(_TOO_DEEP) from None
            mark = error.problem_mark or error.context_mark
            line = mark.line + 1 if mark else 1
            raise self.error(_yaml_message(error, text, line), line) from None
        except (yaml.YAMLError, RecursionError) as error:
            raise self.error(f"this is not readable YAML: {' '.join(str(error).split())}", 1) from None
        return None if root is not None and is_null(root) else root

    def error(self, message: str, line: int | None = None) -> TypedError:
        """The error of a file that cannot be read at all."""
        return TypedError([Problem(Place(self.name, line), "", message)])

    def place(self, node: yaml.Node) -> Place:
        """Where `node` stands."""
        return Place(self.name, node.start_mark.line + 1)

    def problem(self, node: yaml.Node, key: str, message: str) -> None:
        """Note a problem with `node`, and go on."""
        self.problems.append(Problem(self.place(node), key, message))

    def entries(self, node: yaml.Node, where: str, names: Names | None) -> Iterator[tuple[str, str, yaml.Node]]:
        """The entries of a mapping: the key meant, the key as typed, the value.

        Unknown and doubled keys are noted as problems and left out. With `names` None any key may stand.
        """
        if is_null(node):
            return
        if not isinstance(node, yaml.MappingNode):
            expected = f", with keys such as {names.keys[0]}" if names and names.keys else ""
            self.problem(node, where, f"{described(node)} stands where a mapping belongs{expected}")
            return
        lines: dict[str, int] = {}
        typed, before = "", None
        for key_node, value in node.value:
            if before is not None and _is_severed(before, key_node, value):
                number = f"{before.value},{key_node.value}"
                self.problem(
                    key_node,
                    f"{where}.{typed}",
                    f"{number!r} is read as two entries: write {number.replace(',', '')}, without separators",
                )
                continue
            before = value
            if not isinstance(key_node, yaml.ScalarNode):
                self.problem(key_node, where, f"{described(key_node)} cannot be a key")
                continue
            typed = key_node.value
            path = f"{where}.{typed}" if where else typed
            key = typed if names is None else names.key(typed)
            if key is None:
                self.problem(key_node, path, names.nearest(typed) if names else "")
            elif key in lines:
                self.problem(key_node, path, f"{key} stands twice, first on line {lines[key]}: keep one")
            else:
                lines[key] = key_node.start_mark.line + 1
                yield key, typed, value

    def items(self, node: yaml.Node, where: str) -> Iterator[tuple[str, yaml.Node]]:
        """The items of a list, each with the dotted key it stands under; one item alone may do without the list."""
        if is_null(node):
            return
        if not isinstance(node, yaml.SequenceNode):
            yield where, node
            return
        for number, item in enumerate(node.value, start=1):
            yield f"{where}[{number}]", item

    def text(self, node: yaml.Node, where: str) -> str:
        """The text of a scalar as typed; a blank is the empty text."""
        if is_null(node):
            return ""
        if not isinstance(node, yaml.ScalarNode):
            self.problem(node, where, f"{described(node)} stands where a text belongs")
            return ""
        value: str = node.value
        return value


def is_null(node: yaml.Node) -> bool:
    """Whether the node is a blank: ``null``, ``~`` or nothing at all."""
    return isinstance(node, yaml.ScalarNode) and node.tag == _NULL


def _is_too_deep(text: str) -> bool:
    depth = 0
    try:
        for event in yaml.parse(text, Loader=_Loader):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > _DEEPEST:
                return True
    except yaml.YAMLError:
        pass  # the composer will meet it again, and say where
    return False


def _is_severed(before: yaml.Node, key: yaml.Node, value: yaml.Node) -> bool:
    """Whether a thousands separator has cut a number in two: ``{company: 1,204}``."""
    return (
        isinstance(before, yaml.ScalarNode)
        and isinstance(key, yaml.ScalarNode)
        and is_null(value)
        and before.value.isdecimal()
        and re.fullmatch(r"\d{3}", key.value) is not None
    )


def described(node: yaml.Node) -> str:
    """What a node is, for messages: a mapping, a list, or the scalar as typed."""
    if isinstance(node, yaml.MappingNode):
        return "a mapping"
    if isinstance(node, yaml.SequenceNode):
        return "a list"
    return f"{node.value!r}" if len(node.value) <= 40 else f"{node.value[:40]!r}…"


def _yaml_message(error: yaml.MarkedYAMLError, text: str, line: int) -> str:
    """What the YAML parser says, and the slip that most often is behind it."""
    said = f"this is not readable YAML: {error.problem or error.context}"
    lines = text.split("\n")[max(line - 2, 0) : line]
    if any("\t" in typed[: len(typed) - len(typed.lstrip())] for typed in lines):
        return f"{said}; indent with spaces, not tabs"
    if any("：" in typed for typed in lines):
        return f"{said}; after a key write the half-width colon and a space, ': ', not '：'"
    if any("，" in typed and "{" in typed for typed in lines):
        return f"{said}; between entries write the half-width comma and a space, ', ', not '，'"
    if any(typed.count(": ") > 1 for typed in lines):
        return f"{said}; put a text that holds ': ' on lines of its own after '|'"
    return said
