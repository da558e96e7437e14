"""The review tab: the queue, the three texts, and a person's decision."""

from __future__ import annotations

from dataclasses import dataclass

import gradio as gr

from assistant.errors import Refused
from assistant.flows import review
from assistant.flows.checks import draft_of
from assistant.flows.terms import texts_of
from assistant.model import DraftState
from guardrails import RawText
from ui.web.html import NOTHING, Html
from ui.web.tabs.correcting import correcting, decide
from ui.web.views import review as views
from ui.web.views.notice import said
from ui.web.views.shown import Shown
from ui.web.visit import Visit
from ui.web.widgets import Block, Pace, Wiring, button, held, panel, seen, usable, word


@dataclass(frozen=True, slots=True)
class ReviewTab:
    """The parts that others refresh."""

    opened: gr.Textbox
    queue: gr.HTML
    compare: gr.HTML
    decide: gr.Column
    correcting: gr.HTML
    text: gr.Textbox
    save: gr.Button
    approve: gr.Button
    reject: gr.Button
    release: gr.Button

    @property
    def fresh(self) -> list[Block]:
        """What a change of tenant, and opening a draft, set again."""
        buttons = (self.save, self.approve, self.reject, self.release)
        shown = (self.opened, self.queue, self.compare, self.decide, self.correcting)
        return [*shown, self.text, *buttons]


def build_review(wiring: Wiring) -> ReviewTab:
    """Lay the tab out and wire it."""
    with gr.Row(elem_classes=["qd-two"]):
        with gr.Column(elem_classes=["qd-side"], min_width=280):
            queue = panel("queue")
        with gr.Column(elem_classes=["qd-middle"], min_width=600):
            compare = panel("compare", views.nothing_open())
            with gr.Column(visible=False, elem_classes=["qd-decide"]) as decide:
                correct = panel("draft-correcting")
                panel("change", views.change_button())
                # shown by the page's script: in a closed accordion Gradio loses new values
                with gr.Column(elem_classes=["qd-change"]):
                    text = gr.Textbox(
                        label="What will be sent",
                        show_label=False,
                        container=False,
                        lines=6,
                        max_lines=8,
                        elem_id="qd-edit",
                        html_attributes=gr.InputHTMLAttributes(spellcheck=True),
                    )
                    with gr.Row(elem_classes=["qd-actions"]):
                        save = button("Save the change", name="save", on=False)
                with gr.Row(elem_classes=["qd-actions"]):
                    reject = button("Reject", kind="stop", name="reject", on=False)
                    approve = button("Approve", name="approve", on=False)
                    release = button("Release", kind="primary", name="release", on=False)
    opened = held("draft-opened")
    tab = ReviewTab(opened, queue, compare, decide, correct, text, save, approve, reject, release)
    _wire(wiring, tab)
    return tab


def _wire(wiring: Wiring, tab: ReviewTab) -> None:
    wiring.on(tab.queue.click, open_picked, outputs=tab.fresh)
    decided = [tab.opened, tab.text]

    def correct(visit: Visit, opened: object) -> list[object]:
        draft = draft_of(visit.desk, word(opened))
        texts, reference = texts_of(draft), draft.reference
        decision = decide(wiring.home, visit, texts=texts, reference=reference)
        return [correcting(decision.visit, draft, opened=True), decision.notice]

    wiring.on(
        tab.correcting.click,
        correct,
        inputs=[tab.opened],
        outputs=[tab.correcting],
        pace=Pace.DECIDE,
        busy=tab.correcting,
    )
    for listen, handler, inputs in (
        (tab.save.click, _save, decided),
        (tab.approve.click, _approve, decided),
        (tab.reject.click, _reject, [tab.opened]),
        (tab.release.click, _release, decided),
    ):
        wiring.on(
            listen, handler, inputs=inputs, outputs=tab.fresh, pace=Pace.DECIDE, busy=tab.compare
        )


def fresh(visit: Visit) -> list[object]:
    """Return the values of `ReviewTab.fresh` with no draft open."""
    closed = views.nothing_open(), seen(False), NOTHING, ""
    return ["", queue(visit, ""), *closed, *(usable(False) for _ in range(4))]


def queue(visit: Visit, opened: object) -> Html:
    """Return what waits."""
    shown = Shown(visit.desk, visit.person, as_seen=False)
    return views.queue(review.pending(visit.desk, visit.person), word(opened), shown)


def open_picked(visit: Visit) -> list[object]:
    """Return the values of `ReviewTab.fresh` for the draft that was picked, and no notice."""
    return [*_opened(visit, visit.picked.get("draft", "")), NOTHING]


def _save(visit: Visit, opened: object, text: object) -> list[object]:
    draft = review.edit(visit.desk, visit.person, word(opened), RawText(word(text)))
    return [*_opened(visit, draft.id), said("Saved.", "The new words were checked again.")]


def _approve(visit: Visit, opened: object, text: object) -> list[object]:
    _must_be_what_was_read(visit, word(opened), word(text))
    draft = review.approve(visit.desk, visit.person, word(opened))
    return [*_opened(visit, draft.id), said("Approved.", "Nothing is sent before it is released.")]


def _reject(visit: Visit, opened: object) -> list[object]:
    review.reject(visit.desk, visit.person, word(opened))
    return [*fresh(visit), said("Rejected.", "The draft is kept and can never be released.")]


def _release(visit: Visit, opened: object, text: object) -> list[object]:
    _must_be_what_was_read(visit, word(opened), word(text))
    reply = review.release(visit.desk, visit.person, word(opened))
    return [
        *fresh(visit),
        said("Released.", f"The reply to {reply.reference} stands in the outbox."),
    ]


def _opened(visit: Visit, draft_id: str) -> list[object]:
    view = review.view(visit.desk, visit.person, draft_id)
    shown = Shown(visit.desk, visit.person, as_seen=False)
    state, may = view.draft.state, visit.person.may_release
    changes = may and state in (DraftState.PENDING, DraftState.APPROVED)
    return [
        draft_id,
        queue(visit, draft_id),
        views.compare(view, shown),
        seen(True),
        correcting(visit, view.draft),
        view.to_send.for_display(),
        usable(changes),
        usable(may and state is DraftState.PENDING),
        usable(changes),
        usable(may and state is DraftState.APPROVED),
    ]


def _must_be_what_was_read(visit: Visit, draft_id: str, text: str) -> None:
    """`Refused` if the person's screen holds another text than the one they would decide about.

    They may have typed without saving, or somebody else may have saved meanwhile.
    """
    now = review.view(visit.desk, visit.person, draft_id).to_send.for_display()
    if _lines(text) != _lines(now):
        raise Refused(
            "The text in the box is not the text that would be sent.",
            todo="Save your change first, or open the draft again to read what it says now.",
        )


def _lines(text: str) -> list[str]:
    """Return ``text`` by lines; a browser sends its own line ends."""
    return text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n").split("\n")
