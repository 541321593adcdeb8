"""What the lines of a ledger say, and what is wrong with those that cannot be counted."""

from __future__ import annotations

from datetime import date

import pytest

from intake.ledger.made import (
    CASES,
    NAME,
    Line,
    ReadLines,
    one,
    problem,
    request,
)
from reportkit.form import form_for
from reportkit.intake.ledger import tally


@pytest.mark.parametrize(
    "typed",
    [
        *("2023-01-09", "2023/1/9", "2023.1.9", "2023年1月9日", "20230109", "２０２３年１月９日", "44935", "44935.4"),
        *("2023-1-9 10:30:00", "2023年01月09日 8时30分", "2023-01-09T00:00:00", " 2023 年 1 月 9 日 ", "2023．1．9"),
    ],
)
def test_a_day_is_read_however_it_is_typed(ledger: ReadLines, typed: str) -> None:
    assert one(ledger(request(received=typed))).received == date(2023, 1, 9)


@pytest.mark.parametrize(
    ("line", "key", "said"),
    [
        (request(received=""), "收到日期", "the day is missing"),
        (request(received="去年三月"), "收到日期", "'去年三月' is not a day; write it as 2023-01-09"),
        (request(received="2023-02-30"), "收到日期", "'2023-02-30' is not a day"),
        (request(received="1月9日"), "收到日期", "'1月9日' is not a day"),
        (request(received="1923-01-09"), "收到日期", "1923-01-09 lies in another century"),
        (request(answered="2203-03-20"), "答复日期", "2203-03-20 lies in another century"),
        (request(answered="2033-03-20"), "答复日期", "2033-03-20 has not come yet"),
        (request(answered="2023-02-28"), "答复日期", "2023-02-28 is before the day it was received, 2023-03-01"),
        (request(received="2013-03-01"), "答复日期", "more than five years after it was received, 2013-03-01"),
        (request(answered=""), "答复日期", "the day it was answered is missing"),
        (request(outcome=""), "办理结果", "it was answered on 2023-03-20, and no outcome is given"),
        (request(outcome="办理中"), "办理结果", "it was answered on 2023-03-20, and no outcome is given"),
        (
            request(outcome="已妥善处理"),
            "办理结果",
            "'已妥善处理' is no outcome that the form knows; write one of 予以公开",
        ),
        (
            request(outcome="予以公升"),
            "办理结果",
            "'予以公升' is no outcome that the form knows; did you mean 予以公开",
        ),
        (request(outcome="不予公开", item="某种理由"), "具体情形", "'某种理由' is no item that the form knows"),
        (request(outcome="不予公开", item="重复申请"), "办理结果", "'不予公开 / 重复申请' contradicts itself"),
        (request(outcome="予以公开", item="国家秘密"), "办理结果", "'予以公开 / 国家秘密' contradicts itself"),
        (request(applicant=""), "申请人类型", "the kind of applicant is missing: write one of 自然人、商业企业"),
        (
            request(applicant="自燃人"),
            "申请人类型",
            "'自燃人' is no kind of applicant that the form knows; did you mean 自然人",
        ),
        (request(applicant="某某某"), "申请人类型", "not shown, it may be a name"),
        (request(applicant="法人"), "申请人类型", "'法人或其他组织' may be several columns: write 商业企业、科研机构"),
        ((*request(), "多出"), "", "more values than the ledger has columns"),
    ],
)
def test_an_impossible_line_is_told_with_line_column_value_and_what_was_meant(
    ledger: ReadLines, line: Line, key: str, said: str
) -> None:
    found = problem(ledger(line))
    assert (str(found.place), found.key) == ("台账.csv:2", key)
    assert said in found.message


def test_other_lines_are_counted_beside_an_impossible_one(ledger: ReadLines) -> None:
    read = ledger(request(), request(received="x"), request())
    assert [record.line for record in read.records] == [2, 4]
    assert [problem.place.at for problem in tally([read], form_for(2023), 2023).problems] == [3]


@pytest.mark.parametrize(
    ("outcome", "item", "meant"),
    [
        ("不予公开", "1.属于国家秘密", "refused.state_secret"),
        ("（三）不予公开", "国家秘密", "refused.state_secret"),
        ("不予公开（属于国家秘密）", "", "refused.state_secret"),
        ("不予公开-3.危及三安全一稳定", "/", "refused.security_and_stability"),
        ("属于四类过程性信息", "", "refused.deliberative_process"),
        ("", "信息不存在", "unavailable.not_held"),
        ("部分公开", "保护第三方合法权益", "partly_granted"),
        ("部分公开", "另附说明", "partly_granted"),
        ("予以公开", "已提供复印件", "granted"),
        ("其他处理", "逾期不补正", "other.not_corrected_in_time"),
        ("其他", "申请人主动撤回", "other.other"),
        ("其他", "", "other.other"),
        ("其他处理", "其他", "other.other"),
        ("其他处理", "", "other"),
        ("不予公开", "", "refused"),
        ("不予处理；重复申请", "", "not_processed.repeat"),
    ],
)
def test_an_outcome_is_known_by_its_group_its_item_or_both(
    ledger: ReadLines, outcome: str, item: str, meant: str
) -> None:
    assert one(ledger(request(outcome=outcome, item=item))).outcome == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        *(
            ("公民", "natural_person"),
            ("企业", "company"),
            ("科研院所", "research_institute"),
            ("律所", "legal_service"),
        ),
        *(("公益组织", "public_interest_group"), ("其他", "other"), ("法人或其他组织（其他）", "other")),
        *(("法人或其他组织-商业企业", "company"), ("自然人/公民", "natural_person")),
    ],
)
def test_a_kind_of_applicant_is_known_by_what_agencies_call_it(ledger: ReadLines, typed: str, meant: str) -> None:
    assert one(ledger(request(applicant=typed))).kind == meant


def test_a_cell_of_many_words_is_refused_at_once(ledger: ReadLines) -> None:
    assert "is no outcome" in problem(ledger(request(outcome="其他" * 40))).message


@pytest.mark.parametrize(
    ("line", "key", "said"),
    [
        (("1", "", "2023-02-01", NAME, "维持", ""), "案件类型", "the kind of case is missing: write one of"),
        (("1", "行政诉讼", "2023-02-01", NAME, "维持", ""), "案件类型", "write 未经复议直接起诉、复议后起诉"),
        (("1", "仲裁", "2023-02-01", NAME, "维持", ""), "案件类型", "'仲裁' is no kind of case"),
        (("1", "依申请公开", "2023-02-01", NAME, "维持", ""), "案件类型", "'依申请公开' is no kind of case"),
        (("1", "复议", "2023-02-01", NAME, "示例", ""), "审理结果", "'示例' is no outcome"),
        (("1", "复议", "2023-02-01", NAME, "", "2023-03-01"), "审理结果", "there is a day of the result, 2023-03-01"),
        (("1", "复议", "2023-02-01", NAME, "维持", "2023-01-01"), "结案日期", "is before the day it was received"),
    ],
)
def test_an_impossible_case_is_told(ledger: ReadLines, line: Line, key: str, said: str) -> None:
    found = problem(ledger(line, headings=CASES))
    assert found.key == key
    assert said in found.message
