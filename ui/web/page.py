"""The desk: one Gradio page, wired to flows, holding nothing of a customer's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import gradio as gr
from gradio.themes import Base

from ui.web.html import NOTHING
from ui.web.tabs import ask, rest, review, tickets
from ui.web.tabs.correcting import build_terms, terms_now
from ui.web.tabs.rest import build_gaps, build_import, build_ledger, build_outbox
from ui.web.views.header import header
from ui.web.visit import Visit, open_visit
from ui.web.widgets import UNCHANGED, Pace, Wiring, held, panel, word

if TYPE_CHECKING:
    from assistant.bootstrap import Home

THEME = Base(
    # names only: a theme's default fonts would be fetched from another site
    font=["ui-sans-serif", "system-ui", "-apple-system", "Segoe UI", "Roboto", "sans-serif"],
    font_mono=["ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "monospace"],
)


def build_page(home: Home) -> gr.Blocks:
    """Return the page."""
    with gr.Blocks(title="Quietdesk", analytics_enabled=False, fill_width=True) as blocks:
        top = panel("top")
        notice = panel("notice")
        wiring = Wiring(home, held("tenant"), notice)
        _Desk(home, blocks, wiring, top).lay_out()
    blocks.queue(default_concurrency_limit=8, max_size=200, api_open=False)
    return blocks


class _Desk:
    """The tabs and what connects them."""

    def __init__(self, home: Home, blocks: gr.Blocks, wiring: Wiring, top: gr.HTML) -> None:
        self._home = home
        self._blocks = blocks
        self._wiring = wiring
        self._top = top

    def lay_out(self) -> None:
        """Lay the tabs out and wire them to each other."""
        with gr.Tabs(selected="tickets", elem_classes=["qd-tabs"]) as self._tabs:
            with gr.Tab("Tickets", id="tickets") as tickets_tab:
                self._tickets = tickets.build_tickets(self._wiring)
            with gr.Tab("Review", id="review") as review_tab:
                self._review = review.build_review(self._wiring)
            with gr.Tab("Ask", id="ask"):
                self._ask = ask.build_ask(self._wiring)
            with gr.Tab("Gaps", id="gaps") as gaps_tab:
                self._gaps = build_gaps()
            with gr.Tab("Terms", id="terms") as terms_tab:
                self._terms = build_terms(self._wiring)
            with gr.Tab("Outbox", id="outbox") as outbox_tab:
                self._outbox = build_outbox()
            with gr.Tab("Import", id="import"):
                self._import = build_import()
            with gr.Tab("Ledger", id="ledger") as ledger_tab:
                self._ledger = build_ledger(self._wiring)
        self._wire_arrival()
        self._wire_tabs(tickets_tab, review_tab, outbox_tab, ledger_tab)
        self._wiring.on(terms_tab.select, _only(terms_now), outputs=[self._terms])
        self._wiring.on(
            gaps_tab.select,
            _only(rest.gaps_now),
            outputs=[self._gaps],
            pace=Pace.WRITE,
            busy=self._gaps,
        )

    def _wire_arrival(self) -> None:
        everything = [
            self._wiring.tenant,
            self._top,
            *self._tickets.fresh,
            *self._review.fresh,
            *self._ask.fresh,
            self._gaps,
            self._terms,
            self._outbox,
            self._import,
            *self._ledger.fresh,
        ]
        self._wiring.on_arrival(self._blocks, self._arrive, everything)
        self._wiring.on(self._top.click, self._move, inputs=[self._ask.talk], outputs=everything)

    def _wire_tabs(
        self, tickets_tab: gr.Tab, review_tab: gr.Tab, outbox_tab: gr.Tab, ledger_tab: gr.Tab
    ) -> None:
        on, mine = self._wiring.on, self._tickets
        looking = [mine.filter, mine.status, mine.opened]
        on(tickets_tab.select, _only(tickets.list_tickets), inputs=looking, outputs=[mine.lines])
        on(
            review_tab.select,
            _only(review.queue),
            inputs=[self._review.opened],
            outputs=[self._review.queue],
        )
        on(outbox_tab.select, _only(rest.outbox_now), outputs=[self._outbox])
        on(ledger_tab.select, _ledger, outputs=self._ledger.fresh)
        on(mine.made.click, _to_review, outputs=[self._tabs, *self._review.fresh])

    def _arrive(self, login: str) -> Sequence[object]:
        memberships = self._home.accounts.memberships(login)
        if not memberships:
            width = len(self._tickets.fresh) + len(self._review.fresh) + len(self._ask.fresh) + 7
            return ["", header(login, [], ""), *(UNCHANGED for _ in range(width)), NOTHING]
        return self._at(open_visit(self._home, login, memberships[0].tenant))

    def _move(self, visit: Visit, talk: object) -> Sequence[object]:
        """Go to the tenant that was chosen; the membership there is checked like any other."""
        self._ask.leave(visit, talk)
        login, wanted = visit.person.login, word(visit.picked.get("value"))
        return self._at(open_visit(self._home, login, wanted))

    def _at(self, visit: Visit) -> list[object]:
        login, slug = visit.person.login, visit.desk.tenant.slug
        return [
            slug,
            header(login, self._home.accounts.memberships(login), slug),
            *tickets.fresh(visit),
            *review.fresh(visit),
            *self._ask.fresh_values(),
            NOTHING,
            terms_now(visit),
            rest.outbox_now(visit),
            rest.import_now(visit, self._home.settings.max_file_mb),
            *rest.ledger_now(visit),
            NOTHING,
        ]


def _only(view: Callable[..., object]) -> Callable[..., Sequence[object]]:
    """Return a handler that shows ``view`` and no notice."""

    def handle(visit: Visit, *values: object) -> Sequence[object]:
        return [view(visit, *values), NOTHING]

    return handle


def _ledger(visit: Visit) -> list[object]:
    return [*rest.ledger_now(visit), NOTHING]


def _to_review(visit: Visit) -> list[object]:
    return [gr.update(selected="review"), *review.open_picked(visit)]
