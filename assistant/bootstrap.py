"""The one wiring module: from settings to a home, from a home to the desk of one tenant.

Heavy parts (detector, embedder, model client) are made when first used, so that opening a home to
list its tenants loads no model.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import TYPE_CHECKING, Generic, Self, TypeVar
from urllib.parse import urlsplit

from filelock import FileLock, Timeout

from assistant.adapters.bm25 import Bm25Library
from assistant.adapters.generations import Generations
from assistant.adapters.library_view import NoVault, library_view
from assistant.adapters.records.accounts import LIBRARY, Accounts
from assistant.adapters.records.database import Database
from assistant.adapters.records.tenant import TenantRecords
from assistant.adapters.sentence_transformers import INSTALLED, LocalEmbedder, LocalReranker
from assistant.desk import Desk, LibraryView
from assistant.errors import BadInput, NotFound, NotPermitted, StorageTrouble
from assistant.flows.conversations import Conversations
from assistant.indexes import Indexes
from assistant.model import Tenant
from assistant.ports import Embedder, Reranker, Writer
from assistant.settings import Settings
from assistant.writers.extractive import ExtractiveWriter
from guardrails import ForPerson, Redactor
from guardrails.audit.ledger import Ledger
from guardrails.crypto.keys import DataKey, MasterKey, load_master_key
from guardrails.crypto.seal import Sealer
from guardrails.detect import build_detector, build_rule_detector
from guardrails.detect.directory import AllowListFilter, KnownValue, KnownValues, allow_list
from guardrails.egress.netguard import install
from guardrails.identity.permissions import Person
from guardrails.identity.restore import Restorer
from guardrails.identity.vault import EphemeralVaultStore, Vault
from guardrails.injection.detector import InjectionDetector
from guardrails.leaks.scan import Scanner
from guardrails.policy import Policy
from guardrails.spans import Detector, Span
from guardrails.vendors import silence_vendors

if TYPE_CHECKING:
    from assistant.adapters.llama_cpp import Engine

_Made = TypeVar("_Made")
_PORTS = {"http": 80, "https": 443}
_POSTGRES_PORT = 5432


class HomeInUse(StorageTrouble):
    """Another process owns this home."""


class Home:
    """One home folder, owned by this process: accounts, and a desk for each tenant."""

    def __init__(
        self, settings: Settings, lock: FileLock, database: Database, key: MasterKey
    ) -> None:
        self.settings = settings
        self.accounts = Accounts(database, key)
        self._lock = lock
        self._database = database
        self._detector = LazyDetector(lambda: make_detector(settings))
        self._rules = LazyDetector(build_rule_detector)
        self._embedder = make_embedder(settings)
        self._reranker = make_reranker(settings)
        self._suspects = lambda: make_injection_detector(settings, self._embedder).find_many
        self._engine = Once(self._load_engine)
        self._desks: dict[str, Desk] = {}
        self._opening = RLock()
        self.conversations = Conversations()
        self._indexes = Indexes(settings)

    @classmethod
    def open(cls, settings: Settings, *, create: bool = True) -> Home:
        """Take the home's lock and open what it keeps.

        `HomeInUse` when another process owns it, `KeyTrouble` without the right master key,
        `StorageTrouble` when the folder cannot be used.
        """
        stay_home(settings)
        folder = _make_private(settings.home)
        lock = FileLock(folder / "lock", mode=0o600)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            raise HomeInUse(
                "Another Quietdesk process owns this home.",
                safe="Nothing was changed.",
                todo="Wait for it to end, or stop it.",
            ) from None
        try:
            return cls(settings, lock, *_open_database(settings, folder, create=create))
        except BaseException:
            lock.release()
            raise

    def close(self) -> None:
        """Let go of everything; another process may own the home then."""
        self._indexes.close()
        self._desks.clear()
        self._database.close()
        self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def tenants(self) -> list[Tenant]:
        """Return all tenants, by slug."""
        return self.accounts.tenants()

    def tenant(self, slug: str) -> Tenant:
        """Return one tenant. `NotFound` when there is none of that name."""
        return self.accounts.tenant(slug)

    def add_tenant(self, slug: str) -> Tenant:
        """Add a tenant under the strictest policy that works. `BadInput` for a name in use."""
        return self.accounts.add_tenant(slug, Policy())

    def person(self, login: str, slug: str) -> Person:
        """Return ``login`` as this tenant knows them. `NotPermitted` without a membership."""
        found = self.accounts.member(login, slug)
        if found is None:
            raise NotPermitted(
                f"{login} has no membership with {slug}.", todo="Ask an admin for one."
            )
        return found.person()

    def desk(self, slug: str) -> Desk:
        """Return the desk of one tenant. `NotFound` when there is none of that name."""
        with self._opening:
            return self._kept_desk(self.accounts.tenant(slug))

    def library(self) -> Desk:
        """Return the desk of the provider's library; the first call makes one.

        It has no vault: what is masked there is masked for good, because a placeholder of one vault
        means somebody else in another.
        """
        with self._opening:
            tenant = self.accounts.library()
            if tenant is None:
                tenant = self.accounts.add_library()
                self._desks.clear()  # from now on there is something to read
            return self._kept_desk(tenant)

    def _kept_desk(self, tenant: Tenant) -> Desk:
        """Return the tenant's desk, opened again when the tenant has changed."""
        desk = self._desks.get(tenant.slug)
        if desk is None or desk.tenant != tenant:
            desk = self._desks[tenant.slug] = self._open_desk(tenant)
            if self._indexes[tenant.id].erasing:
                self._erase(self._indexes[tenant.id])
        return desk

    def _library_view(self, tenant: Tenant) -> LibraryView | None:
        """Return what ``tenant`` may read of the library, if its policy says so."""
        if not tenant.policy.library or self.accounts.library() is None:
            return None
        desk = self.library()
        return library_view(desk.records.documents, desk.vectors, desk.lexical)

    def set_policy(self, slug: str, policy: Policy) -> Tenant:
        """Put a policy in force, and write down that it is. `NotFound` for an unknown tenant."""
        tenant = self.accounts.set_policy(slug, policy)
        self.desk(slug).ledger.append("policy.set", version=tenant.policy.version)
        return tenant

    def directory_changed(self, slug: str) -> None:
        """Open the tenant's desk again next time, so that it masks the people it has now."""
        with self._opening:
            self._desks.pop(slug, None)

    @contextmanager
    def erasing(self, slug: str) -> Generator[None]:
        """Erase from the disk what is removed inside: rows, logs, free pages, vectors.

        A kill on the way is made good when the tenant's desk is next opened. Nobody else may
        change the tenant's documents meanwhile.
        """
        index = self._generations(slug)
        index.begin_erasing()
        try:
            yield
        except NotFound:
            index.nothing_to_erase()
            raise
        self._erase(index)

    def index_bytes(self, slug: str) -> int:
        """Return how many bytes of the disk the tenant's vector index takes."""
        return self._generations(slug).size()

    def stale_vectors(self, slug: str) -> int:
        """Return how many chunks wait for a vector because another embedder made theirs."""
        return self._generations(slug).stale()

    @property
    def erases_rows(self) -> bool:
        """Whether removed rows leave the disk at once; PostgreSQL's wait for its vacuum."""
        return self.settings.database_url is None

    def _generations(self, slug: str) -> Generations:
        desk = self.library() if slug == LIBRARY else self.desk(slug)
        return self._indexes[desk.tenant.id]

    def _erase(self, index: Generations) -> None:
        self._database.rewrite()
        index.end_erasing()

    def post_replies(self) -> Callable[[str, str, ForPerson], None]:
        """Return what posts released replies. `BadInput` when no webhook is set."""
        if self.settings.webhook_url is None:
            raise BadInput("No webhook is set.", todo="Set QUIETDESK_WEBHOOK_URL.")
        from assistant.adapters.webhook import webhook

        return webhook(str(self.settings.webhook_url))

    def _open_desk(self, tenant: Tenant) -> Desk:
        key = self.accounts.data_key(tenant.slug)
        sealer = Sealer(tenant.id, key)
        records = TenantRecords(self._database, tenant.id, sealer, tenant.policy.version)
        store = NoVault() if tenant.slug == LIBRARY else records.vault
        vault = Vault(store, sealer, key)
        terms = records.terms.list()
        people = (value for person in records.directory.all() for value in person.values())
        declared = (KnownValue(term.type, term.text) for term in terms if term.type)
        directory = KnownValues.of((*people, *declared))
        ledger = Ledger(records.ledger, key)
        rules = AllowListFilter(self._rules, terms)
        scanner = Scanner(rules, vault, directory, allow_list=allow_list(terms))
        redactor = Redactor(AllowListFilter(self._detector, terms), vault, directory)
        fallback = ExtractiveWriter()
        return Desk(
            tenant=tenant,
            records=records,
            sealer=sealer,
            redactor=redactor,
            restorer=Restorer(vault),
            scanner=scanner,
            ledger=ledger,
            embedder=self._embedder,
            vectors=self._indexes.of(tenant.id, records.documents, self._embedder),
            lexical=Bm25Library(records.documents),
            writer=self._writer(tenant, scanner, redactor, ledger, fallback),
            fallback_writer=fallback,
            suspects=self._suspects(),  # one for each tenant, as it remembers what it has read
            library_view=self._library_view(tenant),
            reranker=self._reranker,
        )

    def _writer(
        self,
        tenant: Tenant,
        scanner: Scanner,
        redactor: Redactor,
        ledger: Ledger,
        fallback: ExtractiveWriter,
    ) -> Writer:
        if self.settings.writer == "extractive":
            return fallback
        from assistant.chat_models import (
            make_writer,  # here: its HTTP client is a tenth of a second
        )

        return make_writer(
            self.settings,
            lambda: self.accounts.tenant(tenant.slug).policy,
            self._engine,
            scanner=scanner,
            redactor=redactor,
            ledger=ledger,
            fallback=fallback,
        )

    def _load_engine(self) -> Engine:
        from assistant.chat_models import make_engine

        return make_engine(self.settings)


class LazyDetector:
    """A detector that is built when the first text comes; the same for every tenant."""

    def __init__(self, build: Callable[[], Detector]) -> None:
        self._made = Once(build)

    def detect(self, texts: Sequence[str]) -> list[list[Span]]:
        """Return, for each text in order, its spans."""
        return self._made().detect(texts)


class Once(Generic[_Made]):
    """Builds at the first call, whichever thread it comes from, and hands out the same after."""

    def __init__(self, build: Callable[[], _Made]) -> None:
        self._build = build
        self._lock = RLock()
        self._value: list[_Made] = []

    def __call__(self) -> _Made:
        if not self._value:
            with self._lock:
                if not self._value:
                    self._value.append(self._build())
        return self._value[0]


def stay_home(settings: Settings) -> None:
    """Refuse every address that the settings do not name, and switch off what phones home."""
    silence_vendors()
    database = settings.database_url.get_secret_value() if settings.database_url else None
    urls = (str(url) for url in (settings.model_url, settings.webhook_url, database) if url)
    install(
        (parts.hostname, parts.port or _PORTS.get(parts.scheme, _POSTGRES_PORT))
        for parts in map(urlsplit, urls)
        if parts.hostname
    )


def make_detector(settings: Settings) -> Detector:
    """Return the detector; it loads its model at the first text."""
    return build_detector(settings.threads or 1)


def make_embedder(settings: Settings) -> Embedder:
    """Return the embedder that the settings name; loads its weights at the first text."""
    return LocalEmbedder(settings.embedder, threads=settings.threads)


def make_reranker(settings: Settings) -> Reranker | None:
    """Return the cross-encoder that the settings name, if any; loads it at the first question."""
    return LocalReranker(settings.reranker, threads=settings.threads) if settings.reranker else None


def make_injection_detector(settings: Settings, embedder: Embedder) -> InjectionDetector:
    """Return the detector of prompt injections; it was trained on the installed model's vectors."""
    own = settings.embedder == INSTALLED
    return InjectionDetector((embedder if own else LocalEmbedder(threads=settings.threads)).embed)


def ephemeral_redactor(settings: Settings, *, detect: bool = True) -> Redactor:
    """Return a redactor whose vault ends with the process: for evaluation without a tenant."""
    key = DataKey.fresh()
    vault = Vault(EphemeralVaultStore(), Sealer("ephemeral", key), key)
    detector = LazyDetector(lambda: make_detector(settings)) if detect else _Blind()
    return Redactor(detector, vault, KnownValues())


class _Blind:
    """A detector that finds nothing: what evaluation without redaction is measured with."""

    def detect(self, texts: Sequence[str]) -> list[list[Span]]:
        return [[] for _ in texts]


def _make_private(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder.chmod(0o700)
    except OSError as error:
        raise StorageTrouble(
            f"The home folder {folder} cannot be used: {error.strerror}.",
            todo="Set QUIETDESK_HOME to a folder that you may write to.",
        ) from None
    if not os.access(folder, os.W_OK | os.X_OK):
        raise StorageTrouble(f"The home folder {folder} is not writable.")
    return folder


def _open_database(settings: Settings, folder: Path, *, create: bool) -> tuple[Database, MasterKey]:
    url = settings.database_url.get_secret_value() if settings.database_url else None
    path = folder / "quietdesk.db"
    fresh = url is None and not path.exists()
    configured = settings.master_key.get_secret_value() if settings.master_key else None
    key = load_master_key(folder, configured, create=create and fresh)
    return Database.open(url or path), key
