"""The register of models on real databases: rows, limits, counts, and the walls between tenants."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from assistant.adapters.records.models import SqlModels
from assistant.adapters.records.subprocessors import SqlSubprocessors
from assistant.errors import BadInput, LimitReached, NotFound
from assistant.model import Feature, ModelEntry, ModelKind, ModelUse, Tokens, new_id
from assistant.register.choice import Register
from assistant.register.metering import TenantMeter
from assistant.register.subprocessors import Subprocessors
from assistant.settings import Settings
from guardrails.policy import Purpose
from tests.fakes.databases import Room

NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)


class Clock:
    """A clock that is set by hand."""

    now = NOON

    def __call__(self) -> datetime:
        return self.now


def an_entry(**changes: object) -> ModelEntry:
    entry = ModelEntry(
        name=f"m{new_id()[:8]}",
        kind=ModelKind.AZURE,
        where="https://house.openai.azure.com/?api-version=1",
        model="gpt-4o",
        created_at=NOON,
        key_env="HOUSE_KEY",
        region="eu",
        no_training=True,
        window=128_000,
        longest=900,
        price_sent=2_500_000,
        price_written=10_000_000,
        json_schema=True,
    )
    return replace(entry, **changes)  # type: ignore[arg-type] - names of its fields


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(room: Room, clock: Clock) -> SqlModels:
    return SqlModels(room.home.database, clock)


@pytest.fixture
def register(store: SqlModels, room: Room, clock: Clock) -> Register:
    home = room.home
    entries = Subprocessors(
        SqlSubprocessors(home.database),
        clock,
        lambda: [room.tenant],
        lambda _: room.ledger,
        lambda _: None,
    )
    return Register(Settings(), store, entries)


def test_a_model_comes_back_as_it_was_registered_and_only_once(
    register: Register, store: SqlModels, room: Room
) -> None:
    entry = an_entry(operator="OpenAI")
    register.add(entry)
    with pytest.raises(BadInput):
        register.add(replace(entry, model="other"))
    assert store.get(entry.name) == entry
    assert entry in store.list()
    register.remove(entry.name, [room.tenant])
    with pytest.raises(NotFound):
        register.remove(entry.name, [room.tenant])
    assert store.get(entry.name) is None


def test_a_name_may_be_used_again_after_its_entry_ended_and_the_old_entry_is_kept(
    register: Register, store: SqlModels, room: Room
) -> None:
    entry = an_entry()
    register.add(entry)
    register.use(room.tenant, Feature.ALL, entry.name)
    before = register.subprocessors.named(entry.name)
    register.use(room.tenant, Feature.ALL, "extractive")
    register.remove(entry.name, [room.tenant])
    register.add(replace(entry, region="us"))
    kept = register.subprocessors.destination(before.id, room.tenant.id)
    now = register.subprocessors.destination(
        register.subprocessors.named(entry.name).id, room.tenant.id
    )
    assert (kept.ended, kept.region) == (True, "eu")
    assert (now.ended, now.region, now.announced_on) == (False, "us", None)
    assert [row.kind for row in room.ledger.rows()] == ["register.enabled", "register.ended"]


def test_a_use_replaces_that_of_the_same_feature_and_tenant_alone(
    store: SqlModels, room: Room
) -> None:
    other = room.home.move_in()
    store.use(room.tenant.id, ModelUse(Feature.ALL, "one", 10, None))
    store.use(room.tenant.id, ModelUse(Feature.REPLY, "two"))
    store.use(room.tenant.id, ModelUse(Feature.ALL, "three", None, 20))
    store.use(other.tenant.id, ModelUse(Feature.ALL, "four"))
    assert set(store.uses(room.tenant.id)) == {
        ModelUse(Feature.ALL, "three", None, 20),
        ModelUse(Feature.REPLY, "two"),
    }


def test_calls_are_counted_by_day_feature_and_model_with_what_they_cost(
    store: SqlModels, room: Room, clock: Clock
) -> None:
    entry = an_entry()
    for tokens in (Tokens(1000, 100), Tokens(10, 1, estimated=True)):
        store.count(room.tenant.id, "reply", entry, tokens)
    clock.now = datetime(2026, 3, 15, 0, 1, tzinfo=UTC)
    store.count(room.tenant.id, "answer", entry, Tokens(5, 5))
    first, second = store.usage(room.tenant.id, "2026-03-01")
    assert (first.day, first.feature, first.calls) == ("2026-03-14", "reply", 2)
    assert (first.sent, first.written, first.estimated) == (1010, 101, 1)
    assert first.cost == 2500 + 1000 + 25 + 10
    assert (second.day, second.feature, second.calls) == ("2026-03-15", "answer", 1)
    assert store.usage(room.tenant.id, "2026-03-15") == [second]
    assert store.usage(room.home.move_in().tenant.id, "2026-03-01") == []


@pytest.mark.parametrize("span", ["day", "month"])
def test_a_limit_refuses_what_is_over_it_until_the_span_is_over(
    span: str, store: SqlModels, room: Room, clock: Clock
) -> None:
    limits = {"day": (100, None), "month": (None, 100)}[span]
    store.use(room.tenant.id, ModelUse(Feature.REPLY, "", *limits))
    meter = TenantMeter(store, room.tenant.id, an_entry())
    meter.admit(Purpose.REPLY)
    meter.count(Purpose.REPLY, Tokens(90, 20))
    with pytest.raises(LimitReached, match=f"tokens of this {span} for replies") as caught:
        meter.admit(Purpose.REPLY)
    assert caught.value.safe == "Nothing was sent."
    assert "model use" in caught.value.todo
    meter.admit(Purpose.ANSWER)
    clock.now = datetime(2026, 3, 15, 0, 0, 1, tzinfo=UTC)
    if span == "month":
        with pytest.raises(LimitReached):
            meter.admit(Purpose.REPLY)
        clock.now = datetime(2026, 4, 1, tzinfo=UTC)
    meter.admit(Purpose.REPLY)


def test_a_limit_of_all_features_counts_them_together_and_checks_too(
    store: SqlModels, room: Room
) -> None:
    store.use(room.tenant.id, ModelUse(Feature.ALL, "", 100))
    meter = TenantMeter(store, room.tenant.id, an_entry())
    meter.count(Purpose.REPLY, Tokens(30, 10))
    meter.count(Purpose.SUMMARISE, Tokens(30, 10))
    meter.count(Purpose.CHECK, Tokens(10, 9))
    meter.admit(Purpose.ANSWER)
    meter.count(Purpose.ANSWER, Tokens(1, 0))
    for purpose in (Purpose.ANSWER, Purpose.REPLY, Purpose.SUMMARISE, Purpose.CHECK):
        with pytest.raises(LimitReached, match="for models are used up"):
            meter.admit(purpose)
    TenantMeter(store, room.home.move_in().tenant.id, an_entry()).admit(Purpose.ANSWER)
