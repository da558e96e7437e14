from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from assistant.model import Attestation, Role
from assistant.ports import Records
from tests.contracts.conftest import Room
from tests.fakes.samples import MORNING

FIRST = Attestation(
    id="a1",
    profile="nejix",
    profile_version=1,
    clause="NX-3.1",
    user_id="u1",
    role=Role.OFFICER,
    at=MORNING,
    until=date(2027, 1, 31),
    sha256="0" * 64,
)


class Failure(Exception):
    """Ends a transaction."""


def test_attestations_come_back_whole_oldest_first(records: Records) -> None:
    later = replace(FIRST, id="a0", at=MORNING + timedelta(days=1), until=None)
    records.attestations.add(later)
    records.attestations.add(FIRST)
    assert records.attestations.list() == [FIRST, later]


def test_an_attestation_of_a_failed_transaction_is_not_kept(records: Records) -> None:
    def fail() -> None:
        with records.transaction():
            records.attestations.add(FIRST)
            raise Failure

    with pytest.raises(Failure):
        fail()
    assert records.attestations.list() == []


def test_a_tenant_sees_its_own_attestations_alone(room: Room) -> None:
    other = room.home.move_in()
    other.records.attestations.add(FIRST)
    assert room.records.attestations.list() == []
