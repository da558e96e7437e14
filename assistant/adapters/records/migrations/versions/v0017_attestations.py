"""Attestations: which clause of a policy an officer vouches for, and until when."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Create the table, with row-level security where the database has it."""
    op.create_table(
        "attestations",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("profile", sa.String(length=63), nullable=False),
        sa.Column("profile_version", sa.Integer(), nullable=False),
        sa.Column("clause", sa.String(length=32), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.Column("until", sa.String(length=10), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_attestations_tenants"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_attestations")),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE attestations ENABLE ROW LEVEL SECURITY")
        op.execute("ALTER TABLE attestations FORCE ROW LEVEL SECURITY")
        op.execute(
            "CREATE POLICY tenant_only ON attestations"
            " USING (tenant_id = current_setting('app.tenant', true))"
        )
