"""Users are administered by operations: by the owner of the home, or by an admin of a tenant."""

from __future__ import annotations

import json
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from assistant.bootstrap import Home
from assistant.errors import BadInput, NotFound, NotPermitted, Refused
from assistant.model import Role
from assistant.settings import Settings
from tests.fakes.parts import light_parts
from ui.operations.base import silent
from ui.operations.callers import Caller, Interface, logged_in
from ui.operations.operator import Operator
from ui.operations.registry import OPERATIONS

PASSWORD, OTHER = "correct horse battery", "staple of the battery"
OWNER = Caller(Interface.SHELL, owner=True)
PEOPLE = {"ada": Role.ADMIN, "rae": Role.REVIEWER, "ann": Role.AGENT}


@pytest.fixture
def home(tmp_path: Path) -> Generator[Home]:
    with Home.open(Settings(home=tmp_path), parts=light_parts()) as opened:
        for slug in ("acme", "globex"):
            opened.add_tenant(slug)
        for login, role in PEOPLE.items():
            do(opened, OWNER, "user.add", tenant="acme", login=login, password=PASSWORD, role=role)
        yield opened


def do(home: Home, caller: Caller, name: str, **args: Any) -> Any:
    operation = OPERATIONS[name]
    return Operator(home).perform(operation, caller, operation.args.model_validate(args), silent)


def person(home: Home, login: str) -> Caller:
    return logged_in(home, login, Interface.SHELL)


def test_the_owner_lists_all_users_and_an_admin_those_of_the_tenant(home: Home) -> None:
    do(home, OWNER, "user.add", tenant="globex", login="gil", password=PASSWORD, role="agent")
    every = do(home, OWNER, "user.list")
    mine = do(home, person(home, "ada"), "user.list", tenant="acme")
    assert [each.login for each in every.users] == ["ada", "ann", "gil", "rae"]
    assert [each.login for each in mine.users] == ["ada", "ann", "rae"]
    with pytest.raises(NotPermitted):
        do(home, person(home, "ada"), "user.list")


def test_an_admin_removes_a_user_and_nobody_else_may(home: Home) -> None:
    for login in ("rae", "ann"):
        with pytest.raises(NotPermitted):
            do(home, person(home, login), "user.remove", tenant="acme", login="ann")
    token = home.accounts.open_session(home.accounts.memberships("ann")[0].user, 1, 60)
    do(home, person(home, "ada"), "user.remove", tenant="acme", login="ann")
    assert home.accounts.session_user(token) is None
    with pytest.raises(NotFound):
        do(home, OWNER, "user.show", login="ann")


def test_the_last_admin_goes_only_by_force(home: Home) -> None:
    with pytest.raises(Refused, match="last admin"):
        do(home, OWNER, "member.remove", tenant="acme", login="ada", role="admin")
    do(home, OWNER, "member.remove", tenant="acme", login="ada", role="admin", force=True)
    do(home, OWNER, "member.add", tenant="acme", login="ann", role="admin")
    shown = do(home, OWNER, "user.show", login="ann")
    assert [(each.tenant, each.roles) for each in shown.memberships] == [
        ("acme", ("agent", "admin"))
    ]


def test_a_person_changes_the_own_password_with_the_old_one(home: Home) -> None:
    ann = person(home, "ann")
    with pytest.raises(NotPermitted, match="old password"):
        do(home, ann, "user.own_password", tenant="acme", old="not the old one", new=OTHER)
    with pytest.raises(BadInput):
        do(home, ann, "user.own_password", tenant="acme", old=PASSWORD, new="short")
    do(home, ann, "user.own_password", tenant="acme", old=PASSWORD, new=OTHER)
    assert home.accounts.authenticate("ann", PASSWORD) is None
    assert home.accounts.authenticate("ann", OTHER) is not None
    with pytest.raises(NotPermitted):
        do(home, ann, "user.password", tenant="acme", login="rae", password=OTHER)


def test_every_change_is_in_the_ledger_with_who_made_it_and_no_password(home: Home) -> None:
    ada = person(home, "ada")
    do(home, ada, "member.add", tenant="acme", login="ann", role="reviewer")
    do(home, ada, "member.remove", tenant="acme", login="ann", role="agent")
    do(home, ada, "user.password", tenant="acme", login="ann", password=OTHER)
    do(home, ada, "session.end", tenant="acme", login="ann")
    do(home, OWNER, "user.remove", login="ann")
    kept = [row for row in home.desk("acme").ledger.rows() if row.kind != "policy.set"]
    rows, by = [(row.kind, json.loads(row.body)["by"]) for row in kept], ada.user_id
    assert rows[3:] == [
        ("member.added", by),
        ("member.removed", by),
        ("password.set", by),
        ("sessions.ended", by),
        ("user.removed", "owner"),
    ]
    assert [kind for kind, _ in rows[:3]] == ["member.added"] * 3
    assert OTHER not in "".join(row.body for row in kept)
    assert not any(login in row.body for row in kept for login in ('"ada"', '"ann"'))


def test_a_tenant_or_a_role_that_is_not_there_is_named(home: Home) -> None:
    with pytest.raises(NotFound):
        do(home, OWNER, "user.list", tenant="nowhere")
    with pytest.raises(BadInput, match="agent, reviewer, knowledge, officer, admin"):
        do(home, OWNER, "member.add", tenant="acme", login="ann", role="boss")


def test_no_password_shows_in_a_repr() -> None:
    for name in ("user.password", "user.own_password", "user.add"):
        fields = OPERATIONS[name].args.model_fields
        secrets = {key for key in fields if key in ("password", "old", "new")}
        assert secrets
        assert not any(fields[key].repr for key in secrets)


def test_guesses_at_the_old_password_lock_out_the_address_that_guesses_alone(home: Home) -> None:
    here, elsewhere = (
        logged_in(home, "ann", Interface.PAGE, each) for each in ("192.0.2.1", "192.0.2.9")
    )
    change = {"tenant": "acme", "old": "a wrong guess", "new": OTHER}
    for _ in range(8):
        with pytest.raises(NotPermitted, match="old password is wrong"):
            do(home, here, "user.own_password", **change)
    with pytest.raises(NotPermitted, match="too often from this address"):
        do(home, here, "user.own_password", **(change | {"old": PASSWORD}))
    do(home, elsewhere, "user.own_password", **(change | {"old": PASSWORD}))
