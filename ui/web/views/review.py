"""Review: the queue, the brief beside the reply, and the findings, marked and listed.

What the model saw and said is one click below.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import LiteralString

from assistant.model import DraftState, FindingKind
from ui.operations.drafts import DraftView
from ui.operations.review import DecisionView, NewMessage, ReviewDetail, Waiting
from ui.web.chips import cited_prose, made_how, new_messages, notices, pill, redacted, uncut, when
from ui.web.findings import Numbered, number, numbered
from ui.web.html import NOTHING, Html, el, join, text, words
from ui.web.views.notice import back, empty
from ui.web.views.sending import sending
from ui.web.views.sources import sources
from ui.web.views.text_mode import RESTORED

_STATES = {
    DraftState.PENDING: "Not decided yet. Read the reply, then approve or reject it.",
    DraftState.APPROVED: "Approved. It goes to the outbox when it is released.",
    DraftState.REJECTED: "Rejected. It is kept and can never be released.",
    DraftState.RELEASED: "Released. The reply is in the outbox.",
    DraftState.SUPERSEDED: "A newer draft has replaced this one.",
}


def _key(key: LiteralString, does: LiteralString) -> Html:
    return el("span", el("kbd", words(key)), words(does))


_KEYS = el(
    "p",
    _key("j", "next"),
    _key("k", "previous"),
    _key("a", "approve"),
    _key("r", "reject"),
    _key("e", "change"),
    class_="qd-keys",
)
_LONGEST_QUOTE = 80
_INJECTION = FindingKind.INJECTION.value
_FLAGS = {"blocking": "blocking", "noted": "to check"}


def queue(drafts: Sequence[Waiting], opened: str) -> Html:
    """Return the drafts that wait, oldest first."""
    if not drafts:
        return empty("Nothing waits for review", "Drafted replies appear here.")
    rows = join(el("li", _line(each, each.id == opened)) for each in drafts)
    count = el("p", text(f"{len(drafts)} waiting, oldest first"), class_="qd-count")
    return join((count, el("ul", rows, class_="qd-list"), _KEYS))


def compare(view: ReviewDetail, *, may_decide: bool) -> Html:
    """Return one draft: its state, findings, the brief and the reply, and the decisions."""
    made = view.draft
    found = numbered(made.findings, len(made.body))
    in_said = numbered(made.refused, len(view.said), first=len(found) + 1)
    reply = _column("Reply", "This is sent.", _to_send(view, found), found, kind="qd-reply-column")
    return join(
        (
            _head(made, may_decide=may_decide),
            _news(view, may_decide=may_decide),
            *(el("p", text(note), class_="qd-made-note") for note in made.notes),
            _findings(found, made.body, "Found in the reply", may_decide=may_decide),
            _findings(in_said, view.said, "Found in what the model said, which was not used"),
            NOTHING if found or in_said else el("p", words(_CLEAN), class_="qd-clean"),
            el("div", _brief(view), reply, class_="qd-columns"),
            _origin(view, found, in_said, correct=may_decide),
            sources(view.sources, RESTORED, may_decide=may_decide),
            _history(view.decisions),
        )
    )


def _news(view: ReviewDetail, *, may_decide: bool) -> Html:
    """Return the messages that came after the draft was made, and the button that confirms them."""
    if not view.draft.stale:
        return NOTHING
    read = el(
        "button",
        words("I have read it" if view.draft.stale == 1 else "I have read them"),
        type="button",
        class_="qd-solid",
        data_do="seen",
        data_seen=view.seen,
    )
    ask = "Change the reply, or draft it again from the ticket, if it no longer fits."
    return el(
        "section",
        el("h3", text(f"{new_messages(view.draft.stale)} since this draft was made")),
        *(_message(each) for each in view.news),
        el("p", text(ask)),
        read if may_decide else NOTHING,
        class_="qd-stale",
    )


def _message(new: NewMessage) -> Html:
    named = el("strong", text(new.author) or words("unknown"))
    head = el("p", named, el("span", text(new.role), class_="qd-role"), when(new.at))
    return el("article", head, el("div", text(new.text), class_="qd-turn-text"))


def _brief(view: ReviewDetail) -> Html:
    """Return what the agent should know and do; a draft of an earlier version has none."""
    if not view.brief:
        return NOTHING
    shown = cited_prose(view.brief, view.draft.citations)
    return _column("Brief", "For you; it is not sent.", shown, kind="qd-brief-column")


def _origin(
    view: ReviewDetail, found: Sequence[Numbered], refused: Sequence[Numbered], *, correct: bool
) -> Html:
    """Return what the writer saw and said, folded: placeholders replace people there."""
    made = view.draft
    by = "Before a person changed it." if made.writer == _PERSON else f"{made_how(made.writer)}."
    who = "writer" if made.writer in (_PERSON, "extractive") else "model"
    marked = found if view.said == made.body else refused
    said = _said(view, marked, correct=correct)
    return el(
        "details",
        el("summary", text(f"What the {who} saw and said"), class_="qd-link"),
        el(
            "div",
            _column("Saw", "Placeholders replace people.", redacted(view.saw, correct=correct)),
            _column("Said", by[:1].upper() + by[1:], said, refused),
            class_="qd-columns",
        ),
        class_="qd-origin",
    )


_PERSON = "person"
_CLEAN = "The checks found nothing in the text."


def nothing_open() -> Html:
    """Return the text shown before a draft is chosen."""
    return empty("No draft is open", "Choose one from the queue.")


def open_again(draft_id: str) -> Html:
    """Return the button that opens a draft that was decided about."""
    return el(
        "button",
        words("Open it again"),
        type="button",
        class_="qd-link",
        data_do="review",
        data_draft=draft_id,
    )


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
    found = {(each.blocks, each.kind, each.note) for each in draft.findings}
    blocking = sum(blocks for blocks, _, _ in found)
    noted = len(found) - blocking
    flags = join(
        el("span", text(f"{number} {_FLAGS[kind]}"), class_=f"qd-flag qd-flag-{kind}")
        for number, kind in ((blocking, "blocking"), (noted, "noted"))
        if number
    )
    if draft.stale:
        news = el("span", text(new_messages(draft.stale)), class_="qd-flag qd-flag-blocking")
        flags = join((news, flags))
    return el(
        "button",
        el(
            "span",
            el("span", text(draft.reference), class_="qd-ref"),
            pill(draft.state),
            class_="qd-line-top",
        ),
        el("span", _begins(draft) or words("(nothing to say)"), class_="qd-line-subject"),
        el("span", when(draft.created_at, day=True), flags, class_="qd-line-meta"),
        type="button",
        class_="qd-line",
        data_do="draft",
        data_draft=draft.id,
        aria_current="true" if current else None,
    )


def _begins(draft: Waiting) -> Html:
    """Return the beginning of a draft; what tells drafts apart stands after the greeting."""
    greeting, _, rest = draft.start.partition("\n")
    return text(rest.strip() if greeting.rstrip().endswith(",") and rest.strip() else draft.start)


def _head(draft: DraftView, *, may_decide: bool) -> Html:
    state = (
        _STATES[DraftState(draft.state)]
        if may_decide
        else "You may read this. A reviewer decides about it."
    )
    return el(
        "header",
        back("All drafts"),
        el("h2", words("Reply to "), el("span", text(draft.reference), class_="qd-ref")),
        pill(draft.state),
        el("p", text(state)),
        class_="qd-review-head",
        data_shown=draft.id,
    )


def _column(
    title: str, hint: str, body: Html, found: Sequence[Numbered] = (), kind: str | None = None
) -> Html:
    whole = [each for each in found if each.whole]
    about = (words("About the whole text: "), *(number(each, leads_to="entry") for each in whole))
    head = el(
        "header",
        el("h3", text(title)),
        el("p", text(hint)),
        el("p", *about, class_="qd-about") if whole else NOTHING,
    )
    shown = el("div", body, class_="qd-column-text", tabindex="0")
    return el("section", head, shown, class_=kind)


def _said(view: ReviewDetail, found: Sequence[Numbered], *, correct: bool) -> Html:
    if not view.said:
        return el("p", words("It said nothing."), class_="qd-nothing")
    return redacted(view.said, view.draft.citations, found, correct=correct)


def _to_send(view: ReviewDetail, found: Sequence[Numbered]) -> Html:
    if not view.draft.body:
        return el("p", words("Nothing yet. Write the reply below."), class_="qd-nothing")
    return join((sending(view, found), notices(view.draft.notices)))


def _findings(
    found: Sequence[Numbered], about: str, title: LiteralString, *, may_decide: bool = False
) -> Html:
    if not found:
        return NOTHING
    rows = join(_finding(each, about, may_decide=may_decide) for each in _alike(found))
    return el(
        "section", el("h3", words(title), class_="qd-minor"), el("ul", rows), class_="qd-findings"
    )


def _alike(found: Sequence[Numbered]) -> list[list[Numbered]]:
    """Return the findings, those together that say the same; what blocks comes first."""
    groups: dict[tuple[bool, str, str], list[Numbered]] = {}
    for each in sorted(found, key=lambda each: not each.finding.blocks):
        said = each.finding
        groups.setdefault((said.blocks, said.kind, said.note), []).append(each)
    return list(groups.values())


def _finding(alike: Sequence[Numbered], about: str, *, may_decide: bool) -> Html:
    """Return one row; its numbers and those at the places in the text link to each other."""
    first = alike[0]
    start, end = first.start, first.end
    place = "" if first.whole else uncut(about, start, min(end, start + _LONGEST_QUOTE))
    kind = "blocking" if first.finding.blocks else "noted"
    times = f"{len(alike)} × " if len(alike) > 1 else ""
    why = el("strong", text(f"{times}{first.finding.kind.replace('_', ' ')}"))
    quote = (text(" "), el("q", redacted(place))) if place else ()
    return el(
        "li",
        el("span", *(number(each, leads_to="place") for each in alike)),
        el("span", text(_FLAGS[kind]), class_=f"qd-flag qd-flag-{kind}"),
        el("span", why, text(" "), redacted(first.finding.note), *quote),
        _honest_button(first) if may_decide and first.finding.kind == _INJECTION else NOTHING,
    )


def _honest_button(found: Numbered) -> Html:
    """Return the button by which a reviewer says that a suspicious span is honest."""
    return el(
        "button",
        words("This was honest"),
        type="button",
        class_="qd-link",
        title="The sentence is not flagged again for this tenant",
        data_do="honest",
        data_number=str(found.number),
    )


def _history(reviews: Sequence[DecisionView]) -> Html:
    if not reviews:
        return NOTHING
    rows = join(
        el("li", el("strong", text(each.login)), text(f" {_action(each.action)} "), when(each.at))
        for each in reviews
    )
    return el(
        "section",
        el("h3", words("Decisions"), class_="qd-minor"),
        el("ul", rows),
        class_="qd-history",
    )


def _action(action: str) -> str:
    return action.rpartition(".")[2]
