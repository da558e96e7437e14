from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Literal

import pytest
from argon2 import PasswordHasher, extract_parameters

from assistant.adapters.records import Accounts
from assistant.errors import BadInput, KeyTrouble, NotFound
from assistant.model import Membership, Role, User, new_id
from guardrails.crypto.keys import MasterKey
from guardrails.policy import Policy, codec
from tests.fakes.databases import MASTER_KEY, TestHome
from tests.fakes.parts import CHEAP_HASHER
from tests.fakes.policies import a_policy

PASSWORD = "correct horse battery"


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.time = datetime(2026, 10, 12, 8, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def wait(self, **span: float) -> None:
        self.time += timedelta(**span)


def test_a_tenant_comes_back_with_its_policy(home: TestHome) -> None:
    policy = a_policy(7, ai=False, regions=("eu",), phi=True)
    made = home.accounts.add_tenant(_slug(), policy)
    assert home.accounts.tenant(made.slug) == made
    assert made.policy == replace(policy, version=1)
    assert made in home.accounts.tenants()


def test_tenants_are_listed_by_slug(home: TestHome) -> None:
    for _ in range(3):
        home.accounts.add_tenant(_slug(), Policy())
    slugs = [tenant.slug for tenant in home.accounts.tenants()]
    assert slugs == sorted(slugs)


@pytest.mark.parametrize("slug", ["", "-a", "Harbour", "a b", "a/b", "é", "a" * 64, "a\n"])
def test_a_slug_that_could_confuse_is_refused(home: TestHome, slug: str) -> None:
    with pytest.raises(BadInput):
        home.accounts.add_tenant(slug, Policy())


def test_a_slug_in_use_is_refused(home: TestHome) -> None:
    slug = _slug()
    home.accounts.add_tenant(slug, Policy())
    with pytest.raises(BadInput, match="already"):
        home.accounts.add_tenant(slug, Policy())


def test_an_unknown_tenant_is_not_found_and_no_other_is_named(home: TestHome) -> None:
    other = home.accounts.add_tenant(_slug(), Policy())
    for ask in (home.accounts.tenant, home.accounts.data_key, home.accounts.policy):
        with pytest.raises(NotFound) as caught:
            ask("nobody")
        assert other.slug not in str(caught.value)


def test_every_tenant_has_a_key_of_its_own(home: TestHome) -> None:
    one = home.accounts.add_tenant(_slug(), Policy())
    two = home.accounts.add_tenant(_slug(), Policy())
    assert home.accounts.data_key(one.slug) == home.accounts.data_key(one.slug)
    assert home.accounts.data_key(one.slug) != home.accounts.data_key(two.slug)


def test_another_master_key_opens_no_tenant(home: TestHome) -> None:
    tenant = home.accounts.add_tenant(_slug(), Policy())
    with pytest.raises(KeyTrouble):
        Accounts(home.database, MasterKey(b"x" * 32)).data_key(tenant.slug)


def test_a_wrapped_key_moved_to_another_tenant_does_not_open(home: TestHome) -> None:
    one = home.accounts.add_tenant(_slug(), Policy())
    two = home.accounts.add_tenant(_slug(), Policy())
    home.tamper(
        "UPDATE tenants SET wrapped_key = (SELECT wrapped_key FROM tenants WHERE id = :one)"
        " WHERE id = :two",
        one=one.id,
        two=two.id,
    )
    with pytest.raises(KeyTrouble):
        home.accounts.data_key(two.slug)


def test_a_policy_with_a_rule_that_is_unknown_here_is_refused(home: TestHome) -> None:
    tenant = home.accounts.add_tenant(_slug(), Policy())
    body = '{"never_on_sundays": true}'
    update = "UPDATE policies SET body = :body, sha256 = :hash WHERE tenant_id = :id"
    home.tamper(update, body=body, hash=codec.hash_of(body), id=tenant.id)
    with pytest.raises(BadInput, match="never_on_sundays"):
        home.accounts.tenant(tenant.slug)
    home.tamper("DELETE FROM tenants WHERE id = :id", id=tenant.id)


def test_a_user_logs_in_with_their_password_alone(home: TestHome) -> None:
    login, user = _user(home)
    assert home.accounts.authenticate(login, PASSWORD) == user
    assert home.accounts.authenticate(f"  {login.upper()} ", PASSWORD) == user
    assert home.accounts.authenticate(login, PASSWORD + "!") is None
    assert home.accounts.authenticate("nobody", PASSWORD) is None


def test_no_password_and_no_token_is_in_the_database(home: TestHome) -> None:
    login, user = _user(home)
    token = home.accounts.open_session(user, 1, 60)
    ((stored,),) = home.tamper("SELECT password_hash FROM users WHERE login = :name", name=login)
    hashes = [each for (each,) in home.tamper("SELECT token_hash FROM sessions")]
    assert stored.startswith("$argon2id$")
    assert PASSWORD not in stored
    assert token not in hashes


@pytest.mark.parametrize("password", ["", "short", "x" * 9, "x" * 1025])
def test_a_password_too_short_or_too_long_is_refused(home: TestHome, password: str) -> None:
    tenant = home.accounts.add_tenant(_slug(), Policy())
    with pytest.raises(BadInput, match="10"):
        home.accounts.add_user(new_id(), password, tenant.slug, Role.AGENT)


@pytest.mark.parametrize("login", ["", "  ", "two words", "nul\0", "x" * 255])
def test_a_login_that_could_confuse_is_refused(home: TestHome, login: str) -> None:
    tenant = home.accounts.add_tenant(_slug(), Policy())
    with pytest.raises(BadInput):
        home.accounts.add_user(login, PASSWORD, tenant.slug, Role.AGENT)


def test_a_user_of_no_tenant_is_not_made(home: TestHome) -> None:
    login = new_id()
    with pytest.raises(NotFound):
        home.accounts.add_user(login, PASSWORD, "nobody", Role.AGENT)
    assert home.accounts.authenticate(login, PASSWORD) is None


def test_a_user_is_a_member_where_they_were_made_one_and_nowhere_else(home: TestHome) -> None:
    login, user = _user(home)
    other = home.accounts.add_tenant(_slug(), Policy())
    (member,) = home.accounts.memberships(login)
    assert (member.user, member.roles) == (user, {Role.AGENT})
    assert home.accounts.member(login, member.tenant) == member
    assert home.accounts.member(login, other.slug) is None
    assert home.accounts.member("nobody", other.slug) is None


def test_a_known_user_gets_further_roles_with_their_own_password(home: TestHome) -> None:
    login, user = _user(home)
    other = home.accounts.add_tenant(_slug(), Policy())
    assert home.accounts.add_user(login, PASSWORD, other.slug, Role.REVIEWER) == user
    assert len(home.accounts.memberships(login)) == 2
    for _ in range(2):
        home.accounts.add_user(login, PASSWORD, other.slug, Role.ADMIN)
    member = home.accounts.member(login, other.slug)
    assert member is not None
    assert member.roles == {Role.REVIEWER, Role.ADMIN}


def test_a_reviewer_may_what_an_agent_may_and_an_admin_may_not(home: TestHome) -> None:
    _, user = _user(home)

    def may(*roles: Role) -> set[Role]:
        return {role for role in Role if Membership(user, "acme", frozenset(roles)).may(role)}

    assert may(Role.AGENT) == {Role.AGENT}
    assert may(Role.REVIEWER) == {Role.AGENT, Role.REVIEWER}
    assert may(Role.ADMIN) == {Role.ADMIN}
    assert may(Role.ADMIN, Role.REVIEWER) == {Role.AGENT, Role.REVIEWER, Role.ADMIN}
    assert may() == set()


def test_nobody_takes_over_a_login_by_adding_it_again(home: TestHome) -> None:
    login, _ = _user(home)
    other = home.accounts.add_tenant(_slug(), Policy())
    with pytest.raises(BadInput, match="already"):
        home.accounts.add_user(login, "another password", other.slug, Role.ADMIN)
    assert home.accounts.member(login, other.slug) is None
    assert home.accounts.authenticate(login, "another password") is None


def test_a_session_ends_with_its_time_however_busy_it_is(home: TestHome) -> None:
    clock = Clock()
    accounts = Accounts(home.database, MASTER_KEY, now=clock, hasher=CHEAP_HASHER)
    _, user = _user(home)
    token = accounts.open_session(user, 2, 60)
    for _ in range(3):
        assert accounts.session_user(token) == user
        clock.wait(minutes=30)
    clock.wait(minutes=29)
    assert accounts.session_user(token) == user
    clock.wait(minutes=1)
    assert accounts.session_user(token) is None


def test_a_session_that_nobody_uses_ends_before_its_time(home: TestHome) -> None:
    clock = Clock()
    accounts = Accounts(home.database, MASTER_KEY, now=clock)
    login, user = _user(home)
    token, other = accounts.open_session(user, 12, 30), accounts.open_session(user, 12, 30)
    clock.wait(minutes=29)
    assert accounts.session_user(token) == user
    clock.wait(minutes=29)
    assert accounts.session_user(token) == user
    assert accounts.session_user(other) is None
    clock.wait(minutes=30)
    assert accounts.session_user(token) is None
    account = accounts.users.get(login)
    assert account is not None
    assert account.sessions == 0


def test_a_session_that_was_closed_is_over(home: TestHome) -> None:
    _, user = _user(home)
    token, other = home.accounts.open_session(user, 1, 60), home.accounts.open_session(user, 1, 60)
    home.accounts.close_session(token)
    home.accounts.close_session("never was")
    assert home.accounts.session_user(token) is None
    assert home.accounts.session_user(other) == user
    assert home.accounts.session_user("") is None


def test_an_unknown_login_takes_as_long_as_a_wrong_password(home: TestHome) -> None:
    hasher = _Counting()
    accounts = Accounts(home.database, MASTER_KEY, hasher=hasher)
    login, _ = _user(home, accounts)
    for name in (login, "nobody"):
        accounts.authenticate(name, "wrong password")
    known, unknown = map(extract_parameters, hasher.measured)
    assert known == unknown


def _slug() -> str:
    return f"t-{new_id()}"


class _Counting(PasswordHasher):
    """Keeps the hashes that passwords were measured against."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=16, parallelism=1)
        self.measured: list[str] = []

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002 - the vendor's name
        self.measured.append(str(hash))
        return super().verify(hash, password)


def _user(home: TestHome, accounts: Accounts | None = None) -> tuple[str, User]:
    login = f"u-{new_id()}"
    tenant = home.accounts.add_tenant(_slug(), Policy())
    added = (accounts or home.accounts).add_user(login, PASSWORD, tenant.slug, Role.AGENT)
    return login, added
