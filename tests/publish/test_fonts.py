"""The font by which text in charts is measured: made here, letter by letter, so that it has a source."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables._c_m_a_p import CmapSubtable
from fontTools.ttLib.tables._g_l_y_f import Glyph

import reportkit.publish

FONT = Path(reportkit.publish.__file__).parent / "fonts" / "full-width.ttf"
# Characters that are as wide as they are high in every Chinese font: letters, kana, punctuation, full-width forms.
FULL_WIDTH = [
    *[(0x2E80, 0x303E), (0x3041, 0x33FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF)],
    *[(0xFE30, 0xFE4F), (0xFF01, 0xFF60), (0xFFE0, 0xFFE6), (0x20000, 0x3FFFD)],
]


def made() -> bytes:
    """The font: one glyph, a square, for all of them."""
    font = FontBuilder(1000, isTTF=True)
    font.setupGlyphOrder([".notdef", "full"])
    one_for_many = CmapSubtable.newSubtable(13)
    one_for_many.platformID, one_for_many.platEncID, one_for_many.language = 3, 10, 0
    one_for_many.format, one_for_many.reserved = 13, 0
    one_for_many.cmap = {code: "full" for first, last in FULL_WIDTH for code in range(first, last + 1)}
    font.setupCharacterMap({})
    font.font["cmap"].tables = [one_for_many]
    pen = TTGlyphPen(None)
    pen.moveTo((0, -120))
    for corner in ((0, 880), (1000, 880), (1000, -120)):
        pen.lineTo(corner)
    pen.closePath()
    font.setupGlyf({".notdef": Glyph(), "full": pen.glyph()})
    font.setupHorizontalMetrics({".notdef": (500, 0), "full": (1000, 0)})
    font.setupHorizontalHeader(ascent=880, descent=-120)
    names = {"familyName": "Reportkit Full Width", "styleName": "Regular", "psName": "ReportkitFullWidth"}
    font.setupNameTable({**names, "fullName": "Reportkit Full Width", "version": "1.0"}, mac=False)
    font.setupOS2(version=4, sxHeight=500, sCapHeight=700, fsSelection=0x40, usWeightClass=400)
    font.setupPost(keepGlyphNames=False, underlineThickness=50, underlinePosition=-100)
    font.font["head"].created = font.font["head"].modified = 0
    font.font.recalcTimestamp = False
    written = io.BytesIO()
    font.save(written)
    return written.getvalue()


def test_the_font_is_what_it_is_made_from() -> None:
    assert FONT.read_bytes() == made()


def test_every_full_width_character_is_in_it() -> None:
    font = TTFont(FONT)
    (glyph,) = {font.getBestCmap()[ord(character)] for character in "年度报告，（）：々あ𠀀"}
    assert font["hmtx"][glyph][0] == font["head"].unitsPerEm


WIDTHS = """
import json, re, sys
from reportkit.publish.charts import _svg
for label in json.loads(sys.argv[1]):
    axis = {"title": None, "labelLimit": 0}
    spec = {"data": {"values": [{"a": label, "b": 1}]}, "mark": "bar", "width": 100,
            "config": {"axis": {"labelFontSize": 10, "labelFont": "Noto Sans CJK SC, sans-serif"}},
            "encoding": {"y": {"field": "a", "type": "nominal", "axis": axis},
                         "x": {"field": "b", "type": "quantitative", "axis": None}}}
    svg = _svg(json.dumps(spec), "6.4")
    print(re.search(r'width="([\\d.]+)"', svg)[1])
"""


def widths(*labels: str, **environment: str) -> list[float]:
    """How wide a chart becomes for labels on its axis."""
    command = [sys.executable, "-c", WIDTHS, json.dumps(labels)]
    run = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **environment}, check=True)
    return [float(width) for width in re.findall(r"[\d.]+", run.stdout)]


def test_a_chinese_label_has_the_room_it_needs_whatever_fonts_the_machine_has(tmp_path: Path) -> None:
    labels = ("年" * 10, "年" * 20, "ab年度cd")
    told = widths(*labels)
    assert told[1] - told[0] == 100
    no_fonts = tmp_path / "fonts.conf"
    no_fonts.write_text(f"<fontconfig><dir>{tmp_path}</dir></fontconfig>")
    assert widths(*labels, HOME=str(tmp_path), FONTCONFIG_FILE=str(no_fonts)) == told
