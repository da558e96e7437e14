"""The monthly audit: a sample of what AI wrote and a person released or rejected is judged.

Nobody chooses the sample. The ledger's rows of a finished month name its outputs, and the hash of
the month's last row orders them (HMAC-SHA256 of the draft's id), so that anybody with the ledger
can draw the same sample. A reply that a person wrote by hand is no output of AI.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta

from assistant.desk import Desk
from assistant.errors import BadInput, NotFound, Refused
from assistant.flows.checks import draft_of, must_read
from assistant.flows.second_person import WRITTEN
from assistant.model import Audit, Draft, Judgement
from guardrails.audit.ledger import Row
from guardrails.audit.segments import month_of
from guardrails.identity.permissions import Person
from guardrails.policy import Rules
from guardrails.policy.words import SecondLook

RELEASED, REJECTED, DRAWN = "reply.released", "draft.rejected", "audit.drawn"
QUESTIONS = tuple(each.name for each in fields(Judgement))
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
_LONGEST_MONTH = timedelta(days=31)
_ID_DIGITS = 32


@dataclass(frozen=True, slots=True)
class Outputs:
    """The ids of the outputs of a month by the ledger, and the hash that orders them.

    ``promised`` is whether a rule of an audit was in force: rows of earlier versions name none.
    """

    month: str
    ids: frozenset[str]
    seed: str
    promised: bool = True


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample: the ids of its drafts in the order in which they were drawn.

    ``gone`` of them are erased. ``holds`` is False when the row `DRAWN` or the forms differ from
    what the ledger gives now; nothing is compared while ``drawn`` is False.
    """

    outputs: Outputs
    chosen: tuple[str, ...]
    due_at: datetime
    gone: int
    drawn: bool
    holds: bool = True


@dataclass(frozen=True, slots=True)
class Due:
    """A finished month whose sample was not drawn."""

    month: str
    outputs: int
    due_at: datetime
    overdue: bool


@dataclass(frozen=True, slots=True)
class Agenda:
    """What is to do, and what was done: overdue first, then by due time; judged forms last."""

    undrawn: tuple[Due, ...]
    forms: tuple[Audit, ...]

    def overdue(self, now: datetime) -> int:
        """Return how many forms and months should have been done before ``now``."""
        return sum(each.overdue for each in self.undrawn) + sum(
            each.overdue(now) for each in self.forms
        )


@dataclass(frozen=True, slots=True)
class Figures:
    """How often each question of a month's forms was answered yes, and no.

    A question is left out if either count is about fewer cases than the policy's least count.
    """

    month: str
    judged: int
    answers: Mapping[str, tuple[int, int]]


def sample(desk: Desk, month: str, by: str) -> Sample:
    """Draw the sample of a finished month, once; a sample that was drawn is compared.

    ``by`` is a user's id, or the owner. `BadInput` for what is no month, `Refused` for a month that
    still runs or has no output.
    """
    with desk.records.transaction():
        found = recomputed(desk, month)
        if found.drawn:
            return found
        for draft_id in _kept(desk, found.chosen):
            form = _form_id(found.outputs.seed, draft_id)
            audit = Audit(form, month, draft_id, desk.clock(), found.due_at)
            desk.records.audits.add(audit)
        desk.ledger.append(
            DRAWN,
            month=month,
            seed=found.outputs.seed,
            outputs=len(found.outputs.ids),
            count=len(found.chosen),
            gone=found.gone,
            by=by,
        )
    return recomputed(desk, month)


def recomputed(desk: Desk, month: str) -> Sample:
    """Return the sample that the ledger gives for a finished month; writes nothing.

    Errors are those of `sample`.
    """
    _must_be_over(desk, month)
    outputs = outputs_of(desk).get(month)
    if outputs is None:
        raise Refused(
            f"No AI output of {month} was released or rejected, so there is nothing to audit.",
            safe="Nothing was drawn.",
        )
    rules, row = desk.policy().rules, _drawn(desk).get(month)
    size = size_of(rules, len(outputs.ids)) if row is None else int(row["count"])
    chosen = chosen_of(outputs, size)
    kept = set(_kept(desk, chosen))
    return Sample(
        outputs,
        chosen,
        due_of(rules, month),
        gone=len(chosen) - len(kept),
        drawn=row is not None,
        holds=row is None or _holds(desk, outputs, row, kept),
    )


def size_of(rules: Rules, count: int) -> int:
    """Return how many of ``count`` outputs are audited: the share, at least so many, or all."""
    share = math.ceil(round(rules.audit.sample * count, 9))
    return min(count, max(share, rules.audit.least))


def chosen_of(outputs: Outputs, size: int) -> tuple[str, ...]:
    """Return the first ``size`` outputs in the order that the month's seed gives."""
    return tuple(sorted(outputs.ids, key=lambda each: _order(outputs.seed, each))[:size])


def due_of(rules: Rules, month: str) -> datetime:
    """Return the time at which the audit of ``month`` must be done."""
    return _end(month) + timedelta(days=rules.audit.done_in_days)


def outputs_of(desk: Desk) -> Mapping[str, Outputs]:
    """Return the outputs by month, oldest first, as the ledger states them."""
    by_hand: set[str] = set()
    months: dict[str, list[Row]] = {}
    for row in desk.records.ledger.of_kinds((WRITTEN, RELEASED, REJECTED)):
        if row.kind == WRITTEN:
            by_hand.add(_draft(row))
        elif _draft(row) not in by_hand:
            months.setdefault(month_of(row.at), []).append(row)
    return {month: _outputs(desk, month, rows) for month, rows in months.items()}


def agenda(desk: Desk) -> Agenda:
    """Return what is overdue, what is open and what was judged."""
    now, rules, drawn = desk.clock(), desk.policy().rules, _drawn(desk)
    undrawn = [
        Due(month, len(each.ids), due, overdue=each.promised and now >= due)
        for month, each in outputs_of(desk).items()
        if month not in drawn and month < month_of(now.isoformat())
        for due in (due_of(rules, month),)
    ]
    forms = sorted(
        desk.records.audits.list(),
        key=lambda each: (not each.overdue(now), each.judgement is not None, each.due_at, each.id),
    )
    return Agenda(tuple(undrawn), tuple(forms))


def form_of(desk: Desk, person: Person, start: str) -> tuple[Audit, Draft]:
    """Return the form whose id begins with ``start``, and its draft, for ``person`` to judge."""
    must_read(desk, person)
    found = [each for each in desk.records.audits.list() if start and each.id.startswith(start)]
    if len(found) != 1:
        number = "no" if not found else "more than one"
        raise NotFound(f"There is {number} form {start}.", todo="See `quietdesk audit list`.")
    return found[0], draft_of(desk, found[0].draft_id)


def judge(desk: Desk, person: Person, start: str, judgement: Judgement) -> Audit:
    """Judge an open form. `Refused` if it was judged, or for a person who decided about the draft.

    Another person is asked for where the policy asks for one at a second look.
    """
    audit, draft = form_of(desk, person, start)
    _must_be_another(desk, person, draft)
    with desk.records.transaction():
        if not desk.records.audits.judge(audit.id, judgement, person.id, desk.clock()):
            raise Refused("This form was judged already.", safe="It was not changed.")
        desk.ledger.append("audit.judged", audit=audit.id, draft=draft.id, by=person.id)
    return form_of(desk, person, audit.id)[0]


def figures(desk: Desk) -> list[Figures]:
    """Return the answers by month, oldest first; small counts are left out."""
    least = desk.policy().rules.least_count
    months: dict[str, list[Judgement]] = {}
    for each in desk.records.audits.list():
        if each.judgement is not None:
            months.setdefault(each.month, []).append(each.judgement)
    return [
        Figures(month, len(done), _answers(done, least))
        for month, done in months.items()
        if len(done) >= least
    ]


def _answers(done: Sequence[Judgement], least: int) -> Mapping[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    for question in QUESTIONS:
        yes = sum(bool(getattr(each, question)) for each in done)
        pair = yes, len(done) - yes
        if not any(0 < count < least for count in pair):
            found[question] = pair
    return found


def _must_be_over(desk: Desk, month: str) -> None:
    if not _MONTH.fullmatch(month):
        raise BadInput(f"{month!r} is no month.", todo="Write it like 2026-11.")
    if desk.clock() < _end(month):
        raise Refused(
            f"{month} is not over, so it has no sample yet.",
            safe="Nothing was drawn.",
            todo=f"Draw it from {_end(month):%Y-%m-%d} (UTC) on.",
        )


def _must_be_another(desk: Desk, person: Person, draft: Draft) -> None:
    if desk.policy().rules.review.second_look is not SecondLook.ANOTHER_PERSON:
        return
    if person.id in {each.by for each in desk.records.drafts.reviews(draft.id)}:
        raise Refused(
            "You decided about this draft, and the policy asks for another person to audit it.",
            safe="The form is still open.",
            todo="Ask another reviewer, or an officer.",
        )


def _outputs(desk: Desk, month: str, rows: Sequence[Row]) -> Outputs:
    facts = (json.loads(each.body) for each in rows)
    promised = any("policy_hash" in each for each in facts)
    last = rows[-1]
    for row in desk.records.ledger.rows(last.number):
        if month_of(row.at) > month:
            break
        last = row
    return Outputs(month, frozenset(map(_draft, rows)), last.hash, promised)


def _drawn(desk: Desk) -> Mapping[str, Mapping[str, str | int]]:
    rows = desk.records.ledger.of_kinds((DRAWN,))
    return {facts["month"]: facts for facts in (json.loads(each.body) for each in rows)}


def _holds(desk: Desk, outputs: Outputs, row: Mapping[str, str | int], kept: Iterable[str]) -> bool:
    forms = {each.draft_id for each in desk.records.audits.list() if each.month == outputs.month}
    stated = row["seed"], row["outputs"]
    return stated == (outputs.seed, len(outputs.ids)) and forms == set(kept)


def _kept(desk: Desk, ids: Iterable[str]) -> list[str]:
    """Return those of the drafts that were not erased."""
    return [each for each in ids if each in desk.records.drafts.ids(each, 1)]


def _end(month: str) -> datetime:
    first = datetime.fromisoformat(f"{month}-01").replace(tzinfo=UTC)
    return (first + _LONGEST_MONTH).replace(day=1)


def _order(seed: str, draft_id: str) -> str:
    return hmac.new(seed.encode(), draft_id.encode(), hashlib.sha256).hexdigest()


def _form_id(seed: str, draft_id: str) -> str:
    return _order(seed, draft_id)[:_ID_DIGITS]


def _draft(row: Row) -> str:
    return json.loads(row.body)["draft"]
