"""The second factor: set up, asked for where the rules say so, each code once."""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Generator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from assistant.bootstrap import Home
from assistant.errors import CodeNeeded, NotFound, NotPermitted, SealBroken
from assistant.model import Role, User
from assistant.settings import Settings
from guardrails.crypto.keys import MasterKey
from guardrails.crypto.second_factor import FactorKey
from guardrails.policy import Policy, Rules
from guardrails.policy.rules import Login
from guardrails.policy.words import SecondFactor
from tests.fakes.parts import light_parts
from tests.ui.chromium import NEEDS_CHROMIUM
from tests.ui.web_fixtures import PASSWORD, Browser, Site
from ui.operations.base import Credential, silent
from ui.operations.callers import Caller, Interface
from ui.operations.logins import idle_minutes
from ui.operations.operator import Operator
from ui.operations.users import RESET_FACTOR, OneUser

if TYPE_CHECKING:
    from playwright.sync_api import Page


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def home(tmp_path: Path, clock: Clock) -> Generator[Home]:
    parts = light_parts()
    with Home.open(Settings(home=tmp_path / "home"), parts=parts, clock=clock) as opened:
        opened.add_tenant("acme")
        for login, role in (("ann", Role.AGENT), ("rae", Role.REVIEWER), ("ada", Role.ADMIN)):
            opened.accounts.add_user(login, PASSWORD, "acme", role)
        yield opened


def rule(home: Home, **login: object) -> None:
    rules = Rules()
    access = replace(rules.access, login=replace(Login(), **login))  # pyright: ignore[reportArgumentType]
    home.accounts.add_tenant("strict", Policy(rules=replace(rules, access=access)))


def user(home: Home, login: str) -> User:
    return home.accounts.memberships(login)[0].user


def code_of(secret: str, at: datetime) -> str:
    raw = base64.b32decode(secret.replace("-", "") + "=" * (-len(secret.replace("-", "")) % 8))
    return TOTP(raw, 6, SHA1(), 30).generate(int(at.timestamp())).decode()


def enrolled(home: Home, clock: Clock, login: str) -> tuple[str, tuple[str, ...]]:
    """Set a second factor up; return its secret and the recovery codes."""
    mine = user(home, login)
    secret = home.accounts.factors.begin(mine).secret
    codes = home.accounts.confirm_factor(mine, code_of(secret, clock()))
    assert codes
    clock.forward(seconds=30)
    return secret, codes


def test_a_code_is_accepted_once_and_near_its_time_only(home: Home, clock: Clock) -> None:
    secret, _ = enrolled(home, clock, "rae")
    rae, check = user(home, "rae"), home.accounts.check_code
    clock.forward(minutes=5)
    assert not check(rae, code_of(secret, clock() - timedelta(minutes=2)))
    assert not check(rae, code_of(secret, clock() + timedelta(minutes=2)))
    now = code_of(secret, clock())
    assert check(rae, now)
    assert not check(rae, now)
    assert not check(rae, code_of(secret, clock() - timedelta(seconds=30)))  # older than the last
    clock.forward(seconds=30)
    assert check(rae, code_of(secret, clock()))


def test_the_code_that_set_it_up_is_no_code_of_a_login(home: Home, clock: Clock) -> None:
    rae = user(home, "rae")
    first = code_of(home.accounts.factors.begin(rae).secret, clock())
    assert home.accounts.confirm_factor(rae, first)
    assert not home.accounts.check_code(rae, first)


def test_a_recovery_code_logs_in_once_and_is_kept_as_a_hash(home: Home, clock: Clock) -> None:
    _, codes = enrolled(home, clock, "rae")
    rae, factors = user(home, "rae"), home.accounts.factors
    assert factors.recovery_codes_left(rae) == len(codes) == 10
    assert home.accounts.check_code(rae, f" {codes[0].upper()} ")
    assert not home.accounts.check_code(rae, codes[0])
    assert factors.recovery_codes_left(rae) == 9
    stored = (home.settings.home / "quietdesk.db").read_bytes()
    assert codes[1].encode() not in stored
    assert not home.accounts.check_code(user(home, "ann"), codes[1])


def test_the_secret_is_sealed_and_opens_for_its_user_alone(home: Home, clock: Clock) -> None:
    secret, _ = enrolled(home, clock, "rae")
    raw = base64.b32decode(secret.replace("-", ""))
    files = [each for each in home.settings.home.rglob("*") if each.is_file()]
    assert not [each for each in files if raw in each.read_bytes()]
    key = FactorKey(MasterKey(b"k" * 32))
    sealed = key.seal("rae", raw)
    assert key.open("rae", sealed) == raw
    with pytest.raises(SealBroken):
        key.open("ann", sealed)


def test_guessing_codes_must_wait_like_guessing_passwords(home: Home, clock: Clock) -> None:
    secret, _ = enrolled(home, clock, "rae")
    rae = user(home, "rae")
    for _ in range(8):
        assert not home.accounts.check_code(rae, "000000", "192.0.2.7")
    with pytest.raises(NotPermitted, match="too often"):
        home.accounts.check_code(rae, code_of(secret, clock()), "192.0.2.7")
    assert home.accounts.check_code(rae, code_of(secret, clock()), "192.0.2.8")


def test_the_command_line_asks_for_the_code_and_each_counts_once(home: Home, clock: Clock) -> None:
    secret, codes = enrolled(home, clock, "rae")

    def comes(code: str = "") -> Caller:
        given = Credential(login="rae", password=PASSWORD, code=code)
        return Operator(home).caller(Interface.SHELL, given, owns=True)

    with pytest.raises(CodeNeeded, match="its code is needed"):
        comes()
    assert comes(code_of(secret, clock())).login == "rae"
    with pytest.raises(CodeNeeded, match="wrong, or was used"):
        comes(code_of(secret, clock()))
    assert comes(codes[0]).login == "rae"
    kinds = [row.kind for row in home.desk("acme").ledger.rows()]
    assert "factor.recovered" in kinds
    assert PASSWORD not in repr(Credential(login="rae", password=PASSWORD, code=codes[1]))
    assert codes[1] not in repr(Credential(login="rae", password=PASSWORD, code=codes[1]))


@pytest.mark.parametrize(
    ("wanted", "who"),
    [
        (SecondFactor.ALL, {Role.AGENT, Role.REVIEWER, Role.OFFICER, Role.ADMIN, Role.KNOWLEDGE}),
        (SecondFactor.REVIEWERS, {Role.REVIEWER, Role.OFFICER, Role.ADMIN}),
        (SecondFactor.OFFERED, set[Role]()),
        (SecondFactor.NONE, set[Role]()),
    ],
)
def test_the_rules_of_a_tenant_say_who_must_have_a_second_factor(
    home: Home, wanted: SecondFactor, who: set[Role]
) -> None:
    rule(home, second_factor=wanted)
    for role in Role:
        home.accounts.add_user(f"{role}-x", PASSWORD, "strict", role)
        given = Credential(login=f"{role}-x", password=PASSWORD)
        if role not in who:
            assert Operator(home).caller(Interface.SHELL, given, owns=False).login
            continue
        with pytest.raises(NotPermitted, match="must set up a second factor"):
            Operator(home).caller(Interface.SHELL, given, owns=False)


def test_an_admin_removes_a_lost_second_factor_and_the_ledger_says_so(
    home: Home, clock: Clock
) -> None:
    enrolled(home, clock, "rae")
    token = home.accounts.open_session(user(home, "rae"), 1, 60)
    ada = Operator(home).caller(
        Interface.SHELL, Credential(login="ada", password=PASSWORD), owns=False
    )
    args = OneUser(tenant="acme", login="rae")
    Operator(home).perform(RESET_FACTOR, ada, args, silent)
    assert home.accounts.session_user(token) is None
    assert not home.accounts.factors.enrolled(user(home, "rae"))
    assert home.accounts.factors.recovery_codes_left(user(home, "rae")) == 0
    assert [row.kind for row in home.desk("acme").ledger.rows()][-1] == "factor.reset"
    with pytest.raises(NotFound, match="no second factor"):
        Operator(home).perform(RESET_FACTOR, ada, args, silent)


def test_the_strictest_tenant_of_a_person_ends_their_session(home: Home, clock: Clock) -> None:
    rule(home, idle_minutes=7)
    assert idle_minutes(home, user(home, "ann")) == 60
    home.accounts.add_user("ann", PASSWORD, "strict", Role.AGENT)
    assert idle_minutes(home, user(home, "ann")) == 7
    token = home.accounts.open_session(user(home, "ann"), 12, idle_minutes(home, user(home, "ann")))
    clock.forward(minutes=6)
    assert home.accounts.session_user(token)
    clock.forward(minutes=8)
    assert home.accounts.session_user(token) is None


def test_the_strictest_tenant_says_after_how_many_failures_a_login_waits(home: Home) -> None:
    rule(home, failures=3)
    for login in ("ann", "nobody"):
        for _ in range(3):
            assert home.accounts.authenticate(login, "wrong", "192.0.2.7") is None
        with pytest.raises(NotPermitted, match="too often"):
            home.accounts.authenticate(login, PASSWORD, "192.0.2.7")
    assert home.accounts.authenticate("ann", PASSWORD, "192.0.2.8")


# At the page


def _secret(page: str) -> str:
    found = re.search(r'qd-secret"><code>([A-Z2-7-]+)</code>', page)
    assert found, page[:400]
    return found[1]


def _codes(page: str) -> list[str]:
    return re.findall(r"<li><code>([a-z2-7-]+)</code></li>", page)


def _now() -> datetime:
    return datetime.now(UTC)


def _confirmed(browser: Browser) -> tuple[str, list[str]]:
    """Set a second factor up at the page with the code of the step before."""
    secret = _secret(browser.get("/second-factor").text)
    code = code_of(secret, _now() - timedelta(seconds=30))
    answer = browser.post("/second-factor", data={"code": code})
    assert answer.status_code == 200, answer.text
    return secret, _codes(answer.text)


def test_a_person_sets_it_up_at_the_page_and_is_asked_for_it_from_then_on(own_site: Site) -> None:
    with own_site.client("ann") as ann:
        form = ann.get("/second-factor")
        assert "<svg" in form.text
        secret, codes = _confirmed(ann)
        assert len(codes) == 10
        assert "Recovery codes left: 10" in ann.get("/second-factor").text
    with own_site.client() as again:
        answer = again.log_in("ann")
        assert answer.headers["location"] == "/second-factor"
        assert again.get("/desk/", headers={"accept": "text/html"}).headers["location"] == (
            "/second-factor"
        )
        assert again.get("/desk/").status_code == 401
        assert again.get("/exports/outbox.jsonl?tenant=acme").status_code == 401
        assert again.post("/second-factor", data={"code": "123"}).status_code == 401
        before = again.cookies["quietdesk_session"]
        done = again.post("/second-factor", data={"code": code_of(secret, _now())})
        assert done.headers["location"] == "/desk/"
        assert again.cookies["quietdesk_session"] != before
        assert again.get("/desk/").status_code == 200
    assert own_site.home.accounts.session(before) is None
    with own_site.client() as lost:
        lost.log_in("ann")
        assert lost.post("/second-factor", data={"code": codes[3]}).status_code == 303
        assert lost.get("/desk/").status_code == 200


def test_who_must_set_it_up_can_do_nothing_else_before(own_site: Site) -> None:
    rule(own_site.home, second_factor=SecondFactor.ALL)
    own_site.home.accounts.add_user("ann", PASSWORD, "strict", Role.AGENT)
    with own_site.client() as ann:
        assert ann.log_in("ann").headers["location"] == "/second-factor"
        for path in ("/desk/", "/password", "/exports/outbox.jsonl?tenant=acme", "/static/desk.js"):
            assert ann.get(path).status_code == 401
        page = ann.get("/second-factor").text
        assert "Your tenant asks for one." in page
        assert "desk/" not in page
        _confirmed(ann)
        assert ann.get("/desk/").status_code == 200


def test_a_waiting_session_makes_no_recovery_codes(own_site: Site) -> None:
    with own_site.client("ann") as ann:
        secret, _ = _confirmed(ann)
    with own_site.client() as again:
        again.log_in("ann")
        answer = again.post("/second-factor", data={"code": code_of(secret, _now())})
        assert _codes(answer.text) == []
        assert answer.status_code == 303


def test_without_a_login_there_is_no_second_factor(own_site: Site) -> None:
    with own_site.client() as nobody:
        assert nobody.get("/second-factor").status_code == 401
        assert nobody.post("/second-factor", data={"code": "1"}).status_code == 401


@NEEDS_CHROMIUM
@pytest.mark.parametrize("width", [1280, 390])
def test_a_browser_sets_it_up_and_logs_in_with_a_code(
    own_site: Site, page: Page, width: int
) -> None:
    def enter(button: str, code: str) -> None:
        page.get_by_role("textbox", name="Code").fill(code)
        page.get_by_role("button", name=button, exact=True).click()

    def fits() -> bool:
        return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))

    own_site.home.accounts.add_tenant("strict", _everybody())
    own_site.home.accounts.add_user("ann", PASSWORD, "strict", Role.AGENT)
    page.set_viewport_size({"width": width, "height": 800})
    _passes(page, own_site)
    page.wait_for_selector(".qd-qr")
    assert fits()
    _looked_at(page, f"enrol-{width}")
    secret = _secret(page.content())
    enter("Confirm", code_of(secret, _now() - timedelta(seconds=30)))
    page.wait_for_selector(".qd-codes")
    assert len(_codes(page.content())) == 10
    assert fits()
    _looked_at(page, f"codes-{width}")
    page.get_by_role("link", name="Go to the desk").click()
    page.wait_for_selector(".qd-header")
    page.context.clear_cookies()
    _passes(page, own_site)
    enter("Log in", "000000")
    page.wait_for_selector(".qd-problem")
    assert fits()
    _looked_at(page, f"code-{width}")
    enter("Log in", code_of(secret, _now()))
    page.wait_for_selector(".qd-header")


def _everybody() -> Policy:
    rules = Rules()
    login = replace(Login(), second_factor=SecondFactor.ALL)
    return Policy(rules=replace(rules, access=replace(rules.access, login=login)))


def _passes(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/login")
    page.get_by_label("Login").fill("ann")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()


def _looked_at(page: Page, name: str) -> None:
    """Keep a picture of the page in the folder `PICTURES`, if that is set."""
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)
