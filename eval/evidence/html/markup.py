"""Elements of HTML and SVG. Whatever is not `Markup` is escaped."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence


class Markup(str):
    """HTML that was made here."""

    __slots__ = ()


Part = str | int | float | None | Iterable["Part"]
_VOID = frozenset({"meta", "br", "rect", "line", "circle"})


def el(tag: str, *parts: Part, **attributes: str | float | None) -> Markup:
    """Return an element; an underscore in an attribute's name is a hyphen, one at its end nothing.

    An attribute that is None is left out.
    """
    given = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{html.escape(str(value))}"'
        for name, value in attributes.items()
        if value is not None
    )
    if tag in _VOID:
        return Markup(f"<{tag}{given}>" if tag in {"meta", "br"} else f"<{tag}{given}/>")
    return Markup(f"<{tag}{given}>{join(parts)}</{tag}>")


def join(parts: Iterable[Part]) -> Markup:
    """Return the parts one after the other; None is nothing."""
    return Markup("".join(map(_one, parts)))


def _one(part: Part) -> str:
    if isinstance(part, Markup):
        return part
    if part is None:
        return ""
    if isinstance(part, (str, int, float)):
        return html.escape(str(part))
    return join(part)


def table(titles: Sequence[str], rows: Iterable[Sequence[Part]], *, kind: str = "") -> Markup:
    """Return a table; on a narrow screen each cell shows its title."""
    head = el("tr", *(el("th", title, scope="col") for title in titles))
    body = [
        el(
            "tr",
            *(el("td", cell, data_title=title) for title, cell in zip(titles, row, strict=True)),
        )
        for row in rows
    ]
    if not body:
        return el("p", "None.", class_="none")
    return el("table", el("thead", head), el("tbody", *body), class_=kind or None)


def section(name: str, title: str, *parts: Part) -> Markup:
    """Return a section with a heading."""
    return el("section", el("h2", title, id=name), *parts, aria_labelledby=name)
