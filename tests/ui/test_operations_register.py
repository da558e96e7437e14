"""The register of sub-processors: who changes it, what it decides, and what the ledger holds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from assistant.bootstrap import Home
from assistant.errors import BadInput, GateClosed, NotFound, NotPermitted
from assistant.model import Role
from assistant.register import places
from assistant.register.from_settings import DATABASE, WEBHOOK, database_origin
from assistant.settings import Settings
from guardrails import RawText
from guardrails.ai_mark import BY_HAND
from guardrails.clock import utc_now
from guardrails.egress import netguard
from guardrails.identity.permissions import Person, release
from guardrails.policy import Policy, Rules
from guardrails.policy.words import Term
from tests.fakes.parts import light_parts
from tests.webhook_server import TAKEN, WebhookServer
from ui.operations import register
from ui.operations.base import Operation, silent
from ui.operations.callers import Caller, Interface, logged_in
from ui.operations.operator import Operator
from ui.operations.register import EntryArgs, EntryView, NewEntry, RegisterArgs, StatedTerms

OWNER = Caller(Interface.SHELL, owner=True)
PASSWORD = "correct horse battery"
TEXT = RawText("Dear Priya, restart it.")
RITA = Person("rita", "acme", may_read=True, may_release=True)


class House:
    """A home with two tenants, each with an officer, under these rules of sub-processors."""

    def __init__(self, home: Home, **rules: Any) -> None:
        self.home = home
        held = Rules(subprocessors=replace(Rules().subprocessors, **rules))
        for slug in ("acme", "globex"):
            home.add_tenant(slug)
            home.set_policy(slug, Policy(rules=held))
            home.accounts.add_user(f"officer@{slug}", PASSWORD, slug, Role.OFFICER)

    def do(self, operation: Operation[Any, Any], args: Any, caller: Caller = OWNER) -> Any:
        return Operator(self.home).perform(operation, caller, args, silent)

    def officer(self, slug: str = "acme") -> Caller:
        return logged_in(self.home, f"officer@{slug}", Interface.PAGE)

    def add(self, url: str, **args: Any) -> EntryView:
        stated: dict[str, Any] = {"region": "eu", "no_training": True} | args
        return self.do(register.ADD, NewEntry(name="desk", url=url, **stated))

    def enable(self, slug: str = "acme") -> EntryView:
        return self.do(register.ADD, NewEntry(tenant=slug, name="desk"), self.officer(slug))

    def posts(self, slug: str = "acme") -> bool:
        person = replace(RITA, tenant=slug)
        post = self.home.post_replies(slug)
        return post("r-1", "HD-1", release(TEXT, person, slug), BY_HAND) is None

    def rows(self, slug: str, kind: str) -> list[dict[str, Any]]:
        rows = self.home.desk(slug).ledger.rows()
        return [json.loads(row.body) for row in rows if row.kind == kind]


class Clock:
    """A clock that can be moved."""

    ahead = timedelta()

    def __call__(self) -> datetime:
        return utc_now() + self.ahead


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def home(tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    """Open a home for which servers of this machine are another operator's."""
    monkeypatch.setattr(places, "_LOOPBACK", frozenset[str]())
    with Home.open(Settings(home=tmp_path / "h"), parts=light_parts(), clock=clock) as opened:
        yield opened


@pytest.fixture
def server() -> Iterator[WebhookServer]:
    with WebhookServer(lambda _, __: TAKEN) as running:
        yield running


def test_a_webhook_is_registered_by_the_owner_enabled_by_an_officer_and_then_used(
    home: Home, server: WebhookServer
) -> None:
    house = House(home)
    house.add(server.url, operator="Helpdesk")
    with pytest.raises(BadInput, match="No webhook"):
        house.posts()
    enabled = house.enable()
    assert (enabled.refusal, enabled.operator) == ("", "Helpdesk")
    assert house.posts()
    with pytest.raises(BadInput, match="No webhook"):
        house.posts("globex")
    assert [body["text"] for body in server.received] == ["Dear Priya, restart it."]
    (row,) = house.rows("acme", "register.enabled")
    assert (row["name"], row["place"]) == ("desk", "webhook")
    assert row["by"] == house.officer().memberships["acme"].user.id
    assert house.rows("globex", "register.enabled") == []
    (intent,) = house.rows("acme", "reply.intent")
    assert intent["purpose"] == "deliver"


def test_a_new_entry_waits_for_the_notice_of_the_tenant_and_lapses_without_a_review(
    home: Home, server: WebhookServer, clock: Clock
) -> None:
    house = House(home, notice_days=14, lapse_months=1)
    house.add(server.url)
    assert "may be used from" in house.enable().refusal
    with pytest.raises(GateClosed, match="announced lately"):
        house.posts()
    clock.ahead = timedelta(days=14)
    assert house.posts()
    clock.ahead = timedelta(days=33)
    with pytest.raises(GateClosed, match="lapsed"):
        house.posts()
    review_by = date.today() + timedelta(days=90)  # noqa: DTZ011 - any day far enough away
    house.do(register.RENEW, StatedTerms(name="desk", review_by=review_by))
    assert house.posts()
    assert len(server.received) == 2
    (row,) = house.rows("acme", "register.renewed")
    assert row["by"] is None


def test_an_entry_without_the_terms_that_the_policy_needs_is_refused_until_they_are_stated(
    home: Home, server: WebhookServer
) -> None:
    house = House(home, need=frozenset({Term.CONTRACT, Term.REGION}))
    house.add(server.url)
    house.enable()
    with pytest.raises(GateClosed, match="lacks for desk: contract"):
        house.posts()
    contract: dict[str, Any] = {"contract_on": date(2026, 1, 5), "contract_sha256": "a" * 64}
    house.do(register.RENEW, StatedTerms(name="desk", **contract))
    assert house.posts()


def test_a_name_that_the_policy_does_not_name_is_refused(home: Home, server: WebhookServer) -> None:
    house = House(home, names=frozenset({"Twilio"}))
    house.add(server.url, operator="Helpdesk")
    assert "does not name Helpdesk" in house.enable().refusal
    house.do(register.RENEW, StatedTerms(name="desk", operator="twilio"))
    assert house.posts()


def test_an_entry_that_ended_is_refused_at_the_next_request_and_its_address_too(
    home: Home, server: WebhookServer
) -> None:
    house = House(home)
    house.add(server.url)
    house.enable()
    post = house.home.post_replies("acme")
    house.do(register.END, EntryArgs(tenant="acme", name="desk"), house.officer())
    with pytest.raises(GateClosed, match="has ended"):
        post("r-1", "HD-1", release(TEXT, RITA, "acme"), BY_HAND)
    house.do(register.END, EntryArgs(name="desk"))
    assert server.received == []
    assert house.do(register.LIST, RegisterArgs()).entries == ()
    (ended,) = house.do(register.LIST, RegisterArgs(ended=True)).entries
    assert ended.ended
    assert len(house.rows("acme", "register.ended")) == 1


def test_officers_change_only_what_their_tenant_uses(home: Home, server: WebhookServer) -> None:
    house = House(home)
    acme = house.officer()
    new = NewEntry(tenant="acme", name="mine", url=server.url)
    with pytest.raises(NotPermitted, match="Only the owner"):
        house.do(register.ADD, new, acme)
    house.add(server.url)
    for operation, args in (
        (register.RENEW, StatedTerms(tenant="acme", name="desk", region="local")),
        (register.END, EntryArgs(name="desk")),
        (register.ADD, NewEntry(tenant="globex", name="desk")),
        (register.LIST, RegisterArgs()),
    ):
        with pytest.raises(NotPermitted):
            house.do(operation, args, acme)
    house.enable("globex")
    (seen,) = house.do(register.LIST, RegisterArgs(tenant="acme"), acme).entries
    assert (seen.tenants, seen.enabled_on) == ((), None)
    assert house.do(register.SHOW, EntryArgs(name="desk")).tenants == ("globex",)


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"name": "Has Spaces"}, "1 to 63"),
        ({"name": "default"}, "is none of"),
        ({"url": "ftp://host"}, "http"),
        ({"url": "https://me:pw@host/"}, "no user, password"),
        ({"url": ""}, "needs a URL"),
        ({"kind": "database"}, "QUIETDESK_DATABASE_URL"),
        ({"kind": "model"}, "model add"),
        ({"url_env": "HOOK"}, "and not both"),
        ({"contract_on": date(2026, 1, 5)}, "give both"),
        (
            {"contract_on": date(2026, 1, 5), "contract_sha256": "x" * 64},
            "64 of 0-9 and a-f",
        ),
    ],
)
def test_what_cannot_be_an_entry_is_not_registered(
    wrong: dict[str, Any], why: str, home: Home
) -> None:
    args: dict[str, Any] = {"name": "desk", "url": "https://desk.example/replies"} | wrong
    with pytest.raises(BadInput, match=why):
        House(home).do(register.ADD, NewEntry(**args))
    assert home.subprocessors.store.list() == []


def test_an_unknown_entry_is_named(home: Home) -> None:
    with pytest.raises(NotFound, match="no entry “desk”"):
        House(home).enable()


def test_the_webhook_of_the_settings_is_the_first_entry_and_another_url_is_announced_again(
    tmp_path: Path, server: WebhookServer
) -> None:
    def opened(url: str | None) -> Home:
        settings = Settings(home=tmp_path, webhook_url=url)  # pyright: ignore[reportArgumentType] - pydantic parses it
        return Home.open(settings, parts=light_parts())

    with opened(server.url) as home:
        house = House(home)
        first = home.subprocessors.named(WEBHOOK)
        assert house.posts()
        with pytest.raises(BadInput, match="Unset the setting"):
            house.do(register.END, EntryArgs(name=WEBHOOK))
    with opened("https://desk.example/replies") as home:
        second = home.subprocessors.named(WEBHOOK)
        assert second.id != first.id
        kinds = [row.kind for row in home.desk("acme").ledger.rows()]
        assert kinds.count("register.enabled") == kinds.count("register.ended") == 1
        with pytest.raises(GateClosed, match="lacks for default-webhook: region"):
            home.post_replies("acme")
    with opened(None) as home:
        assert home.subprocessors.store.list() == []
        assert home.subprocessors.places() == []


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("postgresql://me:p@ss@db.example:6432/name", "postgresql://db.example:6432"),
        ("postgresql:///name?host=/run/postgresql", "postgresql://localhost"),
        ("postgresql://127.0.0.1/name?hostaddr=203.0.113.9", "postgresql://203.0.113.9"),
        ("postgresql://a.example:1,b.example:2/name", "postgresql://a.example:1"),
        ("postgresql://localhost:5432/name", "postgresql://localhost:5432"),
    ],
)
def test_the_origin_of_a_database_is_where_it_connects_to(url: str, origin: str) -> None:
    assert database_origin(url) == origin


def test_a_tenant_is_not_opened_in_a_database_that_its_policy_does_not_allow(home: Home) -> None:
    house = House(home)
    away = home.settings.model_copy(update={"database_url": _Secret("postgresql://db.example/q")})
    home.subprocessors.settle(away)
    home.settings = away
    with pytest.raises(GateClosed, match="lacks for default-database: region") as caught:
        home.desk("acme")
    assert "register renew" in caught.value.todo
    assert DATABASE in caught.value.todo
    house.do(register.RENEW, StatedTerms(name=DATABASE, region="us", no_training=True))
    with pytest.raises(GateClosed, match="region us"):
        home.desk("acme")
    house.do(register.RENEW, StatedTerms(name=DATABASE, region="eu"))
    assert home.desk("acme")


class _Secret:
    def __init__(self, value: str) -> None:
        self._value = value

    def get_secret_value(self) -> str:
        return self._value


def test_this_process_connects_to_the_places_of_the_register_alone(home: Home) -> None:
    house = House(home)
    house.add("https://desk.example/replies")
    assert netguard._guard.allows(("desk.example", 443))
    house.do(register.END, EntryArgs(name="desk"))
    assert not netguard._guard.allows(("desk.example", 443))
