"""What every request that leaves is checked for, whatever it carries.

The address is the registered one and no other, and the tenant's policy and the register allow the
destination on that day. Rows of the ledger are committed on their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextvars import Context
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString

import httpx

from guardrails.audit.ledger import Fact, Ledger, Row
from guardrails.clock import utc_now
from guardrails.errors import BadInput, GateClosed
from guardrails.policy import Destination, Policy, Purpose

_PORTS = {"http": 80, "https": 443}
Origin = tuple[str, bytes, int]


def _now() -> Sequence[datetime]:
    return (utc_now(),)


@dataclass(frozen=True, slots=True)
class Place:
    """One destination of one tenant.

    ``entry`` returns what the register says of it now, ``policy`` the current policy. ``times``
    returns the times at each of which it must be allowed: the one up to which waiting has counted,
    and that of the machine's clock. `BadInput` for an origin that is not of ``http`` or ``https``.
    """

    destination: Destination
    policy: Callable[[], Policy]
    ledger: Ledger
    entry: Callable[[], Destination] | None = None
    times: Callable[[], Sequence[datetime]] = _now

    def __post_init__(self) -> None:
        origin_of(httpx.URL(self.destination.origin))

    def admit(self, request: httpx.Request, purpose: Purpose) -> Policy:
        """Return the policy that allows a request. `GateClosed` when it may not be sent."""
        url, expected = request.url, origin_of(httpx.URL(self.destination.origin))
        if origin_of(url) != expected or url.userinfo or url.fragment:
            raise GateClosed(f"The address is not that of {self.destination.name}.")
        now = self.entry() if self.entry else self.destination
        if origin_of(httpx.URL(now.origin)) != expected:
            raise GateClosed(f"The address of {now.name} has changed in the register.")
        policy = self.policy()
        refusal = refused(policy, now, purpose, self.times())
        if refusal:
            raise GateClosed(f"{refusal[0].upper()}{refusal[1:]}.")
        if request.method != "POST":
            raise GateClosed("Only POST requests may leave.")
        if request.headers.get("content-encoding", "identity") != "identity":
            raise GateClosed("The request is compressed, so it cannot be scanned.")
        kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
        if kind != "application/json":
            raise GateClosed("The request is not JSON.")
        return policy

    def commit(self, kind: LiteralString, **facts: Fact) -> Row:
        """Append a row that is committed when this returns.

        It runs in a context of its own and joins no open transaction of the caller, because a row
        that could still be rolled back does not prove what was sent.
        """
        return Context().run(lambda: self.ledger.append(kind, **facts))


def refused(
    policy: Policy, destination: Destination, purpose: Purpose | None, times: Iterable[datetime]
) -> str:
    """Return why a destination is refused at one of ``times``, or an empty string."""
    days = sorted({each.date() for each in times})
    found = (policy.refusal(destination, purpose, day) for day in days)
    return next((why for why in found if why), "")


def origin_of(url: httpx.URL) -> Origin:
    """Return scheme, host and port. `BadInput` without a host or a known scheme."""
    port = url.port or _PORTS.get(url.scheme)
    if port is None or url.scheme not in _PORTS or not url.raw_host:
        raise BadInput("The address must begin with http:// or https:// and contain a host.")
    return url.scheme, url.raw_host, port
