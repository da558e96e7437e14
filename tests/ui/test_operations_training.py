"""Texts for training: nothing by default, and only redacted ones where a policy allows that."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.errors import BadInput, NotPermitted, Refused
from assistant.model import Role
from eval.evidence.twin import Twin
from guardrails.policy import Rules
from guardrails.policy.words import Training
from tests.fakes.twins import a_twin

_ALLOWED = replace(Rules(), training=Training.REDACTED)


def _export(twin: Twin, out: Path, role: Role | None = Role.OFFICER) -> dict[str, object]:
    return twin.perform("training.export", role=role, out=str(out))


def test_by_default_nothing_is_exported(tmp_path: Path) -> None:
    out = tmp_path / "texts.jsonl"
    with a_twin(tmp_path) as twin, pytest.raises(Refused, match="nothing be used for training"):
        _export(twin, out)
    assert not out.exists()


def test_an_officer_exports_redacted_tickets_and_the_ledger_has_their_hash(tmp_path: Path) -> None:
    out = tmp_path / "texts.jsonl"
    with a_twin(tmp_path, _ALLOWED) as twin:
        done = _export(twin, out)
        (row,) = [row for row in twin.desk.ledger.rows() if row.kind == "training.exported"]
        with pytest.raises(BadInput, match="exists already"):
            _export(twin, out)
        values = (twin.material().requester, *twin.material().values.values())
    written = out.read_bytes()
    facts = json.loads(row.body)
    assert facts["sha256"] == done["sha256"] == hashlib.sha256(written).hexdigest()
    assert facts["by"]
    assert done["tickets"] == facts["tickets"] == len(written.splitlines()) == 3
    assert b"<PHONE_NUMBER>" in written
    assert not [value for value in values if value.encode() in written]
    assert list(tmp_path.glob(".*")) == []


def test_only_an_officer_exports(tmp_path: Path) -> None:
    with a_twin(tmp_path, _ALLOWED) as twin:
        for role in (None, *(set(Role) - {Role.OFFICER})):
            with pytest.raises(NotPermitted):
                _export(twin, tmp_path / "texts.jsonl", role)


def test_nothing_is_left_when_the_ledger_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_of: object, **_facts: object) -> None:
        raise OSError(28, "No space left on device")

    out = tmp_path / "texts.jsonl"
    with a_twin(tmp_path, _ALLOWED) as twin:
        monkeypatch.setattr("guardrails.audit.ledger.Ledger.append", full)
        with pytest.raises(BadInput, match="cannot be written"):
            _export(twin, out)
    assert not out.exists()
    assert list(tmp_path.glob(".*.part")) == []
