"""Which models there are, and which of them a tenant's feature uses.

The model that the environment's settings describe is the register's first entry. A tenant's policy
is not asked here: the gate asks it before each request, and it wins.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from assistant.adapters.records.models import SqlModels
from assistant.errors import BadInput, NotFound
from assistant.model import (
    PURPOSES,
    Feature,
    ModelEntry,
    ModelKind,
    ModelUse,
    Subprocessor,
    Tenant,
    Terms,
    new_id,
)
from assistant.register.from_settings import DEFAULT, RESERVED, model_of
from assistant.register.places import must_be_a_url, on_this_machine, origin_of_model
from assistant.register.subprocessors import Subprocessors
from assistant.settings import PREFIX, Settings
from guardrails.policy import SubprocessorKind

EXTRACTIVE = "extractive"
"""The choice of no model: the extractive writer writes."""
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,253}")


class Register:
    """The models of a home; what their operators promised is in the register of sub-processors."""

    def __init__(self, settings: Settings, store: SqlModels, subprocessors: Subprocessors) -> None:
        self._settings = settings
        self._store = store
        self.subprocessors = subprocessors

    @property
    def store(self) -> SqlModels:
        """The rows of the register."""
        return self._store

    def entries(self) -> list[ModelEntry]:
        """Return every model: that of the environment's settings first, then by name."""
        configured = self._configured()
        return [*([configured] if configured else []), *self._store.list()]

    def entry(self, name: str) -> ModelEntry:
        """Return one model. `NotFound` when there is none of that name."""
        found = self._configured() if name == DEFAULT else self._store.get(name)
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

    def add(self, entry: ModelEntry, by: str | None = None) -> ModelEntry:
        """Register a model. `BadInput` for what cannot be one."""
        checked = _checked(entry)
        with self.subprocessors.store.transaction():
            if self.subprocessors.store.named(entry.name) or not self._store.add(checked):
                raise BadInput(f"There is a model “{entry.name}” already.", todo="Remove it first.")
            self.subprocessors.add(_subprocessor(checked, by))
        return checked

    def remove(self, name: str, tenants: Iterable[Tenant], by: str | None = None) -> None:
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
        with self.subprocessors.store.transaction():
            if not self._store.remove(name):
                raise NotFound(f"There is no registered model “{name}”.")
            self.subprocessors.end(name, by)

    def use(
        self,
        tenant: Tenant,
        feature: Feature,
        name: str | None,
        *,
        day_limit: int | None = None,
        month_limit: int | None = None,
        by: str | None = None,
    ) -> ModelUse:
        """Set the model and the limits of a tenant's feature; None leaves one as it is.

        A limit of 0 means that there is none. The choice of a model enables it for the tenant in
        the register. `NotFound` for a name that is no model.
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
        with self.subprocessors.store.transaction():
            self._store.use(tenant.id, use)
            if name not in (None, EXTRACTIVE):
                self.subprocessors.enable(tenant, str(name), by)
        return use

    def _configured(self) -> ModelEntry | None:
        """Return the model of the settings, with what the register says of it now."""
        model, entry = model_of(self._settings), self.subprocessors.store.named(DEFAULT)
        return model if model is None or entry is None else _with_terms(model, entry)


def is_own(entry: ModelEntry) -> bool:
    """Return whether a model runs on this machine."""
    return on_this_machine(origin_of_model(entry))


def _with_terms(model: ModelEntry, entry: Subprocessor) -> ModelEntry:
    terms = entry.terms
    return replace(
        model,
        region=terms.region,
        no_training=terms.no_training,
        baa=terms.baa,
        operator=entry.operator,
    )


def _subprocessor(entry: ModelEntry, by: str | None) -> Subprocessor:
    return Subprocessor(
        id=new_id(),
        name=entry.name,
        kind=SubprocessorKind.MODEL,
        origin=origin_of_model(entry),
        operator=entry.operator or entry.name,
        announced_at=entry.created_at,
        reviewed_on=entry.created_at.date(),
        terms=Terms(region=entry.region, no_training=entry.no_training, baa=entry.baa),
        purposes=PURPOSES[SubprocessorKind.MODEL],
        added_by=by,
    )


def _checked(entry: ModelEntry) -> ModelEntry:
    if not _NAME.fullmatch(entry.name) or entry.name in (*RESERVED, EXTRACTIVE):
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
        must_be_a_url(entry.where, "A model's URL")
    return entry
