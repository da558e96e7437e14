"""The desk: one Gradio page, wired to operations, holding nothing of a customer's.

A tab is filled when it is opened: arrival and a change of tenant fill the one that is open and
clear the others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import gradio as gr
from gradio.themes import Base

from ui.operations.callers import Door, logged_in
from ui.web.html import NOTHING, Html
from ui.web.tabs import ask, rest, review, tickets
from ui.web.tabs.correcting import build_terms, terms_now
from ui.web.tabs.rest import build_gaps, build_import, build_ledger, build_outbox
from ui.web.views.header import header
from ui.web.visit import Visit, open_visit
from ui.web.widgets import UNCHANGED, Block, Pace, Wiring, held, panel, word

if TYPE_CHECKING:
    from ui.operations.operator import Operator

THEME = Base(
    # names only: a theme's default fonts would be fetched from another site
    font=["ui-sans-serif", "system-ui", "-apple-system", "Segoe UI", "Roboto", "sans-serif"],
    font_mono=["ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "monospace"],
)


def build_page(operator: Operator) -> gr.Blocks:
    """Return the page."""
    with gr.Blocks(title="Quietdesk", analytics_enabled=False, fill_width=True) as blocks:
        top = panel("top")
        notice = panel("notice")
        wiring = Wiring(operator, held("tenant"), notice)
        _Desk(blocks, wiring, top).lay_out()
    blocks.queue(default_concurrency_limit=8, max_size=200, api_open=False)
    return blocks


@dataclass(frozen=True, slots=True)
class _Tab:
    """A tab: its parts, their values for a visit, and without looking anything up."""

    name: str
    tab: gr.Tab
    parts: Sequence[Block]
    filled: Callable[[Visit], Sequence[object]]
    cleared: Callable[[], Sequence[object]]


class _Desk:
    """The tabs and what connects them."""

    def __init__(self, blocks: gr.Blocks, wiring: Wiring, top: gr.HTML) -> None:
        self._blocks = blocks
        self._wiring = wiring
        self._top = top
        self._open = held("tab")

    def lay_out(self) -> None:
        """Lay the tabs out and wire them to each other."""
        with gr.Tabs(selected="tickets", elem_classes=["qd-tabs"]) as self._bar:
            self._all = [
                self._tickets_tab(),
                self._review_tab(),
                self._ask_tab(),
                self._panel_tab("Gaps", build_gaps, rest.gaps_now),
                self._panel_tab("Terms", lambda: build_terms(self._wiring), terms_now),
                self._panel_tab("Outbox", build_outbox, rest.outbox_now),
                self._panel_tab("Import", build_import, rest.import_now),
                self._ledger_tab(),
            ]
        self._wire_arrival()
        self._wire_opening()
        made = self._tickets.made
        self._wiring.on(made.click, _to_review, outputs=[self._bar, *self._review.fresh])

    def _tickets_tab(self) -> _Tab:
        with gr.Tab("Tickets", id="tickets") as tab:
            self._tickets = tickets.build_tickets(self._wiring)
        parts = self._tickets.fresh
        return _Tab("tickets", tab, parts, tickets.fresh, tickets.cleared)

    def _review_tab(self) -> _Tab:
        with gr.Tab("Review", id="review") as tab:
            self._review = review.build_review(self._wiring)
        return _Tab("review", tab, self._review.fresh, review.fresh, review.cleared)

    def _ask_tab(self) -> _Tab:
        with gr.Tab("Ask", id="ask") as tab:
            self._ask = ask.build_ask(self._wiring)
        new = self._ask.anew_values
        return _Tab("ask", tab, self._ask.fresh, lambda _visit: new(), new)

    def _panel_tab(
        self, title: str, build: Callable[[], gr.HTML], show: Callable[[Visit], Html]
    ) -> _Tab:
        name = title.lower()
        with gr.Tab(title, id=name) as tab:
            shown = build()
        return _Tab(name, tab, [shown], lambda visit: [show(visit)], lambda: [NOTHING])

    def _ledger_tab(self) -> _Tab:
        with gr.Tab("Ledger", id="ledger") as tab:
            built = build_ledger(self._wiring)
        return _Tab("ledger", tab, built.fresh, rest.ledger_now, rest.ledger_cleared)

    def _wire_arrival(self) -> None:
        parts = (part for each in self._all for part in each.parts)
        everything = [self._wiring.tenant, self._open, self._top, *parts]
        self._wiring.on_arrival(self._blocks, self._arrive, everything)
        chosen = [self._ask.talk, self._open]
        self._wiring.on(self._top.click, self._move, inputs=chosen, outputs=everything)

    def _wire_opening(self) -> None:
        """Fill a tab when it is opened; what a person has open in one stays open."""
        mine = self._tickets
        looking = [mine.filter, mine.status, mine.opened]
        again: dict[
            str, tuple[Callable[..., Html], Sequence[gr.Textbox | gr.Dropdown], gr.HTML]
        ] = {
            "tickets": (tickets.list_tickets, looking, mine.lines),
            "review": (review.queue, [self._review.opened], self._review.queue),
        }
        for each in self._all:
            if each.name in again:
                show, inputs, part = again[each.name]
                self._on_open(each, _shows(show), inputs, [part])
            else:
                parts = [] if each.name == "ask" else each.parts
                fill = each.filled if parts else _nothing
                self._on_open(each, fill, [], parts)

    def _on_open(
        self,
        each: _Tab,
        fill: Callable[..., Sequence[object]],
        inputs: Sequence[gr.Textbox | gr.Dropdown],
        parts: Sequence[Block],
    ) -> None:
        slow = each.name == "gaps"  # it may embed questions
        self._wiring.on(
            each.tab.select,
            lambda visit, *values: [each.name, *fill(visit, *values), NOTHING],
            inputs=inputs,
            outputs=[self._open, *parts],
            pace=Pace.WRITE if slow else Pace.LOOK,
            busy=self._all[3].parts[0] if slow else None,
        )

    def _arrive(self, login: str) -> Sequence[object]:
        caller = logged_in(self._wiring.operator.home, login, Door.PAGE)
        if not caller.memberships:
            parts = sum(len(each.parts) for each in self._all)
            return ["", "", header(login, [], ""), *([UNCHANGED] * parts), NOTHING]
        return self._at(Visit(self._wiring.operator, caller, min(caller.memberships)), "tickets")

    def _move(self, visit: Visit, talk: object, opened: object) -> Sequence[object]:
        """Go to the tenant that was chosen; the membership there is checked like any other."""
        ask.leave(visit, talk)
        wanted = open_visit(visit.operator, visit.login, word(visit.picked.get("value")))
        return self._at(wanted, word(opened))

    def _at(self, visit: Visit, opened: str) -> list[object]:
        top = header(visit.login, list(visit.caller.memberships.values()), visit.tenant)
        values = (
            each.filled(visit) if each.name == opened else each.cleared() for each in self._all
        )
        return [visit.tenant, opened, top, *(value for some in values for value in some), NOTHING]


def _shows(view: Callable[..., Html]) -> Callable[..., Sequence[object]]:
    return lambda visit, *values: [view(visit, *values)]


def _nothing(_visit: Visit) -> Sequence[object]:
    return []


def _to_review(visit: Visit) -> list[object]:
    return [gr.update(selected="review"), *review.open_picked(visit)]
