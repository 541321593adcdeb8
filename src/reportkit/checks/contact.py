"""Rules on how and when a report reaches the public: a way to ask about it, and the statutory day."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from reportkit.checks.finding import Finding
from reportkit.checks.rules import NotAssessableError, Rule, rule
from reportkit.checks.text import plain
from reportkit.report import AnnualReport
from reportkit.text import chinese_day

_WAYS_TO_ASK = re.compile(
    r"""
    (?<!\d)\(?0\d{2,3}\)?[ -]?\d{7,8}(?!\d)            # landline with its area code
    | (?<!\d)400[ -]?\d{3,4}[ -]?\d{3,4}(?!\d)         # 400 number
    | (?<!\d)1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)        # mobile
    | (?:电话|热线|传真|联系方式|tel)[^\d\n]{0,12}\d[\d -]{3,}\d     # a number that calls itself one
    | [\w.+-]{1,64}@[\w-]{1,63}\.\w
    | https?://\w | www\.\w | (?<![\w.])[a-z][\w-]{0,62}\.(?:gov|org|com|net)(?:\.cn)?(?!\w) | \w\.gov\.cn
    | (?:通[讯信]|通邮|邮寄|联系|办公|单位)?地址[:为是 ]*\w{2} | (?:邮编|邮政编码)[^\d\n]{0,4}\d{6}
    | (?:路|街|道|巷|里|村|园)[甲乙丙]?\d{1,5}号
    """,
    re.VERBOSE | re.IGNORECASE,
)


@rule(
    "FORM-CONTACT",
    severity="warning",
    meaning="报告开头写明联系方式（电话、电子邮箱、网址或地址）",
    meaning_en="the preamble names a telephone number or another way to ask",
    basis="{document}",
)
def way_to_ask(rule: Rule, report: AnnualReport) -> Iterator[Finding]:
    """A finding where neither the preamble nor the register of agencies names a way to ask."""
    untitled = [report.text(section) for section in report.form.narrative_sections if not section.title]
    if not any(_WAYS_TO_ASK.search(plain(text)) for text in (*untitled, report.agency.contact)):
        yield rule.finding(report, "报告开头没有写明联系方式（电话、电子邮箱、网址或地址）。")


@rule(
    "DATE-LATE",
    severity="warning",
    meaning="在统计期限届满之后、法定期限之前公布",
    meaning_en="published after the year has ended and by the statutory day",
    basis="{deadline}",
)
def published_in_time(rule: Rule, report: AnnualReport) -> Iterator[Finding]:
    """A finding where the day of publishing is too late, or cannot be right."""
    deadline, published = report.form.deadline, report.published
    if published is None:
        raise NotAssessableError("没有写明公布日期")
    if report.agency.level not in deadline.days:
        raise NotAssessableError(f"没有规定“{report.agency.level}”一级机关的公布期限")
    local = report.standard.deadlines.get(report.agency.level)
    last_day = date(report.year + 1, *(local or deadline.days[report.agency.level]))
    if published > last_day:
        message = (
            f"公布日期{chinese_day(published)}晚于{'本地规定的' if local else '法定'}期限{chinese_day(last_day)}。"
        )
    elif published <= date(report.year, 12, 31):
        message = f"公布日期{chinese_day(published)}早于统计期限届满，请核对。"
    else:
        return
    yield rule.finding(report, message, expected=last_day.isoformat(), actual=published.isoformat())
