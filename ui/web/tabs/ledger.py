"""The ledger tab: the last rows, and the button that verifies the chain."""

from __future__ import annotations

from dataclasses import dataclass

import gradio as gr

from ui.operations import ledger
from ui.operations.ledger import LedgerArgs, VerifyArgs
from ui.web.html import NOTHING
from ui.web.views import ledger as views
from ui.web.visit import Visit
from ui.web.widgets import Block, Pace, Wiring, button, panel, usable

_LAST_ROWS = 100


@dataclass(frozen=True, slots=True)
class LedgerTab:
    """The parts that other tabs and the page update."""

    verify: gr.Button
    proof: gr.HTML
    rows: gr.HTML

    @property
    def fresh(self) -> list[Block]:
        """The parts that a change of tenant and opening the tab set again."""
        return [self.verify, self.proof, self.rows]


def build_ledger(wiring: Wiring) -> LedgerTab:
    """Lay out the ledger and connect its button."""
    with gr.Column(elem_classes=["qd-page", "qd-wide"]):
        with gr.Row(elem_classes=["qd-actions"]):
            verify = button("Verify the chain", name="verify", on=False)
            proof = panel("proof")
        rows = panel("ledger")
    wiring.on(verify.click, _verify, outputs=[proof], pace=Pace.DECIDE, busy=proof)
    return LedgerTab(verify, proof, rows)


def now(visit: Visit) -> list[object]:
    """Return the values of `LedgerTab.fresh`."""
    if not visit.may(ledger.SHOW):
        return [usable(False), NOTHING, views.not_for_you()]
    found = visit.perform(ledger.SHOW, LedgerArgs(tenant=visit.tenant, limit=_LAST_ROWS))
    return [usable(True), NOTHING, views.rows(found.rows)]


def cleared() -> list[object]:
    """Return the values of `LedgerTab.fresh` before the tab is opened."""
    return [usable(False), NOTHING, NOTHING]


def _verify(visit: Visit) -> list[object]:
    proof = visit.perform(ledger.VERIFY, VerifyArgs(tenant=visit.tenant))
    return [views.proof(proof), NOTHING]
