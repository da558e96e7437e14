"""A tenant's terms: words to mask always or to leave readable."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Create the table, with row-level security where the database has it."""
    op.create_table(
        "terms",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("policy_version", sa.Integer(), nullable=False),
        sa.Column("type", sa.String(length=32), nullable=True),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_terms_tenants"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_terms")),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE terms ENABLE ROW LEVEL SECURITY")
        op.execute("ALTER TABLE terms FORCE ROW LEVEL SECURITY")
        op.execute(
            "CREATE POLICY tenant_only ON terms"
            " USING (tenant_id = current_setting('app.tenant', true))"
        )
