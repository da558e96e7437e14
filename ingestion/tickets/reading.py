"""Reads ticket files into raw tickets: ours as JSON lines or CSV, Zendesk's, Freshdesk's.

The format is recognised from each object, so the user does not declare it; ``docs/importing.md``
describes the formats. A file is read twice: once to check all of it, to find the newest of each
ticket and the people beside the tickets, and once to yield the tickets. Between the two only
references and people are kept in memory, never a text.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO

from assistant.errors import BadInput
from assistant.model import RawTicket
from assistant.threads.automatic import Mail
from guardrails.intake.parse import Parsed
from guardrails.intake.stream import is_json, read_json
from ingestion.source import Source
from ingestion.tickets import freshdesk, ours, table, zendesk
from ingestion.tickets.parts import Found

_LISTS = {"": "ticket", "tickets": "ticket", "results": "ticket"}
_BESIDE = {"users": "user"}
_GONE = -1

Seen = Callable[[int], None]
"""Called with the number of tickets read so far."""


@dataclass(frozen=True, slots=True)
class Survey:
    """The result of checking a file: which of its tickets are used, and the people beside them.

    ``chosen`` is the position of the newest ticket of each reference, in the order of the file; it
    is negative where the newest was deleted or is spam, which ``gone`` tells apart.
    """

    chosen: dict[str, int] = field(default_factory=dict[str, int])
    gone: dict[str, Mail] = field(default_factory=dict[str, Mail])
    users: dict[int, zendesk.User] = field(default_factory=dict[int, zendesk.User])

    def choose(self, reference: str, at: int, gone: Mail | None) -> None:
        """Take the ticket at position ``at`` as the newest of ``reference``."""
        self.chosen[reference] = _GONE if gone else at
        self.gone.pop(reference, None)
        if gone:
            self.gone[reference] = gone

    def references(self) -> list[str]:
        """Return the references of the tickets that are used, each once."""
        return [reference for reference, at in self.chosen.items() if at != _GONE]


def survey(source: Source, seen: Seen = lambda _count: None) -> Survey:
    """Read a whole file without keeping its texts. `BadInput` names what cannot be used.

    Of a ticket that is there twice the one that was changed last is used, or the later one. In a
    table whose two groups of rows for a ticket share no message, the rows are not in order.
    """
    found = Survey()
    times = array("d")
    latest: dict[str, int] = {}
    said: dict[str, frozenset[datetime]] = {}
    table_like = not _is_json(source)
    for at, each in enumerate(_found(source, found.users, collect=True)):
        seen(at)
        times.append(each.updated.timestamp())
        reference = each.ticket.reference
        before = latest.get(reference)
        if table_like:
            moments = frozenset(turn.at for turn in each.ticket.turns)
            earlier = said.get(reference)
            if moments and earlier and moments.isdisjoint(earlier):
                raise BadInput(
                    f"{each.where}: messages of the ticket {reference} are apart from the others.",
                    todo="Sort the rows by id, so that the messages of a ticket follow each other.",
                )
            said[reference] = moments
        if before is None or times[at] >= times[before]:
            latest[reference] = at
            found.choose(reference, at, each.gone)
    return found


def read_tickets(source: Source, surveyed: Survey | None = None) -> Iterator[RawTicket]:
    """Yield the tickets of a file, each once, the newest where one is there twice.

    Tickets that were deleted or marked as spam are left out. `BadInput` names the first line that
    cannot be used. Without ``surveyed`` the file is checked before the first ticket is yielded.
    """
    known = surveyed or survey(source)
    for at, each in enumerate(_found(source, known.users, collect=False)):
        chosen = known.chosen.get(each.ticket.reference)
        if chosen is None:
            raise BadInput(f"{source.name} changed while it was read.", todo="Import it again.")
        if chosen == at:
            yield each.ticket


def _opened(source: Source) -> BinaryIO:
    try:
        return source.open()
    except OSError as error:
        raise BadInput(f"{source.name} cannot be read: {error.strerror}.") from None


def _is_json(source: Source) -> bool:
    with _opened(source) as file:
        found = is_json(file)
    if found is None:
        raise BadInput(f"{source.name} is empty.")
    return found


def _found(source: Source, users: dict[int, zendesk.User], *, collect: bool) -> Iterator[Found]:
    json = _is_json(source)
    with _opened(source) as file:
        if not json:
            yield from table.read(file, source.name)
            return
        for kind, parsed in read_json(file, source.name, _LISTS, _BESIDE):
            if kind not in _BESIDE:
                yield _ticket(parsed, users)
            elif collect:
                _add_user(parsed, users)


def _add_user(parsed: Parsed, users: dict[int, zendesk.User]) -> None:
    user = parsed.into(zendesk.User)
    if user.id is not None:
        users[user.id] = user


def _ticket(parsed: Parsed, users: dict[int, zendesk.User]) -> Found:
    if freshdesk.knows(parsed):
        return freshdesk.read(parsed)
    if zendesk.knows(parsed):
        return zendesk.read(parsed, users)
    return ours.read(parsed)
