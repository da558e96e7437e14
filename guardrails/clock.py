"""The clock: everything that stores or compares a time asks it, so that tests can move it.

No setting and no variable moves the clock of a home; only the code that opens the home passes one.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Returns the current time, aware, in UTC."""


def utc_now() -> datetime:
    """Return the time of this machine in UTC."""
    return datetime.now(UTC)
