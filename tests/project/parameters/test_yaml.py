"""YAML as users type it: what is not valid is refused with its line, and nothing in a file is ever executed."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from project.parameters.files import AGENCY, read, refusal
from reportkit.project.parameters import TypedError, read_parameters
from reportkit.project.parameters.reading import parse_parameters


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    assert read(tmp_path, b"\xef\xbb\xbfagency: office\n").agency == AGENCY


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("applications: {granted: {company: 1,204}}", "applications.granted.company: '1,204' is read as two entries: write 1204, without separators"),
        ("[a]: 1", "1: a list cannot be a key"),
        ("a: b: c", "1: this is not valid YAML: mapping values are not allowed in this context; put a text that holds ': '"),
        ("year：2023\nagency: office", "write the half-width colon and a space, ': ', not '：'"),
        ("applications:\n\tgranted: {}", "indent with spaces, not tabs"),
        ("applications: {granted: {company: 1，other: 2}}", "write the half-width comma and a space, ', ', not '，'"),
        ("a: [1", "this is not valid YAML"),
        ("a: \x01", "this is not valid YAML"),
        (b"narrative: {other: \xc4\xea\xb6\xc8}", "1: the text is not UTF-8: save the file as UTF-8"),
        ("[" * 100_000, "nested deeper than any parameter file"),
        ("- " * 50_000, "nested deeper than any parameter file"),
        (b"#" * (2**21 + 1), "larger than 2 MiB"),
    ],
)  # fmt: skip
def test_what_is_not_valid_yaml_is_refused_with_its_line_and_its_usual_cause(
    tmp_path: Path, text: str | bytes, said: str
) -> None:
    assert said in refusal(tmp_path, text)


def test_a_missing_file_is_reported_as_missing(tmp_path: Path) -> None:
    with pytest.raises(TypedError, match=r"nowhere\.yaml: the file does not exist"):
        read_parameters(tmp_path / "nowhere.yaml", AGENCY, 2023)


def test_a_folder_in_the_file_s_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "office.yaml").mkdir()
    with pytest.raises(TypedError, match="cannot be read"):
        read_parameters(tmp_path / "office.yaml", AGENCY, 2023)


def test_aliases_that_expand_do_not_take_long(tmp_path: Path) -> None:
    bomb = "a: &a [x, x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}]\n" for n in range(24)
    )
    assert "unknown key" in refusal(tmp_path, bomb)


def test_tags_of_other_languages_are_never_followed(tmp_path: Path) -> None:
    report = read(tmp_path, "narrative: {other: !!python/object/apply:os.system [exit]}".replace("[exit]", "exit"))
    assert report.narrative["other"] == "exit"


@given(st.binary(max_size=300) | st.text(alphabet="{}[]:,-&*!|>'\"\n\t #a1：，件applications.granted", max_size=200))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
def test_any_file_is_read_or_refused_with_its_name(tmp_path: Path, content: bytes | str) -> None:
    try:
        read(tmp_path, content)
    except TypedError as error:
        assert all(str(problem).startswith("params/2023/office.yaml") for problem in error.problems)


def test_of_many_problems_the_first_are_told_and_the_others_counted() -> None:
    typed = "".join(f"k{number}: 1\n" for number in range(3000))
    with pytest.raises(TypedError) as raised:
        parse_parameters(typed.encode(), AGENCY, 2023, name="f.yaml")
    *first, last = str(raised.value).splitlines()
    assert (len(first), len(raised.value.problems)) == (50, 3000)
    assert first[0].startswith("f.yaml:1: k0: unknown key; ")
    assert last == "… and 2950 more problems; correct these first"


@pytest.mark.parametrize(
    ("typed", "end"),
    [
        ('? "LONG"\n: 1\n', "declared, waivers"),
        ('published: "LONG"\n', "is not a date: write it as 2024-01-19"),
        ('agency: "LONG"\n', "differs from the file's name, office: correct one of them"),
        ('waivers: [{rule: A, reason: b, by: c, cells: ["LONG"]}]\n', "write table.row.column"),
        ('? "LONG"\n: 1\n? "LONG"\n: 1\n', "declared, waivers"),
    ],
)
def test_what_a_message_quotes_is_cut_and_what_to_do_is_kept(typed: str, end: str) -> None:
    with pytest.raises(TypedError) as raised:
        parse_parameters(typed.replace("LONG", "长" * 100_000).encode(), AGENCY, 2023, name="f.yaml")
    for line in str(raised.value).splitlines():
        assert len(line) < 800
        assert line.startswith("f.yaml:") and line.endswith(end)
