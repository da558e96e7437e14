"""Review: the queue, and three texts side by side, with their findings marked and listed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import LiteralString

from assistant.model import DraftState
from ui.operations.drafts import DraftView
from ui.operations.review import DecisionView, ReviewDetail, Waiting
from ui.web.chips import made_how, pill, redacted, uncut, when
from ui.web.findings import Numbered, number, numbered
from ui.web.html import NOTHING, Html, el, join, text, words
from ui.web.views.notice import empty
from ui.web.views.sending import sending
from ui.web.views.sources import sources
from ui.web.views.text_mode import RESTORED

_STATES = {
    DraftState.PENDING: "Not decided yet. Read the right-hand text, then approve or reject.",
    DraftState.APPROVED: "Approved. It goes to the outbox when it is released.",
    DraftState.REJECTED: "Rejected. It is kept and can never be released.",
    DraftState.RELEASED: "Released. The reply is in the outbox.",
    DraftState.SUPERSEDED: "A newer draft has replaced this one.",
}
_LONGEST_QUOTE = 80
_FLAGS = {"blocking": "blocking", "noted": "to check"}


def queue(drafts: Sequence[Waiting], opened: str) -> Html:
    """Return the drafts that wait, oldest first."""
    if not drafts:
        return empty("Nothing waits for review", "Drafted replies appear here.")
    rows = join(el("li", _line(each, each.id == opened)) for each in drafts)
    count = el("p", text(f"{len(drafts)} waiting, oldest first"), class_="qd-count")
    return join((count, el("ul", rows, class_="qd-list")))


def compare(view: ReviewDetail, *, may_decide: bool) -> Html:
    """Return one draft: its state, findings, three texts, and the decisions."""
    made = view.draft
    edited = made.writer == "person"
    saw = redacted(view.saw, correct=may_decide)
    said_by = "Before a person changed it." if edited else f"{made_how(made.writer).capitalize()}."
    found = numbered(made.findings, len(made.body))
    same = view.said == made.body
    in_said = numbered(made.refused, len(view.said), first=len(found) + 1)
    columns = el(
        "div",
        _column("What the model saw", "Placeholders replace people.", saw),
        _column(
            "What it said",
            said_by,
            _said(view, found if same else in_said, correct=may_decide),
            in_said,
        ),
        _column("What will be sent", "Coloured words are restored.", _to_send(view, found), found),
        class_="qd-columns",
    )
    return join(
        (
            _head(made, may_decide=may_decide),
            *(el("p", text(note), class_="qd-made-note") for note in made.notes),
            _findings(found, made.body, "Found in what will be sent"),
            _findings(in_said, view.said, "Found in what it said, which was not used"),
            NOTHING if found or in_said else el("p", words(_CLEAN), class_="qd-clean"),
            columns,
            sources(view.sources, RESTORED),
            _history(view.decisions),
        )
    )


_CLEAN = "The checks found nothing in the text."


def nothing_open() -> Html:
    """Return the text shown before a draft is chosen."""
    return empty("No draft is open", "Choose one from the queue.")


def change_button() -> Html:
    """Return the button that shows the box for changing the text."""
    return el(
        "button",
        words("Change what will be sent"),
        type="button",
        class_="qd-link",
        data_toggle="qd-decide",
        aria_expanded="false",
    )


def _line(draft: Waiting, current: bool) -> Html:
    blocking = sum(each.blocks for each in draft.findings)
    noted = len(draft.findings) - blocking
    flags = join(
        el("span", text(f"{number} {_FLAGS[kind]}"), class_=f"qd-flag qd-flag-{kind}")
        for number, kind in ((blocking, "blocking"), (noted, "noted"))
        if number
    )
    return el(
        "button",
        el(
            "span",
            el("span", text(draft.reference), class_="qd-ref"),
            pill(draft.state),
            class_="qd-line-top",
        ),
        el("span", text(draft.start) or words("(nothing to say)"), class_="qd-line-subject"),
        el("span", when(draft.created_at, day=True), flags, class_="qd-line-meta"),
        type="button",
        class_="qd-line",
        data_do="draft",
        data_draft=draft.id,
        aria_current="true" if current else None,
    )


def _head(draft: DraftView, *, may_decide: bool) -> Html:
    state = (
        _STATES[DraftState(draft.state)]
        if may_decide
        else "You may read this. A reviewer decides about it."
    )
    return el(
        "header",
        el("h2", words("Reply to "), el("span", text(draft.reference), class_="qd-ref")),
        pill(draft.state),
        el("p", text(state)),
        class_="qd-review-head",
    )


def _column(title: str, hint: str, body: Html, found: Sequence[Numbered] = ()) -> Html:
    whole = [each for each in found if each.whole]
    about = (words("About the whole text: "), *(number(each, leads_to="entry") for each in whole))
    head = el(
        "header",
        el("h3", text(title)),
        el("p", text(hint)),
        el("p", *about, class_="qd-about") if whole else NOTHING,
    )
    return el("section", head, el("div", body, class_="qd-column-text", tabindex="0"))


def _said(view: ReviewDetail, found: Sequence[Numbered], *, correct: bool) -> Html:
    if not view.said:
        return el("p", words("It said nothing."), class_="qd-nothing")
    return redacted(view.said, view.draft.citations, found, correct=correct)


def _to_send(view: ReviewDetail, found: Sequence[Numbered]) -> Html:
    if not view.draft.body:
        return el("p", words("Nothing yet. Write the reply below."), class_="qd-nothing")
    return sending(view, found)


def _findings(found: Sequence[Numbered], about: str, title: LiteralString) -> Html:
    if not found:
        return NOTHING
    rows = join(_finding(each, about) for each in found)
    return el("section", el("h4", words(title)), el("ul", rows), class_="qd-findings")


def _finding(each: Numbered, about: str) -> Html:
    """Return one row; its number and the number at the place in the text link to each other."""
    start, end = each.start, each.end
    place = "" if each.whole else uncut(about, start, min(end, start + _LONGEST_QUOTE))
    kind = "blocking" if each.finding.blocks else "noted"
    why = el("strong", text(each.finding.kind.replace("_", " ")))
    quote = (text(" "), el("q", redacted(place))) if place else ()
    return el(
        "li",
        number(each, leads_to="place"),
        el("span", text(_FLAGS[kind]), class_=f"qd-flag qd-flag-{kind}"),
        el("span", why, text(" "), redacted(each.finding.note), *quote),
    )


def _history(reviews: Sequence[DecisionView]) -> Html:
    if not reviews:
        return NOTHING
    rows = join(
        el("li", el("strong", text(each.login)), text(f" {_action(each.action)} "), when(each.at))
        for each in reviews
    )
    return el("section", el("h4", words("Decisions")), el("ul", rows), class_="qd-history")


def _action(action: str) -> str:
    return action.rpartition(".")[2]
