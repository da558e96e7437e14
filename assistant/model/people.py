"""Tenants, the users who may log in, and what they may do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from guardrails.detect.directory import KnownPerson
from guardrails.identity.permissions import Person, Right
from guardrails.policy.words import Role

if TYPE_CHECKING:
    from guardrails.policy import Access, Policy
    from guardrails.policy.versions import Version

_READERS = frozenset({Role.AGENT, Role.REVIEWER, Role.OFFICER})
"""Who may see tickets at all; the tenant's rules say to whom they are shown unredacted."""


@dataclass(frozen=True, slots=True)
class Tenant:
    """A client of the provider.

    ``policy`` is in force. ``versions`` are those that it follows from: the last one whose time has
    come, and every later one.
    """

    id: str
    slug: str
    created_at: datetime
    policy: Policy
    versions: tuple[Version, ...] = ()


OWNER = "owner"
"""The owner of the home, who works from the shell without a login, where records name users."""


@dataclass(frozen=True, slots=True)
class User:
    """A person who may log in."""

    id: str
    login: str


class WaitsFor(StrEnum):
    """What a session waits for after the password, before it is a login."""

    NOTHING = ""
    CODE = "code"
    """A code of the second factor."""
    ENROL = "enrol"
    """The user must set up a second factor first."""


@dataclass(frozen=True, slots=True)
class Session:
    """Who a session's token belongs to; only one that waits for nothing is a login."""

    user: User
    waits_for: WaitsFor


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What a person enters into an authenticator app: ``uri`` as a QR code, or ``secret``."""

    uri: str
    secret: str


@dataclass(frozen=True, slots=True)
class Membership:
    """A user's roles at one tenant; ``tenant`` is its slug."""

    user: User
    tenant: str
    roles: frozenset[Role]

    def may(self, role: Role) -> bool:
        """Return whether the user may do what ``role`` may."""
        return role in self.roles or (role is Role.AGENT and Role.REVIEWER in self.roles)

    def person(self, access: Access) -> Person:
        """Return the user as a person of the tenant under its rules of access.

        Functions that return raw text require one. This is the only place where it is made.
        """
        held = frozenset(role for role in Role if self.may(role))
        return Person(
            self.user.login,
            self.tenant,
            may_read=bool(held & _READERS),
            may_release=Role.REVIEWER in held,
            id=self.user.id,
            barred=_barred(held, access),
        )


def _barred(held: frozenset[Role], access: Access) -> frozenset[Right]:
    return frozenset(right for right in Right if not held & allowed(access, right))


def allowed(access: Access, right: Right) -> frozenset[Role]:
    """Return the roles to which the tenant's rules give ``right``."""
    return {
        Right.READ_RAW: access.read_raw,
        Right.RESTORE: access.restore,
        Right.RELEASE: access.release,
        Right.ERASE: access.erase,
        Right.POLICY: access.policy,
    }[right]


@dataclass(frozen=True, slots=True)
class Account:
    """A user as an administrator sees them; memberships are sorted by tenant."""

    user: User
    created_at: datetime
    last_login_at: datetime | None
    sessions: int
    second_factor: bool
    memberships: tuple[Membership, ...]


@dataclass(frozen=True, slots=True)
class OptOut:
    """A person who opted out of AI; ``keys`` recognise them (`guardrails.identity.same_person`).

    ``by`` is who noted it.
    """

    id: str
    person: KnownPerson
    keys: frozenset[str]
    at: datetime
    by: str
