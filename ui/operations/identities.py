"""Logging in through an identity provider: which roles its groups give, and which user that is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from assistant.errors import BadInput, NotFound, NotPermitted
from assistant.model import Role, User
from ui.operations.logins import Entered, wanted_of

if TYPE_CHECKING:
    from assistant.adapters.oidc import Identity, Oidc, Started
    from assistant.bootstrap import Home


def begin(home: Home) -> Started:
    """Return where the browser goes to log in. `NotFound` without an identity provider."""
    return _provider(home).start()


def finish(home: Home, answer: tuple[str, str, str], address: str) -> Entered:
    """Return who came back with ``answer``: state, code, and the ticket of the browser."""
    return enter_as(home, _provider(home).finish(*answer), address)


def _provider(home: Home) -> Oidc:
    if home.identity_provider is None:
        raise NotFound("No identity provider is configured.")
    return home.identity_provider


Roles = Mapping[str, frozenset[Role]]
"""Roles by tenant."""


def parsed(mapping: str) -> list[tuple[str, str, Role]]:
    """Return ``group=tenant:role, …`` as triples. `BadInput` names the first part that is wrong."""
    found: list[tuple[str, str, Role]] = []
    for part in filter(None, (each.strip() for each in mapping.split(","))):
        group, _, given = part.rpartition("=")
        tenant, _, role = given.partition(":")
        if not group or not tenant or role not in set(Role):
            raise BadInput(
                f"QUIETDESK_OIDC_ROLES: “{part}” is not of the form group=tenant:role.",
                todo=f"The roles are {', '.join(Role)}.",
            )
        found.append((group, tenant, Role(role)))
    return found


def roles_of(mapping: str, groups: frozenset[str]) -> Roles:
    """Return the roles that ``groups`` give at every tenant that ``mapping`` names."""
    triples = parsed(mapping)
    return {
        tenant: frozenset(role for group, at, role in triples if at == tenant and group in groups)
        for tenant in dict.fromkeys(at for _, at, _ in triples)
    }


def enter_as(home: Home, identity: Identity, address: str = "") -> Entered:
    """Return the person of an identity, with the roles of their groups.

    The issuer's subject decides who that is, never a name or a mail address. `NotPermitted` when
    no group has a role here, or when the name of a new account is another user's.
    """
    wanted = roles_of(home.settings.oidc_roles, identity.groups)
    known = home.accounts.identities.user_of(identity.issuer, identity.subject)
    if known is None and not any(wanted.values()):
        raise _no_role()
    ledgers = {tenant: home.desk(tenant).ledger for tenant in wanted}
    users = home.accounts.users
    with users.transaction():
        user = known or home.accounts.identities.add(
            identity.issuer, identity.subject, identity.login
        )
        for tenant, roles in wanted.items():
            for role, kind in _changes(home, user, tenant, roles):
                if kind == "member.added":
                    users.add_role(user, tenant, role)
                    ledgers[tenant].append("member.added", user=user.id, role=role.value, by="oidc")
                else:
                    users.remove_role(user, tenant, role)
                    ledgers[tenant].append(
                        "member.removed", user=user.id, role=role.value, by="oidc"
                    )
    if not home.accounts.memberships(user.login):
        raise _no_role()
    return Entered(user, wanted_of(home, user), address)


def _changes(
    home: Home, user: User, tenant: str, wanted: frozenset[Role]
) -> list[tuple[Role, str]]:
    member = home.accounts.member(user.login, tenant)
    held = member.roles if member else frozenset[Role]()
    added = [(role, "member.added") for role in Role if role in wanted - held]
    return added + [(role, "member.removed") for role in Role if role in held - wanted]


def _no_role() -> NotPermitted:
    return NotPermitted(
        "None of your groups has a role here.",
        safe="Nobody was logged in.",
        todo="Ask an admin of your organisation for a group.",
    )
