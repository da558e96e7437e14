"""Exports of the ledger through operations."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import update

from assistant.adapters.records.database import Database
from assistant.adapters.records.schema import ledger_rows
from assistant.bootstrap import Home
from assistant.errors import Refused
from assistant.settings import Settings
from tests.fakes.parts import light_parts
from ui.operations.base import silent
from ui.operations.callers import Caller, Interface
from ui.operations.ledger import EXPORT, ExportArgs
from ui.operations.operator import Operator


def test_a_ledger_that_does_not_hold_leaves_no_file(tmp_path: Path) -> None:
    owner, out = Caller(Interface.SHELL, owner=True), tmp_path / "export.jsonl"
    with Home.open(Settings(home=tmp_path / "home"), parts=light_parts()) as home:
        home.add_tenant("acme")
        home.desk("acme").ledger.append("tried")
        database = Database.open(tmp_path / "home" / "quietdesk.db")
        with database.writing() as connection:
            changed = ledger_rows.c.kind == "tried"
            connection.execute(update(ledger_rows).where(changed).values(kind="told"))
        database.close()
        args = ExportArgs(tenant="acme", path=str(out))
        with pytest.raises(Refused):
            Operator(home).perform(EXPORT, owner, args, silent)
    assert not out.exists()
