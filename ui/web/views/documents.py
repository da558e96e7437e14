"""The tenant's documents, with who may read each; a reviewer changes it with one click."""

from __future__ import annotations

from typing import LiteralString

from assistant.model import Audience
from ui.operations.documents import DocumentList, DocumentView
from ui.web.html import NOTHING, Html, el, join, text, words
from ui.web.views.notice import empty
from ui.web.views.sources import reader_button, reader_tag
from ui.web.views.text_mode import RESTORED

_MOST = 200


def documents(found: DocumentList, sought: str, *, may_decide: bool) -> Html:
    """Return the documents whose title or source contains every word that was ``sought``."""
    if not found.documents:
        return empty("No documents yet", "A reviewer can import them under Import.")
    wanted = [each for each in found.documents if _matches(each, sought)]
    if not wanted:
        return empty("No document matches", "Try fewer words.")
    shown = wanted[:_MOST]
    names: tuple[LiteralString, ...] = ("Document", "Readers", "")
    head = el("tr", *(el("th", words(each), scope="col") for each in names))
    rows = (_row(each, may_decide=may_decide) for each in shown)
    table = el("table", el("thead", head), el("tbody", *rows), class_="qd-table")
    left = len(wanted) - len(shown)
    more = el("p", text(f"{left} more. Narrow the filter to see them."), class_="qd-more")
    return join(
        (_count(wanted), el("div", table, class_="qd-scroll"), more if left else NOTHING, _HINT)
    )


_HINT = el(
    "p",
    words(
        "A reply to a customer rests only on what customers may read. What nobody decided about is "
        "for agents only, and a section that says so of itself stays for agents."
    ),
    class_="qd-hint",
)


def _count(some: list[DocumentView]) -> Html:
    opened = sum(each.audience is Audience.CUSTOMER for each in some)
    number = "1 document" if len(some) == 1 else f"{len(some)} documents"
    return el("p", text(f"{number}, {opened} for customers"), class_="qd-count")


def _matches(each: DocumentView, sought: str) -> bool:
    named = f"{each.title.restored} {each.source.restored}".casefold()
    return all(word in named for word in sought.casefold().split())


def _row(each: DocumentView, *, may_decide: bool) -> Html:
    some = each.audience is Audience.CUSTOMER and each.for_customers < each.chunks
    part = text(f" {each.for_customers} of {each.chunks} passages") if some else NOTHING
    name = el("span", RESTORED.of(each.title), class_="qd-title")
    source = el("span", RESTORED.of(each.source), class_="qd-place")
    button = reader_button(each.id, each.audience, each.title.restored) if may_decide else NOTHING
    return el(
        "tr",
        el("td", el("div", name), source),
        el("td", reader_tag(each.audience), part),
        el("td", button),
    )
