"""Summaries and drafts: one ticket, several, or the whole night's batch.

In a batch one ticket's failure does not stop the others; it is reported beside what was written.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from ui.operations.base import Operation, Pace, Progress, Shape, TenantArgs
from ui.operations.drafts import DraftView, draft_view

if TYPE_CHECKING:
    from assistant.bootstrap import Home
    from assistant.desk import Desk
    from assistant.model import Draft, DraftKind


class WriteArgs(TenantArgs):
    """Tickets by reference, or with ``all`` every open one that has nothing of this kind yet."""

    references: tuple[str, ...] = ()
    all: bool = False


class Failure(Shape):
    """A ticket for which nothing was written, and why."""

    reference: str
    happened: str


class WriteResult(Shape):
    """What was queued, what failed."""

    written: tuple[DraftView, ...]
    failed: tuple[Failure, ...]


def _summarise(home: Home, args: WriteArgs, progress: Progress) -> WriteResult:
    from assistant.flows.summarise import summarise
    from assistant.model import DraftKind

    desk = home.desk(args.tenant)
    return _write(desk, _wanted(desk, args, DraftKind.SUMMARY), summarise, progress)


def _draft(home: Home, args: WriteArgs, progress: Progress) -> WriteResult:
    from assistant.flows.draft import draft_reply
    from assistant.model import DraftKind

    desk = home.desk(args.tenant)
    return _write(desk, _wanted(desk, args, DraftKind.REPLY), draft_reply, progress)


def _wanted(desk: Desk, args: WriteArgs, kind: DraftKind) -> list[str]:
    from assistant.errors import BadInput
    from assistant.model import TicketStatus

    if args.all == bool(args.references):
        raise BadInput("Name tickets, or take all of them.", todo="Give references, or --all.")
    if args.references:
        return list(dict.fromkeys(args.references))
    waiting = {TicketStatus.OPEN, TicketStatus.PENDING}
    has_one = {draft.reference for draft in desk.records.drafts.list(kind=kind)}
    rows = desk.records.tickets.list()
    return [r.reference for r in rows if r.status in waiting and r.reference not in has_one]


def _write(
    desk: Desk,
    references: Sequence[str],
    write: Callable[[Desk, str], Draft],
    progress: Progress,
) -> WriteResult:
    from assistant.errors import QuietdeskError

    pace = Pace("writing")
    written: list[DraftView] = []
    failed: list[Failure] = []
    for done, reference in enumerate(references):
        progress(pace.at(done, len(references)))
        try:
            written.append(draft_view(write(desk, reference)))
        except QuietdeskError as error:
            if len(references) == 1:
                raise
            failed.append(Failure(reference=reference, happened=error.happened))
    progress(pace.at(len(references), len(references)))
    return WriteResult(written=tuple(written), failed=tuple(failed))


SUMMARISE = Operation("summarise", WriteArgs, WriteResult, _summarise, alone=True)
DRAFT = Operation("draft", WriteArgs, WriteResult, _draft, alone=True)
