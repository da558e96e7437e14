"""The matrix of roles and operations in the docs is what every interface does, whole."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.routing import APIRoute

from assistant.bootstrap import Home
from assistant.errors import NotPermitted
from assistant.flows.draft import draft_reply
from assistant.flows.review import approve, release
from assistant.model import Role
from assistant.settings import Settings
from guardrails.policy import Access, Policy, Rules
from tests.fakes.parts import light_parts
from tests.ui.web_fixtures import MAIL, PASSWORD, PLANTED, Site
from ui.operations.base import Operation, Shape, silent
from ui.operations.callers import REMOTE, Caller, Interface, logged_in
from ui.operations.operator import Operator
from ui.operations.registry import OPERATIONS

DOCS = Path(__file__).resolve().parents[2] / "docs" / "roles.md"
OWNER = "owner"
LINE = re.compile(r"^\| `([a-z_.]+)` \|(.+)\|$", re.MULTILINE)
AnyOperation = Operation[Any, Any]


def matrix() -> dict[tuple[str, str], bool]:
    """Return what the docs say, by operation and caller."""
    heads = (OWNER, *Role)
    found = LINE.findall(DOCS.read_text(encoding="utf-8"))
    cells = {name: [cell.strip() == "yes" for cell in row.split("|")] for name, row in found}
    return {
        (name, who): said
        for name, row in cells.items()
        for who, said in zip(heads, row, strict=False)
    }


MATRIX = matrix()
EVERY = pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS.keys())


class _Reached(Exception):
    """The operation ran."""


def _reached(*_: object) -> Shape:
    raise _Reached


def _streamed(*_: object) -> Iterator[Shape]:
    raise _Reached


def _may(home: Home, operation: AnyOperation, caller: Caller) -> bool:
    """Return whether ``caller`` gets to the operation at acme, called and streamed alike."""
    watched = replace(operation, run=_reached, stream=_streamed if operation.streams else None)
    args, operator = operation.args.model_construct(tenant="acme"), Operator(home)
    said = {_tried(lambda: operator.perform(watched, caller, args, silent))}
    if operation.streams:
        said.add(_tried(lambda: next(operator.stream(watched, caller, args))))
    assert len(said) == 1
    return said.pop()


def _tried(call: Any) -> bool:
    try:
        call()
    except NotPermitted:
        return False
    except _Reached:
        return True
    raise AssertionError


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Generator[Home]:
    """A home with two tenants and a person for each role at each, under rules that allow all."""
    everybody = frozenset(Role)
    rules = Rules(access=Access(everybody, everybody, everybody, everybody, everybody))
    settings = Settings(home=tmp_path_factory.mktemp("roles") / "home")
    with Home.open(settings, parts=light_parts()) as opened:
        for tenant in ("acme", "other"):
            opened.accounts.add_tenant(tenant, Policy(rules=rules))
            for role in Role:
                opened.accounts.add_user(f"{role}-{tenant}", PASSWORD, tenant, role)
        yield opened


def test_every_operation_is_a_line_of_the_matrix() -> None:
    assert {name for name, _ in MATRIX} == OPERATIONS.keys()


@EVERY
def test_each_role_calls_what_the_matrix_says_and_nothing_else(
    home: Home, operation: AnyOperation
) -> None:
    for role, interface in product(Role, Interface):
        caller = logged_in(home, f"{role}-acme", interface)
        may = MATRIX[operation.name, role]
        if operation.local_only and interface in REMOTE:
            may = False
        assert _may(home, operation, caller) is may, (role, interface)


@EVERY
def test_the_owner_of_the_home_calls_what_the_matrix_says(
    home: Home, operation: AnyOperation
) -> None:
    for interface in (Interface.SHELL, Interface.SOCKET):
        caller = Caller(interface, owner=True)
        assert _may(home, operation, caller) is MATRIX[operation.name, OWNER]


@EVERY
def test_without_a_seat_or_with_one_at_the_neighbour_nothing_is_called(
    home: Home, operation: AnyOperation
) -> None:
    strangers = [logged_in(home, f"{role}-other", Interface.PAGE) for role in Role]
    nobody = [logged_in(home, "a-stranger", Interface.PAGE), Caller(Interface.PAGE)]
    assert not [each for each in (*strangers, *nobody) if _may(home, operation, each)]


@pytest.mark.parametrize(
    "operation", [each for each in OPERATIONS.values() if each.needs.right], ids=lambda x: x.name
)
def test_the_rules_of_a_tenant_narrow_who_may_and_only_of_the_matrix(
    tmp_path: Path, operation: AnyOperation
) -> None:
    right = operation.needs.right
    assert right is not None
    with Home.open(Settings(home=tmp_path / "home"), parts=light_parts()) as opened:
        for role in Role:
            rules = Rules(access=replace(Access(), **{right.value: frozenset({role})}))
            opened.accounts.add_tenant(f"for-{role}", Policy(rules=rules))
            for held in Role:
                login = f"{held}-{role}"
                opened.accounts.add_user(login, PASSWORD, f"for-{role}", held)
                caller = logged_in(opened, login, Interface.SHELL)
                able = operation.needs.met_now(opened, caller, f"for-{role}")
                named = held is role or (held is Role.REVIEWER and role is Role.AGENT)
                assert able is (named and MATRIX[operation.name, held]), (held, role)


# Routes

ANYBODY = frozenset({None, *Role})
PERSONS = frozenset(Role)
ROUTES: dict[tuple[str, str], frozenset[Role | None]] = {
    ("GET", "/"): PERSONS,
    ("GET", "/login"): ANYBODY,
    ("POST", "/logout"): PERSONS,
    ("GET", "/second-factor"): PERSONS,
    ("GET", "/password"): PERSONS,
    ("GET", "/static/base.css"): ANYBODY,
    ("GET", "/static/login.css"): ANYBODY,
    ("GET", "/static/mark.svg"): ANYBODY,
    ("GET", "/static/desk.css"): PERSONS,
    ("GET", "/static/desk.js"): PERSONS,
    ("POST", "/uploads/tickets"): frozenset({Role.REVIEWER}),
    ("POST", "/uploads/knowledge"): frozenset({Role.REVIEWER, Role.KNOWLEDGE}),
    ("GET", "/exports/outbox.jsonl"): frozenset({Role.AGENT, Role.REVIEWER, Role.OFFICER}),
}
"""Who gets an answer from each of our own routes; None is a browser without a login."""

LOGIN = {("POST", "/login"), ("POST", "/password"), ("POST", "/second-factor")} | {
    ("GET", "/login-with"),
    ("GET", "/login-back"),
}
"""Routes that check a factor themselves; tests of logins call them."""


def _people(site: Site) -> dict[Role | None, str | None]:
    for role in Role:
        site.home.accounts.add_user(f"{role}-acme", PASSWORD, "acme", role)
        site.home.accounts.add_user(f"{role}-globex", PASSWORD, "globex", role)
    return {None: None, **{role: f"{role}-acme" for role in Role}}


def _routes(found: Any) -> Iterator[Any]:
    for each in found:
        inside = getattr(each, "original_router", None)
        yield from _routes(inside.routes) if inside else [each]


def _ask(browser: httpx.Client, method: str, path: str) -> httpx.Response:
    body = b"{}" if "tickets" in path else b"# Badge\n\nAsk the front desk."
    sent = {"content": body} if path.startswith("/uploads") else {}
    headers = {"x-file-name": "badge.md" if "knowledge" in path else "export.jsonl"}
    return browser.request(method, f"{path}?tenant=acme", headers=headers, **sent)  # pyright: ignore[reportArgumentType]


def test_every_route_answers_whom_the_table_names_and_nobody_else(own_site: Site) -> None:
    ours = [each for each in _routes(own_site.app.routes) if isinstance(each, APIRoute)]
    known = {(method, each.path) for each in ours for method in each.methods or ()}
    assert known == ROUTES.keys() | LOGIN
    for role, login in _people(own_site).items():
        with own_site.client(login) as browser:
            for (method, path), allowed in sorted(ROUTES.items()):
                if path == "/logout":
                    continue
                answer = _ask(browser, method, path)
                refused = answer.status_code in (401, 403)
                assert refused is (role not in allowed), (role, path, answer.status_code)
            answer = browser.post("/logout")
            assert (answer.status_code == 401) is (role is None)


def test_a_seat_at_the_neighbour_opens_no_route_of_this_tenant(own_site: Site) -> None:
    _people(own_site)
    of_tenant = [each for each in ROUTES if each[1].startswith(("/uploads", "/exports"))]
    for role in Role:
        with own_site.client(f"{role}-globex") as browser:
            codes = {_ask(browser, *each).status_code for each in of_tenant}
        assert codes == {403}, role


def _events(browser: Any) -> list[dict[str, Any]]:
    """Return the body of every event of the page, with a guess for each field."""
    parts = {each["id"]: each["props"] for each in browser.config["components"]}
    guess = {"tenant": "acme", "opened": "AC-1", "question": "What prints blank pages?"}

    def value(part: int) -> object:
        name = str(parts[part].get("elem_id") or "").removeprefix("qd-").replace("-", "_")
        return guess.get(name, parts[part].get("value"))

    picked = {"value": "acme", "reference": "AC-1", "ticket": "AC-1", "tenant": "acme"}
    return [
        {
            "session_hash": browser.session_hash,
            "fn_index": each["id"],
            "trigger_id": target,
            "data": [value(part) for part in each["inputs"]],
            "event_data": picked,
        }
        for each in browser.config["dependencies"]
        if each["backend_fn"]
        for target, _ in each["targets"][:1]
    ]


@pytest.mark.parametrize("who", ["knowledge-acme", "admin-acme", "reviewer-globex"])
def test_no_event_of_the_page_shows_a_customer_to_who_reads_no_ticket(
    own_site: Site, who: str
) -> None:
    desk, rae = own_site.home.desk("acme"), own_site.home.person("rae", "acme")
    draft = draft_reply(desk, "AC-1")
    approve(desk, rae, draft.id)
    release(desk, rae, draft.id)
    _people(own_site)
    with own_site.client(who) as browser:
        said = [browser.fire(body).text for body in _events(browser)]
        said += [str(each) for each in browser.results()]
    assert len(said) > 20
    for word in (PLANTED, MAIL):
        assert word not in str(said)


def test_a_knowledge_manager_arrives_at_the_documents_and_an_officer_at_the_tickets(
    own_site: Site,
) -> None:
    _people(own_site)
    with own_site.client("knowledge-acme") as browser:
        arrived = browser.do("qd-top", "click", {"value": "acme"}, tenant="acme")
        assert "Printing" in str(arrived["qd-documents"])
        assert arrived["qd-tickets"] == ""
        assert "for agents" not in arrived.notice
        imports = str(browser.do("Import", "select", None, tenant="acme")["qd-import"])
    assert "uploads/knowledge" in imports
    assert "uploads/tickets" not in imports
    with own_site.client("officer-acme") as browser:
        arrived = browser.do("qd-top", "click", {"value": "acme"}, tenant="acme", tab="tickets")
    assert "AC-1" in str(arrived["qd-tickets"])
