"""Policies become sets of ordered rules, grouped by what they are about.

The new rules of a policy have the defaults of that time, which are the strictest that work.
"""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

_UPDATE = "UPDATE policies SET body = :body WHERE tenant_id = :tenant_id AND version = :version"
_FEATURES = ["answer", "draft", "model", "search", "summary", "triage"]


def upgrade() -> None:
    """Rewrite every version of every policy in groups; rules that are not named have defaults."""
    connection = op.get_bind()
    found = connection.execute(sa.text("SELECT tenant_id, version, body FROM policies"))
    for row in found.mappings().all():
        body = json.dumps(_grouped(json.loads(row["body"])), sort_keys=True, separators=(",", ":"))
        connection.execute(sa.text(_UPDATE), {**row, "body": body})


def _grouped(flat: dict[str, Any]) -> dict[str, Any]:
    return {
        "training": "allowed" if flat.get("training_allowed") else "never",
        "library": bool(flat.get("library")),
        "resolved_tickets": bool(flat.get("resolved_tickets")),
        "leave_out_notes": flat.get("private_notes") == "leave_out",
        "ai": {"features": _FEATURES if flat.get("ai_enabled", True) else []},
        "phi": {"allowed": "with_baa" if flat.get("phi") else "allowed"},
        "regions": {"destinations": sorted(flat.get("regions", ["local", "eu"]))},
    }
