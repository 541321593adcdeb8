"""Ledgers of requests and cases: what is read, what is refused, what is counted, and what is never told."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from dataclasses import replace
from datetime import date, datetime, timedelta
from html import unescape
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reportkit.form import editions, form_for
from reportkit.intake.ledger import Ledger, LedgerError, read_ledger, tally
from reportkit.intake.ledger.words import case_kinds, case_results, heading_rank, kinds_of_applicant, outcomes
from reportkit.report import Agency, UnknownCellError, new_report
from reportkit.system.errors import InputError

HEADINGS = ("序号", "收到日期", "申请人", "身份证号", "申请人类型", "办理结果", "具体情形", "答复日期")
NAME, NUMBER, MOBILE = "示例某", "371300190001010000", "13800000000"
TODAY = date(2026, 6, 30)


def request(received="2023-03-01", applicant="自然人", outcome="予以公开", item="", answered="2023-03-20", number=""):
    return (number, received, NAME, NUMBER, applicant, outcome, item, answered)


def text_of(rows, delimiter=","):
    written = io.StringIO()
    csv.writer(written, delimiter=delimiter).writerows(rows)
    return written.getvalue()


@pytest.fixture
def ledger(tmp_path: Path):
    """Writes lines below headings to a CSV file, and reads it as a ledger."""

    def read(*rows, headings=HEADINGS, encoding="utf-8", delimiter=",", **options):
        path = tmp_path / "台账.csv"
        path.write_bytes(text_of([headings, *rows], delimiter).encode(encoding))
        return read_ledger(path, name="台账.csv", today=TODAY, **options)

    return read


def one(ledger):
    assert ledger.problems == ()
    (record,) = ledger.records
    return record


def problem(ledger):
    assert ledger.records == ()
    (found,) = ledger.problems
    return found


def figures(tallied):
    return {address: figure for address, figure in tallied.figures.items() if figure}


# ------------------------------------------------------------ files


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_csv_file_is_read_in_whatever_encoding_and_with_whatever_delimiter(ledger, encoding, delimiter) -> None:
    record = one(ledger(request(), encoding=encoding, delimiter=delimiter))
    assert (record.kind, record.outcome, record.received) == ("natural_person", "granted", date(2023, 3, 1))
    assert (record.answered, str(record.place)) == (date(2023, 3, 20), "台账.csv:2")


def test_lines_are_counted_as_an_editor_counts_them_through_quoted_line_breaks(ledger) -> None:
    read = ledger(("1", "2023-03-01", "甲\n乙\n丙", "", "公民", "予以公开", "", "2023-03-20"), request())
    assert [record.line for record in read.records] == [2, 5]


def test_titles_above_the_headings_and_sums_below_the_lines_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    rows = [["2023年依申请公开台账"], [], HEADINGS, request(number="1"), ["2"], [""] * 8, ["合计", "", "1件"]]
    path.write_text(text_of(rows), encoding="utf-8")
    assert one(read_ledger(path, today=TODAY)).line == 4


def test_lines_of_an_old_macintosh_file_are_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(text_of([HEADINGS, request()]).replace("\r\n", "\r").encode())
    assert one(read_ledger(path, today=TODAY)).line == 2


def workbook(path, *sheets, epoch=None):
    book = openpyxl.Workbook()
    book.remove(book.active)
    if epoch:
        book.epoch = epoch
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    book.save(path)
    return path


def test_a_workbook_is_read_from_the_first_sheet_that_looks_like_a_ledger(tmp_path: Path) -> None:
    rows = [HEADINGS, request(datetime(2023, 3, 1), answered=date(2023, 3, 20)), request(44986, answered="2023.3.20")]
    path = workbook(tmp_path / "a.xlsx", ("说明", [["示例"]]), ("申请", rows))
    read = read_ledger(path, name="a.xlsx", today=TODAY)
    assert read.problems == ()
    assert [(record.received, record.answered) for record in read.records] == 2 * [
        (date(2023, 3, 1), date(2023, 3, 20))
    ]
    assert str(read.records[0].place) == "a.xlsx!申请:2"


def test_days_of_a_workbook_that_counts_from_1904_are_read_as_such(tmp_path: Path) -> None:
    rows = [HEADINGS, request(datetime(2023, 3, 1), answered=datetime(2023, 3, 20))]
    path = workbook(tmp_path / "a.xlsx", ("申请", rows), epoch=openpyxl.utils.datetime.CALENDAR_MAC_1904)
    assert one(read_ledger(path, today=TODAY)).received == date(2023, 3, 1)


def test_a_second_sheet_that_looks_like_a_ledger_is_told_and_can_be_named(tmp_path: Path) -> None:
    first, second = [HEADINGS, request()], [HEADINGS, request(applicant="企业")]
    path = workbook(tmp_path / "a.xlsx", ("上半年", first), ("下半年", second))
    (told,) = read_ledger(path, name="a.xlsx", today=TODAY).problems
    assert "下半年 looks like a ledger too" in str(told)
    assert one(read_ledger(path, sheet="下半年", today=TODAY)).kind == "company"
    with pytest.raises(LedgerError, match="has no sheet '三季度'; it has 上半年、下半年"):
        read_ledger(path, sheet="三季度", today=TODAY)


def test_texts_that_cells_share_are_read_in_all_their_pieces_and_without_how_they_are_pronounced(
    tmp_path: Path,
) -> None:
    texts = []

    def shared(data):
        def number(match):
            texts.append(unescape(match[1].decode()))
            return b't="s"><v>%d</v>' % (len(texts) - 1)

        return re.sub(rb't="inlineStr"><is><t>([^<]*)</t></is>', number, data)

    def related(data):
        return data.replace(
            b"</Relationships>", b'<Relationship Id="s" Type="x/sharedStrings" Target="shared.xml"/></Relationships>'
        )

    path = repacked(workbook(tmp_path / "a.xlsx", ("申请", [HEADINGS, request()])), sheet1=shared)
    items = "".join(
        f"<si><r><t>{text[:2]}</t></r><r><t>{text[2:]}</t></r><rPh sb='0' eb='1'><t>x</t></rPh></si>" for text in texts
    )
    strings = f'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{items}</sst>'
    path = repacked(path, {"xl/shared.xml": strings}, workbook=related)
    record = one(read_ledger(path, today=TODAY))
    assert len(texts) > len(HEADINGS)
    assert (record.outcome, record.answered) == ("granted", date(2023, 3, 20))


def repacked(path, added=(), **changed):
    """A workbook with some of its parts changed, and others added to it."""
    with zipfile.ZipFile(path) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in parts.items():
            change = changed.get(name.rpartition("/")[2].partition(".")[0])
            packed.writestr(name, change(data) if change else data)
        for name, data in dict(added).items():
            packed.writestr(name, data)
    return path


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda data: data[:200], "a damaged workbook"),
        (lambda data: data.replace(b'<row r="2"', b'<row r="1"'), "line 1 comes after line 1"),
        (lambda data: data.replace(b'<row r="2"', b'<row r="2000000000"'), "line 2000000000 comes after line 1"),
        (lambda data: data.replace(b'r="A1" t="inlineStr"', b'r="A1" t="s"><v>9</v></c><c'), "a damaged workbook"),
        (lambda data: b" " * 2**28 + b"  ", "unpacks to 256 MiB in"),
    ],
)
def test_a_sheet_made_to_do_harm_is_refused_in_one_line(tmp_path: Path, change, said) -> None:
    path = repacked(workbook(tmp_path / "a.xlsx", ("申请", [HEADINGS, request()])), sheet1=change)
    with pytest.raises(LedgerError, match=said) as refused:
        read_ledger(path, today=TODAY)
    assert "\n" not in str(refused.value)


def test_a_workbook_without_sheets_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", ("申请", [HEADINGS, request()]))
    with pytest.raises(LedgerError, match="nothing stands in it"):
        read_ledger(repacked(path, workbook=lambda data: re.sub(rb"<sheets>.*</sheets>", b"<sheets/>", data)))


def test_entities_of_a_workbook_are_not_expanded(tmp_path: Path) -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'

    def change(data):
        start = data.index(b"<worksheet")
        return data[:start] + bomb + data[start:].replace(b"<sheetData>", b"<sheetData>&b;")

    path = repacked(workbook(tmp_path / "a.xlsx", ("申请", [HEADINGS, request()])), sheet1=change)
    try:
        assert "haha" not in repr(read_ledger(path, today=TODAY))
    except LedgerError as refused:
        assert "\n" not in str(refused)


def test_cells_in_no_order_or_beyond_all_columns_are_left_out(tmp_path: Path) -> None:
    def change(data):
        return data.replace(b'r="H2"', b'r="ZZZ2"').replace(b'r="F2"', b'r="2"')

    path = repacked(workbook(tmp_path / "a.xlsx", ("申请", [HEADINGS, request()])), sheet1=change)
    assert one(read_ledger(path, today=TODAY)).outcome is None


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "nothing stands in it"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old or encrypted workbook"),
        (b"PK\x03\x04" + b"\0" * 60, "a damaged workbook"),
        (b"\0\x01\x02" * 100, "neither a workbook nor a text"),
        ('收到日期,申请人类型,办理结果,答复日期\n2023-01-09,"自然人,予以公开,2023-01-10\n'.encode(), "quotation marks"),
        ("收到日期,申请人类型\n".encode(), r"no column for the outcome \(outcome\).*found: 收到日期、申请人类型"),
        ("事项,内容,备注\n".encode(), "found: 事项、内容、备注; name what is called otherwise: received=HEADING"),
    ],
)
def test_what_is_no_ledger_is_refused_in_one_line(tmp_path: Path, data, said) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(data)
    with pytest.raises(LedgerError, match=said) as refused:
        read_ledger(path)
    assert "\n" not in str(refused.value)


def test_a_file_that_is_missing_or_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(LedgerError, match="cannot be read"):
        read_ledger(tmp_path / "no.csv")
    path = tmp_path / "a.csv"
    with path.open("wb") as file:
        file.truncate(2**26 + 1)
    with pytest.raises(LedgerError, match="larger than 64 MiB"):
        read_ledger(path)
    path.write_text(
        "\n".join(["收到日期,申请人类型,办理结果,答复日期", *["2023-01-09,自然人,予以公开,2023-01-10"] * 50])
    )
    monkeypatch.setattr("reportkit.intake.ledger.files.MOST_LINES", 40)
    with pytest.raises(LedgerError, match="more than 40 lines"):
        read_ledger(path)


def test_an_encrypted_entry_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", ("申请", [HEADINGS, request()]))
    data = bytearray(path.read_bytes())
    at = data.index(b"PK\x01\x02")
    data[at + 8] |= 1
    path.write_bytes(bytes(data))
    with pytest.raises(LedgerError, match="protected by a password"):
        read_ledger(path)


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=400)
    | st.text(max_size=300).map(str.encode)
    | st.lists(
        st.lists(
            st.sampled_from([*HEADINGS, '"', "2023-01-09", "自然人", "予以公开", "其他" * 30, "案件类型"]), max_size=9
        ),
        max_size=6,
    ).map(lambda rows: "\n".join(",".join(row) for row in rows).encode())
)
def test_whatever_the_bytes_are_a_ledger_or_one_clear_error_comes_of_them(
    tmp_path_factory: pytest.TempPathFactory, data
) -> None:
    path = tmp_path_factory.getbasetemp() / "fuzz.csv"
    path.write_bytes(data)
    try:
        assert isinstance(read_ledger(path), Ledger)
    except InputError as error:
        assert str(error)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_workbook_with_any_bytes_changed_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, data) -> None:
    folder = tmp_path_factory.getbasetemp()
    original = folder / "whole.xlsx"
    if not original.exists():
        workbook(original, ("申请", [HEADINGS, request()]))
    changed = bytearray(original.read_bytes())
    for at in data.draw(st.lists(st.integers(0, len(changed) - 1), max_size=30)):
        changed[at] = data.draw(st.integers(0, 255))
    path = folder / "changed.xlsx"
    path.write_bytes(bytes(changed))
    try:
        assert isinstance(read_ledger(path), Ledger)
    except InputError as error:
        assert str(error)


# ------------------------------------------------------------ columns


@pytest.mark.parametrize(
    "received", ["收到日期", "收到\n时间", "政府信息公开申请收到日期", "*受理日期（年月日）", "收文时间"]
)
@pytest.mark.parametrize("answered", ["答复日期", "办结时间", "申请答复时间"])
def test_columns_are_found_by_their_usual_names(ledger, received, answered) -> None:
    read = ledger(
        request(), headings=("序号", received, "姓名", "证件号", "申请人性质", "答复类型", "不予公开理由", answered)
    )
    assert one(read).outcome == "granted"


@pytest.mark.parametrize("heading", ["应答复日期", "答复期限", "拟答复时间", "延期答复日期"])
def test_a_column_that_says_something_else_is_not_taken_for_one_of_a_similar_name(heading) -> None:
    assert heading_rank(heading, ["答复日期", "答复时间"]) is None


def test_the_day_received_goes_before_the_day_applied(ledger) -> None:
    read = ledger(
        ("2023-02-27", "2023-03-01", "自然人", "予以公开", "2023-03-20"),
        headings=("申请日期", "收到日期", "申请人类型", "办理结果", "答复日期"),
    )
    assert one(read).received == date(2023, 3, 1)


def test_columns_of_other_names_are_read_where_they_are_mapped(ledger) -> None:
    headings = ("甲", "来件日", "丙", "丁", "申请人类型", "办理结果", "具体情形", "答复日期")
    with pytest.raises(LedgerError, match="no column for the day the request or case was received") as refused:
        ledger(request(), headings=headings)
    assert "found: 甲、来件日、丙、丁、申请人类型" in str(refused.value)
    assert "received=HEADING" in str(refused.value)
    assert one(ledger(request(), headings=headings, columns={"received": "来件日"})).received == date(2023, 3, 1)


def test_a_mapping_that_names_nothing_is_refused(ledger) -> None:
    with pytest.raises(LedgerError, match="'recieved' is nothing that is read from a ledger; that is serial, number"):
        ledger(request(), columns={"recieved": "收到日期"})
    with pytest.raises(LedgerError, match="no column '没有的列'"):
        ledger(request(), columns={"item": "没有的列"})


def test_a_line_of_persons_is_not_told_as_headings(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"{NAME},{NUMBER},2023-01-09,x\n")
    with pytest.raises(LedgerError, match="no line of headings is among the first 30") as refused:
        read_ledger(path)
    assert NAME not in str(refused.value)


# ------------------------------------------------------------ days


@pytest.mark.parametrize(
    "typed",
    [
        *("2023-01-09", "2023/1/9", "2023.1.9", "2023年1月9日", "20230109", "２０２３年１月９日", "44935", "44935.4"),
        *("2023-1-9 10:30:00", "2023年01月09日 8时30分", "2023-01-09T00:00:00", " 2023 年 1 月 9 日 ", "2023．1．9"),
    ],
)
def test_a_day_is_read_however_it_is_typed(ledger, typed) -> None:
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
def test_an_impossible_line_is_told_with_line_column_value_and_what_was_meant(ledger, line, key, said) -> None:
    found = problem(ledger(line))
    assert (str(found.place), found.key) == ("台账.csv:2", key)
    assert said in found.message


def test_other_lines_are_counted_beside_an_impossible_one(ledger) -> None:
    read = ledger(request(), request(received="x"), request())
    assert [record.line for record in read.records] == [2, 4]
    assert [problem.place.at for problem in tally([read], form_for(2023), 2023).problems] == [3]


# ------------------------------------------------------------ words


FORMS = editions().values()


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.edition)
def test_every_label_of_the_form_is_known_in_full_and_without_its_numeral(form) -> None:
    for table, rows, columns in (
        ("applications", outcomes(), kinds_of_applicant()),
        ("challenges", case_kinds(), case_results()),
    ):
        for cell in form.table(table).cells:
            if cell.address in form.totals or cell.row in ("received", "carried_in", "carried_out"):
                continue
            row, column = form.table(table).row(cell.row), form.table(table).column(cell.column)
            assert rows.meaning(rows.read(row.label)) == cell.row or form.edition == "2019"
            assert columns.meaning(columns.read(column.label)) == cell.column


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
def test_an_outcome_is_known_by_its_group_its_item_or_both(ledger, outcome, item, meant) -> None:
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
def test_a_kind_of_applicant_is_known_by_what_agencies_call_it(ledger, typed, meant) -> None:
    assert one(ledger(request(applicant=typed))).kind == meant


def test_a_cell_of_many_words_is_refused_at_once(ledger) -> None:
    assert "is no outcome" in problem(ledger(request(outcome="其他" * 40))).message


def test_every_synonym_means_one_key_or_a_group_and_its_own_item() -> None:
    for words in (outcomes(), kinds_of_applicant(), case_kinds(), case_results()):
        for word, keys in words.words.items():
            assert words.meaning([keys]), word
            assert len(keys - words.groups.keys()) <= 1, word


# ------------------------------------------------------------ the tally


def test_requests_are_counted_by_the_days_they_came_and_were_answered(ledger) -> None:
    read = ledger(
        request("2022-12-20", answered="2022-12-30"),  # over before the year
        request("2022-12-20", answered="2023-01-09"),  # carried in, answered
        request("2022-12-20", "企业", "", answered=""),  # carried in, carried out
        request("2023-05-04", "企业", "不予公开", "国家秘密", "2023-05-20"),
        request("2023-12-20", "律所", "不予公开", "", "2024-01-09"),  # carried out; no item needed yet
        request("2023-12-20", "其他", "办理中", answered="未答复"),
        request("2024-01-02", answered="2024-01-09"),  # next year's
    )
    tallied = tally([read], form_for(2023), 2023)
    assert tallied.problems == ()
    assert figures(tallied) == {
        "applications.received.company": 1,
        "applications.received.legal_service": 1,
        "applications.received.other": 1,
        "applications.carried_in.natural_person": 1,
        "applications.carried_in.company": 1,
        "applications.granted.natural_person": 1,
        "applications.refused.state_secret.company": 1,
        "applications.carried_out.company": 1,
        "applications.carried_out.legal_service": 1,
        "applications.carried_out.other": 1,
    }
    assert not any(address.startswith("challenges") for address in tallied.figures)
    assert [record.line for record in tallied.lines("applications.received.total")] == [5, 6, 7]
    assert [record.line for record in tallied.lines("applications.total.total")] == [3, 5]
    assert tallied.lines("applications.granted.company") == ()
    with pytest.raises(UnknownCellError, match=r"did you mean applications\.granted\.company"):
        tallied.lines("applications.granted.compnay")


def test_an_outcome_without_the_item_that_the_form_asks_for_is_told_and_not_counted(ledger) -> None:
    tallied = tally([ledger(request(outcome="不予公开"))], form_for(2023), 2023)
    assert figures(tallied) == {}
    (told,) = tallied.problems
    assert str(told.place) == "台账.csv:2"
    assert "不予公开 needs one of its items: 属于国家秘密、" in told.message


def test_an_edition_without_items_counts_the_group(ledger) -> None:
    rows = [request("2020-03-01", outcome="其他处理", item=item, answered="2020-03-20") for item in ("", "逾期不缴费")]
    tallied = tally([ledger(*rows)], form_for(2020), 2020)
    assert tallied.problems == ()
    assert tallied.figures["applications.other.natural_person"] == 2


def test_an_outcome_that_an_edition_does_not_have_is_told(ledger) -> None:
    read = ledger(request())
    strange = Ledger(read.file, tuple(record_with(read, outcome="示例.示例")), (), read.columns, read.tables)
    (told,) = tally([strange], form_for(2023), 2023).problems
    assert "edition 2021 of the form has no row for 示例.示例" in told.message


def record_with(ledger, **changed):
    return [replace(record, **changed) for record in ledger.records]


def test_a_serial_number_is_counted_once_also_across_ledgers(tmp_path: Path, ledger) -> None:
    headings = ("登记编号", *HEADINGS[1:])
    first = ledger(request(number="甲-1"), request(number="甲-2"), request(number="甲 -1"), headings=headings)
    path = tmp_path / "另.csv"
    path.write_text(text_of([headings, request(number="甲-2")]), encoding="utf-8")
    tallied = tally([first, read_ledger(path, name="另.csv", today=TODAY)], form_for(2023), 2023)
    assert tallied.figures["applications.received.natural_person"] == 2
    assert [str(told.place) for told in tallied.problems] == ["台账.csv:4", "另.csv:2"]
    assert tallied.problems[0].key == "登记编号"
    assert "the same number stands at 台账.csv:2" in tallied.problems[0].message


def test_numbers_that_begin_anew_are_no_double(ledger) -> None:
    headings = ("编号", *HEADINGS[1:])
    read = ledger(request("2022-03-01", answered="2022-03-09", number="1"), request(number="1"), headings=headings)
    assert tally([read], form_for(2023), 2023).problems == ()
    monthly = ledger(
        request("2023-03-01", number="1"), request("2023-03-02", number="1"), request("2023-03-02", number="1")
    )
    assert [told.place.at for told in tally([monthly], form_for(2023), 2023).problems] == [4]


def test_a_ledger_given_twice_is_refused(ledger) -> None:
    read = ledger(request())
    with pytest.raises(LedgerError, match=r"台账\.csv: given twice"):
        tally([read, read], form_for(2023), 2023)


CASES = ("序号", "案件类型", "受理日期", "当事人", "审理结果", "结案日期")


def test_reviews_and_lawsuits_are_counted_with_their_results(ledger) -> None:
    read = ledger(
        ("1", "行政复议", "2023-02-01", NAME, "维持", "2023-04-01"),
        ("2", "复议", "2022-11-01", NAME, "撤销", "2023-01-15"),  # pending from before
        ("3", "复议", "2022-03-01", NAME, "维持", "2022-05-01"),  # over before the year
        ("4", "未经复议直接起诉", "2023-11-01", NAME, "驳回诉讼请求", "2024-02-01"),  # pending at the year's end
        ("5", "行政诉讼（复议后起诉）", "2023-11-01", NAME, "审理中", ""),
        ("6", "复议后起诉", "2023-06-01", NAME, "撤诉", ""),
        ("7", "复议后起诉", "2024-06-01", NAME, "", ""),
        headings=CASES,
    )
    tallied = tally([read], form_for(2023), 2023)
    assert (read.problems, tallied.problems) == ((), ())
    assert figures(tallied) == {
        "challenges.review.upheld": 1,
        "challenges.review.corrected": 1,
        "challenges.litigation_direct.pending": 1,
        "challenges.litigation_after_review.pending": 1,
        "challenges.litigation_after_review.other": 1,
    }
    assert not any(address.startswith("applications") for address in tallied.figures)
    assert [record.line for record in tallied.lines("challenges.review.total")] == [2, 3]


def test_a_result_of_an_unknown_day_of_an_earlier_case_is_told(ledger) -> None:
    read = ledger(("1", "复议", "2022-02-01", NAME, "维持", ""), headings=CASES)
    (told,) = tally([read], form_for(2023), 2023).problems
    assert (told.key, "was it pending in the year?" in told.message) == ("结案日期", True)


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
def test_an_impossible_case_is_told(ledger, line, key, said) -> None:
    found = problem(ledger(line, headings=CASES))
    assert found.key == key
    assert said in found.message


def test_a_case_without_a_column_for_the_day_of_its_result_is_of_the_year_it_came_in(ledger) -> None:
    read = ledger(("行政复议", "2023-02-01", "其他结果"), headings=("类型", "受理日期", "结果"))
    assert figures(tally([read], form_for(2023), 2023)) == {"challenges.review.other": 1}
    earlier = tally(
        [ledger(("行政复议", "2022-02-01", "维持"), headings=("类型", "受理日期", "结果"))], form_for(2023), 2023
    )
    assert len(earlier.problems) == 1


def test_requests_and_cases_may_share_a_ledger(ledger) -> None:
    headings = ("案件类型", "收到日期", "申请人类型", "办理结果", "答复日期")
    read = ledger(
        ("", "2023-02-01", "公民", "予以公开", "2023-02-20"),
        ("依申请公开", "2023-02-01", "公民", "予以公开", "2023-02-20"),
        ("行政复议", "2023-02-01", "公民", "结果维持", "2023-04-20"),
        headings=headings,
    )
    assert figures(tally([read], form_for(2023), 2023)) == {
        "applications.received.natural_person": 2,
        "applications.granted.natural_person": 2,
        "challenges.review.upheld": 1,
    }


def test_a_column_called_type_says_nothing_of_cases_where_there_are_applicants(ledger) -> None:
    read = ledger(
        ("纸质", "2023-02-01", "公民", "予以公开", "2023-02-20"),
        headings=("类型", "收到日期", "申请人类型", "办理结果", "答复日期"),
    )
    assert one(read).table == "applications"


days = st.dates(date(2021, 6, 1), date(2024, 6, 1))
said = st.sampled_from(
    [("予以公开", ""), ("不予公开", "国家秘密"), ("部分公开", "x"), ("其他处理", "其他"), ("不予公开", "")]
)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(days, st.none() | st.integers(0, 500), st.sampled_from(["公民", "企业", "其他", "x"]), said)),
    st.sampled_from([2021, 2022, 2023, 2024]),
)
def test_the_identities_hold_and_every_figure_has_its_lines(
    tmp_path_factory: pytest.TempPathFactory, lines, year
) -> None:
    rows = [
        request(
            str(day),
            kind,
            *(outcome if taken is not None else ("", "")),
            str(day + timedelta(taken)) if taken is not None else "",
        )
        for day, taken, kind, outcome in lines
    ]
    path = tmp_path_factory.getbasetemp() / "random.csv"
    path.write_text(text_of([HEADINGS, *rows]), encoding="utf-8")
    read = read_ledger(path, today=TODAY)
    form = form_for(year)
    tallied = tally([read], form, year)
    report = new_report(Agency("a", "示例局"), year, tallied.figures)
    for applicant in [*form.table("applications").blocks[0].column_leaves]:
        rows_of = {
            row: report[f"applications.{row}.{applicant.key}"]
            for row in ("received", "carried_in", "total", "carried_out")
        }
        assert rows_of["received"] + rows_of["carried_in"] == rows_of["total"] + rows_of["carried_out"]
    for address in form.cells:
        if address.startswith("applications"):
            assert len(tallied.lines(address)) == len(set(tallied.lines(address))) == report[address]
    assert len(read.records) + len(read.problems) == len(lines)
    # What one year carries out the next carries in, but for lines of the next that cannot be counted.
    following = tally([read], form_for(year + 1), year + 1)
    told = {problem.place for problem in following.problems} | {problem.place for problem in tallied.problems}
    carried = {record for record in tallied.lines("applications.carried_out.total") if record.place not in told}
    assert carried == {
        record for record in following.lines("applications.carried_in.total") if record.place not in told
    }


# ------------------------------------------------------------ what is never told


def test_no_name_and_no_number_of_a_person_is_kept_or_told(ledger) -> None:
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
