"""Decisions and replies name their user by id instead of by login.

A login of a user who has been removed since stays, because no id of it is known. Rows of the ledger
cannot be rewritten.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

_UPDATES = (
    """UPDATE reviews SET user_id = (SELECT id FROM users WHERE login = reviews.user_id)
    WHERE tenant_id = :t AND user_id IN (SELECT login FROM users)""",
    """UPDATE replies SET released_by = (SELECT id FROM users WHERE login = replies.released_by)
    WHERE tenant_id = :t AND released_by IN (SELECT login FROM users)""",
)


def upgrade() -> None:
    """Rename the column of decisions, and replace the logins of each tenant's rows."""
    op.execute("ALTER TABLE reviews RENAME COLUMN login TO user_id")
    connection = op.get_bind()
    for tenant in connection.scalars(sa.text("SELECT id FROM tenants")).all():
        if connection.dialect.name == "postgresql":
            connection.execute(sa.text("SELECT set_config('app.tenant', :t, true)"), {"t": tenant})
        for statement in _UPDATES:
            connection.execute(sa.text(statement), {"t": tenant})
