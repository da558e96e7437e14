"""The ask tab: a conversation with the knowledge base, shown as it is written and checked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import gradio as gr

from assistant.errors import BadInput, NotFound
from ui.operations import talks
from ui.operations.ask import ASK, AnswerView, Question
from ui.operations.talks import TalkArgs
from ui.web.html import NOTHING
from ui.web.tabs.narrowing import Narrowing, build_narrowing, narrow
from ui.web.views import ask as views
from ui.web.views.notice import said
from ui.web.visit import Visit
from ui.web.widgets import UNCHANGED, Block, Pace, Wiring, button, held, panel, usable, word

_LONGEST = 4000


@dataclass(frozen=True, slots=True)
class AskTab:
    """The parts that others refresh."""

    talk: gr.Textbox
    question: gr.Textbox
    answer: gr.HTML
    stop: gr.Button
    anew: gr.Button
    narrowing: Narrowing

    @property
    def fresh(self) -> list[Block]:
        """What a change of tenant sets again."""
        return [self.talk, self.question, self.answer, self.stop, self.anew, *self.filters]

    @property
    def filters(self) -> list[gr.Textbox]:
        """The fields that narrow a question down; they stay from one question to the next."""
        return list(self.narrowing.fields)

    def ask(
        self, visit: Visit, talk: object, question: object, *fields: object
    ) -> Iterator[list[object]]:
        """Yield the values of `fresh` and a notice, each time that there is more to read."""
        asked = _checked(question)
        args = narrow(Question(tenant=visit.tenant, question=asked), *fields)
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
                if found.answerable and (last is None or found.text != last.text):
                    yield [UNCHANGED, UNCHANGED, views.growing(earlier, found), *busy]
                last = found
        except Exception:
            yield [UNCHANGED, asked, views.talk(begun.answers), *idle]
            raise
        try:
            now = visit.perform(talks.SHOW, _talk(visit, begun.id))
        except NotFound:  # it was left meanwhile, so that nothing more of it is shown
            yield [UNCHANGED] * (len(self.fresh) + 1)
            return
        yield [now.id, UNCHANGED, views.talk(now.answers, stopped=now.stopped), *idle]

    def start_again(self, visit: Visit, talk: object) -> list[object]:
        """Leave the conversation for an empty one."""
        leave(visit, talk)
        return [*self.anew_values(), NOTHING]

    def anew_values(self) -> list[object]:
        """Return the values of `fresh` before anything is asked."""
        return ["", "", views.nothing_asked(), *_NO_BUTTONS, *self.narrowing.fresh()]


def leave(visit: Visit, talk: object) -> None:
    """Forget the conversation that the page held; nothing more of it is shown."""
    if word(talk):
        visit.perform(talks.LEAVE, _talk(visit, talk))


def _halt(visit: Visit, talk: object) -> list[object]:
    """End what is being written; what is there already stays."""
    if word(talk):
        visit.perform(talks.STOP, _talk(visit, talk))
    return [NOTHING]


def _note(visit: Visit, talk: object) -> list[object]:
    """Keep the last question as a gap, though a filter left documents out."""
    now = visit.perform(talks.NOTE, _talk(visit, talk))
    return [views.talk(now.answers), said("Noted.", "It is listed under Gaps.")]


def _talk(visit: Visit, talk: object) -> TalkArgs:
    return TalkArgs(tenant=visit.tenant, id=word(talk))


_NO_BUTTONS = (usable(False), usable(False))
_IDLE = (usable(False), usable(True))


def build_ask(wiring: Wiring) -> AskTab:
    """Lay the tab out and wire it."""
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
            anew = button("New conversation", name="again", on=False)
        panel("narrow", views.narrow_button())
        narrowing = build_narrowing()
    tab = AskTab(held("talk"), question, answer, stop, anew, narrowing)
    asked = [tab.talk, question, *tab.filters]
    for listen in (question.submit, go.click):
        wiring.stream(listen, tab.ask, inputs=asked, outputs=tab.fresh)
    wiring.on(answer.click, _note, inputs=[tab.talk], outputs=[answer], pace=Pace.DECIDE)
    wiring.on(stop.click, _halt, inputs=[tab.talk], outputs=[])
    wiring.on(anew.click, tab.start_again, inputs=[tab.talk], outputs=tab.fresh)
    return tab


def _checked(question: object) -> str:
    asked = word(question).strip()
    if not asked:
        raise BadInput("There is no question yet.", todo="Write one, then ask.")
    if len(asked) > _LONGEST:
        raise BadInput(f"The question is longer than {_LONGEST} characters.", todo="Shorten it.")
    return asked
