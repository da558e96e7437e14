"""The ask tab: a question to the knowledge base."""

from __future__ import annotations

from dataclasses import dataclass

import gradio as gr

from assistant.errors import BadInput
from assistant.flows.ask import ask
from guardrails import RawText
from ui.web.html import NOTHING
from ui.web.views import ask as views
from ui.web.views.shown import Shown
from ui.web.visit import Visit
from ui.web.widgets import Block, Pace, Wiring, button, panel, word

_LONGEST = 4000


@dataclass(frozen=True, slots=True)
class AskTab:
    """The parts that others refresh."""

    question: gr.Textbox
    answer: gr.HTML

    @property
    def fresh(self) -> list[Block]:
        """What a change of tenant sets anew."""
        return [self.question, self.answer]


def build_ask(wiring: Wiring) -> AskTab:
    """Lay the tab out and wire it."""
    with gr.Column(elem_classes=["qd-page"]):
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
        answer = panel("answer", views.nothing_asked())
    for listen in (question.submit, go.click):
        wiring.on(listen, _ask, inputs=[question], outputs=[answer], pace=Pace.WRITE, busy=answer)
    return AskTab(question, answer)


def fresh() -> list[object]:
    """Return the values of `AskTab.fresh`."""
    return ["", views.nothing_asked()]


def _ask(visit: Visit, question: object) -> list[object]:
    asked = word(question).strip()
    if not asked:
        raise BadInput("There is no question yet.", todo="Write one, then ask.")
    if len(asked) > _LONGEST:
        raise BadInput(f"The question is longer than {_LONGEST} characters.", todo="Shorten it.")
    found = ask(visit.desk, RawText(asked))
    return [views.answer(found, Shown(visit.desk, visit.person, as_seen=False)), NOTHING]
