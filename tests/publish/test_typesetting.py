"""Typst, asked by several threads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
import typst

from reportkit.publish.typesetting import Typesetter

_SOURCES = [f"#set page(width: auto, height: auto)\n$x^{power}$".encode() for power in range(12)]


def test_threads_wait_for_each_other() -> None:
    typesetter = Typesetter(lambda: typst.Compiler(font_paths=typst.Fonts(include_system_fonts=False)))
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(lambda source: typesetter.compile(source, format="png"), _SOURCES * 4))
    assert together == [typesetter.compile(source, format="png") for source in _SOURCES] * 4


def test_a_source_that_fails_holds_up_no_other() -> None:
    typesetter = Typesetter(typst.Compiler)
    with pytest.raises(typst.TypstError, match="expected expression"):
        typesetter.compile(b"#", format="pdf")
    assert typesetter.compile(b"1", format="pdf").startswith(b"%PDF")


def test_the_compiler_is_made_once() -> None:
    made: list[typst.Compiler] = []

    def make() -> typst.Compiler:
        made.append(typst.Compiler())
        return made[-1]

    typesetter = Typesetter(make)
    assert not made
    typesetter.get_ready()
    typesetter.compile(b"1", format="pdf")
    assert len(made) == 1
