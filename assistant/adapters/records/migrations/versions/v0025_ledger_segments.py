"""Finished months of a ledger have signed heads; the home has a key that signs them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    """Add both tables, with row-level security where the database has it."""
    op.create_table(
        "home_keys",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_home_keys")),
    )
    op.create_table(
        "ledger_segments",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("signature", sa.String(length=128), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"],
            ["tenants.id"],
            name=op.f("fk_ledger_segments_tenants"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "number", name=op.f("pk_ledger_segments")),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE ledger_segments ENABLE ROW LEVEL SECURITY")
        op.execute("ALTER TABLE ledger_segments FORCE ROW LEVEL SECURITY")
        op.execute(
            "CREATE POLICY tenant_only ON ledger_segments"
            " USING (tenant_id = current_setting('app.tenant', true))"
        )
