"""Documents of every kind, well made and nasty, for whoever tests reading them."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

from reportkit.display import tables
from reportkit.form import form_for
from reportkit.report import Agency, new_report

# ------------------------------------------------------------------- web pages

AGENCY = "示例市示例局"
NARRATIVE = {
    "overview": "示例：本年主动公开信息12条，受理依申请公开2件。",
    "problems": "示例：存在的问题是队伍不够强；改进措施是加强培训。",
    "other": "示例：未收取信息处理费。",
}


def article(year: int = 2023, figures: dict[str, int] | None = None, agency: str = AGENCY) -> str:
    """The article of a report's page: title, sections, the three statutory tables."""
    report = new_report(Agency("example", agency), year).replace(figures or {})
    parts = [
        f"<h1>{agency}{year}年政府信息公开工作年度报告</h1>",
        f"<p>示例：统计期限为{year}年1月1日至{year}年12月31日。</p>",
    ]
    keys = {table.key for table in report.form.tables}
    for section in report.form.sections:
        parts.append(f"<h2>{section.title}</h2>")
        if section.key in NARRATIVE:
            parts.append(f"<p>{NARRATIVE[section.key]}</p>")
        if section.key in keys:
            parts.append(tables.table(report, section.key).html)
    return "\n".join(parts)


def page(body: str, head: str = "") -> str:
    return f'<!DOCTYPE html><html lang="zh"><head><meta charset="utf-8"><title>示例</title>{head}</head><body>{body}</body></html>'


def tabbed(year: int = 2023) -> str:
    """A report as plain text, its tables cut by tabs."""
    form = form_for(year)
    lines = [f"{AGENCY}{year}年政府信息公开工作年度报告", ""]
    for section in form.sections:
        lines += [section.title, "", NARRATIVE.get(section.key, ""), ""]
    return "\n".join([*lines, "规章\t0\t0\t0", "行政规范性文件\t1\t0\t5", ""])


# ------------------------------------------------------------------------ Word

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"


def docx(body: str, *, declaration: str = "", name: str = "word/document.xml", **parts: str) -> bytes:
    """A Word document whose body is this XML; `styles`, `numbering` are the insides of those parts."""
    files = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        name: f'<?xml version="1.0" encoding="UTF-8"?>{declaration}'
        f'<w:document xmlns:w="{W}" xmlns:mc="{MC}"><w:body>{body}</w:body></w:document>',
    }
    files |= {f"word/{part}.xml": f'<w:{part} xmlns:w="{W}">{inside}</w:{part}>' for part, inside in parts.items()}
    return zipped(files)


def zipped(files: Mapping[str, str | bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target.getvalue()


def p(text: str = "", properties: str = "") -> str:
    return f'<w:p><w:pPr>{properties}</w:pPr><w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p>'


def tc(text: str = "", properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{p(text)}</w:tc>"


def tbl(*rows: str) -> str:
    return "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in rows) + "</w:tbl>"


# ------------------------------------------------------------------------- PDF


def pdf(*pages: str, trailer: str = "", media: str = "0 0 595 842", catalog: str = "") -> bytes:
    """A PDF whose pages have these content streams; Helvetica is /F1, the first page object 4."""
    kids = " ".join(f"{4 + 2 * at} 0 R" for at in range(len(pages)))
    objects = [
        f"<</Type/Catalog/Pages 2 0 R{catalog}>>",
        f"<</Type/Pages/Kids[{kids}]/Count {len(pages)}>>",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    for at, content in enumerate(pages):
        objects.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[{media}]/Resources<</Font<</F1 3 0 R>>>>/Contents {5 + 2 * at} 0 R>>"
        )
        objects.append(f"<</Length {len(content)}>>stream\n{content}\nendstream")
    data, places = b"%PDF-1.4\n", []
    for at, content in enumerate(objects, 1):
        places.append(len(data))
        data += f"{at} 0 obj\n{content}\nendobj\n".encode()
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    end = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer<</Size {len(objects) + 1}/Root 1 0 R{trailer}>>"
    return data + f"{end}\nstartxref\n{len(data)}\n%%EOF".encode()


def said(text: str, x: float, y: float, size: float = 12) -> str:
    """Text at a place of a page of PDF, from the lower left."""
    return f"BT /F1 {size} Tf {x} {y} Td ({text}) Tj ET\n"


def ruled(*boxes: tuple[float, float, float, float]) -> str:
    """Rectangles on a page of PDF: left, bottom, width, height."""
    return "".join(f"{x} {y} {width} {height} re S\n" for x, y, width, height in boxes)


def locked_pdf() -> bytes:
    key = "41" * 32
    return pdf(
        said("secret", 50, 700), trailer=f"/ID[<00><00>]/Encrypt<</Filter/Standard/V 1/R 2/O<{key}>/U<{key}>/P -4>>"
    )


def scanned_pdf() -> bytes:
    from PIL import Image

    target = io.BytesIO()
    Image.new("L", (60, 80), 200).save(target, "PDF")
    return target.getvalue()


# ------------------------------------------------------------- nasty documents

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True)
class Nasty:
    """A nasty document: how to make it, and what the one line must say where it cannot be read."""

    make: Callable[[Path], Path]
    refused: str | None = None


NASTY: dict[str, Nasty] = {}


def nasty(
    refused: str | None = None, ending: str = "html"
) -> Callable[[Callable[[], str | bytes]], Callable[[], str | bytes]]:
    """Register a function that makes a nasty document's content under its name."""

    def register(function: Callable[[], str | bytes]) -> Callable[[], str | bytes]:
        def make(folder: Path) -> Path:
            content = function()
            path = folder / f"{function.__name__}.{ending}"
            path.write_bytes(content.encode() if isinstance(content, str) else content)
            return path

        NASTY[function.__name__] = Nasty(make, refused)
        return function

    return register


def nasty_path(refused: str | None = None) -> Callable[[Callable[[Path], Path]], Callable[[Path], Path]]:
    """Register a function that makes a nasty document in a folder."""

    def register(function: Callable[[Path], Path]) -> Callable[[Path], Path]:
        NASTY[function.__name__] = Nasty(function, refused)
        return function

    return register


def build(name: str, folder: Path) -> Path:
    """Make the nasty document of this name in a folder."""
    return NASTY[name].make(folder)


@nasty()
def stub_spans_too_few_rows() -> str:
    return page(article().replace('rowspan="23"', 'rowspan="20"').replace('rowspan="8"', 'rowspan="9"'))


@nasty()
def rowspan_65000() -> str:
    return page(article().replace("rowspan=", 'rowspan="65000" x='))


@nasty()
def colspan_1e9() -> str:
    return page(article().replace("colspan=", 'colspan="1000000000" x='))


@nasty()
def spans_of_garbage() -> str:
    return page(article().replace('rowspan="', 'rowspan="-').replace('colspan="', 'colspan="abc'))


@nasty("covers more than")
def every_cell_spans_everything() -> str:
    rows = "".join("<tr>" + "<td rowspan=65000 colspan=1000>1</td>" * 3 + "</tr>" for _ in range(5000))
    return page(f"<table>{rows}</table>")


@nasty()
def nested_tables() -> str:
    cell = f"<table><tr><td>导航</td></tr><tr><td>{article()}</td></tr></table>"
    return page(f"<table width=100%><tr><td>首页</td><td>{cell}</td></tr><tr><td>页脚</td><td></td></tr></table>")


@nasty()
def two_reports_in_one_page() -> str:
    return page(article(2022) + "<hr>" + article(2023))


@nasty()
def table_of_contents() -> str:
    titles = [section.title for section in form_for(2023).sections]
    items = "".join(f'<li><a href="#s{at}">{title}</a></li>' for at, title in enumerate(titles))
    return page(f"<div><ul>{items}</ul></div>" + article())


@nasty()
def navigation_around_the_article() -> str:
    links = "<a href=/>首页</a> | <a href=/zwgk>政务公开</a>"
    return page(
        f"<header>网站名称</header><nav>{links}</nav><div role=navigation>{links}</div><div style='display: none'>隐藏"
        f"</div><script>var x = '<p>脚本</p>';</script><main>{article()}</main><aside>相关</aside><footer>版权</footer>"
    )


@nasty()
def no_tables() -> str:
    return page(f"<h1>{AGENCY}2023年政府信息公开工作年度报告</h1><h2>一、总体情况</h2><p>示例。</p>")


@nasty()
def tables_as_images() -> str:
    return page(f"<h1>{AGENCY}2023年政府信息公开工作年度报告</h1><h2>二、主动公开</h2><p><img src=a.png alt=表></p>")


@nasty()
def half_a_report() -> str:
    whole = page(article())
    return whole[: len(whole) // 2]


@nasty()
def edition_2019() -> str:
    before, address, after = article(2019).partition('id="disclosure.procurement.amount"')
    return page(before + address + re.sub(r">[^<]*<", ">386500元<", after, count=1))


@nasty("an empty file")
def empty_file() -> bytes:
    return b""


@nasty("an empty file", "txt")
def blank_file() -> bytes:
    return b" \r\n\t\n" * 100


@nasty_path("over the limit of 20 MiB")
def huge_file(folder: Path) -> Path:
    path = folder / "huge_file.html"
    with path.open("wb") as file:
        file.write(b"<html><body>")
        file.truncate(200 << 20)
    return path


@nasty("protected by a password", "docx")
def encrypted_docx() -> bytes:
    return OLE + b"\0" * 504 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 500


@nasty("old kind.*, damaged", "doc")
def old_word_document() -> bytes:
    return OLE + b"\0" * 504 + "WordDocument".encode("utf-16-le") + b"\0" * 500


@nasty("unpacks to", "docx")
def zip_bomb() -> bytes:
    return zipped({"word/document.xml": b" " * (100 << 20)})


@nasty("Excel workbook", "xlsx")
def zip_bomb_as_workbook() -> bytes:
    return zipped({"xl/workbook.xml": b"<workbook/>", "xl/worksheets/sheet1.xml": b" " * (50 << 20)})


@nasty("declares entities", "docx")
def entities_that_expand() -> bytes:
    entities = '<!ENTITY a "哈哈哈哈">' + "".join(
        f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    return docx("<w:p><w:r><w:t>&i;</w:t></w:r></w:p>", declaration=f"<!DOCTYPE w:document [{entities}]>")


@nasty("declares entities", "docx")
def entity_of_a_file() -> bytes:
    return docx(
        "<w:p><w:r><w:t>&x;</w:t></w:r></w:p>", declaration='<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
    )


@nasty()
def broken_encoding() -> bytes:
    whole = bytearray(page(article()).encode())
    for at in range(2000, len(whole), 1500):
        whole[at] = 0xFF
    return bytes(whole)


@nasty()
def gb18030() -> bytes:
    return page(article()).replace('charset="utf-8"', "charset=gb2312").encode("gb18030")


@nasty(ending="txt")
def utf_16() -> bytes:
    return tabbed().encode("utf-16")


@nasty("neither a web page nor text", "bin")
def binary_garbage() -> bytes:
    return bytes((at * at * 31 + at // 7) % 256 for at in range(50_000))


@nasty("damaged", "docx")
def truncated_zip() -> bytes:
    return docx(p("示例") * 100)[:-30]


@nasty("damaged PDF|without any text", "pdf")
def truncated_pdf() -> bytes:
    return pdf(said("example", 50, 700))[:60]


@nasty("scanned PDF", "pdf")
def scan() -> bytes:
    return scanned_pdf()


@nasty("protected by a password", "pdf")
def pdf_with_password() -> bytes:
    return locked_pdf()


@nasty("201 pages", "pdf")
def pdf_of_201_pages() -> bytes:
    return pdf(*[said("example", 50, 700)] * 201)


@nasty()
def ten_thousand_tags() -> str:
    return page("<div>" * 10_000 + article() + "</div>" * 10_000)


@nasty("nested too deep")
def ten_thousand_unclosed_tables() -> str:
    return page("<table><tr><td>" * 10_000 + "示例")


@nasty()
def hundred_thousand_cells() -> str:
    return page(article() + "<table>" + ("<tr>" + "<td>1</td>" * 100 + "</tr>") * 1000 + "</table>")


@nasty_path("a folder")
def folder(folder: Path) -> Path:
    path = folder / "folder.html"
    path.mkdir()
    return path


@nasty_path("cannot be opened")
def link_to_itself(folder: Path) -> Path:
    path = folder / "link.html"
    path.symlink_to(path)
    return path


@nasty_path("no such file")
def missing(folder: Path) -> Path:
    return folder / "missing.html"


@nasty("only frames other pages")
def frameset() -> str:
    return "<html><frameset cols='20%,80%'><frame src=nav.html><frame src=main.html></frameset></html>"


@nasty("rich text", "doc")
def rich_text() -> bytes:
    return b"{\\rtf1\\ansi\\ansicpg936 \\'ca\\'be\\'c0\\'fd}"


@nasty("JSON", "json")
def json_data() -> str:
    return json.dumps({"agency": AGENCY, "rows": [1, 2, 3]})


@nasty("web archive", "mht")
def web_archive() -> str:
    return "MIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n\n--x\n\n" + page(article())


@nasty("an image", "html")
def image() -> bytes:
    return b"\x89PNG\r\n\x1a\n" + bytes(200)


@nasty("an archive", "rar")
def archive() -> bytes:
    return b"Rar!\x1a\x07\x01\0" + bytes(200)
