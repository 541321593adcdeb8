"""The help says of every rule and every state what the checks and the site say of it."""

from __future__ import annotations

from html import unescape

import pytest

from reportkit.checks import every_rule, judged_rules
from reportkit.form import Form, editions
from reportkit.report import Standard
from reportkit.site.help import help_page
from reportkit.site.states import STATES

PAGES = {"index": "index.html", "list": "list.html"}


@pytest.mark.parametrize("form", editions().values(), ids=editions())
def test_every_rule_and_every_state_is_explained(form: Form) -> None:
    page = unescape(help_page(judged_rules(Standard(), form), form, PAGES))
    for rule in every_rule(form):
        assert f'id="{rule.id}"' in page
        assert rule.meaning in page
        assert rule.basis in page
    for state in STATES.values():
        assert state.meaning in page
        assert state.action in page
    assert form.deadline.basis in page


def test_rules_that_a_project_turns_off_or_makes_graver_are_shown_so() -> None:
    form = [*editions().values()][-1]
    rules = judged_rules(Standard(severities={"T4-SUM": "off", "CELL-BLANK": "error"}), form)
    page = help_page(rules, form, PAGES)
    rows = {id: page.partition(f'id="{id}"')[2].partition("</tr>")[0] for id in ("T4-SUM", "CELL-BLANK")}
    assert "本项目不校验" in rows["T4-SUM"]
    assert "错误" in rows["CELL-BLANK"]
