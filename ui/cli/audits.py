"""``audit …``: the monthly audit of AI outputs."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from ui.cli import screen
from ui.cli.client import perform
from ui.cli.options import AnyLogin, Json, Login, Tenant
from ui.cli.typed import credential

if TYPE_CHECKING:
    from ui.operations.audits import AuditView


class Answer(StrEnum):
    """An answer of a form."""

    YES = "yes"
    NO = "no"


Form = Annotated[str, typer.Argument(metavar="ID", help="The form's id, or its first digits.")]
Month = Annotated[str, typer.Option("--month", metavar="YYYY-MM", help="A month that is over.")]
Check = Annotated[
    bool, typer.Option("--check", help="Compute the sample and compare it; draw nothing.")
]
Correct = Annotated[Answer | None, typer.Option("--correct", help="What it says is right.")]
Complete = Annotated[Answer | None, typer.Option("--complete", help="It answers everything.")]
Cited = Annotated[Answer | None, typer.Option("--cited", help="Its sources say the same.")]
Leak = Annotated[Answer | None, typer.Option("--leak", help="It tells what it should not.")]
Tone = Annotated[Answer | None, typer.Option("--tone", help="Its tone is right.")]


def sample(
    *, tenant: Tenant, month: Month, check: Check = False, login: AnyLogin = "", json: Json = False
) -> None:
    """The hash of the month's last ledger row orders the outputs, so that nobody chooses.

    A sample is drawn once; after that it is only compared with what the ledger gives.
    """
    from ui.operations.audits import SAMPLE, SampleArgs

    args = SampleArgs(tenant=tenant, month=month, check=check)
    done = perform(SAMPLE, args, credential=credential(login) if login else None)
    state = "not drawn yet" if not done.drawn else "drawn" if done.holds else "does not hold"
    screen.listed(
        done,
        ("month", "outputs", "sample", "erased", "due", "state", "seed"),
        [
            (
                done.month,
                done.outputs,
                len(done.drafts),
                done.gone,
                f"{done.due_at:%Y-%m-%d}",
                state,
                done.seed[:16],
            )
        ],
        json=json,
    )


def list_all(*, tenant: Tenant, login: AnyLogin = "", json: Json = False) -> None:
    from ui.operations.audits import LIST
    from ui.operations.base import TenantArgs

    args = TenantArgs(tenant=tenant)
    found = perform(LIST, args, credential=credential(login) if login else None)
    if not json:
        for each in found.undrawn:
            late = " It is overdue." if each.overdue else ""
            screen.note(
                f"{each.month} has no sample yet ({each.outputs} outputs, due "
                f"{each.due_at:%Y-%m-%d}).{late} `quietdesk audit sample --month {each.month}`"
            )
    screen.listed(
        found,
        ("form", "month", "state", "due", "draft", "by"),
        (
            (e.id[:8], e.month, e.state, f"{e.due_at:%Y-%m-%d}", e.draft[:8], e.by or "")
            for e in found.forms
        ),
        json=json,
    )


def judge(
    form: Form,
    *,
    tenant: Tenant,
    login: Login,
    correct: Correct = None,
    complete: Complete = None,
    cited: Cited = None,
    leak: Leak = None,
    tone: Tone = None,
    json: Json = False,
) -> None:
    """Without answers it shows the draft, redacted; with all five it judges the form."""
    from ui.operations.audits import JUDGE, JudgeArgs

    args = JudgeArgs(
        tenant=tenant,
        audit=form,
        correct=_yes(correct),
        complete=_yes(complete),
        cited=_yes(cited),
        leak=_yes(leak),
        tone=_yes(tone),
    )
    done = perform(JUDGE, args, credential=credential(login))
    if json:
        screen.as_json(done)
        return
    screen.say(f"{done.draft.kind}  {done.draft.id}  {done.draft.state}\n\n{done.draft.body}\n")
    screen.citations(done.draft.citations)
    screen.say(_state(done.form))


def stats(*, tenant: Tenant, login: AnyLogin = "", json: Json = False) -> None:
    """Counts about fewer cases than the policy's least count are left out."""
    from ui.operations.audits import STATS
    from ui.operations.base import TenantArgs

    args = TenantArgs(tenant=tenant)
    found = perform(STATS, args, credential=credential(login) if login else None)
    screen.listed(
        found,
        ("month", "judged", "question", "yes", "no"),
        (
            (month.month, month.judged, each.question, each.yes, each.no)
            for month in found.months
            for each in month.answers
        ),
        json=json,
    )


def _yes(answer: Answer | None) -> bool | None:
    return None if answer is None else answer is Answer.YES


def _state(form: AuditView) -> str:
    if form.state == "judged":
        return f"{form.id[:8]} was judged by {form.by}."
    return f"{form.id[:8]} is {form.state}, due {form.due_at:%Y-%m-%d}."
