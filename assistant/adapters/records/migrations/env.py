"""Run by alembic: every step inside the transaction that `migrate` has opened."""

from __future__ import annotations

from alembic import context

from assistant.adapters.records.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
