"""What an officer vouches for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from guardrails.policy.words import Role


@dataclass(frozen=True, slots=True)
class Attestation:
    """A user attests a clause of a profile until the end of a day; None is without end.

    ``sha256`` (hex) is the hash of the document that shows it; the document is not kept.
    ``profile_version`` is the version of the profile whose clause it was.
    """

    id: str
    profile: str
    profile_version: int
    clause: str
    user_id: str
    role: Role
    at: datetime
    until: date | None
    sha256: str

    def holds(self, today: date) -> bool:
        """Return whether it has not lapsed by ``today``."""
        return self.until is None or today <= self.until
