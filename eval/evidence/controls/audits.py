"""The monthly audit of what AI wrote: nobody chooses the sample, and it is judged in time."""

from __future__ import annotations

import math
from collections.abc import Generator
from contextlib import AbstractContextManager
from datetime import timedelta

from assistant.bootstrap import Home
from assistant.flows import audits
from assistant.model import Role
from eval.evidence.control import Control, Off, Seen, same
from eval.evidence.material import TICKET
from eval.evidence.switches import replaced
from eval.evidence.twin import Twin
from guardrails.policy import AiFeature, Rules
from guardrails.policy.words import SecondLook

_RUNNING = "a sample of a month that is not over is drawn"
_DRAWN = "the drafts that the sample has"
_RECOMPUTED = "the sample is computed again from the ledger"
_TWICE = "forms after the sample is drawn twice"
_SAME_PERSON = "a person judges a draft that they decided about"
_IN_TIME = "forms that are open after they were judged in time"
_OVERDUE = "forms that are overdue while one is left open"
_MONTH = "a finished month without a sample is overdue"
_NONE_OVERDUE = "forms and months that are overdue"
_ALL_HOLD = "samples that the ledger does not give again"
_RELEASED, _REJECTED = 2, 2


def _audited(twin: Twin) -> Generator[Seen]:
    if not twin.desk.allows(AiFeature.DRAFT):
        return
    _to_next_month(twin)
    month = f"{twin.clock():%Y-%m}"
    _decide(twin)
    running = twin.attempt("audit.sample", role=Role.OFFICER, month=month)
    yield same(_RUNNING, "Refused", running.refused)
    _to_next_month(twin)
    drawn = twin.perform("audit.sample", role=Role.OFFICER, month=month)
    yield same(_DRAWN, _wanted(twin.rules, _RELEASED + _REJECTED), len(drawn["drafts"]))
    again = twin.perform("audit.sample", month=month, check=True)
    yield same(_RECOMPUTED, True, again["holds"] and again["drafts"] == drawn["drafts"])
    twin.perform("audit.sample", role=Role.REVIEWER, month=month)
    forms = twin.perform("audit.list", role=Role.OFFICER)["forms"]
    yield same(_TWICE, len(drawn["drafts"]), len(forms))
    if forms:
        yield from _judged(twin, [each["id"] for each in forms])
    _decide(twin)
    _to_next_month(twin)
    twin.clock.forward(days=twin.rules.audit.done_in_days)
    late = twin.perform("audit.list", role=Role.OFFICER)["undrawn"]
    yield same(_MONTH, 1, sum(each["overdue"] for each in late))


def _judged(twin: Twin, forms: list[str]) -> Generator[Seen]:
    *most, last = forms
    if twin.rules.review.second_look is SecondLook.ANOTHER_PERSON:
        own = _judge(twin, last, Role.REVIEWER)
        yield same(_SAME_PERSON, "Refused", own)
    failed = [each for each in most if _judge(twin, each, Role.OFFICER)]
    yield same(_IN_TIME, 0, len(failed))
    twin.clock.forward(days=twin.rules.audit.done_in_days)
    yield same(_OVERDUE, 1, twin.perform("audit.list", role=Role.OFFICER)["overdue"])
    _judge(twin, last, Role.OFFICER)


def _judge(twin: Twin, form: str, role: Role) -> str:
    """Judge a form; return the type of the error, empty without one."""
    return twin.attempt(
        "audit.judge",
        role=role,
        audit=form,
        correct=True,
        complete=True,
        cited=True,
        leak=False,
        tone=True,
    ).refused


def _to_next_month(twin: Twin) -> None:
    """Move the clock to the second day of the next month, so that no month ends meanwhile."""
    now = twin.clock()
    first = (now.replace(day=1) + timedelta(days=32)).replace(day=1)
    twin.clock.forward(days=(first.date() - now.date()).days + 1)


def _decide(twin: Twin) -> None:
    """Draft, and release or reject each draft."""
    for at in range(_RELEASED + _REJECTED):
        made = twin.perform("draft", role=Role.AGENT, references=[TICKET])["written"][0]["id"]
        if at >= _RELEASED:
            twin.perform("review.reject", role=Role.REVIEWER, draft=made)
            continue
        text = "Please restart the spooler."
        twin.perform("review.edit", role=Role.REVIEWER, draft=made, text=text)
        twin.perform("review.approve", role=Role.REVIEWER, draft=made)
        twin.perform("review.release", role=Role.REVIEWER, draft=made)


def _wanted(rules: Rules, count: int) -> int:
    """Return the size of a sample by the rules, computed apart from what is tried."""
    return min(count, max(rules.audit.least, math.ceil(rules.audit.sample * count)))


def _done(home: Home, slug: str) -> Generator[Seen]:
    """Read the tenant: nothing is overdue, and the ledger gives each sample again."""
    desk = home.desk(slug)
    found = audits.agenda(desk)
    yield same(_NONE_OVERDUE, 0, found.overdue(desk.clock()))
    months = {each.month for each in found.forms}
    yield same(_ALL_HOLD, 0, sum(not audits.recomputed(desk, each).holds for each in months))


def _share_of_zero() -> AbstractContextManager[None]:
    def none(_rules: Rules, _count: int) -> int:
        return 0

    return replaced((audits, "size_of", none))


def _at_any_time() -> AbstractContextManager[None]:
    def passes(*_: object) -> None:
        return None

    return replaced((audits, "_must_be_over", passes))


CONTROLS = (
    Control(
        "audit.sample",
        "Each month a sample of AI outputs, which nobody chooses, is judged in time.",
        _audited,
        _done,
        {
            "sampler": Off(_share_of_zero, _DRAWN),
            "end of the month": Off(_at_any_time, _RUNNING),
        },
    ),
)
