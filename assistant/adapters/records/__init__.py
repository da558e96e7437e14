"""The records in SQLite or PostgreSQL: the one package that knows SQLAlchemy."""

from assistant.adapters.records.accounts import Accounts
from assistant.adapters.records.database import Database
from assistant.adapters.records.tenant import TenantRecords

__all__ = ["Accounts", "Database", "TenantRecords"]
