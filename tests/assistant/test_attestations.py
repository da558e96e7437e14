"""An officer vouches for a clause: who, when, until when, with which document."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from assistant.desk import Desk
from assistant.errors import BadInput, NotFound
from assistant.flows.attestations import attest, vouched
from assistant.model import User
from guardrails.policy.profile import load_profile
from tests.fakes.desks import a_desk

PROFILE = load_profile("netwise-pro-msp")
OFFICER = User("u1", "olga")
HASH = "ab" * 32
NOW = datetime(2027, 1, 31, 9, tzinfo=UTC)


@pytest.fixture
def desk() -> Desk:
    return replace(a_desk(), clock=lambda: NOW)


def later(desk: Desk, days: int) -> Desk:
    return replace(desk, clock=lambda: NOW + timedelta(days=days))


def test_an_attestation_holds_until_it_has_to_be_renewed_and_is_open_the_day_after(
    desk: Desk,
) -> None:
    assert attest(desk, OFFICER, PROFILE, "NW-4.1", HASH).until == date(2028, 1, 31)
    state = {each.clause.id: each.holds for each in vouched(later(desk, 365), PROFILE)}
    assert state["NW-4.1"]
    assert not state["NW-4.5"]
    state = {each.clause.id: each for each in vouched(later(desk, 366), PROFILE)}
    assert not state["NW-4.1"].holds
    assert state["NW-4.1"].last


def test_every_clause_that_needs_an_officer_is_listed_and_no_other(desk: Desk) -> None:
    assert len(vouched(desk, PROFILE)) == 9 + 7
    assert not any(each.holds for each in vouched(desk, PROFILE))


def test_the_ledger_says_who_vouched_for_what_by_ids_and_hash(desk: Desk) -> None:
    made = attest(desk, OFFICER, PROFILE, "NW-4.1", HASH.upper(), date(2027, 6, 1))
    row = [*desk.ledger.rows()][-1]
    assert row.kind == "policy.attested"
    facts = json.loads(row.body)
    assert facts["by"] == "u1"
    assert "olga" not in row.body
    assert (facts["clause"], facts["until"], facts["sha256"]) == ("NW-4.1", "2027-06-01", HASH)
    assert desk.records.attestations.list() == [made]


def test_a_newer_attestation_takes_the_place_of_the_last_one_even_to_end_it(desk: Desk) -> None:
    attest(desk, OFFICER, PROFILE, "NW-4.1", HASH)
    attest(later(desk, 1), OFFICER, PROFILE, "NW-4.1", HASH, date(2027, 2, 1))
    state = {each.clause.id: each.holds for each in vouched(later(desk, 2), PROFILE)}
    assert not state["NW-4.1"]


@pytest.mark.parametrize(
    ("clause", "sha256", "until", "said"),
    [
        ("NW-6.1c", HASH, None, "enforced by access.roles and access.restore-logged"),
        ("NW-14.1", HASH, None, "cannot be tested as it is worded"),
        ("NW-4.1", "abc", None, "64 hexadecimal digits"),
        ("NW-4.1", HASH, date(2027, 1, 30), "would have lapsed already"),
        ("NW-4.1", HASH, date(2028, 2, 1), "until 2028-01-31 at most"),
    ],
)
def test_what_nobody_can_vouch_for_is_refused_and_leaves_no_row(
    desk: Desk, clause: str, sha256: str, until: date | None, said: str
) -> None:
    before = len([*desk.ledger.rows()])
    with pytest.raises(BadInput, match=said):
        attest(desk, OFFICER, PROFILE, clause, sha256, until)
    assert desk.records.attestations.list() == []
    assert len([*desk.ledger.rows()]) == before


def test_an_unknown_clause_is_named(desk: Desk) -> None:
    with pytest.raises(NotFound, match=r"NX-3\.1"):
        attest(desk, OFFICER, PROFILE, "NX-3.1", HASH)
