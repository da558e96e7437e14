"""Attestations of one tenant. A row is written once and never changed."""

from __future__ import annotations

import builtins
from datetime import date

from sqlalchemy import insert, select

from assistant.adapters.records import schema
from assistant.adapters.records.scope import Scope
from assistant.model import Attestation, Role


class SqlAttestations:
    """Implements `assistant.ports.AttestationStore`."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def add(self, attestation: Attestation) -> None:
        row = self._scope.row(
            id=attestation.id,
            profile=attestation.profile,
            profile_version=attestation.profile_version,
            clause=attestation.clause,
            user_id=attestation.user_id,
            role=attestation.role.value,
            at=attestation.at,
            until=attestation.until.isoformat() if attestation.until else None,
            sha256=attestation.sha256,
        )
        with self._scope.writing() as connection:
            connection.execute(insert(schema.attestations), [row])

    def list(self) -> builtins.list[Attestation]:
        table = schema.attestations
        query = select(table).where(self._scope.owns(table)).order_by(table.c.at, table.c.id)
        with self._scope.reading() as connection:
            rows = connection.execute(query).all()
        return [
            Attestation(
                id=row.id,
                profile=row.profile,
                profile_version=row.profile_version,
                clause=row.clause,
                user_id=row.user_id,
                role=Role(row.role),
                at=row.at,
                until=date.fromisoformat(row.until) if row.until else None,
                sha256=row.sha256,
            )
            for row in rows
        ]
