"""One run: tries the controls of profiles, on twins and on a tenant, and makes the report."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from importlib import metadata, resources

from assistant.bootstrap import Home
from assistant.desk import Desk
from assistant.flows.attestations import vouched
from assistant.model import Attestation, Subprocessor, Tenant
from eval.evidence import results
from eval.evidence.assess import Attested, assessed, control_view, total
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
from eval.evidence.results import Result, Tell, judge, try_all
from eval.evidence.trial import Trial
from eval.evidence.workers import Workers
from guardrails.clock import utc_now
from guardrails.policy import Rules, codec
from guardrails.policy.clauses import Profile
from guardrails.policy.versions import pending

SECONDS = 60.0
"""The longest that one trial may take; most take a second."""
_PACKAGES = ("guardrails", "assistant", "ingestion", "eval", "ui")
OUT_OF_SCOPE = (
    "Web sites of the vendors: cookies, analytics, marketing mail, payment, links to other sites.",
    "Whether a person reads an alert, keeps a contract or tells the truth in an attestation.",
    "The operating system, the disk's encryption, the network and who can log in to the machine.",
    "How well names are found in text: `quietdesk eval privacy` and `eval leakage` measure that.",
    "Twins keep their records in SQLite, also where the home uses PostgreSQL.",
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What to try, and who asks: the id of a person, None for the owner of the home.

    ``command`` starts the process that tries controls.
    """

    profiles: Sequence[Profile]
    command: Sequence[str]
    by: str | None = None


def on_twins(asked: Asked, tell: Tell) -> Report:
    """Try every control that the profiles name, each profile on twins under its own rules.

    ``tell`` may raise to stop.
    """
    since, at = time.monotonic(), utc_now()
    held = [each.rules for each in asked.profiles]
    found = _results(asked, held, tell, lambda _name: None)
    return _report(_Run(asked, at, since), None, held, found, {})


def on_tenant(home: Home, slug: str, asked: Asked, tell: Tell) -> Report:
    """Try the controls on twins under the tenant's rules, and read the tenant's own records."""
    since, at = time.monotonic(), home.clock()
    tenant = home.tenant(slug)
    held = [tenant.policy.rules] * len(asked.profiles)

    def watched(name: str) -> Trial | None:
        return results.watch(CONTROLS[name], home, slug) if name in CONTROLS else None

    found = _results(asked, held, tell, watched)
    attested = attestations(home.desk(slug), asked.profiles)
    return _report(_Run(asked, at, since, home), tenant, held, found, attested)


def attestations(desk: Desk, profiles: Sequence[Profile]) -> Attested:
    """Return the last attestation of each clause of the profiles, lapsed ones included."""
    today = desk.clock().date()
    return {
        (profile.id, each.clause.id): _attestation(each.last, today)
        for profile in profiles
        for each in vouched(desk, profile)
        if each.last is not None and each.last.profile == profile.id
    }


def _attestation(last: Attestation, today: date) -> AttestationView:
    return AttestationView(
        state="vouched" if last.holds(today) else "lapsed",
        who=last.user_id,
        role=last.role.value,
        at=_time(last.at),
        document=last.sha256,
        expires=last.until.isoformat() if last.until else None,
    )


Results = Mapping[tuple[str, Rules], Result]


def _results(
    asked: Asked, held: Sequence[Rules], tell: Tell, watched: Callable[[str], Trial | None]
) -> Results:
    wanted = {name for each in asked.profiles for clause in each.clauses for name in clause.by}
    different = list(dict.fromkeys(held))
    with Workers(asked.command, SECONDS) as workers:
        tried = try_all(different, wanted, workers, tell)
    seen = {name: watched(name) for name in wanted}
    return {
        (name, rules): judge(name, tried.get((name, rules)), seen[name])
        for rules in different
        for name in results.ordered(wanted)
    }


@dataclass(frozen=True, slots=True)
class _Run:
    asked: Asked
    at: datetime
    since: float
    home: Home | None = None

    def view(self) -> RunView:
        away = self.home is not None and self.home.settings.database_url is not None
        return RunView(
            at=_time(self.at),
            seconds=round(time.monotonic() - self.since, 1),
            release=metadata.version("quietdesk"),
            source=source_digest(),
            database="postgresql" if away else "sqlite",
            by=self.asked.by,
        )


def _report(
    run: _Run,
    tenant: Tenant | None,
    held: Sequence[Rules],
    found: Results,
    attested: Attested,
) -> Report:
    profiles = [
        assessed(profile, rules, _of(rules, found), attested)
        for profile, rules in zip(run.asked.profiles, held, strict=True)
    ]
    controls = [control_view(each, rules, _time(run.at)) for (_, rules), each in found.items()]
    return Report(
        run=run.view(),
        tenant=_tenant(run.home, tenant) if run.home and tenant else None,
        counts=total(each.counts for each in profiles),
        profiles=tuple(profiles),
        controls=tuple(controls),
        out_of_scope=OUT_OF_SCOPE,
    )


def _of(rules: Rules, found: Results) -> dict[str, Result]:
    return {name: result for (name, held), result in found.items() if held == rules}


def _tenant(home: Home, tenant: Tenant) -> TenantView:
    proof = home.desk(tenant.slug).ledger.verify()
    last = home.desk(tenant.slug).ledger.last(1)
    return TenantView(
        slug=tenant.slug,
        id=tenant.id,
        profile=profile_of(tenant),
        policy=_policy(home, tenant),
        ledger=LedgerView(
            rows=proof.rows,
            hash=last[0].hash if last else "",
            holds=proof.broken is None,
            why=proof.broken.why if proof.broken else "",
        ),
        register_of=_register(home, tenant),
    )


def _register(home: Home, tenant: Tenant) -> tuple[RegisterLine, ...]:
    entries = home.subprocessors.store.list()
    return tuple(_line(home, tenant, each) for each in entries if each.ended_at is None)


def _line(home: Home, tenant: Tenant, entry: Subprocessor) -> RegisterLine:
    terms, purpose = entry.terms, min(entry.purposes, default=None)
    place = home.subprocessors.destination(entry.id, tenant.id)
    why = tenant.policy.refusal(place, purpose, home.subprocessors.today())
    return RegisterLine(
        name=entry.operator or entry.name,
        kind=entry.kind.value,
        region=terms.region,
        no_training=terms.no_training,
        baa=terms.baa,
        contract_at=terms.contract_on.isoformat() if terms.contract_on else None,
        contract_hash=terms.contract_sha256 or None,
        review_by=terms.review_by.isoformat() if terms.review_by else None,
        usable=not why,
        why=why,
    )


def profile_of(tenant: Tenant) -> str | None:
    """Return the id of the policy that the tenant is under, None without one."""
    profile = tenant.versions[-1].layers.profile
    return profile.id if profile else None


def _policy(home: Home, tenant: Tenant) -> PolicyView:
    policy, waiting = tenant.policy, pending(tenant.versions, home.accounts.time.read().at)
    return PolicyView(
        version=policy.version,
        digest=policy.digest,
        rules=json.loads(codec.dump(policy.rules)),
        pending=tuple(
            PendingView(
                version=each.number,
                digest=each.sha256,
                holds_from=_time(each.holds_from),
                loosens=each.loosens,
            )
            for each in waiting
        ),
    )


def _time(at: datetime) -> str:
    return at.isoformat(timespec="seconds")


def source_digest() -> str:
    """Return the SHA-256 (hex) of the names and contents of our Python files."""
    found = hashlib.sha256()
    for package in _PACKAGES:
        with resources.as_file(resources.files(package)) as root:
            for path in sorted(root.rglob("*.py")):
                name = f"{package}/{path.relative_to(root).as_posix()}"
                body = hashlib.sha256(path.read_bytes()).hexdigest()
                found.update(f"{name} {body}\n".encode())
    return found.hexdigest()
