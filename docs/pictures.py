"""The pictures of the documentation: made from the real report of Linyi and a form of the demo city (示例).

`make pictures` runs it. Pages are drawn by Chromium, sheets of Excel files by LibreOffice.
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl
import pypdfium2
from openpyxl.cell.cell import Cell
from PIL import Image, ImageOps
from playwright.sync_api import Browser, Page, sync_playwright

IMAGES = Path(__file__).parent / "images"
ROOT = Path(__file__).parents[1]
AGENCY, NAME, YEAR = "shili-education", "示例市教育局", 2024
CITY = ("--agencies", "8", "--years", f"{YEAR - 1}-{YEAR}")
# What the form's official enters wrongly, by which an identity breaks.
WRONG, BY = "applications.granted.natural_person", 1

# A picture is shown at half its size in the READMEs' table and at its width in CSS pixels elsewhere.
WIDTH, HEIGHT, SHARPNESS = 760, 570, 2
# The width at which findings stand beside the report.
WIDE = 1280
MARGIN = 16


def main() -> None:
    """Make all pictures anew."""
    IMAGES.mkdir(exist_ok=True)
    with TemporaryDirectory() as folder:
        work = Path(folder)
        linyi = build(shutil.copytree(ROOT, work / "linyi", ignore=all_but("params", "notebooks")))
        city = work / "city"
        reportkit("demo", str(city), *CITY)
        form = filled_wrongly(city, work / f"{NAME}{YEAR}.xlsx")
        reportkit("workbook", "read", str(form), "--force", "--project", str(city))
        corrections = work / "退改清单.xlsx"
        reportkit("check", "--format", "xlsx", "--output", str(corrections), "--project", str(city), fails=True)
        build(city)
        with browser() as chromium:
            pages = city / "output" / str(YEAR) / AGENCY
            draw(chromium, "page", linyi / "output" / "2023" / "linyi-fao" / "report.html", top)
            draw(chromium, "review", pages / "review.html", table_with_findings, WIDE)
            draw(chromium, "findings", pages / "review.html", findings)
            draw(chromium, "index", city / "output" / "index.html", table_of_all)
        draw_sheet("form", form, "三、收到和处理政府信息公开申请情况")
        draw_sheet("form-text", form, "报告机关")
        draw_sheet("corrections", corrections, "第一项加第二项之和")
    for picture in sorted(IMAGES.iterdir()):
        print(f"{picture.relative_to(ROOT)}  {picture.stat().st_size // 1024} KiB")


# ---------------------------------------------------------------- the reports


def reportkit(*arguments: str, fails: bool = False) -> None:
    """Run a command in Chinese; `check` fails where it finds errors."""
    environment = {**os.environ, "REPORTKIT_LANG": "zh"}
    done = subprocess.run(
        [sys.executable, "-m", "reportkit", *arguments], env=environment, capture_output=True, encoding="utf-8"
    )
    if done.returncode != int(fails):
        sys.exit(f"reportkit {' '.join(arguments)}: {done.stdout}{done.stderr}")


def build(project: Path) -> Path:
    """Build a project; returns its folder."""
    reportkit("build", "--project", str(project))
    return project


def all_but(*kept: str) -> Callable[[str, list[str]], list[str]]:
    """What `shutil.copytree` leaves out: all but some folders of the first level."""
    return lambda folder, names: [name for name in names if name not in kept] if Path(folder) == ROOT else []


def filled_wrongly(city: Path, path: Path) -> Path:
    """A filled form in which one figure is wrong."""
    reportkit("workbook", "new", AGENCY, "--year", str(YEAR), "--output", str(path), "--project", str(city))
    book = openpyxl.load_workbook(path)
    ((sheet, coordinate),) = book.defined_names[WRONG].destinations
    cell = book[sheet][coordinate]
    if not isinstance(cell, Cell) or not isinstance(cell.value, int):
        sys.exit(f"{sheet}!{coordinate} holds no figure")
    cell.value += BY
    book.save(path)
    return path


# ---------------------------------------------------------------- pages


def browser() -> Browser:
    """Chromium: the executable that the environment variable CHROMIUM names, or the one on the path."""
    return (
        sync_playwright()
        .start()
        .chromium.launch(
            executable_path=os.environ.get("CHROMIUM") or shutil.which("chromium"),
            args=["--no-sandbox", "--disable-gpu"],
        )
    )


def draw(chromium: Browser, name: str, file: Path, show: Callable[[Page], None], width: int = WIDTH) -> None:
    """Draw what a browser's window of that width shows of a page."""
    size = {"width": width, "height": HEIGHT * width // WIDTH}
    context = chromium.new_context(viewport=size, device_scale_factor=SHARPNESS, offline=True)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(file.as_uri())
    page.wait_for_load_state("networkidle")
    show(page)
    save(name, Image.open(io.BytesIO(page.screenshot())))
    context.close()


def top(page: Page) -> None:
    """Show the beginning of a page."""


def table_of_all(page: Page) -> None:
    """Show the table of all agencies and years, below what it is searched and filtered by."""
    page.locator("#filters").evaluate("filters => filters.scrollIntoView()")


def table_with_findings(page: Page) -> None:
    """Show the table in which cells are marked."""
    page.locator("#applications").evaluate("heading => heading.scrollIntoView()")


def findings(page: Page) -> None:
    """Show what the checks found."""
    page.get_by_text("校验结果：").first.evaluate("summary => summary.scrollIntoView()")


# ---------------------------------------------------------------- sheets


def draw_sheet(name: str, file: Path, words: str) -> None:
    """Draw the first sheet of an Excel file that holds some words, with the names of its rows and columns."""
    book = openpyxl.load_workbook(file)
    for sheet in book.worksheets:
        sheet.print_options.headings = True
    with TemporaryDirectory() as folder:
        copy = Path(folder) / "sheet.xlsx"
        book.save(copy)
        profile = f"-env:UserInstallation={(Path(folder) / 'profile').as_uri()}"
        command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", folder, str(copy)]
        subprocess.run(command, check=True, capture_output=True)
        save(name, next(drawn(copy.with_suffix(".pdf"), words)))


def drawn(file: Path, words: str) -> Iterator[Image.Image]:
    """The pages of a PDF file that hold some words, without their margins."""
    document = pypdfium2.PdfDocument(file)
    for page in document:
        if words in page.get_textpage().get_text_range().replace("\r\n", ""):
            picture = page.render(scale=2 * SHARPNESS).to_pil()
            filled = ImageOps.invert(picture.convert("L")).getbbox()
            yield ImageOps.expand(picture.crop(filled), border=MARGIN * SHARPNESS, fill="white")


def save(name: str, picture: Image.Image) -> None:
    """Write a picture at the documentation's width."""
    width = WIDTH * SHARPNESS
    height = round(picture.height * width / picture.width)
    picture.resize((width, height), Image.Resampling.LANCZOS).convert("RGB").save(
        IMAGES / f"{name}.webp", quality=70, method=6
    )


if __name__ == "__main__":
    main()
