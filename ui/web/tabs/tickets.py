"""The tickets tab: list, thread, and what can be written about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import gradio as gr

from assistant.flows import show
from assistant.flows.checks import ticket_of
from assistant.flows.draft import draft_reply
from assistant.flows.show import TicketLine
from assistant.flows.summarise import summarise
from assistant.flows.terms import texts_of
from assistant.flows.tickets import redact_again
from assistant.model import Draft, DraftKind
from ui.web.html import NOTHING, Html, join
from ui.web.tabs.correcting import correcting, decide
from ui.web.views import tickets as views
from ui.web.views.notice import said
from ui.web.views.shown import Shown
from ui.web.visit import Visit
from ui.web.widgets import UNCHANGED, Block, Pace, Wiring, button, flag, held, panel, usable, word

_EVERY = "all"
_STATUSES = [("Every status", _EVERY), "open", "pending", "solved", "closed"]


@dataclass(frozen=True, slots=True)
class TicketsTab:
    """The parts that others refresh."""

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
        """What a change of tenant sets again."""
        return [self.opened, self.lines, *self.looked_at, self.summarise, self.draft]

    @property
    def looked_at(self) -> list[Block]:
        """What shows the open ticket."""
        return [self.thread, self.correcting, self.made]


def build_tickets(wiring: Wiring) -> TicketsTab:
    """Lay the tab out and wire it."""
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
    )
    writing, write = [tab.opened, as_seen], Pace.WRITE
    wiring.on(as_seen.change, _again, inputs=writing, outputs=tab.looked_at)

    def correct(visit: Visit, opened: object, as_seen: object) -> list[object]:
        reference = word(opened)
        texts = texts_of(ticket_of(visit.desk, reference))
        decision = decide(wiring.home, visit, texts=texts, reference=reference)
        shown = _look(decision.visit, reference, as_seen, correcting_it=True)
        return [*shown, decision.notice]

    wiring.on(
        tab.correcting.click,
        correct,
        inputs=writing,
        outputs=tab.looked_at,
        pace=Pace.DECIDE,
        busy=tab.correcting,
    )
    for listen, handler in ((tab.summarise.click, _summarise), (tab.draft.click, _draft)):
        wiring.on(listen, handler, inputs=writing, outputs=[tab.made], pace=write, busy=tab.made)


def fresh(visit: Visit) -> list[object]:
    """Return the values of `TicketsTab.fresh` for a tenant that was just chosen."""
    lines = views.ticket_list(show.tickets(visit.desk, visit.person), "", filtered=False)
    none = views.nothing_open(), NOTHING, views.nothing_written()
    return ["", lines, *none, usable(False), usable(False)]


def list_tickets(visit: Visit, sought: object, status: object, opened: object) -> Html:
    """Return the list under the current filter."""
    every = show.tickets(visit.desk, visit.person)
    wanted, terms = word(status) or _EVERY, word(sought).casefold().split()
    lines = [each for each in every if _matches(each, wanted, terms)]
    return views.ticket_list(lines, word(opened), filtered=len(lines) < len(every) or not every)


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


def _look(
    visit: Visit, reference: str, as_seen: object, *, correcting_it: bool = False
) -> tuple[Html, Html, Html]:
    """Return the values of `looked_at`; as a model sees a ticket is as it is redacted now."""
    shown = Shown(visit.desk, visit.person, flag(as_seen))
    find = redact_again if shown.as_seen else ticket_of
    ticket = find(visit.desk, reference)
    view = show.ticket(visit.desk, visit.person, reference)
    made = [views.written(each, shown) for each in _newest(visit, ticket.id)]
    return (
        views.thread(view, as_seen=shown.as_seen, correct=visit.person.may_release),
        correcting(visit, ticket, opened=correcting_it),
        join(made) or views.nothing_written(),
    )


def _summarise(visit: Visit, opened: object, as_seen: object) -> list[object]:
    draft = summarise(visit.desk, word(opened))
    return [_made(visit, draft, as_seen), said("Summarised.")]


def _draft(visit: Visit, opened: object, as_seen: object) -> list[object]:
    draft = draft_reply(visit.desk, word(opened))
    return [
        _made(visit, draft, as_seen),
        said("Drafted.", "It waits for review; nothing was sent."),
    ]


def _made(visit: Visit, draft: Draft, as_seen: object) -> Html:
    shown = Shown(visit.desk, visit.person, flag(as_seen))
    others = [each for each in _newest(visit, draft.ticket_id) if each.kind is not draft.kind]
    return join(views.written(each, shown) for each in (draft, *others))


def _newest(visit: Visit, ticket_id: str) -> Sequence[Draft]:
    """Return the newest draft reply and the newest summary of a ticket."""
    found = visit.desk.records.drafts.newest(ticket_id)
    return sorted(found, key=lambda each: each.kind is not DraftKind.REPLY)


def _matches(line: TicketLine, status: str, terms: Sequence[str]) -> bool:
    if status not in (_EVERY, line.status.value):
        return False
    people = f"{line.subject.for_display()} {line.requester.for_display()}"
    words = f"{line.reference} {line.priority} {people}".casefold()
    return all(term in words for term in terms)
