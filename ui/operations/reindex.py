"""Rebuild vectors that another embedder made; the old ones answer until it is done."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from assistant.model import Role
from guardrails.policy import AiFeature
from ui.operations.base import NoArgs, Operation, Pace, Progress, Shape, TenantArgs
from ui.operations.callers import Caller
from ui.operations.needs import OWNER, owner_or

if TYPE_CHECKING:
    from assistant.bootstrap import Home
    from assistant.desk import Desk


class Reindexed(Shape):
    """How many of the index's vectors were rebuilt, and by which embedder."""

    made: int
    chunks: int
    embedder: str
    seconds: float
    stale_documents: int


def _tenant(home: Home, _caller: Caller, args: TenantArgs, progress: Progress) -> Reindexed:
    return _reindex(home.desk(args.tenant), progress)


def _library(home: Home, _caller: Caller, _args: NoArgs, progress: Progress) -> Reindexed:
    return _reindex(home.library(), progress)


def _reindex(desk: Desk, progress: Progress) -> Reindexed:
    from assistant.flows.ai import must_be_on
    from assistant.search.indexing import bring_in_step
    from ingestion.staleness import stale

    began, pace = time.monotonic(), Pace("embedding")
    must_be_on(desk, AiFeature.SEARCH)
    done = bring_in_step(desk, lambda at, total: progress(pace.at(at, total)))
    if done.added:
        desk.ledger.append("reindexed", chunks=done.added, embedder=desk.embedder.name)
    return Reindexed(
        made=done.added,
        chunks=desk.records.counts()["chunks"],
        embedder=desk.embedder.name,
        seconds=round(time.monotonic() - began, 3),
        stale_documents=stale(desk),
    )


REINDEX = Operation(
    "reindex",
    TenantArgs,
    Reindexed,
    _tenant,
    needs=owner_or(Role.ADMIN, Role.KNOWLEDGE),
    takes_turn=True,
)
LIBRARY = Operation("library.reindex", NoArgs, Reindexed, _library, needs=OWNER, takes_turn=True)
