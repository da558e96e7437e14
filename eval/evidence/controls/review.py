"""The second look: a person concerned challenges a reply, and another person decides in time."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import AbstractContextManager
from dataclasses import dataclass

from assistant.bootstrap import Home
from assistant.errors import QuietdeskError
from assistant.flows import challenges
from assistant.flows.challenges import due_after
from assistant.model import Challenge, ChallengeOutcome, Role
from eval.evidence.control import Control, Off, Seen, same
from eval.evidence.material import TICKET
from eval.evidence.switches import replaced
from eval.evidence.twin import PASSWORD, Attempt, Twin
from guardrails.policy.words import SecondLook

_OPENED = "a challenge of a released reply is due on the policy's last day"
_AGENT = "an agent decides about a challenge"
_SAME = "the reviewer who released the reply decides about the challenge"
_OPENER = "the reviewer who opened the challenge decides about it"
_EARLY = "challenges that are overdue before their last day has passed"
_OVERDUE = "challenges that are overdue on the day after"
_OTHER = "another reviewer decides about the challenge"
_KEPT = "the outcome that is kept"
_AGAIN = "a challenge that is decided is decided again"
_ROWS = "ledger rows of the challenges"
_WATCHED = "challenges of the tenant that are overdue"


@dataclass(frozen=True, slots=True)
class _Second:
    """A reviewer beside the one that every twin has, who had no part in a reply."""

    twin: Twin
    login: str

    def decides(self, challenge: str) -> Attempt:
        return self.tries("challenge.decide", challenge=challenge, outcome="withdrawn")

    def tries(self, operation: str, **args: object) -> Attempt:
        given = {"tenant": self.twin.tenant, **args}
        try:
            return Attempt(
                str(self.twin.doors.perform(self.twin.home, operation, given, self.login))
            )
        except QuietdeskError as error:
            return Attempt(str(error), type(error).__name__)


def _looked_at_again(twin: Twin) -> Generator[Seen]:
    rules = twin.desk.policy().rules.review
    if rules.second_look is not SecondLook.ANOTHER_PERSON:
        return
    second, third = _reviewer(twin, "second"), _reviewer(twin, "third")
    reply = _released(twin)
    twin.perform("challenge.open", role=Role.AGENT, reply=reply, reason="wrong")
    (made,) = twin.desk.records.challenges.list()
    due = due_after(made.opened_at, rules.challenge_days)
    yield same(_OPENED, due.isoformat(), made.due_at.isoformat())
    yield same(_AGENT, True, bool(_decides(twin, Role.AGENT, made.id).refused))
    yield same(_SAME, "Refused", _decides(twin, Role.REVIEWER, made.id).refused)
    twin.clock.forward(days=rules.challenge_days - 0.5)
    yield same(_EARLY, 0, _overdue(twin))
    twin.clock.forward(days=1.5)
    yield same(_OVERDUE, 1, _overdue(twin))
    yield same(_OTHER, "", second.decides(made.id).refused)
    (kept,) = twin.desk.records.challenges.list()
    yield same(_KEPT, ChallengeOutcome.WITHDRAWN.value, kept.outcome and kept.outcome.value)
    yield same(_AGAIN, "Refused", third.decides(made.id).refused)
    third.tries("challenge.open", reply=reply, reason="wrong")
    (again,) = challenges.undecided(twin.desk)
    yield same(_OPENER, "Refused", third.decides(again.id).refused)
    rows = [each for each in twin.desk.ledger.rows() if each.kind.startswith("challenge.")]
    yield same(_ROWS, 3, len(rows), (each.number for each in rows))


def _reviewer(twin: Twin, name: str) -> _Second:
    login = f"{name}@{twin.tenant}.test"
    twin.home.accounts.add_user(login, PASSWORD, twin.tenant, Role.REVIEWER)
    return _Second(twin, login)


def _released(twin: Twin) -> str:
    """Send a reply by hand, which needs no AI; return its id."""
    made = twin.perform(
        "reply.write", role=Role.AGENT, reference=TICKET, text="Please restart the spooler."
    )
    twin.perform("review.approve", role=Role.REVIEWER, draft=made["id"])
    sent = twin.perform("review.release", role=Role.REVIEWER, draft=made["id"])
    return str(sent["reply"])


def _decides(twin: Twin, role: Role, challenge: str) -> Attempt:
    return twin.attempt("challenge.decide", role=role, challenge=challenge, outcome="upheld")


def _overdue(twin: Twin) -> int:
    found = twin.perform("challenge.list")["challenges"]
    return sum(each["overdue"] for each in found)


def _none_overdue(home: Home, slug: str) -> Generator[Seen]:
    """Read the tenant: no challenge waits longer than its policy allows."""
    yield same(_WATCHED, 0, len(challenges.overdue(home.desk(slug))))


def _anybody() -> AbstractContextManager[None]:
    def allowed(*_: object) -> None:
        return None

    return replaced((challenges, "must_look_again", allowed))


def _no_clock() -> AbstractContextManager[None]:
    def never(*_: object) -> bool:
        return False

    return replaced((Challenge, "overdue", never))


CONTROLS = (
    Control(
        "review.second-look",
        "A decision can be challenged, and another person looks at it in time.",
        _looked_at_again,
        _none_overdue,
        {
            "another person": Off(_anybody, _SAME),
            "due date": Off(_no_clock, _OVERDUE),
        },
    ),
)
