"""Summaries and drafts: of one ticket, of several, or of all open ones.

If one of several tickets fails, the others are still done; the failure is part of the result.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from assistant.model import Role
from ui.operations.base import Operation, Pace, Progress, Shape, TenantArgs
from ui.operations.callers import Caller
from ui.operations.drafts import DraftView, draft_view
from ui.operations.needs import owner_or

if TYPE_CHECKING:
    from assistant.bootstrap import Home
    from assistant.desk import Desk
    from assistant.model import Draft, DraftKind

    Write = Callable[[Desk, str], Draft]


_NEXT_RUN = "Nothing was written; the next run asks again."


class WriteArgs(TenantArgs):
    """Tickets by reference, or with ``all`` every open one without a text of this kind."""

    references: tuple[str, ...] = ()
    all: bool = False


class Failure(Shape):
    """A ticket for which no text was written, and why."""

    reference: str
    happened: str


class WriteResult(Shape):
    """The texts that were queued, and the tickets that failed."""

    written: tuple[DraftView, ...]
    failed: tuple[Failure, ...]


def _summarise(home: Home, _caller: Caller, args: WriteArgs, progress: Progress) -> WriteResult:
    from assistant.model import DraftKind

    return _write(home, args, DraftKind.SUMMARY, summarised, progress)


def _draft(home: Home, _caller: Caller, args: WriteArgs, progress: Progress) -> WriteResult:
    from assistant.model import DraftKind

    return _write(home, args, DraftKind.REPLY, drafted, progress)


def summarised(desk: Desk, reference: str) -> Draft:
    """Summarise one ticket."""
    from assistant.flows.summarise import summarise

    return summarise(desk, reference)


def drafted(desk: Desk, reference: str) -> Draft:
    """Draft a reply to one ticket."""
    from assistant.flows.draft import draft_reply

    return draft_reply(desk, reference)


def waiting(desk: Desk) -> list[str]:
    """Return the tickets that wait for an answer, by reference."""
    from assistant.model import TicketStatus

    open_ones = {TicketStatus.OPEN, TicketStatus.PENDING}
    return [row.reference for row in desk.records.tickets.list() if row.status in open_ones]


def in_batch(desk: Desk) -> Desk:
    """Return ``desk`` with the writer of batches: a ticket whose model is busy stays as it is."""
    from dataclasses import replace

    return replace(desk, writer=desk.batch_writer)


def attempt(home: Home, desk: Desk, reference: str, write: Write) -> Draft | Failure:
    """Write a text for one ticket of many. Raise only errors that would affect all the others."""
    from assistant.errors import ModelBusy, QuietdeskError, StorageTrouble
    from ui.crash import crash, trouble_of

    try:
        return write(desk, reference)
    except StorageTrouble:
        raise
    except ModelBusy as busy:
        return Failure(reference=reference, happened=f"{busy.happened} {_NEXT_RUN}")
    except Exception as error:
        if trouble_of(error):
            raise
        known = error if isinstance(error, QuietdeskError) else crash(error, home.settings.home)
        return Failure(reference=reference, happened=known.happened)


def _wanted(desk: Desk, args: WriteArgs, kind: DraftKind) -> list[str]:
    from assistant.errors import BadInput

    if args.all == bool(args.references):
        raise BadInput("Name tickets, or take all of them.", todo="Give references, or --all.")
    if args.references:
        return list(dict.fromkeys(args.references))
    has_one = {draft.reference for draft in desk.records.drafts.list(kind=kind)}
    return [reference for reference in waiting(desk) if reference not in has_one]


def _write(
    home: Home, args: WriteArgs, kind: DraftKind, write: Write, progress: Progress
) -> WriteResult:
    desk = home.desk(args.tenant)
    desk = in_batch(desk) if args.all else desk
    references = _wanted(desk, args, kind)
    pace = Pace("writing")
    written: list[DraftView] = []
    failed: list[Failure] = []
    for done, reference in enumerate(references):
        progress(pace.at(done, len(references)))
        alone = len(references) == 1
        made = write(desk, reference) if alone else attempt(home, desk, reference, write)
        if isinstance(made, Failure):
            failed.append(made)
        else:
            written.append(draft_view(made))
    progress(pace.at(len(references), len(references)))
    return WriteResult(written=tuple(written), failed=tuple(failed))


def _takes_all(args: WriteArgs) -> bool:
    """Whether the choice of tickets depends on existing texts, which another run would change."""
    return args.all


SUMMARISE = Operation(
    "summarise",
    WriteArgs,
    WriteResult,
    _summarise,
    needs=owner_or(Role.AGENT),
    takes_turn=_takes_all,
)
DRAFT = Operation(
    "draft", WriteArgs, WriteResult, _draft, needs=owner_or(Role.AGENT), takes_turn=_takes_all
)
