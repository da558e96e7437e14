"""Attestations: an officer vouches for what no program can see, until a day.

The document that shows it stays where it is; its SHA-256 is kept, so that anybody can tell whether
a document is the one that was meant. An attestation is never changed: a newer one of the same
clause takes its place, and one that lapsed is open again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from assistant.desk import Desk
from assistant.errors import BadInput
from assistant.model import Attestation, Role, User, new_id
from guardrails.policy.clauses import Clause, Profile

_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Vouched:
    """A clause that an officer vouches for, with its last attestation; ``holds`` is until now."""

    clause: Clause
    last: Attestation | None
    holds: bool


def attest(
    desk: Desk, by: User, profile: Profile, clause_id: str, sha256: str, until: date | None = None
) -> Attestation:
    """Record that ``by`` vouches for a clause until the end of ``until``, or as long as it may be.

    ``sha256`` (hex) is the hash of the document that shows it. `NotFound` for an unknown clause,
    `BadInput` for one that nobody vouches for, for no hash, and for a day that is over or too late.
    """
    clause, now = profile.clause(clause_id), desk.clock()
    _must_be_vouched(clause)
    if not _HASH.fullmatch(sha256.lower()):
        raise BadInput("A SHA-256 has 64 hexadecimal digits.")
    made = Attestation(
        id=new_id(),
        profile=profile.id,
        profile_version=profile.version,
        clause=clause.id,
        user_id=by.id,
        role=Role.OFFICER,
        at=now,
        until=_until(clause, now, until),
        sha256=sha256.lower(),
    )
    with desk.records.transaction():
        desk.records.attestations.add(made)
        desk.ledger.append("policy.attested", **_facts(made))
    return made


def vouched(desk: Desk, profile: Profile) -> list[Vouched]:
    """Return the clauses of ``profile`` that an officer vouches for, in its order."""
    newest, today = last_of(desk), desk.clock().date()
    return [
        Vouched(each, last, holds=last is not None and last.holds(today))
        for each in profile.clauses
        if each.kind.vouched
        for last in [newest.get(each.id)]
    ]


def last_of(desk: Desk) -> Mapping[str, Attestation]:
    """Return the last attestation of each clause by its id, lapsed ones included."""
    return {each.clause: each for each in desk.records.attestations.list()}


def _must_be_vouched(clause: Clause) -> None:
    if clause.kind.vouched:
        return
    controls = " and ".join(clause.by)
    raise BadInput(
        f"{clause.id} is enforced by {controls}, so nobody vouches for it."
        if clause.by
        else f"{clause.id} cannot be tested as it is worded, so nobody can vouch for it."
    )


def _until(clause: Clause, now: datetime, until: date | None) -> date | None:
    latest = clause.renew.after(now.date()) if clause.renew else None
    if until is None:
        return latest
    if until < now.date():
        raise BadInput("The attestation would have lapsed already.")
    if latest and until > latest:
        raise BadInput(
            f"{clause.id} has to be attested again every {clause.renew}, so until {latest} at most."
        )
    return until


def _facts(made: Attestation) -> dict[str, str | int | None]:
    return {
        "id": made.id,
        "profile": made.profile,
        "profile_version": made.profile_version,
        "clause": made.clause,
        "by": made.user_id,
        "role": made.role.value,
        "until": made.until.isoformat() if made.until else None,
        "sha256": made.sha256,
    }
