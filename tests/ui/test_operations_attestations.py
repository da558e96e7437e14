"""An officer vouches for clauses of the tenant's own policy, from every interface."""

from __future__ import annotations

from collections.abc import Generator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from assistant.bootstrap import Home
from assistant.errors import BadInput, NotPermitted
from assistant.model import Role, Tenant
from assistant.settings import Settings
from guardrails.policy.profile import parse, source
from guardrails.policy.versions import Version
from tests.fakes.parts import light_parts
from ui.operations.attestations import ATTEST, ATTESTATIONS, AttestArgs, VouchedList
from ui.operations.base import TenantArgs, silent
from ui.operations.callers import Caller, Interface, logged_in
from ui.operations.operator import Operator

PASSWORD = "correct-horse-battery"
HASH = "ab" * 32


class Movable:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = datetime(2027, 1, 31, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def anybody(_tenant: Tenant, _version: Version) -> None:
    """Let everybody publish."""


def put_under(home: Home, slug: str, name: str) -> None:
    """Put a tenant under a shipped profile."""
    body = source(name)
    home.policies.apply(slug, parse(name, body), body.decode(), "", anybody)


@pytest.fixture
def clock() -> Movable:
    return Movable()


@pytest.fixture
def home(tmp_path: Path, clock: Movable) -> Generator[Home]:
    settings = Settings(home=tmp_path / "home")
    with Home.open(settings, parts=light_parts(), clock=clock) as opened:
        for slug in ("acme", "free"):
            opened.add_tenant(slug)
            for role in (Role.OFFICER, Role.REVIEWER, Role.ADMIN):
                opened.accounts.add_user(f"{role}-{slug}", PASSWORD, slug, role)
        put_under(opened, "acme", "netwise-pro-msp")
        yield opened


def attest(home: Home, clause: str = "NW-4.1", by: str = "officer-acme") -> VouchedList:
    caller = logged_in(home, by, Interface.PAGE)
    args = AttestArgs(tenant=by.partition("-")[2], clause=clause, sha256=HASH)
    return Operator(home).perform(ATTEST, caller, args, silent)


def listed(home: Home) -> VouchedList:
    owner = Caller(Interface.SHELL, owner=True)
    return Operator(home).perform(ATTESTATIONS, owner, TenantArgs(tenant="acme"), silent)


def test_an_officer_vouches_and_the_list_says_who_and_until_when(home: Home) -> None:
    assert listed(home).open == 16
    done = attest(home)
    assert done.open == 15
    (now,) = [each for each in listed(home).clauses if each.state == "vouched"]
    assert (now.clause.id, now.by, now.role) == ("NW-4.1", "officer-acme", "officer")
    assert str(now.until) == "2028-01-31"


def test_an_attestation_lapses_and_is_open_again(home: Home, clock: Movable) -> None:
    attest(home)
    clock.now += timedelta(days=366)
    assert listed(home).open == 16
    assert [each.clause.id for each in listed(home).clauses if each.state == "lapsed"] == ["NW-4.1"]


def test_the_owner_a_reviewer_and_an_admin_cannot_vouch(home: Home) -> None:
    for by in ("reviewer-acme", "admin-acme"):
        with pytest.raises(NotPermitted):
            attest(home, by=by)
    args = AttestArgs(tenant="acme", clause="NW-4.1", sha256=HASH)
    with pytest.raises(NotPermitted):
        Operator(home).perform(ATTEST, Caller(Interface.SHELL, owner=True), args, silent)
    assert listed(home).open == 16


def test_a_tenant_under_no_published_policy_has_nothing_to_attest(home: Home) -> None:
    with pytest.raises(BadInput, match="free is under no published policy"):
        attest(home, by="officer-free")


def test_an_officer_who_was_removed_is_still_named_by_id(home: Home) -> None:
    attest(home)
    user = home.accounts.users.get("officer-acme")
    assert user is not None
    home.accounts.users.remove(user.user)
    (now,) = [each for each in listed(home).clauses if each.state == "vouched"]
    assert now.by == now.user == user.user.id
