"""Words that a project's ledgers use and that it was taught."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from intake.ledger.made import CASES, HEADINGS, NAME, TODAY, request, text_of
from reportkit.form import form_for
from reportkit.intake.ledger import read_ledger, require_meant, taught_words, teach
from reportkit.project.folder import Project
from reportkit.project.parameters import TypedError
from reportkit.system.errors import InputError

FORM = form_for(2023)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "params").mkdir()
    return Project(tmp_path)


def test_words_are_kept_with_the_comments_that_stand_beside_them(project: Project) -> None:
    assert taught_words(project) == {}
    path = teach(project, {"已阅处": "予以公开"}, FORM)
    assert path == project.params / "project.yaml"
    text = path.read_text(encoding="utf-8")
    assert text == "outcomes:\n  已阅处: 予以公开\n"
    path.write_text(f"# 本市的办法\nlanguage: zh\n{text}  驳回: 维持  # 法制科\n", encoding="utf-8")
    teach(project, {"转信访办": "信访举报投诉类申请", "已阅处": "不予公开"}, FORM)
    assert taught_words(project) == {"已阅处": "不予公开", "驳回": "维持", "转信访办": "信访举报投诉类申请"}
    assert path.read_text(encoding="utf-8").startswith("# 本市的办法\nlanguage: zh\n")
    assert "驳回: 维持  # 法制科\n" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("text", ["", "# 手写\n", "# 手写\n---\n"])
def test_a_file_without_words_is_added_to(project: Project, text: str) -> None:
    (project.params / "project.yaml").write_text(text, encoding="utf-8")
    path = teach(project, {"已阅处": "予以公开"}, FORM)
    assert taught_words(project) == {"已阅处": "予以公开"}
    assert path.read_text(encoding="utf-8").startswith(text.splitlines()[0] if text else "outcomes:")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.text(min_size=1, max_size=8), st.sampled_from(["予以公开", "其他", "维持"]), max_size=4))
def test_whatever_is_taught_is_kept_to_the_letter_or_refused(project: Project, words: dict[str, str]) -> None:
    before = taught_words(project)
    try:
        teach(project, words, FORM)
    except InputError:
        assert taught_words(project) == before
    else:
        assert taught_words(project) == {**before, **words}


@pytest.mark.parametrize(
    ("word", "label", "said"),
    [
        (
            "已阅处",
            "予以公升",
            "--outcome 已阅处=予以公升: '予以公升' is nothing that the form has; nearest to it: 予以公开",
        ),
        ("已阅处", "甲乙丙", "'甲乙丙' is nothing that the form has; write one of 予以公开、部分公开"),
        ("已阅处", "自然人", "is nothing that the form has"),
        ("撤回", "予以公开", "'撤回' means 其他 already"),
        ("维持", "结果纠正", "'维持' means 结果维持 already"),
        ("—", "予以公开", "'—' is no word: it stands for a blank, or counts items"),
        ("无", "予以公开", "'无' is no word"),
        ("（一）", "予以公开", "'（一）' is no word"),
    ],
)
def test_what_cannot_be_meant_is_not_taught(project: Project, word: str, label: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        teach(project, {"甲": "予以公开", word: label}, FORM)
    assert taught_words(project) == {}


def test_a_word_may_be_taught_what_it_means_already() -> None:
    require_meant({"撤回": "其他", "公开": "（一）予以公开"}, FORM)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "outcomes:\n  已阅处: 予以公升\n",
            "params/project.yaml: outcomes.已阅处: '予以公升' is nothing that the form has; nearest to it: 予以公开",
        ),
        ("outcomes:\n  已阅处:\n", "params/project.yaml: outcomes.已阅处: '' is nothing"),
        ("outcomes:\n  已阅处: [予以公开]\n", "params/project.yaml:2: outcomes.已阅处: expected a text"),
        (
            "outcomes:\n  已阅处: 予以公开\n  已阅处: 不予公开\n",
            "params/project.yaml:3: outcomes.已阅处: 已阅处 appears twice",
        ),
        ("- 已阅处\n", "params/project.yaml:1: expected a mapping"),
        ("已阅处：予以公开", "params/project.yaml:1: expected a mapping"),
    ],
)
def test_a_file_of_words_is_read_strictly_and_never_written_over(project: Project, text: str, said: str) -> None:
    path = project.params / "project.yaml"
    path.write_text(text, encoding="utf-8")
    for act in (lambda: taught_words(project), lambda: teach(project, {"转信访办": "其他"}, FORM)):
        with pytest.raises(TypedError, match=said):
            act()
    assert path.read_text(encoding="utf-8") == text


def test_a_word_means_what_it_was_taught_in_either_table(tmp_path: Path) -> None:
    requests, cases = tmp_path / "申请.csv", tmp_path / "案件.csv"
    requests.write_text(
        text_of([HEADINGS, *(request(outcome=said) for said in ("已阅处", "不予公开", "撤案", "转办"))][:3])
        + text_of(
            [
                request(outcome="不予公开", item="某种理由"),
                request(outcome="撤案"),
                request(outcome="转办", answered=""),
            ]
        ),
        encoding="utf-8",
    )
    cases.write_text(text_of([CASES, ("1", "复议", "2023-02-01", NAME, "撤案", "2023-03-01")]), encoding="utf-8")
    taught = {"已 阅处": "予以公开", "某种理由": "国家秘密", "撤案": "其他", "转办": "结转下年度继续办理", "无": "x"}
    read = read_ledger(requests, today=TODAY, taught=taught)
    assert read.problems == ()
    assert [record.outcome for record in read.records] == [
        *("granted", "refused", "refused.state_secret", "other.other", None)
    ]
    assert [record.outcome for record in read_ledger(cases, today=TODAY, taught=taught).records] == ["other"]
