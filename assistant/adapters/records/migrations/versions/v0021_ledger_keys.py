"""Each tenant's ledger has a key of its own, which outlives the tenant's data key.

Keys are made when a ledger is first used: a migration does not have the master key.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Add the table; it refers to no tenant."""
    op.create_table(
        "ledger_keys",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", name=op.f("pk_ledger_keys")),
    )
