"""When a ticket was received, changed and closed by the clock of the home; what kind it is.

A ticket of an earlier version was received with the ledger's first row about its import, and
changed with the last. Without such a row, it counts as received with the ledger's last row.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

_IMPORTS = "SELECT at, body FROM ledger_rows WHERE tenant_id = :t AND kind = 'ticket.imported'"
_NEWEST = """SELECT coalesce((SELECT max(at) FROM ledger_rows WHERE tenant_id = :t), created_at)
FROM tenants WHERE id = :t"""
_TICKETS = """SELECT id, status, (SELECT max(at) FROM ticket_turns WHERE ticket_id = tickets.id
AND tenant_id = :t) AS said FROM tickets WHERE tenant_id = :t"""
_UPDATE = """UPDATE tickets SET received_at = :received, changed_at = :changed, closed_at = :closed
WHERE tenant_id = :t AND id = :id"""


def upgrade() -> None:
    """Add the columns, and fill them for each tenant from its own ledger."""
    op.add_column(
        "tickets", sa.Column("kind", sa.String(length=16), nullable=False, server_default="ticket")
    )
    for name in ("received_at", "changed_at", "closed_at"):
        op.add_column("tickets", sa.Column(name, sa.String(length=32), nullable=True))
    connection = op.get_bind()
    for tenant in connection.scalars(sa.text("SELECT id FROM tenants")).all():
        if connection.dialect.name == "postgresql":
            connection.execute(sa.text("SELECT set_config('app.tenant', :t, true)"), {"t": tenant})
        rows = list(_lives(connection, tenant))
        if rows:
            connection.execute(sa.text(_UPDATE), rows)


def _lives(connection: sa.Connection, tenant: str) -> Iterator[dict[str, Any]]:
    imports: dict[str, list[str]] = {}
    query = sa.text(f"{_IMPORTS} ORDER BY number")
    for row in connection.execute(query, {"t": tenant}):
        imports.setdefault(json.loads(row.body).get("ticket", ""), []).append(_moment(row.at))
    newest = _moment(str(connection.scalar(sa.text(_NEWEST), {"t": tenant})))
    for row in connection.execute(sa.text(_TICKETS), {"t": tenant}):
        known = imports.get(row.id, [newest])
        closed = min(row.said or known[-1], known[-1])
        yield {
            "t": tenant,
            "id": row.id,
            "received": known[0],
            "changed": known[-1],
            "closed": closed if row.status in ("solved", "closed") else None,
        }


def _moment(at: str) -> str:
    return datetime.fromisoformat(at).astimezone(UTC).isoformat(timespec="microseconds")
