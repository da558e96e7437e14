"""Counts the statements of a use case, and the sealed texts that it opens."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from sqlalchemy import Engine, event

from assistant.desk import Desk
from guardrails.crypto.seal import Place, Sealer
from guardrails.detect.directory import KnownValues
from guardrails.identity.redact import Redactor
from guardrails.identity.restore import Restorer
from guardrails.leaks.scan import Scanner
from tests.fakes.databases import Room
from tests.fakes.desks import NameList, a_desk


@contextmanager
def counted(engine: Engine) -> Generator[list[str]]:
    """Yield the statements that are sent to the database inside, transactions' begins included."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


@contextmanager
def opened(monkeypatch: pytest.MonkeyPatch) -> Generator[list[str]]:
    """Yield ``table.column`` of every sealed text that is opened inside."""
    seen: list[str] = []
    real = Sealer._open

    def note(self: Sealer, place: Place, kind: str, sealed: bytes) -> bytes:
        seen.append(f"{place.table}.{place.column}")
        return real(self, place, kind, sealed)  # pyright: ignore[reportArgumentType] - kind is handed on

    with monkeypatch.context() as patched:
        patched.setattr(Sealer, "_open", note)
        yield seen


def desk_over(room: Room, *names: str) -> Desk:
    """Return a desk that masks ``names``, with its records in a real database."""
    vault = room.vault
    return replace(
        a_desk(),
        records=room.records,
        sealer=room.sealer,
        redactor=Redactor(NameList(*names), vault, KnownValues()),
        restorer=Restorer(vault),
        scanner=Scanner(NameList(), vault, KnownValues()),
        ledger=room.ledger,
    )
