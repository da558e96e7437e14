"""The inventory: the class of data of every table and of every file of a home.

A class has a period in `guardrails.policy.rules.Retention`. What belongs to no customer's text
(keys, versions of tables) is of the class of the account it serves.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from assistant.adapters.records.schema import metadata
from guardrails.policy.controls import CLASSES

TABLES: Mapping[str, str] = {
    "alembic_version": "account",
    "attestations": "requests",
    "audits": "ai_content",
    "challenges": "ai_content",
    "chunks": "documents",
    "deliveries": "replies",
    "document_placeholders": "documents",
    "documents": "documents",
    "draft_placeholders": "ai_content",
    "drafts": "ai_content",
    "frames": "account",
    "gap_placeholders": "gaps",
    "gaps": "gaps",
    "honest": "documents",
    "identities": "account",
    "ledger_heads": "ledger",
    "home_keys": "ledger",
    "ledger_keys": "ledger",
    "ledger_segments": "ledger",
    "ledger_rows": "ledger",
    "memberships": "account",
    "model_usage": "usage",
    "model_uses": "account",
    "models": "account",
    "opt_outs": "directory",
    "people": "directory",
    "policies": "account",
    "profiles": "account",
    "recovery_codes": "account",
    "replies": "replies",
    "reviews": "ai_content",
    "revisions": "account",
    "second_factors": "account",
    "sessions": "account",
    "subprocessor_uses": "account",
    "subprocessors": "account",
    "tenants": "account",
    "terms": "directory",
    "ticket_placeholders": "tickets",
    "ticket_turns": "tickets",
    "tickets": "tickets",
    "time_marks": "ledger",
    "users": "account",
    "vault_counters": "directory",
    "vault_surfaces": "directory",
}
"""The class of each table. The kind of a ticket tells transcripts and messages apart."""

FILES: Mapping[str, str] = {
    r"indexes/.+": "documents",
    r"lock|master\.key|\.operations|[\w.-]+\.sock": "account",
    r"logs/.+": "logs",
    r"quietdesk\.db(-wal|-shm|-journal)?": "tickets",
}
"""The class of each file of a home, by a regular expression of its path there.

The database holds every class, of which its tables say more; the strictest period is a table's.
"""


def tables() -> list[str]:
    """Return the name of every table that this version makes."""
    return sorted(metadata.tables)


def unclassed_tables() -> list[str]:
    """Return the tables without a class of data that has a period."""
    return [each for each in tables() if TABLES.get(each) not in CLASSES]


def unclassed_files(names: Iterable[str]) -> list[str]:
    """Return the files without a class of data, by path below the home."""
    return [each for each in names if class_of_file(each) not in CLASSES]


def class_of_file(name: str) -> str | None:
    """Return the class of a file, None without one."""
    return next((kind for shape, kind in FILES.items() if re.fullmatch(shape, name)), None)
