"""Findings of the checks of outgoing text: where, what, and whether the finding blocks it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class FindingKind(StrEnum):
    """The kinds of findings in outgoing text."""

    SECRET = "secret"  # noqa: S105 - the word, not one
    PERSONAL_DATA = "personal_data"
    VAULT_VALUE = "vault_value"
    UNKNOWN_PLACEHOLDER = "unknown_placeholder"
    UNSUPPORTED = "unsupported"
    EXFILTRATION = "exfiltration"
    INSTRUCTION = "instruction"
    INJECTION = "injection"
    INTERNAL = "internal"
    """Text for agents only, in a text for a customer."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding at characters ``start`` to ``end`` of redacted text; ``note`` is our text."""

    kind: FindingKind
    start: int
    end: int
    note: str
    blocks: bool
