"""People who opt out of AI: their tickets get no draft, no summary and no vector.

A person is kept sealed, and recognised by keyed hashes in every later ticket. Opting out holds at
once: drafts that AI wrote for the person and that wait are withdrawn.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from assistant.desk import Desk
from assistant.errors import BadInput, NotFound, Refused
from assistant.flows.ai import opted_out
from assistant.flows.checks import ticket_of
from assistant.flows.seeing import seeing
from assistant.model import DraftState, OptOut, new_id
from guardrails import ForPerson
from guardrails.detect.directory import KnownPerson
from guardrails.identity.permissions import Person, show
from guardrails.identity.same_person import keys_asked, keys_noted
from guardrails.policy.words import OptOut as Choice

_WAITING = (DraftState.PENDING, DraftState.APPROVED)
_SEE = "See `quietdesk people opt-outs`."


@dataclass(frozen=True, slots=True)
class Noted:
    """The note of a person, whether it is ``new``, and how many drafts were withdrawn."""

    id: str
    new: bool
    withdrawn: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """A person who opted out, as a permitted person sees them; ``fields`` is empty for others."""

    id: str
    fields: tuple[ForPerson, ...]
    at: datetime
    by: str


def noted(desk: Desk, person: Person | None) -> list[Line]:
    """Return who has opted out, oldest first; without a person who may read them, no names."""
    found = desk.records.opt_outs.list()
    if person is None or not person.reads_raw:
        return [Line(each.id, (), each.at, each.by) for each in found]
    with seeing(desk, person):
        return [
            Line(each.id, tuple(_shown(desk, person, each.person)), each.at, each.by)
            for each in found
        ]


def _shown(desk: Desk, person: Person, whom: KnownPerson) -> Iterator[ForPerson]:
    for field in (whom.name, whom.email, whom.phone, whom.username, whom.employee_number):
        if field:
            yield show(field, person, desk.tenant.slug)


def requester_of(desk: Desk, reference: str) -> KnownPerson:
    """Return the requester of a ticket. `BadInput` when it names none."""
    ticket_of(desk, reference)
    raw = desk.records.tickets.raw(reference)
    if raw is None or not raw.people:
        raise BadInput(f"{reference} names no requester.", todo="Name the person instead.")
    return raw.people[0]


def opt_out(desk: Desk, whom: KnownPerson, by: str) -> Noted:
    """Note that a person has opted out, and withdraw what AI wrote for them.

    ``by`` is the id of the user who notes it. The person's other addresses in the tenant's
    directory count too. `BadInput` for nobody, `Refused` where the policy offers no opt-out.
    """
    if Choice.PERSON not in desk.policy().rules.ai.opt_out:
        raise Refused(
            "The policy of this tenant offers people no way to opt out.",
            safe="Nothing was changed.",
            todo="An officer can change the policy.",
        )
    keys = _keys(desk, whom)
    with desk.records.transaction():
        known = desk.records.opt_outs.keys()
        if keys <= known.keys():
            return Noted(known[min(keys)], new=False)
        noted = OptOut(new_id(), whom, keys, desk.clock(), by)
        desk.records.opt_outs.put(noted)
        withdrawn = _withdraw(desk)
        desk.ledger.append("ai.opted_out", opt_out=noted.id, by=by, withdrawn=withdrawn)
    return Noted(noted.id, new=True, withdrawn=withdrawn)


def opt_in(desk: Desk, whom: KnownPerson | str, by: str) -> int:
    """Remove the notes of a person, or the note whose id begins so; return how many there were.

    `NotFound` without any, `BadInput` for the beginning of several ids.
    """
    with desk.records.transaction():
        found = _by_id(desk, whom) if isinstance(whom, str) else _notes(desk, whom)
        if not found:
            raise NotFound("Nobody of this description has opted out.", todo=_SEE)
        for each in found:
            desk.records.opt_outs.remove(each)
            desk.ledger.append("ai.opted_in", opt_out=each, by=by)
    return len(found)


def _by_id(desk: Desk, start: str) -> list[str]:
    found = [each.id for each in desk.records.opt_outs.list() if each.id.startswith(start)]
    if len(found) > 1:
        raise BadInput(f"{len(found)} ids begin with {start}.", todo=_SEE)
    return found


def _notes(desk: Desk, whom: KnownPerson) -> list[str]:
    keys, noted = keys_noted(desk.sealer, whom), desk.records.opt_outs.keys()
    return sorted({noted[each] for each in keys if each in noted})


def _keys(desk: Desk, whom: KnownPerson) -> frozenset[str]:
    """Return the keys of a person, and of the same person in the directory."""
    own = keys_noted(desk.sealer, whom)
    if not own:
        raise BadInput(
            "This names nobody.", todo="Give a name, an e-mail address, a number or a ticket."
        )
    same = (each for each in desk.records.directory.all() if _is(desk, own, each))
    return own.union(*(keys_noted(desk.sealer, each) for each in same))


def _is(desk: Desk, keys: Collection[str], person: KnownPerson) -> bool:
    return not keys_asked(desk.sealer, person).isdisjoint(keys)


def _withdraw(desk: Desk) -> int:
    """Withdraw the waiting drafts that AI wrote for people who have opted out."""
    done = 0
    for draft in desk.records.drafts.list(states=_WAITING):
        if draft.written.by_hand or not opted_out(desk, draft.reference):
            continue
        if desk.records.drafts.move(draft.id, expected=draft.state, to=DraftState.SUPERSEDED):
            desk.ledger.append("draft.withdrawn", draft=draft.id)
            done += 1
    return done
