"""The time by which a rule may become weaker, a notice end, or a period be over.

A clock that was set wrong must not do any of that. The latest time that the home has seen is its
mark. A clock behind the mark, or far ahead of it, is in doubt until an officer agrees to it; until
then, time stops at the mark.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from guardrails.errors import Refused

FAR = timedelta(days=40)
"""How far ahead of the mark a clock may be: longer than a month without any use."""
_SKEW = timedelta(minutes=5)
"""How far behind the mark a clock may be: clocks of several machines differ, and are corrected."""
_NEVER = datetime.min.replace(tzinfo=UTC)


class Doubt(StrEnum):
    """Why the clock is not trusted."""

    BEHIND = "behind"
    AHEAD = "ahead"
    CHANGED = "changed"
    """The mark was changed in the database, so nothing is known about the time."""


_WHY = {
    Doubt.BEHIND: "This machine's clock ({clock}) is behind the last time that was seen ({mark}).",
    Doubt.AHEAD: (
        "This machine's clock ({clock}) is more than 40 days after the last time that was seen "
        "({mark})."
    ),
    Doubt.CHANGED: "The last time that was seen was changed in the database.",
}
_SAFE = "Weaker rules and notices do not take effect; stricter rules do."
TODO = "Correct the clock, or let an officer agree to it: `quietdesk policy trust-clock`."


@dataclass(frozen=True, slots=True)
class Reading:
    """A reading of the clock: ``at`` is the time up to which waiting has counted."""

    at: datetime
    clock: datetime
    mark: datetime | None
    doubt: Doubt | None = None

    @property
    def stamp(self) -> datetime:
        """Return the time for something that is done now; never before the mark."""
        return self.clock if self.doubt is Doubt.CHANGED else self.at

    @property
    def why(self) -> str:
        """Return why the clock is in doubt, empty if it is not."""
        if self.doubt is None:
            return ""
        mark = "" if self.mark is None else _minute(self.mark)
        return _WHY[self.doubt].format(clock=_minute(self.clock), mark=mark)

    def must_be_trusted(self) -> None:
        """Raise `Refused` while the clock is in doubt."""
        if self.doubt is not None:
            raise Refused(self.why, safe=_SAFE, todo=TODO)


def judge(clock: datetime, mark: datetime | None) -> Reading:
    """Return the reading of ``clock`` against the mark; None before the home's first reading."""
    if mark is None or mark <= clock <= mark + FAR:
        return Reading(clock, clock, mark)
    if clock > mark:
        return Reading(mark, clock, mark, Doubt.AHEAD)
    return Reading(mark, clock, mark, Doubt.BEHIND if clock < mark - _SKEW else None)


def unknown(clock: datetime) -> Reading:
    """Return the reading for a mark that was changed: no waiting has counted."""
    return Reading(_NEVER, clock, None, Doubt.CHANGED)


def _minute(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M}Z"
