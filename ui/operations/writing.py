"""Summaries and drafts: of one ticket, of several, or of all open ones.

If one of several tickets fails, the others are still done; the failure is part of the result.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from assistant.model import Role
from ui.operations.base import Operation, Pace, Progress, Shape, TenantArgs
from ui.operations.callers import Caller
from ui.operations.drafts import DraftView, draft_view
from ui.operations.needs import owner_or

if TYPE_CHECKING:
    from assistant.bootstrap import Home
    from assistant.desk import Desk
    from assistant.flows.unanswered import Choice
    from assistant.model import Draft, DraftKind

    Write = Callable[[Desk, str], Draft]


_NEXT_RUN = "Nothing was written; the next run asks again."


class WriteArgs(TenantArgs):
    """Tickets by reference, or with ``all`` every open one that wants a text of this kind.

    With ``anyway`` a reply is drafted also to tickets that want none, such as automatic mail.
    """

    references: tuple[str, ...] = ()
    all: bool = False
    anyway: bool = False


class Failure(Shape):
    """A ticket for which no text was written, and why."""

    reference: str
    happened: str


class Skip(Shape):
    """A ticket that wants no reply, and why."""

    reference: str
    why: str


class WriteResult(Shape):
    """The texts that were queued, the tickets that failed, and those that want no reply."""

    written: tuple[DraftView, ...]
    failed: tuple[Failure, ...]
    skipped: tuple[Skip, ...] = ()


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


def must_be_on(desk: Desk, kind: DraftKind) -> None:
    """`AiOff` before a batch begins, while what it would write is switched off."""
    from assistant.flows.ai import FEATURES, must_be_on

    must_be_on(desk, FEATURES[kind])


def in_batch(desk: Desk) -> Desk:
    """Return ``desk`` with the writer of batches: a ticket whose model is busy stays as it is."""
    from dataclasses import replace

    return replace(desk, writer=desk.batch_writer)


def attempt(home: Home, desk: Desk, reference: str, write: Write) -> Draft | Failure:
    """Write a text for one ticket of many. Raise only errors that would affect all the others."""
    from assistant.errors import AiOff, ModelBusy, OptedOut, QuietdeskError, StorageTrouble
    from ui.crash import crash, trouble_of

    try:
        return write(desk, reference)
    except OptedOut as out:
        return Failure(reference=reference, happened=out.happened)
    except (StorageTrouble, AiOff):
        raise
    except ModelBusy as busy:
        return Failure(reference=reference, happened=f"{busy.happened} {_NEXT_RUN}")
    except Exception as error:
        if trouble_of(error):
            raise
        known = error if isinstance(error, QuietdeskError) else crash(error, home.settings.home)
        return Failure(reference=reference, happened=known.happened)


def skips(choice: Choice) -> tuple[Skip, ...]:
    """Return the tickets of a choice that want no reply."""
    return tuple(Skip(reference=each.reference, why=each.why) for each in choice.skipped)


def _wanted(desk: Desk, args: WriteArgs, kind: DraftKind) -> tuple[list[str], tuple[Skip, ...]]:
    """Return the tickets to write about, and those that want no reply."""
    from assistant.errors import BadInput
    from assistant.flows.unanswered import choose

    if args.all == bool(args.references) or (args.all and args.anyway):
        raise BadInput("Name tickets, or take all of them.", todo="Give references, or --all.")
    if args.all:
        choice = choose(desk, waiting(desk), kind)
        return list(choice.wanted), skips(choice)
    named = list(dict.fromkeys(args.references))
    unwanted = () if args.anyway else tuple(_unwanted(desk, named, kind))
    left = {each.reference for each in unwanted}
    return [each for each in named if each not in left], unwanted


def _unwanted(desk: Desk, named: list[str], kind: DraftKind) -> Iterator[Skip]:
    """Yield the named tickets that want no reply; one that an agent answered may have another.

    `Refused` with the reason when a single ticket was named.
    """
    from assistant.errors import Refused
    from assistant.flows.unanswered import ANSWERED, why_not
    from assistant.model import DraftKind

    for reference in named if kind is DraftKind.REPLY else ():
        ticket = desk.records.tickets.get(reference)
        why = why_not(ticket) if ticket else ""
        if not why or why == ANSWERED:
            continue
        if len(named) == 1:
            raise Refused(
                f"{reference} wants no reply: {why}.",
                safe="Nothing was written.",
                todo="If it needs one all the same, draft it with `--anyway`.",
            )
        yield Skip(reference=reference, why=why)


def _write(
    home: Home, args: WriteArgs, kind: DraftKind, write: Write, progress: Progress
) -> WriteResult:
    from assistant.flows.ai_notice import notices_of

    desk = home.desk(args.tenant)
    must_be_on(desk, kind)
    desk = in_batch(desk) if args.all else desk
    references, skipped = _wanted(desk, args, kind)
    pace = Pace("writing")
    written: list[DraftView] = []
    failed: list[Failure] = []
    for done, reference in enumerate(references):
        progress(pace.at(done, len(references)))
        alone = len(args.references) == 1
        made = write(desk, reference) if alone else attempt(home, desk, reference, write)
        if isinstance(made, Failure):
            failed.append(made)
        else:
            written.append(draft_view(made, notices_of(desk)))
    progress(pace.at(len(references), len(references)))
    return WriteResult(written=tuple(written), failed=tuple(failed), skipped=skipped)


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
