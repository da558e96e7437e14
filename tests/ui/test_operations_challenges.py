"""An agent opens a challenge, another reviewer decides it, and everybody sees what is due."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from assistant.bootstrap import Home
from assistant.errors import BadInput, NotPermitted, Refused
from assistant.model import ChallengeOutcome, Role
from assistant.settings import Settings
from eval.evidence.controls import CONTROLS
from eval.evidence.twin import Clock
from tests.fakes.parts import light_parts
from tests.ui.test_operations_ai import GUIDE, TICKETS, House
from ui.operations import by_hand, challenges, review
from ui.operations.by_hand import ByHandArgs
from ui.operations.challenges import ChallengesArgs, OpenArgs, OutcomeArgs
from ui.operations.tickets import IMPORT, Export

ALL = ChallengesArgs(tenant="acme", decided=True)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def house(tmp_path: Path, clock: Clock) -> Iterator[House]:
    with Home.open(Settings(home=tmp_path), parts=light_parts(), clock=clock) as home:
        home.add_tenant("acme")
        for login, role in (
            ("rita", Role.REVIEWER),
            ("olaf", Role.REVIEWER),
            ("ada", Role.AGENT),
            ("kim", Role.KNOWLEDGE),
        ):
            home.accounts.add_user(login, "correct horse battery", "acme", role)
        made = House(home)
        made.upload("guide.md", GUIDE)
        made.do(IMPORT, Export(tenant="acme", name="t.jsonl", text=TICKETS))
        yield made


def released(house: House) -> str:
    """Return the id of a reply that Ada wrote and Rita released."""
    args = ByHandArgs(tenant="acme", reference="N-1", text="Hello Ann Lee, restart the spooler.")
    draft = house.do(by_hand.WRITE, args, "ada").id
    one = review.DecideArgs(tenant="acme", draft=draft)
    house.do(review.APPROVE, one, "rita")
    return house.do(review.RELEASE, one, "rita").reply


def decides(house: House, challenge: str, login: str) -> challenges.ChallengeView:
    args = OutcomeArgs(tenant="acme", challenge=challenge, outcome=ChallengeOutcome.CHANGED)
    return house.do(challenges.DECIDE, args, login)


def test_a_challenge_goes_from_an_agent_to_another_reviewer(house: House, clock: Clock) -> None:
    reply = released(house)
    made = house.do(challenges.OPEN, OpenArgs(tenant="acme", reply=reply[:8]), "ada")
    assert (made.reference, made.reason, made.opened_by) == ("N-1", "human_review", "ada")
    with pytest.raises(Refused, match="second look"):
        decides(house, made.id, "rita")
    clock.forward(days=11)
    (due,) = house.do(challenges.LIST, ChallengesArgs(tenant="acme")).challenges
    assert due.overdue
    done = decides(house, made.id[:8], "olaf")
    assert (done.outcome, done.decided_by, done.overdue) == ("changed", "olaf", False)
    assert house.do(challenges.LIST, ChallengesArgs(tenant="acme")).challenges == ()
    listed = house.do(challenges.LIST, ALL, "ada")
    assert listed.challenges == (done,)
    assert "Ann" not in listed.model_dump_json()
    assert house.rows().count("challenge.opened") == house.rows().count("challenge.decided") == 1


def test_the_evidence_sees_a_challenge_of_the_tenant_that_is_overdue(
    house: House, clock: Clock
) -> None:
    watch = CONTROLS["review.second-look"].watch
    assert watch
    house.do(challenges.OPEN, OpenArgs(tenant="acme", reply=released(house)), "ada")
    assert [each.ok for each in watch(house.home, "acme")] == [True]
    clock.forward(days=11)
    assert [(each.found, each.ok) for each in watch(house.home, "acme")] == [(1, False)]


def test_a_challenge_names_a_reply_or_a_draft(house: House) -> None:
    reply = released(house)
    draft = house.home.desk("acme").records.drafts.replies()[0].draft_id
    for args in (OpenArgs(tenant="acme"), OpenArgs(tenant="acme", reply=reply, draft=draft)):
        with pytest.raises(BadInput, match="reply or a draft"):
            house.do(challenges.OPEN, args, "ada")
    made = house.do(challenges.OPEN, OpenArgs(tenant="acme", draft=draft[:8]), "ada")
    assert made.draft == draft


def test_who_has_no_part_in_replies_opens_and_decides_nothing(house: House) -> None:
    reply = released(house)
    with pytest.raises(NotPermitted):
        house.do(challenges.OPEN, OpenArgs(tenant="acme", reply=reply), "kim")
    made = house.do(challenges.OPEN, OpenArgs(tenant="acme", reply=reply), "ada")
    for login in ("ada", "kim", ""):
        with pytest.raises(NotPermitted):
            decides(house, made.id, login)


def test_a_challenge_is_due_after_the_days_of_the_policy(house: House) -> None:
    made = house.do(challenges.OPEN, OpenArgs(tenant="acme", reply=released(house)), "ada")
    days = house.home.desk("acme").policy().rules.review.challenge_days
    assert made.due_at.date() - made.opened_at.date() == timedelta(days=days)
