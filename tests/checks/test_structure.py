from __future__ import annotations

import pytest

from checks.examples import findings, linyi, sound_report
from reportkit.checks import check
from reportkit.form import form_for


def as_read(**changed: str | None) -> dict[str, str]:
    """The wording of a source that follows the form, but for what is changed; None leaves a title out."""
    wording = {section.key: section.title for section in form_for(2023).titled_sections}
    return {key: words for key, words in {**wording, **changed}.items() if words is not None}


def test_the_published_report_has_no_finding_of_form() -> None:
    assert [finding for finding in check(linyi()) if finding.rule.startswith("FORM")] == []


def test_a_sound_report_has_no_finding_at_all() -> None:
    assert list(check(sound_report())) == []


@pytest.mark.parametrize("key", ["overview", "problems", "other"])
@pytest.mark.parametrize("text", ["", "　 \n", "**&nbsp;**"])
def test_an_empty_section_is_one_error_and_no_second_complaint(key: str, text: str) -> None:
    report = sound_report(narrative={key: text})
    (finding,) = check(report)
    title = report.form.section(key).title
    assert (finding.rule, finding.severity, finding.quote) == ("FORM-SECTIONS", "error", title)
    assert finding.message == f"“{title}”部分没有内容。"


def test_the_preamble_is_no_section() -> None:
    assert findings(sound_report(narrative={"preamble": ""}), "FORM-SECTIONS") == []


def test_a_source_in_the_forms_own_words_has_nothing_to_find() -> None:
    assert list(check(sound_report(wording=as_read()))) == []


def test_a_title_missing_from_the_source_is_found_once() -> None:
    report = sound_report(wording=as_read(challenges=None, other=None), narrative={"other": ""})
    first, second = findings(report, "FORM-SECTIONS")
    assert first.message == "缺少“四、政府信息公开行政复议、行政诉讼情况”部分：来源文件中没有这一标题。"
    assert "六、其他需要报告的事项" in second.message


def test_a_title_read_as_nothing_is_missing() -> None:
    (finding,) = findings(sound_report(wording=as_read(other=" ")), "FORM-SECTIONS")
    assert "缺少" in finding.message


def test_sections_out_of_order_are_found() -> None:
    wording = as_read()
    wording["overview"] = wording.pop("overview")
    (finding,) = findings(sound_report(wording=wording), "FORM-SECTIONS")
    assert isinstance(finding.expected, str) and isinstance(finding.actual, str)
    assert finding.expected.startswith("一、总体情况；二、") and finding.actual.endswith("；一、总体情况")
    assert finding.expected in finding.message and finding.actual in finding.message


def test_labels_alone_say_nothing_of_the_sections() -> None:
    assert findings(sound_report(wording={"本年废止件数": "本年废止件数"}), "FORM-SECTIONS") == []


def test_titles_and_labels_that_differ_are_found() -> None:
    wording = as_read(problems="五、存在问题及改进情况") | {"本年废止件数": "本年度止件数"}
    title, label = findings(sound_report(wording=wording), "FORM-TITLES")
    assert (title.quote, title.expected) == ("五、存在问题及改进情况", "五、存在的主要问题及改进情况")
    assert label.message == "“本年度止件数”与规定格式不一致，应为“本年废止件数”。"
    assert title.severity == "info"


@pytest.mark.parametrize("numeral", ["一", "六"])
def test_a_title_under_another_numeral_differs(numeral: str) -> None:
    words = f"{numeral}、存在的主要问题及改进情况"
    (title,) = findings(sound_report(wording=as_read(problems=words)), "FORM-TITLES")
    assert (title.quote, title.expected) == (words, "五、存在的主要问题及改进情况")


@pytest.mark.parametrize(
    ("label", "words"), [("（一）予以公开", "(一) 予以公开"), ("1.属于国家秘密", "１．属于\n国家秘密"), ("规章", " ")]
)
def test_neither_the_width_of_brackets_nor_spaces_count(label: str, words: str) -> None:
    assert findings(sound_report(wording=as_read() | {label: words}), "FORM-TITLES") == []


def test_what_introduces_the_preamble_is_no_title() -> None:
    assert findings(sound_report(wording={"preamble": "前言"} | as_read()), "FORM-TITLES") == []


@pytest.mark.parametrize("key", ["preamble", "overview", "problems"])
def test_a_title_pasted_into_a_text_is_found(key: str) -> None:
    text = sound_report().text(key)
    report = sound_report(narrative={key: f"{text}\n\n**五、存在问题及改进情况**\n\n{text}"})
    (finding,) = findings(report, "FORM-TITLES")
    assert finding.quote == "五、存在问题及改进情况"
    assert ("引言" if key == "preamble" else report.form.section(key).title) in finding.message
    assert [other.rule for other in check(report)] == ["FORM-TITLES"]


def test_a_pasted_title_does_not_speak_for_its_section() -> None:
    report = sound_report(narrative={"problems": "五、存在的主要问题及改进情况\n\n示例文字。"})
    (finding,) = findings(report, "FORM-PROBLEMS")
    assert finding.message.endswith("存在的主要问题、改进情况。")
