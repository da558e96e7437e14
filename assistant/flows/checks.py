"""The checks of every outgoing text: once when it is drafted, again at every edit."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from assistant.cutting import replaced
from assistant.desk import Desk
from assistant.errors import NotFound, NotPermitted, Refused
from assistant.model import (
    NO_TEXT,
    Audience,
    Draft,
    DraftKind,
    Finding,
    FindingKind,
    Ticket,
    Written,
)
from assistant.search.federated import documents_of, lexical_of
from assistant.search.quarantine import placed
from assistant.search.repeated import repeated
from guardrails import RedactedText, placeholders
from guardrails.identity.permissions import Person
from guardrails.identity.restore import placeholders_of
from guardrails.spans import EntityType

_COMPARED = 20
"""Passages whose documents a reply by hand is compared with."""
INTERNAL = "this is for agents only, and customers may not read it"
_EDIT_OR_CONFIRM = (
    "Edit it, or save it again and confirm that the customer may read it; then approve it."
)
_ASKED = re.compile(r"^## Ask$.*?(?=^## |\Z)", re.MULTILINE | re.DOTALL)


def ticket_of(desk: Desk, reference: str) -> Ticket:
    """Return the ticket, or `NotFound`."""
    ticket = desk.records.tickets.get(reference)
    if ticket is None:
        raise NotFound(
            f"There is no ticket {reference} here.", todo="See `quietdesk tickets list`."
        )
    return ticket


def draft_of(desk: Desk, draft_id: str) -> Draft:
    """Return the draft, or `NotFound`."""
    draft = desk.records.drafts.get(draft_id)
    if draft is None:
        raise NotFound(f"There is no draft {draft_id} here.", todo="See `quietdesk review list`.")
    return draft


def must_read(desk: Desk, person: Person) -> None:
    """`NotPermitted` unless ``person`` is an agent or a reviewer of this tenant."""
    if person.tenant != desk.tenant.slug or not person.may_read:
        raise NotPermitted(
            f"{person.login} may not read tickets of {desk.tenant.slug}.",
            todo="Ask an admin for the agent role.",
        )


def must_decide(desk: Desk, person: Person) -> None:
    """`NotPermitted` unless ``person`` is a reviewer of this tenant."""
    if person.tenant != desk.tenant.slug or not person.may_release:
        raise NotPermitted(
            f"{person.login} is not a reviewer of {desk.tenant.slug}.",
            todo="Ask an admin for the reviewer role.",
        )


def masked_again(desk: Desk, written: Written) -> Written:
    """Return ``written`` with every value that the vault knows replaced by its placeholder.

    A value that was not detected in one text may have been detected in another since. A model's
    words were checked against the vault already.
    """
    if written.writer != desk.fallback_writer.name:
        return written
    again = desk.scanner.remask
    said = again(written.said)
    refused = written.refused if said == written.said else placed(written.refused, said)
    body = again(written.body)
    return replace(
        written,
        saw=again(written.saw),
        said=said,
        body=body,
        refused=refused,
        highlight=_moved(desk, written, body),
    )


def _moved(desk: Desk, written: Written, body: RedactedText) -> tuple[int, int] | None:
    """Return the place of the highlighted sentence in ``body``, the text masked again."""
    if written.highlight is None or body == written.body:
        return written.highlight
    sentence = desk.scanner.remask(written.body.cut(*written.highlight)).reveal()
    start = body.reveal().find(sentence)
    return (start, start + len(sentence)) if start >= 0 else None


def inspect(desk: Desk, body: RedactedText, *, origin: RedactedText) -> tuple[Finding, ...]:
    """Return the findings about ``body``, which was written from ``origin``; both redacted.

    ``origin`` determines whose identity may be restored: a placeholder that does not occur in it is
    of a person who has nothing to do with this text.
    """
    text, allowed = body.reveal(), placeholders_of(origin)
    seen = [
        Finding(_kind(sighting.type), sighting.start, sighting.end, "outside text", blocks=True)
        for sighting in desk.scanner.scan(text).blocking
    ]
    left = [
        Finding(FindingKind.UNKNOWN_PLACEHOLDER, each.start, each.end, _why(each), blocks=True)
        for each in placeholders.find(text)
        if each.placeholder not in allowed
    ]
    return (*seen, *left)


def internal(
    body: RedactedText, hidden: Iterable[RedactedText], known: Iterable[RedactedText]
) -> tuple[Finding, ...]:
    """Return a blocking finding for each sentence of ``body`` that is for agents only.

    ``hidden`` are the texts for agents that it must not repeat, ``known`` those that its reader may
    read: what they hold too is no finding.
    """
    places = repeated(body.reveal(), _plain(hidden), _plain(known))
    return tuple(Finding(FindingKind.INTERNAL, *place, INTERNAL, blocks=True) for place in places)


def internal_of(desk: Desk, draft: Draft, body: RedactedText) -> tuple[Finding, ...]:
    """Return what of ``body`` is for agents only, as its ticket and its documents are now.

    The texts are those of the documents that the draft cites, its brief, and the ticket's turns.
    A reply by hand cites none: the documents that share most words with it are compared.
    """
    if draft.kind is not DraftKind.REPLY:
        return ()
    documents, written = documents_of(desk), draft.written
    cited = dict.fromkeys(each.document_id for each in written.citations)
    if written.by_hand:
        hits = lexical_of(desk).search(body, _COMPARED)
        cited |= dict.fromkeys(documents.owners([each.chunk_id for each in hits]).values())
    chunks = [chunk for key in cited for chunk in documents.chunks_of(key)]
    ticket = desk.records.tickets.get(draft.reference)
    turns = () if ticket is None else ticket.turns
    texts = [(each.text, each.audience) for each in (*chunks, *turns)]
    hidden = [text for text, audience in texts if audience is Audience.AGENT]
    known = [text for text, audience in texts if audience is Audience.CUSTOMER]
    subject = () if ticket is None else (ticket.subject,)
    return internal(body, [*hidden, _without_questions(written.brief)], [*known, *subject])


def _without_questions(brief: RedactedText) -> RedactedText:
    """Return a brief without what it asks: a reply may ask the same."""
    asked = _ASKED.search(brief.reveal())
    return replaced(brief, [(*asked.span(), NO_TEXT)]) if asked else brief


def _plain(texts: Iterable[RedactedText]) -> list[str]:
    return [text.reveal() for text in texts]


def must_be_clean(written: Written) -> None:
    """`Refused` when a finding blocks."""
    blocking = sorted({finding.kind.value for finding in written.findings if finding.blocks})
    if blocking:
        raise Refused(
            f"The text contains what may not be sent ({', '.join(blocking).replace('_', ' ')}).",
            todo=_EDIT_OR_CONFIRM
            if blocking == [FindingKind.INTERNAL.value]
            else "Edit it, then approve it again.",
        )


def _kind(seen: EntityType) -> FindingKind:
    return FindingKind.SECRET if seen is EntityType.SECRET else FindingKind.PERSONAL_DATA


def _why(found: placeholders.Found) -> str:
    if found.placeholder.number is None:
        return "this placeholder cannot be restored; write the value or remove it"
    return "it is in neither the ticket nor its passages"
