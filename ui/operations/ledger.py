"""The ledger: what was sent, received and decided, and whether its chain is intact."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

from pydantic import Field

from assistant.model import Role
from ui.operations.base import Operation, Progress, Shape, TenantArgs
from ui.operations.callers import Caller
from ui.operations.names import names_of
from ui.operations.needs import owner_or

if TYPE_CHECKING:
    from assistant.bootstrap import Home


_USERS = ("by", "user")
"""The facts that name a user."""


class LedgerArgs(TenantArgs):
    """Which rows: those numbered above ``after``, the last ``limit`` of them."""

    after: int = Field(default=0, ge=0)
    limit: int = Field(default=50, ge=1, le=100_000)


class RowView(Shape):
    """One row; ``facts`` are hashes, counts, ids and words of closed sets.

    ``names`` has the logins of the users in it, by id.
    """

    number: int
    at: str
    kind: str
    facts: str
    hash: str
    names: dict[str, str] = Field(default_factory=dict)


class Rows(Shape):
    """Rows in order."""

    rows: tuple[RowView, ...]


class ProofView(Shape):
    """The result of verifying; ``broken`` is the first row that is not valid."""

    rows: int
    holds: bool
    broken: int | None
    why: str


def _show(home: Home, _caller: Caller, args: LedgerArgs, _progress: Progress) -> Rows:
    rows, name = home.desk(args.tenant).ledger.last(args.limit, args.after), names_of(home)
    return Rows(
        rows=tuple(
            RowView(
                number=row.number,
                at=row.at,
                kind=row.kind,
                facts=row.body,
                hash=row.hash,
                names=_names(row.body, name),
            )
            for row in rows
        )
    )


def _names(body: str, name: Callable[[str], str]) -> dict[str, str]:
    facts: dict[str, object] = json.loads(body)
    users = (facts.get(each) for each in _USERS)
    return {each: name(each) for each in users if isinstance(each, str) and each}


def _verify(home: Home, _caller: Caller, args: TenantArgs, _progress: Progress) -> ProofView:
    proof = home.desk(args.tenant).ledger.verify()
    broken = proof.broken
    return ProofView(
        rows=proof.rows,
        holds=broken is None,
        broken=broken.number if broken else None,
        why=broken.why if broken else "",
    )


_NEEDS = owner_or(Role.REVIEWER, Role.OFFICER, Role.ADMIN)

SHOW = Operation("ledger.show", LedgerArgs, Rows, _show, needs=_NEEDS)
VERIFY = Operation("ledger.verify", TenantArgs, ProofView, _verify, needs=_NEEDS)
