"""The audience of documents, chunks and turns; the brief of a draft and the turns it was made for.

Documents and chunks of earlier versions are for agents. So are turns that an import marked as
internal notes, which only their text shows: the next import of their ticket marks them. A draft of
an earlier version has 0 turns: what it was made for is not known.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add the columns."""
    for table, audience in (
        ("documents", "agent"),
        ("chunks", "agent"),
        ("ticket_turns", "customer"),
    ):
        op.add_column(
            table,
            sa.Column("audience", sa.String(length=16), nullable=False, server_default=audience),
        )
    op.add_column(
        "documents",
        sa.Column("audience_set", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.add_column("drafts", sa.Column("brief", sa.LargeBinary(), nullable=True))
    op.add_column("drafts", sa.Column("turns", sa.Integer(), nullable=False, server_default="0"))
