"""The tabs of one panel each: gaps, outbox, import."""

from __future__ import annotations

import gradio as gr

from ui.operations import gaps, ingest, outbox, tickets
from ui.operations.base import TenantArgs
from ui.web.html import Html
from ui.web.views import bringing_in
from ui.web.views import gaps as gap_views
from ui.web.views.outbox import outbox as outbox_view
from ui.web.visit import Visit
from ui.web.widgets import panel


def build_outbox() -> gr.HTML:
    """Lay out the outbox."""
    with gr.Column(elem_classes=["qd-page"]):
        return panel("outbox")


def build_gaps() -> gr.HTML:
    """Lay out the gaps."""
    with gr.Column(elem_classes=["qd-page"]):
        return panel("gaps")


def build_import() -> gr.HTML:
    """Lay out the forms; the page's script sends them to our own route."""
    with gr.Column(elem_classes=["qd-page"]):
        return panel("import")


def outbox_now(visit: Visit) -> Html:
    """Return the outbox."""
    found = visit.perform(outbox.LIST, outbox.OutboxArgs(tenant=visit.tenant))
    return outbox_view(found.replies, visit.tenant)


def gaps_now(visit: Visit) -> Html:
    """Return the questions that no document answered, or why they are not shown."""
    if not visit.may(gaps.LIST):
        return gap_views.not_for_you()
    return gap_views.gaps(visit.perform(gaps.LIST, TenantArgs(tenant=visit.tenant)).gaps)


def import_now(visit: Visit) -> Html:
    """Return the forms, or why they are not shown."""
    brings, reads = visit.may(tickets.IMPORT), visit.may(ingest.UPLOAD)
    if not brings and not reads:
        return bringing_in.not_for_you()
    most = visit.operator.home.settings.max_file_mb
    return bringing_in.forms(visit.tenant, most, tickets=brings, knowledge=reads)
