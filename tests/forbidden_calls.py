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


def raw_text_reaches_no_model(chat: ChatModel, raw: RawText, washed: RedactedText) -> None:
    chat.complete(washed, raw)  # refused
    chat.complete(raw, washed)  # refused
    chat.stream(washed, raw)  # refused


def plain_strings_reach_no_model(chat: ChatModel, plain: str, washed: RedactedText) -> None:
    chat.complete(washed, plain)  # refused
    chat.complete(washed, f"Summarise: {plain}")  # refused


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
    chat: ChatModel, embedder: Embedder, redactor: Redactor, shown: ForPerson, washed: RedactedText
) -> None:
    chat.complete(washed, shown)  # refused
    embedder.embed([shown])  # refused
    redactor.redact(shown)  # refused


def nobody_makes_washed_text(plain: str) -> None:
    RedactedText(plain)  # refused
    ForPerson(plain)  # refused


def templates_are_written_by_developers(plain: str, raw: RawText, washed: RedactedText) -> None:
    Template(plain)  # refused
    Template(f"Hello {plain}")  # refused
    Template("Hello $name").fill(name=raw)  # refused
    Template("Hello $name").fill(name=plain)  # refused
    join(plain, [washed])  # refused
    join(", ", [raw])  # refused


def washed_and_raw_columns_do_not_mix(
    sealer: Sealer, raw: RawText, washed: RedactedText, name: str
) -> None:
    sealer.seal_washed(Place("t", "c", "1"), raw)  # refused
    sealer.seal_raw(Place("t", "c", "1"), washed)  # refused
    Place(name, "c", "1")  # refused


def the_last_doors_take_a_person(
    raw: RawText, washed: RedactedText, restorer: Restorer, person: Person, login: str
) -> None:
    show(raw, login, "acme")  # refused
    release(raw, login, "acme")  # refused
    show(washed, person, "acme")  # refused
    restorer.restore(raw)  # refused
