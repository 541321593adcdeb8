"""A statement that runs marks its line, as coverage.py counts lines; one that does not run marks none."""

from __future__ import annotations

from coverage.parser import PythonParser

from probes import MAP, with_marks

SOURCE = '''\
"""A module."""
from __future__ import annotations
from functools import (
    cache,
    wraps,
)

@cache
@wraps(
    len
)
def twice(
    text: str = "",
) -> str:
    """Twice."""
    global asked
    asked = True
    return (
        text
        + text
    )

class Kind:
    """A kind."""
    names = [
        name for name in "ab"
    ]
    def empty(self):
        """Nothing."""

try:
    twice("a")
    int("a")
    missed = 1
except KeyError:
    missed = 2
except (
    ValueError
):
    pass
else:
    missed = 3
finally:
    done = [twice("b")]
for letter in "":
    missed = 4
else:
    if done == 1:
        missed = 5
    elif done:
        assert "missed" not in globals()
    else:
        missed = 6
with open(__file__) as file:
    while True:
        break
match done:
    case 1:
        missed = 7
    case [str() as text]:
        Kind().empty(); text += "c"
'''


def test_what_runs_is_marked_and_nothing_else() -> None:
    lines = bytearray(100)
    exec(compile(with_marks(SOURCE.encode()), "sample", "exec"), {MAP: lines, "__file__": __file__})
    parser = PythonParser(text=SOURCE)
    parser.parse_source()
    marked = parser.translate_lines(number for number, ran in enumerate(lines) if ran)
    texts = SOURCE.splitlines()
    missed = {number for number in parser.statements if "missed =" in texts[number - 1]}
    assert len(missed) == 7
    not_reached = {number for number in parser.statements if texts[number - 1] in ("except KeyError:", "    case 1:")}
    assert parser.statements - marked == missed | not_reached


def test_marks_come_at_their_place_in_the_map_of_all_files() -> None:
    lines = bytearray(30)
    exec(compile(with_marks(b"1\n\n2\n", start=10), "sample", "exec"), {MAP: lines})
    assert [number for number, ran in enumerate(lines) if ran] == [11, 13]
