"""The review queue: drafts that wait for a person, and that person's decisions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from assistant.model import Role
from guardrails.identity.permissions import Right
from ui.operations.base import Operation, Progress, Shape, TenantArgs
from ui.operations.callers import Caller, at_desk
from ui.operations.drafts import DraftView, draft_view
from ui.operations.names import names_of
from ui.operations.needs import member, owner_or
from ui.operations.outcomes import OutcomesView, outcomes_of
from ui.operations.sources import SourceView, cited
from ui.operations.texts import texts

if TYPE_CHECKING:
    from assistant.bootstrap import Home
    from assistant.desk import Desk
    from assistant.model import Draft, Thread, Written
    from guardrails import RedactedText
    from guardrails.identity.permissions import Person


class QueueArgs(TenantArgs):
    """With ``restored`` each draft has its subject with identity restored."""

    restored: bool = False


class Waiting(DraftView):
    """A draft that waits; ``start`` is its subject with identity restored, or empty."""

    start: str


class Queue(Shape):
    """Drafts that wait for a decision, oldest first."""

    drafts: tuple[Waiting, ...]


class OneDraft(TenantArgs):
    """A draft by its id, or by a unique prefix of it."""

    draft: str


class DecideArgs(OneDraft):
    """A draft to decide about; ``read`` is what the person has read as the text to be sent.

    The decision is refused if the text to be sent has changed: another person saved, or this
    person typed and did not save. ``seen`` says which messages of the ticket the person has read:
    their number, or the ``seen`` of `ReviewDetail`. A stale draft needs it, and a decision is
    refused if the ticket has changed again.
    """

    read: str | None = None
    seen: str | None = None


class SeenArgs(OneDraft):
    """A stale draft, and which messages of its ticket a person has read (see `DecideArgs`)."""

    seen: str


class EditArgs(OneDraft):
    """A person's text, which replaces the draft's.

    ``confirm_internal`` confirms that the customer may read what in it is for agents only.
    """

    text: str
    confirm_internal: bool = False


class DecisionView(Shape):
    """One decision that was taken."""

    login: str
    action: str
    at: datetime


class PutBack(Shape):
    """A placeholder at ``start`` to ``end`` of a draft's body, and the value sent for it."""

    start: int
    end: int
    placeholder: str
    value: str


class NewMessage(Shape):
    """A message that came after a draft was made, unredacted."""

    at: datetime
    author: str
    role: str
    text: str


class ReviewDetail(Shape):
    """The three texts side by side, for a permitted person.

    ``brief`` is for agents only: Markdown with identity restored. ``put_back`` are the restored
    values of the draft's body, in order; ``to_send`` is the body with them. ``seen`` names the
    state of the ticket's thread; of a stale draft ``news`` are the messages that came since, or all
    of them where the text of an earlier one has changed.
    """

    draft: DraftView
    saw: str
    said: str
    to_send: str
    brief: str
    put_back: tuple[PutBack, ...]
    sources: tuple[SourceView, ...]
    decisions: tuple[DecisionView, ...]
    seen: str
    news: tuple[NewMessage, ...] = ()


class Decided(Shape):
    """The state of a draft after a decision."""

    draft: str
    reference: str
    state: str


class Released(Shape):
    """A reply that is in the outbox now."""

    reply: str
    draft: str
    reference: str
    released_by: str
    released_at: datetime


class FiguresView(Shape):
    """What became of the drafts of one reviewer, writer or topic (the document cited first).

    ``distance_p50`` is the median share of a released reply's words that were changed,
    ``seconds_p50`` the median time from a draft to the first decision.
    """

    by: str
    name: str
    decided: int
    released: int
    unchanged: int
    rejected: int
    acceptance: float
    distance_p50: float | None
    seconds_p50: float | None


class Stats(Shape):
    """Figures by reviewer, by writer and by topic, and what became of the texts of models."""

    figures: tuple[FiguresView, ...]
    outcomes: tuple[OutcomesView, ...]


def _list(home: Home, caller: Caller, args: QueueArgs, _progress: Progress) -> Queue:
    from assistant.flows import review
    from assistant.flows.ai_notice import notices_of

    desk, person = at_desk(home, caller, args.tenant)
    notices = notices_of(desk)
    drafts = review.pending(desk, person)
    threads = desk.records.tickets.threads()
    starts = [""] * len(drafts)
    if args.restored:
        shown = texts(desk, person, [_beginning(each.written) for each in drafts])
        starts = [each.restored for each in shown]
    return Queue(
        drafts=tuple(
            Waiting(**dict(draft_view(each, notices, stale=_news(each, threads))), start=start)
            for each, start in zip(drafts, starts, strict=True)
        )
    )


def _news(draft: Draft, threads: Mapping[str, Thread]) -> int:
    thread = threads.get(draft.reference)
    return draft.news(thread) if thread else 0


_START = 90
_SUBJECT = re.compile(r"## Problem\n\n\*\*(.+?)\*\*", re.DOTALL)


def _beginning(written: Written) -> RedactedText:
    """Return what a draft is about: the subject in its brief, else the beginning of its body."""
    found = _SUBJECT.match(written.brief.reveal())
    return written.brief.cut(*found.span(1)) if found else written.body.cut(0, _START)


def _show(home: Home, caller: Caller, args: OneDraft, _progress: Progress) -> ReviewDetail:
    from assistant.flows import review, seen
    from assistant.flows.ai_notice import notices_of

    desk, person = at_desk(home, caller, args.tenant)
    view = review.view(desk, person, whole_id(desk, args.draft))
    stale, name = seen.news_of(desk, view.draft), names_of(home)
    return ReviewDetail(
        draft=draft_view(view.draft, notices_of(desk), stale=stale),
        saw=view.saw.for_display(),
        said=view.said.for_display(),
        to_send=view.to_send.for_display(),
        brief=view.brief.for_display(),
        put_back=tuple(
            PutBack(
                start=each.start,
                end=each.end,
                placeholder=str(each.placeholder),
                value=each.value.for_display(),
            )
            for each in view.put_back
        ),
        sources=cited(desk, person, view.draft.written.citations),
        decisions=tuple(
            DecisionView(login=name(each.by), action=each.action, at=each.at)
            for each in view.reviews
        ),
        seen=seen.state_of(desk, view.draft),
        news=tuple(_messages(desk, person, view.draft)) if stale else (),
    )


def _messages(desk: Desk, person: Person, draft: Draft) -> Iterator[NewMessage]:
    from assistant.flows import show

    turns = show.ticket(desk, person, draft.reference).turns
    for turn in turns[draft.turns :] or turns:
        yield NewMessage(
            at=turn.at,
            author=turn.author.for_display(),
            role=turn.role.value,
            text=turn.text.for_display(),
        )


def _seen(home: Home, caller: Caller, args: SeenArgs, _progress: Progress) -> Decided:
    from assistant.flows import seen

    desk, person = at_desk(home, caller, args.tenant)
    draft_id = whole_id(desk, args.draft)
    seen.mark_seen(desk, person, draft_id, args.seen)
    return _decided(desk, draft_id)


def _approve(home: Home, caller: Caller, args: DecideArgs, _progress: Progress) -> Decided:
    from assistant.flows import review

    desk, person = at_desk(home, caller, args.tenant)
    draft_id = whole_id(desk, args.draft)
    _must_be_what_was_read(desk, person, draft_id, args.read)
    review.approve(desk, person, draft_id, seen=args.seen)
    return _decided(desk, draft_id)


def _edit(home: Home, caller: Caller, args: EditArgs, _progress: Progress) -> Decided:
    from assistant.errors import BadInput
    from assistant.flows import review
    from guardrails import RawText

    desk, person = at_desk(home, caller, args.tenant)
    if not args.text.strip():
        raise BadInput("The new text is empty.", todo="Reject the draft if nothing should be sent.")
    draft_id = whole_id(desk, args.draft)
    text = RawText(args.text)
    review.edit(desk, person, draft_id, text, internal_confirmed=args.confirm_internal)
    return _decided(desk, draft_id)


def _reject(home: Home, caller: Caller, args: DecideArgs, _progress: Progress) -> Decided:
    from assistant.flows import review

    desk, person = at_desk(home, caller, args.tenant)
    draft_id = whole_id(desk, args.draft)
    _must_be_what_was_read(desk, person, draft_id, args.read)
    review.reject(desk, person, draft_id)
    return _decided(desk, draft_id)


def _release(home: Home, caller: Caller, args: DecideArgs, _progress: Progress) -> Released:
    from assistant.flows import review

    desk, person = at_desk(home, caller, args.tenant)
    draft_id = whole_id(desk, args.draft)
    _must_be_what_was_read(desk, person, draft_id, args.read)
    reply = review.release(desk, person, draft_id, seen=args.seen)
    return Released(
        reply=reply.id,
        draft=reply.draft_id,
        reference=reply.reference,
        released_by=person.login,
        released_at=reply.released_at,
    )


def _must_be_what_was_read(desk: Desk, person: Person, draft_id: str, read: str | None) -> None:
    from assistant.errors import Refused
    from assistant.flows import review

    if read is None:
        return
    now = review.view(desk, person, draft_id).to_send.for_display()
    if _lines(read) != _lines(now):
        raise Refused(
            "The text in the box differs from the text that would be sent.",
            todo="Save your change first, or open the draft again to read its current text.",
        )


def _lines(text: str) -> list[str]:
    """Return the lines of ``text``, because a browser sends other line ends."""
    return text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n").split("\n")


def _decided(desk: Desk, draft_id: str) -> Decided:
    from assistant.errors import NotFound

    draft = desk.records.drafts.get(draft_id)
    if draft is None:
        raise NotFound("The draft no longer exists.")
    return Decided(draft=draft.id, reference=draft.reference, state=draft.state.value)


def whole_id(desk: Desk, start: str) -> str:
    """Return the id that begins with ``start``; people copy eight digits, not 32."""
    from assistant.errors import NotFound

    ids = desk.records.drafts.ids(start, 2)
    found = [start] if start in ids else ids
    if not start or len(found) != 1:
        number = "no" if not found else "more than one"
        raise NotFound(
            f"There is {number} draft {start}.", todo="`quietdesk review list` shows what waits."
        )
    return found[0]


def _stats(home: Home, _caller: Caller, args: TenantArgs, _progress: Progress) -> Stats:
    from assistant.flows.track_record import REVIEWER, track_record

    desk, name = home.desk(args.tenant), names_of(home)
    return Stats(
        figures=tuple(
            FiguresView(
                by=each.by,
                name=name(each.name) if each.by == REVIEWER else each.name,
                decided=each.decided,
                released=each.released,
                unchanged=each.unchanged,
                rejected=each.rejected,
                acceptance=each.acceptance,
                distance_p50=each.distance_p50,
                seconds_p50=each.seconds_p50,
            )
            for each in track_record(desk)
        ),
        outcomes=outcomes_of(desk),
    )


STATS = Operation(
    "review.stats", TenantArgs, Stats, _stats, needs=owner_or(Role.REVIEWER, Role.OFFICER)
)
_READERS = member(Role.AGENT, Role.OFFICER)

LIST = Operation("review.list", QueueArgs, Queue, _list, needs=_READERS)
SHOW = Operation("review.show", OneDraft, ReviewDetail, _show, needs=_READERS)
APPROVE = Operation("review.approve", DecideArgs, Decided, _approve, needs=member(Role.REVIEWER))
SEEN = Operation("review.seen", SeenArgs, Decided, _seen, needs=member(Role.REVIEWER))
EDIT = Operation("review.edit", EditArgs, Decided, _edit, needs=member(Role.REVIEWER))
REJECT = Operation("review.reject", DecideArgs, Decided, _reject, needs=member(Role.REVIEWER))
RELEASE = Operation(
    "review.release",
    DecideArgs,
    Released,
    _release,
    needs=member(Role.REVIEWER, right=Right.RELEASE),
)
