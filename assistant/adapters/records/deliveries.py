"""Failed attempts to deliver replies."""

from __future__ import annotations

from sqlalchemy import delete, select

from assistant.adapters.records.schema import deliveries
from assistant.adapters.records.scope import Scope, upsert
from assistant.model import Delivery


class SqlDeliveries:
    """Implements `assistant.ports.DeliveryStore`."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def all(self) -> list[Delivery]:
        query = select(deliveries).where(self._scope.owns(deliveries))
        with self._scope.reading() as connection:
            rows = connection.execute(query.order_by(deliveries.c.reply_id)).all()
        return [Delivery(row.reply_id, row.attempts, row.failure, row.next_at) for row in rows]

    def put(self, delivery: Delivery) -> None:
        state = {
            "attempts": delivery.attempts,
            "failure": delivery.failure,
            "next_at": delivery.next_at,
        }
        row = self._scope.row(reply_id=delivery.reply_id, **state)
        with self._scope.writing() as connection:
            connection.execute(upsert(connection, deliveries, row, state))

    def remove(self, reply_id: str) -> None:
        this = self._scope.owns(deliveries), deliveries.c.reply_id == reply_id
        with self._scope.writing() as connection:
            connection.execute(delete(deliveries).where(*this))
