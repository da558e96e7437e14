"""A question, and its answer with citations, or the message that no document answers it."""

from __future__ import annotations

from collections.abc import Sequence

from ui.operations.ask import AnswerView
from ui.operations.texts import Text
from ui.web.chips import made_how, notices, redacted
from ui.web.html import NOTHING, Html, el, join, text, words
from ui.web.views.gaps import noted
from ui.web.views.notice import empty
from ui.web.views.sources import below, nearest, sources
from ui.web.views.text_mode import RESTORED

_WRITING = el("p", words("Writing and checking …"), class_="qd-writing", role="status")


def talk(answers: Sequence[AnswerView], *, stopped: bool = False, may_decide: bool = False) -> Html:
    """Return a whole conversation, or the text shown before the first question.

    With ``may_decide`` each source has a button that changes who may read it.
    """
    note = (
        el("p", words("You stopped the answer here."), class_="qd-made-note")
        if stopped
        else NOTHING
    )
    return join((conversation(answers, may_decide=may_decide), note)) or nothing_asked()


def conversation(answers: Sequence[AnswerView], *, may_decide: bool = False) -> Html:
    """Return the answers so far, oldest first."""
    return join(answer(each, may_decide=may_decide) for each in answers)


def waiting(earlier: Html) -> Html:
    """Return the conversation before the first sentence of the answer."""
    return join((earlier, _WRITING))


def growing(earlier: Html, found: AnswerView) -> Html:
    """Return the conversation with the answer that is being written."""
    return join((earlier, answer(found), _WRITING))


def answer(found: AnswerView, *, may_decide: bool = False) -> Html:
    """Return the answer with its sources, or the nearest articles if there is no answer."""
    asked = el(
        "h2",
        el("span", words("Asked as "), class_="qd-label"),
        redacted(found.question),
        class_="qd-asked",
    )
    body = _answered(found, may_decide) if found.text else _unanswered(found)
    return el("section", asked, body, class_="qd-card qd-answer")


def narrow_button() -> Html:
    """Return the button that shows the filter fields."""
    return el(
        "button",
        words("Only some documents"),
        type="button",
        class_="qd-link",
        data_toggle="qd-asking",
        aria_expanded="false",
    )


def nothing_asked() -> Html:
    """Return the text shown before the first question."""
    return empty("Ask the knowledge base", "Answers cite the passages that they are based on.")


def _answered(found: AnswerView, may_decide: bool) -> Html:
    notes = join(el("p", text(note), class_="qd-made-note") for note in found.notes)
    shown = RESTORED.prose(_text(found), found.citations, found.highlight)
    by = el("p", text(made_how(found.writer)), class_="qd-meta")
    cited = sources(found.sources, RESTORED, may_decide=may_decide)
    body = el("div", shown, class_="qd-body")
    return join(
        (
            _missed(found),
            notes,
            body,
            notices(found.notices),
            by,
            below(found.below, RESTORED),
            cited,
        )
    )


def _missed(found: AnswerView) -> Html:
    """Return what the documents do not speak of, above the nearest section."""
    if not found.near_miss:
        return NOTHING
    missing = el("p", text(found.near_miss), class_="qd-nothing-title")
    return join((missing, noted(found.noted)))


def _only_found(found: AnswerView) -> Html:
    """Return what was found where answers are switched off."""
    title = el("p", text(found.off), class_="qd-nothing-title")
    why = join(el("p", text(note), class_="qd-made-note") for note in found.notes)
    hint = words("No answer is written; these passages were found.")
    if not found.near:
        hint = words("No answer is written, and no passage was found.")
    near = nearest(found.near, RESTORED) if found.near else NOTHING
    return join((title, why, el("p", hint), near))


def _unanswered(found: AnswerView) -> Html:
    if found.off:
        return _only_found(found)
    title = el("p", words("No document answers this."), class_="qd-nothing-title")
    why = join(el("p", text(note), class_="qd-made-note") for note in found.notes)
    title = join((title, why))
    kept = noted(found.noted)
    if not found.near:
        return join((title, el("p", words("No article is close to it.")), kept))
    near = el(
        "section",
        el("h3", words("Nearest articles"), class_="qd-minor"),
        nearest(found.near, RESTORED),
    )
    hint = el(
        "p", words("These are the nearest articles; they do not answer it. Open one to check.")
    )
    return join((title, hint, kept, near))


def _text(found: AnswerView) -> Text:
    return Text(redacted=found.text, restored=found.restored)
