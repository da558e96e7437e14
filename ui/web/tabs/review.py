"""The review tab: the queue, the brief and the reply, and a person's decision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import gradio as gr

from assistant.model import DraftState, FindingKind
from ui.operations import injection, review
from ui.operations.drafts import FindingView
from ui.operations.review import DecideArgs, EditArgs, OneDraft, SeenArgs
from ui.operations.terms import OpenArgs
from ui.web.html import NOTHING, Html
from ui.web.tabs.correcting import correcting, decide
from ui.web.tabs.documents import decide_readers
from ui.web.views import review as views
from ui.web.views.notice import said
from ui.web.visit import Visit
from ui.web.widgets import Block, Pace, Wiring, button, flag, held, panel, seen, usable, word


@dataclass(frozen=True, slots=True)
class ReviewTab:
    """The parts that other tabs and the page update."""

    opened: gr.Textbox
    queue: gr.HTML
    compare: gr.HTML
    decide: gr.Column
    correcting: gr.HTML
    text: gr.Textbox
    confirm: gr.Checkbox
    save: gr.Button
    approve: gr.Button
    reject: gr.Button
    release: gr.Button

    @property
    def fresh(self) -> list[Block]:
        """The parts that a change of tenant and opening a draft set again."""
        buttons = (self.confirm, self.save, self.approve, self.reject, self.release)
        shown = (self.opened, self.queue, self.compare, self.decide, self.correcting)
        return [*shown, self.text, *buttons]


def build_review(wiring: Wiring) -> ReviewTab:
    """Lay out the tab and connect it."""
    with gr.Row(elem_classes=["qd-two"]):
        with gr.Column(elem_classes=["qd-side"], min_width=280):
            queue = panel("queue")
        with gr.Column(elem_classes=["qd-middle"], min_width=600):
            compare = panel("compare", views.nothing_open())
            with gr.Column(visible=False, elem_classes=["qd-decide"]) as decide:
                correct = panel("draft-correcting")
                panel("change", views.change_button())
                # shown by the page's script: a closed accordion of Gradio loses new values
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
                    confirm = gr.Checkbox(
                        label="The customer may read what is marked as for agents only",
                        visible=False,
                        container=False,
                        elem_id="qd-confirm",
                    )
                    with gr.Row(elem_classes=["qd-actions"]):
                        save = button("Save the change", name="save", on=False)
                with gr.Row(elem_classes=["qd-actions"]):
                    reject = button("Reject", kind="stop", name="reject", on=False)
                    approve = button("Approve", name="approve", on=False)
                    release = button("Release", kind="primary", name="release", on=False)
    opened = held("draft-opened")
    buttons = save, approve, reject, release
    tab = ReviewTab(opened, queue, compare, decide, correct, text, confirm, *buttons)
    _wire(wiring, tab)
    return tab


def _wire(wiring: Wiring, tab: ReviewTab) -> None:
    wiring.on(tab.queue.click, open_picked, outputs=tab.fresh, pace=Pace.PICK)
    wiring.on(
        tab.correcting.click,
        _correct,
        inputs=[tab.opened],
        outputs=[tab.correcting],
        pace=Pace.DECIDE,
        busy=tab.correcting,
    )
    wiring.on(
        tab.compare.click,
        _picked,
        inputs=[tab.opened],
        outputs=tab.fresh,
        pace=Pace.DECIDE,
        busy=tab.compare,
    )
    decided = [tab.opened, tab.text]
    for listen, handler, inputs in (
        (tab.save.click, _save, [*decided, tab.confirm]),
        (tab.approve.click, _approve, decided),
        (tab.reject.click, _reject, [tab.opened]),
        (tab.release.click, _release, decided),
    ):
        wiring.on(
            listen, handler, inputs=inputs, outputs=tab.fresh, pace=Pace.DECIDE, busy=tab.compare
        )


def cleared() -> list[object]:
    """Return the values of `ReviewTab.fresh` before the tab is opened."""
    return _with_queue(NOTHING)


def fresh(visit: Visit) -> list[object]:
    """Return the values of `ReviewTab.fresh` with no draft open."""
    return _with_queue(queue(visit, ""))


def queue(visit: Visit, opened: object) -> Html:
    """Return the queue."""
    found = visit.perform(review.LIST, review.QueueArgs(tenant=visit.tenant, restored=True))
    return views.queue(found.drafts, word(opened))


def open_picked(visit: Visit) -> list[object]:
    """Return the values of `ReviewTab.fresh` for the chosen draft, and no notice."""
    return [*_opened(visit, visit.picked.get("draft", "")), NOTHING]


def _correct(visit: Visit, opened: object) -> list[object]:
    here = OpenArgs(tenant=visit.tenant, draft=word(opened))
    notice = decide(visit, here)
    return [correcting(visit, here, unfolded=True), notice]


def _picked(visit: Visit, opened: object) -> list[object]:
    """Confirm new messages, call a suspicious span honest, or change who may read a source."""
    draft, picked = word(opened), visit.picked
    if picked.get("do") == "seen":
        args = SeenArgs(tenant=visit.tenant, draft=draft, seen=picked.get("seen", ""))
        visit.perform(review.SEEN, args)
        notice = said("Read.", "The draft can be decided about.")
    elif picked.get("do") == "honest":
        notice = _honest(visit, opened)
    else:
        notice = decide_readers(visit)
    return [*_opened(visit, draft), notice]


def _honest(visit: Visit, opened: object) -> Html:
    picked = visit.picked.get("number", "")
    number = int(picked) if picked.isdecimal() else 0
    args = injection.HonestArgs(tenant=visit.tenant, draft=word(opened), number=number)
    done = visit.perform(injection.HONEST, args)
    return said("Not flagged again.", f"“{done.sentence}” is honest for this tenant.")


def _save(visit: Visit, opened: object, text: object, confirmed: object) -> list[object]:
    args = EditArgs(
        tenant=visit.tenant,
        draft=word(opened),
        text=word(text),
        confirm_internal=flag(confirmed),
    )
    done = visit.perform(review.EDIT, args)
    return [*_opened(visit, done.draft), said("Saved.", "The new text was checked again.")]


def _approve(visit: Visit, opened: object, text: object) -> list[object]:
    args = DecideArgs(tenant=visit.tenant, draft=word(opened), read=word(text))
    following = _following(visit, args.draft)
    done = visit.perform(review.APPROVE, args)
    notice = said(
        "Approved.",
        f"The reply to {done.reference} is not sent before it is released.",
        views.open_again(done.draft) if following.alike else NOTHING,
    )
    return [*_opened(visit, following.alike or done.draft), notice]


def _reject(visit: Visit, opened: object) -> list[object]:
    args = DecideArgs(tenant=visit.tenant, draft=word(opened))
    following = _following(visit, args.draft)
    visit.perform(review.REJECT, args)
    notice = said("Rejected.", "The draft is kept and can never be released.")
    return [*_opened_or_none(visit, following.any), notice]


def _release(visit: Visit, opened: object, text: object) -> list[object]:
    args = DecideArgs(tenant=visit.tenant, draft=word(opened), read=word(text))
    following = _following(visit, args.draft)
    done = visit.perform(review.RELEASE, args)
    notice = said("Released.", f"The reply to {done.reference} is in the outbox.")
    return [*_opened_or_none(visit, following.any), notice]


@dataclass(frozen=True, slots=True)
class _Following:
    """The draft after the decided one: the next in the same state, and else any; or empty."""

    alike: str
    any: str


def _following(visit: Visit, decided: str) -> _Following:
    """Return what comes after a draft in the queue; after the last one, the first."""
    drafts = visit.perform(review.LIST, review.QueueArgs(tenant=visit.tenant)).drafts
    at = next((at for at, each in enumerate(drafts) if each.id == decided), None)
    if at is None:
        return _Following("", "")
    others = (*drafts[at + 1 :], *drafts[:at])
    alike = [each.id for each in others if each.state == drafts[at].state]
    return _Following(next(iter(alike), ""), next(iter([*alike, *(o.id for o in others)]), ""))


def _opened_or_none(visit: Visit, draft_id: str) -> list[object]:
    return _opened(visit, draft_id) if draft_id else fresh(visit)


def _with_queue(shown: Html) -> list[object]:
    closed = views.nothing_open(), seen(False), NOTHING, ""
    return ["", shown, *closed, _asks_to_confirm(()), *(usable(False) for _ in range(4))]


def _asks_to_confirm(findings: Sequence[FindingView]) -> object:
    """Return the update of the box that confirms text for agents only, shown where there is any."""
    internal = any(each.kind == FindingKind.INTERNAL for each in findings)
    return gr.update(visible=internal, value=False)


def _opened(visit: Visit, draft_id: str) -> list[object]:
    view = visit.perform(review.SHOW, OneDraft(tenant=visit.tenant, draft=draft_id))
    state, may = view.draft.state, visit.may(review.APPROVE)
    changes = may and state in (DraftState.PENDING, DraftState.APPROVED)
    return [
        view.draft.id,
        queue(visit, view.draft.id),
        views.compare(view, may_decide=may),
        seen(True),
        correcting(visit, OpenArgs(tenant=visit.tenant, draft=view.draft.id)),
        view.to_send,
        _asks_to_confirm(view.draft.findings),
        usable(changes),
        usable(may and state == DraftState.PENDING),
        usable(changes),
        usable(may and state == DraftState.APPROVED),
    ]
