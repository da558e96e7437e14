"""Slows down the guessing of passwords, without a way to lock another person out.

Failures are counted by login and address: only the address that guessed must wait for that login.
Many failures of one address, of whatever logins, delay its logins by a second; failures from many
addresses together delay every login by a second. Neither refuses one.
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

MOST_FAILURES = 8
"""After so many failures a pair must wait, where no tenant has a stricter rule."""

_LONGEST_WAIT = timedelta(minutes=15)
_REMEMBERED = 10_000  # pairs; guesses at many names must not fill the memory
_MANY_FAILURES = 60
_MANY_OF_ONE = 20
"""Failures of one address within `_LATELY`; an office behind one address has fewer."""

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
        self._by_address: OrderedDict[str, deque[datetime]] = OrderedDict()
        self._lock = Lock()

    def check(self, login: str, address: str) -> None:
        """Return, or raise `NotPermitted` with how long to wait; the same for unknown logins.

        Returns a second later while there are many failures of this address, or of all.
        """
        with self._lock:
            tries = self._tries.get((login, _network(address)))
            slow = self._many_lately(_network(address))
        left = (tries.until - self._now()).total_seconds() if tries else 0
        if left > 0:
            raise NotPermitted(
                "This login has failed too often from this address.",
                todo=f"Try again in {int(left) + 1} seconds.",
            )
        if slow:
            self._pause(SLOW_SECONDS)

    def failed(self, login: str, address: str, most: int = MOST_FAILURES) -> None:
        """Count a failure; after ``most`` of them the pair must wait."""
        now, pair = self._now(), (login, _network(address))
        with self._lock:
            self._failures.append(now)
            self._count(pair[1], now)
            tries = self._tries.setdefault(pair, _Tries(0, now))
            tries.failures += 1
            over = tries.failures - most
            if over >= 0:
                tries.until = now + min(timedelta(seconds=2 ** min(over, 20)), _LONGEST_WAIT)
            self._tries.move_to_end(pair)
            while len(self._tries) > _REMEMBERED:
                self._tries.popitem(last=False)

    def succeeded(self, login: str, address: str) -> None:
        """Forget the failures of this pair."""
        with self._lock:
            self._tries.pop((login, _network(address)), None)

    def _count(self, network: str, now: datetime) -> None:
        mine = self._by_address.setdefault(network, deque(maxlen=_MANY_OF_ONE))
        mine.append(now)
        self._by_address.move_to_end(network)
        while len(self._by_address) > _REMEMBERED:
            self._by_address.popitem(last=False)

    def _many_lately(self, network: str) -> bool:
        mine = self._by_address.get(network, deque[datetime]())
        return any(
            len(some) == some.maxlen and self._now() - some[0] < _LATELY
            for some in (self._failures, mine)
        )


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
