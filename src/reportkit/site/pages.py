"""How a page of the site is put together: escaped, with its own style and script and nothing else."""

from __future__ import annotations

import base64
import hashlib
import json
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, select_autoescape
from markupsafe import Markup

from reportkit.text import encodable, exposed

__all__ = ["as_data", "rendered", "shown"]

_LOADER = PackageLoader("reportkit.site")


def rendered(template: str, script: str = "", **values: Any) -> str:
    """A page of the site.

    Parameters
    ----------
    template
        The name of its template.
    script
        The name of its script; empty for a page without.
    **values
        What the template shows. Texts are escaped, and control characters shown as codes, whoever wrote them.

    Returns
    -------
    str
        The HTML document. It allows its own style and script, known by their digests, and loads nothing.
    """
    style, code = _source("site.css"), _source(script) if script else ""
    policy = f"default-src 'none'; img-src data:; style-src '{_digest(style)}'"
    if code:
        policy += f"; script-src '{_digest(code)}'"
    policy += "; base-uri 'none'; form-action 'none'"
    return _environment().get_template(template).render(style=style, script=code, policy=policy, **values)


def shown(text: str) -> str:
    r"""A text as it is shown on a page: with codes for control characters and for what UTF-8 cannot hold.

    Parameters
    ----------
    text
        The text, whoever wrote it.

    Returns
    -------
    str
        The text.

    Examples
    --------
    >>> shown("示例\x00局")
    '示例\\u0000局'
    """
    return exposed(encodable(text))


def as_data(value: Any) -> str:
    r"""A value as JSON that may stand inside a script element.

    Parameters
    ----------
    value
        What JSON can hold.

    Returns
    -------
    str
        Compact JSON without ``<``, so that nothing in it ends the element.

    Examples
    --------
    >>> as_data(["</script>"])
    '["\\u003c/script>"]'
    """
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def _digest(content: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}"


@cache
def _source(name: str) -> str:
    return _LOADER.get_source(_environment(), name)[0]


def _finalized(value: Any) -> Any:
    return shown(value) if isinstance(value, str) and not isinstance(value, Markup) else value


@cache
def _environment() -> Environment:
    return Environment(
        loader=_LOADER,
        autoescape=select_autoescape(default=True, default_for_string=True),
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalized,
    )
