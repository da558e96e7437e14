"""Makes the models that write: on a server or in this process, always behind the gate.

`assistant.bootstrap` imports this only where a model is used.
"""

from __future__ import annotations

import os
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import RLock

from assistant.adapters.langchain_llm import LangchainChat
from assistant.adapters.llama_cpp import ORIGIN, Engine, LlamaTransport, load, must_run
from assistant.adapters.server.manners import Manners
from assistant.adapters.server.trust import trust
from assistant.errors import BadInput
from assistant.model import ModelEntry, ModelKind, Tenant
from assistant.ports import Meter
from assistant.register.choice import Register
from assistant.register.from_settings import DEFAULT
from assistant.register.metering import TenantMeter
from assistant.settings import Settings
from guardrails.audit.ledger import Ledger
from guardrails.egress.gate import EgressGate
from guardrails.egress.place import Place
from guardrails.leaks.scan import Scanner
from guardrails.policy import Policy


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a tenant's models need: ``policy`` and ``times`` are asked before each request."""

    tenant: Tenant
    policy: Callable[[], Policy]
    scanner: Scanner
    ledger: Ledger
    times: Callable[[], Sequence[datetime]]


class ChatModels:
    """The models of a home. What is learnt about a server, and a loaded file, is shared."""

    def __init__(
        self, settings: Settings, register: Register, engine: Callable[[Settings], Engine]
    ) -> None:
        self._settings = settings
        self._store = register.store
        self._subprocessors = register.subprocessors
        self._load = engine
        self._lock = RLock()
        self._engines: dict[str, Engine] = {}
        self._manners: dict[tuple[str, str], Manners] = {}
        self._trust: ssl.SSLContext | None = None

    def chat(
        self, entry: ModelEntry, here: Surroundings, meter: Meter | None = None
    ) -> LangchainChat:
        """Return a model behind the tenant's gate. `BadInput` when it cannot run."""
        must_be_usable(entry)
        gate = EgressGate(self._place(entry, here), here.scanner)
        inside = entry.kind is ModelKind.GGUF
        return LangchainChat(
            url=f"{ORIGIN}/v1" if inside else entry.where,
            sender=LlamaTransport(lambda: self._engine(entry)) if inside else None,
            model=entry.model,
            key=self._key(entry),
            timeout=self._settings.model_timeout_s,
            gate=gate,
            azure=entry.kind is ModelKind.AZURE,
            longest=entry.longest,
            manners=self._manners.setdefault((entry.where, entry.model), Manners()),
            meter=meter or TenantMeter(self._store, here.tenant.id, entry),
            trust=None if inside else self._context(),
        )

    def _place(self, entry: ModelEntry, here: Surroundings) -> Place:
        found, tenant = self._subprocessors.named(entry.name), here.tenant.id
        return Place(
            self._subprocessors.destination(found.id, tenant),
            here.policy,
            here.ledger,
            lambda: self._subprocessors.destination(found.id, tenant),
            here.times,
        )

    def _engine(self, entry: ModelEntry) -> Engine:
        with self._lock:
            if entry.where not in self._engines:
                file = {"model_file": Path(entry.where)}
                self._engines[entry.where] = self._load(self._settings.model_copy(update=file))
            return self._engines[entry.where]

    def _context(self) -> ssl.SSLContext:
        with self._lock:
            if self._trust is None:
                self._trust = trust(self._settings.model_ca_file)
            return self._trust

    def _key(self, entry: ModelEntry) -> str | None:
        """Return the key from where the register says it is. `BadInput` when it is not there."""
        if entry.name == DEFAULT:
            key = self._settings.model_key
            return key.get_secret_value() if key else None
        if entry.key_env:
            return _present(os.environ.get(entry.key_env), f"variable {entry.key_env}", entry)
        if entry.key_file:
            try:
                held = Path(entry.key_file).read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError):
                held = None
            return _present(held, f"file {entry.key_file}", entry)
        return None


def must_be_usable(entry: ModelEntry) -> None:
    """`BadInput` for a model file that cannot run here."""
    if entry.kind is ModelKind.GGUF:
        must_run(Path(entry.where))


def must_be_one(settings: Settings) -> None:
    """`BadInput` unless the settings name a server or a file that can run, and not both."""
    if (settings.model_url is None) == (settings.model_file is None):
        raise BadInput(
            "Either a model server or a model file must be set, and not both.",
            todo="Set QUIETDESK_MODEL_URL or QUIETDESK_MODEL_FILE, or QUIETDESK_WRITER=extractive.",
        )
    if settings.model_file is not None:
        must_run(settings.model_file)


def make_engine(settings: Settings) -> Engine:
    """Load the model file that the settings name, and return its engine."""
    assert settings.model_file is not None, "only asked when there is one"
    return load(settings.model_file, threads=settings.threads)


def _present(key: str | None, where: str, entry: ModelEntry) -> str:
    if not key:
        raise BadInput(
            f"The {where}, which holds the key of the model “{entry.name}”, is empty or missing.",
            todo="Set it where Quietdesk runs, or remove the model and add it without a key.",
        )
    return key
