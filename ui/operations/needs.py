"""Who may call an operation: the owner of the home, a role at the tenant, or either."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.errors import NotPermitted
from assistant.model import Role

if TYPE_CHECKING:
    from ui.operations.callers import Caller


@dataclass(frozen=True, slots=True)
class Needs:
    """``owner`` admits the owner of the home; ``roles`` admit members of the tenant."""

    owner: bool = False
    roles: tuple[Role, ...] = ()

    def met_by(self, caller: Caller, tenant: str | None) -> bool:
        """Return whether ``caller`` may call; ``tenant`` is None if the operation has no tenant."""
        if self.owner and caller.owner:
            return True
        return tenant is not None and any(caller.may(tenant, role) for role in self.roles)

    def admit(self, caller: Caller, tenant: str | None) -> None:
        """Raise `NotPermitted` unless ``caller`` may call."""
        if not self.met_by(caller, tenant):
            raise self._refusal(caller, tenant)

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


def member(*roles: Role) -> Needs:
    """Admit a person with one of ``roles`` at the tenant."""
    return Needs(roles=roles)


def owner_or(*roles: Role) -> Needs:
    """Admit the home's owner, or a person with one of ``roles`` at the tenant."""
    return Needs(owner=True, roles=roles)
