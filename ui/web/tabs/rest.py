"""The tabs that only show: gaps, outbox, import, ledger."""

from __future__ import annotations

from dataclasses import dataclass

import gradio as gr

from ui.operations import gaps, ledger, outbox, tickets
from ui.operations.base import TenantArgs
from ui.operations.ledger import LedgerArgs
from ui.web.html import NOTHING, Html
from ui.web.views import bringing_in
from ui.web.views import gaps as gap_views
from ui.web.views import ledger as ledger_views
from ui.web.views.outbox import outbox as outbox_view
from ui.web.visit import Visit
from ui.web.widgets import Block, Pace, Wiring, button, panel, usable

_LAST_ROWS = 100


@dataclass(frozen=True, slots=True)
class LedgerTab:
    """The parts that others refresh."""

    verify: gr.Button
    proof: gr.HTML
    rows: gr.HTML

    @property
    def fresh(self) -> list[Block]:
        """What a change of tenant, and looking at the tab, set again."""
        return [self.verify, self.proof, self.rows]


def build_outbox() -> gr.HTML:
    """Lay the outbox out."""
    with gr.Column(elem_classes=["qd-page"]):
        return panel("outbox")


def build_gaps() -> gr.HTML:
    """Lay the gaps out."""
    with gr.Column(elem_classes=["qd-page"]):
        return panel("gaps")


def build_import() -> gr.HTML:
    """Lay the forms out; the page's script sends them to our own route."""
    with gr.Column(elem_classes=["qd-page"]):
        return panel("import")


def build_ledger(wiring: Wiring) -> LedgerTab:
    """Lay the ledger out and wire its button."""
    with gr.Column(elem_classes=["qd-page", "qd-wide"]):
        with gr.Row(elem_classes=["qd-actions"]):
            verify = button("Verify the chain", name="verify", on=False)
            proof = panel("proof")
        rows = panel("ledger")
    wiring.on(verify.click, _verify, outputs=[proof], pace=Pace.DECIDE, busy=proof)
    return LedgerTab(verify, proof, rows)


def outbox_now(visit: Visit) -> Html:
    """Return the outbox."""
    found = visit.perform(outbox.LIST, outbox.OutboxArgs(tenant=visit.tenant))
    return outbox_view(found.replies, visit.tenant)


def gaps_now(visit: Visit) -> Html:
    """Return what was asked in vain, or why it is not shown."""
    if not visit.may(gaps.LIST):
        return gap_views.not_for_you()
    return gap_views.gaps(visit.perform(gaps.LIST, TenantArgs(tenant=visit.tenant)).gaps)


def import_now(visit: Visit) -> Html:
    """Return the forms, or why there are none."""
    if not visit.may(tickets.IMPORT):
        return bringing_in.not_for_you()
    return bringing_in.forms(visit.tenant, visit.operator.home.settings.max_file_mb)


def ledger_now(visit: Visit) -> list[object]:
    """Return the values of `LedgerTab.fresh`."""
    if not visit.may(ledger.SHOW):
        return [usable(False), NOTHING, ledger_views.not_for_you()]
    found = visit.perform(ledger.SHOW, LedgerArgs(tenant=visit.tenant, limit=_LAST_ROWS))
    return [usable(True), NOTHING, ledger_views.rows(found.rows)]


def ledger_cleared() -> list[object]:
    """Return the values of `LedgerTab.fresh` before the tab is looked at."""
    return [usable(False), NOTHING, NOTHING]


def _verify(visit: Visit) -> list[object]:
    proof = visit.perform(ledger.VERIFY, TenantArgs(tenant=visit.tenant))
    return [ledger_views.proof(proof), NOTHING]
