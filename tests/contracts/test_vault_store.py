from __future__ import annotations

import pytest

from assistant.ports import Records
from guardrails.crypto.keys import DataKey
from guardrails.crypto.seal import Sealer
from guardrails.identity.vault import Vault
from guardrails.placeholders import Placeholder
from guardrails.spans import EntityType
from guardrails.text import unwrap

PERSON, HOST = EntityType.PERSON, EntityType.HOSTNAME


def test_each_surface_form_gets_its_own_number_for_good(records: Records) -> None:
    vault = _vault(records)
    first = vault.allocate([(PERSON, "Priya"), (PERSON, "PRIYA"), (HOST, "HD-1"), (PERSON, "Tom")])
    assert list(map(str, first)) == ["<PERSON_1>", "<PERSON_2>", "<HOSTNAME_1>", "<PERSON_3>"]
    assert vault.allocate([(PERSON, "Tom"), (PERSON, "Priya")]) == [first[3], first[0]]


def test_restoring_gives_back_the_very_bytes(records: Records) -> None:
    vault = _vault(records)
    surface = "Zoë  O’Brien\u00a0🦷"
    (placeholder,) = vault.allocate([(PERSON, surface)])
    found = vault.values_of([placeholder, Placeholder(PERSON, 99), Placeholder(PERSON)])
    assert {name: unwrap(raw) for name, raw in found.items()} == {placeholder: surface}


@pytest.mark.parametrize("every", [1, 2])
def test_any_number_of_values_comes_back_at_once(records: Records, every: int) -> None:
    vault = _vault(records)
    kinds = (PERSON, HOST)
    names = vault.allocate([(kinds[at % 2], f"Value {at}") for at in range(1500)])
    found = vault.values_of(names[::every])
    assert [unwrap(found[name]) for name in names[::every]] == [
        f"Value {at}" for at in range(0, 1500, every)
    ]
    assert len(found) == 1500 // every


def test_looking_up_knows_a_value_by_any_spelling_and_never_allocates(records: Records) -> None:
    vault = _vault(records)
    vault.allocate([(PERSON, "Tom"), (PERSON, "PRIYA"), (PERSON, "Priya")])
    before = vault.version()
    found = vault.look_up([(PERSON, "priya"), (PERSON, "Priya"), (PERSON, "Nobody")])
    assert list(map(str, found)) == ["<PERSON_2>", "<PERSON_3>", "<PERSON>"]
    assert (vault.version(), len(vault.surfaces())) == (before, 3)


def test_the_version_changes_with_every_new_surface_form(records: Records) -> None:
    vault = _vault(records)
    seen = [vault.version()]
    for name in ("Priya", "Tom"):
        vault.allocate([(PERSON, name)])
        seen.append(vault.version())
    assert len(set(seen)) == 3
    vault.allocate([(PERSON, "Tom")])
    assert vault.version() == seen[-1]


def test_every_surface_form_is_listed(records: Records) -> None:
    vault = _vault(records)
    vault.allocate([(PERSON, f"Person {number}") for number in range(1500)])
    surfaces = {str(each.placeholder): each.value for each in vault.surfaces()}
    assert len(surfaces) == 1500
    assert surfaces["<PERSON_1500>"] == "Person 1499"


def test_nothing_is_allocated_for_nothing(records: Records) -> None:
    vault = _vault(records)
    assert vault.allocate([]) == []
    assert vault.look_up([]) == []


def _vault(records: Records) -> Vault:
    key = DataKey(b"v" * 32)
    return Vault(records.vault, Sealer("tenant", key), key)


def test_a_forgotten_value_is_gone_and_its_number_with_it(records: Records) -> None:
    vault = _vault(records)
    gone, kept = vault.allocate([(PERSON, "Tom"), (PERSON, "Priya")])
    before = vault.version()
    assert records.vault.forget([(PERSON, 1), (PERSON, 99)]) == 1
    assert vault.values_of([gone, kept]).keys() == {kept}
    assert vault.version() != before
    assert [str(each) for each in vault.look_up([(PERSON, "tom")])] == ["<PERSON>"]
    assert [str(each) for each in vault.allocate([(PERSON, "Tom")])] == ["<PERSON_3>"]
