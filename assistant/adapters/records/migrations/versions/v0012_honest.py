"""Sentences that a reviewer called honest, which are not flagged as prompt injections."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Create the table, with row-level security where the database has it."""
    op.create_table(
        "honest",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("policy_version", sa.Integer(), nullable=False),
        sa.Column("origin", sa.String(length=64), nullable=False),
        sa.Column("pattern", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_honest_tenants"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_honest")),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE honest ENABLE ROW LEVEL SECURITY")
        op.execute("ALTER TABLE honest FORCE ROW LEVEL SECURITY")
        op.execute(
            "CREATE POLICY tenant_only ON honest"
            " USING (tenant_id = current_setting('app.tenant', true))"
        )
