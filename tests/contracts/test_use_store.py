"""Which placeholders are in use: read from their table, for every kind of record and text."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import cast

import pytest

from assistant.adapters.records import placeholder_rows
from assistant.model import Citation, Gap, Turn, TurnRole, Written, new_id
from assistant.ports import Records
from guardrails import RedactedText
from guardrails.placeholders import Placeholder
from guardrails.spans import EntityType
from tests.contracts.conftest import Room
from tests.fakes.plain import redacted
from tests.fakes.samples import (
    MORNING,
    a_document,
    a_draft,
    a_raw_ticket,
    a_redacted_ticket,
    chunks_of,
    fail_after,
)

ONE, TWO, THREE = (Placeholder(EntityType.PERSON, number) for number in (1, 2, 3))
EVERY = [Placeholder(EntityType.PERSON, number) for number in range(1, 30)]
MANY = 100
NOTHING = Written(redacted("saw"), redacted("said"), redacted("body"), "extractive")


def test_placeholders_in_each_kind_of_record_are_in_use_until_the_record_goes(
    records: Records,
) -> None:
    document = a_document()
    draft = replace(a_draft(), written=replace(NOTHING, body=redacted("Dear <PERSON_3>")))
    raw = replace(a_raw_ticket(), turns=())
    ticket = replace(a_redacted_ticket(raw), subject=redacted("<PERSON_2>"), requester=redacted(""))
    records.documents.put(document, chunks_of(document, ["Ask <PERSON_1>"]))
    records.tickets.put(raw, ticket, redacted("<PERSON_4>"))
    records.drafts.add(draft)
    records.gaps.put(Gap("old", MORNING, redacted("Who is <PERSON_5>?")), keep=1)
    assert _numbers(records) == [1, 2, 3, 4, 5]
    records.documents.remove([document.id])
    assert _numbers(records) == [2, 3, 4, 5]
    records.tickets.remove(raw.reference)
    assert _numbers(records) == [3, 5]
    records.drafts.remove_of(draft.ticket_id)
    records.gaps.put(Gap("new", MORNING.replace(year=2027), redacted("Who?")), keep=1)
    assert _numbers(records) == []


def test_what_another_record_holds_too_stays_in_use(records: Records) -> None:
    for source in ("a.md", "b.md"):
        records.documents.put(replace(a_document(source), title=redacted("<PERSON_1>")), [])
    first, _ = records.documents.documents()
    records.documents.remove([first.id])
    assert records.uses.used([ONE, TWO]) == {ONE}


def test_what_is_written_again_uses_what_it_says_now(records: Records) -> None:
    document, draft, raw = a_document(), a_draft(), replace(a_raw_ticket(), turns=())
    ticket = replace(a_redacted_ticket(raw), subject=redacted("<PERSON_1>"), requester=redacted(""))
    records.drafts.add(replace(draft, written=replace(NOTHING, saw=redacted("<PERSON_2>"))))
    records.documents.put(document, chunks_of(document, ["<PERSON_3>"]))
    records.tickets.put(raw, ticket, redacted("<PERSON_4>"))
    records.drafts.rewrite(draft.id, replace(NOTHING, saw=redacted("<PERSON_5>")))
    records.documents.put(document, chunks_of(document, ["<PERSON_6>"]))
    assert not records.tickets.put(raw, ticket, redacted("<PERSON_7>"))
    assert _numbers(records) == [1, 5, 6, 7]
    records.tickets.put(
        raw, replace(ticket, subject=redacted("<PERSON_8>")), redacted("<PERSON_7>")
    )
    assert _numbers(records) == [5, 6, 7, 8]


def test_a_failed_transaction_leaves_no_use(records: Records) -> None:
    document = replace(a_document(), title=redacted("<PERSON_1>"))
    with pytest.raises(ZeroDivisionError):
        fail_after(records, lambda: records.documents.put(document, []))
    assert records.uses.used(EVERY) == set()


def test_thousands_are_asked_for_at_once(records: Records) -> None:
    document = a_document()
    text = " ".join(f"<PERSON_{number}>" for number in range(1, 3001, 2))
    records.documents.put(document, chunks_of(document, [text]))
    asked = [Placeholder(EntityType.PERSON, number) for number in range(1, 3001)]
    assert len(records.uses.used(asked)) == 1500
    assert records.uses.used([]) == set()


@pytest.mark.parametrize(
    "what",
    [
        replace(a_document(), tags=(redacted("t"),), products=(redacted("p"),)),
        chunks_of(a_document(), ["text"])[0],
        replace(
            a_redacted_ticket(a_raw_ticket()),
            turns=(Turn(MORNING, redacted("a"), TurnRole.AGENT, redacted("b")),),
        ),
        replace(
            NOTHING,
            citations=(Citation(1, "c", "d", redacted("s"), redacted("t"), redacted("h"), 1, 2),),
        ),
    ],
)
def test_no_text_of_a_record_is_left_out(what: object) -> None:
    listed = {id(text) for text in cast("tuple[RedactedText, ...]", getattr(what, "texts"))}  # noqa: B009 - four classes
    assert {id(text) for text in _redacted(what)} == listed


def test_what_an_earlier_version_kept_is_read_once(room: Room) -> None:
    _fill(room)
    for table in placeholder_rows.TABLES:
        room.home.tamper(f"DELETE FROM {table.name} WHERE tenant_id = :mine", mine=room.tenant.id)
    assert room.records.uses.used(EVERY) == set()
    asked: list[int] = []
    room.records.uses.complete(lambda people: _noted(asked, len(people), "<PERSON_9>"))
    assert _numbers(room.records) == [1, 2, 3, 4, 9]
    assert asked == [2] * MANY
    room.records.uses.complete(lambda people: _noted(asked, len(people), "<PERSON_9>"))
    assert len(asked) == MANY


def test_what_is_written_again_while_it_is_read_keeps_what_it_says_now(room: Room) -> None:
    _fill(room)
    mine = "WHERE tenant_id = :mine"
    room.home.tamper(f"DELETE FROM ticket_placeholders {mine}", mine=room.tenant.id)
    raw = replace(a_raw_ticket("HD-7"), turns=())

    def meanwhile(_people: object) -> RedactedText:
        ticket = replace(
            a_redacted_ticket(raw), subject=redacted("<PERSON_8>"), requester=redacted("")
        )
        room.records.tickets.put(raw, ticket)
        room.records.tickets.remove("HD-8")
        return redacted("")

    room.records.uses.complete(meanwhile)
    room.records.tickets.remove("HD-7")
    assert _numbers(room.records) == [1, 2, 3, 4]


def test_reading_what_an_earlier_version_kept_goes_on_after_a_kill(room: Room) -> None:
    _fill(room)
    for table in placeholder_rows.TABLES:
        room.home.tamper(f"DELETE FROM {table.name} WHERE tenant_id = :mine", mine=room.tenant.id)
    left = [90]

    def killed(_people: object) -> RedactedText:
        left[0] -= 1
        if not left[0]:
            raise KeyboardInterrupt
        return redacted("")

    with pytest.raises(KeyboardInterrupt):
        room.records.uses.complete(killed)
    again: list[int] = []
    room.records.uses.complete(lambda people: _noted(again, len(people), ""))
    assert 0 < len(again) < MANY


def test_a_use_of_another_tenant_does_not_count(room: Room) -> None:
    _fill(room)
    other = room.home.move_in()
    assert other.records.uses.used(EVERY) == set()
    assert other.records.uses.complete(_must_not) is None


def test_the_index_names_no_placeholder(room: Room) -> None:
    _fill(room)
    other = room.home.move_in()
    _fill(other)
    tags = [
        {
            tag
            for table in placeholder_rows.TABLES
            for (tag,) in room.home.tamper(
                f"SELECT placeholder FROM {table.name} WHERE tenant_id = :mine",
                mine=each.tenant.id,
            )
        }
        for each in (room, other)
    ]
    assert tags[0] & tags[1] == {""}
    assert not any("PERSON" in tag for tag in tags[0])


def _fill(room: Room) -> None:
    document = a_document()
    draft = replace(a_draft(), written=replace(NOTHING, body=redacted("<PERSON_3>")))
    room.records.documents.put(document, chunks_of(document, ["<PERSON_1>"]))
    for number in range(MANY):
        raw = replace(a_raw_ticket(f"HD-{number}"), turns=())
        ticket = replace(
            a_redacted_ticket(raw), subject=redacted("<PERSON_2>"), requester=redacted("")
        )
        room.records.tickets.put(raw, ticket)
    room.records.drafts.add(draft)
    room.records.gaps.put(Gap(new_id(), MORNING, redacted("<PERSON_4>")), keep=9)


def _noted(asked: list[int], people: int, text: str) -> RedactedText:
    asked.append(people)
    return redacted(text)


def _must_not(_people: object) -> RedactedText:
    raise AssertionError("there is nothing to read")


def _numbers(records: Records) -> list[int | None]:
    return sorted((each.number for each in records.uses.used(EVERY)), key=lambda each: each or 0)


def _redacted(value: object) -> list[RedactedText]:
    if isinstance(value, RedactedText):
        return [value]
    if is_dataclass(value) and not isinstance(value, type):
        value = tuple(getattr(value, each.name) for each in fields(value))
    if isinstance(value, (list, tuple)):
        return [text for each in cast("tuple[object, ...]", value) for text in _redacted(each)]
    return []
