"""The annual report of one agency for one year, as an immutable value.

Totals are worked out from the cells; where a source states totals itself, both are kept, and the
stated one is what stands in the report until a person mends it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar

from reportkit.form import Form, Section, form_for
from reportkit.form.figures import Amount, Figure, magnitude
from reportkit.system.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "Agency",
    "AnnualReport",
    "Below",
    "Place",
    "UnknownCellError",
    "UnknownSectionError",
    "Waiver",
    "new_report",
]


class _UnknownNameError(InputError, KeyError):
    """A name that the report's edition of the form does not have; the message names the nearest."""

    thing: ClassVar[str]

    def __init__(self, name: str, form: Form) -> None:
        super().__init__(name)
        self.name, self.form = name, form

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.name, self.form)

    def __str__(self) -> str:
        from difflib import get_close_matches

        nearest = get_close_matches(self.name, self.known(), n=1)
        hint = f": did you mean {nearest[0]}?" if nearest else ""
        return f"edition {self.form.edition} of the form has no {self.thing} {self.name}{hint}"

    def known(self) -> list[str]:
        """The names that the form does have."""
        raise NotImplementedError


class UnknownCellError(_UnknownNameError):
    """An address that the report's edition of the form does not have."""

    thing = "cell"

    def known(self) -> list[str]:
        """The form's addresses."""
        return list(self.form.cells)


class UnknownSectionError(_UnknownNameError):
    """A key under which the report's edition of the form has no text."""

    thing = "text"

    def known(self) -> list[str]:
        """The keys of the form's texts."""
        return [section.key for section in self.form.narrative_sections]


@dataclass(frozen=True, slots=True)
class Agency:
    """A body that reports.

    Parameters
    ----------
    id
        Its name in files and on the command line: linyi-fao.
    name
        Its full official name.
    short
        How its own texts call it.
    level
        ``department`` or ``government``: which day it must publish by.
    parent
        The id of the body above it, where there is one.
    contact
        How to ask it about its report.
    notebook
        Its own notebook, relative to the project's ``notebooks/``; None for the common one.
    """

    id: str
    name: str
    short: str = ""
    level: str = "department"
    parent: str | None = None
    contact: str = ""
    notebook: str | None = None


@dataclass(frozen=True, slots=True)
class Waiver:
    """A person's decision that a finding may stand.

    Parameters
    ----------
    rule
        The rule of the finding.
    reason, by
        Why it may stand, and who says so.
    cells, quote
        Which finding of that rule is meant: by its cells or by its words.
    """

    rule: str
    reason: str
    by: str
    cells: tuple[str, ...] = ()
    quote: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where something was read.

    Parameters
    ----------
    file
        The file's path or name.
    at
        The line (counted from 1), or the cell of a sheet; None for the file as a whole.
    """

    file: str
    at: int | str | None = None

    def __str__(self) -> str:
        return self.file if self.at is None else f"{self.file}:{self.at}"


@dataclass(frozen=True)
class AnnualReport:
    """The annual report of one agency for one year.

    Parameters
    ----------
    agency
        Who reports.
    year
        The year reported on.
    form
        The edition of the form it uses.
    figures
        The figures of all cells that are filled in, by address; None for a blank.
    declared
        The totals that the source states, by address; None for one left blank.
    narrative
        The text of the preamble and of each narrative section, as Markdown, by section key.
    published
        The day it was published, where known.
    waivers
        The findings that a person has let stand.
    places
        Where each figure and each text was read, by address or section key.
    wording
        Section titles and labels as the source words them, by section key or form label, in the
        source's order; empty where they are the form's own.
    previous
        The agency's report for the year before, where there is one.
    below
        The reports of the bodies below for the same year; None where there are no such bodies.
    """

    agency: Agency
    year: int
    form: Form
    figures: Mapping[str, Figure]
    declared: Mapping[str, Figure]
    narrative: Mapping[str, str]
    published: date | None = None
    waivers: tuple[Waiver, ...] = ()
    places: Mapping[str, Place] = dataclasses.field(default_factory=dict, compare=False)
    wording: Mapping[str, str] = dataclasses.field(default_factory=dict)
    previous: AnnualReport | None = dataclasses.field(default=None, compare=False, repr=False)
    below: Below | None = dataclasses.field(default=None, compare=False, repr=False)

    def __post_init__(self) -> None:
        entries, totals = dict.fromkeys(self.form.entries, 0), self.form.totals
        figures: dict[str, Figure] = dict(entries)
        declared: dict[str, Figure] = {}
        for address, figure in (*self.figures.items(), *self.declared.items()):
            _require_exact(address, figure)
            if address in entries:
                figures[address] = figure
            elif address in totals:
                declared[address] = figure
            else:
                raise UnknownCellError(address, self.form)
        narrative = dict.fromkeys((section.key for section in self.form.narrative_sections), "")
        for key, text in self.narrative.items():
            if key not in narrative:
                raise UnknownSectionError(key, self.form)
            narrative[key] = text
        for name, value in (
            ("figures", figures),
            ("declared", declared),
            ("narrative", narrative),
            ("places", dict(self.places)),
            ("wording", dict(self.wording)),
            ("_computed", _totals(self.form, figures)),
        ):
            object.__setattr__(self, name, MappingProxyType(value))

    def __reduce__(self) -> tuple[Any, ...]:
        # A mapping proxy cannot be pickled, and a report must travel between processes.
        fields = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        plain = {name: dict(value) if isinstance(value, MappingProxyType) else value for name, value in fields.items()}
        return _rebuild, (plain,)

    def __getitem__(self, address: str) -> Figure:
        """The figure that stands in the cell: as stated, or the computed total where none is stated.

        Raises
        ------
        UnknownCellError
            Where the form has no such cell.

        Examples
        --------
        >>> report = new_report(Agency("a", "某局"), 2023, {"applications.granted.company": 2})
        >>> report["applications.granted.total"]
        2
        """
        if address in self.figures:
            return self.figures[address]
        if address in self.declared:
            return self.declared[address]
        if address in self.computed:
            return self.computed[address]
        raise UnknownCellError(address, self.form)

    def __iter__(self) -> Iterator[str]:
        """The addresses of all cells, in printing order."""
        return iter(self.form.cells)

    @property
    def computed(self) -> Mapping[str, Figure]:
        """All totals as they follow from the filled-in cells, by address."""
        return self._computed  # type: ignore[attr-defined,no-any-return]

    @property
    def title(self) -> str:
        """What follows the agency's name in the report's title."""
        return self.form.title.format(year=self.year)

    @property
    def all_figures(self) -> dict[str, Figure]:
        """Every cell's figure by address, in printing order, totals among them."""
        return {address: self[address] for address in self.form.cells}

    @property
    def last_year(self) -> AnnualReport | None:
        """The report for the year just before, where it is known; an older one is not it."""
        previous = self.previous
        return previous if previous is not None and previous.year == self.year - 1 else None

    def history(self) -> Iterator[AnnualReport]:
        """This report and those of the years before it, backwards as far as they follow one another."""
        report: AnnualReport | None = self
        while report is not None:
            yield report
            report = report.previous

    def text(self, section: Section | str) -> str:
        """The Markdown text of a narrative section; UnknownSectionError where it holds none."""
        key = section if isinstance(section, str) else section.key
        if key not in self.narrative:
            raise UnknownSectionError(key, self.form)
        return self.narrative[key]

    def replace(self, figures: Mapping[str, Figure] | None = None, **fields: Any) -> AnnualReport:
        """A new report with some figures or other fields changed.

        Parameters
        ----------
        figures
            New figures by address; a total's becomes what the report states.
        **fields
            Other fields of the report, as `narrative` (merged with the present texts) or `published`.

        Raises
        ------
        UnknownCellError
            Where the form has no such cell.

        Examples
        --------
        >>> report = new_report(Agency("a", "某局"), 2023)
        >>> report.replace({"applications.granted.company": 3})["applications.total.total"]
        3
        """
        changed = figures or {}
        fields["figures"] = {**self.figures, **changed}
        fields.setdefault("declared", {total: self.declared[total] for total in self.declared if total not in changed})
        if "narrative" in fields:
            fields["narrative"] = {**self.narrative, **fields["narrative"]}
        return dataclasses.replace(self, **fields)

    def frame(self, table: str) -> pd.DataFrame:
        """A statutory table as a DataFrame under the form's labels.

        Parameters
        ----------
        table
            The table's key: ``disclosure``, ``applications`` or ``challenges``.

        Returns
        -------
        pandas.DataFrame
            One row for each row of the form, one column for each column; cells that the form does
            not have are ``pandas.NA``, blanks None. Figures stay exact (``object``).

        Raises
        ------
        KeyError
            Where the edition has no such table.
        """
        import pandas as pd

        blocks = self.form.table(table).blocks
        columns = {column.key: column.label for block in blocks for column in block.column_leaves}
        rows = {row.key: row.label for block in blocks for row in block.row_leaves}
        values = [
            [
                self[address] if (address := f"{table}.{row}.{column}") in self.form.cells else pd.NA
                for column in columns
            ]
            for row in rows
        ]
        return pd.DataFrame(values, index=list(rows.values()), columns=list(columns.values()), dtype=object)


@dataclass(frozen=True, slots=True)
class Below:
    """What the bodies below an agency report for a year, each of them counted once.

    A report stands for all bodies below the one that made it. Where a body has none, the reports of
    the bodies below it stand in its place.

    Parameters
    ----------
    reports
        The reports that together stand for all bodies below.
    missing
        The bodies that have no report.
    unreadable
        The bodies whose report cannot be read, each with what is wrong with it.
    """

    reports: tuple[AnnualReport, ...]
    missing: tuple[Agency, ...] = ()
    unreadable: tuple[tuple[Agency, str], ...] = ()


def new_report(
    agency: Agency,
    year: int,
    figures: Mapping[str, Figure] | None = None,
    *,
    form: Form | None = None,
    declared: Mapping[str, Figure] | None = None,
    narrative: Mapping[str, str] | None = None,
    **fields: Any,
) -> AnnualReport:
    """A report of `agency` for `year`, with 0 in every cell that `figures` does not name.

    Raises
    ------
    UnknownCellError
        Where a figure's address is not on the form.
    UnknownSectionError
        Where a text's key is not on the form.
    UnknownYearError
        Where no edition of the form covers the year.
    TypeError
        Where a figure is a float, or not a figure at all.
    """
    return AnnualReport(agency, year, form or form_for(year), figures or {}, declared or {}, narrative or {}, **fields)


def _rebuild(fields: dict[str, Any]) -> AnnualReport:
    return AnnualReport(**fields)


def _totals(form: Form, figures: Mapping[str, Figure]) -> dict[str, Figure]:
    computed: dict[str, Figure] = {}
    for total, parts in form.totals.items():
        computed[total] = sum(magnitude(figures[part] if part in figures else computed[part]) for part in parts)
    return computed


def _require_exact(address: str, figure: Any) -> None:
    if isinstance(figure, bool) or not isinstance(figure, int | Decimal | Amount | None):
        raise TypeError(f"{address}: {figure!r} is {type(figure).__name__}, not a whole number or an exact decimal")
    if isinstance(figure, Decimal) and not figure.is_finite():
        raise ValueError(f"{address}: {figure} is not a number")
