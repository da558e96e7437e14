"""Several threads at one tenant's records."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from threading import Barrier
from typing import TypeVar

from guardrails.audit.ledger import Proof
from guardrails.spans import EntityType
from tests.fakes.databases import Room
from tests.fakes.samples import a_document, a_raw_ticket, a_redacted_ticket, chunks_of

PERSON = EntityType.PERSON
_THREADS = 6
_Result = TypeVar("_Result")


def test_writers_who_meet_the_same_name_get_one_number(room: Room) -> None:
    names = [(PERSON, f"Person {number}") for number in range(20)]
    numbers = _at_once(lambda _: tuple(room.vault.allocate(names)))
    assert len(set(numbers)) == 1
    assert len(room.vault.surfaces()) == len(names)


def test_writers_of_different_names_never_share_a_number(room: Room) -> None:
    allocated = _at_once(
        lambda at: room.vault.allocate([(PERSON, f"Person {at}-{n}") for n in range(20)])
    )
    everyone = [placeholder for some in allocated for placeholder in some]
    assert len(set(everyone)) == len(everyone) == _THREADS * 20


def test_appends_at_once_make_one_chain(room: Room) -> None:
    def append(at: int) -> None:
        for number in range(10):
            room.ledger.append("sent", thread=at, count=number)

    _at_once(append)
    assert room.ledger.verify() == Proof(_THREADS * 10, None)


def test_a_ledger_that_is_being_written_to_verifies_without_a_false_alarm(room: Room) -> None:
    def work(at: int) -> list[Proof]:
        if at == 0:
            return [room.ledger.verify() for _ in range(30)]
        for _ in range(10):
            room.ledger.append("sent")
        return []

    proofs = [proof for some in _at_once(work) for proof in some]
    assert [proof.broken for proof in proofs] == [None] * len(proofs)


def test_one_ticket_imported_twice_at_once_is_kept_once(room: Room) -> None:
    raw = a_raw_ticket()
    stored = _at_once(lambda _: room.records.tickets.put(raw, a_redacted_ticket(raw)))
    assert sorted(stored) == [False] * (_THREADS - 1) + [True]
    assert len(room.records.tickets.list()) == 1


def test_a_document_replaced_while_it_is_read_is_seen_whole(room: Room) -> None:
    document = a_document()

    def work(at: int) -> list[int]:
        if at % 2:
            return [len(room.records.documents.chunks()) for _ in range(10)]
        for _ in range(10):
            room.records.documents.put(document, chunks_of(document, ["a", "b", "c"]))
        return []

    assert {count for some in _at_once(work) for count in some} <= {0, 3}


def test_a_transaction_stays_in_its_thread_even_if_its_context_is_copied(room: Room) -> None:
    document = a_document()
    with ThreadPoolExecutor(1) as pool, room.records.transaction():
        room.records.documents.put(document, [])
        elsewhere = pool.submit(copy_context().run, room.records.documents.documents)
        assert elsewhere.result() == []
    assert room.records.documents.documents() == [document]


def _at_once(work: Callable[[int], _Result]) -> list[_Result]:
    barrier = Barrier(_THREADS)

    def begin(at: int) -> _Result:
        barrier.wait()
        return work(at)

    with ThreadPoolExecutor(_THREADS) as pool:
        return list(pool.map(begin, range(_THREADS)))
