"""Moves a home's tables from one version to the next, when it is opened."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, text

from assistant.errors import BadInput

if TYPE_CHECKING:
    from alembic.config import Config

_FOLDER = Path(__file__).parent / "migrations"
_LOCK = 7_142_003_911  # an arbitrary number: the key of PostgreSQL's advisory lock


def migrate(engine: Engine) -> None:
    """Bring the tables up to date in one transaction; concurrent migrations take turns."""
    with engine.connect() as connection:
        if _is_newest(connection) or _is_current(connection):
            return
    from alembic import command

    with engine.connect() as connection:
        connection.execution_options(quietdesk_writes=True)
        with connection.begin():
            if engine.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            if not _is_current(connection):
                config = _config()
                config.attributes["connection"] = connection
                command.upgrade(config, "head")


def _is_newest(connection: Connection) -> bool:
    """Return whether the tables have the newest version.

    Importing alembic would take a third of the start-up. A script ``v0002_gaps.py`` makes 0002.
    """
    if not connection.dialect.has_table(connection, "alembic_version"):
        return False
    newest = max(path.name[1:5] for path in _FOLDER.glob("versions/v[0-9]*.py"))
    return list(connection.scalars(text("SELECT version_num FROM alembic_version"))) == [newest]


def _is_current(connection: Connection) -> bool:
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    here = set(MigrationContext.configure(connection).get_current_heads())
    scripts = ScriptDirectory.from_config(_config())
    known = {script.revision for script in scripts.walk_revisions()}
    if here - known:
        raise BadInput(
            "This home was written by a newer version of Quietdesk.",
            todo="Install that version, or restore the backup that was made before it.",
        )
    return here == set(scripts.get_heads())


def _config() -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    return config
