"""Privacy at a glance: what a tenant has promised, what is pending, and what is open."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, cast

from assistant.model import Role
from guardrails.policy import AiFeature, SubprocessorKind
from guardrails.policy.order import changed
from guardrails.policy.versions import in_force
from ui.operations.attestations import VouchedList, profile_of, vouched_of
from ui.operations.base import Operation, Progress, Shape, TenantArgs
from ui.operations.callers import Caller
from ui.operations.needs import owner_or
from ui.operations.profiles import ClauseView, ProfileView, clause_view, profile_view

if TYPE_CHECKING:
    from assistant.bootstrap import Home
    from assistant.model import Tenant
    from guardrails.policy import Rules
    from guardrails.policy.versions import Version


class WeakerRule(Shape):
    """A rule that loosens, with its value in force and the one that it will have."""

    path: str
    now: str
    then: str


class PendingWeaker(Shape):
    """A version that waits for the end of its notice."""

    version: int
    holds_from: datetime
    rules: tuple[WeakerRule, ...]


class PendingList(Shape):
    """What becomes weaker for a tenant, the next first."""

    pending: tuple[PendingWeaker, ...]


class EvidenceRun(Shape):
    """The last run of the evidence: counts of clauses by state, and the hash of its report."""

    at: str
    report: str
    rules_now: bool
    counts: dict[str, int]


class RegisterEntry(Shape):
    """A place outside that is registered; ``refusal`` says why it may not be used now, if so."""

    name: str
    kind: str
    operator: str
    region: str
    own: bool
    refusal: str
    until: date | None


class PrivacyView(Shape):
    """The privacy of a tenant.

    ``sha256`` is the hash of the rules in force. ``clock`` says why the clock is in doubt, empty
    if it is not. Without a published policy there is no ``profile``, and nothing is vouched for.
    """

    tenant: str
    version: int
    sha256: str
    published_at: datetime | None
    notice_days: int
    clock: str
    pending: tuple[PendingWeaker, ...]
    features: dict[AiFeature, bool]
    profile: ProfileView | None
    clauses: tuple[ClauseView, ...]
    vouched: VouchedList | None
    evidence: EvidenceRun | None
    subprocessors: tuple[RegisterEntry, ...]


def _pending(home: Home, _caller: Caller, args: TenantArgs, _progress: Progress) -> PendingList:
    return PendingList(pending=_waiting(home, home.tenant(args.tenant)))


def _show(home: Home, _caller: Caller, args: TenantArgs, _progress: Progress) -> PrivacyView:
    tenant = home.tenant(args.tenant)
    profile, rules = profile_of(home, args.tenant), tenant.policy.rules
    return PrivacyView(
        tenant=tenant.slug,
        version=tenant.policy.version,
        sha256=tenant.policy.digest,
        published_at=tenant.versions[-1].published_at if tenant.versions else None,
        notice_days=rules.notice.weaker_days,
        clock=home.accounts.time.read().why,
        pending=_waiting(home, tenant),
        features={each: each in rules.ai.features for each in AiFeature},
        profile=profile_view(profile) if profile else None,
        clauses=tuple(clause_view(each) for each in profile.clauses) if profile else (),
        vouched=vouched_of(home, args.tenant, profile) if profile else None,
        evidence=_last_run(home, tenant),
        subprocessors=tuple(_registered(home, tenant)),
    )


def _waiting(home: Home, tenant: Tenant) -> tuple[PendingWeaker, ...]:
    """Return the versions that loosen a rule in force later than now, the next first."""
    now, rules = home.accounts.time.read().at, tenant.policy.rules
    waiting = sorted(
        (each for each in tenant.versions if each.holds_from > now),
        key=lambda each: (each.holds_from, each.number),
    )
    said: dict[str, str] = {}
    then = {each.number: in_force(tenant.versions, each.holds_from).rules for each in waiting}
    found = [(each, _news(rules, each, then[each.number], said)) for each in waiting]
    return tuple(
        PendingWeaker(version=each.number, holds_from=each.holds_from, rules=news)
        for each, news in found
        if news
    )


def _news(
    rules: Rules, version: Version, then: Rules, said: dict[str, str]
) -> tuple[WeakerRule, ...]:
    """Return what ``version`` loosens, without what an earlier one does; ``said`` is that.

    ``then`` are the rules when its notice is over: a later version may have tightened some again.
    """
    loosened = (
        WeakerRule(path=path, now=_words(old), then=_words(new))
        for path, old, new in changed(rules, then)
        if path in version.loosens
    )
    news = tuple(each for each in loosened if said.get(each.path) != each.then)
    said.update({each.path: each.then for each in news})
    return news


def _registered(home: Home, tenant: Tenant) -> Iterator[RegisterEntry]:
    register, rules = home.subprocessors, tenant.policy.rules.subprocessors
    for entry in register.store.list():
        place = register.destination(entry.id, tenant.id)
        purpose = None if entry.kind is SubprocessorKind.DATABASE else min(place.purposes)
        yield RegisterEntry(
            name=entry.name,
            kind=entry.kind.value,
            operator=entry.operator or entry.name,
            region=place.region,
            own=place.own,
            refusal=tenant.policy.refusal(place, purpose, register.today()),
            until=None if place.own else place.usable_until(rules),
        )


def _last_run(home: Home, tenant: Tenant) -> EvidenceRun | None:
    rows = home.desk(tenant.slug).ledger.proven("evidence.run")
    if not rows:
        return None
    facts: dict[str, Any] = json.loads(rows[-1].body)
    return EvidenceRun(
        at=rows[-1].at,
        report=facts["report"],
        rules_now=facts["rules"] == tenant.policy.digest,
        counts=facts["clauses"],
    )


def _words(value: object) -> str:
    """Return a value of a rule for people."""
    if isinstance(value, frozenset):
        return ", ".join(sorted(str(each) for each in cast("frozenset[object]", value))) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "not limited" if value is None else str(value)


PENDING = Operation("privacy.pending", TenantArgs, PendingList, _pending, needs=owner_or(*Role))
SHOW = Operation(
    "privacy.show", TenantArgs, PrivacyView, _show, needs=owner_or(Role.OFFICER, Role.ADMIN)
)
