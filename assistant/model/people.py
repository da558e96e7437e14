"""Tenants, the users who may log in, and what they may do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from guardrails.detect.directory import KnownPerson
from guardrails.identity.permissions import Person
from guardrails.policy import Policy, Role
from guardrails.policy.versions import Version


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


@dataclass(frozen=True, slots=True)
class User:
    """A person who may log in."""

    id: str
    login: str


@dataclass(frozen=True, slots=True)
class Membership:
    """A user's roles at one tenant; ``tenant`` is its slug."""

    user: User
    tenant: str
    roles: frozenset[Role]

    def may(self, role: Role) -> bool:
        """Return whether the user may do what ``role`` may."""
        return role in self.roles or (role is Role.AGENT and Role.REVIEWER in self.roles)

    def person(self) -> Person:
        """Return the user as a person of the tenant, as functions that return raw text require."""
        return Person(
            self.user.login,
            self.tenant,
            may_read=self.may(Role.AGENT),
            may_release=self.may(Role.REVIEWER),
        )


@dataclass(frozen=True, slots=True)
class Account:
    """A user as an administrator sees them; memberships are sorted by tenant."""

    user: User
    created_at: datetime
    last_login_at: datetime | None
    sessions: int
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
