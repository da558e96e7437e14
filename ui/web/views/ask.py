"""A question, and an answer that says where it stands, or that nothing here answers it."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.flows.ask import Answer
from ui.web.chips import made_how, redacted
from ui.web.html import NOTHING, Html, el, join, text, words
from ui.web.views.gaps import noted
from ui.web.views.notice import empty
from ui.web.views.shown import Shown
from ui.web.views.sources import nearest, sources

_WRITING = el("p", words("Writing and checking …"), class_="qd-writing", role="status")


def talk(answers: Sequence[Answer], shown: Shown, *, stopped: bool = False) -> Html:
    """Return a whole conversation, or what stands there before it begins."""
    told = el("p", words("You stopped it here."), class_="qd-made-note") if stopped else NOTHING
    return join((conversation(answers, shown), told)) or nothing_asked()


def conversation(answers: Sequence[Answer], shown: Shown) -> Html:
    """Return the answers so far, oldest first."""
    return join(answer(each, shown) for each in answers)


def waiting(earlier: Html) -> Html:
    """Return the conversation while nothing is written yet."""
    return join((earlier, _WRITING))


def growing(earlier: Html, found: Answer, shown: Shown) -> Html:
    """Return the conversation with the answer that is being written."""
    return join((earlier, answer(found, shown), _WRITING))


def answer(found: Answer, shown: Shown) -> Html:
    """Return the answer with its sources, or the nearest articles without one."""
    asked = el(
        "p",
        el("span", words("Asked as "), class_="qd-label"),
        redacted(found.question.reveal()),
        class_="qd-asked",
    )
    body = _answered(found, shown) if found.answerable else _unanswered(found, shown)
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


def _answered(found: Answer, shown: Shown) -> Html:
    made = found.written
    notes = join(el("p", text(note), class_="qd-made-note") for note in made.notes)
    body = el("div", shown.of(made.body, made.citations), class_="qd-body")
    by = el("p", text(made_how(made.writer)), class_="qd-meta")
    return join((body, by, notes, sources(made.citations, shown, found)))


def _unanswered(found: Answer, shown: Shown) -> Html:
    title = el("p", words("Nothing here answers this."), class_="qd-nothing-title")
    kept = noted(found.noted)
    if not found.passages:
        return join((title, el("p", words("No article comes near either.")), kept))
    near = el("section", el("h4", words("Nearest articles")), nearest(found, shown))
    hint = el(
        "p", words("These came nearest, and do not answer it. Open one to judge for yourself.")
    )
    return join((title, hint, kept, near))
