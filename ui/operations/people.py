"""Who asks: a person's credential becomes their membership at a tenant."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.bootstrap import Home
    from assistant.desk import Desk
    from guardrails.identity.permissions import Person
    from ui.operations.base import PersonArgs


def membership(home: Home, args: PersonArgs) -> tuple[Desk, Person]:
    """Return the tenant's desk and the person at it. `NotPermitted` on a wrong credential.

    An unknown login and a wrong password get the same words, so that nobody learns who has one.
    """
    from assistant.errors import NotPermitted

    user = home.accounts.authenticate(args.login, args.password)
    if user is None:
        raise NotPermitted("This login and password do not belong together.")
    person = home.person(user.login, args.tenant)
    return home.desk(args.tenant), person
