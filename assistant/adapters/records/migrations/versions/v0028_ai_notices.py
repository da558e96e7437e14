"""Whether AI wrote a released reply, and the notices in it, as a JSON array."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    """Add the columns; the replies of earlier versions were drafted, and carry no notice."""
    op.add_column(
        "replies",
        sa.Column("ai_generated", sa.Boolean(), nullable=False, server_default=sa.true()),
    )
    op.add_column(
        "replies",
        sa.Column("notices", sa.Text(), nullable=False, server_default="[]"),
    )
