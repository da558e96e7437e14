"""The monthly audit, as every interface reaches it, and the control that reads the tenant."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from assistant.errors import BadInput, NotPermitted
from assistant.model import Role
from eval.evidence.controls import CONTROLS
from eval.evidence.material import TICKET
from eval.evidence.twin import Twin
from tests.fakes.twins import a_twin


@pytest.fixture
def twin(tmp_path: Path) -> Iterator[Twin]:
    with a_twin(tmp_path) as made:
        yield made


def rejected(twin: Twin) -> tuple[str, str]:
    """Reject a draft and end its month; return the month and the draft."""
    month = f"{twin.clock():%Y-%m}"
    made = twin.perform("draft", role=Role.AGENT, references=[TICKET])["written"][0]["id"]
    twin.perform("review.reject", role=Role.REVIEWER, draft=made)
    first = (twin.clock().replace(day=1) + timedelta(days=32)).replace(day=1)
    twin.clock.forward(days=(first.date() - twin.clock().date()).days)
    return month, made


def judged(twin: Twin, form: str) -> dict[str, Any]:
    return twin.perform(
        "audit.judge",
        role=Role.OFFICER,
        audit=form,
        correct=True,
        complete=True,
        cited=True,
        leak=True,
        tone=True,
    )


def overdue(twin: Twin) -> list[bool]:
    watch = CONTROLS["audit.sample"].watch
    assert watch is not None
    return [each.ok for each in watch(twin.home, twin.tenant)]


def test_a_form_is_read_with_its_draft_and_then_judged(twin: Twin) -> None:
    month, draft = rejected(twin)
    drawn = twin.perform("audit.sample", role=Role.OFFICER, month=month)
    assert (list(drawn["drafts"]), drawn["drawn"]) == ([draft], True)
    (form,) = twin.perform("audit.list")["forms"]
    one = twin.perform("audit.judge", role=Role.OFFICER, audit=form["id"])
    assert (one["form"]["state"], one["form"]["correct"]) == ("open", None)
    assert one["draft"]["body"]
    assert one["draft"]["citations"]
    planted = twin.material()
    people = planted.requester, planted.address, *planted.values.values()
    assert not [each for each in people if each in str(one)]
    done = judged(twin, form["id"])
    assert (done["form"]["state"], done["form"]["by"]) == ("judged", twin.login(Role.OFFICER))
    (counted,) = twin.perform("audit.stats")["months"]
    assert (counted["judged"], counted["answers"][0]["yes"]) == (1, 1)


def test_a_form_needs_all_answers(twin: Twin) -> None:
    month, _ = rejected(twin)
    twin.perform("audit.sample", month=month)
    (form,) = twin.perform("audit.list")["forms"]
    with pytest.raises(BadInput, match="complete, cited, leak, tone"):
        twin.perform("audit.judge", role=Role.OFFICER, audit=form["id"], correct=True)
    assert twin.perform("audit.list")["forms"][0]["state"] == "open"


def test_an_agent_has_no_part_in_the_audit(twin: Twin) -> None:
    month, _ = rejected(twin)
    for name in ("audit.list", "audit.stats"):
        with pytest.raises(NotPermitted):
            twin.perform(name, role=Role.AGENT)
    with pytest.raises(NotPermitted):
        twin.perform("audit.sample", role=Role.AGENT, month=month)
    with pytest.raises(NotPermitted):
        twin.perform("audit.judge", role=Role.AGENT, audit="a")


def test_the_control_sees_a_month_and_a_form_that_are_overdue(twin: Twin) -> None:
    month, _ = rejected(twin)
    assert overdue(twin) == [True, True]
    twin.clock.forward(days=twin.rules.audit.done_in_days + 1)
    assert overdue(twin) == [False, True]
    twin.perform("audit.sample", month=month)
    assert overdue(twin) == [False, True]
    (form,) = twin.perform("audit.list")["forms"]
    assert form["state"] == "overdue"
    judged(twin, form["id"])
    assert overdue(twin) == [True, True]
