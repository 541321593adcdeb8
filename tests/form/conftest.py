"""The package's editions one by one, and declarations of small forms that tests change in places."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

from form.declared import DECLARED, Changes, Declare, toml
from reportkit.form import Form, editions, read_form


@pytest.fixture(params=["2019", "2021"])
def form(request: pytest.FixtureRequest) -> Form:
    return editions()[str(request.param)]


@pytest.fixture
def declare(tmp_path: Path) -> Declare:
    """Declare a form with some places changed, and read it; a place that becomes None is left out."""

    def read(changes: Changes | None = None) -> Form:
        declared = copy.deepcopy(DECLARED)
        for path, value in (changes or {}).items():
            *way, last = path
            place: Any = declared
            for step in way:
                place = place[step]
            if value is None:
                del place[last]
            else:
                place[last] = value
        file = tmp_path / "2099.toml"
        file.write_text("\n".join(f"{key} = {toml(value)}" for key, value in declared.items()), encoding="utf-8")
        return read_form(file)

    return read
