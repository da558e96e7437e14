"""The ledger: what was sent, received and decided, and whether its chain is intact."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import Field

from assistant.model import Role
from ui.operations.base import NoArgs, Operation, Progress, Shape, TenantArgs
from ui.operations.callers import Caller
from ui.operations.names import names_of
from ui.operations.needs import OWNER, owner_or

if TYPE_CHECKING:
    from assistant.bootstrap import Home
    from guardrails.audit.segments import SignedHead


_USERS = ("by", "user")
"""The facts that name a user."""


class LedgerArgs(TenantArgs):
    """Which rows: those numbered above ``after``, the last ``limit`` of them."""

    after: int = Field(default=0, ge=0)
    limit: int = Field(default=50, ge=1, le=100_000)


class RowView(Shape):
    """One row; ``facts`` are hashes, counts, ids and words of closed sets.

    ``names`` has the logins of the users in it, by id.
    """

    number: int
    at: str
    kind: str
    facts: str
    hash: str
    names: dict[str, str] = Field(default_factory=dict)


class Rows(Shape):
    """Rows in order."""

    rows: tuple[RowView, ...]


class VerifyArgs(TenantArgs):
    """The ledger to verify; ``anchor`` is the content of a file with anchors, or empty."""

    anchor: str = ""


class ExportArgs(TenantArgs):
    """The file to write, which must not exist, by its absolute path."""

    path: str


class Exported(Shape):
    """The file of an export, and how many rows it has."""

    path: str
    rows: int


class AnchorArgs(Shape):
    """A tenant, or all of them; ``known`` are anchors that must still hold."""

    tenant: str = ""
    known: str = ""


class Anchors(Shape):
    """Signed heads as lines of JSON, one for each tenant."""

    lines: tuple[str, ...]


class FileProof(Shape):
    """The result for an exported ledger; ``code`` is 0 (holds), 1 (broken) or 3 (end unproven)."""

    code: int
    says: str
    rows: int
    broken: int | None


class KeyView(Shape):
    """The public key in PEM, with which anybody verifies an export."""

    public_key: str


class ProofView(Shape):
    """The result of verifying; ``broken`` is the first row that is not valid."""

    rows: int
    holds: bool
    broken: int | None
    why: str


def _show(home: Home, _caller: Caller, args: LedgerArgs, _progress: Progress) -> Rows:
    rows, name = home.ledger(args.tenant).last(args.limit, args.after), names_of(home)
    return Rows(
        rows=tuple(
            RowView(
                number=row.number,
                at=row.at,
                kind=row.kind,
                facts=row.body,
                hash=row.hash,
                names=_names(row.body, name),
            )
            for row in rows
        )
    )


def _names(body: str, name: Callable[[str], str]) -> dict[str, str]:
    facts: dict[str, object] = json.loads(body)
    users = (facts.get(each) for each in _USERS)
    return {each: name(each) for each in users if isinstance(each, str) and each}


def _verify(home: Home, _caller: Caller, args: VerifyArgs, _progress: Progress) -> ProofView:
    from assistant.errors import BadInput

    ledger = home.ledger(args.tenant)
    anchors = [each for each in _anchors(args.anchor) if each.segment.tenant == ledger.tenant]
    if args.anchor and not anchors:
        raise BadInput(f"The file has no anchor of {args.tenant}.")
    proof = ledger.verify(anchors)
    broken = proof.broken
    return ProofView(
        rows=proof.rows,
        holds=broken is None,
        broken=broken.number if broken else None,
        why=broken.why if broken else "",
    )


def _export(home: Home, caller: Caller, args: ExportArgs, _progress: Progress) -> Exported:
    ledger = home.desk(args.tenant).ledger
    ledger.append("ledger.exported", by=caller.by)
    return Exported(path=args.path, rows=_write(Path(args.path), ledger.export()))


def _write(path: Path, lines: Iterable[str]) -> int:
    """Write lines to a new file that only its owner can read; return how many are rows.

    There is no file after a failure: half an export is none.
    """
    from assistant.errors import BadInput

    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            return _fill(handle, lines)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
    except FileExistsError:
        raise BadInput(
            f"{path} exists already.", safe="It was not changed.", todo="Name another file."
        ) from None
    except OSError as error:
        raise BadInput(f"{path} cannot be written: {error.strerror}.") from None


def _fill(handle: int, lines: Iterable[str]) -> int:
    rows = 0
    with os.fdopen(handle, "w", encoding="ascii") as file:
        for line in lines:
            file.write(f"{line}\n")
            rows += line.startswith('{"row"')
    return rows


def _anchor(home: Home, _caller: Caller, args: AnchorArgs, _progress: Progress) -> Anchors:
    known, lines = _anchors(args.known), list[str]()
    for slug in [args.tenant] if args.tenant else [each.slug for each in home.tenants()]:
        ledger = home.ledger(slug)
        mine = [each for each in known if each.segment.tenant == ledger.tenant]
        lines.append(ledger.anchor(mine).line())
    return Anchors(lines=tuple(lines))


def _anchors(text: str) -> list[SignedHead]:
    from assistant.errors import BadInput
    from guardrails.audit.segments import SignedHead

    try:
        return [SignedHead.of_line(line) for line in text.splitlines() if line.strip()]
    except ValueError:
        raise BadInput("The file has a line that is no anchor.") from None


def _key(home: Home, _caller: Caller, _args: NoArgs, _progress: Progress) -> KeyView:
    return KeyView(public_key=home.accounts.signing_key().public.pem.decode())


def verify_file(path: Path, public_key: bytes, anchor: str = "") -> FileProof:
    """Verify an exported ledger with the public key in PEM, without any home."""
    from assistant.errors import BadInput
    from guardrails.audit.exported import verify_file as judge
    from guardrails.crypto.signing import PublicKey

    key, anchors = PublicKey.of_pem(public_key), _anchors(anchor)
    if not all(each.is_signed(key) for each in anchors):
        raise BadInput("The anchor is not signed by this key.")
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            found = judge(file, key, anchors)
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}.") from None
    return FileProof(code=int(found.state), says=found.says, rows=found.rows, broken=found.broken)


_NEEDS = owner_or(Role.REVIEWER, Role.OFFICER, Role.ADMIN)

SHOW = Operation("ledger.show", LedgerArgs, Rows, _show, needs=_NEEDS)
VERIFY = Operation("ledger.verify", VerifyArgs, ProofView, _verify, needs=_NEEDS)
EXPORT = Operation("ledger.export", ExportArgs, Exported, _export, needs=OWNER, local_only=True)
ANCHOR = Operation("ledger.anchor", AnchorArgs, Anchors, _anchor, needs=OWNER)
KEY = Operation("ledger.key", NoArgs, KeyView, _key, needs=OWNER)
