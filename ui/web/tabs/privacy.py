"""The Privacy tab: what the tenant has promised, what is pending, and what is open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import gradio as gr

from assistant.errors import BadInput
from ui.operations import attestations, privacy
from ui.operations.base import TenantArgs
from ui.web.html import NOTHING
from ui.web.views import privacy as views
from ui.web.views.notice import said
from ui.web.visit import Visit
from ui.web.widgets import Block, Pace, Wiring, panel


@dataclass(frozen=True, slots=True)
class PrivacyTab:
    """The parts that the page updates."""

    about: gr.HTML
    vouching: gr.HTML
    clauses: gr.HTML

    @property
    def fresh(self) -> list[Block]:
        """The parts that a change of tenant and opening the tab set again."""
        return [self.about, self.vouching, self.clauses]


def build_privacy(wiring: Wiring) -> PrivacyTab:
    """Lay out the tab and connect its form."""
    with gr.Column(elem_classes=["qd-page", "qd-wide"]):
        about = panel("privacy")
        vouching = panel("vouching")
        clauses = panel("clauses")
    mine = PrivacyTab(about, vouching, clauses)
    wiring.on(vouching.click, _attest, outputs=mine.fresh, pace=Pace.DECIDE, busy=vouching)
    return mine


def now(visit: Visit) -> list[object]:
    """Return the values of `PrivacyTab.fresh`."""
    if not visit.may(privacy.SHOW):
        return [views.not_for_you(), NOTHING, NOTHING]
    found = visit.perform(privacy.SHOW, TenantArgs(tenant=visit.tenant))
    form = views.vouching(found.vouched, may=visit.may(attestations.ATTEST))
    return [views.privacy(found), form, views.clauses(found)]


def cleared() -> list[object]:
    """Return the values of `PrivacyTab.fresh` before the tab is opened."""
    return [NOTHING, NOTHING, NOTHING]


def banner(visit: Visit) -> str:
    """Return the banner about what becomes weaker, for every member."""
    found = visit.perform(privacy.PENDING, TenantArgs(tenant=visit.tenant))
    return views.banner(found.pending)


def _attest(visit: Visit) -> list[object]:
    picked = visit.picked
    args = attestations.AttestArgs(
        tenant=visit.tenant,
        clause=picked.get("clause", ""),
        sha256=picked.get("sha256", ""),
        until=_day(picked.get("until", "")),
    )
    visit.perform(attestations.ATTEST, args)
    return [*now(visit), said("You vouch for the clause.", args.clause)]


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        raise BadInput("This is no date.", todo="Write it as 2027-12-31.") from None
