"""Lengths of time as policies state them: calendar months and days."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import total_ordering

_MONTH_DAYS = 365.2425 / 12
"""The mean length of a Gregorian month, for comparing months with days."""
_TEXT = re.compile(r"(\d{1,4}) (day|month|year)s?")
_YEAR = 12


@total_ordering
@dataclass(frozen=True, slots=True)
class Length:
    """A number of calendar months and days."""

    months: int = 0
    days: int = 0

    @classmethod
    def of(cls, text: str) -> Length:
        """Return the length of ``24 months``, ``90 days`` or ``5 years``. `ValueError` if none."""
        found = _TEXT.fullmatch(text)
        if found is None:
            raise ValueError(f"“{text}” is no length: write a number of days, months or years")
        count, unit = int(found[1]), found[2]
        if unit == "day":
            return cls(days=count)
        return cls(months=count * (_YEAR if unit == "year" else 1))

    def after(self, day: date) -> date:
        """Return the day on which the length is over; 31 January + 1 month is in February."""
        at = day.year * _YEAR + day.month - 1 + self.months
        year, month = divmod(at, _YEAR)
        last = calendar.monthrange(year, month + 1)[1]
        return date(year, month + 1, min(day.day, last)) + timedelta(days=self.days)

    def __lt__(self, other: Length) -> bool:
        return self._key() < other._key()

    def __str__(self) -> str:
        parts = [(self.months, "month"), (self.days, "day")]
        said = [f"{count} {unit}{'s' if count != 1 else ''}" for count, unit in parts if count]
        return " and ".join(said) or "0 days"

    def _key(self) -> tuple[float, int, int]:
        return self.months * _MONTH_DAYS + self.days, self.months, self.days
