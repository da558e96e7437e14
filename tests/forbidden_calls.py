# pyright: reportUnnecessaryTypeIgnoreComment=error
"""Calls that must not type-check. `make check` runs the type checker on this file like any other.

Each line marked `refused` ignores the error that it must cause: a call that would pass makes its
mark unnecessary, which is an error here, as is an error on a line without a mark. Never imported.
"""

from __future__ import annotations

from assistant.ports import ChatModel, Embedder, LexicalIndex
from guardrails import ForPerson, RawText, RedactedText, Redactor, Template, join
from guardrails.audit.ledger import Ledger
from guardrails.crypto.seal import Place, Sealer
from guardrails.identity.permissions import Person, release, show
from guardrails.identity.restore import Restorer


def raw_text_reaches_no_model(chat: ChatModel, raw: RawText, redacted: RedactedText) -> None:
    chat.complete(redacted, raw)  # pyright: ignore[reportArgumentType] - refused
    chat.complete(raw, redacted)  # pyright: ignore[reportArgumentType] - refused
    chat.stream(redacted, raw)  # pyright: ignore[reportArgumentType] - refused


def plain_strings_reach_no_model(chat: ChatModel, plain: str, redacted: RedactedText) -> None:
    chat.complete(redacted, plain)  # pyright: ignore[reportArgumentType] - refused
    chat.complete(redacted, f"Summarise: {plain}")  # pyright: ignore[reportArgumentType] - refused


def raw_text_reaches_no_index(
    embedder: Embedder, index: LexicalIndex, raw: RawText, plain: str
) -> None:
    embedder.embed([raw])  # pyright: ignore[reportArgumentType] - refused
    embedder.embed([plain])  # pyright: ignore[reportArgumentType] - refused
    index.search(raw, 5)  # pyright: ignore[reportArgumentType] - refused
    index.search(plain, 5)  # pyright: ignore[reportArgumentType] - refused


def no_text_reaches_the_ledger(ledger: Ledger, raw: RawText, shown: ForPerson, kind: str) -> None:
    ledger.append("x", text=raw)  # pyright: ignore[reportArgumentType] - refused
    ledger.append("x", text=shown)  # pyright: ignore[reportArgumentType] - refused
    ledger.append(kind)  # pyright: ignore[reportArgumentType] - refused


def what_a_person_sees_goes_no_further(
    chat: ChatModel,
    embedder: Embedder,
    redactor: Redactor,
    shown: ForPerson,
    redacted: RedactedText,
) -> None:
    chat.complete(redacted, shown)  # pyright: ignore[reportArgumentType] - refused
    embedder.embed([shown])  # pyright: ignore[reportArgumentType] - refused
    redactor.redact(shown)  # pyright: ignore[reportArgumentType] - refused


def nobody_makes_redacted_text(plain: str) -> None:
    RedactedText(plain)  # pyright: ignore[reportCallIssue] - refused
    ForPerson(plain)  # pyright: ignore[reportCallIssue] - refused


def templates_are_written_by_developers(plain: str, raw: RawText, redacted: RedactedText) -> None:
    Template(plain)  # pyright: ignore[reportArgumentType] - refused
    Template(f"Hello {plain}")  # pyright: ignore[reportArgumentType] - refused
    Template("Hello $name").fill(name=raw)  # pyright: ignore[reportArgumentType] - refused
    Template("Hello $name").fill(name=plain)  # pyright: ignore[reportArgumentType] - refused
    join(plain, [redacted])  # pyright: ignore[reportArgumentType] - refused
    join(", ", [raw])  # pyright: ignore[reportArgumentType] - refused


def redacted_and_raw_columns_do_not_mix(
    sealer: Sealer, raw: RawText, redacted: RedactedText, name: str
) -> None:
    sealer.seal_redacted(Place("t", "c", "1"), raw)  # pyright: ignore[reportArgumentType] - refused
    sealer.seal_raw(Place("t", "c", "1"), redacted)  # pyright: ignore[reportArgumentType] - refused
    Place(name, "c", "1")  # pyright: ignore[reportArgumentType] - refused


def the_last_doors_take_a_person(
    raw: RawText, redacted: RedactedText, restorer: Restorer, person: Person, login: str
) -> None:
    show(raw, login, "acme")  # pyright: ignore[reportArgumentType] - refused
    release(raw, login, "acme")  # pyright: ignore[reportArgumentType] - refused
    show(redacted, person, "acme")  # pyright: ignore[reportArgumentType] - refused
    restorer.restore(raw)  # pyright: ignore[reportArgumentType] - refused
