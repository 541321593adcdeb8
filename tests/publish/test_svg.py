"""A drawing on a page holds shapes and text, and nothing that runs or fetches anything."""

from __future__ import annotations

import pytest

from reportkit.publish.svg import svg_on_page


def shown(inside: str, caption: str = "示例") -> str:
    """What is inside a drawing on a page."""
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:x="http://www.w3.org/1999/xlink">{inside}</svg>'
    return svg_on_page(svg, "c", caption).partition(">")[2].removesuffix("</svg>")


def test_only_colours_and_its_own_parts_may_be_called_in_a_drawing() -> None:
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1" viewBox="0 0 1 1" onload="alert(1)">'
        "<script>alert(1)</script><foreignObject><p>1</p></foreignObject><g/>"
        '<rect fill="url(http://evil.example/x)" stroke="rgb(1, 2, 3)" onclick="alert(1)" style="x" width="1e-7"/>'
        '<rect fill="url(#g)" mask="url(#elsewhere)"/><defs><linearGradient id="g"/></defs></svg>'
    )
    drawing = svg_on_page(svg, "c", "示例")
    assert drawing == (
        '<svg role="img" aria-labelledby="c" viewBox="0 0 1 1" width="1" height="1">'
        '<rect stroke="rgb(1, 2, 3)" width="0"/>'
        '<rect fill="url(#c-1)"/><linearGradient id="c-1"/></svg>'
    )


@pytest.mark.parametrize(
    ("drawn", "expected"),
    [
        ("<text>1 &lt; 2 &amp; '3'</text>", "<text>1 &lt; 2 &amp; '3'</text>"),
        ('<g><rect x="1"/>甲</g>', '<rect x="1"/>'),
        ('<g fill="red"><rect x="1"/></g>', '<g fill="red"><rect x="1"/></g>'),
        ('<g fill="red"/>', ""),
        ('<g id="a"><g id="b"><path d="M1"/></g></g>', '<g id="c-1"><g id="c-2"><path d="M1"/></g></g>'),
        ('<rect display="none"/><path d=""/><path d="M0,0h0v0h0Z"/><path d="M1,2"/>', '<path d="M1,2"/>'),
        ('<path d="M12.3456,0.50L-0.001,12.34 1e3"/>', '<path d="M12.35,0.50L0,12.34 1000"/>'),
        ('<rect transform="translate(0,0)"/><rect transform="translate(0,0.001)"/>', "<rect/><rect/>"),
        ('<rect transform="translate(0,1)"/>', '<rect transform="translate(0,1)"/>'),
        ('<rect opacity="1" stroke-width="1" fill-opacity="1"/>', '<rect fill-opacity="1"/>'),
        ('<rect opacity="0.5" stroke-width="2"/>', '<rect opacity="0.5" stroke-width="2"/>'),
        ('<a href="https://x.cn/"><rect/></a>', '<a href="https://x.cn/"><rect/></a>'),
        ('<a x:href="#a"><rect/></a>', '<a href="#a"><rect/></a>'),
        ('<a href="javascript:x"><rect/></a>', "<rect/>"),
        ('<rect fill="&quot;&gt;"/>', '<rect fill="&quot;&gt;"/>'),
        (
            '<circle id="a"/><rect fill="url(\'#a\')" stroke="URL(#a)"/>',
            '<circle id="c-1"/><rect fill="url(#c-1)" stroke="URL(#a)"/>',
        ),
    ],
)
def test_shapes_are_written_as_short_as_they_can_be(drawn: str, expected: str) -> None:
    assert shown(drawn) == expected


def test_a_drawing_without_a_caption_is_named_all_the_same() -> None:
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="2&quot;"/>'
    assert (
        svg_on_page(svg, "c", "") == '<svg role="img" aria-label="统计图" viewBox="" width="2&quot;" height=""></svg>'
    )
