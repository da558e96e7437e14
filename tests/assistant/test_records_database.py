from __future__ import annotations

import sqlite3
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine, event, exc, text

from assistant.adapters.records import Database, migrate
from assistant.adapters.records.migrations.versions import v0006_people, v0007_rules, v0020_user_ids
from assistant.adapters.records.schema import metadata
from assistant.adapters.records.trouble import translate
from assistant.errors import BadInput, QuietdeskError, StorageTrouble
from guardrails.spans import EntityType
from tests.fakes.databases import TestHome, postgres_urls, sqlite_home
from tests.fakes.policies import a_policy
from tests.fakes.samples import a_document, chunks_of

PERSON = EntityType.PERSON


def test_migrations_lead_to_the_tables_that_the_code_speaks_of(home: TestHome) -> None:
    with home.intruder.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_opening_again_finds_what_was_kept(tmp_path: Path) -> None:
    first = sqlite_home(tmp_path)
    document = a_document()
    room = first.move_in()
    room.records.documents.put(document, [])
    first.close()
    second = sqlite_home(tmp_path)
    assert second.accounts.tenant(room.tenant.slug) == room.tenant
    second.close()


def test_opening_a_home_that_is_up_to_date_loads_no_migrations(tmp_path: Path) -> None:
    sqlite_home(tmp_path).close()
    code = (
        "import sys; from pathlib import Path; from assistant.adapters.records import Database; "
        f"Database.open(Path({str(tmp_path / 'quietdesk.db')!r})).close(); "
        "sys.exit('alembic' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_home_opened_twice_at_once_is_migrated_once(tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        opened = list(pool.map(Database.open, [tmp_path / "quietdesk.db"] * 4))
    for database in opened:
        database.close()


def test_a_postgres_home_opened_twice_at_once_is_migrated_once(postgres: TestHome) -> None:
    owner, _ = postgres_urls()
    with ThreadPoolExecutor(4) as pool:
        opened = list(pool.map(Database.open, [owner] * 4))
    for database in opened:
        database.close()


def test_a_home_of_a_newer_version_is_left_alone_with_a_clear_word(tmp_path: Path) -> None:
    home = sqlite_home(tmp_path)
    home.tamper("UPDATE alembic_version SET version_num = '9999'")
    home.close()
    with pytest.raises(BadInput, match="newer version"):
        sqlite_home(tmp_path)


def test_the_file_and_its_logs_are_readable_by_their_owner_alone(tmp_path: Path) -> None:
    (tmp_path / "quietdesk.db").touch(mode=0o666)
    home = sqlite_home(tmp_path)
    home.move_in()
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    home.close()
    assert set(modes) == {"quietdesk.db", "quietdesk.db-wal", "quietdesk.db-shm"}
    assert set(modes.values()) == {0o600}


def test_every_connection_is_durable_and_overwrites_what_it_deletes(tmp_path: Path) -> None:
    home = sqlite_home(tmp_path)
    wanted = {
        "journal_mode": "wal",
        "synchronous": 2,
        "secure_delete": 1,
        "foreign_keys": 1,
        "busy_timeout": 15_000,
    }
    with home.database.reading() as connection:
        found = {name: connection.scalar(text(f"PRAGMA {name}")) for name in wanted}
    home.close()
    assert found == wanted


def test_removed_ciphertext_is_on_no_page_of_the_file_or_its_log(tmp_path: Path) -> None:
    home = sqlite_home(tmp_path)
    room = home.move_in()
    document = a_document()
    room.records.documents.put(document, chunks_of(document, ["secret " * 900] * 20))
    room.vault.allocate([(PERSON, "Priya Raghunathan")])
    home.database.checkpoint()
    captured = [bytes(text) for (text,) in home.tamper("SELECT text FROM chunks")]
    captured += [bytes(sealed) for (sealed,) in home.tamper("SELECT sealed FROM vault_surfaces")]
    # Long values span pages, so a stretch of each is looked for.
    assert all(body[:40] in _disk(tmp_path) for body in captured)
    room.records.documents.remove([document.id])
    room.records.vault.forget([(PERSON, 1)])
    home.database.checkpoint()
    assert not any(body[at : at + 40] in _disk(tmp_path) for body in captured for at in (0, 20))
    home.close()


def test_erasing_while_a_reader_is_active_says_that_the_log_still_holds_it(tmp_path: Path) -> None:
    home = sqlite_home(tmp_path)
    room = home.move_in()
    _on_checkout(home, "PRAGMA busy_timeout = 10")
    reader = sqlite3.connect(tmp_path / "quietdesk.db", isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM tenants").fetchall()
    room.records.documents.put(a_document(), [])
    with pytest.raises(StorageTrouble, match="still in the database's log"):
        home.database.checkpoint()
    reader.close()
    home.database.checkpoint()
    home.close()


def test_an_earlier_admin_stays_one_and_can_read_and_decide_as_before(tmp_path: Path) -> None:
    path = tmp_path / "quietdesk.db"
    home_as_of(path, v0006_people.down_revision)
    with sqlite3.connect(path) as old:
        old.execute("INSERT INTO tenants VALUES ('t', 'acme', x'00', '2026-01-01')")
        for login, role in (("ada", "admin"), ("rae", "reviewer"), ("ann", "agent")):
            old.execute("INSERT INTO users VALUES (?, ?, '', '2026-01-01')", (login, login))
            old.execute("INSERT INTO memberships VALUES ('t', ?, ?)", (login, role))
        values = "'hash', 'ada', '2026-01-01', '2999-01-01'"
        old.execute(f"INSERT INTO sessions VALUES ({values})")
    database = Database.open(path)
    with database.reading() as connection:
        found = connection.execute(text("SELECT user_id, role FROM memberships ORDER BY 1, 2"))
        rows = [tuple(row) for row in found]
        sessions = connection.scalar(text("SELECT count(*) FROM sessions"))
    database.close()
    assert rows == [("ada", "admin"), ("ada", "reviewer"), ("ann", "agent"), ("rae", "reviewer")]
    assert sessions == 0


def test_a_policy_of_before_keeps_its_rules_and_names_none_that_is_gone(tmp_path: Path) -> None:
    path = tmp_path / "quietdesk.db"
    home_as_of(path, v0007_rules.down_revision)
    bodies = {
        "acme": '{"version": 2, "review": "on_findings", "phi": true, "destinations": ["model"]}',
        "globex": '{"version": 1, "review": "always", "destinations": []}',
    }
    with sqlite3.connect(path) as old:
        for slug, body in bodies.items():
            old.execute("INSERT INTO tenants VALUES (?, ?, x'00', '2026-01-01')", (slug, slug))
            old.execute("INSERT INTO policies VALUES (?, 1, ?, '2026-01-01')", (slug, body))
    home = sqlite_home(tmp_path)
    assert home.accounts.policy("acme") == a_policy(1, phi=True)
    assert home.accounts.policy("globex") == a_policy(1, ai=False)
    home.close()


def test_a_forgotten_number_never_comes_back(home: TestHome) -> None:
    room = home.move_in()
    room.vault.allocate([(PERSON, "Priya"), (PERSON, "Tom")])
    before = room.vault.version()
    assert room.records.vault.forget([(PERSON, 2), (PERSON, 99)]) == 1
    assert room.vault.version() != before
    assert [str(each) for each in room.vault.allocate([(PERSON, "Tom")])] == ["<PERSON_3>"]
    room.records.vault.forget([(PERSON, number) for number in (1, 3)])
    assert [str(each) for each in room.vault.allocate([(PERSON, "Kim")])] == ["<PERSON_4>"]


def test_a_full_disk_is_named_and_nothing_is_half_written(tmp_path: Path) -> None:
    home = sqlite_home(tmp_path)
    room = home.move_in()
    _on_checkout(home, "PRAGMA max_page_count = 1")  # SQLite takes the present size instead
    document = a_document()
    with pytest.raises(StorageTrouble, match="full"):
        room.records.documents.put(document, chunks_of(document, ["x" * 5000] * 200))
    assert room.records.documents.documents() == []
    home.close()


def test_a_database_that_another_process_holds_is_named(tmp_path: Path) -> None:
    home = sqlite_home(tmp_path)
    room = home.move_in()
    _on_checkout(home, "PRAGMA busy_timeout = 10")
    other = sqlite3.connect(tmp_path / "quietdesk.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert room.records.documents.documents() == []
    with pytest.raises(StorageTrouble, match="busy"):
        room.records.documents.put(a_document(), [])
    other.close()
    room.records.documents.put(a_document(), [])
    home.close()


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "quietdesk.db").write_bytes(b"a letter to Priya" * 100)
    with pytest.raises(StorageTrouble, match="not a Quietdesk database"):
        sqlite_home(tmp_path)


def test_a_folder_in_the_files_place_is_named(tmp_path: Path) -> None:
    (tmp_path / "quietdesk.db").mkdir()
    with pytest.raises(BadInput, match="cannot be opened"):
        sqlite_home(tmp_path)


@pytest.mark.parametrize("url", ["mysql://host/name", "://", "oracle://x/y"])
def test_a_url_of_another_kind_is_refused(url: str) -> None:
    with pytest.raises(BadInput, match="URL"):
        Database.open(url)


def test_a_server_that_is_away_is_named_without_its_password(tmp_path: Path) -> None:
    with pytest.raises(StorageTrouble, match="cannot be reached") as caught:
        Database.open(f"postgresql://kim:hunter2@/quietdesk?host={tmp_path}")
    assert "hunter2" not in str(caught.value)


def test_a_database_that_the_server_does_not_have_is_named(postgres: TestHome) -> None:
    url = postgres.intruder.url.set(database="nobody").render_as_string(hide_password=False)
    with pytest.raises(StorageTrouble, match="cannot be reached"):
        Database.open(url)


def test_every_error_of_the_driver_is_translated() -> None:
    kinds = [exc.TimeoutError("late"), *(_made(kind) for kind in _below(exc.DBAPIError))]
    for error in kinds:
        ours = translate(error)
        assert isinstance(ours, QuietdeskError)
        assert "planted" not in str(ours)


def home_as_of(path: Path, revision: str) -> None:
    """Make the database of an older version."""
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        config = migrate._config()
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    engine.dispose()


def _below(kind: type[exc.DBAPIError]) -> list[type[exc.DBAPIError]]:
    return [kind, *(each for child in kind.__subclasses__() for each in _below(child))]


def _made(kind: type[exc.DBAPIError]) -> exc.DBAPIError:
    return kind("SELECT planted", {"value": "planted"}, ValueError("planted"))


def _on_checkout(home: TestHome, pragma: str) -> None:
    def prepare(connection: Any, _record: object, _proxy: object) -> None:
        connection.execute(pragma)

    event.listen(home.database.engine, "checkout", prepare)


def _disk(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir())


def test_decisions_and_replies_of_before_name_their_user_by_id(tmp_path: Path) -> None:
    path = tmp_path / "quietdesk.db"
    home_as_of(path, v0020_user_ids.down_revision)
    at = "2026-01-01T00:00:00.000000+00:00"
    with sqlite3.connect(path) as old:
        old.execute("INSERT INTO tenants VALUES ('t', 'acme', x'00', ?)", (at,))
        old.execute("INSERT INTO users VALUES ('u1', 'rae@acme.example', '', ?, NULL)", (at,))
        for number, login in enumerate(("rae@acme.example", "gone@acme.example")):
            old.execute(
                "INSERT INTO reviews (tenant_id, id, draft_id, login, action, at)"
                " VALUES ('t', ?, 'd', ?, 'draft.approved', ?)",
                (str(number), login, at),
            )
            old.execute(
                "INSERT INTO replies (tenant_id, id, draft_id, reference, policy_version, text,"
                " released_by, released_at) VALUES ('t', ?, ?, 'HD-1', 1, x'', ?, ?)",
                (str(number), str(number), login, at),
            )
    Database.open(path).close()
    with sqlite3.connect(path) as now:
        decided = now.execute("SELECT user_id FROM reviews ORDER BY id").fetchall()
        released = now.execute("SELECT released_by FROM replies ORDER BY id").fetchall()
    assert decided == released == [("u1",), ("gone@acme.example",)]
