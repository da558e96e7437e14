"""Import of tickets: a whole export is checked first, then each ticket is stored.

A ticket is stored with its ledger row in one transaction, so a killed import is simply run again:
stored tickets count as unchanged. Memory does not grow with the length of a file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from assistant.desk import Desk
from assistant.flows.tickets import keep, withdraw
from ingestion.source import Source
from ingestion.tickets.reading import read_tickets, survey

__all__ = ["Imported", "Progress", "import_tickets", "read_tickets", "references"]

Progress = Callable[[str, int, int | None], None]
"""Called with the current step, the number of tickets done, and their total if it is known."""
_EVERY = 100


@dataclass(frozen=True, slots=True)
class Imported:
    """The result of an import; ``gone`` tickets were deleted or marked as spam in the helpdesk."""

    new: int
    changed: int
    unchanged: int
    gone: int = 0


def import_tickets(
    desk: Desk, source: Source, *, progress: Progress = lambda _what, _done, _total: None
) -> Imported:
    """Redact and store the tickets of a file; none is stored unless the whole file can be read.

    Of a ticket that is there twice the newer one is used. A stored ticket that is deleted or spam
    now is kept with a note, so that nothing is drafted for it. `BadInput` names what is wrong.
    """

    def checked(count: int) -> None:
        if count % _EVERY == 0:
            progress("checking", count, None)

    found = survey(source, checked)
    total = len(found.references())
    done: Counter[str] = Counter()
    for at, ticket in enumerate(read_tickets(source, found)):
        progress("redacting", at, total)
        done[keep(desk, ticket)] += 1
    done["changed"] += sum(
        withdraw(desk, reference, mail) == "changed" for reference, mail in found.gone.items()
    )
    return Imported(done["new"], done["changed"], done["unchanged"], len(found.gone))


def references(source: Source) -> list[str]:
    """Return the tickets of a file by reference, each once. `BadInput` as for an import."""
    return survey(source).references()
