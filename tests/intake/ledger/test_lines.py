"""What the lines of a ledger say, and what is wrong with those that cannot be counted."""

from __future__ import annotations

from datetime import date

import pytest

from intake.ledger.made import (
    CASES,
    HEADINGS,
    NAME,
    TODAY,
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
        (request(received="1月9日"), "收到日期", "'1月9日' is not a day, but for its year; write it as 2023-01-09"),
        (request(received="1923-01-09"), "收到日期", "1923-01-09 lies in another century"),
        (request(answered="2203-03-20"), "答复日期", "2203-03-20 lies in another century"),
        (request(received="1999-12-31"), "收到日期", "1999-12-31 lies in another century"),
        (request(answered="2099-12-31"), "答复日期", "2099-12-31 has not come yet"),
        (request(answered="2100-01-01"), "答复日期", "2100-01-01 lies in another century"),
        (request(answered="2033-03-20"), "答复日期", "2033-03-20 has not come yet"),
        (request(answered="2023-02-28"), "答复日期", "2023-02-28 is before the day it was received, 2023-03-01"),
        (request(received="2013-03-01"), "答复日期", "more than five years after it was received, 2013-03-01"),
        (request(answered=""), "答复日期", "the day it was answered is missing"),
        (request(outcome=""), "办理结果", "it was answered on 2023-03-20, and no outcome is given"),
        (request(outcome="办理中"), "办理结果", "it was answered on 2023-03-20, and no outcome is given"),
        (
            request(outcome="已妥善处理"),
            "办理结果",
            "'已妥善处理' is no outcome that the form knows; nearest to it: 结转下年度继续办理、不予处理、部分公开; "
            "--outcome 已妥善处理=ITEM says which item it means",
        ),
        (
            request(outcome="转甲乙丙丁"),
            "办理结果",
            "'转甲乙丙丁' is no outcome that the form knows; write one of 予以公开",
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


@pytest.mark.parametrize("received", ["2018-03-21", "2022-01-01", "2023-03-20"])
def test_a_request_may_take_years(ledger: ReadLines, received: str) -> None:
    assert one(ledger(request(received=received))).answered == date(2023, 3, 20)


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


@pytest.mark.parametrize("typed", ["1月5日", "01月05日", " 1 月 5 号", "一月五日", "１月５日", "1月5"])
def test_a_day_without_a_year_lies_in_the_year_that_is_counted(ledger: ReadLines, typed: str) -> None:
    read = ledger(request(received=typed, answered="二月十一日"), year=2023)
    assert (one(read).received, one(read).answered) == (date(2023, 1, 5), date(2023, 2, 11))
    assert "台账.csv: days without a year are taken to lie in 2023" in read.notes


@pytest.mark.parametrize(
    ("received", "answered", "meant"),
    [
        ("2022-12-20", "1月5日", date(2023, 1, 5)),
        ("2023-02-20", "3月5日", date(2023, 3, 5)),
        ("2023-03-05", "3月5日", date(2023, 3, 5)),
        ("2022-03-01", "3月2日", "3月2日 has no year, and may be 2022-03-02 or 2023-03-02; write it with its year"),
        ("2022-03-01", "2月28日", date(2023, 2, 28)),
        ("2023-03-01", "2月28日", "2023-02-28 is before the day it was received, 2023-03-01"),
        ("2024-02-01", "2月28日", "is no day of 2023"),
        ("12月20日", "1月5日", "2023-01-05 is before the day it was received, 2023-12-20"),
        ("2月29日", "3月5日", "2月29日 is no day of 2023"),
        ("13月1日", "", "'13月1日' is not a day; write it as 2023-01-09"),
        ("1.5", "", "'1.5' is not a day; write it as 2023-01-09"),
        ("1/5", "", "'1/5' is not a day; write it as 2023-01-09"),
    ],
)
def test_a_day_without_a_year_is_read_only_where_one_day_may_be_meant(
    ledger: ReadLines, received: str, answered: str, meant: date | str
) -> None:
    read = ledger(request(received=received, answered=answered), year=2023)
    if isinstance(meant, date):
        assert one(read).answered == meant
    else:
        assert meant in problem(read).message


def test_a_day_without_a_year_that_has_not_come_yet_is_told(ledger: ReadLines) -> None:
    read = ledger(request(received="7月1日", outcome="", answered=""), year=TODAY.year)
    assert "2026-07-01 has not come yet" in problem(read).message


@pytest.mark.parametrize("said", ["合计", "合 计", "总计", "小计：", "本页合计", "累计（件）"])
@pytest.mark.parametrize("first", [0, 1, 2])
def test_a_line_that_sums_the_others_is_passed_over(ledger: ReadLines, said: str, first: int) -> None:
    line: list[object] = ["", "", "", "", "25", "25", "3", "25"]
    line[first] = said
    read = ledger(request(), tuple(line), request())
    assert [record.line for record in read.records] == [2, 4]
    assert read.problems == ()


def test_a_line_that_begins_like_a_sum_and_has_a_day_is_a_line(ledger: ReadLines) -> None:
    assert one(ledger(("合计", *request()[1:]))).outcome == "granted"
    assert one(ledger(("合计", "3月1日", *request()[2:]), year=2023)).outcome == "granted"
    assert "is not a day" in problem(ledger(("1", "25", NAME, "", "自然人", "予以公开", "", "25"))).message


def test_headings_that_are_repeated_among_the_lines_are_passed_over(ledger: ReadLines) -> None:
    read = ledger(request(), HEADINGS, request())
    assert [record.line for record in read.records] == [2, 4]
    assert read.problems == ()


@pytest.mark.parametrize(
    ("outcome", "meant"),
    [
        ("已公开告知", "granted"),
        ("已主动公开，告知获取方式", "granted"),
        ("同意公开告知书", "granted"),
        ("依法不予公开", "refused"),
        ("不予公开决定书", "refused"),
        ("部分公开告知书", "partly_granted"),
        ("第三方不同意公开", "refused.third_party_rights"),
        ("不予公开（第三方不同意公开）", "refused.third_party_rights"),
        ("不属于本机关", "unavailable.not_held"),
        ("经审查，不属于本机关负责公开的", "unavailable.not_held"),
        ("告知信息不存在", "unavailable.not_held"),
        ("属于信访事项", "not_processed.petition_or_complaint"),
        ("不再重复处理", "not_processed.repeat"),
    ],
)
def test_an_outcome_is_known_by_what_agencies_write(ledger: ReadLines, outcome: str, meant: str) -> None:
    assert one(ledger(request(outcome=outcome))).outcome == meant


@pytest.mark.parametrize(
    "outcome",
    ["未公开", "公开申请", "依申请公开", "政府信息公开", "不属于国家秘密", "非国家秘密", "不属于主动公开", "已处理"],
)
def test_words_that_say_the_contrary_or_nothing_are_not_taken_for_an_outcome(ledger: ReadLines, outcome: str) -> None:
    assert "is no outcome" in problem(ledger(request(outcome=outcome))).message


def test_columns_that_are_not_used_are_named(ledger: ReadLines) -> None:
    assert ledger(request()).notes == ("台账.csv: columns that are not used: 申请人、身份证号",)
    assert ledger(("1", "复议", "2023-02-01", NAME, "维持", ""), headings=CASES).notes == (
        "台账.csv: columns that are not used: 当事人",
    )


@pytest.mark.parametrize("heading", ["复议", "是否诉讼", "行政复议结果", "复议结果", "判决结果", "结案日期"])
def test_reviews_and_lawsuits_beside_requests_are_told_since_they_cannot_be_counted(
    ledger: ReadLines, heading: str
) -> None:
    headings = (*HEADINGS, heading)
    read = ledger(*((*request(), said) for said in ("", "否", "未 复议", "/", "维持", "是")), headings=headings)
    assert len(read.records) == 6
    (told,) = read.problems
    assert str(told).startswith(f"台账.csv:6: {heading}: filled in on 2 lines and not counted: the table of reviews")
    assert read.notes == (f"台账.csv: columns that are not used: 申请人、身份证号、{heading}",)
    assert not any(address.startswith("challenges") for address in tally([read], form_for(2023), 2023).figures)


def test_a_column_of_results_is_counted_where_there_are_cases(ledger: ReadLines) -> None:
    headings = ("案件类型", "收到日期", "申请人类型", "办理结果", "答复日期", "复议结果")
    read = ledger(
        ("", "2023-02-01", "公民", "予以公开", "2023-02-20", ""),
        ("行政复议", "2023-02-01", "公民", "", "2023-04-20", "维持"),
        headings=headings,
    )
    assert (read.problems, read.notes) == ((), ())
    assert [record.outcome for record in read.records] == ["granted", "upheld"]
