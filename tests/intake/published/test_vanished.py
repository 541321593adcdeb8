"""Rows whose blank cells vanished: their figures are placed where the form's identities leave one way, and said so."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from intake.published import flattened
from reportkit.documents.plain_text import read_plain_text
from reportkit.form import form_for
from reportkit.form.figures import Figure, magnitude
from reportkit.intake.published.audit import audit
from reportkit.intake.published.report import PublishedReport, read_report
from reportkit.intake.published.vanished import RowFound, placed_by_identities
from reportkit.report import Agency, AnnualReport, new_report

YEARS = [2020, 2023]
APPLICANTS = ("natural_person", "company", "research_institute", "public_interest_group", "legal_service", "other")
# In rows of table three the figures of each kind of applicant. Requests received and totals follow from the others.
CITY: Mapping[str, tuple[Figure, ...]] = {
    "carried_in": (5, 6, None, 1, 18, None),
    "granted": (64, 29, 13, None, 19, 11),
    "partly_granted": (31, None, 7, 14, None, 5),
    "refused.state_secret": (3, None, None, None, None, None),
    "unavailable.not_held": (None, 24, None, None, None, 9),
    "not_processed.repeat": (None, None, 2, None, None, None),
    "carried_out": (19, 5, None, 2, 7, 8),
}


def city(year: int = 2023, changed: Mapping[str, tuple[Figure, ...]] | None = None) -> AnnualReport:
    """A consistent report that has no zero in table three: where there is nothing to count, its cells are blank."""
    figures: dict[str, Figure] = dict.fromkeys(form_for(year).entries, 0)
    figures |= {address: None for address in figures if address.startswith("applications.")}
    for row, counts in {**CITY, **(changed or {})}.items():
        figures |= {f"applications.{row}.{kind}": count for kind, count in zip(APPLICANTS, counts, strict=True)}
    report = new_report(Agency("example", "示例市示例局"), year, figures)
    to_handle = {
        kind: magnitude(report.computed[f"applications.total.{kind}"])
        + magnitude(report[f"applications.carried_out.{kind}"])
        - magnitude(report[f"applications.carried_in.{kind}"])
        for kind in APPLICANTS
    }
    report = report.replace({f"applications.received.{kind}": int(count) for kind, count in to_handle.items() if count})
    return report.replace({}, declared={total: figure or None for total, figure in report.computed.items()})


def read(report: AnnualReport, layout: str = "one a line") -> PublishedReport:
    return read_report({**flattened.LOSING, **flattened.BARRED_LOSING}[layout](report))


def inferred(published: PublishedReport) -> Mapping[str, float]:
    return {address: guess.sure for guess in published.guesses if guess.inferred for address in guess.cells}


@pytest.mark.parametrize("year", YEARS)
@pytest.mark.parametrize("layout", ["one a line", "one paragraph", "bars on both sides", "bars before"])
def test_figures_whose_blanks_vanished_are_placed_by_the_identities_and_said_to_be_inferred(
    layout: str, year: int
) -> None:
    report = city(year)
    published = read(report, layout)
    assert {a: f for a, f in published.figures.items() if a.startswith("applications.")} == {
        a: f for a, f in report.all_figures.items() if a.startswith("applications.")
    }
    said = inferred(published)
    for row, counts in CITY.items():
        assert (f"applications.{row}.company" in said) == (None in counts)
    assert "applications.not_processed.publication.total" in said
    assert max(said.values()) < 1
    assert not any("表三" in message for message in published.missing)


def test_an_inferred_row_says_how_many_figures_it_has_and_where() -> None:
    guesses = [guess for guess in read(city()).guesses if guess.inferred]
    (guess,) = [guess for guess in guesses if "国家秘密" in guess.what]
    assert guess.said.startswith("inferred: 2 figures where 7 belong")
    assert guess.where.startswith("paragraph")
    (bare,) = [guess for guess in guesses if "出版物" in guess.what]
    assert "nothing stands after its label" in bare.said


def test_an_audit_tells_which_rows_were_inferred() -> None:
    (result,) = audit([(Path("2023.txt"), read(city()))])
    said = result.as_json()["inferred"]
    assert {"applications.granted.company", "applications.granted.total"} <= {
        cell for row in said for cell in row["cells"]
    }
    assert all(row["said"].startswith("inferred: ") for row in said)
    (sure,) = audit([(Path("2023.html"), read_report(flattened.as_grid(city())))])
    assert "inferred" not in sure.as_json()


def test_a_row_that_can_be_read_in_two_ways_is_left_out_and_said_so() -> None:
    # Either of the two rows may have the request of a natural person, and the other that of a company.
    alike = (1, None, None, None, None, None)
    report = city(changed={"refused.internal_affairs": alike, "refused.enforcement_file": (None, 1, *(None,) * 4)})
    published = read(report)
    for row, label in (("internal_affairs", "三类内部事务"), ("enforcement_file", "行政执法案卷")):
        assert not any(address.startswith(f"applications.refused.{row}") for address in published.figures)
        assert any(label in message and "2 figures stand where 7 belong" in message for message in published.missing)
    assert published.figures["applications.received.legal_service"] == 8


def test_zeros_beside_blanks_are_left_out_since_either_could_be_either() -> None:
    report = city(changed={"refused.state_secret": (3, 0, None, None, None, None)})
    published = read(report)
    assert not any(address.startswith("applications.refused.state_secret") for address in published.figures)
    assert published.figures["applications.granted.company"] == 29


def test_where_no_sum_holds_nothing_is_inferred() -> None:
    report = city()
    wrong = report.replace({}, declared={**report.declared, "applications.total.company": 54})
    published = read(wrong)
    assert not inferred(published)
    assert "applications.carried_in.company" not in published.figures


def test_without_a_row_that_the_sums_need_nothing_is_inferred() -> None:
    report = city()
    text = flattened.one_a_line(report).replace("2.重复申请", "示例示例示例")
    published = read_report(read_plain_text(text, "示例.txt"))
    assert not any(address.startswith("applications.not_processed.repeat") for address in inferred(published))
    for address, figure in published.figures.items():
        assert figure == report[address] or any(address in guess.cells for guess in published.guesses)


def test_a_blank_total_states_nothing_and_vouches_for_nothing() -> None:
    cells = [cell for cell in form_for(2023).table("applications").cells if cell.row == "granted"]
    found = {0: RowFound(cells, ("1", "2", "3", "4", "5", "6"))}
    assert placed_by_identities(form_for(2023), form_for(2023).table("applications"), found) == {}


def test_a_table_without_any_figure_is_not_read_as_blank() -> None:
    report = city(changed=dict.fromkeys(CITY, (None,) * 6))
    assert not any(address.startswith("applications.") for address in read(report).figures)


def test_very_many_ways_are_given_up_in_a_moment() -> None:
    form = form_for(2023)
    table = form.table("applications")
    rows = {}
    for at, key in enumerate(dict.fromkeys(cell.row for cell in table.cells)):
        rows[at] = RowFound([cell for cell in table.cells if cell.row == key], (str(at + 1), "1", str(at + 2)))
    assert placed_by_identities(form, table, rows) == {}


def test_rows_that_were_inferred_keep_the_words_of_their_own_labels() -> None:
    found = read(city())
    assert inferred(found)
    rows = (
        {row.label for block in found.form.table("applications").blocks for row in block.row_leaves}
        if found.form
        else ()
    )
    assert {label: words for label, words in found.wording.items() if label in rows and words != label} == {}


def test_the_first_row_is_certain_beside_a_label_alone() -> None:
    report = city(changed={"carried_in": (None,) * 6})
    found = read(report)
    blank = {f"applications.carried_in.{kind}" for kind in (*APPLICANTS, "total")}
    assert blank <= set(inferred(found))
    assert {address: found.figures[address] for address in blank} == dict.fromkeys(blank)
    assert all(found.figures[address] == report[address] for address in inferred(found))


def test_beside_a_row_too_many_nothing_is_inferred() -> None:
    lines = flattened.one_a_line(city()).replace("（二）部分公开", "示例\n\n9\n\n（二）部分公开", 1)
    found = read_report(read_plain_text(lines, "示例.txt"))
    assert not any(address.startswith(("applications.granted", "applications.partly")) for address in inferred(found))
    assert inferred(read(city()))
