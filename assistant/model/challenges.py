"""Challenges: a person concerned asks for a second look at an output."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ChallengeReason(StrEnum):
    """Why an output is challenged; their words stay in the ticket."""

    WRONG = "wrong"
    UNFAIR = "unfair"
    PRIVACY = "privacy"
    REFUSED = "refused"
    """The person was refused what they asked for."""
    HUMAN_REVIEW = "human_review"
    """The person asks that a person looks at it."""
    OTHER = "other"


class ChallengeOutcome(StrEnum):
    """What became of the output that was challenged."""

    UPHELD = "upheld"
    """It remains as it is."""
    CHANGED = "changed"
    """Another answer takes its place."""
    WITHDRAWN = "withdrawn"
    """It no longer holds."""


@dataclass(frozen=True, slots=True)
class Challenge:
    """A challenge of one draft; ``opened_by`` and ``decided_by`` are ids of users.

    ``decided_at``, ``decided_by`` and ``outcome`` are None until it is decided.
    """

    id: str
    draft_id: str
    ticket_id: str
    reason: ChallengeReason
    opened_at: datetime
    opened_by: str
    due_at: datetime
    decided_at: datetime | None = None
    decided_by: str | None = None
    outcome: ChallengeOutcome | None = None

    def overdue(self, now: datetime) -> bool:
        """Return whether it is undecided after the day on which it was due."""
        return self.outcome is None and now > self.due_at
