"""Policies through operations: who may publish what, what is shown, and what a profile allows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from assistant.bootstrap import Home
from assistant.errors import BadInput, NotFound, NotPermitted, Refused
from assistant.model import Role
from assistant.settings import Settings
from guardrails.policy import AiFeature
from guardrails.policy.profile import shipped, source
from tests.fakes.parts import light_parts
from ui.operations import policy, privacy, tenants
from ui.operations.base import silent
from ui.operations.callers import Caller, Interface, logged_in
from ui.operations.operator import Operator
from ui.operations.policy import Applied, PolicyView, Way

PASSWORD = "correct horse battery"
NETWISE = "netwise-pro-msp"


@dataclass
class Clock:
    """A clock that is set by hand."""

    time: datetime = field(default_factory=lambda: datetime(2026, 10, 1, 8, tzinfo=UTC))

    def __call__(self) -> datetime:
        return self.time


@dataclass(frozen=True)
class Acme:
    """A tenant with a person of each role."""

    home: Home
    clock: Clock

    def perform(self, operation: Any, login: str = "", **args: Any) -> Any:
        caller = Caller(Interface.SHELL, owner=True)
        if login:
            caller = logged_in(self.home, login, Interface.SHELL)
        given = operation.args(tenant="acme", **args)
        return Operator(self.home).perform(operation, caller, given, silent)

    def apply(self, login: str = "", **args: Any) -> Applied:
        return self.perform(policy.APPLY, login, **args)

    def show(self) -> PolicyView:
        return self.perform(policy.SHOW)

    def set(self, login: str = "", **rules: Any) -> tenants.TenantDetail:
        return self.perform(tenants.SET, login, **rules)

    def live(self, days: int) -> None:
        for _ in range(days):
            self.clock.time += timedelta(days=1)
            self.home.tenant("acme")

    def kinds(self) -> list[str]:
        return [row.kind for row in self.home.desk("acme").ledger.rows()]


@pytest.fixture
def acme(tmp_path: Path) -> Iterator[Acme]:
    clock = Clock()
    with Home.open(Settings(home=tmp_path), parts=light_parts(), clock=clock) as home:
        home.add_tenant("acme")
        for role in Role:
            home.accounts.add_user(role.value, PASSWORD, "acme", role)
        yield Acme(home, clock)


def laxer() -> str:
    """Return a later version of the profile that lets a login fail more often."""
    text = source(NETWISE).decode().replace("version = 1", "version = 2", 1)
    return text.replace("failures = 8", "failures = 20")


@pytest.mark.parametrize("profile", shipped())
def test_each_shipped_profile_can_be_applied_and_is_shown(acme: Acme, profile: str) -> None:
    done = acme.apply(profile=profile)
    assert done.new
    assert done.version.profile == profile
    shown = acme.show()
    assert (shown.profile, shown.profile_version) == (profile, 1)
    assert shown.sha256 == acme.home.policy("acme").digest
    found = acme.home.policies.profile(acme.home.tenant("acme"))
    assert found is not None
    assert found.clauses


def test_applying_a_profile_again_publishes_nothing(acme: Acme) -> None:
    first = acme.apply(profile=NETWISE)
    again = acme.apply(profile=NETWISE)
    assert not again.new
    assert again.version == first.version


def test_what_a_profile_tightens_holds_at_once_and_what_it_loosens_is_pending(acme: Acme) -> None:
    done = acme.apply(profile=NETWISE)
    weaker = {each.path for each in done.changes if each.holds_from}
    assert "regions.destinations" in weaker
    assert set(done.version.loosens) == weaker
    assert all(each.way is not Way.STRICTER for each in done.changes if each.holds_from)
    assert acme.home.policy("acme").rules.minors.under == 13
    (waiting,) = acme.show().pending
    assert waiting.loosens == done.version.loosens
    assert waiting.holds_from == acme.clock() + timedelta(days=30)
    acme.live(30)
    assert acme.show().pending == ()
    assert "us" in acme.home.policy("acme").rules.regions.destinations


def test_a_dry_run_says_the_same_and_stores_nothing(acme: Acme) -> None:
    dry = acme.apply(profile=NETWISE, dry_run=True)
    assert acme.show().version == 1
    assert acme.kinds() == ["policy.set"]
    done = acme.apply(profile=NETWISE)
    assert (dry.changes, dry.version) == (done.changes, done.version)


def test_a_difference_names_each_rule_and_the_way_it_goes(acme: Acme) -> None:
    found = {each.path: each for each in acme.perform(policy.DIFF, profile=NETWISE).changes}
    assert found["minors.under"].way is Way.STRICTER
    assert (found["minors.under"].old, found["minors.under"].new) == ("0", "13")
    assert found["regions.destinations"].way is Way.BESIDE
    assert acme.perform(policy.DIFF).changes == ()


def test_versions_are_compared_by_their_numbers(acme: Acme) -> None:
    acme.set(private_notes="leave_out")
    acme.set(private_notes="mark")
    (change,) = acme.perform(policy.DIFF, old=2, new=3).changes
    assert (change.path, change.way) == ("leave_out_notes", Way.WEAKER)
    with pytest.raises(BadInput, match="no version 9"):
        acme.perform(policy.DIFF, old=9)
    with pytest.raises(BadInput, match="cannot both"):
        acme.perform(policy.DIFF, old=1, profile=NETWISE)


def test_a_file_is_a_profile_too_and_its_clauses_are_kept(acme: Acme) -> None:
    acme.apply(text=laxer(), profile="ours.toml")
    found = acme.home.policies.profile(acme.home.tenant("acme"))
    assert found is not None
    assert (found.version, found.rules.access.login.failures) == (2, 20)


@pytest.mark.parametrize("text", ["not = [toml", "schema = 1", "x = 1"])
def test_a_file_with_a_fault_is_refused_and_nothing_is_published(acme: Acme, text: str) -> None:
    with pytest.raises(BadInput, match=r"ours\.toml"):
        acme.apply(text=text, profile="ours.toml")
    assert acme.show().version == 1


@pytest.mark.parametrize("name", ["nobody", "../../etc/passwd", "/tmp/x.toml"])
def test_an_unknown_profile_is_not_found_and_no_file_is_read(acme: Acme, name: str) -> None:
    with pytest.raises(NotFound, match="no profile"):
        acme.apply(profile=name)


@pytest.mark.parametrize("role", Role)
def test_only_officers_admins_and_the_owner_apply_a_profile(acme: Acme, role: Role) -> None:
    if role in (Role.OFFICER, Role.ADMIN):
        assert acme.apply(role.value, profile=NETWISE).new
    else:
        with pytest.raises(NotPermitted):
            acme.apply(role.value, profile=NETWISE)


def test_the_user_who_published_is_named_by_id(acme: Acme) -> None:
    acme.apply("officer", profile=NETWISE)
    user = acme.home.accounts.users.get("officer")
    assert user is not None
    assert acme.perform(policy.HISTORY).versions[-1].by == user.user.id


def test_once_notice_is_promised_a_weaker_version_takes_a_role_that_the_policy_names(
    acme: Acme,
) -> None:
    acme.apply(profile=NETWISE)
    with pytest.raises(NotPermitted, match=r"access\.login\.failures.*role admin or officer"):
        acme.apply(text=laxer())
    with pytest.raises(NotPermitted):
        acme.apply(profile="none", dry_run=True)
    assert acme.set(ai_enabled=False).policy_version > 0  # stricter: the owner may
    assert acme.apply("officer", text=laxer()).new


def test_leaving_a_profile_is_weaker_and_waits(acme: Acme) -> None:
    acme.apply(profile=NETWISE)
    acme.live(30)
    left = acme.apply("officer", profile="none")
    assert "notice.weaker_days" in left.version.loosens
    assert acme.home.policy("acme").rules.minors.under == 13
    acme.live(30)
    assert acme.show().profile == ""
    assert acme.home.policy("acme").rules.minors.under == 0


def test_own_choices_may_be_stricter_than_the_profile_and_not_weaker(acme: Acme) -> None:
    acme.apply(profile=NETWISE)
    before = acme.show().version
    with pytest.raises(BadInput, match=r"netwise-pro-msp does not allow this: training"):
        acme.set("admin", training_allowed=True)
    with pytest.raises(BadInput, match=r"regions\.destinations"):
        acme.set("admin", regions=("cn",))
    assert acme.show().version == before
    assert acme.set("admin", regions=("local",)).regions == ("local",)
    assert not acme.set("admin", ai_enabled=False).ai_enabled


def test_a_weaker_choice_under_a_profile_waits_and_says_so(acme: Acme) -> None:
    acme.apply(profile=NETWISE)
    acme.live(30)
    acme.set("admin", ai_enabled=False)
    found = acme.set("admin", ai_enabled=True)
    assert not found.ai_enabled
    assert found.pending_versions == 1
    acme.live(30)
    assert acme.home.policy("acme").rules.ai.features


def test_a_choice_that_was_made_before_a_profile_still_counts_under_it(acme: Acme) -> None:
    acme.set(regions=("eu", "local"))
    acme.apply(profile=NETWISE)
    acme.live(30)
    assert acme.home.policy("acme").rules.regions.destinations == {"local"}


def test_a_choice_that_the_profile_does_not_allow_is_shown_as_without_effect(acme: Acme) -> None:
    acme.set(training_allowed=True)
    acme.apply(profile=NETWISE)
    assert "training" in acme.show().without_effect
    assert acme.home.policy("acme").rules.training == "never"


def test_a_clock_in_doubt_is_shown_and_an_officer_ends_it(acme: Acme) -> None:
    acme.apply(profile=NETWISE)
    acme.clock.time += timedelta(days=60)
    assert "more than 40 days" in acme.show().clock
    assert len(acme.show().pending) == 1
    with pytest.raises(Refused, match="trust-clock"):
        acme.apply("officer", profile="none")
    with pytest.raises(NotPermitted, match="officer"):
        acme.perform(policy.TRUST)
    with pytest.raises(NotPermitted):
        acme.perform(policy.TRUST, "admin")
    assert acme.perform(policy.TRUST, "officer").doubt
    assert acme.show().clock == ""
    assert acme.show().pending == ()
    assert acme.kinds()[-1] == "clock.trusted"


def test_a_home_that_promises_nothing_lets_its_owner_trust_the_clock(acme: Acme) -> None:
    acme.clock.time += timedelta(days=60)
    assert acme.perform(policy.TRUST).doubt
    assert acme.perform(policy.TRUST).doubt == ""


def test_no_profile_given_is_a_mistake(acme: Acme) -> None:
    with pytest.raises(BadInput, match="No profile"):
        acme.apply()


def test_what_a_later_version_tightens_is_not_told_to_become_weaker(acme: Acme) -> None:
    acme.apply(profile=NETWISE)
    acme.set(ai_off=(AiFeature.TRIAGE,))
    told = {change.path for each in acme.show().pending for change in each.changes}
    owner = Caller(Interface.SHELL, owner=True)
    args = privacy.PENDING.args(tenant="acme")
    banner = Operator(acme.home).perform(privacy.PENDING, owner, args, silent)
    assert told == {"regions.destinations"}
    assert {rule.path for each in banner.pending for rule in each.rules} == told
    acme.live(31)
    assert not acme.home.policy("acme").allows(AiFeature.TRIAGE)
    assert "us" in acme.home.policy("acme").rules.regions.destinations
