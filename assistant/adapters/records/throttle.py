"""Slows down the guessing of passwords, without a way to lock another person out.

Failures are counted by login and address: only the address that guessed must wait for that login.
Failures from many addresses together delay every login by a second, and refuse none.
"""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from threading import Lock

from assistant.errors import NotPermitted

_FREE_TRIES = 8
_LONGEST_WAIT = timedelta(minutes=15)
_REMEMBERED = 10_000  # pairs; guesses at many names must not fill the memory
_MANY_FAILURES = 60
_LATELY = timedelta(minutes=1)
SLOW_SECONDS = 1.0


@dataclass(slots=True)
class _Tries:
    failures: int
    until: datetime


class Throttle:
    """After several failures of a pair each further attempt must wait, twice as long every time.

    The counts are in memory: a restart clears them, which helps a guesser little.
    """

    def __init__(
        self, now: Callable[[], datetime], pause: Callable[[float], None] = time.sleep
    ) -> None:
        self._now = now
        self._pause = pause
        self._tries: OrderedDict[tuple[str, str], _Tries] = OrderedDict()
        self._failures: deque[datetime] = deque(maxlen=_MANY_FAILURES)
        self._lock = Lock()

    def check(self, login: str, address: str) -> None:
        """Return, or raise `NotPermitted` with how long to wait; the same for unknown logins.

        Returns a second later while there are many failures from all addresses.
        """
        with self._lock:
            tries = self._tries.get((login, _network(address)))
            slow = self._many_lately()
        left = (tries.until - self._now()).total_seconds() if tries else 0
        if left > 0:
            raise NotPermitted(
                "This login has failed too often from this address.",
                todo=f"Try again in {int(left) + 1} seconds.",
            )
        if slow:
            self._pause(SLOW_SECONDS)

    def failed(self, login: str, address: str) -> None:
        """Count a failure."""
        now, pair = self._now(), (login, _network(address))
        with self._lock:
            self._failures.append(now)
            tries = self._tries.setdefault(pair, _Tries(0, now))
            tries.failures += 1
            over = tries.failures - _FREE_TRIES
            if over >= 0:
                tries.until = now + min(timedelta(seconds=2 ** min(over, 20)), _LONGEST_WAIT)
            self._tries.move_to_end(pair)
            while len(self._tries) > _REMEMBERED:
                self._tries.popitem(last=False)

    def succeeded(self, login: str, address: str) -> None:
        """Forget the failures of this pair."""
        with self._lock:
            self._tries.pop((login, _network(address)), None)

    def _many_lately(self) -> bool:
        return len(self._failures) == _MANY_FAILURES and self._now() - self._failures[0] < _LATELY


def _network(address: str) -> str:
    """Return what counts as one address: of IPv6 its /64, which belongs to one subscriber."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ip_network((int(parsed), 64), strict=False))
