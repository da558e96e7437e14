"""What a check says about text that is to go out: where, what, and whether it stops there."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class FindingKind(StrEnum):
    """What a check found in text that is to go out."""

    SECRET = "secret"  # noqa: S105 - the word, not one
    PERSONAL_DATA = "personal_data"
    VAULT_VALUE = "vault_value"
    UNKNOWN_PLACEHOLDER = "unknown_placeholder"
    UNSUPPORTED = "unsupported"
    EXFILTRATION = "exfiltration"
    INSTRUCTION = "instruction"
    INJECTION = "injection"


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding at characters ``start`` to ``end`` of a redacted text; we wrote ``note``."""

    kind: FindingKind
    start: int
    end: int
    note: str
    blocks: bool
