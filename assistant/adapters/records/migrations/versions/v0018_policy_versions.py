"""Versions of policies know their hash, when they hold, and the choices that they were made of.

Of the versions that there are, each was in force from the moment at which it was set.
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

_NEW = (
    ("sha256", sa.String(64)),
    ("holds_from", sa.String(32)),
    ("published_by", sa.String()),
    ("loosens", sa.Text()),
    ("choices", sa.Text()),
    ("profile", sa.String(64)),
    ("profile_version", sa.Integer()),
    ("profile_body", sa.Text()),
    ("profile_sha256", sa.String(64)),
)
_UPDATE = (
    "UPDATE policies SET published_at = :at, sha256 = :sha256, holds_from = :at, published_by = '',"
    " loosens = '[]', choices = :choices, profile = '', profile_version = 0, profile_body = '',"
    " profile_sha256 = ''"
    " WHERE tenant_id = :tenant_id AND version = :version"
)
_DEFAULTS: dict[str, Any] = {
    "training": "never",
    "library": False,
    "resolved_tickets": False,
    "leave_out_notes": False,
    "ai": {"features": ["answer", "draft", "model", "search", "summary", "triage"]},
    "phi": {"allowed": "allowed"},
    "regions": {"destinations": ["eu", "local"]},
}
"""What no tenant has chosen, of the rules that could be chosen."""
_GROUPS = {"ai": "features", "phi": "allowed", "regions": "destinations"}


def upgrade() -> None:
    """Add the columns, and what is known of each version."""
    op.execute("ALTER TABLE policies RENAME COLUMN created_at TO published_at")
    for name, kind in _NEW:
        op.add_column("policies", sa.Column(name, kind))
    _complete(op.get_bind())
    with op.batch_alter_table("policies") as table:
        for name, kind in _NEW:
            table.alter_column(name, existing_type=kind, nullable=False)
    op.create_table(
        "profiles",
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_profiles")),
    )
    op.create_table(
        "time_marks",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("proof", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_time_marks")),
    )
    op.create_index(op.f("ix_ledger_rows_tenant_id_kind"), "ledger_rows", ["tenant_id", "kind"])


def _complete(connection: sa.Connection) -> None:
    found = connection.execute(
        sa.text("SELECT tenant_id, version, body, published_at FROM policies")
    )
    for row in found.mappings().all():
        values = {
            "tenant_id": row["tenant_id"],
            "version": row["version"],
            "at": _moment(row["published_at"]),
            "sha256": hashlib.sha256(row["body"].encode()).hexdigest(),
            "choices": _canonical(_chosen(json.loads(row["body"]))),
        }
        connection.execute(sa.text(_UPDATE), values)


def _chosen(body: dict[str, Any]) -> dict[str, Any]:
    chosen: dict[str, Any] = {}
    for name, default in _DEFAULTS.items():
        value = body.get(name, default)
        if name in _GROUPS:
            value = {_GROUPS[name]: value.get(_GROUPS[name], default[_GROUPS[name]])}
        if value != default:
            chosen[name] = value
    return chosen


def _moment(text: str) -> str:
    at = datetime.fromisoformat(text)
    aware = at if at.tzinfo else at.replace(tzinfo=UTC)
    return aware.isoformat(timespec="microseconds")


def _canonical(value: dict[str, Any]) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
