"""Where the figures of a report came from, noted beside its parameter file when they are written there.

A parameter file says what a figure is, and a person may change it at any time. Beside it stands what only a program
knows: that it was read from a published report or a form, counted from ledgers, or summed from the reports of bodies
below. So ``params/2023/linyi-fao.origins.json`` lies beside ``params/2023/linyi-fao.yaml``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from reportkit.report import WAYS, AnnualReport, Origin
from reportkit.system.files import write_file

__all__ = ["origins_file", "read_origins", "write_origins"]

_ENDING = ".origins.json"


def origins_file(parameters: Path) -> Path:
    """The file beside a parameter file.

    Parameters
    ----------
    parameters
        The parameter file.

    Returns
    -------
    pathlib.Path
        Its name ends in ``.origins.json``, whether there is such a file or not.

    Examples
    --------
    >>> origins_file(Path("params/2023/linyi-fao.yaml")).name
    'linyi-fao.origins.json'
    """
    return parameters.with_name(parameters.stem + _ENDING)


def read_origins(parameters: Path) -> Mapping[str, Origin]:
    """Read where the figures of a parameter file came from.

    Parameters
    ----------
    parameters
        The parameter file.

    Returns
    -------
    dict of str to Origin
        By address. What cannot be read is not known: a report is none the worse for it.
    """
    try:
        noted = json.loads(origins_file(parameters).read_bytes())
        return {
            address: Origin(way, source, figure)
            for address, (way, source, figure) in noted.items()
            if way in WAYS and isinstance(source, str) and isinstance(figure, str)
        }
    except (OSError, ValueError, TypeError, AttributeError, RecursionError):
        return {}


def write_origins(report: AnnualReport, parameters: Path) -> None:
    """Note where the figures of a report came from.

    Parameters
    ----------
    report
        The report that its parameter file states.
    parameters
        The parameter file.

    Raises
    ------
    InputError
        If the file cannot be written.
    """
    path = origins_file(parameters)
    lines = (
        f"{json.dumps(address)}: {json.dumps([origin.way, origin.source, origin.figure], ensure_ascii=False)}"
        for address, origin in report.origins.items()
        if address in report.form.cells
    )
    content = "{\n" + ",\n".join(lines) + "\n}\n" if report.origins else "{}\n"
    if report.origins or path.exists():
        write_file(path, content)
