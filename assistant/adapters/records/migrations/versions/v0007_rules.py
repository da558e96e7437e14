"""Policies lose two rules: when a person reviews (always), and the names of destinations.

There was one destination; a policy that did not name it allowed no model, which ``ai_enabled``
expresses now.
"""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_UPDATE = "UPDATE policies SET body = :body WHERE tenant_id = :tenant_id AND version = :version"


def upgrade() -> None:
    """Rewrite every version of every policy without these rules."""
    connection = op.get_bind()
    found = connection.execute(sa.text("SELECT tenant_id, version, body FROM policies"))
    for row in found.mappings().all():
        connection.execute(sa.text(_UPDATE), {**row, "body": json.dumps(_without(row["body"]))})


def _without(body: str) -> dict[str, Any]:
    rules: dict[str, Any] = json.loads(body)
    rules.pop("review", None)
    if "model" not in rules.pop("destinations", ["model"]):
        rules["ai_enabled"] = False
    return rules
