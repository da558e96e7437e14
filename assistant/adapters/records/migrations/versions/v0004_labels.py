"""The metadata of a document: tags, products, when it was updated."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the columns; they are empty for existing documents until these are read again."""
    op.add_column("documents", sa.Column("tags", sa.LargeBinary(), nullable=True))
    op.add_column("documents", sa.Column("products", sa.LargeBinary(), nullable=True))
    op.add_column("documents", sa.Column("updated", sa.String(length=32), nullable=True))
