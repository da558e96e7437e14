"""The controls that enforce clauses of policies: one table that profiles, lint and evidence share.

A control says what it proves, which rules it reads, and which parameters a clause may give it. A
parameter that names a rule is a promise: the rule must be at least as strict as the clause says.
`eval` holds the probes; a clause of a control without one is not measured, and the evidence says
so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any

from guardrails.policy.length import Length
from guardrails.policy.rules import Retention
from guardrails.policy.words import (
    Agents,
    AiFeature,
    Explained,
    Found,
    NoticeChannel,
    OptOut,
    Outside,
    Purpose,
    RightKind,
    SecondFactor,
    Told,
    Verify,
)
from guardrails.spans import EntityType

CLASSES = tuple(each.name for each in fields(Retention))
"""The classes of data: each has a period in `Retention`."""


class Output(StrEnum):
    """What a person may have to review."""

    REPLY = "reply"
    SUMMARY = "summary"
    ANSWER = "answer"
    TRIAGE = "triage"
    ACTION = "action"


class Consent(StrEnum):
    """What a person may consent to."""

    SHARING = "sharing"
    SMS = "sms"


@dataclass(frozen=True, slots=True)
class Parameter:
    """A word or number that a clause gives a control.

    ``type`` is what it may be. ``rule`` is the path of the rule that must be at least as strict;
    ``{}`` in it stands for each class that the clause names. It is empty for a parameter that only
    narrows what the control looks at.
    """

    type: Any
    rule: str = ""


@dataclass(frozen=True, slots=True)
class ControlLine:
    """One control of the table.

    ``reads`` are the paths of the rules that it proves; ``retention`` stands for all below it.
    ``topics`` are regular expressions of words in clauses that the control is about.
    """

    id: str
    says: str
    reads: tuple[str, ...] = ()
    parameters: Mapping[str, Parameter] = field(default_factory=dict[str, Parameter])
    topics: tuple[str, ...] = ()


_CLASSES = {"class": Parameter(frozenset[str])}
_RIGHTS = {"kind": Parameter(frozenset[RightKind], "rights.kinds")}

_TABLE = (
    ControlLine(
        "inventory",
        "Every table and every file of a home has a class of data with a period.",
        ("least_count",),
        {**_CLASSES, "least_count": Parameter(int, "least_count")},
        topics=(
            r"categories of data",
            r"\bdata of\b",
            r"account data",
            r"credentials",
            r"metadata",
            r"directory",
            r"\bcovers\b",
            r"usage",
        ),
    ),
    ControlLine(
        "egress.register",
        "Only entries of the register can be reached, under their terms and in allowed regions.",
        ("subprocessors", "regions.destinations"),
        {
            "names": Parameter(frozenset[str], "subprocessors.names"),
            "regions": Parameter(frozenset[str], "regions.destinations"),
            "days": Parameter(int, "subprocessors.notice_days"),
        },
        topics=(
            r"sub-?processors?",
            r"\bproviders?\b",
            r"\bvendors\b",
            r"integrations",
            r"other countries",
            r"transferred to",
            r"processed in",
            r"advertising",
            r"third-party",
            r"named",
        ),
    ),
    ControlLine(
        "egress.washed",
        "Identity and secrets are masked in all that leaves, and destroyed types are kept nowhere.",
        ("redaction", "leave_out_notes"),
        {
            "types": Parameter(frozenset[EntityType]),
            "destroyed": Parameter(frozenset[EntityType], "redaction.destroy"),
        },
        topics=(
            r"\bmask",
            r"card numbers?",
            r"passwords?",
            r"addresses",
            r"tokens",
            r"identifiers",
            r"anonymous where",
        ),
    ),
    ControlLine(
        "egress.recorded",
        "Each send has a purpose of the closed list and a ledger row before its first byte.",
        ("purposes",),
        {"purposes": Parameter(frozenset[Purpose], "purposes")},
        topics=(
            r"\bpurposes?\b",
            r"used (to|for)\b",
        ),
    ),
    ControlLine(
        "training.none",
        "Nothing is used for training, and no destination without that promise can be reached.",
        ("training",),
        topics=(
            r"\btrain(s|ing)?\b",
            r"\blearn",
            r"improve the (AI|models?)",
        ),
    ),
    ControlLine(
        "ai.off",
        "AI that is off writes and embeds nothing, and what needs no AI goes on.",
        ("ai.features", "ai.opt_out", "ai.without_ai"),
        {
            "features": Parameter(frozenset[AiFeature]),
            "who": Parameter(frozenset[OptOut], "ai.opt_out"),
        },
        topics=(
            r"\bAI (can|is|sorts|finds)\b",
            r"without AI",
            r"features (that|in)",
            r"opting out is",
        ),
    ),
    ControlLine(
        "ai.notice",
        "All that AI wrote carries the notice, and can be explained.",
        ("ai.notices", "ai.explain"),
        {"explain": Parameter(frozenset[Explained], "ai.explain")},
        topics=(
            r"talk\w* to an AI",
            r"logic",
        ),
    ),
    ControlLine(
        "review.gate",
        "Nothing that needs a person goes out without one.",
        ("review.reply", "review.summary", "review.answer", "review.triage"),
        {"output": Parameter(frozenset[Output])},
        topics=(
            r"automat(ed|ically)",
            r"oversee",
            r"a person (reviews|releases|approves)",
        ),
    ),
    ControlLine(
        "review.second-look",
        "A decision can be challenged, and another person looks at it in time.",
        ("review.second_look", "review.by_hand", "review.challenge_days"),
        {"days": Parameter(int, "review.challenge_days")},
        topics=(
            r"challenge",
            r"reviews (significant|on request)",
        ),
    ),
    ControlLine(
        "audit.sample",
        "A seeded sample of released and refused outputs is audited every month.",
        ("audit",),
        {"share": Parameter(float, "audit.sample"), "least": Parameter(int, "audit.least")},
        topics=(
            r"AI output",
            r"audited",
        ),
    ),
    ControlLine(
        "access.roles",
        "Each role can do what it is for, and nothing else.",
        ("access.read_raw", "access.release", "access.erase", "access.policy"),
        topics=(
            r"\broles?\b",
            r"need.to.know",
            r"by need",
            r"access controls?",
        ),
    ),
    ControlLine(
        "access.restore-logged",
        "Each view of unmasked text and each restored name is a ledger row.",
        ("access.restore",),
    ),
    ControlLine(
        "access.login",
        "Logins keep their second factor, end when idle, and lock out who guesses.",
        ("access.login",),
        {"factor": Parameter(SecondFactor, "access.login.second_factor")},
        topics=(
            r"two.factors?",
            r"second factor",
            r"authentication",
        ),
    ),
    ControlLine(
        "tenant.walls",
        "No tenant finds anything of another.",
        ("library",),
        topics=(
            r"another customer",
            r"that customer only",
            r"belongs to",
        ),
    ),
    ControlLine(
        "seal.at-rest",
        "No file of the home holds a planted word, and a moved row does not open.",
        ("security.sealed",),
        _CLASSES,
        topics=(
            r"encrypt",
            r"at rest",
        ),
    ),
    ControlLine(
        "transport.tls",
        "The page is served under TLS, and plain HTTP only on this machine.",
        ("security.tls",),
        {"version": Parameter(str)},
        topics=(
            r"\bTLS\b",
            r"in transit",
            r"on the wire",
        ),
    ),
    ControlLine(
        "backup.sealed",
        "Backups are encrypted, expire, and restore without what was erased since.",
        ("security.backups", "security.backup_keep_days"),
        {"days": Parameter(int, "security.backup_keep_days")},
        topics=(r"\bbackups?\b",),
    ),
    ControlLine(
        "retention.class",
        "Each class of data is kept for its period, and is gone after it.",
        ("retention",),
        {
            **_CLASSES,
            "after": Parameter(Length, "retention.{}.after"),
            "at_least": Parameter(Length, "retention.{}.at_least"),
        },
        topics=(
            r"\bkept\b",
            r"\byears?\b",
            r"\bmonths\b",
            r"\bperiods?\b",
            r"life of the account",
            r"account is active",
        ),
    ),
    ControlLine(
        "account.closure",
        "A closed account is deleted in time, and a certificate proves it.",
        ("retention.account",),
        {"after": Parameter(Length, "retention.account.after")},
        topics=(
            r"\bclos(ing|ed)",
            r"deleted or exported",
        ),
    ),
    ControlLine(
        "derived.follows",
        "Vectors, drafts and summaries share rights, period and erasure of their source.",
        ("resolved_tickets", "retention.ai_content"),
        _CLASSES,
        topics=(
            r"embeddings",
            r"summaries",
            r"what AI makes",
        ),
    ),
    ControlLine(
        "erase.record",
        "An erased ticket, transcript or document is gone from the bytes.",
        (),
        _CLASSES,
        topics=(
            r"single records?",
            r"disposed",
        ),
    ),
    ControlLine(
        "erase.person",
        "An erased person is gone everywhere, mentions in other tickets included.",
        (),
        topics=(
            r"\bdelet(ion|ed|e)\b",
            r"\bremove\b",
        ),
    ),
    ControlLine(
        "rights.identity",
        "Nothing is given to somebody who was not verified, nor by one who is not responsible.",
        ("rights.verify", "rights.agents"),
        {
            "verify": Parameter(Verify, "rights.verify"),
            "agents": Parameter(Agents, "rights.agents"),
        },
        topics=(
            r"verif",
            r"identity",
            r"agents may",
            r"controller",
        ),
    ),
    ControlLine(
        "rights.clock",
        "Each request has its deadline and its reminders.",
        ("rights.days", "rights.remind"),
        {**_RIGHTS, "days": Parameter(int, "rights.days")},
        topics=(r"answer(s|ed)?\b.* (days|time)\b",),
    ),
    ControlLine(
        "rights.export",
        "A person's export holds all of theirs and nothing of others.",
        ("rights.kinds",),
        _RIGHTS,
        topics=(
            r"portab",
            r"machine-readable",
            r"may know",
            r"ask how",
            r"exported",
        ),
    ),
    ControlLine(
        "rights.change",
        "A correction reaches every copy, and a restricted record is in no index and no prompt.",
        ("rights.kinds",),
        _RIGHTS,
        topics=(
            r"correct",
            r"limit the use",
        ),
    ),
    ControlLine(
        "phi.quarantine",
        "Health data of a person is held back, unless an agreement is on file.",
        ("phi",),
        {"found": Parameter(Found, "phi.found"), "days": Parameter(int, "phi.decide_days")},
        topics=(
            r"health data",
            r"\bBAA\b",
        ),
    ),
    ControlLine(
        "minors.rule",
        "A statement of a minor's age restricts the record until a person decides.",
        ("minors",),
        {
            "under": Parameter(int, "minors.under"),
            "flag_under": Parameter(int, "minors.flag_under"),
            "found": Parameter(Found, "minors.found"),
            "days": Parameter(int, "minors.decide_days"),
        },
        topics=(
            r"\bminors?\b",
            r"children",
            r"under.1\d",
        ),
    ),
    ControlLine(
        "region.served",
        "A tenant or person outside the served regions is flagged or refused.",
        ("regions.people", "regions.outside"),
        {
            "people": Parameter(frozenset[str], "regions.people"),
            "outside": Parameter(Outside, "regions.outside"),
        },
        topics=(
            r"for the (United States|EU)",
            r"from the EU",
        ),
    ),
    ControlLine(
        "consent.log",
        "Consent and its withdrawal are recorded, and nothing is sent after a withdrawal.",
        (),
        {"consent": Parameter(frozenset[Consent])},
        topics=(
            r"\bSTOP\b",
            r"(by|explicit) consent",
            r"consent to",
        ),
    ),
    ControlLine(
        "incident.alerts",
        "What is unusual opens an incident with due times and persons.",
        ("incidents",),
        {
            "hours": Parameter(int, "incidents.hours"),
            "tell": Parameter(frozenset[Told], "incidents.tell"),
        },
        topics=(
            r"breach",
            r"incident",
            r"intru",
            r"unusual",
            r"day and night",
        ),
    ),
    ControlLine(
        "escalation.rules",
        "Each rule of escalation reaches its person, and the first that matches wins.",
        (),
        topics=(
            r"escalation",
            r"\brouted\b",
        ),
    ),
    ControlLine(
        "policy.notice",
        "What tightens holds at once, what loosens waits for its notice.",
        ("notice",),
        {
            "days": Parameter(int, "notice.weaker_days"),
            "channels": Parameter(frozenset[NoticeChannel], "notice.channels"),
        },
        topics=(
            r"changes (are|of|to)",
            r"material changes",
        ),
    ),
    ControlLine(
        "policy.pinned",
        "The rules of every version are kept as they were, with who set them.",
        (),
        topics=(
            r"configure",
            r"\bsettings\b",
            r"set up",
        ),
    ),
    ControlLine(
        "ledger.holds",
        "A ledger row that was changed, dropped or moved is named, and a cut end too.",
        (),
    ),
)

CONTROLS: Mapping[str, ControlLine] = {each.id: each for each in _TABLE}


def read_by(path: str) -> tuple[str, ...]:
    """Return the controls that read the rule of ``path`` (``review.reply.always``)."""
    return tuple(each.id for each in _TABLE if any(_covers(prefix, path) for prefix in each.reads))


def _covers(prefix: str, path: str) -> bool:
    return path == prefix or path.startswith(f"{prefix}.")


PARAMETERS: Mapping[str, Parameter] = {
    name: parameter for each in _TABLE for name, parameter in each.parameters.items()
}
"""Every parameter by its name; one that several controls take has the same type in each."""
