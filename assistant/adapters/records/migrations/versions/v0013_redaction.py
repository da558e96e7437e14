"""A tag of what a ticket's redaction depended on, so that it is not redacted again without need.

Tickets of earlier versions have none, and are redacted again when they are next used.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Add the column."""
    op.add_column(
        "tickets",
        sa.Column("redaction", sa.String(length=64), nullable=False, server_default=""),
    )
