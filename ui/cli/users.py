"""``user …`` and ``member …``: who may log in, and with which roles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ui.cli import screen
from ui.cli.client import perform
from ui.cli.options import Json, Tenant
from ui.cli.typed import credential, new_password

if TYPE_CHECKING:
    from ui.operations.base import Credential
    from ui.operations.users import UserView

Login = Annotated[str, typer.Argument(metavar="LOGIN", help="The person's login name.")]
Role = Annotated[str, typer.Option(help="agent, reviewer, knowledge, officer or admin.")]
Force = Annotated[bool, typer.Option("--force", help="Also for the last admin of a tenant.")]
Within = Annotated[
    str,
    typer.Option(
        "--tenant", "-t", metavar="TENANT", help="Only this tenant; an admin must give it."
    ),
]
Admin = Annotated[
    str,
    typer.Option(
        "--as",
        metavar="LOGIN",
        help="The admin's login; the password is asked for, or read from "
        "QUIETDESK_PASSWORD. Without it, the owner of the home acts.",
    ),
]


def list_all(*, tenant: Within = "", admin: Admin = "", json: Json = False) -> None:
    from ui.operations.users import LIST, UserArgs

    found = perform(LIST, UserArgs(tenant=tenant), credential=_who(admin))
    screen.listed(
        found,
        ("login", "added", "last login", "sessions", "roles"),
        (
            (
                each.login,
                f"{each.added_at:%Y-%m-%d}",
                f"{each.last_login_at:%Y-%m-%d %H:%M}" if each.last_login_at else "never",
                each.sessions,
                _roles(each),
            )
            for each in found.users
        ),
        json=json,
    )


def show(login: Login, *, tenant: Within = "", admin: Admin = "", json: Json = False) -> None:
    from ui.operations.users import SHOW, OneUser

    found = perform(SHOW, OneUser(tenant=tenant, login=login), credential=_who(admin))
    last = f"{found.last_login_at:%Y-%m-%d %H:%M}Z" if found.last_login_at else "never"
    rows = (
        ("login", found.login),
        ("added", f"{found.added_at:%Y-%m-%d %H:%M}Z"),
        ("last login", last),
        ("sessions", found.sessions),
        ("second factor", "yes" if found.second_factor else "no"),
        ("roles", _roles(found)),
    )
    screen.listed(found, ("what", "value"), rows, json=json)


def remove(
    login: Login,
    *,
    tenant: Within = "",
    force: Force = False,
    admin: Admin = "",
    json: Json = False,
) -> None:
    """The ledgers keep the login. An admin can only remove users of their own tenant."""
    from ui.operations.users import REMOVE, RemoveArgs

    args = RemoveArgs(tenant=tenant, login=login, force=force)
    done = perform(REMOVE, args, credential=_who(admin))
    screen.tell(done, f"{done.login} is removed.", json=json)


def password(login: Login, *, tenant: Within = "", admin: Admin = "", json: Json = False) -> None:
    """The new password is asked for, or read from QUIETDESK_NEW_PASSWORD."""
    from ui.operations.users import PASSWORD, PasswordArgs

    who, secret = _who(admin), new_password(f"New password for {login}")
    args = PasswordArgs(tenant=tenant, login=login, password=secret)
    done = perform(PASSWORD, args, credential=who)
    screen.tell(done, f"{done.login} has a new password; every session has ended.", json=json)


def reset_factor(
    login: Login, *, tenant: Within = "", admin: Admin = "", json: Json = False
) -> None:
    """At the next login the user sets up a new one, where the tenant's rules ask for one."""
    from ui.operations.users import RESET_FACTOR, OneUser

    done = perform(RESET_FACTOR, OneUser(tenant=tenant, login=login), credential=_who(admin))
    screen.tell(done, f"{done.login} has no second factor any more.", json=json)


def link(
    login: Login,
    *,
    subject: Annotated[
        str, typer.Option(help="The person's id at the identity provider, its claim `sub`.")
    ],
    json: Json = False,
) -> None:
    """The provider is that of the setting QUIETDESK_OIDC_ISSUER."""
    from ui.operations.users import LINK, LinkArgs

    done = perform(LINK, LinkArgs(login=login, subject=subject))
    screen.tell(done, f"{done.login} can log in through the identity provider.", json=json)


def own_password(
    *,
    tenant: Tenant,
    login: Annotated[
        str,
        typer.Option(
            "--as",
            metavar="LOGIN",
            help="Your login; the password is asked for, or read from QUIETDESK_PASSWORD.",
        ),
    ],
    json: Json = False,
) -> None:
    """The new password is asked for, or read from QUIETDESK_NEW_PASSWORD."""
    from ui.operations.users import OWN_PASSWORD, OwnPasswordArgs

    who, secret = credential(login), new_password("New password")
    args = OwnPasswordArgs(tenant=tenant, old=who.password, new=secret)
    done = perform(OWN_PASSWORD, args, credential=who)
    screen.tell(done, f"{done.login} has a new password; every session has ended.", json=json)


def end_sessions(
    login: Login, *, tenant: Within = "", admin: Admin = "", json: Json = False
) -> None:
    from ui.operations.users import END_SESSIONS, OneUser

    done = perform(END_SESSIONS, OneUser(tenant=tenant, login=login), credential=_who(admin))
    screen.tell(done, f"{done.ended} sessions ended.", json=json)


def add_member(
    login: Login, *, tenant: Tenant, role: Role, admin: Admin = "", json: Json = False
) -> None:
    from ui.operations.users import ADD_MEMBER, MemberArgs

    args = MemberArgs(tenant=tenant, login=login, role=role)
    found = perform(ADD_MEMBER, args, credential=_who(admin))
    screen.tell(found, f"{found.login}: {_roles(found)}.", json=json)


def remove_member(
    login: Login,
    *,
    tenant: Tenant,
    role: Role,
    force: Force = False,
    admin: Admin = "",
    json: Json = False,
) -> None:
    from ui.operations.users import REMOVE_MEMBER, MemberArgs

    args = MemberArgs(tenant=tenant, login=login, role=role, force=force)
    done = perform(REMOVE_MEMBER, args, credential=_who(admin))
    screen.tell(done, f"{done.login} is no {role} of {tenant} any more.", json=json)


def _who(admin: str) -> Credential | None:
    return credential(admin) if admin else None


def _roles(user: UserView) -> str:
    held = (f"{each.tenant} ({', '.join(each.roles)})" for each in user.memberships)
    return ", ".join(held) or "none"
