"""Policies as JSON, not sealed: they hold no customer text."""

from __future__ import annotations

import json
from dataclasses import fields

from pydantic import TypeAdapter

from assistant.errors import BadInput
from guardrails.policy import Policy

_adapter = TypeAdapter(Policy)
_names = frozenset(field.name for field in fields(Policy))


def dump(policy: Policy) -> str:
    """Return ``policy`` as JSON."""
    return _adapter.dump_json(policy).decode()


def load(body: str) -> Policy:
    """Return the policy of ``body``. `BadInput` if it holds a rule that this version does not know.

    Ignoring a rule would make the policy weaker than the tenant agreed to.
    """
    unknown = sorted(set(json.loads(body)) - _names)
    if unknown:
        raise BadInput(
            f"The tenant's policy has a rule that this version does not know: {unknown[0]}.",
            todo="Install the version of Quietdesk that wrote it.",
        )
    return _adapter.validate_json(body)
