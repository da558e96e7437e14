"""A small report with a clause of every kind and state."""

from __future__ import annotations

from importlib import metadata

from eval.evidence.assess import assessed, control_view
from eval.evidence.control import Outcome, same
from eval.evidence.controls import CONTROLS
from eval.evidence.report import (
    AttestationView,
    LedgerView,
    PendingView,
    PolicyView,
    RegisterLine,
    Report,
    RunView,
    TenantView,
)
from eval.evidence.results import Result
from eval.evidence.trial import Trial
from guardrails.policy import Rules
from guardrails.policy.clauses import Clause, DataRole, Profile, Source

_AT = "2026-11-27T09:00:00+00:00"
_CLAUSES = (
    Clause("X-1", "one tenant's data never reaches another", by=("tenant.walls",)),
    Clause("X-2", "kept as long as needed", by=("retention.class",), ours=True),
    Clause("X-3", "providers <b>are</b> bound", by=("egress.register",), vouch="officer"),
    Clause("X-4", "no sale", vouch="officer", narrowed="nothing is shared at all"),
    Clause("X-5", "staff are trained", vouch="officer"),
    Clause("X-6", "use means consent", why="a legal effect", better="record the acceptance"),
)
_ATTESTED = AttestationView(
    state="vouched",
    who="5c1e",
    role="officer",
    at="2026-11-01T10:00:00+00:00",
    document="a" * 64,
    expires="2027-11-01",
)


def a_report() -> Report:
    """Return a report of one policy on a tenant."""
    rules = Rules()
    walls = CONTROLS["tenant.walls"]
    guard, off = next(iter(walls.off.items()))
    seen = same("operations of another tenant", 0, 0)
    results = {
        "tenant.walls": Result(
            "tenant.walls",
            Outcome.HOLDS,
            "",
            walls,
            Trial((seen,)),
            None,
            {guard: Trial((same(off.sees, 0, 9, (4, 5)),))},
        ),
        "retention.class": Result("retention.class", Outcome.NOT_MEASURED, "it is not built"),
        "egress.register": Result("egress.register", Outcome.FAILS, "probe: a lapsed entry"),
    }
    source = Source("A policy", "2026-01-01", "0" * 64)
    profile = Profile(
        "p", 1, "P & Sons", DataRole.PROCESSOR, source, ("notice",), rules, _CLAUSES, "1" * 64
    )
    view = assessed(profile, rules, results, {("p", "X-4"): _ATTESTED})
    return Report(
        run=RunView(
            at=_AT,
            seconds=1.5,
            release=metadata.version("quietdesk"),
            source="b" * 64,
            database="sqlite",
            by=None,
        ),
        tenant=_tenant(),
        counts=view.counts,
        profiles=(view,),
        controls=tuple(control_view(each, rules, _AT) for each in results.values()),
        out_of_scope=("The disk.",),
    )


def _tenant() -> TenantView:
    return TenantView(
        slug="harbour",
        id="0" * 32,
        profile="p",
        policy=PolicyView(
            version=3,
            digest="c" * 64,
            rules={"training": "never"},
            pending=(PendingView(version=4, digest="d" * 64, holds_from="2026-12-24"),),
        ),
        ledger=LedgerView(rows=12, hash="e" * 64, holds=True, why=""),
        register_of=(
            RegisterLine(
                name="A model",
                kind="model",
                region="eu",
                no_training=True,
                baa=False,
                contract_at="2026-01-01",
                contract_hash="f" * 64,
                review_by="2027-01-01",
                usable=True,
                why="",
            ),
        ),
    )
