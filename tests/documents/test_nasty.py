"""Whatever the document, it is read or refused with one clear line, in time and within memory."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from documents.made import NASTY, build
from reportkit.documents.detection import read_document
from reportkit.documents.document import Document, Grid, Heading, UnreadableError
from reportkit.system.bounded import Refusal, run_bounded


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Document | Refusal]:
    folder = tmp_path_factory.mktemp("nasty")
    paths = {build(name, folder): name for name in NASTY}
    return {paths[path]: outcome for path, outcome in run_bounded(read_document, paths, jobs=2)}


@pytest.mark.parametrize("name", NASTY)
def test_a_nasty_document_is_read_or_refused_with_one_clear_line(
    outcomes: dict[str, Document | Refusal], name: str
) -> None:
    outcome, refused = outcomes[name], NASTY[name].refused
    if refused is None:
        assert isinstance(outcome, Document), outcome
        assert outcome.blocks
    else:
        assert isinstance(outcome, Refusal)
        assert re.fullmatch(rf"[^\n]*(?:{refused})[^\n]*", outcome.message)
        assert len(outcome.message) < 200


@pytest.mark.parametrize("name", NASTY)
def test_the_line_is_the_same_without_a_process_around_it(
    outcomes: dict[str, Document | Refusal], tmp_path: Path, name: str
) -> None:
    started = time.process_time()
    if NASTY[name].refused is None:
        assert isinstance(read_document(build(name, tmp_path)), Document)
    else:
        with pytest.raises(UnreadableError) as refused:
            read_document(build(name, tmp_path))
        assert outcomes[name] == Refusal(str(refused.value))
    assert time.process_time() - started < 10


@pytest.mark.parametrize(
    ("name", "grids"),
    [
        ("nested_tables", 3),
        ("two_reports_in_one_page", 6),
        ("table_of_contents", 3),
        ("navigation_around_the_article", 3),
        ("rowspan_65000", 3),
        ("colspan_1e9", 3),
        ("gb18030", 3),
        ("broken_encoding", 3),
        ("ten_thousand_tags", 3),
        ("no_tables", 0),
        ("tables_as_images", 0),
    ],
)
def test_every_statutory_table_is_a_grid_of_its_own(
    outcomes: dict[str, Document | Refusal], name: str, grids: int
) -> None:
    document = outcomes[name]
    assert isinstance(document, Document)
    assert sum(isinstance(block, Grid) for block in document.blocks) == grids


def test_what_stands_around_an_article_is_left_out(outcomes: dict[str, Document | Refusal]) -> None:
    document = outcomes["navigation_around_the_article"]
    assert isinstance(document, Document)
    assert isinstance(document.blocks[0], Heading)
    assert not {"隐藏", "版权", "相关", "脚本", "网站名称"} & set(re.findall(r"\w+", repr(document.blocks)))


def test_a_table_of_contents_is_left_out(outcomes: dict[str, Document | Refusal]) -> None:
    document = outcomes["table_of_contents"]
    assert isinstance(document, Document)
    assert repr(document.blocks).count("一、总体情况") == 1


def test_money_with_its_unit_is_kept(outcomes: dict[str, Document | Refusal]) -> None:
    document = outcomes["edition_2019"]
    assert isinstance(document, Document)
    texts = [
        box.text for block in document.blocks if isinstance(block, Grid) for row in block.rows for box in row if box
    ]
    assert "386500元" in texts
