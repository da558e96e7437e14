"""A person decides who may read documents; a later ingestion keeps the decision."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.desk import Desk
from assistant.model import Audience


def decide_audience(desk: Desk, document_ids: Sequence[str], audience: Audience, by: str) -> None:
    """Set the audience of documents; what a section says of itself still narrows it.

    ``by`` is the user's id, or `OWNER`.
    """
    with desk.records.transaction():
        desk.records.documents.set_audience(document_ids, audience, decided=True)
        desk.ledger.append(
            "audience.decided", documents=len(document_ids), audience=audience.value, by=by
        )
