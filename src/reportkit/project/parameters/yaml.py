"""YAML as the user typed it: nodes with their lines, and every problem found in them.

Reading goes on after a problem, so that the user can correct the whole file in one go.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from reportkit.project.parameters.names import Names
from reportkit.report import Place
from reportkit.system.errors import InputError, reason
from reportkit.system.language import Joined, Message
from reportkit.text import MOST_OF_A_KIND, shortened

__all__ = ["Problem", "TypedError", "TypedFile", "described", "is_null"]

_LARGEST = 2**21  # bytes
# libyaml's composer recurses for each level and can overflow the stack, so the depth of a file with many
# characters that open a level is measured first.
_MANY_LEVELS = 2_000
_DEEPEST = 100
_TOO_DEEP = Message("the file is nested deeper than any parameter file")
# PyYAML's own message for the same since 6.0.4; its limit is lower than ours.
_PYYAML_TOO_DEEP = "exceeded maximum nesting depth"
# Characters of a key and of a message: all that an error quotes may be long.
_LONGEST_KEY, _LONGEST_MESSAGE = 120, 600
_NULL = "tag:yaml.org,2002:null"
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in a file that cannot be read.

    Parameters
    ----------
    place
        File and line.
    key
        The dotted key it is under; empty for the file as a whole.
    message
        What is wrong and what to write instead.
    """

    place: Place
    key: str
    message: str

    def __str__(self) -> str:
        return str(self.said_whole())

    def said_whole(self) -> Message:
        """Place, key and message as one."""
        message = self.message if len(self.message) <= _LONGEST_MESSAGE else shortened(self.message, _LONGEST_MESSAGE)
        parts = (str(self.place), shortened(self.key, _LONGEST_KEY), message)
        return Joined(": ", [part for part in parts if part])


class TypedError(InputError, ValueError):
    """A file that cannot be read, with all its problems.

    Parameters
    ----------
    problems
        What is wrong; the message has a line for each of the first, and says how many more there are.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        told = [problem.said_whole() for problem in self.problems[:MOST_OF_A_KIND]]
        if left := len(self.problems) - len(told):
            told.append(Message("… and {count} more problems; correct these first", count=left))
        super().__init__(Joined("\n", told))

    def __reduce__(self) -> tuple[type[TypedError], tuple[tuple[Problem, ...]]]:
        return type(self), (self.problems,)


class TypedFile:
    """A YAML file that is read node by node, and the problems found so far.

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
            If the file is missing, too large, not UTF-8 or not YAML.
        """
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            raise self.error(Message("the file does not exist")) from None
        except OSError as error:
            raise self.error(Message("the file cannot be read: {strerror}", strerror=reason(error))) from error
        return self.parse(data)

    def parse(self, data: bytes) -> yaml.Node | None:
        """The root node of the YAML document `data`; None for an empty one.

        Raises
        ------
        TypedError
            If the document is too large, not UTF-8 or not YAML.
        """
        if len(data) > _LARGEST:
            raise self.error(
                Message("the file is larger than {value} MiB, more than any parameter file", value=_LARGEST >> 20)
            )
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            raise self.error(Message("the text is not UTF-8: save the file as UTF-8"), line) from None
        if sum(map(text.count, "[{-?")) > _MANY_LEVELS and _is_too_deep(text):
            raise self.error(_TOO_DEEP)
        try:
            root: yaml.Node | None = yaml.compose(text, Loader=_Loader)
        except yaml.MarkedYAMLError as error:
            if _PYYAML_TOO_DEEP in str(error):
                raise self.error(_TOO_DEEP) from None
            position = error.problem_mark or error.context_mark
            line = position.line + 1 if position else 1
            raise self.error(_yaml_message(error, text, line), line) from None
        except (yaml.YAMLError, RecursionError) as error:
            raise self.error(
                Message("this is not valid YAML: {parser_says}", parser_says=" ".join(str(error).split())), 1
            ) from None
        return None if root is not None and is_null(root) else root

    def error(self, message: str, line: int | None = None) -> TypedError:
        """The error for a file that cannot be read at all."""
        return TypedError([Problem(Place(self.name, line), "", message)])

    def place(self, node: yaml.Node) -> Place:
        """The file and line of `node`."""
        return Place(self.name, node.start_mark.line + 1)

    def problem(self, node: yaml.Node, key: str, message: str) -> None:
        """Record a problem with `node`; reading goes on."""
        self.problems.append(Problem(self.place(node), key, message))

    def entries(self, node: yaml.Node, where: str, names: Names | None) -> Iterator[tuple[str, str, yaml.Node]]:
        """The entries of a mapping: the key meant, the key as typed, the value.

        Unknown and repeated keys are recorded as problems and left out. If `names` is None, any key is allowed.
        """
        if is_null(node):
            return
        if not isinstance(node, yaml.MappingNode):
            found = described(node)
            if names and names.keys:
                such = names.keys[0]
                wanted = Message("expected a mapping with keys such as {key}, found {found}", key=such, found=found)
            else:
                wanted = Message("expected a mapping, found {found}", found=found)
            self.problem(node, where, _with_colon(wanted) if "：" in found else wanted)
            return
        lines: dict[str, int] = {}
        typed, before = "", None
        for key_node, value in node.value:
            if before is not None and _is_split_number(before, key_node, value):
                number = f"{before.value},{key_node.value}"
                self.problem(
                    key_node,
                    f"{where}.{typed}",
                    Message(
                        "{number!r} is read as two entries: write {replace}, without separators",
                        number=number,
                        replace=number.replace(",", ""),
                    ),
                )
                continue
            before = value
            if not isinstance(key_node, yaml.ScalarNode):
                self.problem(key_node, where, Message("{described} cannot be a key", described=described(key_node)))
                continue
            typed = key_node.value
            path = f"{where}.{typed}" if where else typed
            key = typed if names is None else names.key(typed)
            if key is None:
                shown = names is not None and len(self.problems) < MOST_OF_A_KIND  # finding the nearest takes a while
                self.problem(key_node, path, names.nearest(typed) if names and shown else Message("unknown key"))
            elif key in lines:
                self.problem(
                    key_node,
                    path,
                    Message("{key} appears twice, first on line {lines}: keep one", key=key, lines=lines[key]),
                )
            else:
                lines[key] = key_node.start_mark.line + 1
                yield key, typed, value

    def items(self, node: yaml.Node, where: str) -> Iterator[tuple[str, yaml.Node]]:
        """The items of a list, each with its dotted key; a value that is not a list is an item by itself."""
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
            self.problem(node, where, Message("expected a text, found {described}", described=described(node)))
            return ""
        value: str = node.value
        return value


def is_null(node: yaml.Node) -> bool:
    """Whether the node is a blank: ``null``, ``~`` or nothing.

    Parameters
    ----------
    node
        A node of the file.

    Returns
    -------
    bool
        True if nothing is stated there.
    """
    return isinstance(node, yaml.ScalarNode) and node.tag == _NULL


def _is_too_deep(text: str) -> bool:
    depth = 0
    try:
        for event in yaml.parse(text, Loader=_Loader):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > _DEEPEST:
                return True
    except yaml.YAMLError:
        pass  # the composer will fail at the same place, and report it
    return False


def _is_split_number(before: yaml.Node, key: yaml.Node, value: yaml.Node) -> bool:
    """Whether a thousands separator made two entries of one number, as in ``{company: 1,204}``."""
    return (
        isinstance(before, yaml.ScalarNode)
        and isinstance(key, yaml.ScalarNode)
        and is_null(value)
        and before.value.isdecimal()
        and re.fullmatch(r"\d{3}", key.value) is not None
    )


def described(node: yaml.Node) -> str:
    """A node in words, for messages: a mapping, a list, or the scalar as typed.

    Parameters
    ----------
    node
        A node of the file.

    Returns
    -------
    str
        At most some forty characters of a scalar.
    """
    if isinstance(node, yaml.MappingNode):
        return Message("a mapping")
    if isinstance(node, yaml.SequenceNode):
        return Message("a list")
    return f"{node.value!r}" if len(node.value) <= 40 else f"{node.value[:40]!r}…"


def _with_colon(said: Message) -> Message:
    return Message("{said}; after a key write the half-width colon and a space, ': ', not '：'", said=said)


def _yaml_message(error: yaml.MarkedYAMLError, text: str, line: int) -> str:
    """The YAML parser's message, with the usual cause of such an error where the lines show it."""
    said = Message("this is not valid YAML: {parser_says}", parser_says=error.problem or error.context)
    lines = text.split("\n")[max(line - 2, 0) : line]
    if any("\t" in typed[: len(typed) - len(typed.lstrip())] for typed in lines):
        return Message("{said}; indent with spaces, not tabs", said=said)
    if any("：" in typed for typed in lines):
        return _with_colon(said)
    if any("，" in typed and "{" in typed for typed in lines):
        return Message("{said}; between entries write the half-width comma and a space, ', ', not '，'", said=said)
    if any(typed.count(": ") > 1 for typed in lines):
        return Message("{said}; put a text that holds ': ' on lines of its own after '|'", said=said)
    return said
