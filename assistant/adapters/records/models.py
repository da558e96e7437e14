"""The register of models, and what each tenant uses of it: names, places, limits and counts."""

from __future__ import annotations

import builtins
from typing import Any

from sqlalchemy import Row, and_, delete, func, insert, select

from assistant.adapters.records.database import Database
from assistant.adapters.records.schema import model_usage, model_uses, models, subprocessors
from assistant.adapters.records.scope import upsert
from assistant.model import Feature, ModelEntry, ModelKind, ModelUsage, ModelUse, Tokens
from guardrails.clock import Clock

_SUMS = ("calls", "sent", "written", "estimated", "cost")


class SqlModels:
    """The register of a home; ``now`` is the clock, in UTC."""

    def __init__(self, database: Database, now: Clock) -> None:
        self._database = database
        self._now = now

    def list(self) -> list[ModelEntry]:
        """Return the registered models, by name."""
        with self._database.reading() as connection:
            rows = connection.execute(_WITH_TERMS.order_by(models.c.name)).all()
        return [_entry(row) for row in rows]

    def get(self, name: str) -> ModelEntry | None:
        with self._database.reading() as connection:
            found = connection.execute(_WITH_TERMS.where(models.c.name == name))
            row = found.one_or_none()
        return None if row is None else _entry(row)

    def add(self, entry: ModelEntry) -> bool:
        """Write how a model is asked; False when there is one of that name.

        What its operator has promised is in the register of sub-processors, under the same name.
        """
        row = {
            "name": entry.name,
            "kind": entry.kind.value,
            "place": entry.where,
            "model": entry.model,
            "created_at": entry.created_at,
            "key_env": entry.key_env,
            "key_file": entry.key_file,
            "window": entry.window,
            "longest": entry.longest,
            "price_sent": entry.price_sent,
            "price_written": entry.price_written,
            "json_schema": entry.json_schema,
        }
        with self._database.writing() as connection:
            if connection.execute(select(models).where(models.c.name == entry.name)).first():
                return False
            connection.execute(insert(models), [row])
        return True

    def remove(self, name: str) -> bool:
        """Remove a model; False when there is none of that name."""
        with self._database.writing() as connection:
            changed: Any = connection.execute(delete(models).where(models.c.name == name))
            return changed.rowcount == 1

    def uses(self, tenant_id: str) -> builtins.list[ModelUse]:
        """Return the models and limits that were set for a tenant."""
        mine = model_uses.c.tenant_id == tenant_id
        with self._database.reading(tenant_id) as connection:
            rows = connection.execute(select(model_uses).where(mine)).all()
        return [
            ModelUse(Feature(row.feature), row.model, row.day_limit, row.month_limit)
            for row in rows
        ]

    def use(self, tenant_id: str, use: ModelUse) -> None:
        """Set the model and the limits of a feature, replacing those before."""
        set_now = {
            "model": use.model,
            "day_limit": use.day_limit,
            "month_limit": use.month_limit,
        }
        row = {"tenant_id": tenant_id, "feature": use.feature.value, **set_now}
        with self._database.writing(tenant_id) as connection:
            connection.execute(upsert(connection, model_uses, row, set_now))

    def count(self, tenant_id: str, feature: str, entry: ModelEntry, tokens: Tokens) -> None:
        """Add the tokens of one call, and what they cost, to those of today."""
        counted = {
            "calls": 1,
            "sent": tokens.sent,
            "written": tokens.written,
            "estimated": int(tokens.estimated),
            "cost": entry.cost(tokens),
        }
        key = {"day": self.today(), "feature": feature, "model": entry.name}
        grown = {name: model_usage.c[name] + counted[name] for name in _SUMS}
        row = {"tenant_id": tenant_id, **key, **counted}
        with self._database.writing(tenant_id) as connection:
            connection.execute(upsert(connection, model_usage, row, grown))

    def usage(self, tenant_id: str, since: str) -> builtins.list[ModelUsage]:
        """Return what was used since a day (ISO date), by day, feature and model."""
        mine = model_usage.c.tenant_id == tenant_id, model_usage.c.day >= since
        columns = model_usage.c.day, model_usage.c.feature, model_usage.c.model
        query = select(model_usage).where(*mine).order_by(*columns)
        with self._database.reading(tenant_id) as connection:
            rows = connection.execute(query).all()
        return [
            ModelUsage(row.day, row.feature, row.model, *(getattr(row, each) for each in _SUMS))
            for row in rows
        ]

    def tokens(self, tenant_id: str, feature: Feature, since: str) -> int:
        """Return the tokens, sent and written, of a feature or of all since a day (ISO date)."""
        mine = [model_usage.c.tenant_id == tenant_id, model_usage.c.day >= since]
        if feature is not Feature.ALL:
            mine.append(model_usage.c.feature == feature.value)
        total = func.coalesce(func.sum(model_usage.c.sent + model_usage.c.written), 0)
        with self._database.reading(tenant_id) as connection:
            return int(connection.scalar(select(total).where(*mine)) or 0)

    def today(self) -> str:
        """Return the day in UTC as an ISO date."""
        return self._now().date().isoformat()


_WITH_TERMS = select(
    models,
    subprocessors.c.operator,
    subprocessors.c.region,
    subprocessors.c.no_training,
    subprocessors.c.baa,
).join(
    subprocessors,
    and_(subprocessors.c.name == models.c.name, subprocessors.c.ended_at.is_(None)),
)
"""Models with what their operators promised; one whose entry has ended is none any more."""


def _entry(row: Row[Any]) -> ModelEntry:
    return ModelEntry(
        name=row.name,
        kind=ModelKind(row.kind),
        where=row.place,
        model=row.model,
        created_at=row.created_at,
        key_env=row.key_env,
        key_file=row.key_file,
        region=row.region,
        no_training=row.no_training,
        baa=row.baa,
        window=row.window,
        longest=row.longest,
        price_sent=row.price_sent,
        price_written=row.price_written,
        json_schema=row.json_schema,
        operator=row.operator,
    )
