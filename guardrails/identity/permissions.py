"""Two of the four exits of `RawText`: display to a permitted person, and a released reply."""

from __future__ import annotations

from dataclasses import dataclass

from guardrails.errors import NotPermitted
from guardrails.text import ForPerson, RawText, for_person, unwrap


@dataclass(frozen=True, slots=True)
class Person:
    """A logged-in person at one tenant; made from their membership, never from input.

    ``id`` is the user's, for the ledger and for records of decisions; these never hold a login.
    """

    login: str
    tenant: str
    may_read: bool = False
    may_release: bool = False
    id: str = ""


def show(raw: RawText, person: Person, tenant: str) -> ForPerson:
    """Return ``raw`` for display to ``person``. `NotPermitted` without a membership."""
    if person.tenant != tenant or not person.may_read:
        raise NotPermitted(f"{person.login} may not read the texts of this tenant.")
    return for_person(unwrap(raw))


def release(raw: RawText, person: Person, tenant: str) -> ForPerson:
    """Return ``raw`` to be sent. `NotPermitted` unless ``person`` may release for ``tenant``."""
    if person.tenant != tenant or not person.may_release:
        raise NotPermitted(
            f"{person.login} may not release replies of this tenant.", safe="Nothing was sent."
        )
    return for_person(unwrap(raw))
