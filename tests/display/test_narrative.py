from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reportkit.display.narrative import markdown_html, preamble, section
from reportkit.form import Form, editions
from reportkit.report import Agency, AnnualReport, new_report

HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[示例](javascript:alert(1))",
    "[示例](JaVaScRiPt:alert(1))",
    "[示例](java&#x09;script:alert(1))",
    "[示例](data:text/html;base64,AAAA)",
    "[示例](vbscript:x)",
    "[示例](//example.org/x)",
    "[示例](file:///etc/passwd)",
    "<javascript:alert(1)>",
    "[示例][1]\n\n[1]: javascript:alert(1)",
    "![示例](http://example.org/y.png)",
    "![示例](y.png)",
    '![" onerror="alert(1)](x)',
    '[示例](https://example.org/"onclick="x \'" onclick="x\')',
    '```"><script>\n```',
    "a|b\n-|-\n<b>|<script>",
)
ALLOWED = {"a", "blockquote", "br", "code", "div", "em", "hr", "li", "ol", "p", "pre", "strong", "table"} | {
    "tbody", "td", "th", "thead", "tr", "ul", "span", "h1", "h2", "h3", "h4", "h5", "h6",
}  # fmt: skip
ATTRIBUTES = {"href", "rel", "title", "class", "style", "start", "id"}


class Tags(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def harmless(html: str) -> bool:
    for tag, attributes in Tags(html).seen:
        assert tag in ALLOWED
        assert set(attributes) <= ATTRIBUTES
        assert re.match(r"https?://|mailto:|tel:", attributes.get("href", "tel:") or "", re.IGNORECASE)
    return True


def example(text: str = "", key: str = "overview", **agency: Any) -> AnnualReport:
    return new_report(Agency("example", **{"name": "示例局", **agency}), 2023, narrative={key: text})


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_does_nothing(text: str) -> None:
    assert harmless(markdown_html(text, level=3))
    assert harmless(section(example(text), "overview").html)
    assert harmless(preamble(example(text, "preamble", name=text, contact=text)).html)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(HOSTILE), st.text(max_size=12), st.sampled_from("*_`[]()<>!\n\u3000 \\"))))
def test_no_mixture_of_texts_does_anything(pieces: list[str]) -> None:
    assert harmless(markdown_html("".join(pieces), level=3))


def test_markup_shows_as_text() -> None:
    shown = Tags(markdown_html("<script>alert(1)</script>", level=3))
    assert shown.text.strip() == "<script>alert(1)</script>"


def test_an_image_becomes_its_description() -> None:
    assert markdown_html("![示例<图>](http://example.org/y.png)", level=3) == "<p>示例&lt;图&gt;</p>\n"


def test_a_link_elsewhere_becomes_its_text() -> None:
    assert markdown_html("见[**示例**](javascript:alert(1))。", level=3) == "<p>见<strong>示例</strong>。</p>\n"


@pytest.mark.parametrize(
    "url", ["https://example.org/?a=1", "http://example.org/", "mailto:a@example.org", "tel:0539-0"]
)
def test_a_link_to_the_web_to_mail_or_to_a_telephone_leads_there(url: str) -> None:
    ((_, _), (tag, attributes)) = Tags(markdown_html(f"[示例]({url})", level=3)).seen
    assert (tag, attributes) == ("a", {"href": url, "rel": "noopener nofollow"})


def test_a_harmless_link_after_a_hostile_one_still_leads_there() -> None:
    html = markdown_html("[甲](javascript:x)[乙](https://example.org/)", level=3)
    assert html == '<p>甲<a href="https://example.org/" rel="noopener nofollow">乙</a></p>\n'


def test_an_address_in_the_text_is_no_link() -> None:
    assert markdown_html("网址www.example.org、https://example.org/", level=3).count("<a") == 0


@pytest.mark.parametrize(
    "text",
    [
        "（一）积极做好主动公开。",
        "微信公众号“临沂外事”、'示例'、\"示例\"——占27.4%...（c）(c)(tm)+-5",
        "1.属于国家秘密",
        "一、总体情况",
    ],
)
def test_chinese_text_comes_through_to_the_letter(text: str) -> None:
    assert Tags(markdown_html(text, level=3)).text.strip() == text


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("**（一）主动公开。**一是公开", "<p><strong>（一）主动公开。</strong>一是公开</p>\n"),
        ("他说**“公开”**了", "<p>他说<strong>“公开”</strong>了</p>\n"),
        ("3 * 5 * 8", "<p>3 * 5 * 8</p>\n"),
        ("a **b** c", "<p>a <strong>b</strong> c</p>\n"),
        ("snake_case_示例", "<p>snake_case_示例</p>\n"),
    ],
)
def test_emphasis_works_beside_chinese_punctuation(text: str, html: str) -> None:
    assert markdown_html(text, level=3) == html


def test_a_line_indented_by_full_width_spaces_begins_a_paragraph() -> None:
    assert markdown_html("　　（一）示例。\n　　（二）示例。", level=3) == "<p>（一）示例。</p>\n<p>（二）示例。</p>\n"


def test_a_line_indented_by_spaces_is_no_code() -> None:
    assert markdown_html("    （一）示例。", level=3) == "<p>（一）示例。</p>\n"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("主动\n公开", "主动公开"),
        ("公开，\n答复", "公开，答复"),
        ("**公开**\n答复", "公开答复"),
        ("open\ngovernment", "open\ngovernment"),
        ("公开\n2023", "公开\n2023"),
    ],
)
def test_a_broken_line_is_joined_without_a_space_only_in_chinese(text: str, shown: str) -> None:
    assert Tags(markdown_html(text, level=3)).text.strip() == shown


def test_headings_start_at_the_level_and_leave_none_out() -> None:
    assert re.findall(r"<(h\d)>", markdown_html("# 甲\n### 乙\n#### 丙\n# 丁", level=3)) == ["h3", "h4", "h5", "h3"]
    assert re.findall(r"</(h\d)>", markdown_html("## 甲\n### 乙\n#### 丙", level=5)) == ["h5", "h6", "h6"]


def test_a_table_in_the_text_scrolls_and_is_styled() -> None:
    html = markdown_html("甲|乙\n-|-\n1|2", level=3)
    assert '<div class="rk-scroll"><table class="rk-table">' in html
    assert html.endswith("</table></div>\n")


@pytest.mark.parametrize("form", editions().values(), ids=lambda form: form.edition)
def test_sections_have_the_form_s_titles(form: Form) -> None:
    report = new_report(Agency("example", "示例局"), form.first_year)
    for declared in form.titled_sections:
        html = section(report, declared.key).html
        assert f'<h2 id="{declared.key}">{declared.title}</h2>' in html
        assert Tags(html).text.strip() == declared.title  # nothing else where the text is empty


def test_a_section_s_text_follows_its_title() -> None:
    html = section(example("# 小标题\n正文"), "overview").html
    assert Tags(html).text.split() == ["一、总体情况", "小标题", "正文"]
    assert "<h3>小标题</h3>" in html
    assert repr(section(example(), "overview")) == "一、总体情况：示例局2023年"


def test_a_section_that_the_form_lacks_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        section(example(), "nothing")


def test_the_preamble_begins_with_the_title() -> None:
    html = preamble(example("依据条例。", "preamble", name="示例<局>")).html
    title = '<h1><span class="rk-agency">示例&lt;局&gt;</span><br>2023年度政府信息公开工作年度报告</h1>'
    assert title in html
    assert "<p>依据条例。</p>" in html
    assert "联系方式" not in html


def test_the_contact_stands_in_the_preamble_once() -> None:
    assert (
        '<p class="rk-contact">联系方式：0539-1</p>'
        in preamble(example("依据条例。", "preamble", contact="0539-1")).html
    )
    assert "联系方式" not in preamble(example("电话： 0539\n-1。", "preamble", contact="电话：0539-1")).html
