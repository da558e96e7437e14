"""The tables, and which of their columns are sealed.

Every column that holds words of a customer is `LargeBinary`: ciphertext under the tenant's key,
bound to its table, column, row and policy version. References, statuses, times and keyed hashes are
not sealed. Every table of a tenant begins its primary key with ``tenant_id``.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Dialect,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
    text,
    true,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Moment(TypeDecorator[datetime]):
    """An aware UTC time as text of one width: it sorts the same way on every database."""

    impl = String(32)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - the base's
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a time zone cannot be stored")
        return value.astimezone(UTC).isoformat(timespec="microseconds")

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - the base's signature
        return None if value is None else datetime.fromisoformat(value)


def _owner() -> Column[str]:
    """Return the first column of every tenant's table."""
    return Column(
        "tenant_id", String, ForeignKey("tenants.id", ondelete="CASCADE"), primary_key=True
    )


# The provider's own: tenants and users

tenants = Table(
    "tenants",
    metadata,
    Column("id", String, primary_key=True),
    Column("slug", String(63), nullable=False, unique=True),
    Column("wrapped_key", LargeBinary, nullable=False),
    Column("created_at", Moment, nullable=False),
)

policies = Table(
    "policies",
    metadata,
    _owner(),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("body", Text, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("published_at", Moment, nullable=False),
    Column("holds_from", Moment, nullable=False),
    Column("published_by", String, nullable=False),
    Column("loosens", Text, nullable=False),
    Column("choices", Text, nullable=False),
    Column("profile", String(64), nullable=False),
    Column("profile_version", Integer, nullable=False),
    Column("profile_body", Text, nullable=False),
    Column("profile_sha256", String(64), nullable=False),
)
"""``body`` holds the rules that follow from the profile's and the tenant's own choices, as JSON.

The ledger holds the hash of each, so that no row can be changed, added or removed unnoticed.
"""

profiles = Table(
    "profiles",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("body", Text, nullable=False),
)
"""The files of profiles that were applied, by their hash."""

time_marks = Table(
    "time_marks",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
    Column("proof", String(64), nullable=False),
)
"""One row: the latest time that the home has seen, and a keyed hash of it."""

users = Table(
    "users",
    metadata,
    Column("id", String, primary_key=True),
    Column("login", String(254), nullable=False, unique=True),
    Column("password_hash", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("last_login_at", Moment),
)

memberships = Table(
    "memberships",
    metadata,
    _owner(),
    Column(
        "user_id", String, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True
    ),
    Column("role", String(16), primary_key=True),
)
"""A row for each role that a user has at a tenant."""

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column(
        "user_id", String, ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True
    ),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("idle_minutes", Integer, nullable=False),
    Column("idle_until", Moment, nullable=False),
    Column("waits_for", String(16), nullable=False, server_default=""),
)
"""Ends at ``expires_at``, or at ``idle_until`` when nothing was asked for ``idle_minutes``.

While ``waits_for`` names a second factor, it opens nothing but the page that asks for it.
"""

second_factors = Table(
    "second_factors",
    metadata,
    Column("user_id", String, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Column("secret", LargeBinary, nullable=False),
    Column("confirmed_at", Moment),
    Column("last_step", BigInteger),
)
"""The sealed secret of a user's authenticator app; a code of ``last_step`` or before is used up."""

recovery_codes = Table(
    "recovery_codes",
    metadata,
    Column("user_id", String, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Column("code_hash", String(64), primary_key=True),
)
"""Keyed hashes of the recovery codes that are left."""

identities = Table(
    "identities",
    metadata,
    Column("issuer", String(255), primary_key=True),
    Column("subject", String(255), primary_key=True),
    Column(
        "user_id", String, ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True
    ),
)
"""Accounts of an identity provider, by its issuer and its own id, and the users they belong to."""

# The register of models: the provider's own, and what each tenant uses of it

subprocessors = Table(
    "subprocessors",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", String(64), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("origin", Text, nullable=False),
    Column("operator", String(254), nullable=False),
    Column("region", String(64), nullable=False),
    Column("no_training", Boolean, nullable=False),
    Column("baa", Boolean, nullable=False),
    Column("contract_on", Date),
    Column("contract_sha256", String(64), nullable=False),
    Column("review_by", Date),
    Column("reviewed_on", Date, nullable=False),
    Column("announced_at", Moment, nullable=False),
    Column("purposes", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("address_env", String(254), nullable=False),
    Column("settings", Text, nullable=False),
    Column("added_by", String(64)),
    Column("ended_at", Moment),
    Column("ended_by", String(64)),
    Index(
        "uq_subprocessors_name",
        "name",
        unique=True,
        sqlite_where=text("ended_at IS NULL"),
        postgresql_where=text("ended_at IS NULL"),
    ),
)
"""The register of a home: every place outside, and what its operator promised."""

subprocessor_uses = Table(
    "subprocessor_uses",
    metadata,
    _owner(),
    Column(
        "subprocessor_id",
        String,
        ForeignKey("subprocessors.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("enabled_at", Moment, nullable=False),
    Column("enabled_by", String(64)),
    Column("ended_at", Moment),
    Column("ended_by", String(64)),
)
"""Which entries of the register a tenant has enabled."""

models = Table(
    "models",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("place", Text, nullable=False),
    Column("model", String(254), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("key_env", String(254), nullable=False),
    Column("key_file", Text, nullable=False),
    Column("window", Integer),
    Column("longest", Integer),
    Column("price_sent", BigInteger, nullable=False),
    Column("price_written", BigInteger, nullable=False),
    Column("json_schema", Boolean, nullable=False, server_default=false()),
)
"""How a model is asked; its key is never stored. What its operator promised: `subprocessors`."""

model_uses = Table(
    "model_uses",
    metadata,
    _owner(),
    Column("feature", String(16), primary_key=True),
    Column("model", String(64), nullable=False),
    Column("day_limit", BigInteger),
    Column("month_limit", BigInteger),
)
"""The model of a tenant's feature and its limits; an empty name is the home's own choice."""

model_usage = Table(
    "model_usage",
    metadata,
    _owner(),
    Column("day", String(10), primary_key=True),
    Column("feature", String(16), primary_key=True),
    Column("model", String(64), primary_key=True),
    Column("calls", BigInteger, nullable=False),
    Column("sent", BigInteger, nullable=False),
    Column("written", BigInteger, nullable=False),
    Column("estimated", BigInteger, nullable=False),
    Column("cost", BigInteger, nullable=False),
)
"""Counts of calls and tokens, and their cost, by day; never a text."""

# What an officer vouches for: ids, times and the hash of a document, no customer text

attestations = Table(
    "attestations",
    metadata,
    _owner(),
    Column("id", String, primary_key=True),
    Column("profile", String(63), nullable=False),
    Column("profile_version", Integer, nullable=False),
    Column("clause", String(32), nullable=False),
    Column("user_id", String, nullable=False),
    Column("role", String(16), nullable=False),
    Column("at", Moment, nullable=False),
    Column("until", String(10)),
    Column("sha256", String(64), nullable=False),
)
"""Never changed; ``until`` is the last day (ISO 8601), null without end."""

# Documents

documents = Table(
    "documents",
    metadata,
    _owner(),
    Column("id", String, primary_key=True),
    Column("policy_version", Integer, nullable=False),
    Column("source", LargeBinary, nullable=False),
    Column("title", LargeBinary, nullable=False),
    Column("fingerprint", String, nullable=False),
    Column("ingested_at", Moment, nullable=False),
    Column("tags", LargeBinary),
    Column("products", LargeBinary),
    Column("updated", Moment),
    Column("signature", LargeBinary),
    Column("audience", String(16), nullable=False, server_default="agent"),
    Column("audience_set", Boolean, nullable=False, server_default=false()),
)
"""``signature`` finds near-duplicates (`ingestion.near_duplicates`); null until first compared."""

chunks = Table(
    "chunks",
    metadata,
    _owner(),
    Column("id", String, primary_key=True),
    Column("document_id", String, nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("policy_version", Integer, nullable=False),
    Column("heading", LargeBinary, nullable=False),
    Column("text", LargeBinary, nullable=False),
    Column("first_line", Integer, nullable=False),
    Column("last_line", Integer, nullable=False),
    Column("audience", String(16), nullable=False, server_default="agent"),
    ForeignKeyConstraint(
        ["tenant_id", "document_id"], ["documents.tenant_id", "documents.id"], ondelete="CASCADE"
    ),
    Index(None, "tenant_id", "document_id"),
)

gaps = Table(
    "gaps",
    metadata,
    _owner(),
    Column("id", String, primary_key=True),
    Column("policy_version", Integer, nullable=False),
    Column("asked_at", Moment, nullable=False),
    Column("question", LargeBinary, nullable=False),
    Column("vector", LargeBinary),
    Column("embedder", String),
)
"""Questions without an answer, with their vectors once they were first grouped."""

# Tickets: redacted columns beside raw ones, which may be erased on their own

tickets = Table(
    "tickets",
    metadata,
    _owner(),
    Column("id", String, primary_key=True),
    Column("reference", String(64), nullable=False),
    Column("policy_version", Integer, nullable=False),
    Column("fingerprint", String(64), nullable=False),
    Column("status", String(16), nullable=False),
    Column("priority", String(64), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("turns", Integer, nullable=False),
    Column("subject", LargeBinary, nullable=False),
    Column("requester", LargeBinary, nullable=False),
    Column("raw_subject", LargeBinary),
    Column("raw_requester", LargeBinary),
    Column("raw_people", LargeBinary),
    Column("sender", String(16), nullable=False, server_default="person"),
    Column("digest", String(64), nullable=False, server_default=""),
    Column("redaction", String(64), nullable=False, server_default=""),
    Column("kind", String(16), nullable=False, server_default="ticket"),
    Column("received_at", Moment),
    Column("changed_at", Moment),
    Column("closed_at", Moment),
    UniqueConstraint("tenant_id", "reference"),
)
"""``created_at`` is the helpdesk's; ``received_at`` and ``changed_at`` are our own times."""

ticket_turns = Table(
    "ticket_turns",
    metadata,
    _owner(),
    Column("ticket_id", String, primary_key=True),
    Column("ordinal", Integer, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
    Column("role", String(16), nullable=False),
    Column("author", LargeBinary, nullable=False),
    Column("text", LargeBinary, nullable=False),
    Column("raw_author", LargeBinary),
    Column("raw_text", LargeBinary),
    Column("audience", String(16), nullable=False, server_default="customer"),
    Column("mail", String(16), nullable=False, server_default="person"),
    ForeignKeyConstraint(
        ["tenant_id", "ticket_id"], ["tickets.tenant_id", "tickets.id"], ondelete="CASCADE"
    ),
)

people = Table(
    "people",
    metadata,
    _owner(),
    Column("id", String(64), primary_key=True),
    Column("policy_version", Integer, nullable=False),
    Column("person", LargeBinary, nullable=False),
)

terms = Table(
    "terms",
    metadata,
    _owner(),
    Column("id", String(64), primary_key=True),
    Column("policy_version", Integer, nullable=False),
    Column("type", String(32)),
    Column("text", LargeBinary, nullable=False),
)
"""Words that the tenant decides on; without a type they stay readable."""

honest = Table(
    "honest",
    metadata,
    _owner(),
    Column("id", String(64), primary_key=True),
    Column("policy_version", Integer, nullable=False),
    Column("origin", String(64), nullable=False),
    Column("pattern", LargeBinary, nullable=False),
)
"""Sentences that a reviewer called honest; ``origin`` is the ticket or document of each."""

opt_outs = Table(
    "opt_outs",
    metadata,
    _owner(),
    Column("id", String(32), primary_key=True),
    Column("policy_version", Integer, nullable=False),
    Column("person", LargeBinary, nullable=False),
    Column("keys", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("by", String(254), nullable=False),
)
"""People who opted out of AI; ``keys`` are keyed hashes of what recognises them, by a blank."""

frames = Table(
    "frames",
    metadata,
    _owner(),
    Column("language", String(8), primary_key=True),
    Column("frame", String(32), primary_key=True),
    Column("policy_version", Integer, nullable=False),
    Column("text", LargeBinary, nullable=False),
)
"""The tenant's own frames of replies, instead of the shipped ones."""

# The vault. A value's record is its keyed hash; several surface forms may share it.

vault_surfaces = Table(
    "vault_surfaces",
    metadata,
    _owner(),
    Column("type", String(32), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("value", String(64), nullable=False),
    Column("surface", String(64), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    UniqueConstraint("tenant_id", "surface"),
    Index(None, "tenant_id", "value"),
)

vault_counters = Table(
    "vault_counters",
    metadata,
    _owner(),
    Column("type", String(32), primary_key=True),
    Column("last", Integer, nullable=False),
)
"""The last number given out by type. It only grows, so a forgotten number never comes back."""

revisions = Table(
    "revisions",
    metadata,
    _owner(),
    Column("store", String(16), primary_key=True),
    Column("number", BigInteger, nullable=False),
)
"""Counts the writes to a store; its row is also the lock that makes writers take turns."""

# Drafts, reviews and replies

drafts = Table(
    "drafts",
    metadata,
    _owner(),
    Column("id", String, primary_key=True),
    Column("ticket_id", String, nullable=False),
    Column("reference", String(64), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("policy_version", Integer, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("saw", LargeBinary, nullable=False),
    Column("said", LargeBinary, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("brief", LargeBinary),
    Column("turns", Integer, nullable=False, server_default="0"),
    Column("digest", String(64), nullable=False, server_default=""),
    Column("drafted", LargeBinary),
    Column("cited", LargeBinary, nullable=False),
    Column("details", Text, nullable=False),
    Index(None, "tenant_id", "state"),
    Index(None, "tenant_id", "ticket_id"),
)

reviews = Table(
    "reviews",
    metadata,
    _owner(),
    Column("id", String, primary_key=True),
    Column("draft_id", String, nullable=False),
    Column("user_id", String(254), nullable=False),
    Column("action", String, nullable=False),
    Column("at", Moment, nullable=False),
    Column("distance", Float),
    ForeignKeyConstraint(
        ["tenant_id", "draft_id"], ["drafts.tenant_id", "drafts.id"], ondelete="CASCADE"
    ),
    Index(None, "tenant_id", "draft_id"),
)

challenges = Table(
    "challenges",
    metadata,
    _owner(),
    Column("id", String(32), primary_key=True),
    Column("draft_id", String, nullable=False),
    Column("ticket_id", String, nullable=False),
    Column("reason", String(16), nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("opened_by", String(254), nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("decided_at", Moment),
    Column("decided_by", String(254)),
    Column("outcome", String(16)),
    ForeignKeyConstraint(
        ["tenant_id", "draft_id"], ["drafts.tenant_id", "drafts.id"], ondelete="CASCADE"
    ),
    Index(None, "tenant_id", "draft_id"),
)
"""Second looks that people concerned asked for; without an outcome they are open."""

replies = Table(
    "replies",
    metadata,
    _owner(),
    Column("id", String, primary_key=True),
    Column("draft_id", String, nullable=False),
    Column("reference", String(64), nullable=False),
    Column("policy_version", Integer, nullable=False),
    Column("text", LargeBinary, nullable=False),
    Column("released_by", String(254), nullable=False),
    Column("released_at", Moment, nullable=False),
    Column("delivered_at", Moment),
    Column("ai_generated", Boolean, nullable=False, server_default=true()),
    Column("notices", Text, nullable=False, server_default="[]"),
    ForeignKeyConstraint(
        ["tenant_id", "draft_id"], ["drafts.tenant_id", "drafts.id"], ondelete="CASCADE"
    ),
    UniqueConstraint("tenant_id", "draft_id"),
)

audits = Table(
    "audits",
    metadata,
    _owner(),
    Column("id", String(32), primary_key=True),
    Column("month", String(7), nullable=False),
    Column("draft_id", String, nullable=False),
    Column("drawn_at", Moment, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("judged_at", Moment),
    Column("judged_by", String(64), nullable=False),
    Column("correct", Boolean),
    Column("complete", Boolean),
    Column("cited", Boolean),
    Column("leak", Boolean),
    Column("tone", Boolean),
    ForeignKeyConstraint(
        ["tenant_id", "draft_id"], ["drafts.tenant_id", "drafts.id"], ondelete="CASCADE"
    ),
    Index(None, "tenant_id", "draft_id"),
)
"""Forms of the monthly audit of AI outputs; open until ``judged_at``."""

deliveries = Table(
    "deliveries",
    metadata,
    _owner(),
    Column("reply_id", String, primary_key=True),
    Column("attempts", Integer, nullable=False),
    Column("failure", String(32), nullable=False),
    Column("next_at", Moment),
    ForeignKeyConstraint(
        ["tenant_id", "reply_id"], ["replies.tenant_id", "replies.id"], ondelete="CASCADE"
    ),
)
"""Replies whose delivery failed, until they are delivered."""

# Which placeholders occur in stored records. A placeholder is its keyed hash; an empty hash marks
# that the record was read. Without the keys these rows show which records share a value, not which.


def _placeholders_in(table: str, owner: str) -> Table:
    """Return the table of the placeholders in the records of ``table``; rows go with the record."""
    return Table(
        f"{owner}_placeholders",
        metadata,
        _owner(),
        Column("owner_id", String, primary_key=True),
        Column("placeholder", String(16), primary_key=True),
        ForeignKeyConstraint(
            ["tenant_id", "owner_id"], [f"{table}.tenant_id", f"{table}.id"], ondelete="CASCADE"
        ),
        Index(None, "tenant_id", "placeholder"),
        sqlite_with_rowid=False,
    )


document_placeholders = _placeholders_in("documents", "document")
ticket_placeholders = _placeholders_in("tickets", "ticket")
draft_placeholders = _placeholders_in("drafts", "draft")
gap_placeholders = _placeholders_in("gaps", "gap")

# The ledger; its head is in a table of its own so that deleting the last rows is noticed

ledger_rows = Table(
    "ledger_rows",
    metadata,
    _owner(),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", String, nullable=False),
    Column("at", String, nullable=False),
    Column("body", Text, nullable=False),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Index(None, "tenant_id", "kind"),
)

ledger_segments = Table(
    "ledger_segments",
    metadata,
    _owner(),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("statement", Text, nullable=False),
    Column("signature", String(128), nullable=False),
)
"""The signed heads of finished months."""

home_keys = Table(
    "home_keys",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("wrapped_key", LargeBinary, nullable=False),
    Column("created_at", Moment, nullable=False),
)
"""Keys of the whole home, wrapped: that which signs heads of ledgers."""

ledger_keys = Table(
    "ledger_keys",
    metadata,
    Column("tenant_id", String, primary_key=True),
    Column("wrapped_key", LargeBinary, nullable=False),
    Column("created_at", Moment, nullable=False),
)
"""The key of each tenant's ledger. It refers to no tenant, so that it outlives their data key."""

ledger_heads = Table(
    "ledger_heads",
    metadata,
    _owner(),
    Column("number", BigInteger, nullable=False),
    Column("hash", String(64), nullable=False),
    Column("proof", String(64), nullable=False),
)
