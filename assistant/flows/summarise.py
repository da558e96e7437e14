"""A ticket becomes a summary."""

from __future__ import annotations

from dataclasses import replace

from assistant.desk import Desk
from assistant.flows.ai import must_be_on
from assistant.flows.checks import inspect, masked_again, ticket_of
from assistant.flows.queue import queue
from assistant.flows.tickets import redact_again
from assistant.model import Draft, DraftKind
from guardrails.policy import AiFeature


def summarise(desk: Desk, reference: str) -> Draft:
    """Summarise one ticket and queue the result. `NotFound` for an unknown reference.

    `AiOff` while summaries are switched off, or for the requester.

    Private notes are marked or left out, as the tenant's policy says.
    """
    must_be_on(desk, AiFeature.SUMMARY, ticket_of(desk, reference).reference)
    ticket = redact_again(desk, reference)
    leaves_out = desk.policy().rules.leave_out_notes
    read = ticket.without_notes() if leaves_out else ticket
    written = masked_again(desk, desk.writer.summarise(read))
    found = inspect(desk, written.body, origin=written.saw)
    return queue(
        desk,
        ticket,
        DraftKind.SUMMARY,
        replace(written, findings=(*written.findings, *found)),
    )
