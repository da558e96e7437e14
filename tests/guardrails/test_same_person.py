"""A person is recognised by what identifies them, however it is written, and by no name alone."""

from __future__ import annotations

import pytest

from guardrails import RawText
from guardrails.crypto.keys import DataKey
from guardrails.crypto.seal import Sealer
from guardrails.detect.directory import KnownPerson
from guardrails.identity.same_person import keys_asked, keys_noted

SEALER = Sealer("t", DataKey(b"k" * 32))


def who(**fields: str) -> KnownPerson:
    said = {name: RawText(value) for name, value in fields.items()}
    return KnownPerson(
        name=said.get("name"),
        email=said.get("email"),
        phone=said.get("phone"),
        username=said.get("username"),
        employee_number=said.get("employee_number"),
    )


def same(noted: KnownPerson, asked: KnownPerson) -> bool:
    return not keys_noted(SEALER, noted).isdisjoint(keys_asked(SEALER, asked))


@pytest.mark.parametrize(
    ("noted", "asked"),
    [
        ({"email": "Sam@Acme.example"}, {"name": "Samuel", "email": "sam@acme.example "}),
        ({"phone": "+44 20 7946 0958"}, {"phone": "(020) 7946-0958"}),
        ({"username": "sfox", "email": "sam@acme.example"}, {"username": "SFOX"}),
        ({"name": "Sam  Fox"}, {"name": "sam fox"}),
        ({"name": "Sam Fox"}, {"name": "Sam Fox", "email": "sam@acme.example"}),
        ({"name": "Sam Fox", "email": "sam@acme.example"}, {"name": "Sam Fox"}),
    ],
)
def test_one_person_is_recognised(noted: dict[str, str], asked: dict[str, str]) -> None:
    assert same(who(**noted), who(**asked))


@pytest.mark.parametrize(
    ("noted", "asked"),
    [
        (
            {"name": "Sam Fox", "email": "sam@acme.example"},
            {"name": "Sam Fox", "email": "other@acme.example"},
        ),
        ({"email": "sam@acme.example"}, {"email": "sam@acme.example.org"}),
        ({"name": "Sam Fox"}, {"name": "Sam Fuchs"}),
        ({"name": "12345"}, {"employee_number": "12345"}),
    ],
)
def test_another_person_is_not(noted: dict[str, str], asked: dict[str, str]) -> None:
    assert not same(who(**noted), who(**asked))


def test_nobody_has_no_key() -> None:
    assert keys_noted(SEALER, KnownPerson()) == frozenset()
    assert keys_asked(SEALER, KnownPerson(hosts=(RawText("PC-1"),))) == frozenset()


def test_keys_of_one_tenant_say_nothing_at_another() -> None:
    sam = who(email="sam@acme.example")
    other = Sealer("t", DataKey(b"o" * 32))
    assert keys_noted(SEALER, sam).isdisjoint(keys_noted(other, sam))
