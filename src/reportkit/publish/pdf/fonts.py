"""Which of the machine's fonts a report is printed in: those that are prescribed, or what comes nearest to them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from reportkit.publish.font_settings import FONT_SETTINGS
from reportkit.system.errors import InputError
from reportkit.system.language import Joined, Message

if TYPE_CHECKING:
    import typst

__all__ = ["FACES", "Chosen", "Face", "MissingFontError", "chosen", "faces", "machine_fonts", "substitutes"]

# The kinds of letters, by what they are called in fonts for Chinese on Windows, macOS and Linux, the nearest first.
_SONG = (
    *("Noto Serif CJK SC", "Noto Serif SC", "Source Han Serif SC", "Source Han Serif CN", "思源宋体", "SimSun", "宋体"),
    *("NSimSun", "新宋体", "Songti SC", "STSong", "华文宋体", "FZShuSong-Z01S", "FandolSong"),
    *("AR PL UMing CN", "AR PL UMing", "AR PL SungtiL GB"),
)
_HEI = (
    *(
        "Noto Sans CJK SC",
        "Noto Sans SC",
        "Source Han Sans SC",
        "Source Han Sans CN",
        "思源黑体",
        "STHeiti",
        "华文黑体",
    ),
    *(
        "Heiti SC",
        "PingFang SC",
        "Microsoft YaHei",
        "微软雅黑",
        "FandolHei",
        "WenQuanYi Zen Hei",
        "WenQuanYi Micro Hei",
    ),
    "Droid Sans Fallback",
)
_FANG = ("STFangsong", "华文仿宋", "FZFangSong-Z02S", "FZFangSong-Z02", "方正仿宋简体", "FandolFang", "Zhuque Fangsong")
_KAI = (
    *("STKaiti", "华文楷体", "Kaiti SC", "FZKai-Z03S", "FZKai-Z03", "方正楷体简体", "FandolKai"),
    *("LXGW WenKai GB", "LXGW WenKai", "AR PL UKai CN", "AR PL UKai", "AR PL KaitiM GB"),
)
_HEAVY_SONG = ("FZDaBiaoSong-B06S", "方正大标宋简体", "STZhongsong", "华文中宋")
# Where characters are that few fonts have; Typst looks in all other fonts after these.
_RARE = ("SimSun-ExtB", "HanaMinA", "HanaMinB", "Plangothic P1", "Plangothic P2", "BabelStone Han", "TW-Sung")
_BOLD, _REGULAR = "bold", "regular"


class MissingFontError(InputError):
    """No font of the machine has Chinese letters; the message says how to get one."""


@dataclass(frozen=True, slots=True)
class Face:
    """The letters that part of a report is set in.

    Parameters
    ----------
    prescribed
        What GB/T 9704—2012 asks for; empty where it leaves it open.
    names
        The names under which that is installed.
    nearest
        What is used in its place, the nearest first.
    weight
        How heavy what is used in its place must be, so that it tells the same.
    """

    prescribed: str
    names: tuple[str, ...]
    nearest: tuple[str, ...]
    weight: str = _REGULAR


FACES: Mapping[str, Face] = {
    "title": Face(
        "方正小标宋",
        ("FZXiaoBiaoSong-B05S", "FZXiaoBiaoSong-B05", "方正小标宋简体", "方正小标宋_GBK", "方正小标宋_GB18030"),
        (*_HEAVY_SONG, *_SONG),
        _BOLD,
    ),
    "body": Face("仿宋_GB2312", ("FangSong_GB2312", "仿宋_GB2312", "FangSong", "仿宋"), (*_FANG, *_SONG)),
    "heading": Face("黑体", ("SimHei", "黑体", "FZHei-B01S", "方正黑体简体"), _HEI),
    "subheading": Face("楷体_GB2312", ("KaiTi_GB2312", "楷体_GB2312", "KaiTi", "楷体"), (*_KAI, *_SONG), _BOLD),
    "number": Face("", (), ("SimSun", "宋体", *_SONG)),
}
# Letters of this kind are no heavier than those around them, and told apart by their shape.
_LIGHT = frozenset({*_KAI, *_HEAVY_SONG})


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a face is set in on a machine: families of fonts, the first that has a letter is used; and their weight."""

    families: tuple[str, ...]
    weight: str
    prescribed: bool


def chosen(face: Face, installed: Collection[str]) -> Chosen:
    """What a face is set in where these fonts are installed.

    Parameters
    ----------
    face
        The face.
    installed
        The names of the families.

    Returns
    -------
    Chosen
        The families that are there; none if no font for Chinese is.

    Examples
    --------
    >>> chosen(FACES["body"], ["Noto Serif CJK SC", "FangSong"]).families
    ('FangSong', 'Noto Serif CJK SC')
    """
    known = {name.casefold(): name for name in installed}

    def there(names: Collection[str]) -> Iterator[str]:
        return (known[name.casefold()] for name in names if name.casefold() in known)

    prescribed, nearest = tuple(there(face.names)), tuple(there(face.nearest))
    families = tuple(dict.fromkeys((*prescribed, *nearest, *there((*_SONG, *_HEI, *_RARE)))))
    light = bool(prescribed) or bool(families and families[0] in _LIGHT)
    return Chosen(families, _REGULAR if light else face.weight, bool(prescribed) or not face.prescribed)


def machine_fonts() -> typst.Fonts:
    """The machine's fonts, looked for once.

    Returns
    -------
    typst.Fonts
        With those that Typst brings: none of them is for Chinese, but without them it draws no letters in a drawing
        whose own fonts are not installed.
    """
    with FONT_SETTINGS:
        return _machine_fonts()


@cache
def _machine_fonts() -> typst.Fonts:
    import typst

    return typst.Fonts()


@cache
def faces() -> Mapping[str, Chosen]:
    """What each face is set in on this machine.

    Returns
    -------
    mapping of str to Chosen
        By the purpose of the face: ``title``, ``body``, ``heading``, ``subheading``, ``number``.

    Raises
    ------
    MissingFontError
        If there is no font for Chinese.
    """
    installed = machine_fonts().families()
    found = {purpose: chosen(face, installed) for purpose, face in FACES.items()}
    if not found["body"].families:
        raise MissingFontError(
            Message(
                "report.pdf needs a font with Chinese letters, and none is installed: install one "
                "(on Debian: `apt-get install fonts-noto-cjk`), or copy font files to ~/.local/share/fonts"
            )
        )
    return found


def substitutes() -> Message | None:
    """Say which prescribed fonts are not installed, what is used in their place, and how to get them.

    Returns
    -------
    Message or None
        None if all are there.

    Raises
    ------
    MissingFontError
        If there is no font for Chinese.
    """
    missing = [
        Message("{family} for {prescribed}", family=face.families[0], prescribed=FACES[purpose].prescribed)
        for purpose, face in faces().items()
        if not face.prescribed
    ]
    if not missing:
        return None
    return Message(
        "report.pdf is set in {fonts}, since this machine lacks the fonts that GB/T 9704—2012 prescribes. "
        "Copy simfang.ttf, simhei.ttf and simkai.ttf from C:\\Windows\\Fonts, and 方正小标宋 from foundertype.com, "
        "to ~/.local/share/fonts",
        fonts=Joined(", ", missing),
    )
