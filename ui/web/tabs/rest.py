"""The tabs that only show: gaps, outbox, import, ledger."""

from __future__ import annotations

from dataclasses import dataclass

import gradio as gr

from assistant.flows.gaps import gaps
from assistant.flows.outbox import replies
from assistant.model import Role
from ui.web.html import NOTHING, Html
from ui.web.views import bringing_in, ledger
from ui.web.views import gaps as gap_views
from ui.web.views.outbox import outbox
from ui.web.views.shown import Shown
from ui.web.visit import Visit, must_be
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
    return outbox(replies(visit.desk, visit.person), visit.desk.tenant.slug)


def gaps_now(visit: Visit) -> Html:
    """Return what was asked in vain, or why it is not shown."""
    if not visit.role.includes(Role.REVIEWER):
        return gap_views.not_for_you()
    return gap_views.gaps(gaps(visit.desk), Shown(visit.desk, visit.person, as_seen=False))


def import_now(visit: Visit, max_mb: int) -> Html:
    """Return the forms, or why there are none."""
    if not visit.role.includes(Role.REVIEWER):
        return bringing_in.not_for_you()
    return bringing_in.forms(visit.desk.tenant.slug, max_mb)


def ledger_now(visit: Visit) -> list[object]:
    """Return the values of `LedgerTab.fresh`."""
    if not visit.role.includes(Role.REVIEWER):
        return [usable(False), NOTHING, ledger.not_for_you()]
    return [usable(True), NOTHING, ledger.rows(list(visit.desk.ledger.last(_LAST_ROWS)))]


def _verify(visit: Visit) -> list[object]:
    must_be(Role.REVIEWER, visit, "read the ledger")
    return [ledger.proof(visit.desk.ledger.verify()), NOTHING]
