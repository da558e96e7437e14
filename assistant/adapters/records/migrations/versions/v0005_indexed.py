"""Placeholders of each record, near-duplicate signatures, question vectors; drops an unused table.

All are derived from sealed text, which a migration cannot open: existing rows get theirs when they
are next needed.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_OWNERS = {"document": "documents", "ticket": "tickets", "draft": "drafts", "gap": "gaps"}


def upgrade() -> None:
    """Add tables, columns and an index; drop an unused table."""
    op.drop_table("index_generations")
    op.add_column("documents", sa.Column("signature", sa.LargeBinary(), nullable=True))
    op.add_column("gaps", sa.Column("vector", sa.LargeBinary(), nullable=True))
    op.add_column("gaps", sa.Column("embedder", sa.String(), nullable=True))
    op.create_index(
        op.f("ix_drafts_tenant_id_ticket_id"), "drafts", ["tenant_id", "ticket_id"], unique=False
    )
    for owner, table in _OWNERS.items():
        _make(f"{owner}_placeholders", table)


def _make(name: str, owners: str) -> None:
    op.create_table(
        name,
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("owner_id", sa.String(), nullable=False),
        sa.Column("placeholder", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "owner_id"],
            [f"{owners}.tenant_id", f"{owners}.id"],
            name=op.f(f"fk_{name}_{owners}"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f(f"fk_{name}_tenants"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "owner_id", "placeholder", name=op.f(f"pk_{name}")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f(f"ix_{name}_tenant_id_placeholder"), name, ["tenant_id", "placeholder"], unique=False
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY tenant_only ON {name}"
            " USING (tenant_id = current_setting('app.tenant', true))"
        )
