"""Ingesting folders: only changes are read, nothing is lost or doubled, removals are forgotten."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.desk import Desk
from assistant.errors import BadInput
from assistant.flows.forget import forget_documents
from assistant.model import Chunk
from assistant.ports import Vectors
from assistant.search.by_meaning import SwitchedEmbedder
from assistant.search.retrieve import retrieve
from eval.memory import MemoryIndex
from guardrails import RawText
from guardrails.detect.directory import KnownPerson, Term
from guardrails.policy import Policy, Rules
from guardrails.policy.rules import Redaction
from guardrails.spans import EntityType
from ingestion.ingest import ingest
from ingestion.report import IngestReport, Progress
from ingestion.source import Upload
from ingestion.staleness import named, stale
from tests.fakes.desks import a_desk
from tests.fakes.indexes import HashingEmbedder
from tests.fakes.policies import a_policy

MUCH = 10_000_000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A knowledge base of three files in two folders."""
    kb = tmp_path / "kb"
    (kb / "vpn").mkdir(parents=True)
    (kb / "printer.md").write_text("# Printer\n\nRestart the spooler.\n")
    (kb / "vpn" / "drops.md").write_text("# VPN drops\n\nLower the MTU to 1400.\n")
    (kb / "vpn" / "README.md").write_text("# VPN\n\nAsk Priya Raghunathan for a token.\n")
    return kb


def test_a_folder_becomes_documents_that_answer(folder: Path) -> None:
    desk = a_desk("Priya Raghunathan")
    report = _ingest(desk, folder)
    assert (report.added, report.changed, report.unchanged, report.removed) == (3, 0, 0, 0)
    assert report.chunks == 3
    assert _sources(desk) == ["printer.md", "vpn/README.md", "vpn/drops.md"]
    found = retrieve(desk, desk.redactor.look_up(RawText("vpn mtu drops")).text)
    assert found.passages[0].title.reveal() == "VPN drops"


def test_no_index_and_no_record_ever_sees_who_is_named(folder: Path) -> None:
    desk = a_desk("Priya Raghunathan")
    _ingest(desk, folder)
    texts = [chunk.text.reveal() for chunk in desk.records.documents.chunks()]
    assert "Ask <PERSON_1> for a token." in texts
    assert not any("Priya" in text for text in (*texts, *_embedded(desk)))


def test_a_second_run_changes_nothing_and_reads_nothing_again(folder: Path) -> None:
    desk = a_desk()
    _ingest(desk, folder)
    before, seen = _state(desk), len(_embedded(desk))
    report = _ingest(desk, folder)
    assert (report.added, report.changed, report.unchanged) == (0, 0, 3)
    assert _state(desk) == before
    assert len(_embedded(desk)) == seen


def test_only_a_changed_file_is_read_again_and_its_old_text_is_gone(folder: Path) -> None:
    desk = a_desk()
    _ingest(desk, folder)
    kept = {chunk.id for chunk in desk.records.documents.chunks() if "spooler" not in _text(chunk)}
    (folder / "printer.md").write_text("# Printer\n\nReplace the toner.\n")
    report = _ingest(desk, folder)
    assert (report.added, report.changed, report.unchanged) == (0, 1, 2)
    assert kept < desk.records.documents.chunk_ids() == desk.vectors.ids()
    assert not any("spooler" in _text(chunk) for chunk in desk.records.documents.chunks())


def test_a_file_that_is_gone_is_forgotten(folder: Path) -> None:
    desk = a_desk()
    _ingest(desk, folder)
    (folder / "vpn" / "drops.md").unlink()
    assert _ingest(desk, folder).removed == 1
    assert _sources(desk) == ["printer.md", "vpn/README.md"]
    assert desk.vectors.ids() == desk.records.documents.chunk_ids()


def test_a_file_that_no_longer_says_anything_is_forgotten(folder: Path) -> None:
    desk = a_desk()
    _ingest(desk, folder)
    (folder / "printer.md").write_text("")
    report = _ingest(desk, folder)
    assert report.removed == 1
    assert [name for name, *_ in report.skipped] == ["printer.md"]


def test_a_sub_folder_and_a_single_file_are_the_same_documents(folder: Path) -> None:
    desk = a_desk()
    _ingest(desk, folder)
    before = _state(desk)
    assert _ingest(desk, folder / "vpn").unchanged == 2
    assert _ingest(desk, folder / "vpn" / "drops.md").unchanged == 1
    assert _ingest(desk, folder.parent).unchanged == 3
    assert _state(desk) == before


def test_a_changed_file_keeps_the_path_it_is_known_by(folder: Path) -> None:
    desk = a_desk()
    _ingest(desk, folder)
    (folder / "vpn" / "drops.md").write_text("# VPN drops\n\nLower the MTU to 1300.\n")
    assert _ingest(desk, folder / "vpn" / "drops.md").changed == 1
    assert _sources(desk) == ["printer.md", "vpn/README.md", "vpn/drops.md"]


def test_what_is_gone_from_a_sub_folder_is_forgotten_and_nothing_beside_it(folder: Path) -> None:
    desk = a_desk()
    _ingest(desk, folder)
    (folder / "vpn" / "drops.md").unlink()
    (folder / "printer.md").unlink()
    assert _ingest(desk, folder / "vpn").removed == 1
    assert _sources(desk) == ["printer.md", "vpn/README.md"]


def test_two_folders_with_files_of_one_name_do_not_disturb_each_other(tmp_path: Path) -> None:
    desk = a_desk()
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "README.md").write_text(f"# About {name}\n\nText of {name}.\n")
        _ingest(desk, tmp_path / name)
    assert len(desk.records.documents.documents()) == 2
    (tmp_path / "one" / "README.md").unlink()
    assert _ingest(desk, tmp_path / "one").removed == 1
    assert [each.title.reveal() for each in desk.records.documents.documents()] == ["About two"]


def test_a_folder_that_came_by_a_sub_folder_first_is_forgotten_as_a_whole(folder: Path) -> None:
    desk = a_desk()
    _ingest(desk, folder / "vpn")
    _ingest(desk, folder)
    for path in (folder / "vpn").iterdir():
        path.unlink()
    (folder / "vpn").rmdir()
    assert _ingest(desk, folder).removed == 2


def test_a_folder_that_is_gone_can_be_forgotten_by_its_name(folder: Path) -> None:
    desk = a_desk()
    _ingest(desk, folder)
    for name, count in ((folder / "vpn", 2), ("printer.md", 1), (folder, 0)):
        assert forget_documents(desk, named(desk, str(name))).documents == count
    assert desk.vectors.ids() == set()


def test_a_name_that_two_documents_share_means_neither(tmp_path: Path) -> None:
    desk = a_desk()
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "README.md").write_text(f"# About {name}\n\nText of {name}.\n")
        _ingest(desk, tmp_path / name)
    with pytest.raises(BadInput):
        named(desk, "README.md")
    assert len(named(desk, str(tmp_path / "one" / "README.md"))) == 1


def test_an_upload_of_the_same_name_replaces_the_one_before() -> None:
    desk = a_desk()
    for at in ("first", "second"):
        article = Upload("vpn.md", f"# VPN\n\nThe {at} text.\n".encode())
        ingest(desk, article, progress=_silent, max_bytes=MUCH)
    assert [_text(chunk) for chunk in desk.records.documents.chunks()] == ["The second text."]
    assert _sources(desk) == ["vpn.md"]


def test_rules_that_decide_nothing_about_redacting_make_no_document_stale(folder: Path) -> None:
    desk = a_desk()
    _ingest(desk, folder)
    rules = a_policy(
        7, ai=False, training=True, regions=("us",), phi=True, library=True, resolved_tickets=True
    )
    ruled = replace(desk, tenant=replace(desk.tenant, policy=rules))
    assert stale(ruled) == 0
    assert _ingest(ruled, folder).unchanged == 3


def test_a_rule_of_redaction_makes_every_document_stale(folder: Path) -> None:
    desk = a_desk()
    _ingest(desk, folder)
    masking = Rules(redaction=Redaction(mask_also=frozenset({"PRODUCT"})))
    stricter = replace(desk, tenant=replace(desk.tenant, policy=Policy(2, masking)))
    assert stale(stricter) == 3
    assert _ingest(stricter, folder).changed == 3
    assert stale(stricter) == 0


def test_a_term_makes_documents_stale_until_it_is_taken_back(folder: Path) -> None:
    desk = a_desk()
    _ingest(desk, folder)
    term = Term(RawText("spooler"), EntityType.ORGANIZATION)
    desk.records.terms.put(term)
    assert stale(desk) == 3
    desk.records.terms.remove(term)
    assert stale(desk) == 0


def test_every_file_is_read_again_once_the_tenant_has_declared_a_person(folder: Path) -> None:
    desk = a_desk()
    _ingest(desk, folder)
    desk.records.directory.put([KnownPerson(name=RawText("Priya Raghunathan"))])
    assert _ingest(desk, folder).changed == 3
    assert _ingest(desk, folder).unchanged == 3


@pytest.mark.parametrize(
    "what",
    [
        "staleness.detector_version",
        "staleness.redaction_version",
        "loaders.VERSION",
        "chunks.VERSION",
    ],
)
def test_documents_redacted_or_cut_otherwise_are_counted_until_they_are_read_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    desk = a_desk()
    _ingest(desk, folder)
    assert stale(desk) == 0
    other = "another" if what.endswith("VERSION") else lambda: "another"
    monkeypatch.setattr(f"ingestion.{what}", other)
    assert stale(desk) == 3
    assert _ingest(desk, folder / "vpn").changed == 2
    assert stale(desk) == 1


def test_a_dry_run_counts_what_would_be_masked_and_keeps_nothing(folder: Path) -> None:
    desk = a_desk("Priya Raghunathan")
    (folder / "empty.md").write_text("")
    before = _state(desk)
    report = ingest(desk, folder, progress=_silent, max_bytes=MUCH, dry=True)
    assert (report.added, report.chunks, len(report.skipped)) == (3, 3, 1)
    assert [tuple(each) for each in report.previews] == [
        ("printer.md", {}, 1), ("vpn/README.md", {"PERSON": 1}, 1), ("vpn/drops.md", {}, 1)
    ]  # fmt: skip
    assert _state(desk) == before
    assert (list(desk.ledger.rows()), desk.records.counts()["placeholders"]) == ([], 0)
    _ingest(desk, folder)
    before = _state(desk)
    (folder / "printer.md").unlink()
    again = ingest(desk, folder, progress=_silent, max_bytes=MUCH, dry=True)
    assert (again.unchanged, again.removed, again.previews) == (2, 1, ())
    assert _state(desk) == before


def test_parts_of_a_file_that_were_not_read_are_reported(folder: Path) -> None:
    (folder / "list.csv").write_text("title,body\nOne,Text.\nTwo,\n")
    assert [tuple(each) for each in _ingest(a_desk(), folder).notes] == [
        ("list.csv", "1 articles without a text were left out")
    ]


def test_the_time_of_embedding_is_a_phase_of_its_own(folder: Path) -> None:
    seconds = _ingest(a_desk(), folder).seconds
    assert {"reading", "redacting", "embedding", "indexing", "recording"} <= seconds.keys()


STEPS = " ".join(f"Step {at}: check part {at} of the gateway, then log it." for at in range(40))


def test_of_two_versions_of_an_article_the_newer_answers_until_it_is_gone(folder: Path) -> None:
    desk = a_desk()
    old, new = folder / "vpn" / "gateway-v1.md", folder / "vpn" / "gateway-v2.md"
    old.write_text(f"# Gateway\n\n{STEPS}\n")
    new.write_text(f"# Gateway\n\n{STEPS} Then restart it.\n")
    report = _ingest(desk, folder)
    ((one, two, share, newer),) = report.alike
    assert {one, two} == {"vpn/gateway-v1.md", "vpn/gateway-v2.md"}
    assert (share > 0.9, newer) == (True, "vpn/gateway-v2.md")
    assert _answering(desk, "gateway") == {"vpn/gateway-v2.md"}
    assert desk.vectors.ids() == desk.records.documents.chunk_ids()
    again = _ingest(desk, folder)
    assert (again.unchanged, again.alike) == (5, ())
    new.unlink()
    last = _ingest(desk, folder)
    assert (last.changed, last.removed) == (1, 1)
    assert _answering(desk, "gateway") == {"vpn/gateway-v1.md"}


def test_near_duplicates_of_which_none_is_newer_are_reported_and_both_answer(folder: Path) -> None:
    desk = a_desk()
    for name in ("east", "west"):
        (folder / f"{name}.md").write_text(f"# Gateway {name}\n\n{STEPS}\n")
    ((_, _, _, newer),) = _ingest(desk, folder).alike
    assert newer == ""
    assert _answering(desk, "gateway") == {"east.md", "west.md"}


def test_files_that_cannot_be_read_are_named_with_a_reason_and_the_rest_is_read(
    folder: Path,
) -> None:
    (folder / "empty.md").write_text(" \n")
    (folder / "binary.md").write_bytes(b"\x00\x01\x02" * 100)
    (folder / "latin.txt").write_bytes("Grüße".encode("latin-1"))
    (folder / "huge.md").write_text("x" * 2000)
    (folder / "out.md").symlink_to("/etc/hostname")
    (folder / "nowhere.md").symlink_to(folder / "missing")
    (folder / "away").symlink_to("/etc")
    os.mkfifo(folder / "pipe.md")
    report = _ingest(a_desk(), folder, max_bytes=1000)
    named = {name for name, *_ in report.skipped}
    assert named == {
        "empty.md", "binary.md", "latin.txt", "huge.md", "out.md", "nowhere.md", "away", "pipe.md"
    }  # fmt: skip
    assert all(reason for _, reason, *_ in report.skipped)
    assert report.added == 3


def test_a_link_to_a_file_of_the_folder_doubles_nothing(folder: Path) -> None:
    (folder / "again.md").symlink_to(folder / "printer.md")
    report = _ingest(a_desk(), folder)
    assert (report.added, report.skipped) == (3, ())


def test_hidden_files_are_passed_over_in_silence(folder: Path) -> None:
    (folder / ".git").mkdir()
    (folder / ".git" / "notes.md").write_text("# Hidden\n\nText.\n")
    (folder / ".DS_Store").write_bytes(b"\x00")
    report = _ingest(a_desk(), folder)
    assert (report.added, report.skipped) == (3, ())


def test_a_file_that_cannot_be_opened_keeps_its_last_version(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = a_desk()
    _ingest(desk, folder)

    def shut(*_: object) -> bytes:
        raise PermissionError

    monkeypatch.setattr("ingestion.ingest.read", shut)
    report = _ingest(desk, folder)
    assert len(report.skipped) == 3
    assert report.removed == 0
    assert len(_sources(desk)) == 3


def test_a_name_that_is_no_utf8_is_read_and_shown(folder: Path) -> None:
    path = os.fsencode(folder) + b"/caf\xe9.md"
    with open(path, "wb") as file:  # noqa: PTH123 - a path of bytes
        file.write(b"# Menu\n\nSoup.\n")
    desk = a_desk()
    assert _ingest(desk, folder).added == 4
    assert "caf?.md" in _sources(desk)
    assert _ingest(desk, folder).unchanged == 4


def test_nothing_there_is_the_users_mistake(tmp_path: Path) -> None:
    with pytest.raises(BadInput):
        _ingest(a_desk(), tmp_path / "missing")


def test_an_empty_folder_is_no_mistake(tmp_path: Path) -> None:
    report = _ingest(a_desk(), tmp_path)
    assert (report.added, report.removed, report.skipped) == (0, 0, ())


def test_progress_grows_to_the_end(folder: Path) -> None:
    told: list[Progress] = []
    ingest(a_desk(), folder, progress=told.append, max_bytes=MUCH)
    assert [each.done for each in told] == sorted(each.done for each in told)
    assert (told[-1].done, told[-1].total, told[-1].seconds_left) == (3, 3, 0.0)


def test_the_ledger_says_how_much_was_indexed_and_how_much_went(folder: Path) -> None:
    desk = a_desk()
    _ingest(desk, folder)
    (folder / "printer.md").unlink()
    _ingest(desk, folder)
    rows = [(row.kind, row.body) for row in desk.ledger.rows()]
    assert [kind for kind, _ in rows] == ["indexed", "unindexed"]
    assert '"documents":3' in rows[0][1]
    assert desk.ledger.verify().broken is None


class _Killed(BaseException):
    """Simulates a kill inside the process: nothing after it runs."""


class _Mortal(MemoryIndex):
    """A vector index that simulates a kill at a given step."""

    def __init__(self, steps: int) -> None:
        super().__init__()
        self._left = steps

    def add(self, ids: Sequence[str], vectors: Vectors) -> None:
        self._step()
        super().add(ids, vectors)
        self._step()

    def remove(self, ids: Sequence[str]) -> None:
        self._step()
        super().remove(ids)

    def revive(self) -> None:
        self._left = 1_000_000

    def _step(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise _Killed


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.integers(0, 8))
def test_a_kill_at_any_step_leaves_answers_consistent_and_the_next_run_whole(
    folder: Path, steps: int
) -> None:
    (folder / "printer.md").write_text("# Printer\n\nRestart the spooler.\n")
    (folder / "vpn" / "README.md").write_text("# VPN\n\nAsk somebody.\n")
    vectors = _Mortal(1_000_000)
    desk = a_desk(vectors=vectors)
    _ingest(desk, folder)
    (folder / "printer.md").write_text("# Printer\n\nReplace the toner.\n")
    vectors._left = steps
    try:
        _ingest(desk, folder)
    except _Killed:
        vectors.revive()
        texts = {_text(chunk) for chunk in desk.records.documents.chunks()}
        assert len(texts & {"Restart the spooler.", "Replace the toner."}) == 1
        found = retrieve(desk, desk.redactor.look_up(RawText("printer spooler toner")).text)
        assert {_text(passage.chunk) for passage in found.passages} <= texts
        _ingest(desk, folder)
    texts = sorted(_text(chunk) for chunk in desk.records.documents.chunks())
    assert len(texts) == 3
    assert "Replace the toner." in texts
    vectors.revive()
    (folder / "vpn" / "README.md").write_text("# VPN\n\nAsk nobody.\n")
    _ingest(desk, folder)
    assert vectors.ids() == desk.records.documents.chunk_ids()


def test_an_index_that_was_lost_is_made_again_with_the_next_change(folder: Path) -> None:
    desk = a_desk()
    _ingest(desk, folder)
    desk.vectors.remove(sorted(desk.vectors.ids()))
    (folder / "printer.md").unlink()
    assert _ingest(desk, folder).removed == 1
    assert desk.vectors.ids() == desk.records.documents.chunk_ids()


def _ingest(desk: Desk, path: Path, max_bytes: int = MUCH) -> IngestReport:
    return ingest(desk, path, progress=_silent, max_bytes=max_bytes)


def _silent(_: Progress) -> None:
    return


def _sources(desk: Desk) -> list[str]:
    return sorted(each.source.reveal() for each in desk.records.documents.documents())


def _answering(desk: Desk, word: str) -> set[str]:
    found = retrieve(desk, desk.redactor.look_up(RawText(word)).text, 20)
    return {each.source.reveal() for each in found.passages if word in _text(each.chunk)}


def _embedded(desk: Desk) -> list[str]:
    assert isinstance(desk.embedder, SwitchedEmbedder)
    assert isinstance(desk.embedder.inner, HashingEmbedder)
    return desk.embedder.inner.seen


def _text(chunk: Chunk) -> str:
    return chunk.text.reveal()


def _state(desk: Desk) -> tuple[object, ...]:
    documents = desk.records.documents
    return documents.documents(), documents.chunk_ids(), desk.vectors.ids()
