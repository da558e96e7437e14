"""The headers by which mail says that no person sent it (RFC 3834, RFC 2919, and what vendors add).

A message with such a header is kept as a note of the system, so nothing answers it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, cast

from pydantic import BeforeValidator

_LONGEST = 200
_MEANS_AUTOMATIC: Mapping[str, frozenset[str] | None] = {
    "auto-submitted": None,
    "x-auto-response-suppress": None,
    "x-autoreply": None,
    "x-autorespond": None,
    "x-autoresponse": None,
    "x-auto-reply": None,
    "x-failed-recipients": None,
    "list-id": None,
    "list-unsubscribe": None,
    "precedence": frozenset({"bulk", "junk", "list", "auto_reply", "auto-reply"}),
    "return-path": frozenset({"<>", ""}),
    "x-spam-flag": frozenset({"yes"}),
}
"""Headers and the values that mean it; None stands for any value but those of `_MEANS_NOTHING`."""
_MEANS_NOTHING = frozenset({"no", "none", "false", ""})


def is_automatic(headers: object) -> bool:
    """Return whether a mapping of headers, or a list of ``name`` and ``value``, means it."""
    return any(_means(name, value) for name, value in _pairs(headers))


Automatic = Annotated[bool, BeforeValidator(is_automatic)]
"""The headers of a message, as whether no person sent it."""


def _pairs(headers: object) -> list[tuple[str, str]]:
    if isinstance(headers, dict):
        given = cast("dict[object, object]", headers).items()
        return [(_short(name), _short(value)) for name, value in given]
    items = cast("list[object]", headers) if isinstance(headers, list) else []
    named = [cast("dict[str, object]", each) for each in items if isinstance(each, dict)]
    return [(_short(each.get("name")), _short(each.get("value"))) for each in named]


def _means(name: str, value: str) -> bool:
    if name not in _MEANS_AUTOMATIC:
        return False
    values = _MEANS_AUTOMATIC[name]
    return value not in _MEANS_NOTHING if values is None else value in values


def _short(value: object) -> str:
    return value[:_LONGEST].strip().casefold() if isinstance(value, str) else ""
