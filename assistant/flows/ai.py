"""Whether a feature of AI is on: for the tenant, by feature, and for the person concerned.

Every flow that writes asks here before it writes, and the queue asks again before it keeps what was
written. The policy is read anew each time, because a batch may run for hours.
"""

from __future__ import annotations

from assistant.desk import Desk
from assistant.errors import AiOff, OptedOut
from assistant.model import DraftKind, RawTicket
from guardrails.identity.same_person import keys_asked
from guardrails.policy import AiFeature

OPTED_OUT = "its requester has opted out of AI"
"""Why a batch writes nothing about a ticket."""

FEATURES = {DraftKind.REPLY: AiFeature.DRAFT, DraftKind.SUMMARY: AiFeature.SUMMARY}
"""The feature that writes each kind of draft."""

_NAMES = {
    AiFeature.SEARCH: "Search by meaning",
    AiFeature.ANSWER: "Answering by AI",
    AiFeature.SUMMARY: "Summarising by AI",
    AiFeature.DRAFT: "Drafting by AI",
    AiFeature.TRIAGE: "Triage by AI",
    AiFeature.MODEL: "Asking a language model",
}
_BY_HAND = "Search by words works, and so does a reply by hand: `quietdesk reply write`."
_STILL = {
    AiFeature.ANSWER: "Search by words works: passages are shown, and no answer is written.",
    AiFeature.SEARCH: "Search by words works.",
    AiFeature.MODEL: "Texts are quoted, as they are without a model.",
}


def why_off(desk: Desk, feature: AiFeature) -> str:
    """Return by whose choice a feature is off for the tenant, or an empty string."""
    policy = desk.policy()
    if not policy.rules.ai.features:
        return f"AI is switched off for {desk.tenant.slug} by its policy, version {policy.version}."
    if not policy.allows(feature):
        return (
            f"{_NAMES[feature]} is switched off for {desk.tenant.slug} by its policy, "
            f"version {policy.version}."
        )
    return ""


def opted_out(desk: Desk, reference: str) -> bool:
    """Return whether the requester of a ticket has opted out of AI.

    So has, for safety, that of a ticket whose unredacted side is erased, once anybody has.
    """
    noted = desk.records.opt_outs.keys()
    if not noted:
        return False
    raw = desk.records.tickets.raw(reference)
    return raw is None or is_noted(desk, raw)


def is_noted(desk: Desk, raw: RawTicket) -> bool:
    """Return whether the requester of ``raw`` has opted out of AI."""
    noted = desk.records.opt_outs.keys()
    return any(
        not keys_asked(desk.sealer, each).isdisjoint(noted.keys()) for each in raw.people[:1]
    )


def must_be_on(desk: Desk, feature: AiFeature, reference: str = "") -> None:
    """`AiOff` while a feature is off; `OptedOut` if the requester of a ticket has opted out."""
    off = why_off(desk, feature)
    if off:
        raise AiOff(off, todo=_STILL.get(feature, _BY_HAND))
    if reference and opted_out(desk, reference):
        raise OptedOut(f"The requester of {reference} has opted out of AI.", todo=_BY_HAND)
