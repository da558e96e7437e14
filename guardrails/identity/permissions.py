"""Two of the four exits of `RawText`: display to a permitted person, and a released reply.

Display counts what is shown in the open view, which becomes a row of the ledger (`audit.viewing`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from guardrails.audit.viewing import count_raw, count_restored
from guardrails.errors import NotPermitted
from guardrails.identity.restore import Restored
from guardrails.text import ForPerson, RawText, for_person, unwrap


class Right(StrEnum):
    """What the rules of a tenant give to some of the roles; the values are rules of `Access`."""

    READ_RAW = "read_raw"
    RESTORE = "restore"
    RELEASE = "release"
    ERASE = "erase"
    POLICY = "policy"


@dataclass(frozen=True, slots=True)
class Person:
    """A logged-in person at one tenant; made from their membership, never from input.

    ``id`` is the user's: the ledger and records of decisions never hold a login. ``may_read`` and
    ``may_release`` come from the roles; ``barred`` are the rights that the tenant's rules give to
    none of their roles.
    """

    login: str
    tenant: str
    may_read: bool = False
    may_release: bool = False
    id: str = ""
    barred: frozenset[Right] = frozenset()

    @property
    def reads_raw(self) -> bool:
        """Whether the person may see unredacted texts."""
        return self.may_read and Right.READ_RAW not in self.barred

    @property
    def restores(self) -> bool:
        """Whether the person may see the values of placeholders."""
        return self.may_read and Right.RESTORE not in self.barred


def show(raw: RawText, person: Person, tenant: str) -> ForPerson:
    """Return unredacted text for display to ``person``, and count it in the open view.

    `NotPermitted` without a membership, or when the tenant's rules do not allow it; `Refused`
    without an open view.
    """
    _must_read(person, tenant)
    if not person.reads_raw:
        raise NotPermitted(f"The rules of {tenant} do not show unredacted text to {person.login}.")
    count_raw()
    return for_person(unwrap(raw))


def show_restored(restored: Restored, person: Person, tenant: str) -> ForPerson:
    """Return text for display to ``person``, and count its restored values in the open view.

    Errors are those of `show`; a text in which nothing was restored needs no view.
    """
    _must_read(person, tenant)
    if restored.back:
        if not person.restores:
            raise NotPermitted(f"The rules of {tenant} do not show names to {person.login}.")
        count_restored(map(str, restored.back))
    return for_person(unwrap(restored.text))


def release(raw: RawText, person: Person, tenant: str) -> ForPerson:
    """Return ``raw`` to be sent. `NotPermitted` unless ``person`` may release for ``tenant``."""
    if person.tenant != tenant or not person.may_release or Right.RELEASE in person.barred:
        raise NotPermitted(
            f"{person.login} may not release replies of this tenant.", safe="Nothing was sent."
        )
    return for_person(unwrap(raw))


def _must_read(person: Person, tenant: str) -> None:
    if person.tenant != tenant or not person.may_read:
        raise NotPermitted(f"{person.login} may not read the texts of this tenant.")
