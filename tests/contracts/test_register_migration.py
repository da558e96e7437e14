"""A home of an earlier version keeps its models, and what it knew of their operators."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from sqlalchemy import create_engine, text

from assistant.adapters.records.database import Database
from assistant.adapters.records.models import SqlModels
from assistant.adapters.records.subprocessors import SqlSubprocessors
from guardrails.clock import utc_now
from tests.assistant.test_records_database import home_as_of

_AT = "2026-03-01T10:00:00.000000+00:00"


def test_models_move_into_the_register_and_stay_enabled_for_who_uses_them(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    home_as_of(path, "0015")
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as old:
        old.execute(text(f"INSERT INTO tenants VALUES ('t', 'acme', x'00', '{_AT}')"))
        old.execute(
            text(
                "INSERT INTO models (name, kind, place, model, created_at, key_env, key_file,"
                " region, no_training, baa, price_sent, price_written, json_schema) VALUES"
                f" ('far', 'openai', 'https://api.example:8443/v1', 'm', '{_AT}', 'K', '', 'eu',"
                f" 1, 0, 0, 0, 0), ('here', 'gguf', '/m.gguf', 'm', '{_AT}', '', '', 'local',"
                " 0, 0, 0, 0, 0)"
            )
        )
        old.execute(text("INSERT INTO model_uses VALUES ('t', 'all', 'far', NULL, NULL)"))
    engine.dispose()
    database = Database.open(path)
    far, here = SqlModels(database, utc_now).list()
    entries = SqlSubprocessors(database)
    held = {each.name: each for each in entries.list()}
    enabled = entries.enabled("t")
    database.close()
    assert (far.name, far.region, far.no_training, far.operator) == ("far", "eu", True, "far")
    assert held["far"].origin == "https://api.example:8443"
    assert held["far"].reviewed_on == date(2026, 3, 1)
    assert held["here"].origin == "http://in-process.invalid"
    assert here.no_training is False
    assert set(enabled) == {held["far"].id}
    assert enabled[held["far"].id].at == held["far"].announced_at
