"""Several roles for a user at one tenant; sessions with an idle limit; the last login.

An admin could also read and decide, so each admin becomes admin and reviewer. Existing sessions
have no idle limit: they end, and users log in again.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Recreate both tables with their new columns, and keep the memberships."""
    op.add_column("users", sa.Column("last_login_at", sa.String(length=32), nullable=True))
    kept = op.get_bind().execute(sa.text("SELECT tenant_id, user_id, role FROM memberships"))
    rows = [row for found in kept.mappings() for row in _roles(dict(found))]
    op.drop_table("memberships")
    memberships = _make_memberships()
    if rows:
        op.bulk_insert(memberships, rows)
    op.drop_table("sessions")
    _make_sessions()


def _roles(row: dict[str, str]) -> list[dict[str, str]]:
    return [row, {**row, "role": "reviewer"}] if row["role"] == "admin" else [row]


def _make_memberships() -> sa.Table:
    table = op.create_table(
        "memberships",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_memberships_tenants"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_memberships_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "user_id", "role", name=op.f("pk_memberships")),
    )
    op.create_index(op.f("ix_memberships_user_id"), "memberships", ["user_id"], unique=False)
    return table


def _make_sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("created_at", sa.String(length=32), nullable=False),
        sa.Column("expires_at", sa.String(length=32), nullable=False),
        sa.Column("idle_minutes", sa.Integer(), nullable=False),
        sa.Column("idle_until", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_sessions_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_sessions")),
    )
    op.create_index(op.f("ix_sessions_user_id"), "sessions", ["user_id"], unique=False)
