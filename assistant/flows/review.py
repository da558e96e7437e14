"""A person approves, edits, rejects or releases a draft. Every edit passes the gates again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import LiteralString

from assistant.desk import Desk
from assistant.errors import BadInput, Refused
from assistant.flows.ai import FEATURES, must_be_on
from assistant.flows.ai_notice import mark_of, notices_of, with_notices
from assistant.flows.checks import (
    draft_of,
    inspect,
    internal_of,
    must_be_clean,
    must_decide,
    must_read,
)
from assistant.flows.distance import edit_distance
from assistant.flows.rewriting import origin_of, rewritten
from assistant.flows.second_person import must_be_another
from assistant.flows.seeing import seeing
from assistant.flows.seen import confirm, record
from assistant.model import (
    Draft,
    DraftKind,
    DraftState,
    Finding,
    FindingKind,
    Reply,
    Review,
    new_id,
)
from guardrails import ForPerson, RawText, RedactedText
from guardrails.identity.permissions import Person, show_restored
from guardrails.identity.permissions import release as release_to
from guardrails.identity.restore import Restored, placeholders_of
from guardrails.placeholders import Placeholder, find


@dataclass(frozen=True, slots=True)
class PutBack:
    """A placeholder at ``start`` to ``end`` of a body, and the value that is sent in its place."""

    start: int
    end: int
    placeholder: Placeholder
    value: ForPerson


@dataclass(frozen=True, slots=True)
class ReviewView:
    """The three texts side by side, for one permitted person."""

    draft: Draft
    saw: ForPerson
    said: ForPerson
    to_send: ForPerson
    brief: ForPerson
    reviews: tuple[Review, ...]
    put_back: tuple[PutBack, ...] = ()


def pending(desk: Desk, person: Person) -> list[Draft]:
    """Return the replies that wait for a decision or for their release, oldest first."""
    must_read(desk, person)
    waiting = (DraftState.PENDING, DraftState.APPROVED)
    return desk.records.drafts.list(states=waiting, kind=DraftKind.REPLY)


def view(desk: Desk, person: Person, draft_id: str) -> ReviewView:
    """Return what the model saw, what it said and what will be sent.

    Nothing is restored where the tenant's rules restore nothing for this person.
    """
    must_read(desk, person)
    draft = draft_of(desk, draft_id)
    slug, brief = desk.tenant.slug, draft.written.brief
    with seeing(desk, person, draft=draft.id):
        return ReviewView(
            draft,
            _redacted(desk, person, draft.written.saw),
            _redacted(desk, person, draft.written.said),
            show_restored(_to_send(desk, person, draft), person, slug),
            show_restored(desk.restorer.restore(brief, _all(person)), person, slug),
            tuple(desk.records.drafts.reviews(draft_id)),
            tuple(_put_back(desk, person, draft)),
        )


def _all(person: Person) -> Iterable[Placeholder] | None:
    """Return which placeholders may be restored for ``person``: None is all, empty is none."""
    return None if person.restores else ()


def approve(desk: Desk, person: Person, draft_id: str, *, seen: str | None = None) -> Draft:
    """Approve a draft. `Refused` when a finding blocks or another person has decided.

    It is also refused when messages came since, unless ``seen`` says that they were seen (see
    `flows.seen.confirm`).
    """
    must_decide(desk, person)
    draft = draft_of(desk, draft_id)
    _must_be_wanted(desk, draft)
    must_be_another(desk, person, draft)
    must_be_clean(draft.written)
    with desk.records.transaction():
        if draft.state is DraftState.PENDING:
            confirm(desk, person, draft, seen)
        return _move(desk, person, draft, DraftState.PENDING, DraftState.APPROVED, "draft.approved")


def reject(desk: Desk, person: Person, draft_id: str) -> Draft:
    """Reject a draft; it is kept, and can never be released."""
    must_decide(desk, person)
    draft = draft_of(desk, draft_id)
    return _move(desk, person, draft, draft.state, DraftState.REJECTED, "draft.rejected")


def edit(
    desk: Desk, person: Person, draft_id: str, text: RawText, *, internal_confirmed: bool = False
) -> Draft:
    """Replace the body. The new words are redacted and checked; approval starts again.

    Text for agents only blocks the approval, unless the person confirmed that the customer may
    read it.
    """
    must_decide(desk, person)
    if not len(text):
        raise BadInput("An empty reply cannot be sent.", todo="Reject the draft instead.")
    draft = draft_of(desk, draft_id)
    if draft.state not in (DraftState.PENDING, DraftState.APPROVED):
        raise Refused(f"This draft is {draft.state.value} and cannot be changed.")
    _must_be_wanted(desk, draft)
    written, confirmed = rewritten(desk, draft, text, internal_confirmed=internal_confirmed)
    with desk.records.transaction():
        if not desk.records.drafts.move(draft.id, expected=draft.state, to=DraftState.PENDING):
            raise _overtaken()
        desk.records.drafts.rewrite(draft.id, written)
        record(
            desk,
            person,
            draft,
            "draft.edited",
            findings=len(written.findings),
            internal_confirmed=confirmed,
        )
    return replace(draft, written=written, state=DraftState.PENDING)


def release(desk: Desk, person: Person, draft_id: str, *, seen: str | None = None) -> Reply:
    """Restore identity and put the reply into the outbox. `Refused` unless approved and clean.

    The tenant's notices of AI are appended, except to a reply that was written by hand.
    It is also refused when messages came since, unless ``seen`` says that they were seen (see
    `flows.seen.confirm`).
    """
    must_decide(desk, person)
    draft = draft_of(desk, draft_id)
    if draft.kind is not DraftKind.REPLY:
        raise Refused("A summary is internal; only replies are released.")
    if draft.state is not DraftState.APPROVED:
        raise Refused(
            f"This draft is {draft.state.value}.", todo="Only an approved draft can be released."
        )
    _must_be_wanted(desk, draft)
    must_be_another(desk, person, draft)
    origin = origin_of(draft.written)
    found = (*inspect(desk, draft.written.body, origin=origin), *_internal_now(desk, draft))
    must_be_clean(replace(draft.written, findings=found))
    restored = desk.restorer.restore(draft.written.body, placeholders_of(origin))
    if restored.left:
        raise Refused(
            "Some placeholders can no longer be restored: "
            f"{', '.join(sorted(set(map(str, restored.left))))}.",
            todo="Edit the reply and remove them.",
        )
    release_to(restored.text, person, desk.tenant.slug)
    ai = mark_of(draft.written, notices_of(desk))
    text = with_notices(restored.text, ai.notices)
    reply = Reply(new_id(), draft.id, draft.reference, text, person.id, desk.clock(), ai=ai)
    _commit_release(desk, person, draft, reply, len(set(restored.back)), seen)
    return reply


def _must_be_wanted(desk: Desk, draft: Draft) -> None:
    """`AiOff` for what AI wrote, once AI is switched off for the tenant or for the requester."""
    if not draft.written.by_hand:
        must_be_on(desk, FEATURES[draft.kind], draft.reference)


def _commit_release(
    desk: Desk, person: Person, draft: Draft, reply: Reply, values: int, seen: str | None
) -> None:
    written = draft.written
    drafted = written.drafted or written.body
    changed = edit_distance(drafted.reveal(), written.body.reveal())
    with desk.records.transaction():
        confirm(desk, person, draft, seen)
        moved = desk.records.drafts.move(
            draft.id, expected=DraftState.APPROVED, to=DraftState.RELEASED
        )
        if not moved:
            raise _overtaken()
        if values:
            where = {"by": person.id, "where": "review.release", "draft": draft.id}
            desk.ledger.append("identity.restored", **where, values=values)
        desk.records.drafts.put_reply(reply)
        record(
            desk,
            person,
            draft,
            "reply.released",
            distance=changed,
            reply=reply.id,
            text_hmac=desk.sealer.fingerprint(reply.text),
            changed_permille=round(1000 * changed),
        )


def _internal_now(desk: Desk, draft: Draft) -> tuple[Finding, ...]:
    """Return what is for agents only as documents are now; nothing where a person confirmed it."""
    confirmed = any(
        each.kind is FindingKind.INTERNAL and not each.blocks for each in draft.written.findings
    )
    return () if confirmed else internal_of(desk, draft, draft.written.body)


def _to_send(desk: Desk, person: Person, draft: Draft) -> Restored:
    return desk.restorer.restore(draft.written.body, _allowed(person, draft))


def _allowed(person: Person, draft: Draft) -> frozenset[Placeholder]:
    """Return the placeholders of the draft's sources, none where nothing is restored."""
    return placeholders_of(origin_of(draft.written)) if person.restores else frozenset()


def _put_back(desk: Desk, person: Person, draft: Draft) -> Iterator[PutBack]:
    """Yield each placeholder of the body; one that may not be restored stays a placeholder."""
    body, allowed = draft.written.body, _allowed(person, draft)
    places = list(find(body.reveal()))
    cuts = [body.cut(each.start, each.end) for each in places]
    for found, restored in zip(places, desk.restorer.restore_many(cuts, allowed), strict=True):
        value = show_restored(restored, person, desk.tenant.slug)
        yield PutBack(found.start, found.end, found.placeholder, value)


def _redacted(desk: Desk, person: Person, text: RedactedText) -> ForPerson:
    return show_restored(desk.restorer.restore(text, ()), person, desk.tenant.slug)


def _move(
    desk: Desk,
    person: Person,
    draft: Draft,
    expected: DraftState,
    to: DraftState,
    action: LiteralString,
) -> Draft:
    if draft.state in (DraftState.RELEASED, DraftState.REJECTED, DraftState.SUPERSEDED):
        raise Refused(f"This draft is {draft.state.value} already.", safe="It was not changed.")
    with desk.records.transaction():
        if not desk.records.drafts.move(draft.id, expected=expected, to=to):
            raise _overtaken()
        record(desk, person, draft, action)
    return replace(draft, state=to)


def _overtaken() -> Refused:
    return Refused("Another person has just decided about this draft.", todo="Open it again.")
