"""Nothing about a person is kept of a ledger, or shown."""

from __future__ import annotations

from intake.ledger.made import (
    MOBILE,
    NAME,
    NUMBER,
    ReadLines,
    request,
)
from reportkit.form import form_for
from reportkit.intake.ledger import tally


def test_no_name_and_no_number_of_a_person_is_kept_or_told(ledger: ReadLines) -> None:
    read = ledger(
        request(),
        request(received=f"{NUMBER}"),
        request(received=f"见{MOBILE}"),
        request(outcome=f"办理{NUMBER[:6]} {NUMBER[6:]}"),
        request(outcome="不予公开", item=f"电话{MOBILE}"),
        request(applicant=NAME),
        request(applicant=f"{NAME}有限公司"),
        ("1", "2023-03-01", f"{NAME},{NUMBER}", "", NAME, NAME, "", ""),
        (NAME, "2023-03-01", "", "", NUMBER, "", "", "", NAME, NUMBER),
        request(number=NUMBER),
        request(number=NUMBER),
        request(outcome="不予公开", number=NUMBER),
    )
    tallied = tally([read], form_for(2023), 2023)
    assert len(read.problems) == 8
    told = [repr(read), repr(tallied), *map(str, tallied.problems)]
    told += [repr(tallied.lines(address)) for address in tallied.figures]
    for text in told:
        # Where a name stands in the place of an outcome, that alone may be shown.
        text = text.replace(f"'{NAME}' is no outcome", "")
        assert NAME not in text
        assert not any(part in text for part in (NUMBER, NUMBER[6:], MOBILE))
