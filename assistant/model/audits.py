"""A form of the monthly audit of AI outputs; it holds answers and no text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Judgement:
    """The answers about one output; ``leak`` is whether it tells what it should not."""

    correct: bool
    complete: bool
    cited: bool
    leak: bool
    tone: bool


@dataclass(frozen=True, slots=True)
class Audit:
    """A form about a draft that the sample of ``month`` (``2026-11``) drew.

    ``judged_by`` is a user's id, empty until the form is judged.
    """

    id: str
    month: str
    draft_id: str
    drawn_at: datetime
    due_at: datetime
    judged_at: datetime | None = None
    judged_by: str = ""
    judgement: Judgement | None = None

    def overdue(self, now: datetime) -> bool:
        """Return whether it should have been judged before ``now`` and is not."""
        return self.judgement is None and now >= self.due_at
