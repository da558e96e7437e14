"""The register of sub-processors of a home: the one list of places that may be reached.

The home's owner registers a place with what its operator promised. A tenant's officer, or the
owner, enables it for the tenant, and the notice of the tenant's policy counts from then. Each
change is a ledger row of every tenant that it concerns, in the same transaction.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, datetime
from typing import LiteralString

from assistant.adapters.records.subprocessors import SqlSubprocessors
from assistant.errors import BadInput, NotFound
from assistant.model import Enabling, Subprocessor, Tenant, Terms
from assistant.register.from_settings import BY_SETTINGS, DEFAULT, RESERVED, described
from assistant.register.places import endpoint, on_this_machine
from assistant.settings import Settings
from guardrails.audit.ledger import Ledger, canonical
from guardrails.clock import Clock
from guardrails.policy import Destination, SubprocessorKind

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


class Subprocessors:
    """The entries of a home. ``tenants`` lists its tenants; ``ledger`` opens that of one.

    ``moved`` is called with host and port of every place whenever they change.
    """

    def __init__(
        self,
        store: SqlSubprocessors,
        clock: Clock,
        tenants: Callable[[], list[Tenant]],
        ledger: Callable[[Tenant], Ledger],
        moved: Callable[[list[tuple[str, int]]], None],
    ) -> None:
        self.store = store
        self._clock = clock
        self._tenants = tenants
        self._ledger = ledger
        self._moved = moved

    def now(self) -> datetime:
        """Return the time by which the register counts."""
        return self._clock()

    def today(self) -> date:
        """Return the day by which the register counts, in UTC."""
        return self._clock().date()

    def named(self, name: str) -> Subprocessor:
        """Return the entry of a name. `NotFound` when there is none, or it has ended."""
        found = self.store.named(name)
        if found is None:
            raise NotFound(
                f"The register has no entry “{name}”.",
                todo="`quietdesk register list` prints those that there are.",
            )
        return found

    def destination(self, entry_id: str, tenant_id: str) -> Destination:
        """Return an entry as a tenant may use it now. `NotFound` when there is none."""
        entry = self.store.get(entry_id)
        if entry is None:
            raise NotFound("The register has no such entry.")
        return destination_of(entry, self.store.enabling(tenant_id, entry_id))

    def places(self) -> list[tuple[str, int]]:
        """Return host and port of every place that has not ended."""
        found = (endpoint(each.origin) for each in self.store.list())
        return [each for each in found if each is not None]

    def webhook(self, tenant: Tenant) -> Subprocessor | None:
        """Return the webhook of a tenant: the one enabled last, else that of the settings."""
        enabled = self.store.enabled(tenant.id)
        hooks = [each for each in self.store.list() if each.kind is SubprocessorKind.WEBHOOK]
        live = [
            (enabled[each.id].at if each.id in enabled else each.announced_at, each)
            for each in hooks
            if _is_live(each, enabled.get(each.id))
        ]
        own = [each for each in live if each[1].id in enabled] or live
        return max(own, key=lambda each: each[0])[1] if own else None

    def add(self, entry: Subprocessor) -> Subprocessor:
        """Register an entry, which no tenant uses yet. `BadInput` for what cannot be one."""
        _must_be_valid(entry)
        if not self.store.add(entry):
            raise BadInput(
                f"The register has an entry “{entry.name}” already.", todo="End it first."
            )
        self._moved(self.places())
        return entry

    def enable(self, tenant: Tenant, name: str, by: str | None) -> Enabling:
        """Let a tenant use an entry; the notice begins now, unless it had begun already."""
        entry = self.named(name)
        held = self.store.enabling(tenant.id, entry.id)
        if held is not None and held.ended_at is None:
            return held
        if held is None and entry.settings:
            return Enabling(entry.id, entry.announced_at, None)
        enabling = Enabling(entry.id, self._clock(), by)
        with self.store.transaction():
            self.store.enable(tenant.id, enabling)
            self._note([tenant], "register.enabled", entry, by)
        return enabling

    def renew(
        self, name: str, terms: Terms, by: str | None, operator: str = "", review: bool = True
    ) -> Subprocessor:
        """Write what an operator promised, as it was reviewed today.

        Another region or operator is announced to the tenants again: their notice begins now.
        """
        old, now = self.named(name), self._clock()
        entry = replace(old, terms=terms, operator=operator or old.operator)
        entry = replace(entry, reviewed_on=now.date()) if review else entry
        _must_be_valid(entry)
        moved = (entry.terms.region, entry.operator) != (old.terms.region, old.operator)
        with self.store.transaction():
            users = self.users(old)
            self.store.change(replace(entry, announced_at=now) if moved else entry)
            for tenant in users if moved else ():
                held = self.store.enabling(tenant.id, entry.id)
                if held is not None:
                    self.store.enable(tenant.id, replace(held, at=now))
            self._note(users, "register.renewed", entry, by)
        return entry

    def end(self, name: str, by: str | None, tenant: Tenant | None = None) -> Subprocessor:
        """End an entry for one tenant, or for all. `BadInput` for all, if the settings name it."""
        entry, now = self.named(name), self._clock()
        if tenant is None and entry.settings:
            raise BadInput(
                f"“{name}” is what the environment's settings describe.",
                todo="Unset the setting, or end it for one tenant with --tenant.",
            )
        with self.store.transaction():
            if tenant is None:
                self._note(self.users(entry), "register.ended", entry, by)
                self.store.end(entry.id, now, by)
            else:
                held = self.store.enabling(tenant.id, entry.id)
                held = held or Enabling(entry.id, entry.announced_at, None)
                self.store.enable(tenant.id, replace(held, ended_at=now, ended_by=by))
                self._note([tenant], "register.ended", entry, by)
        self._moved(self.places())
        return entry

    def users(self, entry: Subprocessor) -> list[Tenant]:
        """Return the tenants that may use an entry, as far as the register is concerned."""
        return [
            tenant
            for tenant in self._tenants()
            if _is_live(entry, self.store.enabling(tenant.id, entry.id))
        ]

    def settle(self, settings: Settings) -> None:
        """Bring the entries of the settings up to date, with a ledger row in every tenant."""
        now = self._clock()
        wanted = {each.name: each for each in described(settings, now)}
        held = {each.name: each for each in self.store.list() if each.settings}
        gone = [each for name, each in held.items() if not _same(each, wanted.get(name))]
        new = [each for name, each in wanted.items() if not _same(each, held.get(name))]
        if gone or new:
            with self.store.transaction():
                for entry in gone:
                    self._note(self.users(entry), "register.ended", entry, BY_SETTINGS)
                    self.store.end(entry.id, now, BY_SETTINGS)
                for entry in new:
                    self.store.add(entry)
                    self._note(self._tenants(), "register.enabled", entry, BY_SETTINGS)
        self._moved(self.places())

    def _note(
        self, tenants: Iterable[Tenant], kind: LiteralString, entry: Subprocessor, by: str | None
    ) -> None:
        for tenant in tenants:
            self._ledger(tenant).append(
                kind,
                entry=entry.id,
                name=entry.name,
                place=entry.kind.value,
                terms=terms_digest(entry),
                by=by,
            )


def destination_of(entry: Subprocessor, enabling: Enabling | None) -> Destination:
    """Return an entry as the tenant of ``enabling`` may use it."""
    terms = entry.terms
    began = enabling.at if enabling else entry.announced_at if entry.settings else None
    return Destination(
        name="model" if entry.name == DEFAULT else entry.name,
        origin=entry.origin,
        region=terms.region,
        no_training=terms.no_training,
        baa=terms.baa,
        kind=entry.kind,
        operator=entry.operator,
        own=on_this_machine(entry.origin),
        contract=terms.contract_on is not None and bool(terms.contract_sha256),
        announced_on=began.date() if began else None,
        reviewed_on=entry.reviewed_on,
        review_by=terms.review_by,
        ended=entry.ended_at is not None or (enabling is not None and bool(enabling.ended_at)),
        purposes=entry.purposes,
    )


def terms_digest(entry: Subprocessor) -> str:
    """Return the SHA-256 (hex) of what an entry states: ledger rows hold it, and no words."""
    terms = entry.terms
    stated = {
        "name": entry.name,
        "kind": entry.kind.value,
        "origin": entry.origin,
        "operator": entry.operator,
        "region": terms.region,
        "no_training": terms.no_training,
        "baa": terms.baa,
        "contract_on": str(terms.contract_on),
        "contract_sha256": terms.contract_sha256,
        "review_by": str(terms.review_by),
        "reviewed_on": str(entry.reviewed_on),
        "purposes": " ".join(sorted(entry.purposes)),
        "address": entry.address,
        "address_env": entry.address_env,
    }
    return hashlib.sha256(canonical(stated).encode()).hexdigest()


def _same(entry: Subprocessor, other: Subprocessor | None) -> bool:
    return other is not None and entry.settings == other.settings


def _is_live(entry: Subprocessor, enabling: Enabling | None) -> bool:
    if entry.ended_at is not None:
        return False
    return enabling.ended_at is None if enabling else bool(entry.settings)


def _must_be_valid(entry: Subprocessor) -> None:
    if not _NAME.fullmatch(entry.name) or (entry.name in RESERVED and not entry.settings):
        raise BadInput(
            "The name of an entry has 1 to 63 of a-z, 0-9, ., _ and -, and is none of "
            f"{', '.join(sorted(RESERVED))}."
        )
    terms = entry.terms
    if bool(terms.contract_on) != bool(terms.contract_sha256):
        raise BadInput("A contract has a date and the hash of its document; give both.")
    if terms.contract_sha256 and not _SHA256.fullmatch(terms.contract_sha256):
        raise BadInput("The hash of a contract is a SHA-256: 64 of 0-9 and a-f.")
