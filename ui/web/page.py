"""The desk: one Gradio page, connected to operations, which stores no customer data.

A tab is filled when it is opened. Loading the page and a change of tenant fill the open tab and
clear the others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import gradio as gr
from gradio.components import Component
from gradio.themes import Base

from ui.operations import documents as of_documents
from ui.operations.callers import Interface, logged_in
from ui.operations.tickets import FIND
from ui.web.html import NOTHING, Html
from ui.web.tabs import ask, documents, ledger, panels, privacy, review, tickets
from ui.web.tabs.correcting import build_terms, terms_now
from ui.web.tabs.panels import build_gaps, build_import, build_outbox
from ui.web.views.header import header
from ui.web.views.notice import empty
from ui.web.visit import Visit, open_visit
from ui.web.widgets import UNCHANGED, Block, Pace, Wiring, held, panel, word

if TYPE_CHECKING:
    from ui.operations.operator import Operator

THEME = Base(
    # names only: a theme's default fonts would be loaded from another site
    font=["ui-sans-serif", "system-ui", "-apple-system", "Segoe UI", "Roboto", "sans-serif"],
    font_mono=["ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "monospace"],
)

_NO_AGENT = "Tickets are for agents"


def build_page(operator: Operator) -> gr.Blocks:
    """Return the page."""
    with gr.Blocks(title="Quietdesk", analytics_enabled=False, fill_width=True) as blocks:
        top = panel("top")
        banner = panel("banner")
        notice = panel("notice")
        wiring = Wiring(operator, held("tenant"), notice)
        _Desk(blocks, wiring, top, banner).lay_out()
    blocks.queue(default_concurrency_limit=8, max_size=200, api_open=False)
    return blocks


@dataclass(frozen=True, slots=True)
class _Opening:
    """The parts that opening a tab sets again; an open ticket or draft stays open."""

    fill: Callable[..., Sequence[object]]
    inputs: Sequence[Component] = ()
    parts: Sequence[Block] = ()
    busy: Component | None = None


@dataclass(frozen=True, slots=True)
class _Tab:
    """A tab: its parts, their values for a visit, and their empty values."""

    name: str
    tab: gr.Tab
    parts: Sequence[Block]
    filled: Callable[[Visit], Sequence[object]]
    cleared: Callable[[], Sequence[object]]
    opening: _Opening


class _Desk:
    """The tabs and their connections."""

    def __init__(self, blocks: gr.Blocks, wiring: Wiring, top: gr.HTML, banner: gr.HTML) -> None:
        self._blocks = blocks
        self._wiring = wiring
        self._top = top
        self._banner = banner
        self._open = held("tab")

    def lay_out(self) -> None:
        """Lay out the tabs and connect them."""
        with gr.Tabs(selected="tickets", elem_classes=["qd-tabs"]) as self._bar:
            self._all = [
                self._tickets_tab(),
                self._review_tab(),
                self._ask_tab(),
                self._documents_tab(),
                self._panel_tab("Gaps", build_gaps, panels.gaps_now, slow=True),
                self._panel_tab("Terms", lambda: build_terms(self._wiring), terms_now),
                self._panel_tab("Outbox", build_outbox, panels.outbox_now),
                self._panel_tab("Import", build_import, panels.import_now),
                self._ledger_tab(),
                self._privacy_tab(),
            ]
        self._wire_arrival()
        for each in self._all:
            self._wire_opening(each)
        for leads in (self._tickets.made, self._wiring.notice):
            self._wiring.on(
                leads.click,
                _to_review,
                outputs=[self._bar, self._open, *self._review.fresh],
                pace=Pace.PICK,
            )

    def _tickets_tab(self) -> _Tab:
        with gr.Tab("Tickets", id="tickets") as tab:
            mine = self._tickets = tickets.build_tickets(self._wiring)
        looking = [mine.filter, mine.status, mine.opened]
        opening = _Opening(_shows(tickets.list_tickets), looking, [mine.lines])
        return _Tab("tickets", tab, mine.fresh, tickets.fresh, tickets.cleared, opening)

    def _review_tab(self) -> _Tab:
        with gr.Tab("Review", id="review") as tab:
            mine = self._review = review.build_review(self._wiring)
        opening = _Opening(_shows(review.queue), [mine.opened], [mine.queue])
        return _Tab("review", tab, mine.fresh, review.fresh, review.cleared, opening)

    def _ask_tab(self) -> _Tab:
        with gr.Tab("Ask", id="ask") as tab:
            mine = self._ask = ask.build_ask(self._wiring)
        new = mine.empty
        return _Tab("ask", tab, mine.fresh, lambda _visit: new(), new, _Opening(_nothing))

    def _documents_tab(self) -> _Tab:
        with gr.Tab("Documents", id="documents") as tab:
            mine = documents.build_documents(self._wiring)
        opening = _Opening(_shows(documents.documents_now), [mine.sought], [mine.list], mine.list)
        return _Tab("documents", tab, mine.fresh, documents.fresh, documents.cleared, opening)

    def _panel_tab(
        self,
        title: str,
        build: Callable[[], gr.HTML],
        show: Callable[[Visit], Html],
        *,
        slow: bool = False,
    ) -> _Tab:
        name = title.lower()
        with gr.Tab(title, id=name) as tab:
            shown = build()
        opening = _Opening(_shows(show), (), [shown], shown if slow else None)
        return _Tab(name, tab, [shown], _shows(show), lambda: [NOTHING], opening)

    def _ledger_tab(self) -> _Tab:
        with gr.Tab("Ledger", id="ledger") as tab:
            built = ledger.build_ledger(self._wiring)
        opening = _Opening(ledger.now, (), built.fresh)
        return _Tab("ledger", tab, built.fresh, ledger.now, ledger.cleared, opening)

    def _privacy_tab(self) -> _Tab:
        with gr.Tab("Privacy", id="privacy") as tab:
            built = privacy.build_privacy(self._wiring)
        opening = _Opening(privacy.now, (), built.fresh)
        return _Tab("privacy", tab, built.fresh, privacy.now, privacy.cleared, opening)

    def _wire_arrival(self) -> None:
        parts = (part for each in self._all for part in each.parts)
        everything = [self._wiring.tenant, self._open, self._top, self._banner, self._bar, *parts]
        self._wiring.on_arrival(self._blocks, self._arrive, everything)
        chosen = [self._ask.talk, self._open]
        self._wiring.on(
            self._top.click, self._move, inputs=chosen, outputs=everything, pace=Pace.PICK
        )

    def _wire_opening(self, each: _Tab) -> None:
        """Fill a tab when it is opened, and record that it is open."""
        opening = each.opening

        def fill(visit: Visit, *values: object) -> Sequence[object]:
            return [each.name, *opening.fill(visit, *values), NOTHING]

        self._wiring.on(
            each.tab.select,
            fill,
            inputs=opening.inputs,
            outputs=[self._open, *opening.parts],
            pace=Pace.WRITE if opening.busy else Pace.LOOK,
            busy=opening.busy,
        )

    def _arrive(self, login: str) -> Sequence[object]:
        caller = logged_in(self._wiring.operator.home, login, Interface.PAGE)
        if not caller.memberships:
            parts = sum(len(each.parts) for each in self._all)
            top = header(login, [], "")
            return ["", "", top, NOTHING, *([UNCHANGED] * (parts + 1)), NOTHING]
        return self._at(Visit(self._wiring.operator, caller, min(caller.memberships)), "tickets")

    def _move(self, visit: Visit, talk: object, opened: object) -> Sequence[object]:
        """Change to the chosen tenant; the membership there is checked as always."""
        ask.leave(visit, talk)
        wanted = open_visit(visit.operator, visit.login, word(visit.picked.get("value")))
        return self._at(wanted, word(opened))

    def _at(self, visit: Visit, opened: str) -> list[object]:
        top = header(visit.login, list(visit.caller.memberships.values()), visit.tenant)
        bar, fills, hint = UNCHANGED, visit.may(FIND), NOTHING
        if not fills and visit.may(of_documents.LIST):
            bar, opened, fills = gr.update(selected="documents"), "documents", True
        elif not fills:
            hint = empty(_NO_AGENT, "An admin can give you the role agent.")
        values = (
            each.filled(visit) if fills and each.name == opened else each.cleared()
            for each in self._all
        )
        first = [visit.tenant, opened, top, privacy.banner(visit), bar]
        return [*first, *(value for some in values for value in some), hint]


def _shows(view: Callable[..., Html]) -> Callable[..., Sequence[object]]:
    """Return a handler that shows ``view``."""

    def handle(visit: Visit, *values: object) -> Sequence[object]:
        return [view(visit, *values)]

    return handle


def _nothing(_visit: Visit) -> Sequence[object]:
    return []


def _to_review(visit: Visit) -> list[object]:
    return [gr.update(selected="review"), "review", *review.open_picked(visit)]
