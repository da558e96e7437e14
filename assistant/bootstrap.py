"""The one wiring module: it makes a home from settings, and a desk of one tenant from a home.

Heavy parts (detector, embedder, model client) are made when first used, so that opening a home to
list its tenants loads no model.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property, partial
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

from filelock import FileLock, Timeout

from assistant.adapters.bm25 import Bm25Library
from assistant.adapters.generations import Generations
from assistant.adapters.library_view import NoVault, library_view
from assistant.adapters.records.accounts import LIBRARY, Accounts
from assistant.adapters.records.database import Database
from assistant.adapters.records.ledger import SqlLedger
from assistant.adapters.records.models import SqlModels
from assistant.adapters.records.scope import Scope
from assistant.adapters.records.subprocessors import SqlSubprocessors
from assistant.adapters.records.tenant import TenantRecords
from assistant.adapters.sentence_transformers import INSTALLED
from assistant.caches import TenantCaches
from assistant.desk import Desk, LibraryView
from assistant.errors import BadInput, GateClosed, NotFound, NotPermitted, StorageTrouble
from assistant.flows.conversations import Conversations
from assistant.flows.redaction import redaction_tag
from assistant.frames import FrameBook
from assistant.indexes import Indexes, source_of
from assistant.model import Feature, ModelEntry, Tenant
from assistant.parts import Embedders, LazyDetector, Once, Parts, make_detector
from assistant.policies import Change, Check, PolicyBook
from assistant.ports import Embedder, Refusal, Writer
from assistant.register.choice import Register
from assistant.register.from_settings import DATABASE, database_origin
from assistant.register.places import endpoint
from assistant.register.subprocessors import Subprocessors
from assistant.search.by_meaning import SwitchedEmbedder, switched
from assistant.search.nearness import Nearness
from assistant.search.once import once
from assistant.settings import Settings
from assistant.writers.by_feature import FeatureWriter
from assistant.writers.model import ModelWriter
from guardrails import ForPerson, Redactor
from guardrails.ai_mark import AiMark
from guardrails.audit.ledger import Ledger
from guardrails.clock import Clock, utc_now
from guardrails.crypto.keys import DataKey, MasterKey, load_master_key
from guardrails.crypto.seal import Sealer
from guardrails.detect.directory import (
    AllowListFilter,
    KnownValue,
    KnownValues,
    PreciseFilter,
    allow_list,
)
from guardrails.egress import netguard
from guardrails.egress.delivery import DeliveryGate
from guardrails.egress.place import Place, refused
from guardrails.identity.destroyed import destroyed_types
from guardrails.identity.permissions import Person
from guardrails.identity.restore import Restorer
from guardrails.identity.vault import EphemeralVaultStore, Vault
from guardrails.injection.detector import FindSuspects, RememberedSuspects
from guardrails.injection.patterns import without_honest
from guardrails.leaks.scan import Scanner
from guardrails.leaks.vault_values import VaultValues
from guardrails.policy import AiFeature, Destination, Policy
from guardrails.policy.trusted_time import Reading
from guardrails.policy.versions import Version
from guardrails.spans import Span
from guardrails.vendors import silence_vendors

if TYPE_CHECKING:
    from assistant.adapters.langchain_llm import LangchainChat
    from assistant.adapters.oidc import Oidc
    from assistant.chat_models import ChatModels, Surroundings
    from assistant.ports import Meter

_SHIPPED_PARTS = Parts()


def _any(_tenant: Tenant, _version: Version) -> None:
    """Refuse no version."""


class PickWriter(Protocol):
    """Returns the writer of a feature; with ``asks_again``, the one for a batch."""

    def __call__(self, feature: Feature, *, asks_again: bool) -> Writer: ...


class HomeInUse(StorageTrouble):
    """Another process owns this home."""


class Home:
    """One home folder, owned by this process: accounts, and a desk for each tenant."""

    def __init__(
        self,
        settings: Settings,
        parts: Parts,
        lock: FileLock,
        database: Database,
        key: MasterKey,
        clock: Clock = utc_now,
    ) -> None:
        self.settings = settings
        self.clock = clock
        self.accounts = Accounts(database, key, now=clock, hasher=parts.hasher)
        self.policies = PolicyBook(database, self.accounts, self._ledger_of)
        self._parts = parts
        self._lock = lock
        self._database = database
        self._detector = parts.detector(settings)
        self._rules = LazyDetector(parts.rules)
        self._embedders = Embedders(lambda source: parts.embedder(settings, source))
        self._embedder = self._embedders(source_of(settings.embedder))
        self._reranker = parts.reranker(settings)
        store = SqlSubprocessors(database)
        self.subprocessors = Subprocessors(
            store,
            lambda: self.accounts.time.read().stamp,
            self.tenants,
            self._ledger_of,
            self._reach_only,
        )
        self.register = Register(settings, SqlModels(database, clock), self.subprocessors)
        self.subprocessors.settle(settings)
        self._chat_models = Once(self._make_chat_models)
        self._desks: dict[str, Desk] = {}
        self._caches: dict[str, TenantCaches] = {}
        self._opening = RLock()
        self.conversations = Conversations()
        self._indexes = Indexes(settings, self._embedders)

    @classmethod
    def open(
        cls,
        settings: Settings,
        *,
        create: bool = True,
        parts: Parts = _SHIPPED_PARTS,
        clock: Clock = utc_now,
    ) -> Home:
        """Take the home's lock and open its database; ``parts`` make its models.

        Everything that this home stores or compares with a time asks ``clock``.

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
            opened = _open_database(settings, folder, create=create)
            return cls(settings, parts, lock, *opened, clock)
        except BaseException:
            lock.release()
            raise

    def close(self) -> None:
        """Close everything and release the lock, so that another process may own the home."""
        self._indexes.close()
        self._desks.clear()
        self._caches.clear()
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
        """Return one tenant. `NotFound` when there is none of that name.

        `Refused` when its policy is not as its ledger states it.
        """
        return self.policies.checked(self.accounts.tenant(slug))

    def policy(self, slug: str) -> Policy:
        """Return the policy that is in force now. Errors are those of `tenant`."""
        return self.tenant(slug).policy

    def add_tenant(self, slug: str) -> Tenant:
        """Add a tenant under the strictest policy that works. `BadInput` for a name in use."""
        return self.policies.add_tenant(lambda: self.accounts.add_tenant(slug, Policy()))

    def person(self, login: str, slug: str) -> Person:
        """Return ``login`` as this tenant knows them. `NotPermitted` without a membership."""
        found = self.accounts.member(login, slug)
        if found is None:
            raise NotPermitted(
                f"{login} has no membership with {slug}.", todo="Ask an admin for one."
            )
        return found.person(self.tenant(slug).policy.rules.access)

    def desk(self, slug: str) -> Desk:
        """Return the desk of one tenant. `NotFound` when there is none of that name."""
        with self._opening:
            try:
                tenant = self.tenant(slug)
            except NotFound:
                self._drop(slug)
                raise
            self._must_be_kept_there(tenant)
            return self._kept_desk(tenant)

    def library(self) -> Desk:
        """Return the desk of the provider's library; the first call makes one.

        It has no vault: a value that is masked there cannot be restored, because a placeholder of
        one vault means another value in another vault.
        """
        with self._opening:
            tenant = self.accounts.library()
            if tenant is None:
                tenant = self.policies.add_tenant(self.accounts.add_library)
                self._desks.clear()  # desks opened from now on can read it
            return self._kept_desk(self.policies.checked(tenant))

    def _kept_desk(self, tenant: Tenant) -> Desk:
        """Return the tenant's desk, opened again when the tenant has changed."""
        desk = self._desks.get(tenant.slug)
        if desk is not None and desk.tenant.id != tenant.id:
            self._drop(tenant.slug)
        if desk is None or desk.tenant != tenant:
            desk = self._open_desk(tenant)
            self._destroy_kept_secrets(desk)
            self._desks[tenant.slug] = desk
            if self._indexes[tenant.id].erasing:
                self._erase(tenant.id)
        return desk

    def _drop(self, slug: str) -> None:
        """Drop the caches and the desk of a tenant that was removed."""
        desk = self._desks.pop(slug, None)
        if desk is not None:
            self._caches.pop(desk.tenant.id, None)

    def _destroy_kept_secrets(self, desk: Desk) -> None:
        """Destroy secrets that an earlier version stored; the next erasure removes the bytes."""
        if desk.records.tickets.with_secrets():
            from assistant.flows.tickets import destroy_kept_secrets  # here: readers of exports

            destroy_kept_secrets(desk, self._indexes[desk.tenant.id].begin_erasing)

    def _library_view(self, tenant: Tenant) -> LibraryView | None:
        """Return what ``tenant`` may read of the library, if its policy says so."""
        if not tenant.policy.rules.library or self.accounts.library() is None:
            return None
        desk = self.library()
        return library_view(desk.records.documents, desk.vectors, desk.lexical)

    def set_policy(self, slug: str, policy: Policy, by: str = "") -> Tenant:
        """Publish a tenant's own choices, such that these rules follow, as the next version.

        ``by`` is the id of a user, empty for the owner of the home. What it loosens waits for its
        notice. `NotFound` for an unknown tenant.
        """
        self.publish(slug, lambda layers: layers.choosing(policy.rules), by)
        return self.tenant(slug)

    def publish(self, slug: str, change: Change, by: str = "", check: Check = _any) -> Version:
        """Publish the next version of a tenant's policy; see `PolicyBook.publish`."""
        return self.policies.publish(slug, change, by, check)

    def trust_clock(self, by: str = "") -> Reading:
        """Trust the clock as it is; return its reading before. Each tenant's ledger has a row."""
        with self._database.transaction():
            before = self.accounts.time.agree()
            mark = before.mark.isoformat() if before.mark else None
            for tenant in self.tenants():
                facts = {"clock": before.clock.isoformat(), "mark": mark, "by": by or None}
                self._ledger_of(tenant).append("clock.trusted", **facts)
        return before

    def directory_changed(self, slug: str) -> None:
        """Reopen the tenant's desk at its next use, so that it masks the people declared now."""
        with self._opening:
            self._desks.pop(slug, None)

    @contextmanager
    def erasing(self, slug: str) -> Generator[None]:
        """Erase from the disk what is removed inside: rows, logs, free pages, vectors.

        A killed erasure is completed when the tenant's desk is next opened. The caller must prevent
        other changes to the tenant's documents.
        """
        desk = self._opened(slug)
        index = self._indexes[desk.tenant.id]
        index.begin_erasing()
        try:
            yield
        except NotFound:
            index.nothing_to_erase()
            raise
        self._erase(desk.tenant.id)

    def index_bytes(self, slug: str) -> int:
        """Return how many bytes of the disk the tenant's vector index takes."""
        return self._generations(slug).size()

    def stale_vectors(self, slug: str) -> int:
        """Return how many chunks have no vector, or one of another embedder only."""
        return self._generations(slug).stale()

    @property
    def erases_rows(self) -> bool:
        """Return whether removed rows leave the disk at once; in PostgreSQL at its vacuum."""
        return self.settings.database_url is None

    def _generations(self, slug: str) -> Generations:
        return self._indexes[self._opened(slug).tenant.id]

    def _opened(self, slug: str) -> Desk:
        return self.library() if slug == LIBRARY else self.desk(slug)

    def _erase(self, tenant_id: str) -> None:
        self._caches[tenant_id].drop_forgotten()
        self._database.rewrite()
        self._indexes[tenant_id].end_erasing()

    def _reach_only(self, places: Iterable[tuple[str, int]]) -> None:
        """Let this process connect to the places of the register, and to no others."""
        netguard.only(str(self.settings.home), places)

    @cached_property
    def identity_provider(self) -> Oidc | None:
        """The OpenID Connect provider of the settings, None without one. `BadInput` if unusable."""
        from assistant.adapters.oidc import (
            oidc_of,  # here: its HTTP client takes a tenth of a second
        )

        return oidc_of(self.settings, self.clock)

    def post_replies(self, slug: str) -> Callable[[str, str, ForPerson, AiMark], Refusal | None]:
        """Return the function that posts a tenant's released replies, through the gate.

        `BadInput` when the tenant has no webhook, `GateClosed` when its policy or the register
        refuses it.
        """
        desk = self.desk(slug)
        entry = self.subprocessors.webhook(desk.tenant)
        if entry is None:
            raise BadInput(
                "No webhook is set.",
                todo="Set QUIETDESK_WEBHOOK_URL, or register one with `quietdesk register add`.",
            )
        from assistant.adapters.webhook import address_of, webhook

        place = Place(
            self.subprocessors.destination(entry.id, desk.tenant.id),
            lambda: self._policy_of(desk.tenant),
            desk.ledger,
            lambda: self.subprocessors.destination(entry.id, desk.tenant.id),
            self._times,
        )
        gate, url = DeliveryGate(place, desk.sealer), address_of(entry, self.settings)
        gate.check(url)
        return webhook(url, gate)

    def refusal_of(self, tenant: Tenant, destination: Destination) -> str:
        """Return why a tenant may not use a place for anything, or an empty string if it may."""
        purposes = sorted(destination.purposes) or [None]
        found = [
            refused(tenant.policy, destination, purpose, self._times()) for purpose in purposes
        ]
        return "" if "" in found else found[0]

    def _must_be_kept_there(self, tenant: Tenant) -> None:
        """`GateClosed` when the tenant's policy or the register refuses the database's server."""
        if self.settings.database_url is None:
            return
        found = self.subprocessors.named(DATABASE)
        database = self.subprocessors.destination(found.id, tenant.id)
        refusal = self.refusal_of(tenant, database)
        if refusal:
            raise GateClosed(
                f"The database of {tenant.slug} may not be used: {refusal}.",
                safe="No text of the tenant was read or written.",
                todo=f"State its terms with `quietdesk register renew {DATABASE}`, or keep the "
                "tenant in another database.",
            )

    def ledger(self, slug: str) -> Ledger:
        """Return the ledger of one tenant, even if its desk is refused because it was changed.

        `NotFound` when there is none of that name.
        """
        found = next((each for each in self.accounts.tenants() if each.slug == slug), None)
        return self._ledger_of(found or self.accounts.tenant(slug))

    def _ledger_of(self, tenant: Tenant) -> Ledger:
        key = self.accounts.data_key(tenant.slug)
        scope = Scope(self._database, tenant.id, Sealer(tenant.id, key), tenant.policy.version)
        in_force = partial(self.accounts.policy_of, tenant.id)
        own = self.accounts.ledger_key(tenant.id)
        return Ledger(
            SqlLedger(scope),
            own,
            in_force,
            clock=self.clock,
            before=key,
            signer=self.accounts.signing_key(),
            tenant=tenant.id,
        )

    def _times(self) -> tuple[datetime, ...]:
        """Return the time up to which waiting has counted, and that of the machine's clock."""
        now = self.accounts.time.read()
        return now.at, now.clock

    def _policy_of(self, tenant: Tenant) -> Policy:
        """Return the policy in force now of a tenant, or of the library."""
        return self.library().tenant.policy if tenant.slug == LIBRARY else self.policy(tenant.slug)

    def _open_desk(self, tenant: Tenant) -> Desk:
        key = self.accounts.data_key(tenant.slug)
        sealer = Sealer(tenant.id, key)
        records = TenantRecords(self._database, tenant.id, sealer, tenant.policy.version)
        store = NoVault() if tenant.slug == LIBRARY else records.vault
        vault = Vault(store, sealer, key)
        terms, people = records.terms.list(), records.directory.all()
        declared = (KnownValue(term.type, term.text) for term in terms if term.type)
        directory = KnownValues.of_people(people, declared)
        ledger = self._ledger_of(tenant)
        rules = AllowListFilter(self._rules, terms)
        caches = self._caches_of(tenant, records, vault)
        scanner = Scanner(
            rules, vault, directory, allow_list=allow_list(terms), values=caches.values
        )
        gone = destroyed_types(tenant.policy.rules.redaction)
        redactor = Redactor(AllowListFilter(self._detector, terms), vault, directory, gone)
        frames = FrameBook(records.frames.all)
        fallback = self._parts.extractive(frames, caches.nearness)
        suspects = without_honest(
            caches.suspects, lambda: {each.pattern for each in records.honest.list()}
        )
        pick = self._picker(tenant, scanner, redactor, ledger, fallback, suspects)
        return Desk(
            tenant=tenant,
            records=records,
            sealer=sealer,
            redactor=redactor,
            restorer=Restorer(vault),
            scanner=scanner,
            ledger=ledger,
            embedder=self._switched(tenant, caches.embedder),
            vectors=self._indexes.of(
                tenant.id, records.documents, self._switched(tenant, self._embedder)
            ),
            lexical=caches.lexical,
            writer=FeatureWriter(lambda feature: pick(feature, asks_again=False)),
            batch_writer=FeatureWriter(lambda feature: pick(feature, asks_again=True)),
            fallback_writer=fallback,
            suspects=suspects,
            ranker=caches.ranker,
            nearness=caches.nearness.of,
            library_view=self._library_view(tenant),
            reranker=self._reranker,
            frames=frames,
            precise_redactor=Redactor(PreciseFilter(rules), vault, directory, gone),
            clock=self.clock,
            ask_policy=lambda: self._policy_of(tenant),
            redaction=Once(
                lambda: redaction_tag(sealer, people, terms, tenant.policy.rules.redaction)
            ),
        )

    def _switched(self, tenant: Tenant, embedder: Embedder) -> SwitchedEmbedder:
        """Return ``embedder``, which embeds while the tenant's policy has search by meaning."""
        return switched(embedder, lambda: self._policy_of(tenant).allows(AiFeature.SEARCH))

    def _caches_of(self, tenant: Tenant, records: TenantRecords, vault: Vault) -> TenantCaches:
        """Return the caches that outlive a desk; they read the first desk's records and vault."""
        if tenant.id not in self._caches:
            questions = once(self._embedder)
            embedder = self._switched(tenant, questions)
            self._caches[tenant.id] = TenantCaches(
                Bm25Library(records.documents),
                VaultValues(vault),
                RememberedSuspects(lambda: self._parts.suspects(self._embedders(INSTALLED))),
                questions,
                self._parts.ranker(embedder),
                Nearness(embedder),
            )
        return self._caches[tenant.id]

    def chat_of(self, slug: str, entry: ModelEntry, meter: Meter | None = None) -> LangchainChat:
        """Return a model behind the gate of one tenant. `BadInput` when it cannot run."""
        desk = self.desk(slug)
        here = self._surroundings(desk.tenant, desk.scanner, desk.ledger)
        return self._chat_models().chat(entry, here, meter)

    def _picker(
        self,
        tenant: Tenant,
        scanner: Scanner,
        redactor: Redactor,
        ledger: Ledger,
        fallback: Writer,
        suspects: FindSuspects,
    ) -> PickWriter:
        """Return a function that returns the writer of a feature, as it is chosen at that time."""
        made: dict[tuple[ModelEntry, bool], Writer] = {}
        if self.settings.writer == "model":
            from assistant.chat_models import must_be_one

            must_be_one(self.settings)

        def pick(feature: Feature, *, asks_again: bool) -> Writer:
            entry = self.register.chosen(tenant.id, feature)
            if entry is None:
                return fallback
            if (entry, asks_again) not in made:
                here = self._surroundings(tenant, scanner, ledger)
                chat = self._chat_models().chat(entry, here)
                made[entry, asks_again] = ModelWriter(
                    chat,
                    redactor,
                    scanner,
                    fallback,
                    suspects,
                    asks_again=asks_again,
                    json_schema=entry.json_schema,
                )
            return made[entry, asks_again]

        return pick

    def _surroundings(self, tenant: Tenant, scanner: Scanner, ledger: Ledger) -> Surroundings:
        from assistant.chat_models import Surroundings

        return Surroundings(tenant, lambda: self._policy_of(tenant), scanner, ledger, self._times)

    def _make_chat_models(self) -> ChatModels:
        from assistant.chat_models import (
            ChatModels,  # here: importing its HTTP client takes a tenth of a second
        )

        return ChatModels(self.settings, self.register, self._parts.engine)


def stay_home(settings: Settings) -> None:
    """Refuse every address but those of settings, and disable the vendors' telemetry.

    The places of the register are allowed when the home is opened.
    """
    silence_vendors()
    netguard.install()
    if settings.database_url is not None:
        database = endpoint(database_origin(settings.database_url.get_secret_value()))
        netguard.only("database", [database] if database else [])
    provider = endpoint(settings.oidc_issuer) if settings.oidc_issuer else None
    netguard.only("identity provider", [provider] if provider else [])


def ephemeral_redactor(settings: Settings, *, detect: bool = True) -> Redactor:
    """Return a redactor whose vault ends with the process: for evaluation without a tenant."""
    key = DataKey.fresh()
    vault = Vault(EphemeralVaultStore(), Sealer("ephemeral", key), key)
    detector = make_detector(settings) if detect else _Blind()
    return Redactor(detector, vault, KnownValues())


class _Blind:
    """A detector that finds nothing, for evaluation without redaction."""

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
