"""A question, and an answer that says where it stands, or that nothing here answers it."""

from __future__ import annotations

from collections.abc import Sequence

from ui.operations.ask import AnswerView
from ui.operations.texts import Text
from ui.web.chips import made_how, redacted
from ui.web.html import NOTHING, Html, el, join, text, words
from ui.web.views.gaps import noted
from ui.web.views.notice import empty
from ui.web.views.shown import RESTORED
from ui.web.views.sources import nearest, sources

_WRITING = el("p", words("Writing and checking …"), class_="qd-writing", role="status")


def talk(answers: Sequence[AnswerView], *, stopped: bool = False) -> Html:
    """Return a whole conversation, or what stands there before it begins."""
    told = el("p", words("You stopped it here."), class_="qd-made-note") if stopped else NOTHING
    return join((conversation(answers), told)) or nothing_asked()


def conversation(answers: Sequence[AnswerView]) -> Html:
    """Return the answers so far, oldest first."""
    return join(answer(each) for each in answers)


def waiting(earlier: Html) -> Html:
    """Return the conversation while nothing is written yet."""
    return join((earlier, _WRITING))


def growing(earlier: Html, found: AnswerView) -> Html:
    """Return the conversation with the answer that is being written."""
    return join((earlier, answer(found), _WRITING))


def answer(found: AnswerView) -> Html:
    """Return the answer with its sources, or the nearest articles without one."""
    asked = el(
        "p",
        el("span", words("Asked as "), class_="qd-label"),
        redacted(found.question),
        class_="qd-asked",
    )
    body = _answered(found) if found.answerable else _unanswered(found)
    return el("section", asked, body, class_="qd-card qd-answer")


def narrow_button() -> Html:
    """Return the button that shows the fields which narrow a question down."""
    return el(
        "button",
        words("Only some documents"),
        type="button",
        class_="qd-link",
        data_toggle="qd-asking",
        aria_expanded="false",
    )


def nothing_asked() -> Html:
    """Return what stands under the question before one was asked."""
    return empty("Ask the knowledge base", "Answers cite the passages that they stand on.")


def _answered(found: AnswerView) -> Html:
    notes = join(el("p", text(note), class_="qd-made-note") for note in found.notes)
    body = el("div", RESTORED.of(_text(found), found.citations), class_="qd-body")
    by = el("p", text(made_how(found.writer)), class_="qd-meta")
    return join((body, by, notes, sources(found.sources, RESTORED)))


def _unanswered(found: AnswerView) -> Html:
    title = el("p", words("Nothing here answers this."), class_="qd-nothing-title")
    kept = noted(found.noted)
    if not found.near:
        return join((title, el("p", words("No article comes near either.")), kept))
    near = el("section", el("h4", words("Nearest articles")), nearest(found.near, RESTORED))
    hint = el(
        "p", words("These came nearest, and do not answer it. Open one to judge for yourself.")
    )
    return join((title, hint, kept, near))


def _text(found: AnswerView) -> Text:
    return Text(redacted=found.text, restored=found.restored)
