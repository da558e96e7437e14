"""A tenant declares its people: from then on they are masked in every text."""

from __future__ import annotations

from assistant.desk import Desk
from assistant.errors import BadInput
from guardrails import RawText
from guardrails.detect.directory import KnownPerson
from guardrails.intake.parse import Fields, parse_table

_COLUMNS = ("name", "email", "phone", "username", "employee_number", "hosts", "serials")


def import_people(desk: Desk, raw: RawText, name: str) -> int:
    """Add the people of a CSV file, all or none; return how many are new.

    `BadInput` names the first line that cannot be used. The caller must reopen the desk afterwards,
    because a desk knows the people that were declared when it was opened.
    """
    people = [_person(fields) for fields in parse_table(raw, name, _COLUMNS)]
    if not people:
        raise BadInput(f"{name} lists no people.")
    with desk.records.transaction():
        new = desk.records.directory.put(people)
        desk.ledger.append("directory.imported", people=len(people), new=new)
    return new


def _person(fields: Fields) -> KnownPerson:
    return KnownPerson(
        name=fields.text("name") or None,
        email=fields.text("email") or None,
        phone=fields.text("phone") or None,
        username=fields.text("username") or None,
        employee_number=fields.text("employee_number") or None,
        hosts=fields.parts("hosts"),
        serials=fields.parts("serials"),
    )
