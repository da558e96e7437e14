"""Logs: our numbers, ids and names, one JSON object a line, in ``HOME/logs``. Never text.

Other packages log prose, which may quote any text; of their records only the place and the type of
the exception are logged.
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import MutableMapping
from io import TextIOWrapper
from pathlib import Path
from typing import Any, cast

import structlog

from guardrails import ForPerson, RawText, RedactedText
from guardrails.errors import SeamBreach

_SEALED = (RawText, ForPerson, RedactedText)
_LARGEST = 10 * 1024 * 1024
_WORD = re.compile(r"[\w.:/<>#+-]{0,80}", re.ASCII)


def configure(home: Path) -> TextIOWrapper:
    """Write to ``HOME/logs/quietdesk.log`` (0600) from now on; return the file."""
    folder = home / "logs"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = _open(folder / "quietdesk.log")
    structlog.configure(
        processors=[
            refuse_text,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.WriteLoggerFactory(file),
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    root.handlers = [_PlacesOnly(logging.WARNING)]
    return file


def log() -> structlog.typing.FilteringBoundLogger:
    """Return the logger."""
    return cast("structlog.typing.FilteringBoundLogger", structlog.get_logger())


def refuse_text(_logger: object, _method: str, event: MutableMapping[str, Any]) -> Any:
    """Accept numbers and words without spaces; refuse text objects and prose."""
    for value in event.values():
        if isinstance(value, _SEALED):
            raise SeamBreach(
                f"A log does not accept {type(value).__name__}.", safe="Nothing was logged."
            )
        if isinstance(value, (bool, int, float)) or value is None:
            continue
        if not isinstance(value, str) or not _WORD.fullmatch(value):
            raise SeamBreach(
                "A log accepts only numbers and single words.", safe="Nothing was logged."
            )
    return event


class _PlacesOnly(logging.Handler):
    """Handles records of standard logging: keeps the place and the level, not the message."""

    def emit(self, record: logging.LogRecord) -> None:
        failed = record.exc_info[0] if record.exc_info else None
        log().warning(
            "library",
            logger=_word(record.name),
            place=_word(f"{record.module}:{record.lineno}"),
            level_of=record.levelname,
            exception=failed.__name__ if failed else None,
        )


def _word(text: str) -> str:
    return re.sub(r"[^\w.:/<>#+-]", "_", text, flags=re.ASCII)[:80]


def _open(path: Path) -> TextIOWrapper:
    if path.exists() and path.stat().st_size > _LARGEST:
        path.replace(path.with_suffix(".log.1"))
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    return os.fdopen(handle, "a", encoding="utf-8", buffering=1)
