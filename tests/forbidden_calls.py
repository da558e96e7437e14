"""Calls that must not type-check. Each line marked `refused` has to be an error, and no other line.

`tests/house/test_forbidden_calls.py` runs the type checker on this file; it is never imported.
"""

from __future__ import annotations

from assistant.ports import ChatModel, Embedder, LexicalIndex
from guardrails import ForPerson, RawText, RedactedText, Redactor, Template, join
from guardrails.audit.ledger import Ledger
from guardrails.crypto.seal import Place, Sealer
from guardrails.identity.permissions import Person, release, show
from guardrails.identity.restore import Restorer


def raw_text_reaches_no_model(chat: ChatModel, raw: RawText, redacted: RedactedText) -> None:
    chat.complete(redacted, raw)  # refused
    chat.complete(raw, redacted)  # refused
    chat.stream(redacted, raw)  # refused


def plain_strings_reach_no_model(chat: ChatModel, plain: str, redacted: RedactedText) -> None:
    chat.complete(redacted, plain)  # refused
    chat.complete(redacted, f"Summarise: {plain}")  # refused


def raw_text_reaches_no_index(
    embedder: Embedder, index: LexicalIndex, raw: RawText, plain: str
) -> None:
    embedder.embed([raw])  # refused
    embedder.embed([plain])  # refused
    index.search(raw, 5)  # refused
    index.search(plain, 5)  # refused


def no_text_reaches_the_ledger(ledger: Ledger, raw: RawText, shown: ForPerson, kind: str) -> None:
    ledger.append("x", text=raw)  # refused
    ledger.append("x", text=shown)  # refused
    ledger.append(kind)  # refused


def what_a_person_sees_goes_no_further(
    chat: ChatModel,
    embedder: Embedder,
    redactor: Redactor,
    shown: ForPerson,
    redacted: RedactedText,
) -> None:
    chat.complete(redacted, shown)  # refused
    embedder.embed([shown])  # refused
    redactor.redact(shown)  # refused


def nobody_makes_redacted_text(plain: str) -> None:
    RedactedText(plain)  # refused
    ForPerson(plain)  # refused


def templates_are_written_by_developers(plain: str, raw: RawText, redacted: RedactedText) -> None:
    Template(plain)  # refused
    Template(f"Hello {plain}")  # refused
    Template("Hello $name").fill(name=raw)  # refused
    Template("Hello $name").fill(name=plain)  # refused
    join(plain, [redacted])  # refused
    join(", ", [raw])  # refused


def redacted_and_raw_columns_do_not_mix(
    sealer: Sealer, raw: RawText, redacted: RedactedText, name: str
) -> None:
    sealer.seal_redacted(Place("t", "c", "1"), raw)  # refused
    sealer.seal_raw(Place("t", "c", "1"), redacted)  # refused
    Place(name, "c", "1")  # refused


def the_last_doors_take_a_person(
    raw: RawText, redacted: RedactedText, restorer: Restorer, person: Person, login: str
) -> None:
    show(raw, login, "acme")  # refused
    release(raw, login, "acme")  # refused
    show(redacted, person, "acme")  # refused
    restorer.restore(raw)  # refused
