"""Benchmark: how long forgetting one ticket holds the write lock in a home of many tickets.

    python scripts/bench_forget.py [--tickets 5000] [--documents 1000] [--database-url URL]

Tickets are imported by the product's own code with a detector that finds nothing: only the people
in a ticket's fields are masked. Each ticket has a draft. The lock is held from the start of a
writing transaction until its connection is returned to the pool, which is after the commit.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import median
from typing import Any

from pydantic import SecretStr
from sqlalchemy import Engine, event, text

from assistant.bootstrap import Home
from assistant.desk import Desk
from assistant.flows.forget import forget_ticket
from assistant.flows.queue import queue
from assistant.model import Chunk, Document, DraftKind, Written, new_id
from assistant.settings import Settings
from guardrails import RawText, Redactor
from guardrails.detect.directory import KnownValues
from guardrails.identity.vault import Vault
from guardrails.spans import Span
from ingestion.source import Upload
from ingestion.tickets import import_tickets

_FORGOTTEN = 10


def main() -> None:
    """Fill a home, forget some tickets, and print the longest time that the lock was held."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tickets", type=int, default=5000)
    parser.add_argument("--documents", type=int, default=1000)
    parser.add_argument("--database-url")
    args = parser.parse_args()
    url = SecretStr(args.database_url) if args.database_url else None
    with tempfile.TemporaryDirectory() as folder:
        home = Home.open(Settings(home=Path(folder) / "home", database_url=url))
        slug = f"bench-{new_id()[:8]}"
        home.add_tenant(slug)
        desk = _blind(home, slug)
        with desk.records.transaction():
            _fill(desk, args.tickets, args.documents)
        engine: Engine = home._database.engine  # noqa: SLF001 - measured from below
        print(f"{args.tickets} tickets, {args.documents} documents, {engine.dialect.name}")
        _measure(desk, engine, "kept", range(_FORGOTTEN))
        with engine.begin() as connection:
            if engine.dialect.name == "sqlite":
                for owner in ("document", "ticket", "draft", "gap"):
                    connection.execute(text(f"DELETE FROM {owner}_placeholders"))  # noqa: S608 - ours
        _measure(desk, engine, "of an earlier version", [_FORGOTTEN])
        start = time.monotonic()
        home._database.rewrite()  # noqa: SLF001 - the same
        print(f"rewriting the file (SQLite): {time.monotonic() - start:.3f} s")
        home.close()


@dataclass
class Holds:
    """Measures writing transactions: how long each held the lock, in wall and processor time."""

    seconds: list[float] = field(default_factory=list[float])
    statements: list[int] = field(default_factory=list[int])
    cpu: list[float] = field(default_factory=list[float])
    began: dict[int, tuple[float, float]] = field(default_factory=dict[int, tuple[float, float]])
    asked: int = 0

    def watch(self, engine: Engine) -> None:
        """Start to record the transactions of ``engine``."""
        event.listen(engine, "after_cursor_execute", self._executed)
        event.listen(engine, "checkin", self._given_back)

    def unwatch(self, engine: Engine) -> None:
        """Stop recording."""
        event.remove(engine, "after_cursor_execute", self._executed)
        event.remove(engine, "checkin", self._given_back)

    def _executed(self, connection: Any, _cursor: Any, _statement: str, *_rest: Any) -> None:
        if connection.get_execution_options().get("quietdesk_writes"):
            now = time.monotonic(), time.process_time()
            self.began.setdefault(id(connection.connection.dbapi_connection), now)
            self.asked += 1

    def _given_back(self, connection: Any, _record: Any) -> None:
        start = self.began.pop(id(connection), None)
        if start is not None:
            self.seconds.append(time.monotonic() - start[0])
            self.cpu.append(time.process_time() - start[1])
            self.statements.append(self.asked)
            self.asked = 0


def _measure(desk: Desk, engine: Engine, what: str, tickets: Sequence[int]) -> None:
    holds = Holds()
    holds.watch(engine)
    start = time.monotonic()
    values = sum(forget_ticket(desk, f"AC-{at}").values for at in tickets)
    spent = (time.monotonic() - start) / len(tickets)
    holds.unwatch(engine)
    print(
        f"{what}: {len(tickets)} forgotten with {values} values, {spent:.3f} s each;"
        f" {len(holds.seconds)} transactions held the lock {max(holds.seconds):.3f} s at most,"
        f" {median(holds.seconds):.3f} s in the median ({max(holds.cpu):.3f} s at most of this"
        f" process), for {max(holds.statements)} statements"
    )


def _blind(home: Home, slug: str) -> Desk:
    desk, key = home.desk(slug), home.accounts.data_key(slug)
    vault = Vault(desk.records.vault, desk.sealer, key)
    return replace(desk, redactor=Redactor(_Blind(), vault, KnownValues()))


class _Blind:
    def detect(self, texts: Sequence[str]) -> list[list[Span]]:
        return [[] for _ in texts]


def _fill(desk: Desk, tickets: int, documents: int) -> None:
    import_tickets(desk, Upload("tickets.jsonl", "\n".join(_lines(tickets)).encode()))
    for at in range(tickets):
        ticket = desk.records.tickets.get(f"AC-{at}")
        if ticket is not None:
            said = ticket.turns[0].text
            queue(desk, ticket, DraftKind.REPLY, Written(said, said, said, "extractive"))
    words = desk.redactor.redact(RawText("Restart the spooler and wait for a minute. " * 20)).text
    for at in range(documents):
        key, name = new_id(), desk.redactor.redact(RawText(f"{at}.md")).text
        pieces = [Chunk(new_id(), key, one, name, words, 1, 9) for one in range(5)]
        document = Document(key, name, name, "f" * 64, ticket.created_at, 1)  # type: ignore[union-attr] - there is one
        desk.records.documents.put(document, pieces)


def _lines(count: int) -> Iterator[str]:
    for at in range(count):
        yield json.dumps(
            {
                "id": f"AC-{at}",
                "subject": f"Zoe{at} Marsh cannot print",
                "requester": {"name": f"Zoe{at} Marsh", "email": f"zoe{at}@acme.example"},
                "turns": [
                    {"text": f"This is Zoe{at} Marsh. The printer of Tom Okafor fails. " * 8},
                    {"text": f"Dear Zoe{at} Marsh, restart the spooler. " * 8, "role": "agent"},
                ],
            }
        )


if __name__ == "__main__":
    main()
