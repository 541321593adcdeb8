"""All numbers here are made up: they satisfy the check digits and belong to nobody."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.examples import findings, linyi, sound_report
from reportkit.checks import Finding

# 北京市东城区, a sequence number, and the check digit that follows from them.
IDENTITY = "11010119900101001"
CHECKED = IDENTITY + "10X98765432"[sum(int(d) * pow(2, 17 - i, 11) for i, d in enumerate(IDENTITY)) % 11]
CARD = "6222020000000000000"


def luhn(number: str) -> str:
    """The number with its last digit chosen so that it passes."""
    doubled = "".join(str(int(d) * (2 if i % 2 == 0 else 1)) for i, d in enumerate(number[-2::-1]))
    return number[:-1] + str(-sum(map(int, doubled)) % 10)


def ending_in_x() -> str:
    for sequence in range(100, 999):
        number = f"11010119900101{sequence}"
        if sum(int(d) * pow(2, 17 - i, 11) for i, d in enumerate(number)) % 11 == 2:
            return number + "X"
    raise AssertionError


def identity(region: str, born: str, sequence: str = "001") -> str:
    """The number of an identity card, with its check digit."""
    number = region + born + sequence
    return number + "10X98765432"[sum(int(d) * pow(2, 17 - i, 11) for i, d in enumerate(number)) % 11]


def found_in(text: str, key: str = "overview") -> list[Finding]:
    return findings(sound_report(narrative={key: text}), "PRIVACY")


@pytest.mark.parametrize(
    "text",
    [
        "联系人手机13800138000。",
        "138-0013-8000",
        "138 0013 8000",
        "+86 13800138000",
        "(+86)13800138000",
        "86-138-0013-8000",
        "013800138000",
        "１３８００１３８０００",
        "138**0013**8000",
        "138<b>0013</b>8000",
        "Tel13800138000",
        "<a href='tel:13800138000'>致电</a>",
        "13800138000@example.com",
        "手机号13800138000号",
        "备案编号及联系电话：13800138000",
        "第二科室示例同志13800138000",
        "0539-8726680、13800138000",
        "138\u200b00138000",
    ],
)
def test_a_mobile_number_is_found_and_masked(text: str) -> None:
    (finding,) = found_in(text)
    assert (finding.quote, finding.severity) == ("138****8000", "error")
    assert finding.message == "“一、总体情况”部分中有疑似手机号码138****8000，公开前应当删去。"
    assert "第十五条" in finding.basis


@pytest.mark.parametrize("number", [CHECKED, ending_in_x(), ending_in_x().lower()])
def test_an_identity_card_is_found_and_masked(number: str) -> None:
    (finding,) = found_in(f"申请人示例（{number}）")
    assert finding.quote == f"110*************{number[-2:].upper()}"
    assert "身份证号码" in finding.message and number not in finding.message


@pytest.mark.parametrize("separator", [" ", "-"])
def test_an_identity_card_in_groups_is_found(separator: str) -> None:
    assert len(found_in(separator.join((CHECKED[:6], CHECKED[6:14], CHECKED[14:])))) == 1


def test_an_old_identity_card_is_found_only_where_the_text_speaks_of_one() -> None:
    assert found_in("身份证号：110101900101001")[0].quote == "110**********01"
    assert found_in("投资110101900101001") == []
    assert found_in("身份证号：110101901301001") == []


@pytest.mark.parametrize(
    "number", [luhn(CARD), luhn("6222020000000000"), luhn("4000000000000000"), luhn("5100000000000000")]
)
def test_a_bank_card_is_found_and_masked(number: str) -> None:
    for written in (number, " ".join(number[at : at + 4] for at in range(0, len(number), 4))):
        (finding,) = found_in(f"缴费至{written}。")
        assert finding.quote == number[:3] + "*" * (len(number) - 7) + number[-4:]
        assert "银行卡号" in finding.message


def test_an_old_bank_card_is_found_only_where_the_text_speaks_of_one() -> None:
    number = luhn("9558800000000000000")
    assert len(found_in(f"开户银行示例，账号{number}")) == 1
    assert found_in(f"数据{number}") == []


@pytest.mark.parametrize(
    "text",
    [
        "电话：0539-8726680，传真0531-82033333",
        "400-123-4567，4001234567",
        "国办公开办函〔2021〕30号，示例发〔2023〕13800138000号",
        "文件编号：13800138000",
        "第13800138000号行政处罚决定书",
        "点击量13812345678次，金额13812345678元，共13812345678余件，13812345678.5元",
        "1.13812345678，3,13812345678",
        "统一社会信用代码11371300MB2842543X",
        "统一社会信用代码：" + CHECKED,
        "统一社会信用代码" + luhn("5100000000000000"),
        "A13812345678",
        "见https://www.example.gov.cn/art/2023/13812345678.html",
        "投资项目代码2306-371300-04-01-123456",
        CHECKED[:-1] + str((int(CHECKED[-1]) + 1) % 10) if CHECKED[-1].isdigit() else CHECKED[:-1] + "1",
        "11010119901301001X",
        "990101199001010011",
        "12800138000，138001380001",
        luhn(CARD)[:-1] + str((int(luhn(CARD)[-1]) + 1) % 10),
        "2023年1月1日至2023年12月31日",
        "1380 0138 000",
        "|138|0013|8000|",
        "<td>138</td><td>0013</td><td>8000</td>",
    ],
)
def test_other_numbers_do_not_alarm(text: str) -> None:
    assert found_in(text) == []


def test_the_published_report_names_nobody() -> None:
    assert findings(linyi(), "PRIVACY") == []


def test_the_place_of_a_number_is_named() -> None:
    assert found_in("13800138000", "preamble")[0].message.startswith("引言中")
    assert found_in("13800138000", "other")[0].message.startswith("“六、其他需要报告的事项”部分")
    report = sound_report()
    for field, place in (("name", "机关名称"), ("short", "机关简称"), ("contact", "机关联系方式")):
        changed = report.replace(agency=replace(report.agency, **{field: "示例局13800138000"}))
        (finding,) = findings(changed, "PRIVACY")
        assert finding.message.startswith(place)


def test_each_number_is_found_once_in_each_place() -> None:
    assert len(found_in("13800138000、13800138000、13900139000")) == 2


def test_no_finding_repeats_the_number() -> None:
    numbers = (CHECKED, luhn(CARD), "13800138000")
    for finding in found_in("，".join(numbers)):
        assert not any(number in repr(finding.as_json()) for number in numbers)


# --------------------------------------------------------------------------- every number

PROVINCES = [
    *map(str, (*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66), 71)),
    *map(str, (81, 82, 83, 91)),
]
BORN = st.dates(date(1900, 1, 1), date(2099, 12, 31))


@pytest.mark.parametrize("province", PROVINCES)
def test_identity_cards_of_every_province_are_found(province: str) -> None:
    assert len(found_in(f"申请人{identity(f'{province}0101', '19900101')}。")) == 1


@pytest.mark.parametrize("province", sorted({f"{number:02}" for number in range(100)} - set(PROVINCES)))
def test_no_identity_card_is_of_any_other_province(province: str) -> None:
    assert found_in(f"数据{identity(f'{province}0101', '19900101')}。") == []


def test_identity_cards_of_every_birthday_are_found() -> None:
    days = [date(1984, 1, 1) + timedelta(days=number) for number in range(366)]
    missed = [day for day in days if len(found_in(identity("371302", f"{day:%Y%m%d}"))) != 1]
    assert missed == []
    missed = [day for day in days if len(found_in(f"身份证号371302{day:%y%m%d}001")) != 1]
    assert missed == []


@given(BORN, st.integers(0, 999), st.lists(st.integers(1, 17), unique=True, max_size=5), st.sampled_from(" -\n"))
def test_an_identity_card_is_found_however_it_is_parted(born: date, sequence: int, cuts: list[int], part: str) -> None:
    number = identity("371302", f"{born:%Y%m%d}", f"{sequence:03}")
    written = "".join(part + digit if at in cuts else digit for at, digit in enumerate(number))
    (finding,) = found_in(f"申请人{written}。")
    assert finding.quote == f"371*************{number[-2:]}"


@given(BORN, st.sampled_from("0123456789X"))
def test_a_wrong_check_digit_hides_nobody_where_the_text_says_what_it_is(born: date, last: str) -> None:
    number = identity("371302", f"{born:%Y%m%d}")[:17] + last
    assert len(found_in(f"身份证号：{number}")) == 1


@pytest.mark.parametrize(
    "before", ["", "联系人", "（", "“", "：", "手机", "请拨打", "见附件，", "2023年", "（一）", "\n"]
)
@pytest.mark.parametrize("after", ["", "。", "）", "（示例）", "\n", "，联系人示例", "或微信"])
def test_a_number_is_found_at_every_place_in_a_sentence(before: str, after: str) -> None:
    card = identity("371302", "19850312", "451")
    in_fours = " ".join(card[at : at + 4] for at in range(0, len(card), 4))
    six_first = " ".join((card[:6], card[6:10], card[10:14], card[14:]))
    for number in ("13800138000", "138 539 12345", "138.5391.2345", card, in_fours, six_first):
        assert len(found_in(f"{before}{number}{after}")) == 1, number


@pytest.mark.parametrize(
    "text",
    [
        f"纳税人识别号{luhn('621302198503124510')}",
        f"税号：{luhn('621302198503124510')}",
        "阅读量 138 5391 2345",
        "全年访问总量13853912345",
        "粉丝数138 5391 2345",
        "地址：示例市示例路138号5391室，邮编276000",
        "国办公开办函〔2023〕13853912345号",
        "〔2023〕13853912345号文件",
        "2023 12 31 100 200 300",
        "申请138 件，答复539 件",
    ],
)
def test_numbers_of_other_things_do_not_alarm(text: str) -> None:
    assert found_in(text) == []


def test_only_the_clause_before_a_number_says_what_it_is() -> None:
    assert len(found_in("文件编号见附件，联系人13800138000")) == 1
    assert found_in("联系人见附件，文件编号13800138000") == []
    assert len(found_in(f"项目代码见附件；申请人{CHECKED}")) == 1


@pytest.mark.parametrize(("born", "found"), [("18991231", 0), ("19000101", 1), ("20991231", 1), ("21000101", 0)])
def test_nobody_is_born_before_1900_or_after_2099(born: str, found: int) -> None:
    assert len(found_in(identity("371302", born))) == found


@pytest.mark.parametrize("unit", ["次", "元", "余次", "平方米", "公里", "美元", "  次"])
def test_a_count_is_told_by_its_unit(unit: str) -> None:
    assert found_in(f"共计13812345678{unit}") == []


@pytest.mark.parametrize("words", ["条例", "人民", "个人", "项目"])
def test_a_word_that_begins_like_a_unit_is_none(words: str) -> None:
    assert len(found_in(f"见13812345678{words}")) == 1
