"""The versions of every tenant's policy. A row is written once and never changed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, func, insert, select

from assistant.adapters.records.database import Database
from assistant.adapters.records.schema import policies, profiles
from assistant.adapters.records.scope import upsert
from guardrails.errors import Refused
from guardrails.policy import codec
from guardrails.policy.layers import Layers, ProfileLayer
from guardrails.policy.versions import Version

_CHANGED = "Version {number} of a tenant's policy was changed in the database."
_TODO = "Restore the database from a backup that was made before the change."


class SqlPolicies:
    """The versions of policies, by tenant id."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, tenant_id: str, version: Version) -> None:
        """Store a version."""
        with self._database.writing() as connection:
            connection.execute(insert(policies), [{"tenant_id": tenant_id, **_values(version)}])

    def keep_profile(self, body: str) -> None:
        """Store the file of a profile that is applied."""
        row = {"sha256": codec.hash_of(body), "body": body}
        with self._database.writing() as connection:
            connection.execute(upsert(connection, profiles, row, {}))

    def profile(self, sha256: str) -> str:
        """Return the file of a profile by its hash. `Refused` when it was changed or is missing."""
        query = select(profiles.c.body).where(profiles.c.sha256 == sha256)
        with self._database.reading() as connection:
            body = connection.scalar(query)
        if body is None or codec.hash_of(body) != sha256:
            raise Refused("The file of a profile was changed in the database.", todo=_TODO)
        return body

    def all(self, tenant_id: str) -> list[Version]:
        """Return every version of a tenant, by number. `Refused` for a body that was changed."""
        query = select(policies).where(policies.c.tenant_id == tenant_id)
        with self._database.reading() as connection:
            rows = connection.execute(query.order_by(policies.c.version)).all()
        return [_version(row) for row in rows]

    def current(self, connection: Connection, tenants: Sequence[str], now: datetime) -> Current:
        """Return the rows of the version in force at ``now`` and of all later ones, by tenant."""
        found: Current = {tenant: [] for tenant in tenants}
        for row in connection.execute(_SINCE, {"now": now, "tenants": list(tenants)}):
            found[row.tenant_id].append(row)
        return found

    def newest(self, tenant_id: str) -> int:
        """Return the number of a tenant's last version, 0 without one."""
        with self._database.reading() as connection:
            return connection.scalar(_NEWEST, {"tenant": tenant_id}) or 0


Current = dict[str, list[Row[Any]]]


def versions_of(rows: Sequence[Row[Any]]) -> tuple[Version, ...]:
    """Return rows as versions. `Refused` for a body that was changed in the database."""
    return tuple(_version(row) for row in rows)


def _since() -> Select[*tuple[Any, ...]]:
    other = policies.alias()
    before = other.c.holds_from <= bindparam("now", type_=other.c.holds_from.type)
    held = (
        select(func.max(other.c.version))
        .where(other.c.tenant_id == policies.c.tenant_id, before)
        .scalar_subquery()
    )
    later = policies.c.version >= func.coalesce(held, 0)
    these = policies.c.tenant_id.in_(bindparam("tenants", expanding=True))
    return select(policies).where(later, these).order_by(policies.c.tenant_id, policies.c.version)


_SINCE = _since()
_NEWEST = select(func.max(policies.c.version)).where(policies.c.tenant_id == bindparam("tenant"))


def _values(version: Version) -> dict[str, Any]:
    profile = version.layers.profile
    return {
        "version": version.number,
        "body": codec.dump(version.rules),
        "sha256": version.sha256,
        "published_at": version.published_at,
        "holds_from": version.holds_from,
        "published_by": version.by,
        "loosens": json.dumps(version.loosens),
        "choices": version.layers.choices,
        "profile": profile.id if profile else "",
        "profile_version": profile.version if profile else 0,
        "profile_body": profile.body if profile else "",
        "profile_sha256": profile.sha256 if profile else "",
    }


def must_be_whole(row: Row[Any]) -> None:
    """Raise `Refused` when the body of a row is not the one of its hash."""
    if codec.hash_of(row.body) != row.sha256:
        raise Refused(_CHANGED.format(number=row.version), todo=_TODO)


def _version(row: Row[Any]) -> Version:
    must_be_whole(row)
    return Version(
        number=row.version,
        rules=codec.load(row.body),
        sha256=row.sha256,
        published_at=row.published_at,
        holds_from=row.holds_from,
        layers=_layers(row),
        loosens=tuple(json.loads(row.loosens)),
        by=row.published_by,
    )


def _layers(row: Row[Any]) -> Layers:
    profile = (row.profile, row.profile_version, row.profile_body, row.profile_sha256)
    return _layers_of(profile if row.profile else None, row.choices)


@lru_cache(maxsize=256)
def _layers_of(profile: tuple[str, int, str, str] | None, choices: str) -> Layers:
    return Layers(ProfileLayer(*profile) if profile else None, choices)
