"""Two jobs give the same result as one, and a kill loses no more."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.desk import Desk
from assistant.ports import Vectors
from ingestion import ingest as ingesting
from ingestion.ingest import ingest
from ingestion.report import IngestReport
from tests.fakes.desks import a_desk
from tests.fakes.indexes import MemoryIndex

DOCUMENTS = 6


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Six documents, each a batch of its own."""
    monkeypatch.setattr(ingesting, "_BATCH_DOCUMENTS", 1)
    for number in range(DOCUMENTS):
        name = f"# Doc {number}\n\nAsk Anna Berg{number} or mail a{number}@nord.example about it.\n"
        (tmp_path / f"{number}.md").write_text(name)
    return tmp_path


class _Mortal(MemoryIndex):
    """A vector index that simulates a kill after a number of steps."""

    def __init__(self, steps: int) -> None:
        super().__init__()
        self.steps = steps

    def add(self, ids: Sequence[str], vectors: Vectors) -> None:
        self.steps -= 1
        if self.steps < 0:
            raise KeyboardInterrupt
        super().add(ids, vectors)


def test_two_jobs_leave_what_one_leaves(folder: Path) -> None:
    one, two = a_desk(), a_desk()
    reports = _read(one, folder, 1), _read(two, folder, 2)
    assert reports[0].added == reports[1].added == DOCUMENTS
    assert _texts(one) == _texts(two)
    assert two.vectors.ids() == two.records.documents.chunk_ids()
    assert [row.kind for row in two.ledger.rows()] == ["indexed"] * DOCUMENTS


def test_a_batch_is_redacted_while_the_one_before_is_embedded(folder: Path) -> None:
    class Waiting(MemoryIndex):
        def add(self, ids: Sequence[str], vectors: Vectors) -> None:
            assert redacted.wait(10)
            super().add(ids, vectors)

    desk, redacted = a_desk(vectors=Waiting()), threading.Event()
    redact = ingesting.BatchWriter.commit
    calls: list[int] = []

    def commit(writer: ingesting.BatchWriter, batch: Sequence[ingesting.Waiting]) -> None:
        calls.append(len(batch))
        if len(calls) > 1:
            redacted.set()
        redact(writer, batch)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ingesting.BatchWriter, "commit", commit)
        assert _read(desk, folder, 2).added == DOCUMENTS


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.integers(0, DOCUMENTS), jobs=st.sampled_from([1, 2]))
def test_a_kill_between_two_jobs_doubles_nothing_and_the_next_run_finishes(
    folder: Path, steps: int, jobs: int
) -> None:
    vectors = _Mortal(steps)
    desk = a_desk(vectors=vectors)
    try:
        _read(desk, folder, jobs)
    except KeyboardInterrupt:
        assert len(desk.records.documents.documents()) == steps
        assert desk.records.documents.chunk_ids() <= vectors.ids()
    vectors.steps = 1_000_000
    _read(desk, folder, jobs)
    assert len(_texts(desk)) == DOCUMENTS
    assert vectors.ids() == desk.records.documents.chunk_ids()


def _read(desk: Desk, folder: Path, jobs: int) -> IngestReport:
    return ingest(desk, folder, progress=lambda _: None, max_bytes=10_000, jobs=jobs)


def _texts(desk: Desk) -> list[str]:
    return sorted(chunk.text.reveal() for chunk in desk.records.documents.chunks())
