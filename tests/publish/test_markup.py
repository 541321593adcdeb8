import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportkit.publish.markup import cleaned

HOSTILE = [
    "<script>window.__pwned = 1</script>",
    "<ScRiPt src=//evil.example/x.js></sCrIpT>",
    "<scr<script></script>ipt>alert(1)</script>",
    "<img src=x onerror=window.__pwned=1>",
    "<img src='http://evil.example/a.png' srcset='http://evil.example/b.png 2x'>",
    "<svg onload=alert(1)><script>alert(1)</script></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<a href='javascript:alert(1)'>a</a>",
    "<a href=' javascript:alert(1)'>a</a>",
    "<a href='java\nscript:alert(1)'>a</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>a</a>",
    "<a href='//evil.example/'>a</a>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data='http://evil.example/'></object><embed src='http://evil.example/'>",
    "<form action='http://evil.example/'><input name=q><button formaction='http://evil.example/'>go</button></form>",
    "<meta http-equiv=refresh content='0;url=http://evil.example/'><base href='http://evil.example/'>",
    "<link rel=stylesheet href='http://evil.example/x.css'>",
    "<video poster='http://evil.example/p.png' src='http://evil.example/v.mp4'></video>",
    "<p style='background-image:url(http://evil.example/x.png)'>p</p>",
    "<p style='color:red;background:u\\72l(http://evil.example/x.png)'>p</p>",
    "<td background='http://evil.example/x.png'>",
    "<p title='\"><script>alert(1)</script>'>p</p>",
    "<table title='<table><img src=x onerror=alert(1)>'><tr><td>1</table>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<style></style><img src=x onerror=alert(1)></style>",
]


class Seen(HTMLParser):
    """The tags and attributes that a parser finds."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def assert_harmless(html: str) -> None:
    for tag, attributes in Seen(html).tags:
        assert tag not in {"script", "style", "iframe", "object", "embed", "svg", "math", "form", "input", "meta"}
        assert tag not in {"link", "base", "video", "audio", "template", "noscript"}
        for name, value in attributes.items():
            assert not name.startswith("on")
            assert name not in {"srcset", "background", "poster", "action", "formaction", "srcdoc", "ping"}
            if name == "href":
                assert re.match("https?://|mailto:|tel:|#", value or "")
            if name == "src":
                assert (value or "").startswith("data:image/")
            if name == "style":
                assert "(" not in (value or "") or "url" not in (value or "")


@pytest.mark.parametrize("html", HOSTILE)
def test_nothing_that_runs_or_fetches_comes_through(html: str) -> None:
    assert_harmless(cleaned(html).html)
    assert not any("evil.example" in style for style in cleaned(html).styles)


@given(st.lists(st.sampled_from([*HOSTILE, "<table>", "</table>", "<td>", '"', ">", "'", "<!--", "-->"])).map("".join))
def test_nor_however_pieces_of_it_are_put_together(html: str) -> None:
    assert_harmless(cleaned(html).html)


@given(st.text())
def test_any_text_can_be_cleaned(text: str) -> None:
    assert_harmless(cleaned(f"<p>{text}").html)


def test_half_a_character_becomes_a_question_mark() -> None:
    assert cleaned("示例\ud800<style>p{}/*\ud800*/</style>") == type(cleaned(""))("示例?", ("p{}/*?*/",))


def test_cell_addresses_and_links_to_them_stay() -> None:
    html = '<td id="applications.granted.total">2</td>'
    assert html in cleaned(f"<table><tbody><tr>{html}</tr></tbody></table>").html
    assert 'href="#applications.granted.total"' in cleaned('<a href="#applications.granted.total">表三</a>').html


def test_the_structure_of_a_table_stays() -> None:
    table = (
        '<table class="t"><caption>示例</caption><thead><tr><th scope="col" colspan="2" id="h">甲</th></tr></thead>'
        '<tbody><tr><td rowspan="2" headers="h">1</td></tr></tbody></table>'
    )
    assert table in cleaned(table).html


def test_headings_details_and_figures_stay() -> None:
    html = '<h2 id="a">一</h2><details open=""><summary>二</summary><p>三</p></details><figure role="group">四</figure>'
    assert cleaned(html).html == html


@pytest.mark.parametrize(
    "link", ["https://example.org/", "http://example.org/", "mailto:a@example.org", "tel:0539", "#a"]
)
def test_links_that_a_reader_follows_stay(link: str) -> None:
    assert f'href="{link}"' in cleaned(f'<a href="{link}">示例</a>').html


@pytest.mark.parametrize("link", ["report.html", "../secret", "ftp://example.org/", "file:///etc/passwd"])
def test_other_links_leave_their_text(link: str) -> None:
    assert cleaned(f'<a href="{link}">示例</a>').html == '<a rel="noopener noreferrer">示例</a>'


def test_a_wide_table_stands_in_a_frame_that_scrolls() -> None:
    html = cleaned("<table><tr><td>1</td></tr></table><p title='<table>'>2</p>").html
    assert html.startswith('<div class="scroll" tabindex="0"')
    assert html.count("<div") == html.count("</div>") == 1


def test_an_image_inside_the_page_stays() -> None:
    assert 'src="data:image/png;base64,AAAA"' in cleaned('<img src="data:image/png;base64,AAAA" alt="图">').html


def test_another_image_becomes_its_alternative_text_or_goes() -> None:
    assert (
        cleaned('<p><img src="https://example.org/a.png" alt="甲 &quot;<乙>"></p>').html == "<p>甲 &quot;&lt;乙&gt;</p>"
    )
    assert cleaned('<p><img src="a.png"></p>').html == "<p></p>"


def test_harmless_style_properties_stay_and_others_go() -> None:
    html = cleaned('<p style="color: red; position: fixed; text-align: center">示例</p>').html
    assert "color:red" in html.replace(" ", "")
    assert "position" not in html


def test_style_sheets_are_kept_apart() -> None:
    sheet = 'td[id="applications.granted.total"]{outline:3px solid}'
    markup = cleaned(f"<style data-reportkit>\n{sheet}\n</style><p>示例</p><style scoped>.dataframe td {{}}</style>")
    assert markup.html == "<p>示例</p>"
    assert markup.styles == (sheet, ".dataframe td {}")


def test_a_style_sheet_for_print_stays_for_print() -> None:
    assert cleaned('<style media="print">p{color:red}</style>').styles == ("@media print { p{color:red} }",)


@pytest.mark.parametrize(
    "sheet",
    [
        "@import 'http://evil.example/x.css';",
        "p{background:url(http://evil.example/x.png)}",
        "p{background:URL (http://evil.example/x.png)}",
        "p{background:image-set('http://evil.example/x.png' 1x)}",
        "p{background:u\\72l(http://evil.example/x.png)}",
        "p{width:expression(alert(1))}",
        "@font-face{font-family:x;src:local(x)}",
        "p{}</style foo><script>alert(1)</script>",
    ],
)
def test_a_style_sheet_that_could_fetch_is_left_out_and_said_so(sheet: str, caplog: pytest.LogCaptureFixture) -> None:
    assert cleaned(f"<style>{sheet}</style><p>示例</p>").styles == ()
    assert "left out" in caplog.text


def test_cleaning_twice_changes_nothing_but_the_frames() -> None:
    html = '<h1>示例</h1><p>甲<a href="#a" rel="noopener noreferrer">乙</a></p>'
    assert cleaned(cleaned(html).html).html == cleaned(html).html
