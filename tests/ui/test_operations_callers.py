"""Who may call what is declared by the operation, and checked before anything of it runs."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import replace
from importlib import import_module
from itertools import product
from pathlib import Path
from pkgutil import iter_modules
from typing import Any, cast

import pytest

from assistant.bootstrap import Home
from assistant.errors import NotPermitted, QuietdeskError
from assistant.flows.draft import draft_reply
from assistant.model import Role
from assistant.settings import Settings
from guardrails import RawText
from tests.fakes.parts import light_parts
from tests.fakes.tickets import import_tickets
from ui import operations as made
from ui.operations.base import Credential, Operation, Shape, TenantArgs, silent
from ui.operations.callers import Caller, Interface, logged_in
from ui.operations.lines import LINES
from ui.operations.operator import Operator
from ui.operations.registry import OPERATIONS

PASSWORD = "correct-horse-battery"
EVERY = pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS.keys())
FOR_ADMINS = [each for each in OPERATIONS.values() if Role.ADMIN in each.needs.roles]
STREAMS = [each for each in OPERATIONS.values() if each.streams]
PATHS = {"path", "out"}
WORDS = ("Quillfeather", "yardarm", "blank pages")
TICKET = """\
{"id": "AC-1", "subject": "The yardarm printer", "requester": {"name": "Theo Quillfeather"},
 "turns": [{"text": "The yardarm printer prints blank pages."}]}
""".replace("\n ", " ")

AnyOperation = Operation[Any, Any]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Generator[Home]:
    """A home with two tenants and a person for each role at each."""
    settings = Settings(home=tmp_path_factory.mktemp("callers") / "home")
    with Home.open(settings, parts=light_parts()) as opened:
        for tenant in ("acme", "other"):
            opened.add_tenant(tenant)
            for role in Role:
                opened.accounts.add_user(f"{role}-{tenant}", PASSWORD, tenant, role)
        yield opened


class _Reached(Exception):
    """The operation ran."""


def may(home: Home, operation: AnyOperation, caller: Caller) -> bool:
    """Return whether ``caller`` gets as far as the operation's own code, at the tenant acme."""

    def reached(*_: object) -> Shape:
        raise _Reached

    args = operation.args.model_construct(tenant="acme")
    try:
        Operator(home).perform(replace(operation, run=reached), caller, args, silent)
    except NotPermitted:
        return False
    except _Reached:
        return True
    raise AssertionError


def of_tenant(operation: AnyOperation) -> bool:
    return issubclass(operation.args, TenantArgs)


@EVERY
def test_the_owner_calls_what_is_declared_for_the_owner(
    home: Home, operation: AnyOperation
) -> None:
    for interface in (Interface.SHELL, Interface.SOCKET):
        assert may(home, operation, Caller(interface, owner=True)) is operation.needs.owner


@EVERY
@pytest.mark.parametrize("role", Role)
def test_a_member_calls_what_their_role_may(
    home: Home, operation: AnyOperation, role: Role
) -> None:
    person = logged_in(home, f"{role}-acme", Interface.SHELL)
    declared = of_tenant(operation) and any(
        person.may("acme", wanted) for wanted in operation.needs.roles
    )
    assert may(home, operation, person) is declared


@EVERY
@pytest.mark.parametrize("role", Role)
def test_a_member_of_another_tenant_calls_nothing_here(
    home: Home, operation: AnyOperation, role: Role
) -> None:
    assert not may(home, operation, logged_in(home, f"{role}-other", Interface.SHELL))


@EVERY
@pytest.mark.parametrize("interface", Interface)
def test_nobody_calls_nothing(home: Home, operation: AnyOperation, interface: Interface) -> None:
    assert not may(home, operation, Caller(interface))
    assert not may(home, operation, logged_in(home, "a-stranger", interface))


@EVERY
def test_what_names_no_tenant_is_the_owners_alone(operation: AnyOperation) -> None:
    if not of_tenant(operation):
        assert operation.needs.owner
        assert operation.needs.roles == ()


@EVERY
def test_what_takes_a_path_is_called_on_this_machine_alone(
    home: Home, operation: AnyOperation
) -> None:
    assert operation.local_only is bool(PATHS & operation.args.model_fields.keys())
    if operation.local_only:
        assert not may(home, operation, Caller(Interface.PAGE, owner=True))
        for role in Role:
            assert not may(home, operation, logged_in(home, f"{role}-acme", Interface.PAGE))


@pytest.mark.parametrize("operation", STREAMS, ids=[each.name for each in STREAMS])
def test_a_stream_begins_for_those_alone_who_may_call_the_operation(
    home: Home, operation: AnyOperation
) -> None:
    def reached(*_: object) -> Iterator[Shape]:
        raise _Reached

    watched = replace(operation, stream=reached)
    args = operation.args.model_construct(tenant="acme")
    for role, tenant in product(Role, ("acme", "other")):
        caller = logged_in(home, f"{role}-{tenant}", Interface.PAGE)
        with pytest.raises(_Reached if may(home, operation, caller) else NotPermitted):
            next(Operator(home).stream(watched, caller, args))


def test_every_operation_that_is_made_is_in_the_registry() -> None:
    modules = (import_module(each.name) for each in iter_modules(made.__path__, "ui.operations."))
    values = (value for one in modules for value in vars(one).values())
    found = [cast("AnyOperation", each) for each in values if isinstance(each, Operation)]
    assert {each.name for each in found} == OPERATIONS.keys()


def test_an_operation_that_does_not_say_who_may_call_it_cannot_be_made() -> None:
    listed = OPERATIONS["tickets.list"]
    with pytest.raises(TypeError, match="needs"):
        cast("Any", Operation)("tickets.steal", listed.args, listed.result, listed.run)


@EVERY
def test_every_operation_says_in_one_line_what_it_does(operation: AnyOperation) -> None:
    assert operation.line
    assert "\n" not in operation.line


def test_no_line_is_left_of_an_operation_that_is_gone() -> None:
    assert LINES.keys() == OPERATIONS.keys()


@pytest.fixture
def desk_home(tmp_path: Path) -> Generator[Home]:
    """A home whose tenant has a ticket, a draft, an admin, an agent and nothing else."""
    with Home.open(Settings(home=tmp_path / "home"), parts=light_parts()) as opened:
        opened.add_tenant("acme")
        for role in (Role.ADMIN, Role.AGENT):
            opened.accounts.add_user(f"{role}-acme", PASSWORD, "acme", role)
        import_tickets(opened.desk("acme"), RawText(TICKET), "tickets.jsonl")
        draft_reply(opened.desk("acme"), "AC-1")
        yield opened


@pytest.mark.parametrize("operation", FOR_ADMINS, ids=[each.name for each in FOR_ADMINS])
def test_an_admin_who_is_no_agent_reads_no_word_of_a_ticket_by_any_operation(
    desk_home: Home, operation: AnyOperation
) -> None:
    """Neither as it came nor redacted, in a result or in a refusal."""
    given = {"tenant": "acme", "login": "agent-acme", "role": "agent", "password": PASSWORD}
    given |= {"name": "AC-1", "reference": "AC-1"}
    if operation.name == "user.own_password":
        given |= {"old": PASSWORD, "new": PASSWORD}
    admin = logged_in(desk_home, "admin-acme", Interface.PAGE)
    named = {name: given[name] for name in operation.args.model_fields if name in given}
    args = operation.args.model_validate(named)
    try:
        answer = Operator(desk_home).perform(operation, admin, args, silent).model_dump_json()
    except QuietdeskError as error:
        answer = str(error)
    assert [word for word in WORDS if word in answer] == []


def test_the_owner_is_no_person_at_any_desk(home: Home) -> None:
    with pytest.raises(NotPermitted, match="--as"):
        Caller(Interface.SHELL, owner=True).person(home, "acme")


def test_a_refusal_does_not_tell_whether_there_is_such_a_tenant(home: Home) -> None:
    person, said = logged_in(home, "agent-acme", Interface.PAGE), list[str]()
    operation = OPERATIONS["tickets.show"]
    for tenant in ("other", "nowhere"):
        with pytest.raises(NotPermitted) as refused:
            operation.needs.admit(person, tenant)
        said.append(str(refused.value).replace(tenant, "…"))
    assert said[0] == said[1]


def test_a_credential_makes_a_person_and_never_the_owner(home: Home) -> None:
    operator = Operator(home)
    right = Credential(login="admin-acme", password=PASSWORD)
    caller = operator.caller(Interface.SOCKET, right, owns=True)
    assert (caller.login, caller.owner) == ("admin-acme", False)
    with pytest.raises(NotPermitted, match="The login or the password is wrong"):
        operator.caller(
            Interface.SOCKET, Credential(login="admin-acme", password="wrong"), owns=True
        )


def test_another_account_of_this_machine_is_not_the_owner(home: Home) -> None:
    assert not Operator(home).caller(Interface.SOCKET, None, owns=False).owner


def test_a_password_does_not_show_in_a_repr() -> None:
    assert PASSWORD not in repr(Credential(login="rita", password=PASSWORD))
