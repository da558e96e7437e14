"""Whether a registered model is asked to answer in JSON."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Add the column; models of earlier versions answer in words."""
    op.add_column(
        "models",
        sa.Column("json_schema", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
