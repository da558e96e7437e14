"""The vault's values in memory are the same as those in the store."""

from __future__ import annotations

import pytest

from guardrails import RawText, placeholders
from guardrails.crypto.seal import Place, Sealer
from guardrails.identity.vault import Vault
from guardrails.leaks.vault_values import VaultValues
from guardrails.spans import EntityType
from tests.fakes.databases import Room

PERSON = EntityType.PERSON


class CountingSealer(Sealer):
    """Counts the values that it opens."""

    opened = 0

    def open_raw(self, place: Place, sealed: bytes) -> RawText:
        self.opened += 1
        return super().open_raw(place, sealed)


def test_a_value_that_is_added_is_found_and_no_other_is_opened_again(room: Room) -> None:
    sealer = CountingSealer(room.tenant.id, room.key)
    vault = Vault(room.records.vault, sealer, room.key)
    vault.allocate([(PERSON, f"Person{number} Marsh") for number in range(20)])
    values = VaultValues(vault)
    assert _found(values, "Person7 Marsh") == ["<PERSON_8>"]
    before = sealer.opened
    vault.allocate([(PERSON, "Theodora"), (EntityType.USERNAME, "theo.q")])
    assert _found(values, "Theodora (theo.q), Person7 Marsh") == [
        "<PERSON_21>", "<USERNAME_1>", "<PERSON_8>"
    ]  # fmt: skip
    assert sealer.opened == before + 2


def test_a_value_that_was_forgotten_is_in_no_memory(room: Room) -> None:
    values = VaultValues(room.vault)
    room.vault.allocate([(PERSON, "Theodora"), (PERSON, "Bartholomew")])
    assert _found(values, "Theodora, Bartholomew") == ["<PERSON_1>", "<PERSON_2>"]
    room.records.vault.forget([(PERSON, 1)])
    values.drop_forgotten()
    assert "Theodora" not in str(vars(values._values))
    assert _found(values, "Theodora, Bartholomew") == ["<PERSON_2>"]


def test_a_value_of_a_transaction_that_was_rolled_back_gives_way_to_the_next_of_its_number(
    room: Room,
) -> None:
    values = VaultValues(room.vault)
    with pytest.raises(ZeroDivisionError):
        _allocate_and_fail(room, values)
    room.vault.allocate([(PERSON, "Theodora")])
    assert _found(values, "Bartholomew") == []
    assert _found(values, "Theodora") == ["<PERSON_1>"]


def _allocate_and_fail(room: Room, values: VaultValues) -> None:
    with room.records.transaction():
        room.vault.allocate([(PERSON, "Bartholomew")])
        assert _found(values, "Bartholomew") == ["<PERSON_1>"]
        raise ZeroDivisionError


def _found(values: VaultValues, text: str) -> list[str]:
    return [str(name) for _, _, name in values.find(text, list(placeholders.find(text)))]
