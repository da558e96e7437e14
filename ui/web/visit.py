"""One event of one logged-in person at one tenant's desk, checked again every time.

The browser says which tenant it looks at; that is a wish. The membership is looked up on every
event, so nothing that a browser sends can open another tenant's desk.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.errors import NotPermitted
from assistant.model import Role

if TYPE_CHECKING:
    from assistant.bootstrap import Home
    from assistant.desk import Desk
    from guardrails.identity.permissions import Person


@dataclass(frozen=True, slots=True)
class Visit:
    """Who acts, at whose desk, and what they picked."""

    desk: Desk
    person: Person
    role: Role
    picked: Mapping[str, str]


def open_visit(home: Home, login: str, slug: str, picked: Mapping[str, str] | None = None) -> Visit:
    """Return the visit. `NotPermitted` for a tenant that ``login`` is no member of."""
    person = home.person(login, slug)
    member = home.accounts.member(login, slug)
    if member is None:
        raise NotPermitted(f"{login} has no membership with {slug}.")
    return Visit(home.desk(slug), person, member.role, picked or {})


def must_be(role: Role, visit: Visit, doing: str) -> None:
    """`NotPermitted` unless the visitor's role includes ``role``."""
    if not visit.role.includes(role):
        raise NotPermitted(
            f"{visit.person.login} may not {doing}.",
            todo=f"Ask somebody with the role {role.value}.",
        )
