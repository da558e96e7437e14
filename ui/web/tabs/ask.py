"""The ask tab: a conversation with the knowledge base, shown as it is written and checked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import gradio as gr

from assistant.errors import BadInput, NotFound
from ui.operations import documents, talks
from ui.operations.ask import ASK, AnswerView, Question
from ui.operations.talks import TalkArgs, TalkView
from ui.web.html import NOTHING, Html
from ui.web.tabs.documents import decide_readers
from ui.web.tabs.filters import Filters, build_filters, filtered
from ui.web.views import ask as views
from ui.web.views.notice import said
from ui.web.visit import Visit
from ui.web.widgets import UNCHANGED, Block, Pace, Wiring, button, held, panel, usable, word

_LONGEST = 4000


@dataclass(frozen=True, slots=True)
class AskTab:
    """The parts that other tabs and the page update."""

    talk: gr.Textbox
    question: gr.Textbox
    answer: gr.HTML
    stop: gr.Button
    again: gr.Button
    filters: Filters

    @property
    def fresh(self) -> list[Block]:
        """The parts that a change of tenant sets again."""
        return [self.talk, self.question, self.answer, self.stop, self.again, *self.filters.fields]

    def ask(
        self, visit: Visit, talk: object, question: object, *fields: object
    ) -> Iterator[list[object]]:
        """Yield the values of `fresh` and a notice, each time that the answer has grown."""
        asked = _checked(question)
        args = filtered(Question(tenant=visit.tenant, question=asked), *fields)
        begun = visit.perform(talks.BEGIN, _talk(visit, talk))
        args = args.model_copy(update={"conversation": begun.id})
        earlier = views.conversation(begun.answers)
        kept = [UNCHANGED] * len(fields)
        busy = [usable(True), usable(False), *kept, NOTHING]
        idle = [*_IDLE, *kept, NOTHING]
        yield [begun.id, "", views.waiting(earlier), *busy]
        try:
            last: AnswerView | None = None
            for found in visit.stream(ASK, args):
                if found.text and (last is None or found.text != last.text):
                    yield [UNCHANGED, UNCHANGED, views.growing(earlier, found), *busy]
                last = found
        except Exception:
            yield [UNCHANGED, asked, views.talk(begun.answers), *idle]
            raise
        try:
            now = visit.perform(talks.SHOW, _talk(visit, begun.id))
        except NotFound:  # the person has left the conversation meanwhile
            yield [UNCHANGED] * (len(self.fresh) + 1)
            return
        yield [now.id, UNCHANGED, _shown(visit, now), *idle]

    def start_again(self, visit: Visit, talk: object) -> list[object]:
        """End the conversation and show an empty one."""
        leave(visit, talk)
        return [*self.empty(), NOTHING]

    def empty(self) -> list[object]:
        """Return the values of `fresh` before the first question."""
        return ["", "", views.nothing_asked(), *_NO_BUTTONS, *self.filters.fresh()]


def leave(visit: Visit, talk: object) -> None:
    """End the conversation of the page; nothing more of it is shown."""
    if word(talk):
        visit.perform(talks.LEAVE, _talk(visit, talk))


def _halt(visit: Visit, talk: object) -> list[object]:
    """Stop the answer that is being written; the part that is shown stays."""
    if word(talk):
        visit.perform(talks.STOP, _talk(visit, talk))
    return [NOTHING]


def _picked(visit: Visit, talk: object) -> list[object]:
    """Change who may read a source, or keep the last question as a gap in spite of a filter."""
    if visit.picked.get("do") == "audience":
        notice = decide_readers(visit)
        return [_shown(visit, visit.perform(talks.SHOW, _talk(visit, talk))), notice]
    now = visit.perform(talks.NOTE, _talk(visit, talk))
    return [_shown(visit, now), said("Noted.", "The question is listed under Gaps.")]


def _shown(visit: Visit, now: TalkView) -> Html:
    may = visit.may(documents.AUDIENCE)
    return views.talk(now.answers, stopped=now.stopped, may_decide=may)


def _talk(visit: Visit, talk: object) -> TalkArgs:
    return TalkArgs(tenant=visit.tenant, id=word(talk))


_NO_BUTTONS = (usable(False), usable(False))
_IDLE = (usable(False), usable(True))


def build_ask(wiring: Wiring) -> AskTab:
    """Lay out the tab and connect it."""
    with gr.Column(elem_classes=["qd-page", "qd-asking"]):
        answer = panel("answer", views.nothing_asked())
        with gr.Row(elem_classes=["qd-actions", "qd-ask"]):
            question = gr.Textbox(
                placeholder="How do I …?",
                show_label=False,
                container=False,
                max_length=_LONGEST,
                scale=5,
                elem_id="qd-question",
                html_attributes=gr.InputHTMLAttributes(autocomplete="off"),
            )
            go = button("Ask", kind="primary", name="ask")
            stop = button("Stop", kind="stop", name="stop", on=False)
            again = button("New conversation", name="again", on=False)
        panel("narrow", views.narrow_button())
        filters = build_filters()
    tab = AskTab(held("talk"), question, answer, stop, again, filters)
    asked = [tab.talk, question, *tab.filters.fields]
    for listen in (question.submit, go.click):
        wiring.stream(listen, tab.ask, inputs=asked, outputs=tab.fresh)
    wiring.on(answer.click, _picked, inputs=[tab.talk], outputs=[answer], pace=Pace.DECIDE)
    wiring.on(stop.click, _halt, inputs=[tab.talk], outputs=[])
    wiring.on(again.click, tab.start_again, inputs=[tab.talk], outputs=tab.fresh)
    return tab


def _checked(question: object) -> str:
    asked = word(question).strip()
    if not asked:
        raise BadInput("The question is empty.", todo="Write a question first.")
    if len(asked) > _LONGEST:
        raise BadInput(f"The question is longer than {_LONGEST} characters.", todo="Shorten it.")
    return asked
