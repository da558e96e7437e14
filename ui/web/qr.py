"""A QR code as an inline picture, made here: no service sees what it says."""

from __future__ import annotations

from ui.web.html import Html, el

_QUIET = 4
"""The free border, in modules, that readers need (ISO/IEC 18004)."""


def picture(value: str) -> Html:
    """Return the QR code of ``value`` as SVG, dark on white in every theme."""
    import segno

    rows = segno.make(value, error="m", micro=False).matrix
    size = str(len(rows) + 2 * _QUIET)
    dark = "".join(
        f"M{x + _QUIET} {y + _QUIET}h1v1h-1z"
        for y, row in enumerate(rows)
        for x, module in enumerate(row)
        if module
    )
    return el(
        "svg",
        el("rect", width=size, height=size, fill="#fff"),
        el("path", d=dark, fill="#000"),
        viewBox=f"0 0 {size} {size}",
        class_="qd-qr",
        role="img",
        aria_label="QR code of the secret",
        shape_rendering="crispEdges",
    )
