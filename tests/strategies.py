"""Hypothesis strategies for reports: any valid report, and reports whose figures agree with each other."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from hypothesis import strategies as st

from reportkit.form import Form, form_for
from reportkit.form.figures import Amount, Figure, Kind, magnitude
from reportkit.report import Agency, AnnualReport, new_report

YEARS = (2019, 2020, 2021, 2023, 2025)
APPLICANTS = ("natural_person", "company", "research_institute", "public_interest_group", "legal_service", "other")

# Mostly zeros, as in real reports, and now and then a city's.
counts = st.one_of(st.just(0), st.integers(0, 9), st.integers(0, 12_000_000))
few = st.integers(0, 40)
money = st.decimals(0, 1_000_000, places=4).map(lambda number: number.copy_abs())
amounts = st.one_of(
    st.just(0),
    st.builds(
        Amount, st.decimals(0, 10**9, places=2).map(lambda n: n.copy_abs()), st.sampled_from(["元", "万元", "亿元"])
    ),
)
years = st.sampled_from(YEARS)

# Text as analysts type it, Markdown and characters that a page must escape among it.
_WORDS = (
    "政务公开",
    "信息处理费",
    "2023年",
    "**加强**",
    "<b>&amp;</b>",
    "1,204件",
    "“示例”",
    "（一）",
    "\n\n- ",
    "|",
    "\\",
    "#",
    " ",
    "。",
)
texts = st.lists(
    st.one_of(st.sampled_from(_WORDS), st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), max_size=8)),
    max_size=12,
).map("".join)

agencies = st.builds(
    Agency,
    id=st.from_regex(r"[a-z]{2,8}(-[a-z]{2,5})?", fullmatch=True),
    name=st.sampled_from(["示例市人民政府办公室", "示例县示例局", "示例区<示例>委员会"]),
    short=st.sampled_from(["", "示例局"]),
    level=st.sampled_from(["department", "government"]),
    contact=st.sampled_from(["", "0539-0000000"]),
)


def figures_of(kind: Kind, blanks: bool = False) -> st.SearchStrategy[Figure]:
    """Figures that a cell of `kind` may hold, blanks among them where wanted."""
    strategy = _figures_of(kind)
    return st.one_of(strategy, strategy, strategy, st.none()) if blanks else strategy


def _figures_of(kind: Kind) -> st.SearchStrategy[Figure]:
    if kind.types is Amount:
        return amounts
    if kind.most is not None:
        return st.integers(0, kind.most) if kind.types is int else st.decimals(0, kind.most, places=2).map(abs)
    if kind.types is int:
        return st.integers(-300, 300) if kind.signed else counts
    return money


def figures(form: Form, blanks: bool = False) -> st.SearchStrategy[dict[str, Figure]]:
    """Figures for some of the cells of `form` that an official fills in; the others are 0, as in real reports."""
    return st.lists(st.sampled_from(form.entries), unique=True, max_size=40).flatmap(
        lambda entries: st.fixed_dictionaries({entry: figures_of(form.cells[entry].kind, blanks) for entry in entries})
    )


@st.composite
def reports(draw: st.DrawFn, year: int | None = None) -> AnnualReport:
    """Any valid report: blanks, money, text, some totals declared, and these not always right."""
    year = draw(years) if year is None else year
    form = form_for(year)
    totals = draw(st.lists(st.sampled_from(list(form.totals)), unique=True, max_size=8))
    return new_report(
        draw(agencies),
        year,
        draw(figures(form, blanks=True)),
        declared={total: draw(figures_of(form.cells[total].kind, blanks=True)) for total in totals},
        narrative={section.key: draw(texts) for section in form.narrative_sections},
        published=draw(st.none() | st.dates(date(year + 1, 1, 1), date(year + 1, 12, 31))),
    )


@st.composite
def consistent_reports(
    draw: st.DrawFn, year: int | None = None, carried_out: Mapping[str, int] | None = None
) -> AnnualReport:
    """A report in which every identity within the year holds, all its totals declared.

    Parameters
    ----------
    year
        The year; any where None.
    carried_out
        For each applicant what must be carried out of the year; drawn where None.
    """
    year = draw(years) if year is None else year
    form = form_for(year)
    filled = draw(figures(form))
    leaving = carried_out or {applicant: draw(few) for applicant in APPLICANTS}
    outcomes = new_report(Agency("example", "示例局"), year, filled)
    for applicant in APPLICANTS:
        to_handle = int(magnitude(outcomes[f"applications.total.{applicant}"])) + leaving[applicant]
        carried_in = draw(st.integers(0, min(to_handle, 60)))
        filled[f"applications.carried_in.{applicant}"] = carried_in
        filled[f"applications.received.{applicant}"] = to_handle - carried_in
        filled[f"applications.carried_out.{applicant}"] = leaving[applicant]
    report = outcomes.replace(filled)
    return report.replace(dict(report.computed))


@st.composite
def reports_with_blanks(draw: st.DrawFn, year: int | None = None) -> AnnualReport:
    """A consistent report in which some or all zeros are left blank, and now and then a total that is none."""
    report = draw(consistent_reports(year))
    zeros = [address for address, figure in report.all_figures.items() if not figure]
    share = draw(st.sampled_from([2, 10, 10]))
    lots = draw(st.lists(st.integers(1, 10), min_size=len(zeros), max_size=len(zeros)))
    blank = {address for address, lot in zip(zeros, lots, strict=True) if lot <= share}
    blank |= draw(st.sets(st.sampled_from(list(report.form.totals)), max_size=3))
    return report.replace(
        {address: None for address in blank if address in report.figures},
        declared={address: None if address in blank else figure for address, figure in report.declared.items()},
    )


@st.composite
def consistent_years(draw: st.DrawFn, year: int = 2023) -> AnnualReport:
    """A consistent report with last year's beside it, in which every identity across the years holds too."""
    report = draw(consistent_reports(year))
    carried = {applicant: int(magnitude(report[f"applications.carried_in.{applicant}"])) for applicant in APPLICANTS}
    previous = draw(consistent_reports(year - 1, carried))
    stock: dict[str, Figure] = {}
    for address in report.form.cells:
        table, row, column = address.split(".", 1)[0], *address.split(".", 1)[1].rsplit(".", 1)
        if column == "in_force" and address in previous.form.cells:
            gone = magnitude(report[f"{table}.{row}.repealed"])
            before = max(magnitude(previous[address]), gone)
            previous = previous.replace({address: before})
            stock[address] = before + magnitude(report[f"{table}.{row}.issued"]) - gone
    return report.replace(stock, previous=previous)
