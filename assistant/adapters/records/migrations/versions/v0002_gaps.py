"""Questions without an answer."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create the table, with row-level security where the database has it."""
    op.create_table(
        "gaps",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("policy_version", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.String(length=32), nullable=False),
        sa.Column("question", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_gaps_tenants"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_gaps")),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE gaps ENABLE ROW LEVEL SECURITY")
        op.execute("ALTER TABLE gaps FORCE ROW LEVEL SECURITY")
        op.execute(
            "CREATE POLICY tenant_only ON gaps"
            " USING (tenant_id = current_setting('app.tenant', true))"
        )
