"""A reviewer's decisions about words: on a ticket, on a draft, and in the list of terms."""

from __future__ import annotations

from typing import LiteralString

import gradio as gr

from assistant.errors import BadInput
from ui.operations import terms
from ui.operations.base import TenantArgs
from ui.operations.terms import LeaveArgs, OneTerm, OpenArgs, RemoveArgs, TermList
from ui.web.html import NOTHING, Html
from ui.web.views import correcting as views
from ui.web.views.notice import said
from ui.web.visit import Visit
from ui.web.widgets import Pace, Wiring, panel


def correcting(visit: Visit, opened: OpenArgs, *, unfolded: bool = False) -> Html:
    """Return the form that corrects the open text; empty without permission."""
    if not visit.may(terms.MASKED):
        return NOTHING
    return views.correcting(visit.perform(terms.MASKED, opened), opened=unfolded)


def decide(visit: Visit, opened: OpenArgs) -> Html:
    """Carry out the chosen decision with what is ``opened``; return its consequence as a notice."""
    picked, here = visit.picked, opened.model_dump()
    do, words = picked.get("do", ""), picked.get("words", "")
    ticket = bool(opened.reference or opened.draft)
    if do == "allow":
        leave = LeaveArgs(**here, placeholder=picked.get("placeholder", ""))
        return _outcome(visit.perform(terms.LEAVE, leave), _READABLE, ticket=ticket)
    if do == "remove":
        remove = RemoveArgs(**here, id=picked.get("term", ""))
        return _outcome(visit.perform(terms.REMOVE, remove), _REMOVED, ticket=ticket)
    if do == "mask":
        mask = OneTerm(**here, text=words, mask_as=picked.get("kind", ""))
        return _outcome(visit.perform(terms.ADD, mask), _MASKED, ticket=ticket)
    if do == "read":
        read = OneTerm(**here, text=words)
        return _outcome(visit.perform(terms.ADD, read), _READABLE, ticket=ticket)
    raise BadInput("Nothing was decided.", todo="Load the page again.")


_MASKED = "Masked from now on."
_READABLE = "Left readable from now on."
_REMOVED = "Removed: detection decides again."


def build_terms(wiring: Wiring) -> gr.HTML:
    """Lay out the list of terms and connect it."""
    with gr.Column(elem_classes=["qd-page"]):
        shown = panel("terms")

    def change(visit: Visit) -> list[object]:
        notice = decide(visit, OpenArgs(tenant=visit.tenant))
        return [terms_now(visit), notice]

    wiring.on(shown.click, change, outputs=[shown], pace=Pace.DECIDE, busy=shown)
    return shown


def terms_now(visit: Visit) -> Html:
    """Return the list of terms, or why it is not shown."""
    if not visit.may(terms.LIST):
        return views.not_for_you()
    return views.terms(visit.perform(terms.LIST, TenantArgs(tenant=visit.tenant)))


def _outcome(found: TermList, title: LiteralString, *, ticket: bool) -> Html:
    parts = (
        "It stays masked here, because it belongs to the ticket's own people or the directory."
        if found.still_masked
        else "",
        "This ticket was redacted again; existing drafts are unchanged." if ticket else "",
        views.documents_stale(found.stale_documents),
    )
    return said(title, " ".join(part for part in parts if part))
