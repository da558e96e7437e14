from __future__ import annotations

import json

import pytest

from assistant.errors import BadInput, NotFound, NotPermitted, Refused
from assistant.flows import people
from assistant.flows.people import Administration, Administrator
from assistant.model import OWNER, Role, User, new_id
from guardrails.audit.ledger import Ledger
from guardrails.policy import Policy
from tests.fakes.databases import TestHome

PASSWORD, OTHER = "correct horse battery", "staple of the battery"


class House:
    """Two tenants of a home, who works there, and the owner."""

    def __init__(self, home: TestHome) -> None:
        self.home = home
        rooms = [home.move_in() for _ in range(2)]
        self.rooms = {room.tenant.slug: room for room in rooms}
        self.acme, self.globex = self.rooms
        self.owner = self.administered(Administrator())

    def administered(self, by: Administrator) -> Administration:
        return Administration(self.home.accounts.users, self.ledger, by)

    def admin_of(self, tenant: str) -> Administration:
        user = self.add(tenant, Role.ADMIN)
        return self.administered(Administrator(user.login, tenant, user.id))

    def add(self, tenant: str, role: Role) -> User:
        return self.home.accounts.add_user(f"u-{new_id()}", PASSWORD, tenant, role)

    def ledger(self, slug: str) -> Ledger:
        return self.rooms[slug].ledger

    def written(self, slug: str) -> list[tuple[str, dict[str, object]]]:
        found = ((row.kind, json.loads(row.body)) for row in self.ledger(slug).rows())
        added = ("policy_version", "policy_hash")
        return [
            (kind, {name: fact for name, fact in facts.items() if name not in added})
            for kind, facts in found
        ]

    def logged_in(self, user: User) -> str:
        return self.home.accounts.open_session(user, 1, 60)


@pytest.fixture
def house(home: TestHome) -> House:
    return House(home)


def test_a_user_is_shown_with_roles_sessions_and_last_login(house: House) -> None:
    user = house.add(house.acme, Role.AGENT)
    before = people.account(house.owner, user.login)
    assert (before.sessions, before.last_login_at) == (0, None)
    people.add_role(house.owner, user.login, house.acme, Role.ADMIN)
    house.logged_in(user)
    house.logged_in(user)
    now = people.account(house.owner, f" {user.login.upper()}")
    assert (now.user, now.sessions) == (user, 2)
    assert [(each.tenant, each.roles) for each in now.memberships] == [
        (house.acme, {Role.AGENT, Role.ADMIN})
    ]
    assert now.last_login_at is not None
    assert now in people.accounts(house.owner)


def test_a_removed_user_is_out_at_once_and_the_ledger_keeps_the_id(house: House) -> None:
    user = house.add(house.acme, Role.REVIEWER)
    token = house.logged_in(user)
    people.remove_user(house.owner, user.login)
    assert house.home.accounts.session_user(token) is None
    assert house.home.accounts.authenticate(user.login, PASSWORD) is None
    assert house.home.accounts.memberships(user.login) == []
    assert house.written(house.acme) == [("user.removed", {"user": user.id, "by": OWNER})]
    with pytest.raises(NotFound):
        people.account(house.owner, user.login)


def test_a_new_user_with_the_login_of_a_removed_one_gets_nothing_of_theirs(house: House) -> None:
    user = house.add(house.acme, Role.REVIEWER)
    token = house.logged_in(user)
    people.remove_user(house.owner, user.login)
    house.home.accounts.add_user(user.login, OTHER, house.globex, Role.AGENT)
    assert house.home.accounts.session_user(token) is None
    assert house.home.accounts.member(user.login, house.acme) is None


def test_a_password_that_was_reset_ends_every_session(house: House) -> None:
    user = house.add(house.acme, Role.AGENT)
    token = house.logged_in(user)
    people.reset_password(house.owner, user.login, OTHER)
    assert house.home.accounts.session_user(token) is None
    assert house.home.accounts.authenticate(user.login, PASSWORD) is None
    assert house.home.accounts.authenticate(user.login, OTHER) == user
    assert house.written(house.acme) == [("password.set", {"user": user.id, "by": OWNER})]
    with pytest.raises(BadInput):
        people.reset_password(house.owner, user.login, "short")


def test_ones_own_new_password_ends_every_session_but_this_one(house: House) -> None:
    user = house.add(house.acme, Role.AGENT)
    here, elsewhere = house.logged_in(user), house.logged_in(user)
    mine = house.administered(Administrator(user.login, house.acme))
    people.change_password(mine, user, OTHER, keep=here)
    assert house.home.accounts.session_user(here) == user
    assert house.home.accounts.session_user(elsewhere) is None
    assert house.home.accounts.authenticate(user.login, OTHER) == user


def test_all_sessions_of_a_user_end_together_and_no_one_elses(house: House) -> None:
    user, other = house.add(house.acme, Role.AGENT), house.add(house.acme, Role.AGENT)
    tokens, kept = [house.logged_in(user) for _ in range(3)], house.logged_in(other)
    assert people.end_sessions(house.owner, user.login) == 3
    assert [house.home.accounts.session_user(token) for token in tokens] == [None] * 3
    assert house.home.accounts.session_user(kept) == other
    ended = {"user": user.id, "by": OWNER, "count": 3}
    assert house.written(house.acme) == [("sessions.ended", ended)]


def test_a_role_is_given_once_and_taken_away_alone(house: House) -> None:
    admin = house.admin_of(house.acme)
    user = house.add(house.acme, Role.AGENT)
    for _ in range(2):
        people.add_role(admin, user.login, house.acme, Role.REVIEWER)
    people.remove_role(admin, user.login, house.acme, Role.AGENT)
    member = house.home.accounts.member(user.login, house.acme)
    assert member is not None
    assert member.roles == {Role.REVIEWER}
    by = {"user": user.id, "by": admin.by.id}
    assert house.written(house.acme) == [
        ("member.added", {**by, "role": "reviewer"}),
        ("member.removed", {**by, "role": "agent"}),
    ]
    with pytest.raises(NotFound):
        people.remove_role(admin, user.login, house.acme, Role.ADMIN)


def test_a_role_taken_away_is_gone_for_a_session_that_runs(house: House) -> None:
    user = house.add(house.acme, Role.AGENT)
    token = house.logged_in(user)
    people.remove_role(house.owner, user.login, house.acme, Role.AGENT)
    assert house.home.accounts.session_user(token) == user
    assert house.home.accounts.member(user.login, house.acme) is None


def test_the_last_admin_of_a_tenant_stays_unless_it_is_forced(house: House) -> None:
    admin = house.admin_of(house.acme)
    login = admin.by.login
    assert login is not None
    for take in (
        lambda: people.remove_role(house.owner, login, house.acme, Role.ADMIN),
        lambda: people.remove_user(house.owner, login),
    ):
        with pytest.raises(Refused, match="last admin"):
            take()
    assert house.written(house.acme) == []
    house.admin_of(house.acme)
    people.remove_role(house.owner, login, house.acme, Role.ADMIN)
    people.add_role(house.owner, login, house.globex, Role.ADMIN)
    people.remove_user(house.owner, login, force=True)
    assert people.accounts(house.administered(Administrator("x", house.globex))) == []


def test_an_admin_sees_the_own_tenants_users_and_that_membership_alone(house: House) -> None:
    admin = house.admin_of(house.acme)
    both, stranger = house.add(house.acme, Role.AGENT), house.add(house.globex, Role.AGENT)
    people.add_role(house.owner, both.login, house.globex, Role.AGENT)
    seen = {each.user.login: each for each in people.accounts(admin)}
    assert set(seen) == {both.login, admin.by.login}
    assert [each.tenant for each in seen[both.login].memberships] == [house.acme]
    with pytest.raises(NotFound):
        people.account(admin, stranger.login)


def test_an_admin_changes_no_account_that_opens_another_tenant(house: House) -> None:
    admin = house.admin_of(house.acme)
    both, stranger = house.add(house.acme, Role.AGENT), house.add(house.globex, Role.AGENT)
    people.add_role(house.owner, both.login, house.globex, Role.AGENT)
    for login, refusal in ((both.login, NotPermitted), (stranger.login, NotFound)):
        with pytest.raises(refusal):
            people.reset_password(admin, login, OTHER)
        with pytest.raises(refusal):
            people.remove_user(admin, login)
        with pytest.raises(refusal):
            people.end_sessions(admin, login)
        assert house.home.accounts.authenticate(login, PASSWORD) is not None


def test_an_admin_gives_and_takes_no_role_at_another_tenant(house: House) -> None:
    admin = house.admin_of(house.acme)
    stranger = house.add(house.globex, Role.AGENT)
    with pytest.raises(NotPermitted):
        people.add_role(admin, stranger.login, house.globex, Role.ADMIN)
    with pytest.raises(NotPermitted):
        people.remove_role(admin, stranger.login, house.globex, Role.AGENT)
    people.add_role(admin, stranger.login, house.acme, Role.AGENT)
    assert len(house.home.accounts.memberships(stranger.login)) == 2


def test_a_change_that_the_ledger_cannot_take_is_not_made(house: House) -> None:
    user = house.add(house.acme, Role.AGENT)

    class Broken(Ledger):
        def append(self, kind: object, **facts: object) -> object:  # pyright: ignore[reportIncompatibleMethodOverride] - it only fails
            raise OSError("disk")

    room = house.rooms[house.acme]
    broken = Administration(
        house.home.accounts.users,
        lambda _slug: Broken(room.records.ledger, room.key, Policy),
        Administrator(),
    )
    with pytest.raises(OSError):
        people.reset_password(broken, user.login, OTHER)
    with pytest.raises(OSError):
        people.remove_user(broken, user.login)
    assert house.home.accounts.authenticate(user.login, PASSWORD) == user
