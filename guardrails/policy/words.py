"""The words of rules: closed sets that profiles, rules and controls share."""

from __future__ import annotations

from enum import StrEnum


class Training(StrEnum):
    """What may be used for training; the strictest first."""

    NEVER = "never"
    REDACTED = "redacted"
    ALLOWED = "allowed"


class Purpose(StrEnum):
    """Why something is sent: the closed list of the ledger."""

    SUMMARISE = "summarise"
    REPLY = "reply"
    ANSWER = "answer"
    TRIAGE = "triage"
    DELIVER = "deliver"
    """A released reply goes to the provider's own help desk."""
    CHECK = "check"
    """A model is tried with text of ours; no customer text is sent."""
    STAMP = "stamp"
    """A hash goes to a time-stamp service."""


class AiFeature(StrEnum):
    """What AI does; each can be switched off."""

    SEARCH = "search"
    """Search by meaning: texts are embedded."""
    ANSWER = "answer"
    SUMMARY = "summary"
    DRAFT = "draft"
    TRIAGE = "triage"
    MODEL = "model"
    """Whether a language model may be asked at all."""


class OptOut(StrEnum):
    """Whose choice switches AI off."""

    TENANT = "tenant"
    FEATURE = "feature"
    PERSON = "person"


class WithoutAi(StrEnum):
    """What must work while AI is off."""

    SEARCH_WORDS = "search_words"
    REPLY_BY_HAND = "reply_by_hand"


class Explained(StrEnum):
    """What the explanation of an output shows."""

    PASSAGES = "passages"
    CHECKS = "checks"
    MODEL = "model"
    POLICY = "policy"


class SecondLook(StrEnum):
    """Who takes the second look; the strictest first.

    Another person is one who has neither written, edited, approved nor released what is looked at.
    """

    ANOTHER_PERSON = "another_person"
    ANYBODY = "anybody"


class SecondFactor(StrEnum):
    """Who must log in with a second factor; the strictest first."""

    ALL = "all"
    REVIEWERS = "reviewers"
    """Reviewers, officers and admins."""
    OFFERED = "offered"
    NONE = "none"


class Term(StrEnum):
    """What the entry of a sub-processor must state."""

    CONTRACT = "contract"
    NO_TRAINING = "no_training"
    REGION = "region"
    REVIEW_BY = "review_by"
    BAA = "baa"


class SubprocessorKind(StrEnum):
    """What a place outside is for."""

    MODEL = "model"
    WEBHOOK = "webhook"
    STAMP = "stamp"
    """A time-stamp service, which receives hashes."""
    DATABASE = "database"


class PhiRule(StrEnum):
    """When health data may be processed; the strictest first."""

    FORBIDDEN = "forbidden"
    WITH_BAA = "with_baa"
    ALLOWED = "allowed"


class Found(StrEnum):
    """What happens to a record that should not be there; the strictest first."""

    DELETE = "delete"
    """Restricted at once, and deleted by decision or when its days are over."""
    QUARANTINE = "quarantine"
    FLAG = "flag"


class Outside(StrEnum):
    """What happens to a person outside the regions; the strictest first."""

    REFUSE = "refuse"
    FLAG = "flag"


class Anchor(StrEnum):
    """From which event a period counts; the earliest first."""

    SOURCE = "source"
    """With what the record was made from."""
    CREATED = "created"
    LAST_ACTIVITY = "last_activity"
    RELEASED = "released"
    CLOSED = "closed"
    ACCOUNT_CLOSED = "account_closed"


class Disposal(StrEnum):
    """How a record ends; the strictest first."""

    DELETE = "delete"
    ANONYMISE = "anonymise"


class RightKind(StrEnum):
    """What a person may ask for."""

    KNOW = "know"
    ACCESS = "access"
    CORRECT = "correct"
    DELETE = "delete"
    EXPORT = "export"
    RESTRICT = "restrict"
    OBJECT = "object"
    LIMIT = "limit"
    AI_STORY = "ai_story"
    HUMAN_REVIEW = "human_review"


class Verify(StrEnum):
    """How a person is verified; the strictest first."""

    OFFICER = "officer"
    TWO_MATCHES = "two_matches"
    POSSESSION = "possession"


class Agents(StrEnum):
    """Whether somebody may ask for another person; the strictest first."""

    NEVER = "never"
    WITH_MANDATE = "with_mandate"
    ALLOWED = "allowed"


class NoticeChannel(StrEnum):
    """How a change is announced."""

    BANNER = "banner"
    EXPORT = "export"
    MAIL = "mail"
    """Vouched for by an officer."""


class Told(StrEnum):
    """Who is told of an incident."""

    OFFICER = "officer"
    CONTROLLER = "controller"
    AUTHORITY = "authority"
    PEOPLE = "people"


class Role(StrEnum):
    """What a user may do at one tenant; a user may have several roles there.

    An agent reads tickets and asks. A reviewer may do what an agent may, and decides about drafts,
    terms and imports. A knowledge manager manages documents. An officer is responsible for privacy:
    policy, register, evidence, erasure. An admin manages the tenant's people and settings, and
    reads no ticket.
    """

    AGENT = "agent"
    REVIEWER = "reviewer"
    KNOWLEDGE = "knowledge"
    OFFICER = "officer"
    ADMIN = "admin"
