"""All records of one tenant."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager

from sqlalchemy import func, select

from assistant.adapters.records import schema
from assistant.adapters.records.attestations import SqlAttestations
from assistant.adapters.records.audits import SqlAudits
from assistant.adapters.records.challenges import SqlChallenges
from assistant.adapters.records.database import Database
from assistant.adapters.records.deliveries import SqlDeliveries
from assistant.adapters.records.documents import SqlDocuments
from assistant.adapters.records.drafts import SqlDrafts
from assistant.adapters.records.frames import SqlFrames
from assistant.adapters.records.gaps import SqlGaps
from assistant.adapters.records.honest import SqlHonest
from assistant.adapters.records.ledger import SqlLedger
from assistant.adapters.records.opt_outs import SqlOptOuts
from assistant.adapters.records.people import SqlDirectory
from assistant.adapters.records.scope import Scope
from assistant.adapters.records.terms import SqlTerms
from assistant.adapters.records.tickets import SqlTickets
from assistant.adapters.records.uses import SqlUses
from assistant.adapters.records.vault import SqlVault
from guardrails.crypto.seal import Sealer

_COUNTED = {
    "documents": schema.documents,
    "chunks": schema.chunks,
    "tickets": schema.tickets,
    "drafts": schema.drafts,
    "replies": schema.replies,
    "placeholders": schema.vault_surfaces,
}


class TenantRecords:
    """Implements `assistant.ports.Records`; new rows are sealed under ``policy_version``."""

    def __init__(
        self, database: Database, tenant_id: str, sealer: Sealer, policy_version: int
    ) -> None:
        self._scope = Scope(database, tenant_id, sealer, policy_version)
        self._documents = SqlDocuments(self._scope)
        self._gaps = SqlGaps(self._scope)
        self._tickets = SqlTickets(self._scope)
        self._drafts = SqlDrafts(self._scope)
        self._challenges = SqlChallenges(self._scope)
        self._deliveries = SqlDeliveries(self._scope)
        self._directory = SqlDirectory(self._scope)
        self._terms = SqlTerms(self._scope)
        self._honest = SqlHonest(self._scope)
        self._opt_outs = SqlOptOuts(self._scope)
        self._frames = SqlFrames(self._scope)
        self._attestations = SqlAttestations(self._scope)
        self._audits = SqlAudits(self._scope)
        self._vault = SqlVault(self._scope)
        self._ledger = SqlLedger(self._scope)
        stores = self._documents, self._tickets, self._drafts, self._gaps
        self._uses = SqlUses(self._scope, *stores)

    @property
    def documents(self) -> SqlDocuments:
        return self._documents

    @property
    def gaps(self) -> SqlGaps:
        return self._gaps

    @property
    def tickets(self) -> SqlTickets:
        return self._tickets

    @property
    def drafts(self) -> SqlDrafts:
        return self._drafts

    @property
    def challenges(self) -> SqlChallenges:
        return self._challenges

    @property
    def deliveries(self) -> SqlDeliveries:
        return self._deliveries

    @property
    def directory(self) -> SqlDirectory:
        return self._directory

    @property
    def terms(self) -> SqlTerms:
        return self._terms

    @property
    def honest(self) -> SqlHonest:
        return self._honest

    @property
    def opt_outs(self) -> SqlOptOuts:
        return self._opt_outs

    @property
    def frames(self) -> SqlFrames:
        return self._frames

    @property
    def attestations(self) -> SqlAttestations:
        return self._attestations

    @property
    def audits(self) -> SqlAudits:
        return self._audits

    @property
    def vault(self) -> SqlVault:
        return self._vault

    @property
    def ledger(self) -> SqlLedger:
        return self._ledger

    @property
    def uses(self) -> SqlUses:
        return self._uses

    @contextmanager
    def transaction(self) -> Generator[None]:
        with self._scope.writing():
            yield

    def counts(self) -> Mapping[str, int]:
        parts = [
            select(func.count()).select_from(table).where(self._scope.owns(table)).label(name)
            for name, table in _COUNTED.items()
        ]
        with self._scope.reading() as connection:
            found = connection.execute(select(*parts)).mappings().one()
        return {str(name): count for name, count in found.items()}
