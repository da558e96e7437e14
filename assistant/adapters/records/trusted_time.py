"""The latest time that a home has seen, kept for all its tenants under a key of the home."""

from __future__ import annotations

import hashlib
import hmac
from contextlib import suppress
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from assistant.adapters.records.database import Database
from assistant.adapters.records.schema import time_marks
from assistant.adapters.records.scope import upsert
from assistant.errors import StorageTrouble
from guardrails.clock import Clock
from guardrails.crypto.keys import MasterKey
from guardrails.policy.trusted_time import Reading, judge, unknown

_STEP = timedelta(minutes=10)
"""The shortest time between two writes of the mark, so that few readings write."""


class TrustedTime:
    """Reads a home's clock against its mark, and moves the mark with it."""

    def __init__(self, database: Database, key: MasterKey, clock: Clock) -> None:
        self._database = database
        self._key = key.derive("quietdesk.time-mark.v1")
        self._clock = clock
        self._seen: datetime | None = None

    def read(self) -> Reading:
        """Return a reading. Its ``at`` is what a notice, a period or a weaker rule waits for."""
        clock = self._clock()
        if self._seen is not None and self._seen <= clock < self._seen + _STEP:
            return judge(clock, self._seen)
        return self._compared(clock)

    def agree(self) -> Reading:
        """Trust the clock as it is, and set the mark to it; return the reading before that."""
        clock = self._clock()
        with self._database.writing() as connection:
            before = self._judged(connection, clock)
            self._put(connection, clock)
        self._seen = clock
        return before

    def _compared(self, clock: datetime) -> Reading:
        with self._database.reading() as connection:
            reading = self._judged(connection, clock)
        if reading.doubt is None and (reading.mark is None or clock - reading.mark >= _STEP):
            with suppress(StorageTrouble), self._database.writing() as connection:
                self._put(connection, clock)
                self._seen = clock
        return reading

    def _judged(self, connection: Connection, clock: datetime) -> Reading:
        row = connection.execute(select(time_marks)).one_or_none()
        if row is None:
            return judge(clock, None)
        if not hmac.compare_digest(row.proof, self._prove(row.at)):
            return unknown(clock)
        return judge(clock, row.at)

    def _put(self, connection: Connection, at: datetime) -> None:
        values = {"at": at, "proof": self._prove(at)}
        connection.execute(upsert(connection, time_marks, {"id": 1, **values}, values))

    def _prove(self, at: datetime) -> str:
        content = f"quietdesk.time-mark.v1\x1f{at.isoformat(timespec='microseconds')}"
        return hmac.new(self._key, content.encode(), hashlib.sha256).hexdigest()
