"""Administration of users: roles, passwords, sessions, removal. The ledger records every change.

The owner of the home may do everything. An admin of a tenant gives and takes roles there, and
changes the account of a user whose memberships are all at that tenant: a password that an admin
sets would otherwise open another tenant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import LiteralString

from assistant.errors import NotFound, NotPermitted, Refused
from assistant.model import OWNER, Account, Role, User
from assistant.ports import UserStore
from guardrails.audit.ledger import Fact, Ledger


@dataclass(frozen=True, slots=True)
class Administrator:
    """The acting person: an admin of ``tenant``, or the owner of the home when that is None.

    ``login`` is None for the owner, who works from the shell without one; ``id`` is the user's, or
    `OWNER`.
    """

    login: str | None = None
    tenant: str | None = None
    id: str = OWNER


@dataclass(frozen=True, slots=True)
class Administration:
    """The argument of these flows: the users, the ledgers by tenant slug, and the administrator."""

    users: UserStore
    ledger: Callable[[str], Ledger]
    by: Administrator


def accounts(here: Administration) -> list[Account]:
    """Return the users, by login; an admin gets those of the own tenant, with that membership."""
    return [_seen(here, each) for each in here.users.list() if _is_seen(here, each)]


def account(here: Administration, login: str) -> Account:
    """Return one user. `NotFound` for a login that is unknown, or unknown at the own tenant."""
    found = here.users.get(login)
    if found is None or not _is_seen(here, found):
        raise NotFound(f"There is no user “{login}”.", todo="See `quietdesk user list`.")
    return _seen(here, found)


def add_role(here: Administration, login: str, tenant: str, role: Role) -> Account:
    """Give a user a role at a tenant; a role that they have already changes nothing."""
    _must_manage(here, tenant)
    user = _any(here, login).user
    ledger = here.ledger(tenant)
    with here.users.transaction():
        if here.users.add_role(user, tenant, role):
            ledger.append("member.added", user=user.id, role=role.value, by=here.by.id)
    return account(here, login)


def remove_role(
    here: Administration, login: str, tenant: str, role: Role, *, force: bool = False
) -> None:
    """Take a role away. `Refused` for the last admin of a tenant, unless ``force``."""
    _must_manage(here, tenant)
    user = account(here, login).user
    ledger = here.ledger(tenant)
    with here.users.transaction():
        if role is Role.ADMIN and not force:
            _must_leave_an_admin(here, user, tenant)
        if not here.users.remove_role(user, tenant, role):
            raise NotFound(f"{user.login} has no role {role.value} with {tenant}.")
        ledger.append("member.removed", user=user.id, role=role.value, by=here.by.id)


def remove_user(here: Administration, login: str, *, force: bool = False) -> None:
    """Remove a user with all memberships; sessions end at once. The ledgers keep the id.

    `Refused` for the last admin of a tenant, unless ``force``.
    """
    found = _within_reach(here, login)
    slugs = [each.tenant for each in found.memberships]
    ledgers = [here.ledger(slug) for slug in slugs]
    with here.users.transaction():
        for each in found.memberships:
            if Role.ADMIN in each.roles and not force:
                _must_leave_an_admin(here, found.user, each.tenant)
        here.users.remove(found.user)
        _write(ledgers, "user.removed", user=found.user.id, by=here.by.id)


def reset_password(here: Administration, login: str, password: str) -> None:
    """Set a user's password, and end every session. `BadInput` when it is too short or too long."""
    _set_password(here, _within_reach(here, login), password)


def change_password(here: Administration, user: User, password: str, keep: str | None) -> None:
    """Set the own password, and end every session but that of the token ``keep``.

    The caller has checked the old password.
    """
    _set_password(here, _any(here, user.login), password, keep=keep)


def reset_factor(here: Administration, login: str) -> None:
    """Remove a user's second factor, and end every session; the next login may ask for a new one.

    `NotFound` when there is none.
    """
    found = _within_reach(here, login)
    ledgers = _ledgers(here, found)
    with here.users.transaction():
        if not here.users.reset_factor(found.user):
            raise NotFound(f"{found.user.login} has no second factor.")
        here.users.end_sessions(found.user)
        _write(ledgers, "factor.reset", user=found.user.id, by=here.by.id)


def end_sessions(here: Administration, login: str) -> int:
    """End every session of a user; return how many there were."""
    found = _within_reach(here, login)
    ledgers = _ledgers(here, found)
    with here.users.transaction():
        ended = here.users.end_sessions(found.user)
        _write(ledgers, "sessions.ended", user=found.user.id, by=here.by.id, count=ended)
    return ended


def _set_password(
    here: Administration, found: Account, password: str, *, keep: str | None = None
) -> None:
    ledgers = _ledgers(here, found)
    with here.users.transaction():
        here.users.set_password(found.user, password)
        here.users.end_sessions(found.user, keep=keep)
        _write(ledgers, "password.set", user=found.user.id, by=here.by.id)


def _any(here: Administration, login: str) -> Account:
    """Return a user of any tenant: an admin may give a role to a user of another one."""
    found = here.users.get(login)
    if found is None:
        raise NotFound(f"There is no user “{login}”.", todo="Add one with `quietdesk user add`.")
    return found


def _within_reach(here: Administration, login: str) -> Account:
    """Return a user whose account ``here.by`` may change."""
    account(here, login)
    found = _any(here, login)
    elsewhere = any(each.tenant != here.by.tenant for each in found.memberships)
    if here.by.tenant is not None and elsewhere:
        raise NotPermitted(
            f"{found.user.login} is not a user of {here.by.tenant} alone.",
            todo="Take the role away with `quietdesk member remove`, or ask the home's owner.",
        )
    return found


def _is_seen(here: Administration, found: Account) -> bool:
    return here.by.tenant is None or any(
        each.tenant == here.by.tenant for each in found.memberships
    )


def _seen(here: Administration, found: Account) -> Account:
    if here.by.tenant is None:
        return found
    mine = (each for each in found.memberships if each.tenant == here.by.tenant)
    return replace(found, memberships=tuple(mine))


def _must_manage(here: Administration, tenant: str) -> None:
    if here.by.tenant not in (None, tenant):
        raise NotPermitted(f"{here.by.login} is not an admin of {tenant}.")


def _must_leave_an_admin(here: Administration, user: User, tenant: str) -> None:
    if here.users.admins(tenant) == frozenset({user.login}):
        raise Refused(
            f"{user.login} is the last admin of {tenant}.",
            safe="Nothing was changed.",
            todo="Make another user admin first, or repeat the command with --force.",
        )


def _ledgers(here: Administration, found: Account) -> list[Ledger]:
    return [here.ledger(each.tenant) for each in found.memberships]


def _write(ledgers: Iterable[Ledger], kind: LiteralString, **facts: Fact) -> None:
    for ledger in ledgers:
        ledger.append(kind, **facts)
