"""A person writes a reply to a ticket without any draft; it is reviewed like every other reply."""

from __future__ import annotations

from dataclasses import replace

from assistant.desk import Desk
from assistant.errors import BadInput
from assistant.flows.checks import must_read
from assistant.flows.queue import new_draft, queue
from assistant.flows.rewriting import rewritten
from assistant.flows.second_person import WRITTEN
from assistant.flows.seen import record
from assistant.flows.tickets import redact_again
from assistant.model import BY_PERSON, NO_TEXT, Draft, DraftKind, Written
from guardrails import RawText, join
from guardrails.identity.permissions import Person


def write_reply(
    desk: Desk, person: Person, reference: str, text: RawText, *, internal_confirmed: bool = False
) -> Draft:
    """Queue the words of ``person`` as a reply to a ticket. No AI has a part in it.

    They are redacted and checked as an edit is, and wait for approval and release. Identity is put
    back only for people of the ticket and for values that the person wrote. `NotFound` for an
    unknown ticket.
    """
    must_read(desk, person)
    if not len(text):
        raise BadInput("An empty reply cannot be sent.", todo="Write the reply.")
    ticket = redact_again(desk, reference)
    empty = Written(join("\n", ticket.public().texts), NO_TEXT, NO_TEXT, BY_PERSON)
    draft = new_draft(desk, ticket, DraftKind.REPLY, empty)
    written, confirmed = rewritten(desk, draft, text, internal_confirmed=internal_confirmed)
    with desk.records.transaction():
        queued = queue(desk, ticket, DraftKind.REPLY, replace(written, drafted=NO_TEXT))
        record(
            desk,
            person,
            queued,
            WRITTEN,
            findings=len(written.findings),
            internal_confirmed=confirmed,
        )
    return queued
