"""What a page may contain: elements, attributes and properties of HTML and of drawings. Anything else is removed."""

from __future__ import annotations

__all__ = [
    "ATTRIBUTES",
    "DROPPED_WHOLE",
    "GEOMETRY",
    "GROUPS",
    "PRESENTATION",
    "PROPERTIES",
    "SHAPES",
    "TAGS",
]


def _names(listed: str) -> set[str]:
    """The names in a text, blanks between them."""
    return set(listed.split())


# ------------------------------------------------------------------------- HTML

TAGS = _names(
    "a abbr address article aside b bdi bdo blockquote br caption cite code col colgroup data dd del details dfn div "
    "dl dt em figcaption figure footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark meter nav ol p pre "
    "progress q rp rt ruby s samp section small span strong sub summary sup table tbody td tfoot th thead time tr u "
    "ul var wbr"
)
# Elements that are left out with everything inside them.
DROPPED_WHOLE = _names(
    "script style template noscript iframe object embed svg math title textarea select audio video canvas"
)
# By element; * stands for all of them.
ATTRIBUTES = {
    "*": _names("id class style title lang dir role tabindex hidden"),
    "a": {"href"},
    "img": _names("src alt width height"),
    "table": _names("border cellpadding cellspacing width align summary"),
    "td": _names("colspan rowspan headers abbr align valign width"),
    "th": _names("colspan rowspan headers scope abbr align valign width"),
    "col": {"span", "width"},
    "colgroup": {"span", "width"},
    "ol": _names("start reversed type"),
    "li": {"value"},
    "details": {"open"},
    "time": {"datetime"},
    "data": {"value"},
    "meter": _names("value min max low high optimum"),
    "progress": {"value", "max"},
}
# Of style sheets.
PROPERTIES = _names(
    "color background-color text-align text-indent text-decoration vertical-align white-space word-break "
    "font-family font-size font-style font-weight font-variant-numeric line-height letter-spacing "
    "display float clear width min-width max-width height min-height max-height overflow overflow-x "
    "margin margin-top margin-right margin-bottom margin-left padding padding-top padding-right padding-bottom "
    "padding-left border border-top border-right border-bottom border-left border-color border-style border-width "
    "border-collapse border-spacing border-radius table-layout caption-side list-style-type "
    "page-break-before page-break-after page-break-inside break-before break-after break-inside"
)

# --------------------------------------------------------------------- drawings

SHAPES = _names(
    "g path line rect circle ellipse polygon polyline text tspan a defs clipPath mask pattern "
    "linearGradient radialGradient stop"
)
# Elements that mean nothing when they are empty.
GROUPS = frozenset({"g", "a", "defs"})
# Attributes that hold numbers, which are rounded.
GEOMETRY = _names(
    "d points transform x y x1 y1 x2 y2 dx dy cx cy r rx ry fx fy fr width height offset gradientTransform"
)
PRESENTATION = _names(
    "fill fill-opacity fill-rule stroke stroke-width stroke-opacity stroke-dasharray stroke-dashoffset stroke-linecap "
    "stroke-linejoin stroke-miterlimit opacity clip-path mask stop-color stop-opacity font-family font-size "
    "font-style font-weight text-anchor dominant-baseline letter-spacing gradientUnits spreadMethod clipPathUnits"
)
