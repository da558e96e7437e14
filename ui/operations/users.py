"""Users: logins, roles at tenants, passwords and sessions."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from pydantic import Field

from assistant.model import Role
from ui.operations.base import Operation, Progress, Shape, TenantArgs
from ui.operations.callers import Caller
from ui.operations.needs import OWNER, member, owner_or

if TYPE_CHECKING:
    from assistant.bootstrap import Home
    from assistant.flows.people import Administration
    from assistant.model import Account


class NewUser(TenantArgs):
    """The new person's login and password, and their role at the tenant."""

    login: str
    password: str = Field(repr=False)
    role: str


class UserAdded(Shape):
    """Who may now log in."""

    login: str
    tenant: str
    role: str = Field(description="agent, reviewer, knowledge, officer or admin")


class UserArgs(TenantArgs):
    """A tenant; empty means the whole home, which only its owner administers."""

    tenant: str = ""


class OneUser(UserArgs):
    """One user, by login."""

    login: str


class RemoveArgs(OneUser):
    """A user to remove; ``force`` removes the last admin of a tenant too."""

    force: bool = False


class PasswordArgs(OneUser):
    """A user's new password."""

    password: str = Field(repr=False)


class LinkArgs(Shape):
    """A user, and the account at the identity provider (``sub``) that logs them in."""

    login: str
    subject: str = Field(min_length=1, max_length=255)


class OwnPasswordArgs(TenantArgs):
    """The caller's own password, and the new one; ``session`` is the token of the one to keep."""

    old: str = Field(repr=False)
    new: str = Field(repr=False)
    session: str = Field(default="", repr=False)


class MemberArgs(TenantArgs):
    """A role of a user at the tenant; ``force`` takes it from the last admin too."""

    login: str
    role: str = Field(description="agent, reviewer, knowledge, officer or admin")
    force: bool = False


class MembershipView(Shape):
    """The roles of a user at one tenant."""

    tenant: str
    roles: tuple[str, ...]


class UserView(Shape):
    """A user, without the password; ``last_login_at`` is the last login at the page."""

    login: str
    added_at: datetime
    last_login_at: datetime | None
    sessions: int
    second_factor: bool
    memberships: tuple[MembershipView, ...]


class UserList(Shape):
    """Users, by login."""

    users: tuple[UserView, ...]


class SessionsEnded(Shape):
    """How many sessions of a user were ended."""

    ended: int


class Changed(Shape):
    """Whose account was changed."""

    login: str


def _add(home: Home, caller: Caller, args: NewUser, _progress: Progress) -> UserAdded:
    role, accounts = _role(args.role), home.accounts
    ledger = home.desk(args.tenant).ledger
    with accounts.users.transaction():
        before = accounts.member(args.login, args.tenant)
        user = accounts.add_user(args.login, args.password, args.tenant, role)
        if before is None or role not in before.roles:
            ledger.append("member.added", user=user.id, role=role.value, by=caller.by)
    return UserAdded(login=args.login, tenant=args.tenant, role=role.value)


def _list(home: Home, caller: Caller, args: UserArgs, _progress: Progress) -> UserList:
    from assistant.flows import people

    here = _administration(home, caller, args.tenant)
    return UserList(users=tuple(_view(each) for each in people.accounts(here)))


def _show(home: Home, caller: Caller, args: OneUser, _progress: Progress) -> UserView:
    from assistant.flows import people

    return _view(people.account(_administration(home, caller, args.tenant), args.login))


def _remove(home: Home, caller: Caller, args: RemoveArgs, _progress: Progress) -> Changed:
    from assistant.flows import people

    here = _administration(home, caller, args.tenant)
    people.remove_user(here, args.login, force=args.force)
    return Changed(login=args.login)


def _password(home: Home, caller: Caller, args: PasswordArgs, _progress: Progress) -> Changed:
    from assistant.flows import people

    here = _administration(home, caller, args.tenant)
    people.reset_password(here, args.login, args.password)
    return Changed(login=args.login)


def _reset_factor(home: Home, caller: Caller, args: OneUser, _progress: Progress) -> Changed:
    from assistant.flows import people

    here = _administration(home, caller, args.tenant)
    people.reset_factor(here, args.login)
    return Changed(login=args.login)


def _link(home: Home, caller: Caller, args: LinkArgs, _progress: Progress) -> Changed:
    from assistant.errors import BadInput

    issuer = home.settings.oidc_issuer
    if not issuer:
        raise BadInput("No identity provider is configured.", todo="See docs/settings.md.")
    user = home.accounts.identities.link(issuer, args.subject, args.login)
    for each in home.accounts.memberships(user.login):
        home.desk(each.tenant).ledger.append("identity.linked", user=user.id, by=caller.by)
    return Changed(login=user.login)


def _own_password(
    home: Home, caller: Caller, args: OwnPasswordArgs, _progress: Progress
) -> Changed:
    from assistant.errors import NotPermitted
    from assistant.flows import people

    login = caller.person(home, args.tenant).login
    user = home.accounts.authenticate(login, args.old, caller.address)
    if user is None:
        raise NotPermitted("The old password is wrong.")
    here = _administration(home, caller, args.tenant)
    people.change_password(here, user, args.new, keep=args.session or None)
    return Changed(login=login)


def _add_member(home: Home, caller: Caller, args: MemberArgs, _progress: Progress) -> UserView:
    from assistant.flows import people

    here = _administration(home, caller, args.tenant)
    return _view(people.add_role(here, args.login, args.tenant, _role(args.role)))


def _remove_member(home: Home, caller: Caller, args: MemberArgs, _progress: Progress) -> Changed:
    from assistant.flows import people

    here = _administration(home, caller, args.tenant)
    people.remove_role(here, args.login, args.tenant, _role(args.role), force=args.force)
    return Changed(login=args.login)


def _end_sessions(home: Home, caller: Caller, args: OneUser, _progress: Progress) -> SessionsEnded:
    from assistant.flows import people

    here = _administration(home, caller, args.tenant)
    return SessionsEnded(ended=people.end_sessions(here, args.login))


def _administration(home: Home, caller: Caller, tenant: str) -> Administration:
    from assistant.flows.people import Administration, Administrator

    if tenant:
        home.tenant(tenant)
    by = Administrator(caller.login, tenant or None, caller.by)
    return Administration(home.accounts.users, lambda slug: home.desk(slug).ledger, by)


def _role(name: str) -> Role:
    from assistant.errors import BadInput

    try:
        return Role(name)
    except ValueError:
        raise BadInput(
            f"There is no role “{name}”.", todo=f"The roles are {', '.join(Role)}."
        ) from None


def _view(found: Account) -> UserView:
    return UserView(
        login=found.user.login,
        added_at=found.created_at,
        last_login_at=found.last_login_at,
        sessions=found.sessions,
        second_factor=found.second_factor,
        memberships=tuple(
            MembershipView(
                tenant=each.tenant, roles=tuple(role.value for role in Role if role in each.roles)
            )
            for each in found.memberships
        ),
    )


_MANAGERS = owner_or(Role.ADMIN)

ADD = Operation("user.add", NewUser, UserAdded, _add, needs=_MANAGERS)
LIST = Operation("user.list", UserArgs, UserList, _list, needs=_MANAGERS)
SHOW = Operation("user.show", OneUser, UserView, _show, needs=_MANAGERS)
REMOVE = Operation("user.remove", RemoveArgs, Changed, _remove, needs=_MANAGERS)
PASSWORD = Operation("user.password", PasswordArgs, Changed, _password, needs=_MANAGERS)
RESET_FACTOR = Operation("user.reset_factor", OneUser, Changed, _reset_factor, needs=_MANAGERS)
LINK = Operation("user.link", LinkArgs, Changed, _link, needs=OWNER)
OWN_PASSWORD = Operation(
    "user.own_password", OwnPasswordArgs, Changed, _own_password, needs=member(*Role)
)
ADD_MEMBER = Operation("member.add", MemberArgs, UserView, _add_member, needs=_MANAGERS)
REMOVE_MEMBER = Operation("member.remove", MemberArgs, Changed, _remove_member, needs=_MANAGERS)
END_SESSIONS = Operation("session.end", OneUser, SessionsEnded, _end_sessions, needs=_MANAGERS)
