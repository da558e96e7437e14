"""Failed attempts to deliver replies."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Create the table, with row-level security where the database has it."""
    op.create_table(
        "deliveries",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("reply_id", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("failure", sa.String(length=32), nullable=False),
        sa.Column("next_at", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_deliveries_tenants"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "reply_id"],
            ["replies.tenant_id", "replies.id"],
            name=op.f("fk_deliveries_replies"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "reply_id", name=op.f("pk_deliveries")),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE deliveries ENABLE ROW LEVEL SECURITY")
        op.execute("ALTER TABLE deliveries FORCE ROW LEVEL SECURITY")
        op.execute(
            "CREATE POLICY tenant_only ON deliveries"
            " USING (tenant_id = current_setting('app.tenant', true))"
        )
