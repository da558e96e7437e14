"""People who opted out of AI."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """Create the table, with row-level security where the database has it."""
    op.create_table(
        "opt_outs",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("policy_version", sa.Integer(), nullable=False),
        sa.Column("person", sa.LargeBinary(), nullable=False),
        sa.Column("keys", sa.Text(), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.Column("by", sa.String(length=254), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_opt_outs_tenants"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_opt_outs")),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE opt_outs ENABLE ROW LEVEL SECURITY")
        op.execute("ALTER TABLE opt_outs FORCE ROW LEVEL SECURITY")
        op.execute(
            "CREATE POLICY tenant_only ON opt_outs"
            " USING (tenant_id = current_setting('app.tenant', true))"
        )
