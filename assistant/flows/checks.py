"""The checks of every outgoing text: once when it is drafted, again at every edit."""

from __future__ import annotations

from dataclasses import replace

from assistant.desk import Desk
from assistant.errors import NotFound, NotPermitted, Refused
from assistant.model import Draft, Finding, FindingKind, Ticket, Written
from assistant.search.quarantine import placed
from guardrails import RedactedText, placeholders
from guardrails.identity.permissions import Person
from guardrails.identity.restore import placeholders_of
from guardrails.spans import EntityType


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
    return replace(
        written, saw=again(written.saw), said=said, body=again(written.body), refused=refused
    )


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


def must_be_clean(written: Written) -> None:
    """`Refused` when a finding blocks."""
    blocking = sorted({finding.kind.value for finding in written.findings if finding.blocks})
    if blocking:
        raise Refused(
            f"The text contains what may not be sent ({', '.join(blocking).replace('_', ' ')}).",
            todo="Edit it, then approve it again.",
        )


def _kind(seen: EntityType) -> FindingKind:
    return FindingKind.SECRET if seen is EntityType.SECRET else FindingKind.PERSONAL_DATA


def _why(found: placeholders.Found) -> str:
    if found.placeholder.number is None:
        return "this placeholder cannot be restored; write the value or remove it"
    return "it is in neither the ticket nor its passages"
