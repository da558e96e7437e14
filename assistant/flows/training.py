"""Redacted tickets as texts for training, where the tenant's policy allows that.

Placeholders lose their numbers, so that texts of one person cannot be told to belong together.
Private notes are left out. The ledger's row, with the hash of the file, is written before the file
has its name.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from assistant.desk import Desk
from assistant.errors import BadInput, Refused
from assistant.model import Audience, Ticket
from guardrails import RedactedText
from guardrails.placeholders import find
from guardrails.policy.words import Training


@dataclass(frozen=True, slots=True)
class Exported:
    """How many tickets were exported, and the SHA-256 (hex) of the file."""

    tickets: int
    sha256: str


def export(desk: Desk, out: Path, by: str | None) -> Exported:
    """Write a tenant's redacted tickets to ``out`` as JSON lines; ``by`` is a user's id.

    `Refused` where the policy allows no training, `BadInput` for a file that exists or cannot be
    written.
    """
    if desk.policy().rules.training is Training.NEVER:
        raise Refused(
            f"The policy of {desk.tenant.slug} lets nothing be used for training.",
            safe="Nothing was written.",
            todo="It has to say training = redacted; `quietdesk policy show` prints it.",
        )
    if out.exists():
        raise BadInput(f"{out} exists already.", todo="Give another name.")
    part = out.with_name(f".{out.name}.part")
    try:
        done = _written(desk, part)
        desk.ledger.append("training.exported", tickets=done.tickets, sha256=done.sha256, by=by)
        part.rename(out)
    except OSError as error:
        raise BadInput(f"{out} cannot be written: {error.strerror}.") from None
    finally:
        part.unlink(missing_ok=True)
    return done


def _written(desk: Desk, part: Path) -> Exported:
    count, digest = 0, hashlib.sha256()
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        for line in _lines(desk):
            count += 1
            digest.update(line)
            file.write(line)
        file.flush()
        os.fsync(file.fileno())
    return Exported(count, digest.hexdigest())


def _lines(desk: Desk) -> Iterator[bytes]:
    for row in desk.records.tickets.list():
        ticket = desk.records.tickets.get(row.reference)
        if ticket is not None:
            yield json.dumps(_text_of(ticket), ensure_ascii=False).encode() + b"\n"


def _text_of(ticket: Ticket) -> dict[str, object]:
    turns = [
        {"role": turn.role.value, "text": _unnumbered(turn.text)}
        for turn in ticket.turns
        if turn.audience is Audience.CUSTOMER
    ]
    return {"subject": _unnumbered(ticket.subject), "turns": turns}


def _unnumbered(text: RedactedText) -> str:
    said, pieces, at = text.reveal(), list[str](), 0
    for found in find(said):
        pieces += (said[at : found.start], f"<{found.placeholder.type.value}>")
        at = found.end
    return "".join((*pieces, said[at:]))
