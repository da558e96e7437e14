"""A tenant's own frames of replies, sealed."""

from __future__ import annotations

from sqlalchemy import delete, insert, select

from assistant.adapters.records import schema
from assistant.adapters.records.scope import Scope
from assistant.frames import Frame, OwnFrames
from guardrails import RedactedText


class SqlFrames:
    """Implements `assistant.ports.FrameStore`. A frame is bound to its language and use."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def all(self) -> OwnFrames:
        table = schema.frames
        query = select(table).where(self._scope.owns(table))
        with self._scope.reading() as connection:
            rows = connection.execute(query).all()
        return {
            (row.language, Frame(row.frame)): self._scope.cells(
                "frames", f"{row.language}/{row.frame}", row.policy_version
            ).open_redacted("text", row.text)
            for row in rows
        }

    def put(self, language: str, frame: Frame, text: RedactedText) -> None:
        cells = self._scope.cells("frames", f"{language}/{frame.value}")
        row = self._scope.row(
            language=language,
            frame=frame.value,
            policy_version=self._scope.policy_version,
            text=cells.seal_redacted("text", text),
        )
        with self._scope.writing() as connection:
            self.remove(language, frame)
            connection.execute(insert(schema.frames), [row])

    def remove(self, language: str, frame: Frame) -> bool:
        table = schema.frames
        this = table.c.language == language, table.c.frame == frame.value
        with self._scope.writing() as connection:
            gone = connection.execute(delete(table).where(self._scope.owns(table), *this))
        return gone.rowcount > 0
