"""Database errors translated into ours.

The vendor's message is never passed on: it can contain rows and values.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager

from sqlalchemy import exc

from assistant.errors import QuietdeskError, Refused, StorageTrouble

_LOCKED = "The database is busy: another process holds it."
_FULL = "The disk that holds the database is full."
_AWAY = "The database cannot be reached or refuses the login."
_BY_SQLITE_CODE = {
    sqlite3.SQLITE_BUSY: (_LOCKED, "Try again, or stop the other process."),
    sqlite3.SQLITE_LOCKED: (_LOCKED, "Try again, or stop the other process."),
    sqlite3.SQLITE_FULL: (_FULL, "Free some space and try again."),
    sqlite3.SQLITE_READONLY: ("The database file may not be written to.", "Check its owner."),
    sqlite3.SQLITE_CANTOPEN: ("The database file cannot be opened.", "Check the home's folder."),
    sqlite3.SQLITE_IOERR: ("The disk failed while the database was in use.", "Check the disk."),
    sqlite3.SQLITE_CORRUPT: ("The database file is damaged.", "Restore it from a backup."),
    sqlite3.SQLITE_NOTADB: ("The file is not a Quietdesk database.", "Restore it from a backup."),
}
_BY_SQLSTATE = {
    "08": (_AWAY, "Check the server and QUIETDESK_DATABASE_URL."),
    "28": (_AWAY, "Check the user and password in QUIETDESK_DATABASE_URL."),
    "3D": (_AWAY, "Check the database name in QUIETDESK_DATABASE_URL."),
    "40": (_LOCKED, "Try again."),
    "53100": (_FULL, "Free some space on the server and try again."),
    "55P03": (_LOCKED, "Try again."),
    "57": (_AWAY, "Check the server and try again."),
}
_ROW_SECURITY = "42501"


@contextmanager
def translated() -> Generator[None]:
    """Translate the errors that the database's driver raises inside."""
    try:
        yield
    except (exc.DBAPIError, exc.TimeoutError) as error:
        raise translate(error) from error


def translate(error: exc.SQLAlchemyError) -> QuietdeskError:
    """Return our error for one of the driver's."""
    original = error.orig if isinstance(error, exc.DBAPIError) else None
    state: str = getattr(original, "sqlstate", None) or ""
    if isinstance(error, exc.IntegrityError):
        return Refused(
            "The database refused a row: it exists already, or refers to one that does not exist.",
            safe="Nothing was changed.",
        )
    if state == _ROW_SECURITY:
        return Refused("The database refused a row of another tenant.", safe="Nothing was changed.")
    happened, todo = _known(original, state)
    return StorageTrouble(
        happened, safe="Nothing was changed: the transaction was rolled back.", todo=todo
    )


def _known(original: BaseException | None, state: str) -> tuple[str, str]:
    code: int = getattr(original, "sqlite_errorcode", 0)
    found = (
        _BY_SQLITE_CODE.get(code & 0xFF)  # the low byte is the primary code of an extended one
        or _BY_SQLSTATE.get(state)
        or _BY_SQLSTATE.get(state[:2])
    )
    if found:
        return found
    if original is None:
        return _LOCKED, "Try again."
    return _AWAY, "Check the database and try again."
