"""The monthly audit of AI outputs: draw a sample, judge it, and count the answers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from assistant.model import Role
from ui.operations.base import Operation, Progress, Shape, TenantArgs
from ui.operations.callers import Caller, at_desk
from ui.operations.drafts import DraftView, draft_view
from ui.operations.names import names_of
from ui.operations.needs import member, owner_or

if TYPE_CHECKING:
    from assistant.bootstrap import Home
    from assistant.model import Audit


class SampleArgs(TenantArgs):
    """A month, like ``2026-11``; with ``check`` nothing is drawn, only computed and compared."""

    month: str
    check: bool = False


class Sampled(Shape):
    """A sample, in the order that ``seed`` (the hash of a row of the ledger) gives.

    ``outputs`` is how many there were, ``gone`` how many of the chosen ones were erased. It does
    not ``hold`` when the ledger gives another sample than the one that was drawn.
    """

    month: str
    seed: str
    outputs: int
    drafts: tuple[str, ...]
    gone: int
    due_at: datetime
    drawn: bool
    holds: bool


class AuditView(Shape):
    """A form; ``by`` is a login. The answers are None until it is judged."""

    id: str
    month: str
    draft: str
    state: Literal["overdue", "open", "judged"]
    due_at: datetime
    judged_at: datetime | None = None
    by: str | None = None
    correct: bool | None = None
    complete: bool | None = None
    cited: bool | None = None
    leak: bool | None = None
    tone: bool | None = None


class UndrawnView(Shape):
    """A finished month without a sample, and how many outputs it has."""

    month: str
    outputs: int
    due_at: datetime
    overdue: bool


class AuditList(Shape):
    """Months to draw, and forms: overdue ones first, judged ones last."""

    overdue: int
    undrawn: tuple[UndrawnView, ...]
    forms: tuple[AuditView, ...]


class JudgeArgs(TenantArgs):
    """A form by its id, or by the beginning of it, and all five answers.

    Without any answer the form is only shown. ``leak`` is whether the text tells what it should
    not; the other answers are yes for a good text.
    """

    audit: str
    correct: bool | None = None
    complete: bool | None = None
    cited: bool | None = None
    leak: bool | None = None
    tone: bool | None = None


class Judged(Shape):
    """A form and its draft, redacted, with its citations."""

    form: AuditView
    draft: DraftView


class AnswersView(Shape):
    """How often a question was answered yes, and no."""

    question: str
    yes: int
    no: int


class MonthView(Shape):
    """The answers of a month; those about few cases are left out."""

    month: str
    judged: int
    answers: tuple[AnswersView, ...]


class AuditStats(Shape):
    """The answers by month, oldest first."""

    months: tuple[MonthView, ...]


def _sample(home: Home, caller: Caller, args: SampleArgs, _progress: Progress) -> Sampled:
    from assistant.flows import audits

    desk = home.desk(args.tenant)
    found = (
        audits.recomputed(desk, args.month)
        if args.check
        else audits.sample(desk, args.month, caller.by)
    )
    return Sampled(
        month=args.month,
        seed=found.outputs.seed,
        outputs=len(found.outputs.ids),
        drafts=found.chosen,
        gone=found.gone,
        due_at=found.due_at,
        drawn=found.drawn,
        holds=found.holds,
    )


def _list(home: Home, _caller: Caller, args: TenantArgs, _progress: Progress) -> AuditList:
    from assistant.flows import audits

    desk, name = home.desk(args.tenant), names_of(home)
    found, now = audits.agenda(desk), desk.clock()
    return AuditList(
        overdue=found.overdue(now),
        undrawn=tuple(
            UndrawnView(
                month=each.month, outputs=each.outputs, due_at=each.due_at, overdue=each.overdue
            )
            for each in found.undrawn
        ),
        forms=tuple(_view(each, now, name) for each in found.forms),
    )


def _judge(home: Home, caller: Caller, args: JudgeArgs, _progress: Progress) -> Judged:
    from assistant.errors import BadInput
    from assistant.flows import audits
    from assistant.flows.ai_notice import notices_of
    from assistant.model import Judgement

    desk, person = at_desk(home, caller, args.tenant)
    given = {each: getattr(args, each) for each in audits.QUESTIONS}
    left = [each for each, answer in given.items() if answer is None]
    if left and len(left) < len(given):
        raise BadInput(
            f"A form needs all answers; {', '.join(left)} is missing.", safe="Nothing was judged."
        )
    if not left:
        audits.judge(desk, person, args.audit, Judgement(**given))
    form, draft = audits.form_of(desk, person, args.audit)
    view = _view(form, desk.clock(), names_of(home))
    return Judged(form=view, draft=draft_view(draft, notices_of(desk)))


def _stats(home: Home, _caller: Caller, args: TenantArgs, _progress: Progress) -> AuditStats:
    from assistant.flows.audits import figures

    return AuditStats(
        months=tuple(
            MonthView(
                month=each.month,
                judged=each.judged,
                answers=tuple(
                    AnswersView(question=question, yes=yes, no=no)
                    for question, (yes, no) in each.answers.items()
                ),
            )
            for each in figures(home.desk(args.tenant))
        )
    )


def _view(audit: Audit, now: datetime, name: Callable[[str], str]) -> AuditView:
    done = audit.judgement
    shown = AuditView(
        id=audit.id,
        month=audit.month,
        draft=audit.draft_id,
        state="overdue" if audit.overdue(now) else "open",
        due_at=audit.due_at,
    )
    if done is None:
        return shown
    return shown.model_copy(
        update={
            "state": "judged",
            "judged_at": audit.judged_at,
            "by": name(audit.judged_by),
            "correct": done.correct,
            "complete": done.complete,
            "cited": done.cited,
            "leak": done.leak,
            "tone": done.tone,
        }
    )


_AUDITORS = Role.REVIEWER, Role.OFFICER
SAMPLE = Operation(
    "audit.sample",
    SampleArgs,
    Sampled,
    _sample,
    needs=owner_or(*_AUDITORS),
    takes_turn=lambda args: not args.check,
)
LIST = Operation("audit.list", TenantArgs, AuditList, _list, needs=owner_or(*_AUDITORS))
JUDGE = Operation("audit.judge", JudgeArgs, Judged, _judge, needs=member(*_AUDITORS))
STATS = Operation("audit.stats", TenantArgs, AuditStats, _stats, needs=owner_or(*_AUDITORS))
