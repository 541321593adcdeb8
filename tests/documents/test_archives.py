"""Zipped files are bounded before anything in them is unpacked, whatever they say of themselves."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents.made import zipped
from reportkit.documents.archives import Limits, open_archive, part_xml, read_part, require_true_sizes
from reportkit.documents.document import UnreadableError

MIB = 1 << 20
KIND, LIMITS = "workbook", Limits(unpacked=2 * MIB, parts=3, part=MIB)


def test_what_is_within_all_limits_is_read() -> None:
    archive = open_archive(zipped({"a": b"example", "b": b"<b/>"}), KIND, LIMITS)
    require_true_sizes(archive, KIND)
    assert read_part(archive, "a", KIND, LIMITS) == b"example"
    assert part_xml(archive, "b", KIND, LIMITS).tag == "b"


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (zipped({"a": b" " * (3 * MIB)}), "unpacks to 3 MiB in 1 parts, more than one may"),
        (zipped({str(number): b"" for number in range(4)}), "in 4 parts, more than one may"),
        (zipped({"a": b"x"})[:-5], "a damaged workbook; open it and save it again"),
        (b"", "a damaged workbook"),
    ],
    ids=["too large", "too many parts", "cut off", "empty"],  # an archive's bytes hold the time at which it was made
)
def test_what_holds_too_much_or_is_damaged_is_refused(data: bytes, line: str) -> None:
    with pytest.raises(UnreadableError, match=line):
        open_archive(data, KIND, LIMITS)


def test_what_unpacks_to_many_times_its_size_is_refused_unless_it_is_small() -> None:
    data = zipped({"a": b" " * MIB})
    open_archive(data, KIND, Limits(unpacked=2 * MIB, ratio=10))
    with pytest.raises(UnreadableError, match="unpacks to 1 MiB"):
        open_archive(data, KIND, Limits(unpacked=2 * MIB, ratio=10, small=1000))


def test_a_part_over_its_own_limit_is_refused() -> None:
    archive = open_archive(zipped({"a": b" " * (MIB + 1)}), KIND, LIMITS)
    with pytest.raises(UnreadableError, match="a workbook in which a is over 1 MiB"):
        read_part(archive, "a", KIND, LIMITS)


def test_a_part_that_declares_a_false_size_is_damaged() -> None:
    size = 50 * MIB
    data = zipped({"a": b" " * size}).replace(size.to_bytes(4, "little"), (100).to_bytes(4, "little"))
    archive = open_archive(data, KIND, LIMITS)
    with pytest.raises(UnreadableError, match=r"a damaged workbook \(a\)"):
        read_part(archive, "a", KIND, LIMITS)
    with pytest.raises(UnreadableError, match=r"a damaged workbook \(a\)"):
        require_true_sizes(archive, KIND)


@pytest.mark.parametrize("packing", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_ways_of_packing_that_no_office_program_uses_are_refused(packing: int) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", packing) as archive:
        archive.writestr("a", b"example")
    with pytest.raises(UnreadableError, match="a damaged workbook"):
        open_archive(target.getvalue(), KIND, LIMITS)


def test_a_missing_part_is_damage() -> None:
    with pytest.raises(UnreadableError, match=r"a damaged workbook \(b\)"):
        read_part(open_archive(zipped({"a": b""}), KIND, LIMITS), "b", KIND, LIMITS)


@given(st.data())
def test_any_damage_is_refused_in_one_line_or_survived(data: st.DataObject) -> None:
    damaged = bytearray(zipped({"a": b"example" * 100, "b": b"<b/>"}))
    for at in data.draw(st.lists(st.integers(0, len(damaged) - 1), max_size=8)):
        damaged[at] = data.draw(st.integers(0, 255))
    try:
        archive = open_archive(bytes(damaged), KIND, LIMITS)
        require_true_sizes(archive, KIND)
        part_xml(archive, "b", KIND, LIMITS)
    except UnreadableError as error:
        assert "\n" not in str(error)
