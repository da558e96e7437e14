"""The register of models, the models that tenants use, and what they used of them."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Create the tables, with row-level security on the tenants' where the database has it."""
    op.create_table(
        "models",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("model", sa.String(length=254), nullable=False),
        sa.Column("created_at", sa.String(length=32), nullable=False),
        sa.Column("key_env", sa.String(length=254), nullable=False),
        sa.Column("key_file", sa.Text(), nullable=False),
        sa.Column("region", sa.String(length=64), nullable=False),
        sa.Column("no_training", sa.Boolean(), nullable=False),
        sa.Column("baa", sa.Boolean(), nullable=False),
        sa.Column("window", sa.Integer(), nullable=True),
        sa.Column("longest", sa.Integer(), nullable=True),
        sa.Column("price_sent", sa.BigInteger(), nullable=False),
        sa.Column("price_written", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_models")),
    )
    _of_tenant(
        "model_uses",
        ("feature",),
        sa.Column("feature", sa.String(length=16), nullable=False),
        sa.Column("model", sa.String(length=64), nullable=False),
        sa.Column("day_limit", sa.BigInteger(), nullable=True),
        sa.Column("month_limit", sa.BigInteger(), nullable=True),
    )
    _of_tenant(
        "model_usage",
        ("day", "feature", "model"),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("feature", sa.String(length=16), nullable=False),
        sa.Column("model", sa.String(length=64), nullable=False),
        *(
            sa.Column(name, sa.BigInteger(), nullable=False)
            for name in ("calls", "sent", "written", "estimated", "cost")
        ),
    )


def _of_tenant(table: str, key: tuple[str, ...], *columns: sa.Column[Any]) -> None:
    op.create_table(
        table,
        sa.Column("tenant_id", sa.String(), nullable=False),
        *columns,
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f(f"fk_{table}_tenants"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", *key, name=op.f(f"pk_{table}")),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY tenant_only ON {table}"
            " USING (tenant_id = current_setting('app.tenant', true))"
        )
