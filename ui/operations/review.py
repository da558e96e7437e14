"""The queue: what waits for a person, and that person's decisions."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from ui.operations.base import Operation, PersonArgs, Progress, Shape
from ui.operations.drafts import DraftView, draft_view
from ui.operations.people import membership

if TYPE_CHECKING:
    from assistant.bootstrap import Home
    from assistant.desk import Desk


class Queue(Shape):
    """Drafts that wait for a decision, oldest first, redacted."""

    drafts: tuple[DraftView, ...]


class OneDraft(PersonArgs):
    """A draft by its id, or by as much of its start as no other one has."""

    draft: str


class EditArgs(OneDraft):
    """A person's own words instead of the draft's."""

    text: str


class DecisionView(Shape):
    """One decision that was taken."""

    login: str
    action: str
    at: datetime


class ReviewDetail(Shape):
    """The three texts side by side, for a permitted person."""

    draft: DraftView
    saw: str
    said: str
    to_send: str
    decisions: tuple[DecisionView, ...]


class Decided(Shape):
    """How a draft stands after a decision."""

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


def _list(home: Home, args: PersonArgs, _progress: Progress) -> Queue:
    from assistant.flows import review

    desk, person = membership(home, args)
    return Queue(drafts=tuple(draft_view(each) for each in review.pending(desk, person)))


def _show(home: Home, args: OneDraft, _progress: Progress) -> ReviewDetail:
    from assistant.flows import review

    desk, person = membership(home, args)
    view = review.view(desk, person, _whole_id(desk, args.draft))
    return ReviewDetail(
        draft=draft_view(view.draft),
        saw=view.saw.for_display(),
        said=view.said.for_display(),
        to_send=view.to_send.for_display(),
        decisions=tuple(
            DecisionView(login=each.login, action=each.action, at=each.at) for each in view.reviews
        ),
    )


def _approve(home: Home, args: OneDraft, _progress: Progress) -> Decided:
    from assistant.flows import review

    desk, person = membership(home, args)
    draft_id = _whole_id(desk, args.draft)
    review.approve(desk, person, draft_id)
    return _decided(desk, draft_id)


def _edit(home: Home, args: EditArgs, _progress: Progress) -> Decided:
    from assistant.errors import BadInput
    from assistant.flows import review
    from guardrails import RawText

    desk, person = membership(home, args)
    if not args.text.strip():
        raise BadInput("The new text is empty.", todo="Reject the draft if nothing should be sent.")
    draft_id = _whole_id(desk, args.draft)
    review.edit(desk, person, draft_id, RawText(args.text))
    return _decided(desk, draft_id)


def _reject(home: Home, args: OneDraft, _progress: Progress) -> Decided:
    from assistant.flows import review

    desk, person = membership(home, args)
    draft_id = _whole_id(desk, args.draft)
    review.reject(desk, person, draft_id)
    return _decided(desk, draft_id)


def _release(home: Home, args: OneDraft, _progress: Progress) -> Released:
    from assistant.flows import review

    desk, person = membership(home, args)
    reply = review.release(desk, person, _whole_id(desk, args.draft))
    return Released(
        reply=reply.id,
        draft=reply.draft_id,
        reference=reply.reference,
        released_by=reply.released_by,
        released_at=reply.released_at,
    )


def _decided(desk: Desk, draft_id: str) -> Decided:
    from assistant.errors import NotFound

    draft = desk.records.drafts.get(draft_id)
    if draft is None:
        raise NotFound("The draft is gone.")
    return Decided(draft=draft.id, reference=draft.reference, state=draft.state.value)


def _whole_id(desk: Desk, start: str) -> str:
    """Return the id that begins with ``start``, as people copy eight digits and not 32."""
    from assistant.errors import NotFound

    ids = desk.records.drafts.ids(start, 2)
    found = [start] if start in ids else ids
    if not start or len(found) != 1:
        number = "no" if not found else "more than one"
        raise NotFound(
            f"There is {number} draft {start}.", todo="`quietdesk review list` shows what waits."
        )
    return found[0]


LIST = Operation("review.list", PersonArgs, Queue, _list)
SHOW = Operation("review.show", OneDraft, ReviewDetail, _show)
APPROVE = Operation("review.approve", OneDraft, Decided, _approve)
EDIT = Operation("review.edit", EditArgs, Decided, _edit)
REJECT = Operation("review.reject", OneDraft, Decided, _reject)
RELEASE = Operation("review.release", OneDraft, Released, _release)
