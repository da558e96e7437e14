"""Which models there are, and which of them a tenant's feature uses.

The model that the environment's settings describe is the register's first entry. A tenant's policy
is not asked here: the gate asks it before each request, and it wins.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import urlsplit

from assistant.adapters.records.models import SqlModels
from assistant.errors import BadInput, NotFound
from assistant.model import Feature, ModelEntry, ModelKind, ModelUse, Tenant
from assistant.settings import PREFIX, Settings
from guardrails.policy import Destination

DEFAULT = "default"
"""The name of the entry that the environment's settings describe."""
EXTRACTIVE = "extractive"
"""The choice of no model: the extractive writer writes."""
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,253}")
_IN_PROCESS = "http://in-process.invalid"


class Register:
    """The models of a home."""

    def __init__(self, settings: Settings, store: SqlModels) -> None:
        self._settings = settings
        self._store = store

    @property
    def store(self) -> SqlModels:
        """The rows of the register."""
        return self._store

    def entries(self) -> list[ModelEntry]:
        """Return every model: that of the environment's settings first, then by name."""
        configured = from_environment(self._settings)
        return [*([configured] if configured else []), *self._store.list()]

    def entry(self, name: str) -> ModelEntry:
        """Return one model. `NotFound` when there is none of that name."""
        found = from_environment(self._settings) if name == DEFAULT else self._store.get(name)
        if found is None:
            todo = (
                "Set QUIETDESK_MODEL_URL or QUIETDESK_MODEL_FILE."
                if name == DEFAULT
                else ("`quietdesk model list` prints those that there are.")
            )
            raise NotFound(f"There is no model “{name}”.", todo=todo)
        return found

    def name_of(self, tenant_id: str, feature: Feature) -> str:
        """Return the name of the model that a tenant's feature uses, or `EXTRACTIVE`."""
        uses = {use.feature: use.model for use in self._store.uses(tenant_id)}
        own = DEFAULT if self._settings.writer == "model" else EXTRACTIVE
        return uses.get(feature) or uses.get(Feature.ALL) or own

    def chosen(self, tenant_id: str, feature: Feature) -> ModelEntry | None:
        """Return the model that a tenant's feature uses, None for the extractive writer."""
        name = self.name_of(tenant_id, feature)
        return None if name == EXTRACTIVE else self.entry(name)

    def add(self, entry: ModelEntry) -> ModelEntry:
        """Register a model. `BadInput` for what cannot be one."""
        checked = _checked(entry)
        if not self._store.add(checked):
            raise BadInput(f"There is a model “{entry.name}” already.", todo="Remove it first.")
        return checked

    def remove(self, name: str, tenants: Iterable[Tenant]) -> None:
        """Remove a model. `BadInput` while one of ``tenants`` uses it, `NotFound` for none."""
        users = [
            tenant.slug
            for tenant in tenants
            if any(use.model == name for use in self._store.uses(tenant.id))
        ]
        if users:
            raise BadInput(
                f"The model “{name}” is used by {', '.join(users)}.",
                todo="Choose another one for them with `quietdesk model use`.",
            )
        if not self._store.remove(name):
            raise NotFound(f"There is no registered model “{name}”.")

    def use(
        self,
        tenant: Tenant,
        feature: Feature,
        name: str | None,
        *,
        day_limit: int | None = None,
        month_limit: int | None = None,
    ) -> ModelUse:
        """Set the model and the limits of a tenant's feature; None leaves one as it is.

        A limit of 0 means that there is none. `NotFound` for a name that is no model.
        """
        if name not in (None, EXTRACTIVE):
            self.entry(str(name))
        uses = {use.feature: use for use in self._store.uses(tenant.id)}
        before = uses.get(feature, ModelUse(feature))
        use = replace(
            before,
            model=before.model if name is None else name,
            day_limit=before.day_limit if day_limit is None else day_limit or None,
            month_limit=before.month_limit if month_limit is None else month_limit or None,
        )
        self._store.use(tenant.id, use)
        return use


def from_environment(settings: Settings) -> ModelEntry | None:
    """Return the model that the settings describe, None when they name no server and no file."""
    if settings.model_url is None and settings.model_file is None:
        return None
    inside = settings.model_file is not None
    return ModelEntry(
        name=DEFAULT,
        kind=ModelKind.GGUF if inside else ModelKind.OPENAI,
        where=str(settings.model_file if inside else settings.model_url),
        model=settings.model_name,
        created_at=datetime.fromtimestamp(0, UTC),
        key_env=f"{PREFIX}MODEL_KEY" if settings.model_key else "",
        region=settings.model_region,
        no_training=settings.model_no_training,
        baa=settings.model_baa,
        longest=settings.model_answer_tokens,
        json_schema=settings.model_json,
    )


def destination(entry: ModelEntry) -> Destination:
    """Return where prompts to a model go, and what its operator has promised.

    A server or a model on this machine is the provider's own: no operator has to promise anything.
    """
    name = "model" if entry.name == DEFAULT else entry.name
    if entry.kind is ModelKind.GGUF:
        return Destination(name, _IN_PROCESS, no_training=True, baa=True)
    parts, own = urlsplit(entry.where), is_own(entry)
    return Destination(
        name,
        f"{parts.scheme}://{parts.netloc}",
        region=entry.region,
        no_training=entry.no_training or own,
        baa=entry.baa or own,
    )


def is_own(entry: ModelEntry) -> bool:
    """Return whether a model runs on this machine."""
    return entry.kind is ModelKind.GGUF or urlsplit(entry.where).hostname in _LOOPBACK


def _checked(entry: ModelEntry) -> ModelEntry:
    if not _NAME.fullmatch(entry.name) or entry.name in (DEFAULT, EXTRACTIVE):
        raise BadInput(
            "A model's name has 1 to 63 of a-z, 0-9, ., _ and -, and is not "
            f"“{DEFAULT}” or “{EXTRACTIVE}”."
        )
    if entry.key_env and not _VARIABLE.fullmatch(entry.key_env):
        raise BadInput(
            "The name of the environment variable that holds the key is not one.",
            todo="Give the variable's name, never the key itself.",
        )
    if entry.key_env.startswith(PREFIX):
        raise BadInput(f"A variable that begins with {PREFIX} is a setting.", todo="Rename it.")
    if entry.kind is not ModelKind.GGUF:
        parts = urlsplit(entry.where)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise BadInput("A model's URL begins with http:// or https:// and has a host.")
        if parts.username or parts.password or parts.fragment:
            raise BadInput("A model's URL holds no user, password or fragment.")
    return entry
