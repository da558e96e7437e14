"""Every operation by its name."""

from __future__ import annotations

from typing import Any

from ui.operations import (
    ask,
    batch,
    directory,
    forgetting,
    gaps,
    ingest,
    ledger,
    library,
    outbox,
    redact,
    reindex,
    review,
    tenants,
    terms,
    tickets,
    users,
    writing,
)
from ui.operations.base import Operation

OPERATIONS: dict[str, Operation[Any, Any]] = {
    operation.name: operation
    for operation in (
        tenants.ADD,
        tenants.LIST,
        tenants.SHOW,
        tenants.SET,
        library.INGEST,
        library.SHOW,
        library.FORGET,
        reindex.LIBRARY,
        directory.IMPORT,
        terms.ADD,
        terms.REMOVE,
        terms.LIST,
        users.ADD,
        ingest.INGEST,
        reindex.REINDEX,
        forgetting.DOCUMENT,
        forgetting.TICKET,
        ask.ASK,
        gaps.LIST,
        tickets.IMPORT,
        tickets.IMPORT_FILE,
        tickets.LIST,
        tickets.SHOW,
        tickets.REDACT,
        writing.SUMMARISE,
        writing.DRAFT,
        batch.SUMMARISE,
        batch.DRAFT,
        review.LIST,
        review.SHOW,
        review.APPROVE,
        review.EDIT,
        review.REJECT,
        review.RELEASE,
        outbox.LIST,
        outbox.DELIVER,
        redact.REDACT,
        ledger.SHOW,
        ledger.VERIFY,
    )
}
