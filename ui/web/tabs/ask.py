"""The ask tab: a conversation with the knowledge base, shown as it is written and checked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

import gradio as gr

from assistant.errors import BadInput
from assistant.flows.ask import Answer, asking
from guardrails import RawText
from ui.web.conversations import Conversation, Conversations
from ui.web.html import NOTHING
from ui.web.views import ask as views
from ui.web.views.shown import Shown
from ui.web.visit import Visit
from ui.web.widgets import UNCHANGED, Block, Wiring, button, held, panel, usable, word

_LONGEST = 4000


@dataclass(frozen=True, slots=True)
class AskTab:
    """The parts that others refresh."""

    talks: Conversations
    talk: gr.Textbox
    question: gr.Textbox
    answer: gr.HTML
    stop: gr.Button
    anew: gr.Button

    @property
    def fresh(self) -> list[Block]:
        """What a change of tenant sets anew."""
        return [self.talk, self.question, self.answer, self.stop, self.anew]

    def leave(self, visit: Visit, talk: object) -> None:
        """Forget the conversation that the page held; nothing more of it is shown."""
        self.talks.leave(visit.person.login, word(talk))

    def ask(self, visit: Visit, talk: object, question: object) -> Iterator[list[object]]:
        """Yield the values of `fresh` and a notice, each time that there is more to read."""
        asked = _checked(question)
        here = self.talks.find(visit, word(talk)) or self.talks.begin(visit)
        here.stop.clear()
        shown = Shown(visit.desk, visit.person, as_seen=False)
        earlier = views.conversation(here.answers, shown)
        busy = [usable(True), usable(False), NOTHING]
        yield [here.id, "", views.waiting(earlier), *busy]
        try:
            last: Answer | None = None
            for found in _until_stopped(visit, asked, here):
                if found.answerable and (last is None or found.written.body != last.written.body):
                    yield [UNCHANGED, UNCHANGED, views.growing(earlier, found, shown), *busy]
                last = found
        except Exception:
            yield [UNCHANGED, asked, views.talk(here.answers, shown), *_IDLE, NOTHING]
            raise
        if here.left:
            yield [UNCHANGED] * (len(self.fresh) + 1)
            return
        if last is not None and (last.answerable or not here.stop.is_set()):
            here.add(last)
        stopped = here.stop.is_set()
        now = views.talk(here.answers, shown, stopped=stopped)
        yield [here.id, UNCHANGED, now, *_IDLE, NOTHING]

    def halt(self, visit: Visit, talk: object) -> list[object]:
        """End what is being written; what stands already stays."""
        here = self.talks.find(visit, word(talk))
        if here is not None:
            here.stop.set()
        return [NOTHING]

    def begin_anew(self, visit: Visit, talk: object) -> list[object]:
        """Leave the conversation for an empty one."""
        self.leave(visit, talk)
        return [*fresh(), NOTHING]


_IDLE = (usable(False), usable(True))


def build_ask(wiring: Wiring) -> AskTab:
    """Lay the tab out and wire it."""
    with gr.Column(elem_classes=["qd-page"]):
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
            anew = button("New conversation", name="anew", on=False)
    tab = AskTab(Conversations(), held("talk"), question, answer, stop, anew)
    for listen in (question.submit, go.click):
        wiring.stream(listen, tab.ask, inputs=[tab.talk, question], outputs=tab.fresh)
    wiring.on(stop.click, tab.halt, inputs=[tab.talk], outputs=[])
    wiring.on(anew.click, tab.begin_anew, inputs=[tab.talk], outputs=tab.fresh)
    return tab


def fresh() -> list[object]:
    """Return the values of `AskTab.fresh`."""
    return ["", "", views.nothing_asked(), usable(False), usable(False)]


def _checked(question: object) -> str:
    asked = word(question).strip()
    if not asked:
        raise BadInput("There is no question yet.", todo="Write one, then ask.")
    if len(asked) > _LONGEST:
        raise BadInput(f"The question is longer than {_LONGEST} characters.", todo="Shorten it.")
    return asked


def _until_stopped(visit: Visit, asked: str, here: Conversation) -> Iterator[Answer]:
    before = [answer.question for answer in here.answers]
    with closing(asking(visit.desk, RawText(asked), before=before)) as answers:
        for found in answers:
            yield found
            if here.stop.is_set():
                return
