"""Who may call an operation: the owner of the home, a role at the tenant, or either."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.errors import NotPermitted
from assistant.model import Role
from guardrails.identity.permissions import Right

if TYPE_CHECKING:
    from assistant.bootstrap import Home
    from ui.operations.callers import Caller


@dataclass(frozen=True, slots=True)
class Needs:
    """``owner`` admits the owner of the home; ``roles`` admit members of the tenant.

    ``right`` is what the tenant's rules of access must give to one of the member's roles; it binds
    no owner.
    """

    owner: bool = False
    roles: tuple[Role, ...] = ()
    right: Right | None = None

    def met_by(self, caller: Caller, tenant: str | None) -> bool:
        """Return whether ``caller`` may call; ``tenant`` is None if the operation has no tenant."""
        if self.owner and caller.owner:
            return True
        return tenant is not None and any(caller.may(tenant, role) for role in self.roles)

    def admit(self, caller: Caller, tenant: str | None) -> None:
        """Raise `NotPermitted` unless ``caller`` may call."""
        if not self.met_by(caller, tenant):
            raise self._refusal(caller, tenant)

    def met_now(self, home: Home, caller: Caller, tenant: str) -> bool:
        """Return whether ``caller`` may call under the tenant's rules as they are now."""
        if not self.met_by(caller, tenant):
            return False
        return self._unbound(caller) or self.right not in caller.person(home, tenant).barred

    def admit_now(self, home: Home, caller: Caller, tenant: str | None) -> None:
        """Raise `NotPermitted` unless ``caller`` may call under the tenant's rules as they are."""
        self.admit(caller, tenant)
        if tenant is None or self._unbound(caller):
            return
        person = caller.person(home, tenant)
        if self.right in person.barred:
            raise NotPermitted(
                f"The rules of {tenant} do not let {person.login} do this.",
                safe="Nothing was changed.",
                todo="See access in the tenant's policy.",
            )

    def _unbound(self, caller: Caller) -> bool:
        return self.right is None or (self.owner and caller.owner)

    def _refusal(self, caller: Caller, tenant: str | None) -> NotPermitted:
        if caller.login is None:
            return NotPermitted(
                "This needs a logged-in person, and no login was given.",
                todo="Give a login with --as, or log in.",
            )
        if tenant is None or not self.roles:
            return NotPermitted(
                f"{caller.login} may not do this: only the owner of the home may.",
                todo="Use the account that runs Quietdesk, without --as.",
            )
        if tenant not in caller.memberships:  # the same message for an unknown tenant
            return NotPermitted(
                f"{caller.login} has no membership with {tenant}.", todo="Ask an admin for one."
            )
        wanted = " or ".join(self.roles)
        return NotPermitted(
            f"{caller.login} may not do this at {tenant}: it needs the role {wanted}.",
            todo=f"Ask an admin for the role {wanted}.",
        )


OWNER = Needs(owner=True)


def member(*roles: Role, right: Right | None = None) -> Needs:
    """Admit a person with one of ``roles`` at the tenant, if its rules give them ``right``."""
    return Needs(roles=roles, right=right)


def owner_or(*roles: Role, right: Right | None = None) -> Needs:
    """Admit the home's owner, or a person as `member` does."""
    return Needs(owner=True, roles=roles, right=right)
