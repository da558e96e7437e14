"""A tenant's directory: people who are always masked, independent of the detector."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.model import Role
from ui.operations.base import Operation, Progress, Shape, TenantArgs
from ui.operations.callers import Caller
from ui.operations.needs import owner_or

if TYPE_CHECKING:
    from assistant.bootstrap import Home


class Staff(TenantArgs):
    """The text of a CSV file of people; ``name`` is its name in errors."""

    name: str
    text: str


class PeopleAdded(Shape):
    """How many people are new."""

    new: int


def _import(home: Home, _caller: Caller, args: Staff, _progress: Progress) -> PeopleAdded:
    from assistant.flows.directory import import_people
    from guardrails import RawText

    new = import_people(home.desk(args.tenant), RawText(args.text), args.name)
    home.directory_changed(args.tenant)
    return PeopleAdded(new=new)


IMPORT = Operation(
    "people.import", Staff, PeopleAdded, _import, needs=owner_or(Role.REVIEWER), takes_turn=True
)
