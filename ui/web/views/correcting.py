"""Forms that correct what is masked, and the list of terms."""

from __future__ import annotations

from typing import LiteralString

from guardrails.placeholders import Placeholder
from guardrails.spans import EntityType
from ui.operations.terms import Masked, MaskedView, TermList, TermView
from ui.web.chips import chip, named
from ui.web.html import NOTHING, Html, el, join, text, words
from ui.web.views.notice import empty

_LONGEST = 200
_TYPES = tuple(kind for kind in EntityType if kind is not EntityType.LITERAL)
_SECRET = Placeholder(EntityType.SECRET)


def correcting(masked: Masked, *, opened: bool) -> Html:
    """Return the part below a ticket or a draft where a reviewer corrects what is masked."""
    summary = el("summary", words("Correct what is masked"), class_="qd-link")
    hint = el("p", words(_HOW), class_="qd-hint")
    rows = join(_row(each) for each in masked.values)
    lost = el("li", chip(_SECRET), el("span", words(_LOST)), data_row=str(_SECRET), tabindex="-1")
    listed = el("ul", rows, lost if masked.secrets else NOTHING, class_="qd-masked")
    none = el("p", words("Nothing is masked here."), class_="qd-hint")
    shown = listed if masked.values or masked.secrets else none
    return el("details", summary, hint, _form(), shown, class_="qd-correcting", open=opened)


_HOW = (
    "Not masked, but should be: select the words above, or type them, and choose their type. "
    "Masked, but should not be: leave it readable. Both apply to the whole tenant."
)
_LOST = (
    "A secret is destroyed when it is masked, and cannot be restored. "
    "You may enter the word above; text that still looks like a secret stays masked."
)


def terms(found: TermList) -> Html:
    """Return every term, and the documents that were redacted under earlier terms."""
    head = el("h2", words("Terms"))
    hint = el("p", words(_TERMS), class_="qd-hint")
    stale = documents_stale(found.stale_documents)
    old = el("p", text(stale), class_="qd-made-note") if stale else NOTHING
    if not found.terms:
        return join((head, hint, _form(), old, empty("No terms yet", "Add the first one above.")))
    names = el("tr", *(el("th", text(each), scope="col") for each in ("Term", "Is", "")))
    table = el(
        "table",
        el("thead", names),
        el("tbody", *(_term(each) for each in found.terms)),
        class_="qd-table",
    )
    return join((head, hint, _form(), old, el("div", table, class_="qd-scroll")))


_TERMS = (
    "Words that are always masked, or left readable, for this tenant. "
    "Tickets change when they are next shown as the model sees them, summarised or drafted."
)


def documents_stale(stale: int) -> str:
    """Return what to do about documents that were redacted under earlier terms."""
    if not stale:
        return ""
    which = "1 document was" if stale == 1 else f"{stale} documents were"
    it = "it" if stale == 1 else "them"
    return f"{which} read under earlier terms: import {it} again, or run “quietdesk ingest”."


def not_for_you() -> Html:
    """Return the text that an agent sees."""
    return empty("Terms are for reviewers", "Ask a reviewer or an admin.")


def _form() -> Html:
    entry = el(
        "input",
        type="text",
        name="words",
        placeholder="Words or a name",
        aria_label="Words",
        maxlength=str(_LONGEST),
        required=True,
        autocomplete="off",
        data_words=True,
    )
    kinds = (el("option", text(_name(kind.value)), value=kind.value) for kind in _TYPES)
    choice = el("select", *kinds, name="kind", class_="qd-select", aria_label="Their type")
    return el(
        "form",
        entry,
        el("span", words("as"), class_="qd-label"),
        choice,
        _button("Mask", "mask", "qd-solid"),
        _button("Leave readable", "read", "qd-quiet"),
        class_="qd-term-form",
    )


def _row(each: MaskedView) -> Html:
    done = el("span", words("decided: readable"), class_="qd-hint")
    button = el(
        "button",
        words("Leave readable"),
        type="button",
        class_="qd-link",
        data_do="allow",
        data_placeholder=each.placeholder,
    )
    value = el("span", text(each.value), class_="qd-masked-value")
    return el(
        "li",
        chip(named(each.placeholder)),
        value,
        done if each.readable_now else button,
        data_row=each.placeholder,
        tabindex="-1",
    )


def _term(each: TermView) -> Html:
    fate = text(f"masked as {_name(each.mask_as)}") if each.mask_as else words("left readable")
    button = el(
        "button",
        words("Remove"),
        type="button",
        class_="qd-link",
        data_do="remove",
        data_term=each.id,
        aria_label=f"Remove {each.text}",
    )
    return el("tr", el("td", text(each.text)), el("td", fate), el("td", button))


def _button(label: LiteralString, do: LiteralString, kind: LiteralString) -> Html:
    return el("button", words(label), type="button", class_=kind, data_do=do)


def _name(kind: str) -> str:
    return kind.replace("_", " ").lower()
