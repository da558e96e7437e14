"""The documents tab: the list, a filter, and the decision who may read a document."""

from __future__ import annotations

from dataclasses import dataclass

import gradio as gr

from assistant.errors import BadInput
from assistant.model import Audience
from ui.operations import documents
from ui.operations.base import TenantArgs
from ui.operations.documents import AudienceArgs
from ui.web.html import NOTHING, Html
from ui.web.views import documents as views
from ui.web.views.notice import said
from ui.web.visit import Visit
from ui.web.widgets import Block, Pace, Wiring, panel, word


@dataclass(frozen=True, slots=True)
class DocumentsTab:
    """The parts that the page updates."""

    sought: gr.Textbox
    list: gr.HTML

    @property
    def fresh(self) -> list[Block]:
        """The parts that a change of tenant sets again."""
        return [self.sought, self.list]


def build_documents(wiring: Wiring) -> DocumentsTab:
    """Lay out the tab and connect it."""
    with gr.Column(elem_classes=["qd-page"]):
        sought = gr.Textbox(
            placeholder="Filter by title or file",
            show_label=False,
            container=False,
            elem_id="qd-documents-filter",
            html_attributes=gr.InputHTMLAttributes(autocomplete="off", spellcheck=False),
        )
        shown = panel("documents")

    def change(visit: Visit, sought: object) -> list[object]:
        notice = decide_readers(visit)
        return [documents_now(visit, sought), notice]

    def look(visit: Visit, sought: object) -> list[object]:
        return [documents_now(visit, sought), NOTHING]

    wiring.on(sought.input, look, inputs=[sought], outputs=[shown])
    wiring.on(shown.click, change, inputs=[sought], outputs=[shown], pace=Pace.DECIDE, busy=shown)
    return DocumentsTab(sought, shown)


def documents_now(visit: Visit, sought: object) -> Html:
    """Return the list under the current filter."""
    found = visit.perform(documents.LIST, TenantArgs(tenant=visit.tenant))
    return views.documents(found, word(sought), may_decide=visit.may(documents.AUDIENCE))


def fresh(visit: Visit) -> list[object]:
    """Return the values of `DocumentsTab.fresh` for the tenant that was chosen."""
    return ["", documents_now(visit, "")]


def cleared() -> list[object]:
    """Return the values of `DocumentsTab.fresh` before the tab is opened."""
    return ["", NOTHING]


def decide_readers(visit: Visit) -> Html:
    """Set who may read the picked document; return what that means as a notice."""
    picked = visit.picked
    if picked.get("audience") not in set(Audience) or not picked.get("document"):
        raise BadInput("Nothing was decided.", todo="Load the page again.")
    args = AudienceArgs(
        tenant=visit.tenant, document=picked["document"], audience=Audience(picked["audience"])
    )
    done = visit.perform(documents.AUDIENCE, args)
    if done.audience is Audience.CUSTOMER:
        return said(
            "Customers may read it.",
            f"Replies may rest on {done.for_customers} of its {done.chunks} passages.",
        )
    return said("For agents only.", "Replies rest on it no more; existing drafts are unchanged.")
