"""The tickets tab: list, thread, summaries and drafts."""

from __future__ import annotations

from dataclasses import dataclass

import gradio as gr

from ui.operations import terms, tickets, writing
from ui.operations.terms import OpenArgs
from ui.operations.tickets import FindArgs, OneTicket, TicketFull
from ui.operations.writing import WriteArgs
from ui.web.html import NOTHING, Html, join
from ui.web.tabs.correcting import correcting, decide
from ui.web.views import tickets as views
from ui.web.views.notice import said
from ui.web.views.text_mode import TextMode
from ui.web.visit import Visit
from ui.web.widgets import UNCHANGED, Block, Pace, Wiring, button, flag, held, panel, usable, word

_EVERY = "all"
_STATUSES = [("Every status", _EVERY), "open", "pending", "solved", "closed"]


@dataclass(frozen=True, slots=True)
class TicketsTab:
    """The parts that other tabs and the page update."""

    filter: gr.Textbox
    status: gr.Dropdown
    opened: gr.Textbox
    lines: gr.HTML
    thread: gr.HTML
    correcting: gr.HTML
    made: gr.HTML
    summarise: gr.Button
    draft: gr.Button

    @property
    def fresh(self) -> list[Block]:
        """The parts that a change of tenant sets again."""
        return [self.opened, self.lines, *self.looked_at, self.summarise, self.draft]

    @property
    def looked_at(self) -> list[Block]:
        """The parts that show the open ticket."""
        return [self.thread, self.correcting, self.made]


def build_tickets(wiring: Wiring) -> TicketsTab:
    """Lay out the tab and connect it."""
    with gr.Row(elem_classes=["qd-three"]):
        with gr.Column(elem_classes=["qd-side"], min_width=280):
            sought = gr.Textbox(
                placeholder="Filter by number, word or requester",
                show_label=False,
                container=False,
                elem_id="qd-filter",
                html_attributes=gr.InputHTMLAttributes(autocomplete="off", spellcheck=False),
            )
            status = gr.Dropdown(
                _STATUSES, value=_EVERY, show_label=False, container=False, filterable=False
            )
            lines = panel("tickets")
        with gr.Column(elem_classes=["qd-middle"], min_width=400):
            as_seen = gr.Checkbox(
                label="Show what the model sees", container=False, elem_id="qd-as-seen"
            )
            thread = panel("thread", views.nothing_open())
            correct = panel("correcting")
        with gr.Column(elem_classes=["qd-made"], min_width=320):
            with gr.Row(elem_classes=["qd-actions"]):
                summary = button("Summarise", name="summarise", on=False)
                reply = button("Draft reply", kind="primary", name="draft", on=False)
            made = panel("made", views.nothing_written())
    opened = held("opened")
    tab = TicketsTab(sought, status, opened, lines, thread, correct, made, summary, reply)
    _wire(wiring, tab, as_seen)
    return tab


def _wire(wiring: Wiring, tab: TicketsTab, as_seen: gr.Checkbox) -> None:
    looking = [tab.filter, tab.status, tab.opened]
    wiring.on(tab.filter.input, _list, inputs=looking, outputs=[tab.lines])
    wiring.on(tab.status.change, _list, inputs=looking, outputs=[tab.lines])
    wiring.on(
        tab.lines.click,
        _open,
        inputs=[as_seen],
        outputs=[tab.opened, *tab.looked_at, tab.summarise, tab.draft],
        pace=Pace.PICK,
    )
    writing, write = [tab.opened, as_seen], Pace.WRITE
    wiring.on(as_seen.change, _again, inputs=writing, outputs=tab.looked_at)
    wiring.on(
        tab.correcting.click,
        _correct,
        inputs=writing,
        outputs=tab.looked_at,
        pace=Pace.DECIDE,
        busy=tab.correcting,
    )
    for listen, handler in ((tab.summarise.click, _summarise), (tab.draft.click, _draft)):
        wiring.on(listen, handler, inputs=writing, outputs=[tab.made], pace=write, busy=tab.made)


def fresh(visit: Visit) -> list[object]:
    """Return the values of `TicketsTab.fresh` for the tenant that was chosen."""
    return _with_lines(list_tickets(visit, "", "", ""))


def cleared() -> list[object]:
    """Return the values of `TicketsTab.fresh` before the tab is opened."""
    return _with_lines(NOTHING)


def list_tickets(visit: Visit, sought: object, status: object, opened: object) -> Html:
    """Return the list under the current filter."""
    wanted = word(status)
    args = FindArgs(
        tenant=visit.tenant, status="" if wanted == _EVERY else wanted, sought=word(sought)
    )
    found = visit.perform(tickets.FIND, args)
    return views.ticket_list(found, word(opened), filtered=bool(args.status or args.sought))


def _with_lines(lines: Html) -> list[object]:
    none = views.nothing_open(), NOTHING, views.nothing_written()
    return ["", lines, *none, usable(False), usable(False)]


def _list(visit: Visit, sought: object, status: object, opened: object) -> list[object]:
    return [list_tickets(visit, sought, status, opened), NOTHING]


def _open(visit: Visit, as_seen: object) -> list[object]:
    reference = visit.picked.get("ticket", "")
    return [reference, *_look(visit, reference, as_seen), usable(True), usable(True), NOTHING]


def _again(visit: Visit, opened: object, as_seen: object) -> list[object]:
    reference = word(opened)
    if not reference:
        return [UNCHANGED, UNCHANGED, UNCHANGED, NOTHING]
    return [*_look(visit, reference, as_seen), NOTHING]


def _correct(visit: Visit, opened: object, as_seen: object) -> list[object]:
    reference = word(opened)
    notice = decide(visit, OpenArgs(tenant=visit.tenant, reference=reference))
    return [*_look(visit, reference, as_seen, unfolded=True), notice]


def _look(
    visit: Visit, reference: str, as_seen: object, *, unfolded: bool = False
) -> tuple[Html, Html, Html]:
    """Return the values of `looked_at`; for the model's view, redact the ticket again."""
    mode = TextMode(flag(as_seen))
    view = _show(visit, reference, current=mode.as_seen)
    return (
        views.thread(view, as_seen=mode.as_seen, correct=visit.may(terms.ADD)),
        correcting(visit, OpenArgs(tenant=visit.tenant, reference=reference), unfolded=unfolded),
        _written(view, mode),
    )


def _summarise(visit: Visit, opened: object, as_seen: object) -> list[object]:
    visit.perform(writing.SUMMARISE, _one(visit, opened))
    return [_made(visit, opened, as_seen), said("Summarised.")]


def _draft(visit: Visit, opened: object, as_seen: object) -> list[object]:
    visit.perform(writing.DRAFT, _one(visit, opened))
    return [
        _made(visit, opened, as_seen),
        said("Drafted.", "The draft waits for review; nothing was sent."),
    ]


def _one(visit: Visit, opened: object) -> WriteArgs:
    return WriteArgs(tenant=visit.tenant, references=(word(opened),))


def _made(visit: Visit, opened: object, as_seen: object) -> Html:
    return _written(_show(visit, word(opened), current=False), TextMode(flag(as_seen)))


def _show(visit: Visit, reference: str, *, current: bool) -> TicketFull:
    args = OneTicket(tenant=visit.tenant, reference=reference, current=current)
    return visit.perform(tickets.SHOW, args)


def _written(view: TicketFull, mode: TextMode) -> Html:
    made = join(views.written(each, mode) for each in view.written)
    return made or views.nothing_written()
