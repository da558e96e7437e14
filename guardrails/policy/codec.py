"""Rules as canonical JSON, and their hash.

Only what `Rules` knows is read: ignoring a rule that this version does not know would make the
policy weaker than the tenant agreed to.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields, is_dataclass
from functools import lru_cache
from typing import Any, cast

from pydantic import ConfigDict, TypeAdapter, ValidationError, with_config

from guardrails.errors import BadInput
from guardrails.policy.length import Length
from guardrails.policy.rules import Rules

_adapter = TypeAdapter(with_config(ConfigDict(extra="forbid"))(Rules))


def dump(rules: Rules) -> str:
    """Return ``rules`` as canonical JSON: sorted keys and sets, no spaces, ASCII."""
    return json.dumps(_plain(rules), sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def load(body: str) -> Rules:
    """Return the rules of ``body``. `BadInput` for a rule or a value that this version lacks."""
    try:
        return _adapter.validate_json(body)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(each) for each in first["loc"])
        raise BadInput(
            f"The tenant's policy has a rule that this version does not know: {where}.",
            todo="Install the version of Quietdesk that wrote it.",
        ) from None


@lru_cache(maxsize=256)
def digest_of(rules: Rules) -> str:
    """Return the SHA-256 (hex) of the canonical JSON of ``rules``."""
    return hashlib.sha256(dump(rules).encode()).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, Length):
        return {"days": value.days, "months": value.months}
    if is_dataclass(value):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, frozenset):
        return sorted(cast("frozenset[str | int]", value), key=str)
    return value
