"""The policies of a home's tenants: published with their row in the ledger, and checked against it.

The rows of policies can be written by whoever can write to the database; the ledger's cannot. A
policy that is not as the ledger states it is refused.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from assistant.adapters.records.accounts import LIBRARY, Accounts
from assistant.adapters.records.database import Database
from assistant.errors import Refused
from assistant.model import OWNER, Tenant
from guardrails.audit.ledger import Fact, Ledger
from guardrails.policy import codec
from guardrails.policy.layers import Layers, ProfileLayer
from guardrails.policy.profile import Profile, parse
from guardrails.policy.trusted_time import Doubt
from guardrails.policy.versions import Version, publication

Change = Callable[[Layers], Layers]
"""Returns the layers of the next version from those of the last one."""
Check = Callable[[Tenant, Version], None]
"""Raises when the next version may not be published by the caller."""

_SET, _PINNED = "policy.set", "policy.pinned"
_SAFE = "Nothing was sent, and nothing of this tenant can be used."
_TODO = "Restore the database from a backup that was made before the change."


class PolicyBook:
    """Publishes versions of policies, and says which one is in force."""

    def __init__(
        self, database: Database, accounts: Accounts, ledger_of: Callable[[Tenant], Ledger]
    ) -> None:
        self._database = database
        self._accounts = accounts
        self._ledger_of = ledger_of
        self._verified: dict[str, tuple[Version, ...]] = {}

    def checked(self, tenant: Tenant) -> Tenant:
        """Return ``tenant``. `Refused` when its policy is not as the ledger states it.

        A policy that an earlier version of Quietdesk wrote is completed first, so that no release
        with other defaults changes it.
        """
        if self._verified.get(tenant.id) == tenant.versions:
            return tenant
        ledger = self._ledger_of(tenant)
        if not _pinned(ledger):
            self._pin(tenant, ledger)
        self._must_match(ledger, tenant)
        if _lacks_rules(tenant.versions):  # never before it is known to be ours
            tenant = self._completed(tenant, ledger)
        self._verified[tenant.id] = tenant.versions
        return tenant

    def add_tenant(self, add: Callable[[], Tenant]) -> Tenant:
        """Return the tenant that ``add`` adds, with the ledger's row of its first version."""
        with self._database.transaction():
            tenant = add()
            self._ledger_of(tenant).append(_SET, **facts_of(tenant.versions[0]))
        return tenant

    def publish(self, slug: str, change: Change, by: str, check: Check) -> Version:
        """Publish what ``change`` makes of the last version, and return the version of it.

        The version, its row in the ledger and its notice are one transaction. Nothing is published
        when nothing changes. `Refused` for a weaker version while the clock is in doubt.
        """
        with self._database.writing() as connection:
            self._accounts.lock(connection, slug)
            tenant = self.checked(self._accounts.tenant(slug))
            version = self.next(tenant, change, by)
            if version.number == tenant.versions[-1].number:
                return version
            check(tenant, version)
            self._store(self._ledger_of(tenant), tenant.id, version)
        return version

    def next(self, tenant: Tenant, change: Change, by: str = "") -> Version:
        """Return the version that ``change`` would make now, or the last one if it is the same."""
        last = tenant.versions[-1]
        layers = change(last.layers)
        if layers == last.layers:
            return last
        rules, now = layers.rules, self._accounts.time.read()
        made = publication(tenant.policy.rules, rules, now.stamp)
        if made.loosens and (made.notice_days or now.doubt is Doubt.CHANGED):
            now.must_be_trusted()
        return Version(
            number=last.number + 1,
            rules=rules,
            sha256=codec.digest_of(rules),
            published_at=now.stamp,
            holds_from=made.holds_from,
            layers=layers,
            loosens=made.loosens,
            by=by,
        )

    def apply(
        self, slug: str, profile: Profile | None, source: str, by: str, check: Check
    ) -> Version:
        """Publish the version under a profile, whose file is ``source``; None leaves the profile.

        The tenant's own choices stay.
        """
        with self._database.transaction():
            if profile is not None:
                self._accounts.policies.keep_profile(source)
            return self.publish(slug, under(profile), by, check)

    def profile(self, tenant: Tenant) -> Profile | None:
        """Return the profile of a tenant's last version, None without one."""
        layer = self.checked(tenant).versions[-1].layers.profile
        if layer is None:
            return None
        body = self._accounts.policies.profile(layer.sha256)
        return parse(f"{layer.id}.toml", body.encode())

    def history(self, tenant: Tenant) -> Sequence[Version]:
        """Return every version of a tenant's policy, by number."""
        return self._accounts.policies.all(self.checked(tenant).id)

    def _must_match(self, ledger: Ledger, tenant: Tenant) -> None:
        stored, pinned = self._accounts.policies.all(tenant.id), dict(_pinned(ledger))
        for version in stored:
            stated = pinned.pop(version.number, None)
            if stated is None:
                raise _changed(version.number, "was added to")
            if any(stated.get(name) != fact for name, fact in facts_of(version).items()):
                raise _changed(version.number, "was changed in")
        if pinned:
            raise _changed(min(pinned), "was removed from")
        if any(version not in stored for version in tenant.versions):
            raise _changed(tenant.versions[0].number, "was changed in")

    def _pin(self, tenant: Tenant, ledger: Ledger) -> None:
        """Note the versions that an earlier release wrote, of which the ledger has no hash."""
        with self._database.writing() as connection:
            self._accounts.lock(connection, tenant.slug)
            if not _pinned(ledger):
                for version in self._accounts.policies.all(tenant.id):
                    ledger.append(_PINNED, **facts_of(version))

    def _completed(self, tenant: Tenant, ledger: Ledger) -> Tenant:
        """Return the tenant under a version that states the rules that its last one leaves open."""
        with self._database.writing() as connection:
            self._accounts.lock(connection, tenant.slug)
            current = self._again(tenant)
            self._must_match(ledger, current)
            if _lacks_rules(current.versions):
                last, now = current.versions[-1], self._accounts.time.read().stamp
                version = Version(
                    number=last.number + 1,
                    rules=last.rules,
                    sha256=codec.digest_of(last.rules),
                    published_at=now,
                    holds_from=now,
                    layers=last.layers,
                )
                self._store(ledger, current.id, version)
            return self._again(tenant)

    def _store(self, ledger: Ledger, tenant_id: str, version: Version) -> None:
        self._accounts.policies.add(tenant_id, version)
        ledger.append(_SET, **facts_of(version))
        if version.holds_from > version.published_at:
            ledger.append("policy.noticed", **_notice_of(version))

    def _again(self, tenant: Tenant) -> Tenant:
        found = self._accounts.library() if tenant.slug == LIBRARY else None
        return found or self._accounts.tenant(tenant.slug)


def under(profile: Profile | None) -> Change:
    """Return the change that puts a tenant under a profile."""
    layer = profile and ProfileLayer.of(profile.id, profile.version, profile.rules, profile.digest)
    return lambda layers: replace(layers, profile=layer)


def facts_of(version: Version) -> dict[str, Fact]:
    """Return what the ledger states of a version; any change of its row changes one of these."""
    profile = version.layers.profile
    return {
        "version": version.number,
        "sha256": version.sha256,
        "published_at": _moment(version.published_at),
        "holds_from": _moment(version.holds_from),
        "profile": profile.id if profile else None,
        "profile_version": profile.version if profile else None,
        "profile_sha256": profile.sha256 if profile else None,
        "layers": _hash_of(version.layers),
        "loosens": dict.fromkeys(version.loosens, 1),
        "by": version.by or OWNER,
    }


def _notice_of(version: Version) -> dict[str, Fact]:
    return {
        "version": version.number,
        "holds_from": _moment(version.holds_from),
        "loosens": dict.fromkeys(version.loosens, 1),
    }


def _pinned(ledger: Ledger) -> dict[int, Mapping[str, Any]]:
    """Return what the ledger states of each version; earlier releases stated only its number."""
    found = (json.loads(row.body) for row in ledger.proven(_SET, _PINNED))
    return {facts["version"]: facts for facts in found if "sha256" in facts}


def _lacks_rules(versions: Sequence[Version]) -> bool:
    """Return whether the last version, if it is in force, leaves a rule of this release open."""
    last = versions[-1]
    return len(versions) == 1 and codec.digest_of(last.rules) != last.sha256


def _hash_of(layers: Layers) -> str:
    profile = layers.profile.body if layers.profile else ""
    return hashlib.sha256(f"{profile}\x1f{layers.choices}".encode()).hexdigest()


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _changed(number: int, how: str) -> Refused:
    return Refused(
        f"Version {number} of the tenant's policy {how} the database, past Quietdesk.",
        safe=_SAFE,
        todo=_TODO,
    )
