"""Policies of a home: versions, notice, the ledger's row of each, and the trusted time."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from assistant.adapters.records.accounts import LIBRARY
from assistant.bootstrap import Home
from assistant.errors import NotFound, Refused
from assistant.settings import Settings
from guardrails.policy import Policy, Rules, codec
from guardrails.policy.layers import ProfileLayer
from guardrails.policy.trusted_time import Doubt
from guardrails.policy.words import Training
from tests.fakes.parts import light_parts
from tests.fakes.policies import a_policy

WEAKER = replace(Rules(), training=Training.ALLOWED)
PROMISES = replace(Rules(), notice=replace(Rules().notice, weaker_days=30))
PROFILE = ProfileLayer.of("vendor", 1, PROMISES)
LAXER = ProfileLayer.of("vendor", 2, replace(PROMISES, training=Training.ALLOWED))
DAY = timedelta(days=1)


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.time = datetime(2026, 10, 1, 8, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def days(self, days: float) -> None:
        self.time += days * DAY

    def live_through(self, home: Home, days: int) -> None:
        """Let days pass while the home is used."""
        for _ in range(days):
            self.days(1)
            home.tenant("acme")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def home(tmp_path: Path, clock: Clock) -> Iterator[Home]:
    with opened(tmp_path, clock) as made:
        made.add_tenant("acme")
        yield made


def opened(folder: Path, clock: Clock) -> Home:
    return Home.open(Settings(home=folder), parts=light_parts(), clock=clock)


def apply(home: Home, profile: ProfileLayer | None) -> None:
    home.publish("acme", lambda layers: replace(layers, profile=profile))


def training(home: Home) -> Training:
    return home.policy("acme").rules.training


def tamper(folder: Path, statement: str, *values: Any) -> None:
    """Write to the database as somebody who has it and not the keys."""
    with closing(sqlite3.connect(folder / "quietdesk.db")) as database, database:
        database.execute(statement, values)


def rows(home: Home, kind: str) -> list[dict[str, Any]]:
    ledger = home.desk("acme").ledger
    return [json.loads(row.body) for row in ledger.rows() if row.kind == kind]


def test_each_policy_is_a_new_version_and_the_same_again_is_none(home: Home) -> None:
    weaker = a_policy(1, regions=("us",))
    assert home.set_policy("acme", weaker).policy == replace(weaker, version=2)
    assert home.set_policy("acme", weaker).policy == replace(weaker, version=2)
    assert home.set_policy("acme", Policy()).policy == Policy(3)
    for name in ("nobody", LIBRARY):
        with pytest.raises(NotFound):
            home.set_policy(name, weaker)


def test_each_version_has_its_row_in_the_ledger_with_hash_moments_and_user(home: Home) -> None:
    version = home.publish("acme", lambda layers: layers.choosing(WEAKER), by="u1")
    first, second = rows(home, "policy.set")
    assert (first["version"], second["version"]) == (1, 2)
    assert second["sha256"] == version.sha256 == home.policy("acme").digest
    assert second["by"] == "u1"
    assert second["loosens"] == {"training": 1}
    assert second["published_at"] == second["holds_from"]


def test_a_version_without_its_row_in_the_ledger_is_not_stored(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("guardrails.audit.ledger.Ledger.append", die)
        with pytest.raises(KeyboardInterrupt):
            home.set_policy("acme", Policy(1, WEAKER))
        with pytest.raises(KeyboardInterrupt):
            home.add_tenant("globex")
    assert home.policy("acme") == Policy()
    assert [each.slug for each in home.tenants()] == ["acme"]


def test_without_a_profile_a_weaker_choice_holds_at_once(home: Home) -> None:
    home.set_policy("acme", Policy(1, WEAKER))
    assert home.policy("acme") == Policy(2, WEAKER)
    assert rows(home, "policy.noticed") == []


def test_under_a_profile_what_tightens_holds_at_once_and_what_loosens_waits(
    home: Home, clock: Clock
) -> None:
    apply(home, PROFILE)
    assert home.policy("acme") == Policy(2, PROMISES)
    clock.days(1)
    apply(home, LAXER)
    (noticed,) = rows(home, "policy.noticed")
    assert noticed["version"] == 3
    assert noticed["loosens"] == {"training": 1}
    clock.live_through(home, 29)
    assert training(home) is Training.NEVER
    clock.live_through(home, 1)
    assert home.policy("acme") == Policy(3, LAXER.rules)


def test_an_open_desk_is_told_of_a_stricter_rule_at_the_next_question(home: Home) -> None:
    desk = home.desk("acme")
    home.set_policy("acme", a_policy(leave_out_notes=True))
    assert desk.policy().rules.leave_out_notes
    assert not desk.tenant.policy.rules.leave_out_notes


def test_own_choices_stay_when_the_profile_changes_and_loosen_none(home: Home) -> None:
    apply(home, PROFILE)
    home.publish("acme", lambda layers: layers.choosing(replace(layers.rules, least_count=5)))
    assert home.policy("acme").rules.least_count == 5
    apply(home, LAXER)
    assert home.tenant("acme").versions[-1].rules.least_count == 5
    home.publish("acme", lambda layers: layers.choosing(replace(layers.rules, least_count=1)))
    assert home.tenant("acme").versions[-1].rules.least_count == 1


def test_leaving_a_profile_waits_for_the_notice_that_it_promised(home: Home, clock: Clock) -> None:
    apply(home, PROFILE)
    apply(home, None)
    assert home.policy("acme").rules.notice.weaker_days == 30
    home.set_policy("acme", Policy(1, WEAKER))
    clock.live_through(home, 29)
    assert training(home) is Training.NEVER
    clock.live_through(home, 1)
    assert training(home) is Training.ALLOWED


LAX_BODY = codec.dump(replace(PROMISES, training=Training.ALLOWED))
LAX_HASH = codec.hash_of(LAX_BODY)
CHANGES = {
    "body": "UPDATE policies SET body = replace(body, 'never', 'allowed')",
    "body and hash": f"UPDATE policies SET body = '{LAX_BODY}', sha256 = '{LAX_HASH}'",
    "moment": "UPDATE policies SET holds_from = published_at",
    "choices": """UPDATE policies SET choices = '{"library":true}'""",
    "profile": "UPDATE policies SET profile_body = '', profile = '', profile_version = 0",
    "removed": "DELETE FROM policies WHERE version = 2",
    "added": (
        "INSERT INTO policies (tenant_id, version, body, sha256, published_at, holds_from,"
        " published_by, loosens, choices, profile, profile_version, profile_body,"
        " profile_sha256)"
        " SELECT tenant_id, 9, body, sha256, published_at, published_at,"
        " published_by, loosens, choices, profile, profile_version, profile_body,"
        " profile_sha256 FROM policies WHERE version = 3"
    ),
}
IN_THE_LEDGER = {
    "fact": "UPDATE ledger_rows SET body = replace(body, '2026-10-31', '2026-10-01')",
    "row": "DELETE FROM ledger_rows WHERE kind = 'policy.set' AND number = 2",
    "last row": "DELETE FROM ledger_rows WHERE number = (SELECT max(number) FROM ledger_rows)",
    "all rows": "DELETE FROM ledger_rows",
    "head": "DELETE FROM ledger_heads",
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_policy_that_was_changed_in_the_database_is_refused_by_an_open_desk(
    home: Home, tmp_path: Path, what: str
) -> None:
    apply(home, PROFILE)
    apply(home, LAXER)
    desk = home.desk("acme")
    tamper(tmp_path, CHANGES[what])
    with pytest.raises(Refused, match=r"changed in|added to|removed from"):
        desk.policy()
    with pytest.raises(Refused):
        home.desk("acme")
    assert [each.slug for each in home.tenants()] == ["acme"]


@pytest.mark.parametrize("what", [*CHANGES, *IN_THE_LEDGER])
def test_a_policy_that_was_changed_in_the_database_opens_no_desk(
    home: Home, clock: Clock, tmp_path: Path, what: str
) -> None:
    apply(home, PROFILE)
    apply(home, LAXER)
    home.close()
    tamper(tmp_path, (CHANGES | IN_THE_LEDGER)[what])
    with opened(tmp_path, clock) as again:
        with pytest.raises(Refused, match=r"policy|ledger"):
            again.desk("acme")
        again.add_tenant("globex")
        assert again.desk("globex").policy() == Policy()


def test_versions_of_an_earlier_release_are_noted_once_and_completed(
    home: Home, clock: Clock, tmp_path: Path
) -> None:
    home.close()
    body = '{"library":true}'
    tamper(tmp_path, "DELETE FROM ledger_rows")
    tamper(tmp_path, "DELETE FROM ledger_heads")
    tamper(tmp_path, "UPDATE policies SET body = ?, sha256 = ?", body, codec.hash_of(body))
    with opened(tmp_path, clock) as again:
        assert again.policy("acme") == Policy(2, replace(Rules(), library=True))
        assert [each["version"] for each in rows(again, "policy.pinned")] == [1]
        assert [each["version"] for each in rows(again, "policy.set")] == [2]
        assert (
            again.policies.history(again.tenant("acme"))[-1].sha256 == again.policy("acme").digest
        )
    with opened(tmp_path, clock) as again:
        assert again.policy("acme").version == 2


def test_a_change_past_the_ledger_is_never_completed_into_a_version_of_ours(
    home: Home, tmp_path: Path
) -> None:
    before, whole = rows(home, "policy.set"), home.tenant("acme").versions[0]
    body = '{"training":"allowed"}'
    tamper(tmp_path, "UPDATE policies SET body = ?, sha256 = ?", body, codec.hash_of(body))
    for _ in range(2):
        with pytest.raises(Refused, match="changed in"):
            home.tenant("acme")
    tamper(
        tmp_path, "UPDATE policies SET body = ?, sha256 = ?", codec.dump(whole.rules), whole.sha256
    )
    assert home.policy("acme") == Policy()
    assert rows(home, "policy.set") == before


def test_a_release_with_a_weaker_default_loosens_no_policy_that_it_did_not_write(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = home.policy("acme")
    monkeypatch.setattr("guardrails.policy.layers.Rules", lambda: WEAKER)
    assert home.policy("acme") == before


def test_a_clock_that_is_set_back_loosens_nothing_and_takes_nothing_away(
    home: Home, clock: Clock
) -> None:
    apply(home, PROFILE)
    apply(home, LAXER)
    clock.live_through(home, 30)
    assert training(home) is Training.ALLOWED
    clock.days(-20)
    assert training(home) is Training.ALLOWED
    assert home.accounts.time.read().doubt is Doubt.BEHIND
    with pytest.raises(Refused, match=r"clock .* is behind"):
        home.publish("acme", lambda layers: replace(layers, profile=None))
    home.publish("acme", lambda layers: layers.choosing(PROMISES))
    assert training(home) is Training.NEVER
    assert home.tenant("acme").versions[-1].published_at == clock() + 20 * DAY


def test_a_clock_that_jumps_forty_days_ends_no_notice_until_somebody_agrees(
    home: Home, clock: Clock
) -> None:
    apply(home, PROFILE)
    apply(home, LAXER)
    clock.days(41)
    assert training(home) is Training.NEVER
    assert home.accounts.time.read().doubt is Doubt.AHEAD
    with pytest.raises(Refused, match="more than 40 days"):
        apply(home, None)
    assert home.accounts.time.agree().doubt is Doubt.AHEAD
    assert training(home) is Training.ALLOWED


def test_a_clock_that_jumps_less_is_trusted(home: Home, clock: Clock) -> None:
    apply(home, PROFILE)
    apply(home, LAXER)
    clock.days(40)
    assert training(home) is Training.ALLOWED


def test_a_mark_that_was_changed_in_the_database_ends_no_notice(
    home: Home, clock: Clock, tmp_path: Path
) -> None:
    apply(home, PROFILE)
    apply(home, LAXER)
    tamper(tmp_path, "UPDATE time_marks SET at = '2099-01-01T00:00:00.000000+00:00'")
    clock.days(1)
    assert training(home) is Training.NEVER
    assert home.accounts.time.read().doubt is Doubt.CHANGED
    with pytest.raises(Refused, match="changed in the database"):
        apply(home, None)
    home.accounts.time.agree()
    clock.live_through(home, 29)
    assert training(home) is Training.ALLOWED


def test_in_a_home_without_promises_no_clock_keeps_a_choice_from_holding(
    home: Home, clock: Clock
) -> None:
    clock.days(400)
    assert home.set_policy("acme", Policy(1, WEAKER)).policy.rules == WEAKER
    clock.days(-600)
    assert home.set_policy("acme", Policy()).policy.rules == Rules()
