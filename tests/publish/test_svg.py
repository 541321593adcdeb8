"""A drawing on a page holds shapes and text, and nothing that runs or fetches anything."""

from reportkit.publish.svg import svg_on_page


def test_only_colours_and_its_own_parts_may_be_called_in_a_drawing() -> None:
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1" viewBox="0 0 1 1" onload="alert(1)">'
        "<script>alert(1)</script><foreignObject><p>1</p></foreignObject><g/>"
        '<rect fill="url(http://evil.example/x)" stroke="rgb(1, 2, 3)" onclick="alert(1)" style="x" width="1e-7"/>'
        '<rect fill="url(#g)" mask="url(#elsewhere)"/><defs><linearGradient id="g"/></defs></svg>'
    )
    shown = svg_on_page(svg, "c", "示例")
    assert shown == (
        '<svg role="img" aria-labelledby="c" viewBox="0 0 1 1" width="1" height="1">'
        '<rect stroke="rgb(1, 2, 3)" width="0"/>'
        '<rect fill="url(#c-1)"/><linearGradient id="c-1"/></svg>'
    )
