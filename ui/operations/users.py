"""People of the provider: give one a login and a role with a tenant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from assistant.model import Role
from ui.operations.base import Operation, Progress, Shape, TenantArgs
from ui.operations.callers import Caller
from ui.operations.needs import owner_or

if TYPE_CHECKING:
    from assistant.bootstrap import Home


class NewUser(TenantArgs):
    """The new person's login and password, and their role with the tenant."""

    login: str
    password: str = Field(repr=False)
    role: str


class UserAdded(Shape):
    """Who may now log in."""

    login: str
    tenant: str
    role: str = Field(description="agent, reviewer or admin")


def _add(home: Home, _caller: Caller, args: NewUser, _progress: Progress) -> UserAdded:
    from assistant.errors import BadInput

    try:
        role = Role(args.role)
    except ValueError:
        raise BadInput(
            f"There is no role “{args.role}”.", todo=f"The roles are {', '.join(Role)}."
        ) from None
    home.tenant(args.tenant)
    home.accounts.add_user(args.login, args.password, args.tenant, role)
    return UserAdded(login=args.login, tenant=args.tenant, role=role.value)


ADD = Operation("user.add", NewUser, UserAdded, _add, needs=owner_or(Role.ADMIN))
