"""The life of a ticket: who sent it, the thread a draft was made for, edits, and own frames.

Tickets and drafts of earlier versions have no digest. Their requesters count as persons, and their
messages as written by persons, until the ticket is redacted again.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add the columns and the table, with row-level security where the database has it."""
    for table in ("tickets", "drafts"):
        op.add_column(
            table, sa.Column("digest", sa.String(length=64), nullable=False, server_default="")
        )
    op.add_column(
        "tickets",
        sa.Column("sender", sa.String(length=16), nullable=False, server_default="person"),
    )
    op.add_column(
        "ticket_turns",
        sa.Column("mail", sa.String(length=16), nullable=False, server_default="person"),
    )
    op.add_column("drafts", sa.Column("drafted", sa.LargeBinary(), nullable=True))
    op.add_column("reviews", sa.Column("distance", sa.Float(), nullable=True))
    op.create_table(
        "frames",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("frame", sa.String(length=32), nullable=False),
        sa.Column("policy_version", sa.Integer(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_frames_tenants"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "language", "frame", name=op.f("pk_frames")),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE frames ENABLE ROW LEVEL SECURITY")
        op.execute("ALTER TABLE frames FORCE ROW LEVEL SECURITY")
        op.execute(
            "CREATE POLICY tenant_only ON frames"
            " USING (tenant_id = current_setting('app.tenant', true))"
        )
