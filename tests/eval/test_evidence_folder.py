"""A report is whole, signed, and never overwritten."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.errors import BadInput
from eval.evidence.folder import REPORT, verify, write
from eval.evidence.rendered import rendered
from eval.evidence.report import Report
from eval.evidence.signing import Signer
from tests.fakes.reports import a_report

SIGNER = Signer.fresh()


def _write(folder: Path, report: Report | None = None) -> str:
    return write(folder, report or a_report(), SIGNER, rendered, lambda _digest: None)


def test_a_report_that_was_just_written_holds(tmp_path: Path) -> None:
    digest = _write(tmp_path / "r")
    found = verify(tmp_path / "r", rendered, SIGNER.public_pem)
    assert (found.holds, found.compared, found.sha256) == (True, True, digest)
    assert found.report == a_report()


def test_a_report_holds_in_whichever_order_a_clause_names_its_parameters(tmp_path: Path) -> None:
    clauses = [
        {**each, "parameters": {"types": ["USERNAME"], "destroyed": ["SECRET"]}}
        for each in a_report().model_dump(mode="json")["profiles"][0]["clauses"]
    ]
    body = a_report().model_dump(mode="json")
    body["profiles"][0]["clauses"] = clauses
    _write(tmp_path / "r", Report.model_validate(body))
    assert verify(tmp_path / "r", rendered, SIGNER.public_pem).why == ""


def test_a_changed_report_does_not_hold(tmp_path: Path) -> None:
    _write(tmp_path / "r")
    path = tmp_path / "r" / REPORT
    path.write_bytes(path.read_bytes().replace(b'"hold":1', b'"hold":2'))
    assert not verify(tmp_path / "r", rendered, SIGNER.public_pem).holds


def test_another_key_than_the_homes_is_noticed(tmp_path: Path) -> None:
    _write(tmp_path / "r")
    assert not verify(tmp_path / "r", rendered, Signer.fresh().public_pem).holds


@pytest.mark.parametrize("name", sorted(rendered(a_report())))
def test_a_file_beside_the_report_that_says_something_else_is_named(
    name: str, tmp_path: Path
) -> None:
    _write(tmp_path / "r")
    (tmp_path / "r" / name).write_bytes(b"All promises hold.")
    found = verify(tmp_path / "r", rendered, SIGNER.public_pem)
    assert (found.holds, name in found.why) == (False, True)


def test_an_existing_report_is_never_overwritten(tmp_path: Path) -> None:
    _write(tmp_path / "r")
    before = (tmp_path / "r" / REPORT).read_bytes()
    with pytest.raises(BadInput, match="never overwritten"):
        _write(tmp_path / "r")
    assert (tmp_path / "r" / REPORT).read_bytes() == before


def test_a_failure_before_the_end_leaves_nothing(tmp_path: Path) -> None:
    def fail(_digest: str) -> None:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write(tmp_path / "r", a_report(), SIGNER, rendered, fail)
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_run_left_is_replaced(tmp_path: Path) -> None:
    left = tmp_path / ".r.unfinished"
    left.mkdir()
    (left / REPORT).write_text("half")
    _write(tmp_path / "r")
    assert [each.name for each in tmp_path.iterdir()] == ["r"]


def test_a_folder_without_a_report_gives_one_clear_message(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=REPORT):
        verify(tmp_path, rendered)


def test_a_report_holds_only_the_canonical_form_of_its_data(tmp_path: Path) -> None:
    _write(tmp_path / "r")
    loose = json.dumps(json.loads((tmp_path / "r" / REPORT).read_bytes()), indent=1).encode()
    (tmp_path / "r" / REPORT).write_bytes(loose)
    (tmp_path / "r" / f"{REPORT}.sig").write_bytes(SIGNER.sign(loose))
    assert (
        verify(tmp_path / "r", rendered, SIGNER.public_pem).why == "it is not in its canonical form"
    )
