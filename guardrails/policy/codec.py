"""Rules as canonical JSON, and their hash.

Only what `Rules` knows is read: ignoring a rule that this version does not know would make the
policy weaker than the tenant agreed to.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields, is_dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, cast

from guardrails.errors import BadInput
from guardrails.policy.length import Length
from guardrails.policy.rules import Rules

if TYPE_CHECKING:
    from pydantic import TypeAdapter


@cache
def _adapter() -> TypeAdapter[Rules]:
    """Return what reads rules; it takes a tenth of a second to make, so help makes none."""
    from pydantic import ConfigDict, TypeAdapter, with_config

    return TypeAdapter(with_config(ConfigDict(extra="forbid"))(Rules))


def dump(rules: Rules) -> str:
    """Return ``rules`` as canonical JSON: sorted keys and sets, no spaces, ASCII."""
    return json.dumps(_plain(rules), sort_keys=True, separators=(",", ":"), ensure_ascii=True)


@lru_cache(maxsize=256)
def load(body: str) -> Rules:
    """Return the rules of ``body``. `BadInput` for a rule or a value that this version lacks.

    A rule that ``body`` lacks, because an earlier version wrote it, has its default.
    """
    from pydantic import ValidationError

    try:
        return _adapter().validate_json(body)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(each) for each in first["loc"])
        raise BadInput(
            f"The tenant's policy has a rule that this version does not know: {where}.",
            todo="Install the version of Quietdesk that wrote it.",
        ) from None


def hash_of(body: str) -> str:
    """Return the SHA-256 (hex) of a stored body."""
    return hashlib.sha256(body.encode()).hexdigest()


@lru_cache(maxsize=256)
def digest_of(rules: Rules) -> str:
    """Return the SHA-256 (hex) of the canonical JSON of ``rules``."""
    return hash_of(dump(rules))


def _plain(value: Any) -> Any:
    if isinstance(value, Length):
        return {"days": value.days, "months": value.months}
    if is_dataclass(value):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, frozenset):
        return sorted(cast("frozenset[str | int]", value), key=str)
    return value
