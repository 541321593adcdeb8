"""Which fonts a report is printed in."""

from __future__ import annotations

import pytest

from reportkit.publish import pdf
from reportkit.publish.pdf import fonts
from reportkit.publish.pdf.fonts import FACES, Chosen, MissingFontError, chosen, faces, substitutes
from reportkit.system.language import said

NOTO = ("Noto Sans CJK SC", "Noto Serif CJK SC", "DejaVu Sans")
PRESCRIBED = ("FZXiaoBiaoSong-B05S", "FangSong_GB2312", "KaiTi_GB2312", "SimHei", "SimSun")


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The families on a machine, for a test to fill in."""
    families: list[str] = []

    class Machine:
        def families(self) -> list[str]:
            return families

    monkeypatch.setattr(fonts, "machine_fonts", Machine)
    monkeypatch.setattr(fonts, "faces", faces.__wrapped__)
    return families


def test_prescribed_fonts_are_used_where_they_are_installed() -> None:
    first = {purpose: chosen(face, [*NOTO, *PRESCRIBED]).families[0] for purpose, face in FACES.items()}
    assert first == dict(zip(("title", "body", "subheading", "heading", "number"), PRESCRIBED, strict=True))


def test_what_comes_nearest_is_used_in_their_place() -> None:
    assert chosen(FACES["body"], ["STFangsong", *NOTO]) == Chosen(("STFangsong", *NOTO[1::-1]), "regular", False)
    assert chosen(FACES["heading"], NOTO).families == NOTO[:2]


def test_letters_that_cannot_be_told_apart_by_their_shape_are_bold() -> None:
    assert chosen(FACES["subheading"], NOTO).weight == "bold"
    assert chosen(FACES["subheading"], ["AR PL UKai CN", *NOTO]).weight == "regular"
    assert chosen(FACES["title"], ["STZhongsong"]).weight == "regular"


def test_names_are_found_in_any_case() -> None:
    assert chosen(FACES["body"], ["FANGSONG"]).families == ("FANGSONG",)


def test_substitutes_are_told_with_where_to_get_the_fonts(installed: list[str]) -> None:
    installed += NOTO
    told = substitutes()
    assert told is not None
    for words in ("Noto Serif CJK SC for 仿宋_GB2312", "simfang.ttf", "~/.local/share/fonts"):
        assert words in told
    assert "以Noto Serif CJK SC代替仿宋_GB2312" in said(told, "zh")
    installed += PRESCRIBED
    assert substitutes() is None


def test_a_machine_without_chinese_fonts_is_told_what_to_install(
    installed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    installed.append("DejaVu Sans")
    with pytest.raises(MissingFontError, match="apt-get install fonts-noto-cjk"):
        substitutes()
    monkeypatch.setattr(pdf, "faces", faces.__wrapped__)
    pdf.get_ready()  # in a thread, where no error may be raised
