"""Walls between tenants: no member of one reads anything of another."""

from __future__ import annotations

from collections.abc import Generator, Iterable

from assistant.model import Role
from eval.evidence.control import Control, Off, Seen, same
from eval.evidence.material import RUNBOOK, TICKET
from eval.evidence.switches import of_ui
from eval.evidence.twin import Twin

_READS = ("review.list", "tickets.list", "gaps.list", "outbox.list", "terms.list", "ledger.show")
_AT_NEIGHBOUR = "operations of another tenant that a member was let into"
_TOLD = "canaries of another tenant that a member was told"
_OWN = "a member reads a ticket of the own tenant"


def _walls(twin: Twin) -> Generator[Seen]:
    went = [
        twin.attempt(operation, role=role, of=twin.tenant, at=twin.neighbour, **args)
        for role in Role
        for operation, args in _attempts()
    ]
    yield same(_AT_NEIGHBOUR, 0, sum(not each.refused for each in went))
    theirs = twin.material(twin.neighbour).canaries
    told = [("", each.said) for each in went]
    for canary in theirs:
        asked = twin.attempt("ask", role=Role.AGENT, question=f"What do you know about {canary}?")
        told.append((canary, asked.said))
    yield same(
        _TOLD, 0, sum(each in said for typed, said in told for each in theirs if each != typed)
    )
    shown = twin.attempt("tickets.show", role=Role.AGENT, reference=TICKET)
    yield same(_OWN, True, twin.material().requester in shown.said)


def _attempts() -> Iterable[tuple[str, dict[str, object]]]:
    yield from ((each, {}) for each in _READS)
    yield "tickets.show", {"reference": TICKET}
    yield "forget.document", {"name": RUNBOOK}
    yield "ask", {"question": "The printer stops after a page. What do I do?"}


CONTROLS = (
    Control(
        "tenant.walls",
        "No member of a tenant reads, finds or changes anything of another tenant.",
        _walls,
        None,
        {"memberships": Off(of_ui("memberships"), _AT_NEIGHBOUR)},
    ),
)
