"""Ticket files from texts: what tests import and read."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.desk import Desk
from assistant.model import RawTicket
from guardrails import RawText
from guardrails.text import unwrap
from ingestion import tickets
from ingestion.source import Upload
from ingestion.tickets import Imported, Progress


def upload(raw: RawText, name: str) -> Upload:
    """Return a text as a file in memory."""
    return Upload(name, unwrap(raw).encode("utf-8", "surrogatepass"))


def import_tickets(
    desk: Desk, raw: RawText, name: str, *, progress: Progress = lambda _what, _done, _total: None
) -> Imported:
    """Import the tickets of a text."""
    return tickets.import_tickets(desk, upload(raw, name), progress=progress)


def read_tickets(raw: RawText, name: str) -> Iterator[RawTicket]:
    """Yield the tickets of a text."""
    return tickets.read_tickets(upload(raw, name))
