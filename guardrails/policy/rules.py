"""A tenant's rules: what may be done with its text, each field with its order of strictness.

The default is the strictest set of rules under which the product works, for a tenant whose provider
has published no policy. `meet` and `weaker` in `guardrails.policy.order` compare two sets of rules
field by field.
"""

from __future__ import annotations

from dataclasses import dataclass

from guardrails.policy.length import Length
from guardrails.policy.order import (
    BOTH,
    COMMON,
    COMMON_OR_ANY,
    EITHER,
    LARGER,
    SMALLER,
    TOGETHER,
    Order,
    group,
    ranked,
    rule,
)
from guardrails.policy.words import (
    Agents,
    AiFeature,
    Anchor,
    Disposal,
    Explained,
    Found,
    NoticeChannel,
    OptOut,
    Outside,
    PhiRule,
    Purpose,
    RightKind,
    Role,
    SecondFactor,
    SecondLook,
    Term,
    Told,
    Training,
    Verify,
    WithoutAi,
)

AI_NOTICE = (
    "This text was prepared with the help of an AI and checked by a person. "
    "You may ask how, or ask for a person instead."
)
_ANY: frozenset[str] | None = None
_NO_TYPES: frozenset[str] = frozenset()
_FOUND = ranked(*Found)


def _earlier(a: Length | None, b: Length | None) -> Length | None:
    if a is None or b is None:
        return b if a is None else a
    return min(a, b)


def _later(a: Length | None, b: Length | None) -> Length | None:
    if a is None or b is None:
        return b if a is None else a
    return max(a, b)


EARLIER: Order[Length | None] = Order("the shorter length; None is without end", _earlier)
LATER: Order[Length | None] = Order("the longer length; None is no time at all", _later)
_NEVER: Length | None = None


@dataclass(frozen=True, slots=True)
class Redaction:
    """What decides the bytes of redacted texts: a change makes them stale.

    ``mask_also`` and ``destroy`` are names of entity types. A destroyed value is neither in the
    vault nor in the encrypted copy of a ticket.
    """

    mask_also: frozenset[str] = rule(TOGETHER, _NO_TYPES)
    destroy: frozenset[str] = rule(TOGETHER, frozenset({"SECRET"}))


@dataclass(frozen=True, slots=True)
class Ai:
    """Which features of AI are on, whose opt-out counts, and what people are told.

    ``notices`` are texts that all accompany what AI wrote.
    """

    features: frozenset[AiFeature] = rule(COMMON, frozenset(AiFeature))
    opt_out: frozenset[OptOut] = rule(TOGETHER, frozenset(OptOut))
    without_ai: frozenset[WithoutAi] = rule(TOGETHER, frozenset(WithoutAi))
    notices: frozenset[str] = rule(TOGETHER, frozenset({AI_NOTICE}))
    explain: frozenset[Explained] = rule(TOGETHER, frozenset(Explained))


@dataclass(frozen=True, slots=True)
class ReviewRule:
    """When a person reviews one kind of output: always, on findings, or a share (0 to 1) of it."""

    always: bool = rule(EITHER, default=False)
    on_findings: bool = rule(EITHER, default=False)
    sample: float = rule(LARGER, 0.0)


@dataclass(frozen=True, slots=True)
class ReviewRules:
    """The review of each kind of output. A reply that is sent is always released by a person.

    ``second_look`` is who decides about a challenge or a human review that was asked for.
    ``by_hand`` is who approves and releases a reply that a person wrote without a draft.
    """

    reply: ReviewRule = group(lambda: ReviewRule(always=True))
    summary: ReviewRule = group(ReviewRule)
    answer: ReviewRule = group(ReviewRule)
    triage: ReviewRule = group(ReviewRule)
    second_look: SecondLook = rule(ranked(*SecondLook), SecondLook.ANOTHER_PERSON)
    by_hand: SecondLook = rule(ranked(*SecondLook), SecondLook.ANYBODY)
    challenge_days: int = rule(SMALLER, 10)


@dataclass(frozen=True, slots=True)
class AuditRules:
    """The monthly audit of released and refused outputs: a share (0 to 1), at least so many."""

    sample: float = rule(LARGER, 0.05)
    least: int = rule(LARGER, 20)
    done_in_days: int = rule(SMALLER, 14)


@dataclass(frozen=True, slots=True)
class Login:
    """How people log in; ``idle_minutes`` end a session, ``failures`` lock a login's address."""

    second_factor: SecondFactor = rule(ranked(*SecondFactor), SecondFactor.OFFERED)
    idle_minutes: int = rule(SMALLER, 60)
    failures: int = rule(SMALLER, 8)


@dataclass(frozen=True, slots=True)
class Access:
    """Which roles may do what is sensitive. Nobody may be allowed to restore; somebody to erase."""

    read_raw: frozenset[Role] = rule(COMMON, frozenset({Role.AGENT, Role.REVIEWER, Role.OFFICER}))
    restore: frozenset[Role] = rule(COMMON, frozenset({Role.AGENT, Role.REVIEWER, Role.OFFICER}))
    release: frozenset[Role] = rule(COMMON, frozenset({Role.REVIEWER}))
    erase: frozenset[Role] = rule(COMMON, frozenset({Role.REVIEWER, Role.OFFICER, Role.ADMIN}))
    policy: frozenset[Role] = rule(COMMON, frozenset({Role.OFFICER, Role.ADMIN}))
    login: Login = group(Login)


@dataclass(frozen=True, slots=True)
class Rights:
    """Requests of people: which kinds, within how many days, and how a person is verified."""

    kinds: frozenset[RightKind] = rule(TOGETHER, frozenset(RightKind))
    days: int = rule(SMALLER, 30)
    remind: frozenset[int] = rule(TOGETHER, frozenset({21, 27}))
    verify: Verify = rule(ranked(*Verify), Verify.TWO_MATCHES)
    agents: Agents = rule(ranked(*Agents), Agents.WITH_MANDATE)


@dataclass(frozen=True, slots=True)
class Phi:
    """Health data: under what it may be processed, and what happens to it otherwise."""

    allowed: PhiRule = rule(ranked(*PhiRule), PhiRule.ALLOWED)
    found: Found = rule(_FOUND, Found.FLAG)
    decide_days: int = rule(SMALLER, 30)


@dataclass(frozen=True, slots=True)
class Minors:
    """People under an age in years (0: no rule), and what happens to their data.

    Data of people under ``flag_under`` is flagged, whatever happens to that of the younger ones.
    """

    under: int = rule(LARGER, 0)
    flag_under: int = rule(LARGER, 0)
    found: Found = rule(_FOUND, Found.FLAG)
    decide_days: int = rule(SMALLER, 30)


@dataclass(frozen=True, slots=True)
class Regions:
    """Regions of destinations and of people; None allows people of any region."""

    destinations: frozenset[str] = rule(COMMON, frozenset({"local", "eu"}))
    people: frozenset[str] | None = rule(COMMON_OR_ANY, _ANY)
    outside: Outside = rule(ranked(*Outside), Outside.FLAG)


@dataclass(frozen=True, slots=True)
class Subprocessors:
    """What the register must know before an entry may be used.

    ``names`` are those that the policy names, None for any; upper and lower case are the same. A
    server on this machine is no sub-processor. A new entry waits ``notice_days``; it lapses after
    ``lapse_months`` without a review. `Term.NO_TRAINING` is not asked for where ``training`` is
    allowed.
    """

    need: frozenset[Term] = rule(TOGETHER, frozenset({Term.NO_TRAINING, Term.REGION}))
    names: frozenset[str] | None = rule(COMMON_OR_ANY, _ANY)
    notice_days: int = rule(LARGER, 0)
    lapse_months: int = rule(SMALLER, 120)


@dataclass(frozen=True, slots=True)
class Notice:
    """Days between the notice of a weaker rule and its effect, and how it is announced."""

    weaker_days: int = rule(LARGER, 0)
    channels: frozenset[NoticeChannel] = rule(TOGETHER, frozenset({NoticeChannel.BANNER}))


@dataclass(frozen=True, slots=True)
class Security:
    """Encryption on the wire and on disk, and backups."""

    tls: bool = rule(EITHER, default=False)
    sealed: bool = rule(EITHER, default=True)
    backups: bool = rule(EITHER, default=False)
    backup_keep_days: int = rule(SMALLER, 365)


@dataclass(frozen=True, slots=True)
class Alerts:
    """How many of an event open an incident."""

    restores_per_hour: int = rule(SMALLER, 60)
    exports_per_day: int = rule(SMALLER, 3)
    failed_logins: int = rule(SMALLER, 20)
    canary: int = rule(SMALLER, 1)
    ledger_broken: int = rule(SMALLER, 1)


@dataclass(frozen=True, slots=True)
class Incidents:
    """Who is told of an incident, within how many hours, and what opens one."""

    tell: frozenset[Told] = rule(TOGETHER, frozenset({Told.OFFICER}))
    hours: int = rule(SMALLER, 72)
    alerts: Alerts = group(Alerts)


@dataclass(frozen=True, slots=True)
class Period:
    """How long records of a class are kept: at least, until when, from which event.

    ``after`` None is without end; ``at_least`` None is no time at all.
    """

    after: Length | None = rule(EARLIER, _NEVER)
    anchor: Anchor = rule(ranked(*Anchor), Anchor.ACCOUNT_CLOSED)
    how: Disposal = rule(ranked(*Disposal), Disposal.ANONYMISE)
    at_least: Length | None = rule(LATER, _NEVER)


@dataclass(frozen=True, slots=True)
class Retention:
    """The period of each class of data."""

    tickets: Period = group(Period)
    transcripts: Period = group(Period)
    messages: Period = group(Period)
    call_metadata: Period = group(Period)
    ai_content: Period = group(Period)
    replies: Period = group(Period)
    documents: Period = group(Period)
    directory: Period = group(Period)
    gaps: Period = group(Period)
    usage: Period = group(Period)
    logs: Period = group(Period)
    ledger: Period = group(Period)
    requests: Period = group(Period)
    account: Period = group(Period)


@dataclass(frozen=True, slots=True)
class Rules:
    """All rules of one tenant.

    ``training`` is what may be used for training, by us or by the operator of a model. ``library``
    and ``resolved_tickets`` allow answers from the provider's library and from solved tickets.
    With ``leave_out_notes`` summaries leave private notes out, else they mark them. ``least_count``
    is the smallest count of people that a report may show.
    """

    training: Training = rule(ranked(*Training), Training.NEVER)
    purposes: frozenset[Purpose] = rule(COMMON, frozenset(Purpose))
    library: bool = rule(BOTH, default=False)
    resolved_tickets: bool = rule(BOTH, default=False)
    leave_out_notes: bool = rule(EITHER, default=False)
    least_count: int = rule(LARGER, 1)
    redaction: Redaction = group(Redaction)
    ai: Ai = group(Ai)
    review: ReviewRules = group(ReviewRules)
    audit: AuditRules = group(AuditRules)
    access: Access = group(Access)
    rights: Rights = group(Rights)
    phi: Phi = group(Phi)
    minors: Minors = group(Minors)
    regions: Regions = group(Regions)
    subprocessors: Subprocessors = group(Subprocessors)
    notice: Notice = group(Notice)
    security: Security = group(Security)
    incidents: Incidents = group(Incidents)
    retention: Retention = group(Retention)
