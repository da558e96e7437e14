"""The ask tab: a conversation with the knowledge base, shown as it is written and checked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace

import gradio as gr

from assistant.errors import BadInput
from assistant.flows.ask import Answer, asking
from assistant.flows.gaps import note_gap
from assistant.search.filters import DocumentFilter
from guardrails import RawText
from ui.web.conversations import Conversation, Conversations
from ui.web.html import NOTHING
from ui.web.tabs.narrowing import Narrowing, build_narrowing, filter_of
from ui.web.views import ask as views
from ui.web.views.notice import said
from ui.web.views.shown import Shown
from ui.web.visit import Visit
from ui.web.widgets import UNCHANGED, Block, Pace, Wiring, button, held, panel, usable, word

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
    narrowing: Narrowing

    @property
    def fresh(self) -> list[Block]:
        """What a change of tenant sets again."""
        return [self.talk, self.question, self.answer, self.stop, self.anew, *self.filters]

    @property
    def filters(self) -> list[gr.Textbox]:
        """The fields that narrow a question down; they stay from one question to the next."""
        return list(self.narrowing.fields)

    def leave(self, visit: Visit, talk: object) -> None:
        """Forget the conversation that the page held; nothing more of it is shown."""
        self.talks.leave(visit.person.login, word(talk))

    def ask(
        self, visit: Visit, talk: object, question: object, *narrow: object
    ) -> Iterator[list[object]]:
        """Yield the values of `fresh` and a notice, each time that there is more to read."""
        asked, filters = _checked(question), filter_of(visit, *narrow)
        here = self.talks.find(visit, word(talk)) or self.talks.begin(visit)
        here.stop.clear()
        shown = Shown(visit.desk, visit.person, as_seen=False)
        earlier = views.conversation(here.answers, shown)
        fields = [UNCHANGED] * len(narrow)
        busy = [usable(True), usable(False), *fields, NOTHING]
        idle = [*_IDLE, *fields, NOTHING]
        yield [here.id, "", views.waiting(earlier), *busy]
        try:
            last: Answer | None = None
            for found in _until_stopped(visit, asked, here, filters):
                if found.answerable and (last is None or found.written.body != last.written.body):
                    yield [UNCHANGED, UNCHANGED, views.growing(earlier, found, shown), *busy]
                last = found
        except Exception:
            yield [UNCHANGED, asked, views.talk(here.answers, shown), *idle]
            raise
        if here.left:
            yield [UNCHANGED] * (len(self.fresh) + 1)
            return
        if last is not None and (last.answerable or not here.stop.is_set()):
            here.add(last)
        stopped = here.stop.is_set()
        now = views.talk(here.answers, shown, stopped=stopped)
        yield [here.id, UNCHANGED, now, *idle]

    def halt(self, visit: Visit, talk: object) -> list[object]:
        """End what is being written; what stands already stays."""
        here = self.talks.find(visit, word(talk))
        if here is not None:
            here.stop.set()
        return [NOTHING]

    def start_again(self, visit: Visit, talk: object) -> list[object]:
        """Leave the conversation for an empty one."""
        self.leave(visit, talk)
        return [*self.fresh_values(), NOTHING]

    def fresh_values(self) -> list[object]:
        """Return the values of `fresh` before anything is asked."""
        return ["", "", views.nothing_asked(), *_NO_BUTTONS, *self.narrowing.fresh()]

    def note(self, visit: Visit, talk: object) -> list[object]:
        """Keep the last question as a gap, though a filter left documents out."""
        here = self.talks.find(visit, word(talk))
        last = here.answers[-1] if here and here.answers else None
        if here is None or last is None or last.answerable or last.noted:
            raise BadInput("There is no question to note.")
        note_gap(visit.desk, last.question)
        here.answers = [*here.answers[:-1], replace(last, noted=True)]
        shown = Shown(visit.desk, visit.person, as_seen=False)
        return [views.talk(here.answers, shown), said("Noted.", "It stands under Gaps.")]


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
    tab = AskTab(Conversations(), held("talk"), question, answer, stop, anew, narrowing)
    asked = [tab.talk, question, *tab.filters]
    for listen in (question.submit, go.click):
        wiring.stream(listen, tab.ask, inputs=asked, outputs=tab.fresh)
    wiring.on(answer.click, tab.note, inputs=[tab.talk], outputs=[answer], pace=Pace.DECIDE)
    wiring.on(stop.click, tab.halt, inputs=[tab.talk], outputs=[])
    wiring.on(anew.click, tab.start_again, inputs=[tab.talk], outputs=tab.fresh)
    return tab


def _checked(question: object) -> str:
    asked = word(question).strip()
    if not asked:
        raise BadInput("There is no question yet.", todo="Write one, then ask.")
    if len(asked) > _LONGEST:
        raise BadInput(f"The question is longer than {_LONGEST} characters.", todo="Shorten it.")
    return asked


def _until_stopped(
    visit: Visit, asked: str, here: Conversation, filters: DocumentFilter
) -> Iterator[Answer]:
    before = [answer.question for answer in here.answers]
    with closing(asking(visit.desk, RawText(asked), before=before, filters=filters)) as answers:
        for found in answers:
            yield found
            if here.stop.is_set():
                return
