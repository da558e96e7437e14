"""Logging in: the password, then the second factor where a tenant's rules or the person want one.

These are no operations: nobody is logged in yet. The page and the command line call the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, LiteralString

from assistant.model import Membership, Role, User, WaitsFor
from guardrails.policy.words import SecondFactor

if TYPE_CHECKING:
    from assistant.bootstrap import Home
    from guardrails.policy.rules import Login

_RESPONSIBLE = frozenset({Role.REVIEWER, Role.OFFICER, Role.ADMIN})
_PATIENCE_MINUTES = 10
"""How long a session waits for a second factor."""


@dataclass(frozen=True, slots=True)
class Entered:
    """A person whose password was right, and what is still wanted before they are logged in."""

    user: User
    waits_for: WaitsFor
    address: str = ""

    def passes(self, home: Home, code: str) -> bool:
        """Return whether ``code`` is theirs, of the app or of recovery; each counts once."""
        if not code or not home.accounts.check_code(self.user, code, self.address):
            return False
        left = home.accounts.factors.recovery_codes_left(self.user)
        if not code.strip().isdigit():
            _tell(home, self.user, "factor.recovered", left)
        return True


def enter(home: Home, login: str, password: str, address: str = "") -> Entered | None:
    """Check a password; None when it is wrong. `NotPermitted` after too many failures."""
    user = home.accounts.authenticate(login, password, address)
    return None if user is None else Entered(user, wanted_of(home, user), address)


def wanted_of(home: Home, user: User) -> WaitsFor:
    """Return which second factor ``user`` must give after the password."""
    if home.accounts.factors.enrolled(user):
        return WaitsFor.CODE
    needs = any(_needs(each, rules) for each, rules in _rules(home, user))
    return WaitsFor.ENROL if needs else WaitsFor.NOTHING


def enrol(home: Home, user: User, code: str, address: str) -> tuple[str, ...] | None:
    """Confirm a second factor with its first code; return recovery codes, None if it is wrong."""
    codes = home.accounts.confirm_factor(user, code, address)
    if codes is not None:
        _tell(home, user, "factor.enrolled", len(codes))
    return codes


def open_session(home: Home, user: User, waits_for: WaitsFor) -> str:
    """Return the token of a new session; one that waits for a second factor ends in minutes."""
    idle = idle_minutes(home, user)
    if waits_for is not WaitsFor.NOTHING:
        idle = min(idle, _PATIENCE_MINUTES)
    return home.accounts.open_session(user, home.settings.session_hours, idle, waits_for)


def idle_minutes(home: Home, user: User) -> int:
    """Return after how many minutes without a request a session of ``user`` ends.

    It is the strictest of the settings and the rules of the user's tenants.
    """
    of_rules = (rules.idle_minutes for _, rules in _rules(home, user))
    return min((home.settings.session_idle_minutes, *of_rules))


def _rules(home: Home, user: User) -> Iterator[tuple[Membership, Login]]:
    for each in home.accounts.memberships(user.login):
        yield each, home.tenant(each.tenant).policy.rules.access.login


def _needs(membership: Membership, rules: Login) -> bool:
    if rules.second_factor is SecondFactor.REVIEWERS:
        return bool(membership.roles & _RESPONSIBLE)
    return rules.second_factor is SecondFactor.ALL


def _tell(home: Home, user: User, kind: LiteralString, left: int) -> None:
    """Add a row to the ledger of each of the user's tenants; ``left`` recovery codes are left."""
    for each in home.accounts.memberships(user.login):
        home.desk(each.tenant).ledger.append(kind, user=user.id, codes=left)
