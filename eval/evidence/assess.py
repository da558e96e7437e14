"""From the results of controls to the state of each clause of a policy."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Any, cast

from eval.evidence.control import Control, Outcome, Seen
from eval.evidence.report import (
    AttestationView,
    ClauseView,
    ControlView,
    Counts,
    OffView,
    PeriodView,
    ProfileView,
    SeenView,
    TrialView,
)
from eval.evidence.results import Result
from eval.evidence.trial import Trial, failed_as_it_must
from guardrails.policy import Rules, codec
from guardrails.policy.clauses import Clause, Profile
from guardrails.policy.controls import CONTROLS
from guardrails.policy.length import Length
from guardrails.policy.order import weaker
from guardrails.policy.rules import Period
from guardrails.policy.words import Anchor

Attested = Mapping[tuple[str, str], AttestationView]
"""Attestations by profile and clause."""

TOPICS: Mapping[str, str] = {
    "inventory": "What is kept",
    "tenant": "Walls between tenants",
    "seal": "Security",
    "transport": "Security",
    "access": "Security",
    "backup": "Security",
    "incident": "Security",
    "egress": "Where data goes",
    "training": "Where data goes",
    "region": "Where data goes",
    "consent": "Where data goes",
    "ai": "AI and people",
    "review": "AI and people",
    "audit": "AI and people",
    "escalation": "AI and people",
    "retention": "Keeping and erasing",
    "account": "Keeping and erasing",
    "derived": "Keeping and erasing",
    "erase": "Keeping and erasing",
    "rights": "Rights of people",
    "phi": "Health data and minors",
    "minors": "Health data and minors",
    "policy": "The policy and its proof",
    "ledger": "The policy and its proof",
}
"""The topic of a clause, by the family of its first control."""
_DAYS_A_MONTH = 365.2425 / 12
VOUCHED_FOR, NOT_TESTABLE = "Vouched for by a person", "Not testable as worded"


def assessed(
    profile: Profile, held: Rules, results: Mapping[str, Result], attested: Attested
) -> ProfileView:
    """Return the states of a profile's clauses; ``held`` are the rules that were tried."""
    loose = weaker(profile.rules, held)
    clauses = [_clause(profile, each, results, loose, attested) for each in profile.clauses]
    return ProfileView(
        id=profile.id,
        version=profile.version,
        title=profile.title,
        role=profile.role.value,
        dated=profile.source.dated,
        source=profile.source.sha256,
        digest=profile.digest,
        rules=codec.digest_of(held),
        ours=tuple(profile.ours),
        retention=periods(held, profile.ours),
        counts=count(clauses),
        clauses=tuple(clauses),
    )


def count(clauses: Sequence[ClauseView]) -> Counts:
    """Return how many clauses are in each state."""
    states = [each.state for each in clauses]
    hold, fail, missing = (states.count(each) for each in ("hold", "fail", "not_measured"))
    return Counts(
        clauses=len(clauses),
        enforceable=hold + fail + missing,
        hold=hold,
        fail=fail,
        not_measured=missing,
        open=sum(each.attestation is not None and is_open(each.attestation) for each in clauses),
        untestable=states.count("untestable"),
    )


def total(counts: Iterable[Counts]) -> Counts:
    """Return the sum of counts."""
    each = [one.model_dump() for one in counts]
    return Counts(**{name: sum(one[name] for one in each) for name in Counts.model_fields})


def is_open(attestation: AttestationView) -> bool:
    """Return whether nobody vouches for it now."""
    return attestation.state != "vouched"


def _clause(
    profile: Profile,
    clause: Clause,
    results: Mapping[str, Result],
    loose: Sequence[str],
    attested: Attested,
) -> ClauseView:
    found = _attestation(profile, clause, attested)
    if clause.kind.enforceable:
        state, why = _enforced(clause, results, loose)
    elif found is not None:
        state, why = ("open" if is_open(found) else "vouched"), ""
    else:
        state, why = "untestable", ""
    return ClauseView(
        id=clause.id,
        topic=_topic(clause),
        says=clause.says,
        kind=clause.kind.value,
        state=state,
        why=why,
        controls=clause.by,
        parameters=_plain(clause.parameters),
        ours=clause.ours,
        narrowed=clause.narrowed,
        untestable=clause.why,
        better=clause.better,
        attestation=found,
    )


def _enforced(
    clause: Clause, results: Mapping[str, Result], loose: Sequence[str]
) -> tuple[Any, str]:
    """Return the state of an enforced clause, and why it is not `hold`."""
    missing = ""
    for name in clause.by:
        result = results[name]
        weak = [path for path in loose if _reads(name, path)]
        if weak:
            return "fail", f"the tenant's rules are weaker than the profile's: {', '.join(weak)}"
        if result.outcome is Outcome.FAILS:
            return "fail", f"{name}: {result.why}"
        if result.outcome is not Outcome.HOLDS:
            missing = missing or f"{name}: {result.why}"
    return ("not_measured", missing) if missing else ("hold", "")


def _reads(control: str, path: str) -> bool:
    return any(path == each or path.startswith(f"{each}.") for each in CONTROLS[control].reads)


def _attestation(profile: Profile, clause: Clause, attested: Attested) -> AttestationView | None:
    if not clause.kind.vouched:
        return None
    found = attested.get((profile.id, clause.id))
    return found or AttestationView(state="open", role=clause.vouch or "")


def _topic(clause: Clause) -> str:
    if clause.by:
        return TOPICS[clause.by[0].split(".")[0]]
    return VOUCHED_FOR if clause.vouch else NOT_TESTABLE


def _plain(parameters: Mapping[str, Any]) -> dict[str, Any]:
    def plain(value: Any) -> Any:
        if isinstance(value, frozenset):
            return sorted(map(str, cast("frozenset[object]", value)))
        return str(value)

    found: dict[str, Any] = json.loads(json.dumps(dict(parameters), default=plain))
    return found


def control_view(result: Result, rules: Rules, at: str) -> ControlView:
    """Return a result as the report holds it."""
    control = result.control
    return ControlView(
        id=result.id,
        says=control.says if control else CONTROLS[result.id].says,
        rules=codec.digest_of(rules),
        outcome=result.outcome,
        why=result.why,
        at=at,
        probe=_trial(result.probe),
        watch=_trial(result.watch),
        off=tuple(_off(control, *each) for each in result.off.items()) if control else (),
    )


def _trial(trial: Trial | None) -> TrialView | None:
    if trial is None:
        return None
    seen = tuple(map(_seen, trial.seen))
    return TrialView(outcome=trial.outcome, crashed=trial.crashed, seen=seen)


def _off(control: Control, guard: str, trial: Trial) -> OffView:
    must = control.off[guard].sees
    seen = [each for each in trial.seen if each.what == must]
    return OffView(
        guard=guard,
        must_see=must,
        failed=failed_as_it_must(control, guard, trial),
        crashed=trial.crashed,
        seen=_seen(next((each for each in seen if not each.ok), seen[0])) if seen else None,
    )


def _seen(seen: Seen) -> SeenView:
    def fact(value: object) -> Any:
        return dict(value) if isinstance(value, Mapping) else value  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]

    return SeenView(
        what=seen.what,
        expected=fact(seen.expected),
        found=fact(seen.found),
        ok=seen.ok,
        rows=seen.rows,
    )


def periods(rules: Rules, ours: Sequence[str]) -> tuple[PeriodView, ...]:
    """Return how long each class of data is kept under ``rules``; ``ours`` are paths of rules."""
    return tuple(
        _period(each.name, getattr(rules.retention, each.name), ours)
        for each in fields(rules.retention)
    )


def _period(name: str, period: Period, ours: Sequence[str]) -> PeriodView:
    end = period.after
    return PeriodView(
        data_class=name,
        after=_words(end, _ENDLESS.get(period.anchor, "no end")),
        anchor=period.anchor.value,
        how=period.how.value,
        at_least=_words(period.at_least, ""),
        months=None if end is None else round(end.months + end.days / _DAYS_A_MONTH, 1),
        ours=any(each in {"retention", f"retention.{name}"} for each in ours),
    )


_ENDLESS = {Anchor.SOURCE: "with its source"}


def _words(length: Length | None, none: str) -> str:
    return none if length is None else str(length)
