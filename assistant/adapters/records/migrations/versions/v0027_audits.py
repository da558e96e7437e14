"""Forms of the monthly audit of AI outputs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    """Create the table, with row-level security where the database has it."""
    op.create_table(
        "audits",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("draft_id", sa.String(), nullable=False),
        sa.Column("drawn_at", sa.String(length=32), nullable=False),
        sa.Column("due_at", sa.String(length=32), nullable=False),
        sa.Column("judged_at", sa.String(length=32), nullable=True),
        sa.Column("judged_by", sa.String(length=64), nullable=False),
        *(
            sa.Column(name, sa.Boolean(), nullable=True)
            for name in ("correct", "complete", "cited", "leak", "tone")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_audits_tenants"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "draft_id"],
            ["drafts.tenant_id", "drafts.id"],
            name=op.f("fk_audits_drafts"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_audits")),
    )
    op.create_index(op.f("ix_audits_tenant_id_draft_id"), "audits", ["tenant_id", "draft_id"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE audits ENABLE ROW LEVEL SECURITY")
        op.execute("ALTER TABLE audits FORCE ROW LEVEL SECURITY")
        op.execute(
            "CREATE POLICY tenant_only ON audits"
            " USING (tenant_id = current_setting('app.tenant', true))"
        )
