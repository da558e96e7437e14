"""Tickets: import an export, list them redacted, show one unredacted to a permitted person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import Field

from assistant.errors import BadInput
from assistant.model import Role, TicketStatus
from ui.operations.base import Operation, Pace, Progress, Shape, Step, TenantArgs
from ui.operations.callers import Caller, at_desk
from ui.operations.drafts import WrittenView, written_view
from ui.operations.needs import OWNER, member, owner_or

if TYPE_CHECKING:
    from assistant.bootstrap import Home
    from assistant.desk import Desk
    from assistant.model import Draft, Life
    from ingestion.source import Source


class Export(TenantArgs):
    """The text of an export of tickets; ``name`` is its name in errors."""

    name: str
    text: str

    def source(self) -> Source:
        """Return where the bytes are."""
        from ingestion.source import Upload

        return Upload(self.name, self.text.encode("utf-8", "replace"))


class ExportFile(TenantArgs):
    """An export of tickets in a file of this machine, by its absolute path."""

    path: str

    def source(self) -> Source:
        """Return where the bytes are; a file of any size is read in pieces."""
        from ingestion.source import FileSource

        return FileSource(Path(self.path))


class Imported(Shape):
    """What an import changed; ``gone`` tickets were deleted or marked as spam in the helpdesk."""

    new: int
    changed: int
    unchanged: int
    gone: int = 0

    def in_words(self) -> str:
        """Return the counts as a sentence."""
        gone = f" Deleted or marked as spam in the helpdesk, so not drafted: {self.gone}."
        counts = f"{self.new} new, {self.changed} changed, {self.unchanged} unchanged."
        return counts + (gone if self.gone else "")


class RedactArgs(TenantArgs):
    """Tickets by reference; without any, all of them."""

    references: tuple[str, ...] = ()


class RedactedAgain(Shape):
    """How many tickets have another redacted text now."""

    changed: int
    unchanged: int


class TicketLineView(Shape):
    """A ticket in the list, redacted.

    ``created_at`` is the helpdesk's own; ``received_at`` and ``changed_at`` are when it was first
    and last imported, ``closed_at`` when it was solved or closed as far as known.
    """

    reference: str
    subject: str
    requester: str
    status: str
    priority: str
    created_at: datetime
    turns: int
    kind: str
    received_at: datetime | None
    changed_at: datetime | None
    closed_at: datetime | None


class TicketList(Shape):
    """Every ticket of a tenant, newest first."""

    tickets: tuple[TicketLineView, ...]


class FindArgs(TenantArgs):
    """Tickets of a ``status``, or of any, whose line contains each word of ``sought``."""

    status: str = ""
    sought: str = ""
    limit: int = Field(default=200, ge=1, le=1000)


class FoundTicket(Shape):
    """A ticket in the list of a permitted person."""

    reference: str
    subject: str
    requester: str
    status: str
    priority: str
    created_at: datetime


class TicketsFound(Shape):
    """The newest tickets found, and how many were found."""

    tickets: tuple[FoundTicket, ...]
    count: int


class OneTicket(TenantArgs):
    """A ticket by the customer's own number.

    With ``current`` it is redacted again first, so that it is what a model would see now.
    """

    reference: str
    current: bool = False


class TurnView(Shape):
    """One message unredacted, and as a model sees it; only agents may read a private note."""

    at: datetime
    author: str
    role: str
    text: str
    redacted_author: str
    redacted_text: str
    audience: str


class TicketFull(Shape):
    """An unredacted ticket for a permitted person, and the newest draft and summary of it."""

    reference: str
    subject: str
    redacted_subject: str
    requester: str
    status: str
    priority: str
    created_at: datetime
    turns: tuple[TurnView, ...]
    written: tuple[WrittenView, ...]
    kind: str
    received_at: datetime | None
    changed_at: datetime | None
    closed_at: datetime | None


def _import(home: Home, _caller: Caller, args: Export | ExportFile, progress: Progress) -> Imported:
    from ingestion.resolved import bring_resolved
    from ingestion.tickets import import_tickets

    desk = home.desk(args.tenant)
    done = import_tickets(desk, args.source(), progress=steps(progress))
    bring_resolved(desk)
    return Imported(new=done.new, changed=done.changed, unchanged=done.unchanged, gone=done.gone)


def steps(progress: Progress) -> Callable[[str, int, int | None], None]:
    """Return the callback of an import's progress, which makes steps from it."""
    paces: dict[str, Pace] = {}

    def step(what: str, done: int, total: int | None) -> None:
        pace = paces.setdefault(what, Pace(what))
        progress(Step(what=what, done=done) if total is None else pace.at(done, total))

    return step


def _redact(home: Home, _caller: Caller, args: RedactArgs, progress: Progress) -> RedactedAgain:
    from assistant.flows.checks import ticket_of
    from assistant.flows.tickets import redact_again
    from ingestion.resolved import bring_resolved

    desk, pace = home.desk(args.tenant), Pace("redacting")
    references = args.references or tuple(row.reference for row in desk.records.tickets.list())
    changed = 0
    for at, reference in enumerate(references):
        progress(pace.at(at, len(references)))
        changed += ticket_of(desk, reference) != redact_again(desk, reference)
    bring_resolved(desk)
    return RedactedAgain(changed=changed, unchanged=len(references) - changed)


def _list(home: Home, _caller: Caller, args: TenantArgs, _progress: Progress) -> TicketList:
    rows = home.desk(args.tenant).records.tickets.list()
    return TicketList(
        tickets=tuple(
            TicketLineView(
                reference=row.reference,
                subject=row.subject.reveal(),
                requester=row.requester.reveal(),
                status=row.status.value,
                priority=row.priority,
                created_at=row.created_at,
                turns=row.turns,
                kind=row.kind.value,
                **_life(row.life),
            )
            for row in rows
        )
    )


def _show(home: Home, caller: Caller, args: OneTicket, _progress: Progress) -> TicketFull:
    from assistant.flows import show
    from assistant.flows.tickets import redact_again

    desk, person = at_desk(home, caller, args.tenant)
    if args.current:
        redact_again(desk, args.reference)
    view = show.ticket(desk, person, args.reference)
    ticket_id = desk.records.tickets.id_of(args.reference) or ""
    return TicketFull(
        reference=view.reference,
        subject=view.subject.for_display(),
        redacted_subject=view.redacted_subject.reveal(),
        requester=view.requester.for_display(),
        status=view.status.value,
        priority=view.priority,
        created_at=view.created_at,
        turns=tuple(
            TurnView(
                at=turn.at,
                author=turn.author.for_display(),
                role=turn.role.value,
                text=turn.text.for_display(),
                redacted_author=turn.redacted_author.reveal(),
                redacted_text=turn.redacted_text.reveal(),
                audience=turn.audience.value,
            )
            for turn in view.turns
        ),
        written=tuple(written_view(desk, person, each) for each in _newest(desk, ticket_id)),
        kind=view.kind.value,
        **_life(view.life),
    )


def _life(life: Life | None) -> dict[str, datetime | None]:
    return {
        "received_at": life and life.received_at,
        "changed_at": life and life.changed_at,
        "closed_at": life and life.closed_at,
    }


def _newest(desk: Desk, ticket_id: str) -> list[Draft]:
    """Return the newest draft reply and the newest summary of a ticket."""
    from assistant.model import DraftKind

    found = desk.records.drafts.newest(ticket_id)
    return sorted(found, key=lambda each: each.kind is not DraftKind.REPLY)


def _find(home: Home, caller: Caller, args: FindArgs, _progress: Progress) -> TicketsFound:
    from assistant.flows import show

    desk, person = at_desk(home, caller, args.tenant)
    status = _status(args.status)
    limit = None if args.sought else args.limit  # any ticket may match the search
    found = show.tickets(desk, person, status=status, sought=args.sought, limit=limit)
    return TicketsFound(
        tickets=tuple(
            FoundTicket(
                reference=line.reference,
                subject=line.subject.for_display(),
                requester=line.requester.for_display(),
                status=line.status.value,
                priority=line.priority,
                created_at=line.created_at,
            )
            for line in found[: args.limit]
        ),
        count=len(found) if args.sought else desk.records.tickets.count(status=status),
    )


def _status(word: str) -> TicketStatus | None:
    try:
        return TicketStatus(word) if word else None
    except ValueError:
        raise BadInput(
            "There is no such status.", todo=f"One of {', '.join(TicketStatus)}."
        ) from None


IMPORT = Operation(
    "tickets.import", Export, Imported, _import, needs=owner_or(Role.REVIEWER), takes_turn=True
)
IMPORT_FILE = Operation(
    "tickets.import_file",
    ExportFile,
    Imported,
    _import,
    needs=OWNER,
    takes_turn=True,
    local_only=True,
)
REDACT = Operation(
    "tickets.redact",
    RedactArgs,
    RedactedAgain,
    _redact,
    needs=owner_or(Role.REVIEWER),
    takes_turn=True,
)
LIST = Operation(
    "tickets.list", TenantArgs, TicketList, _list, needs=owner_or(Role.AGENT, Role.OFFICER)
)
_READERS = member(Role.AGENT, Role.OFFICER)

FIND = Operation("tickets.find", FindArgs, TicketsFound, _find, needs=_READERS)
SHOW = Operation("tickets.show", OneTicket, TicketFull, _show, needs=_READERS)
