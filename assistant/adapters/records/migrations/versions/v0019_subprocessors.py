"""One register of sub-processors: what the operators of models promised is kept there.

A model that a tenant uses is enabled for that tenant since it was registered.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

_PURPOSES = "answer check reply summarise triage"
_IN_PROCESS = "http://in-process.invalid"
_MOVED = ("region", "no_training", "baa")
_ENTRIES = sa.table(
    "subprocessors",
    *map(
        sa.column,
        (
            *("id", "name", "kind", "origin", "operator", "contract_sha256", "announced_at"),
            *("purposes", "address", "address_env", "settings", *_MOVED),
        ),
    ),
    sa.column("reviewed_on", sa.Date()),
)
_USES = sa.table(
    "subprocessor_uses", *map(sa.column, ("tenant_id", "subprocessor_id", "enabled_at"))
)


def upgrade() -> None:
    """Create the register, and move there what operators of models promised."""
    _create()
    connection = op.get_bind()
    entries: dict[str, dict[str, Any]] = {}
    for model in connection.execute(sa.text("SELECT * FROM models")).mappings().all():
        entries[model["name"]] = entry = _entry(model)
        connection.execute(_ENTRIES.insert().values(**entry))
    for tenant in connection.execute(sa.text("SELECT id FROM tenants")).scalars().all():
        for name in _used(tenant):
            if entry := entries.get(name):
                used = {"tenant_id": tenant, "subprocessor_id": entry["id"]}
                connection.execute(_USES.insert().values(**used, enabled_at=entry["announced_at"]))
    for column in _MOVED:
        op.drop_column("models", column)
    _guard("subprocessor_uses")


def _used(tenant: str) -> Sequence[str]:
    """Return the models that a tenant uses; row-level security shows one tenant's rows only."""
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        connection.execute(
            sa.text("SELECT set_config('app.tenant', :tenant, true)"), {"tenant": tenant}
        )
    found = sa.text("SELECT DISTINCT model FROM model_uses WHERE tenant_id = :tenant")
    return connection.execute(found, {"tenant": tenant}).scalars().all()


def _create() -> None:
    op.create_table(
        "subprocessors",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("operator", sa.String(length=254), nullable=False),
        sa.Column("region", sa.String(length=64), nullable=False),
        sa.Column("no_training", sa.Boolean(), nullable=False),
        sa.Column("baa", sa.Boolean(), nullable=False),
        sa.Column("contract_on", sa.Date(), nullable=True),
        sa.Column("contract_sha256", sa.String(length=64), nullable=False),
        sa.Column("review_by", sa.Date(), nullable=True),
        sa.Column("reviewed_on", sa.Date(), nullable=False),
        sa.Column("announced_at", sa.String(length=32), nullable=False),
        sa.Column("purposes", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("address_env", sa.String(length=254), nullable=False),
        sa.Column("settings", sa.Text(), nullable=False),
        sa.Column("added_by", sa.String(length=64), nullable=True),
        sa.Column("ended_at", sa.String(length=32), nullable=True),
        sa.Column("ended_by", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subprocessors")),
    )
    live = sa.text("ended_at IS NULL")
    op.create_index(
        "uq_subprocessors_name",
        "subprocessors",
        ["name"],
        unique=True,
        sqlite_where=live,
        postgresql_where=live,
    )
    op.create_table(
        "subprocessor_uses",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("subprocessor_id", sa.String(), nullable=False),
        sa.Column("enabled_at", sa.String(length=32), nullable=False),
        sa.Column("enabled_by", sa.String(length=64), nullable=True),
        sa.Column("ended_at", sa.String(length=32), nullable=True),
        sa.Column("ended_by", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id"],
            ["tenants.id"],
            name=op.f("fk_subprocessor_uses_tenants"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["subprocessor_id"],
            ["subprocessors.id"],
            name=op.f("fk_subprocessor_uses_subprocessors"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "subprocessor_id", name=op.f("pk_subprocessor_uses")),
    )


def _entry(model: Any) -> dict[str, Any]:
    parts = urlsplit(str(model["place"]))
    origin = _IN_PROCESS if model["kind"] == "gguf" else f"{parts.scheme}://{parts.netloc}"
    return {
        "id": uuid4().hex,
        "name": model["name"],
        "kind": "model",
        "origin": origin,
        "operator": model["name"],
        "contract_sha256": "",
        "announced_at": model["created_at"],
        "reviewed_on": date.fromisoformat(model["created_at"][:10]),
        "purposes": _PURPOSES,
        "address": "",
        "address_env": "",
        "settings": "",
        "region": model["region"],
        "no_training": bool(model["no_training"]),
        "baa": bool(model["baa"]),
    }


def _guard(table: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY tenant_only ON {table}"
            " USING (tenant_id = current_setting('app.tenant', true))"
        )
