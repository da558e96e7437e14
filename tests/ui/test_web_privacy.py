"""The Privacy tab and the banner: what is promised, what becomes weaker, who vouches."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import expect

from assistant.bootstrap import Home
from assistant.model import Role, Tenant
from guardrails.policy.profile import parse, source
from guardrails.policy.versions import Version
from tests.ui.chromium import NEEDS_CHROMIUM, log_in, open_tab
from tests.ui.web_fixtures import PASSWORD, Browser, Site, serving
from ui.operations.attestations import VouchedView
from ui.operations.base import TenantArgs, silent
from ui.operations.callers import Caller, Interface
from ui.operations.operator import Operator
from ui.operations.privacy import SHOW, PrivacyView

HASH = "ab" * 32
Visitor = Callable[[str], Browser]


def anybody(_tenant: Tenant, _version: Version) -> None:
    """Let everybody publish."""


def promise(home: Home, days: int = 30) -> None:
    """Put acme under a policy that answers requests within ``days``."""
    text = source("netwise-pro-msp").decode().replace("days = 30, rem", f"days = {days}, rem")
    text = text.replace('second_factor = "reviewers"', 'second_factor = "offered"')
    home.policies.apply("acme", parse("own.toml", text.encode()), text, "", anybody)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Generator[Site]:
    """A site where acme is under a policy of which a rule becomes weaker."""
    with serving(tmp_path_factory.mktemp("privacy")) as made:
        promise(made.home)
        promise(made.home, days=45)
        made.home.accounts.add_user("olga", PASSWORD, "acme", Role.OFFICER)
        yield made


@pytest.fixture
def visitor(site: Site) -> Generator[Visitor]:
    """Logs people in; their connections end with the test."""
    with ExitStack() as opened:

        def log_in(login: str) -> Browser:
            browser = opened.enter_context(Browser(site.url))
            assert browser.log_in(login).status_code == 303
            return browser

        yield log_in


def shown(home: Home) -> PrivacyView:
    owner = Caller(Interface.SHELL, owner=True)
    return Operator(home).perform(SHOW, owner, TenantArgs(tenant="acme"), silent)


def test_the_officer_sees_policy_clauses_what_is_pending_and_who_vouches(visitor: Visitor) -> None:
    opened = visitor("olga").do("Privacy", "select", tenant="acme")
    about = str(opened["qd-privacy"])
    assert "Netwise PRO MSP" in about
    assert "rights › days" in about
    assert "The clock is trusted." in about
    assert "NW-2.5.2a" in str(opened["qd-clauses"])
    assert "of 16 are open" in str(opened["qd-vouching"])


def test_an_officer_vouches_on_the_page_and_the_list_shows_it(visitor: Visitor, site: Site) -> None:
    browser = visitor("olga")
    picked = {"do": "attest", "clause": "NW-4.5", "sha256": HASH, "until": ""}
    done = browser.do("qd-vouching", "click", picked, tenant="acme")
    assert "You vouch for the clause." in done.notice
    assert HASH[:12] in str(done["qd-vouching"])
    state = {each.clause.id: each for each in vouched(site)}
    assert (state["NW-4.5"].state, state["NW-4.5"].by) == ("vouched", "olga")


def vouched(site: Site) -> tuple[VouchedView, ...]:
    found = shown(site.home).vouched
    assert found
    return found.clauses


@pytest.mark.parametrize(
    ("picked", "said"),
    [
        ({"clause": "NW-4.1", "sha256": "nothing", "until": ""}, "64 hexadecimal digits"),
        ({"clause": "NW-4.1", "sha256": HASH, "until": "tomorrow"}, "This is no date."),
        ({"clause": "NW-6.1c", "sha256": HASH, "until": ""}, "nobody vouches for it"),
        ({}, "has no clause"),
    ],
)
def test_what_cannot_be_vouched_for_is_said_and_changes_nothing(
    visitor: Visitor, picked: dict[str, str], said: str
) -> None:
    done = visitor("olga").do("qd-vouching", "click", picked, tenant="acme")
    assert said in done.notice
    assert done.changed == []


def test_a_reviewer_sees_no_privacy_tab_and_cannot_vouch(visitor: Visitor) -> None:
    browser = visitor("rae")
    opened = browser.do("Privacy", "select", tenant="acme")
    assert "Privacy is for the officer" in str(opened["qd-privacy"])
    assert (opened["qd-vouching"], opened["qd-clauses"]) == ("", "")
    picked = {"clause": "NW-4.1", "sha256": HASH, "until": ""}
    assert "may not do this" in browser.do("qd-vouching", "click", picked, tenant="acme").notice


def test_what_an_earlier_version_already_loosens_is_announced_once(site: Site) -> None:
    rules = [
        (each.path, each.then) for version in shown(site.home).pending for each in version.rules
    ]
    assert len(set(rules)) == len(rules)
    assert ("rights.days", "45") in rules


def test_a_tenant_under_no_policy_sees_its_rules_and_nothing_to_vouch_for(
    visitor: Visitor, site: Site
) -> None:
    site.home.accounts.add_user("omar", PASSWORD, "globex", Role.OFFICER)
    opened = visitor("omar").do("Privacy", "select", tenant="globex")
    assert "No published policy" in str(opened["qd-privacy"])
    assert opened["qd-vouching"] == ""


@NEEDS_CHROMIUM
@pytest.mark.parametrize("width", [1280, 390])
def test_everybody_reads_the_banner_and_the_officer_vouches_at_any_width(
    chromium: Chromium, site: Site, width: int, tmp_path: Path
) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 844})
    page = context.new_page()
    log_in(page, site, "rae")
    expect(page.locator(".qd-banner")).to_contain_text("rights › days: 45 instead of 30")
    context.clear_cookies()
    log_in(page, site, "olga")
    open_tab(page, "Privacy")
    document = tmp_path / "contract.pdf"
    document.write_bytes(b"signed")
    page.locator("select[name=clause]").select_option("NW-2.3")
    page.set_input_files("input[data-hashed]", document)
    expect(page.locator("input[name=sha256]")).not_to_have_value("")
    page.get_by_role("button", name="Vouch", exact=True).click()
    expect(page.locator(".qd-notice")).to_contain_text("NW-2.3")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()
