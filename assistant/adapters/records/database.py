"""One home's database: SQLite in a file, or PostgreSQL; one code path above it.

A transaction belongs to the thread that opened it, and everything called inside joins it. Writers
on SQLite take the lock when they begin (``BEGIN IMMEDIATE``), so that none fails at its commit.
Commits are flushed to the disk (``synchronous=FULL``): a ledger row that says “about to send” must
outlive a power cut. Deleted rows are overwritten (``secure_delete``).
"""

from __future__ import annotations

import os
import threading
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, exc, make_url, text

from assistant.adapters.records.migrate import migrate
from assistant.adapters.records.trouble import translated
from assistant.errors import BadInput, Refused, StorageTrouble

_BUSY_MS = 15_000
_WRITES = "quietdesk_writes"
_URL_SHAPE = "It should look like postgresql://user:password@host/name."
_PRAGMAS = (
    f"PRAGMA busy_timeout = {_BUSY_MS}",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA secure_delete = ON",
    "PRAGMA foreign_keys = ON",
)


@dataclass(slots=True)
class _Held:
    """An open transaction: its tenant, and whether a step inside has failed."""

    database: Database
    connection: Connection
    thread: int
    tenant: str = ""
    failed: bool = False


_held: ContextVar[tuple[_Held, ...]] = ContextVar("quietdesk_transactions", default=())


class Database:
    """Connections and transactions of one home."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._counting = threading.Lock()
        self._rolled_back = 0

    @classmethod
    def open(cls, where: str | Path) -> Database:
        """Open the SQLite file at a path, or a database URL, and bring its tables up to date."""
        url = _url(where)
        with translated():
            engine = _sqlite(url) if url.get_backend_name() == "sqlite" else _postgres(url)
            try:
                migrate(engine)
            except BaseException:
                engine.dispose()
                raise
        return cls(engine)

    @property
    def engine(self) -> Engine:
        """The SQLAlchemy engine."""
        return self._engine

    @property
    def rolled_back(self) -> int:
        """How many transactions of this process were rolled back: caches must drop their reads."""
        return self._rolled_back

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    @contextmanager
    def transaction(self) -> Generator[None]:
        """Make everything inside one transaction; nested calls join the outer one."""
        with self.writing():
            yield

    @contextmanager
    def writing(self, tenant: str = "") -> Generator[Connection]:
        """Yield a connection in the open transaction, or in a new one that commits at the end.

        A failure inside, even one that the caller swallows, fails the whole transaction.
        """
        held = self._mine()
        if held is None:
            with self._begin(tenant) as connection:
                yield connection
        else:
            with translated(), _speaking_for(held, tenant), _failing(held, BaseException):
                yield held.connection

    @contextmanager
    def reading(self, tenant: str = "") -> Generator[Connection]:
        """Yield a connection that reads: the open transaction's, or one of its own."""
        held = self._mine()
        with translated():
            if held is not None:
                with _speaking_for(held, tenant), _failing(held, exc.DBAPIError):
                    yield held.connection
            else:
                with self._engine.connect() as connection:
                    if connection.dialect.name == "postgresql":
                        # two statements see one state, as they do on SQLite
                        connection.execution_options(isolation_level="REPEATABLE READ")
                    _speak_for(connection, tenant)
                    yield connection

    def checkpoint(self) -> None:
        """Move SQLite's write-ahead log into the file, so that erased rows are on no page.

        PostgreSQL keeps dead rows until it vacuums, and logs until they are recycled: there only
        destroying the key erases.
        """
        if self._engine.dialect.name != "sqlite":
            return
        with translated(), self._engine.connect() as connection:
            cursor = connection.connection.cursor()  # SQLAlchemy would begin a transaction first
            busy, *_ = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            cursor.close()
        if busy:
            raise StorageTrouble(
                "Erased rows are still in the database's log, because a reader still uses it.",
                safe="They are gone from the tables.",
                todo="Try again.",
            )

    def rewrite(self) -> None:
        """Rewrite SQLite's file, so that erased rows are in no free page, gap or log.

        On PostgreSQL nothing happens, see `checkpoint`.
        """
        if self._engine.dialect.name != "sqlite":
            return
        with translated(), self._engine.connect() as connection:
            cursor = connection.connection.cursor()
            cursor.execute("VACUUM")
            cursor.close()
        self.checkpoint()

    def _mine(self) -> _Held | None:
        # A context can be copied into another thread; a connection must not go with it.
        thread = threading.get_ident()
        for held in _held.get():
            if held.database is self and held.thread == thread:
                return held
        return None

    @contextmanager
    def _begin(self, tenant: str) -> Generator[Connection]:
        with translated(), self._engine.connect() as connection:
            connection.execution_options(**{_WRITES: True})
            with self._counted(), connection.begin():
                _speak_for(connection, tenant)
                held = _Held(self, connection, threading.get_ident(), tenant)
                token = _held.set((*_held.get(), held))
                try:
                    yield connection
                finally:
                    _held.reset(token)
                if held.failed:
                    raise Refused(
                        "A step inside a transaction failed, so none of it was kept.",
                        safe="Nothing was changed.",
                    )

    @contextmanager
    def _counted(self) -> Generator[None]:
        try:
            yield
        except BaseException:
            with self._counting:
                self._rolled_back += 1
            raise


@contextmanager
def _failing(held: _Held, kind: type[BaseException]) -> Generator[None]:
    """Fail the whole transaction when ``kind`` is raised inside, even if a caller catches it."""
    try:
        yield
    except kind:
        held.failed = True
        raise


@contextmanager
def _speaking_for(held: _Held, tenant: str) -> Generator[None]:
    """Set the tenant of PostgreSQL's row-level security, and restore the outer one after."""
    before = held.tenant
    if tenant in ("", before):
        yield
        return
    _speak_for(held.connection, tenant)
    held.tenant = tenant
    try:
        yield
    finally:
        held.tenant = before
        if not held.failed:  # a failed transaction takes no more statements
            _speak_for(held.connection, before)


def _speak_for(connection: Connection, tenant: str) -> None:
    if connection.dialect.name == "postgresql":
        setting = text("SELECT set_config('app.tenant', :tenant, true)")
        connection.execute(setting, {"tenant": tenant})


def _url(where: str | Path) -> URL:
    if isinstance(where, Path) or "://" not in where:
        return URL.create("sqlite", database=str(where))
    try:
        url = make_url(where.replace("postgres://", "postgresql://", 1))
    except exc.ArgumentError:
        raise BadInput("The database URL cannot be read.", todo=_URL_SHAPE) from None
    if url.get_backend_name() not in {"sqlite", "postgresql"}:
        raise BadInput(
            "The database URL is of a kind that Quietdesk does not use.", todo=_URL_SHAPE
        )
    return url


def _sqlite(url: URL) -> Engine:
    if not url.database or url.database == ":memory:":
        raise BadInput("SQLite needs a file.")
    _only_ours(Path(url.database))
    engine = create_engine(url, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _only_ours(path: Path) -> None:
    """Create the file if it does not exist, readable by its owner alone, as SQLite's logs are."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        path.chmod(0o600)
    except OSError as error:
        raise BadInput(
            f"The database file {path.name} cannot be opened: {error.strerror}."
        ) from None


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver must not begin transactions behind our back
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _postgres(url: URL) -> Engine:
    return create_engine(
        url.set(drivername="postgresql+psycopg"),
        hide_parameters=True,
        pool_pre_ping=True,
        connect_args={"connect_timeout": 10, "options": f"-c lock_timeout={_BUSY_MS}"},
    )
