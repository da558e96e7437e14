"""Tickets: the list, one thread, and its summaries and drafts."""

from __future__ import annotations

from assistant.model import DraftKind, DraftState
from ui.operations.drafts import DraftView, WrittenView
from ui.operations.tickets import FoundTicket, TicketFull, TicketsFound, TurnView
from ui.web.chips import made_how, new_messages, notices, pill, redacted, when
from ui.web.html import NOTHING, Html, el, join, text, words
from ui.web.views.notice import back, empty
from ui.web.views.sources import sources
from ui.web.views.text_mode import TextMode


def ticket_list(found: TicketsFound, opened: str, *, filtered: bool) -> Html:
    """Return the list of tickets, with the open one marked."""
    if not found.tickets:
        return _no_match() if filtered else _none_yet()
    rows = join(el("li", _line(each, each.reference == opened)) for each in found.tickets)
    left = found.count - len(found.tickets)
    more = el("p", text(f"{left} more. Narrow the filter to see them."), class_="qd-more")
    count = el("p", text(_count(found.count)), class_="qd-count")
    return join((count, el("ul", rows, class_="qd-list"), more if left > 0 else NOTHING))


def thread(view: TicketFull, *, as_seen: bool, correct: bool = False) -> Html:
    """Return one thread as a conversation; with ``correct`` its chips are buttons."""
    subject = redacted(view.redacted_subject, correct=correct) if as_seen else text(view.subject)
    meta = (
        el("span", text(view.reference), class_="qd-ref"),
        pill(view.status),
        el("span", words("priority "), text(view.priority)),
        el("span", words("opened "), when(view.created_at)),
    )
    head = el("header", back("All tickets"), el("h2", subject), el("p", *meta, class_="qd-meta"))
    note = el("p", words(_SEEN_NOTE), class_="qd-seen-note") if as_seen else NOTHING
    turns = join(_turn(each, as_seen=as_seen, correct=correct) for each in view.turns)
    return el("article", head, note, el("ol", turns, class_="qd-turns"), class_="qd-thread")


def written(made: WrittenView, mode: TextMode) -> Html:
    """Return a summary or a draft reply with its sources."""
    draft = made.draft
    if not draft.body:
        body = el("p", words(_NOTHING_TO_SAY), class_="qd-nothing")
    else:
        body = el("div", mode.prose(made.body, draft.citations), class_="qd-body")
    notes = join(el("p", text(note), class_="qd-made-note") for note in draft.notes)
    return el(
        "section",
        _written_head(draft),
        _brief(made, mode),
        body,
        notices(draft.notices),
        notes,
        sources(made.sources, mode),
        _next_step(draft),
        class_="qd-card qd-written",
    )


def _brief(made: WrittenView, mode: TextMode) -> Html:
    if not made.brief.redacted:
        return NOTHING
    title = el("summary", words("Brief for you"), class_="qd-link")
    return el(
        "details",
        title,
        el("div", mode.prose(made.brief, made.draft.citations), class_="qd-brief-text"),
        class_="qd-brief",
        open=True,
    )


_SEEN_NOTE = "This is all that a model, an index or a log can see of this ticket."
_NOTHING_TO_SAY = "The knowledge base contains no sources for this."


def nothing_open() -> Html:
    """Return the text shown before a ticket is chosen."""
    return empty("No ticket is open", "Choose one from the list.")


def nothing_written() -> Html:
    """Return the text shown beside a ticket without a summary or a draft."""
    return empty("Nothing written yet", "Summarise the thread, or draft a reply from the sources.")


def _line(line: FoundTicket, current: bool) -> Html:
    top = el(
        "span",
        el("span", text(line.reference), class_="qd-ref"),
        pill(line.status),
        class_="qd-line-top",
    )
    meta = el(
        "span",
        el("span", text(line.requester or "unknown"), class_="qd-who-name"),
        text(f" · {line.priority} · "),
        when(line.created_at, day=True),
        class_="qd-line-meta",
    )
    return el(
        "button",
        top,
        el("span", text(line.subject), class_="qd-line-subject"),
        meta,
        type="button",
        class_="qd-line",
        data_do="ticket",
        data_ticket=line.reference,
        aria_current="true" if current else None,
    )


def _turn(turn: TurnView, *, as_seen: bool, correct: bool) -> Html:
    if as_seen:
        author = redacted(turn.redacted_author, correct=correct)
        body = redacted(turn.redacted_text, correct=correct)
    else:
        author, body = text(turn.author), text(turn.text)
    head = el(
        "p",
        el("strong", author or words("unknown")),
        NOTHING if _is_role(turn) else el("span", text(turn.role), class_="qd-role"),
        when(turn.at),
        class_="qd-turn-head",
    )
    return el(
        "li",
        head,
        el("div", body, class_="qd-turn-text"),
        class_=f"qd-turn qd-turn-{turn.role}",
    )


def _is_role(turn: TurnView) -> bool:
    return turn.author.strip().casefold() == turn.role


def _written_head(draft: DraftView) -> Html:
    title = words("Summary") if draft.kind == DraftKind.SUMMARY else words("Draft reply")
    state = NOTHING if draft.kind == DraftKind.SUMMARY else pill(draft.state)
    by = el("span", text(made_how(draft.writer)), words(", "), when(draft.created_at))
    return el("header", el("h3", title), state, by, class_="qd-written-head")


def _next_step(draft: DraftView) -> Html:
    if draft.kind == DraftKind.SUMMARY or draft.state == DraftState.REJECTED:
        return NOTHING
    if draft.state == DraftState.SUPERSEDED:
        return el("p", words("A newer draft has replaced it."), class_="qd-next")
    if draft.state == DraftState.RELEASED:
        return el("p", words("It was released and is in the outbox."), class_="qd-next")
    go = el(
        "button",
        words("Open in review"),
        type="button",
        class_="qd-link",
        data_do="review",
        data_draft=draft.id,
    )
    safe = el("p", words("Nothing is sent before a person releases it. "), go, class_="qd-next")
    if not draft.stale:
        return safe
    news = f"{new_messages(draft.stale)} since it was drafted."
    return join((el("p", text(news), class_="qd-made-note"), safe))


def _count(number: int) -> str:
    return "1 ticket" if number == 1 else f"{number} tickets"


def _no_match() -> Html:
    return empty("No ticket matches", "Try fewer words, or another status.")


def _none_yet() -> Html:
    return empty("No tickets yet", "A reviewer can import an export under Import.")
