"""Challenges of drafts, with the day on which each is due."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    """Create the table, with row-level security where the database has it."""
    op.create_table(
        "challenges",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("draft_id", sa.String(), nullable=False),
        sa.Column("ticket_id", sa.String(), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("opened_at", sa.String(length=32), nullable=False),
        sa.Column("opened_by", sa.String(length=254), nullable=False),
        sa.Column("due_at", sa.String(length=32), nullable=False),
        sa.Column("decided_at", sa.String(length=32), nullable=True),
        sa.Column("decided_by", sa.String(length=254), nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_challenges_tenants"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "draft_id"],
            ["drafts.tenant_id", "drafts.id"],
            name=op.f("fk_challenges_drafts"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_challenges")),
    )
    op.create_index(
        op.f("ix_challenges_tenant_id_draft_id"), "challenges", ["tenant_id", "draft_id"]
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE challenges ENABLE ROW LEVEL SECURITY")
        op.execute("ALTER TABLE challenges FORCE ROW LEVEL SECURITY")
        op.execute(
            "CREATE POLICY tenant_only ON challenges"
            " USING (tenant_id = current_setting('app.tenant', true))"
        )
