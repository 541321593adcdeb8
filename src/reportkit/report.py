"""The annual report of one agency for one year, as an immutable value.

Totals are computed from the cells. If a source states totals of its own, both are kept, and the
report shows the stated one until the user corrects it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from reportkit.form import Form, Section, form_for
from reportkit.form.addresses import address_of, name_of, no_such_cell
from reportkit.form.bound import Filled, Held, fill
from reportkit.form.figures import Amount, Figure, magnitude
from reportkit.system.errors import InputError
from reportkit.system.language import Message

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "Agency",
    "AnnualReport",
    "Below",
    "Place",
    "Standard",
    "UnknownCellError",
    "UnknownSectionError",
    "Waiver",
    "new_report",
]


class _UnknownNameError(InputError, KeyError):
    """A name that the report's edition of the form does not have; the message suggests the nearest one."""

    def __init__(self, name: str, form: Form) -> None:
        super().__init__(self.message(name, form))
        self.name, self.form = name, form

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.name, self.form)

    def __str__(self) -> str:
        return str(self.args[0])  # a KeyError would put it in quotation marks

    @staticmethod
    def message(name: str, form: Form) -> Message:
        """Say that there is no such thing, and what is nearest."""
        raise NotImplementedError


class UnknownCellError(_UnknownNameError):
    """An address, or a name by labels, that the report's edition of the form does not have."""

    @staticmethod
    def message(name: str, form: Form) -> Message:
        """Say that there is no such cell, and which is nearest."""
        return no_such_cell(name, form)


class UnknownSectionError(_UnknownNameError):
    """A section that the report's edition of the form has no text for."""

    @staticmethod
    def message(name: str, form: Form) -> Message:
        """Say that there is no such section, and which is nearest."""
        from difflib import get_close_matches

        near = get_close_matches(name, [section.key for section in form.sections], n=1)
        if not near:
            return Message("edition {edition} of the form has no text {name}", edition=form.edition, name=name)
        return Message(
            "edition {edition} of the form has no text {name}: did you mean {near}?",
            edition=form.edition,
            name=name,
            near=near[0],
        )


@dataclass(frozen=True, slots=True)
class Agency:
    """A public body that publishes annual reports.

    Parameters
    ----------
    id
        Its short name in files and on the command line, such as ``linyi-fao``.
    name
        Its full official name.
    short
        What it is called in its own texts.
    level
        ``department`` or ``government``, which decides the day it must publish by.
    parent
        The id of the body above it, if there is one.
    contact
        Whom to ask about its report.
    notebook
        Its own notebook, relative to the project's ``notebooks/``; None for the common one.

    Examples
    --------
    >>> Agency("linyi-fao", "临沂市人民政府外事办公室").level
    'department'
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
    """A decision to accept a finding.

    Parameters
    ----------
    rule
        The id of the finding's rule.
    reason, by
        Why it is accepted, and who decided so.
    cells, quote
        Which finding of that rule is meant, by its cells or by the words it quotes.
    """

    rule: str
    reason: str
    by: str
    cells: tuple[str, ...] = ()
    quote: str | None = None


@dataclass(frozen=True, slots=True)
class Standard:
    """How a project wants its reports to be judged, where the law leaves it open.

    Parameters
    ----------
    swing, swing_from
        How many times a figure may grow or shrink since last year, and from which figure on that is looked at.
    unchanged
        The share of sentences that may be the same as last year's.
    deadlines
        For a level of agencies the last day to publish, month and day, where it comes before the law's.
    severities
        For rules by id how grave a breach is, where it is graver than the catalogue says; ``off`` for those that
        are not asked.
    places
        Where the severity of each of these rules was read, as far as that is known.
    own_rules
        The file that declares rules of the project's own; None if there is none.
    """

    swing: Decimal = Decimal(5)
    swing_from: Decimal = Decimal(20)
    unchanged: Decimal = Decimal("0.8")
    deadlines: Mapping[str, tuple[int, int]] = dataclasses.field(default_factory=dict)
    severities: Mapping[str, str] = dataclasses.field(default_factory=dict)
    places: Mapping[str, Place] = dataclasses.field(default_factory=dict, compare=False)
    own_rules: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where something was read.

    Parameters
    ----------
    file
        The file's path or name.
    at
        The line (counted from 1), or the cell of a sheet; None for the file as a whole.

    Examples
    --------
    >>> print(Place("params/2023/linyi-fao.yaml", 7))
    params/2023/linyi-fao.yaml:7
    """

    file: str
    at: int | str | None = None

    def __str__(self) -> str:
        return self.file if self.at is None else f"{self.file}:{self.at}"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a figure came from before it was written to a parameter file.

    Parameters
    ----------
    way
        How it got there, one of `WAYS`.
    source
        What it was taken from, in words: a file, with the place in it where that is known.
    figure
        The figure as it was then, in the words of `reportkit.form.figures.figure_text`.
    """

    way: str
    source: str
    figure: str


WAYS = ("imported", "filled_in", "tallied", "rolled_up")
"""How figures get into a parameter file: from a published report, a form, ledgers, or the reports of bodies below."""


@dataclass(frozen=True)
class AnnualReport:
    """The annual report of one agency for one year; `new_report` makes one.

    Parameters
    ----------
    agency
        Whose report it is.
    year
        The year reported on.
    form
        The edition of the form it uses.
    figures
        The figures of the cells that an official fills in, by address; None for a blank, 0 if not given.
    declared
        The totals that the source states, by address; None for a blank.
    narrative
        The text of the preamble, of each narrative section, and of a section with a table if a text stands beside
        it, as Markdown, by section key. It is given as its author wrote it; figures bound into it, such as
        ``{{ applications.received.total }}``, are filled in (see `reportkit.form.bound`).
    published
        The day it was published, if known.
    waivers
        The decisions to accept findings.
    places
        Where each figure and each text was read, by address or section key.
    origins
        Where figures came from before they stood there, by address. One that was changed since has another figure.
    wording
        Section titles and labels as the source words them, by section key or form label, in the
        source's order; empty if they are the form's own.
    previous
        The agency's report for an earlier year, normally the year before; None if there is none.
    below
        The reports of the bodies below for the same year; None if there are no such bodies.
    standard
        How the project wants it to be judged.

    Attributes
    ----------
    computed
        All totals as they follow from the figures, by address.
    templates
        The texts as their author wrote them, with the expressions that stand for figures.

    Raises
    ------
    UnknownCellError
        If the form does not have the cell of a figure.
    UnknownSectionError
        If the form has no section for a text.
    TypeError, ValueError
        If a figure is not exact (a float, a text), or not a number at all.

    Examples
    --------
    >>> report = new_report(Agency("a", "某局"), 2023, {"applications.granted.company": 2})
    >>> report
    <AnnualReport a 2023: edition 2021, 1 figure other than 0, 0 texts>
    >>> report["applications.granted.company"], report["applications.total.total"]
    (2, 2)
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
    origins: Mapping[str, Origin] = dataclasses.field(default_factory=dict, compare=False, repr=False)
    wording: Mapping[str, str] = dataclasses.field(default_factory=dict)
    previous: AnnualReport | None = dataclasses.field(default=None, compare=False, repr=False)
    below: Below | None = dataclasses.field(default=None, compare=False, repr=False)
    standard: Standard = dataclasses.field(default=Standard(), compare=False, repr=False)
    computed: Mapping[str, Figure] = dataclasses.field(init=False, compare=False, repr=False)
    templates: Mapping[str, str] = dataclasses.field(init=False, compare=False, repr=False)

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
        for key in self.narrative:
            if all(section.key != key for section in self.form.sections):
                raise UnknownSectionError(key, self.form)
        # A section that holds a table is among the texts only if one stands beside the table.
        templates = {
            section.key: self.narrative.get(section.key, "")
            for section in self.form.sections
            if not section.holds_table or self.narrative.get(section.key)
        }
        for name, value in (
            ("figures", figures),
            ("declared", declared),
            ("templates", templates),
            ("places", dict(self.places)),
            ("origins", dict(self.origins)),
            ("wording", dict(self.wording)),
            ("computed", _totals(self.form, figures)),
        ):
            object.__setattr__(self, name, MappingProxyType(value))
        narrative = {key: self.filled(key).text for key in templates}
        object.__setattr__(self, "narrative", MappingProxyType(narrative))

    def __reduce__(self) -> tuple[Any, ...]:
        # Reports are sent between processes, and a mapping proxy cannot be pickled.
        given = {field.name: getattr(self, field.name) for field in dataclasses.fields(self) if field.init}
        given["narrative"] = self.templates
        plain = {name: dict(value) if isinstance(value, MappingProxyType) else value for name, value in given.items()}
        return _from_fields, (plain,)

    def __repr__(self) -> str:
        filled_in = sum(figure is not None and figure != 0 for figure in self.figures.values())
        texts = sum(map(bool, self.narrative.values()))
        return (
            f"<AnnualReport {self.agency.id} {self.year}: edition {self.form.edition}, "
            f"{_counted(filled_in, 'figure')} other than 0, {_counted(texts, 'text')}>"
        )

    def __getitem__(self, address: str) -> Figure:
        """The figure of a cell; a total as the source states it, or as computed if it states none.

        Parameters
        ----------
        address
            The cell, as ``table.row.column`` or by the form's labels: ``表三.予以公开.自然人``.

        Returns
        -------
        int, decimal.Decimal, Amount or None
            The figure; None if the cell is blank.

        Raises
        ------
        UnknownCellError
            If the form does not have the cell; the message suggests the nearest one.

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
        return self[self.address(address)]

    def address(self, named: str) -> str:
        """The address of a cell that is named by the form's labels.

        Parameters
        ----------
        named
            The cell's address, or its table, row and column by key or label: ``表三.予以公开.自然人``.

        Returns
        -------
        str
            ``table.row.column``.

        Raises
        ------
        UnknownCellError
            If the form has no such cell; the message suggests the nearest one.

        Examples
        --------
        >>> new_report(Agency("a", "某局"), 2023).address("applications.予以公开.自然人")
        'applications.granted.natural_person'
        """
        address = address_of(named, self.form)
        if address is None:
            raise UnknownCellError(named, self.form)
        return address

    def _ipython_key_completions_(self) -> list[str]:
        """What may stand in the brackets after a report, as IPython asks."""
        keys = [*self.form.cells, *(name_of(address, self.form) for address in self.form.cells)]
        return list(dict.fromkeys(keys))

    def __iter__(self) -> Iterator[str]:
        """The addresses of all cells, in printing order."""
        return iter(self.form.cells)

    @property
    def title(self) -> str:
        """The report's title, without the agency's name that comes before it."""
        return self.form.title.format(year=self.year)

    @property
    def all_figures(self) -> dict[str, Figure]:
        """Every cell's figure by address, in printing order, totals among them."""
        return {address: self[address] for address in self.form.cells}

    @property
    def last_year(self) -> AnnualReport | None:
        """The report for the year just before; None if it is not known, even if an older one is."""
        previous = self.previous
        return previous if previous is not None and previous.year == self.year - 1 else None

    def history(self) -> Iterator[AnnualReport]:
        """Iterate over this report and the agency's earlier ones, the latest first.

        Yields
        ------
        AnnualReport
            This report, then its `previous` one, and so on.

        Examples
        --------
        >>> agency = Agency("a", "某局")
        >>> report = new_report(agency, 2023, previous=new_report(agency, 2022))
        >>> [one.year for one in report.history()]
        [2023, 2022]
        """
        report: AnnualReport | None = self
        while report is not None:
            yield report
            report = report.previous

    def text(self, section: Section | str) -> str:
        """The text of a section.

        Parameters
        ----------
        section
            The section of the form, or its key.

        Returns
        -------
        str
            Its Markdown; empty if nothing was written, as beside most tables.

        Raises
        ------
        UnknownSectionError
            If the form has no such section.

        Examples
        --------
        >>> new_report(Agency("a", "某局"), 2023, narrative={"overview": "一年来……"}).text("overview")
        '一年来……'
        """
        key = section if isinstance(section, str) else section.key
        if all(known.key != key for known in self.form.sections):
            raise UnknownSectionError(key, self.form)
        return self.narrative.get(key, "")

    def filled(self, section: str) -> Filled:
        """A section's text with the figures that are bound into it, and what could not be filled in.

        Parameters
        ----------
        section
            The section's key.

        Returns
        -------
        Filled
            The text; an expression that stands for nothing is left in it as its author wrote it.

        Examples
        --------
        >>> text = "收到申请{{ applications.received.total }}件。"
        >>> new_report(Agency("a", "某局"), 2023, narrative={"overview": text}).filled("overview").text
        '收到申请0件。'
        """
        last = self.last_year
        before = None if last is None else Held(last.form, last.year, last.__getitem__)
        return fill(self.templates.get(section, ""), Held(self.form, self.year, self.__getitem__), before)

    @property
    def sections_with_text(self) -> tuple[Section, ...]:
        """The sections of text, empty or not, and those with a text beside their table, in the form's order."""
        return tuple(section for section in self.form.sections if section.key in self.narrative)

    def replace(self, figures: Mapping[str, Figure] | None = None, **fields: Any) -> AnnualReport:
        """A new report with some figures or other fields changed; this one stays as it is.

        Parameters
        ----------
        figures
            New figures by address or label; one for a total becomes the total that the report states.
        **fields
            Other fields of the report, such as `narrative` (whose texts replace those of the same key)
            or `published`. Figures bound into the texts are filled in anew.

        Returns
        -------
        AnnualReport
            The changed report, its totals computed anew.

        Raises
        ------
        UnknownCellError
            If the form does not have a cell.
        UnknownSectionError
            If the form has no section for a text.

        Examples
        --------
        >>> report = new_report(Agency("a", "某局"), 2023)
        >>> report.replace({"applications.granted.company": 3})["applications.total.total"]
        3
        """
        changed = {self.address(named): figure for named, figure in (figures or {}).items()}
        fields["figures"] = {**self.figures, **changed}
        fields.setdefault("declared", {total: self.declared[total] for total in self.declared if total not in changed})
        fields["narrative"] = {**self.templates, **fields.get("narrative", {})}
        return dataclasses.replace(self, **fields)

    def frame(self, table: str) -> pd.DataFrame:
        """A statutory table as a DataFrame with the form's labels.

        Parameters
        ----------
        table
            The table's key: ``disclosure``, ``applications`` or ``challenges``.

        Returns
        -------
        pandas.DataFrame
            One row for each row of the form, one column for each column. A cell that the form does not
            have is ``pandas.NA``, a blank is None. Figures stay exact (dtype ``object``).

        Raises
        ------
        KeyError
            If the edition has no such table.

        Examples
        --------
        >>> report = new_report(Agency("a", "某局"), 2023, {"applications.granted.company": 2})
        >>> report.frame("applications").loc["（一）予以公开", "商业企业"]
        2
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
    """What the bodies below an agency report for a year, with nothing counted twice.

    A body's report includes all bodies below it. If a body has no report, those of the bodies directly
    below it are taken instead.

    Parameters
    ----------
    reports
        The reports that together include all bodies below.
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
    """Make a report, with 0 in every cell that is not given a figure.

    Parameters
    ----------
    agency, year
        Whose report it is, and for which year.
    figures
        The figures by address; one for a total counts as stated by the source.
    form
        The edition of the form; by default the one that covers the year.
    declared
        Totals that the source states, by address.
    narrative
        Texts as Markdown, by section key.
    **fields
        Other fields of `AnnualReport`, such as `published` or `previous`.

    Returns
    -------
    AnnualReport
        The report.

    Raises
    ------
    UnknownCellError
        If the form does not have the cell of a figure.
    UnknownSectionError
        If the form has no section for a text.
    UnknownYearError
        If no edition of the form covers the year.
    TypeError, ValueError
        If a figure is not exact (a float, a text), or not a number at all.

    Examples
    --------
    >>> report = new_report(Agency("a", "某局"), 2023, {"applications.received.company": 3})
    >>> report["applications.received.total"]
    3
    """
    return AnnualReport(agency, year, form or form_for(year), figures or {}, declared or {}, narrative or {}, **fields)


def _from_fields(fields: dict[str, Any]) -> AnnualReport:
    return AnnualReport(**fields)


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


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
