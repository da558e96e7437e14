"""Who calls an operation. Each interface makes the caller; no argument can name one.

The page makes it from the session's cookie, the command line and the socket from the account that
owns the process, and ``--as`` from a login and its password.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from assistant.errors import CodeNeeded, NotPermitted
from assistant.model import OWNER, Membership, Role, WaitsFor

if TYPE_CHECKING:
    from assistant.bootstrap import Home
    from assistant.desk import Desk
    from guardrails.identity.permissions import Person


class Interface(StrEnum):
    """The interface through which an operation was called."""

    SHELL = "shell"
    SOCKET = "socket"
    PAGE = "page"


REMOTE = frozenset({Interface.PAGE})
"""Interfaces whose callers may use another machine."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, as the interface determined; ``memberships`` are by tenant.

    ``owner`` is the account of this machine that owns the home. A person who logged in is never the
    owner, even on the owner's account. ``address`` is the network address of a browser, by which
    wrong passwords are counted; it is empty for a caller on this machine. ``user_id`` is that
    of the login.
    """

    interface: Interface
    login: str | None = None
    owner: bool = False
    memberships: Mapping[str, Membership] = field(default_factory=dict[str, Membership])
    address: str = ""
    user_id: str = ""

    @property
    def by(self) -> str:
        """Who acts, as records name them: the user's id, or the word for the home's owner."""
        return OWNER if self.login is None else self.user_id

    def may(self, tenant: str, role: Role) -> bool:
        """Return whether the caller holds ``role`` at ``tenant``."""
        membership = self.memberships.get(tenant)
        return membership is not None and membership.may(role)

    def person(self, home: Home, tenant: str) -> Person:
        """Return the caller as a member of ``tenant`` under its rules of access, as they are now.

        `NotPermitted` without a membership.
        """
        membership = self.memberships.get(tenant)
        if membership is None:
            raise NotPermitted(
                f"{self.login or 'The owner of the home'} has no membership with {tenant}.",
                todo="Ask an admin for one." if self.login else "Give a login with --as.",
            )
        return membership.person(home.tenant(tenant).policy.rules.access)


def owner(interface: Interface) -> Caller:
    """Return the account that owns the home, for an interface that only this account can use."""
    return Caller(interface, owner=True)


def logged_in(home: Home, login: str, interface: Interface, address: str = "") -> Caller:
    """Return the person of ``login``, whom the interface authenticated, with their memberships."""
    found = home.accounts.memberships(login)
    members = {each.tenant: each for each in found}
    user_id = found[0].user.id if found else home.accounts.user_id(login)
    return Caller(interface, login, memberships=members, address=address, user_id=user_id)


def authenticated(
    home: Home,
    login: str,
    password: str,
    interface: Interface,
    *,
    code: str = "",
    address: str = "",
) -> Caller:
    """Return the person of ``login``. `NotPermitted` when a factor is not theirs.

    An unknown login and a wrong password give the same message, so that it reveals no logins.
    `CodeNeeded` when the password is right, and a code of the second factor is missing or wrong.
    """
    from ui.operations.logins import enter

    entered = enter(home, login, password, address)
    if entered is None:
        raise NotPermitted("The login or the password is wrong.")
    if entered.waits_for is WaitsFor.ENROL:
        raise NotPermitted(
            f"{entered.user.login} must set up a second factor first.",
            todo="Log in at the page once, and set it up there.",
        )
    if entered.waits_for is WaitsFor.CODE and not entered.passes(home, code):
        raise CodeNeeded(
            "The code of the second factor is wrong, or was used."
            if code
            else f"{entered.user.login} has a second factor, and its code is needed.",
            todo="Give the code that your app shows now; each counts once.",
        )
    return logged_in(home, entered.user.login, interface)


def at_desk(home: Home, caller: Caller, tenant: str) -> tuple[Desk, Person]:
    """Return the tenant's desk and the caller as a person at it. `NotPermitted` for no member."""
    person = caller.person(home, tenant)
    return home.desk(tenant), person
