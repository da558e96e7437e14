"""A table goes that nothing ever wrote: the index folder itself says its generation."""

from __future__ import annotations

from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Drop the table."""
    op.drop_table("index_generations")
