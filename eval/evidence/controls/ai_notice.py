"""What AI wrote says so, to people and to machines, and how it was made can be explained."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

from assistant.bootstrap import Home
from assistant.desk import Desk
from assistant.flows import ai_notice, explain, review
from assistant.model import Role
from eval.evidence.control import Control, Off, Seen, same
from eval.evidence.material import TICKET
from eval.evidence.switches import of_ui, replaced
from eval.evidence.twin import Twin
from guardrails.ai_mark import AiMark
from guardrails.identity.permissions import Person
from guardrails.policy import AiFeature
from guardrails.policy.words import Explained

_RESULTS = "results of commands with a text of AI and without its notice"
_PAGE = "notices that the page leaves out below a draft"
_RELEASED = "notices that the released reply leaves out, in its words or its fields"
_HAND = "notices in a reply that was written by hand"
_PARTS = "parts of an explanation that are missing, of all drafts"
_MARKED = "released replies whose mark is not what their draft says"
_UNEXPLAINED = "drafts without a writer or a policy version"
_QUESTION = "The printer stops after a page. What do I do?"


def _told(twin: Twin) -> Generator[Seen]:
    notices = sorted(twin.desk.policy().rules.ai.notices)
    written = [
        made
        for feature, operation in _WRITERS.items()
        if twin.desk.allows(feature)
        for made in twin.perform(operation, role=Role.AGENT, references=[TICKET])["written"]
    ]
    results = list(written)
    if twin.desk.allows(AiFeature.ANSWER):
        asked = twin.perform("ask", role=Role.AGENT, question=_QUESTION)
        results += [asked] if asked["text"] else []
    if not results:
        return
    yield same(_RESULTS, 0, sum(not _marked(each, notices) for each in results))
    parts = [part for each in written for part in _missing(twin, each)]
    yield same(_PARTS, 0, len(parts))
    for made in written:
        if made["kind"] == "reply":
            yield from _sent(twin, made["id"], notices)


_WRITERS = {AiFeature.DRAFT: "draft", AiFeature.SUMMARY: "summarise"}


def _marked(result: Mapping[str, Any], notices: list[str]) -> bool:
    return result["ai_generated"] is True and result["notices"] == notices


def _missing(twin: Twin, made: Mapping[str, Any]) -> list[Explained]:
    """Return what the rules promise of an explanation, and is not in this one."""
    found = twin.perform("explain", role=Role.AGENT, draft=made["id"])
    policy = twin.desk.policy()
    there = {
        Explained.PASSAGES: bool(found["passages"]) or made["kind"] != "reply" or not made["body"],
        Explained.CHECKS: (found["findings"], found["refused"])
        == (made["findings"], made["refused"])
        and bool(found["outcome"]) >= bool(found["prompt"]),
        Explained.MODEL: bool(found["writer"]),
        Explained.POLICY: (found["policy_version"], found["policy_hash"])
        == (policy.version, policy.digest),
    }
    return [part for part in sorted(policy.rules.ai.explain) if not there[part]]


def _sent(twin: Twin, draft: str, notices: list[str]) -> Generator[Seen]:
    """Release a draft of AI, and then a reply by hand to the same ticket."""
    shown = twin.doors.draft_page(twin.home, twin.tenant, twin.login(Role.REVIEWER), draft)
    yield same(_PAGE, 0, sum(each not in shown for each in notices))
    mine, *_ = _release(twin, draft)
    lacks = [each for each in notices if each not in mine["text"] or each not in mine["notices"]]
    yield same(_RELEASED, 0, len(lacks) + (mine["ai_generated"] is not True))
    words = {"reference": TICKET, "text": "Please restart the spooler."}
    by_hand = twin.perform("reply.write", role=Role.AGENT, **words)
    _, *others = _release(twin, by_hand["id"])
    carried = [each for reply in others for each in notices if each in reply["text"]]
    marks = [each for reply in others for each in reply["notices"]]
    yield same(_HAND, 0, len(carried) + len(marks) + sum(x["ai_generated"] for x in others))


def _release(twin: Twin, draft: str) -> list[dict[str, Any]]:
    """Approve and release a draft; return the outbox, oldest first."""
    for decision in ("approve", "release"):
        twin.perform(f"review.{decision}", role=Role.REVIEWER, draft=draft)
    return list(twin.perform("outbox.list", role=Role.REVIEWER)["replies"])


def _as_drafted(home: Home, slug: str) -> Generator[Seen]:
    """Read the tenant: each reply is marked as its draft says, and each draft has its facts."""
    drafts = home.desk(slug).records.drafts
    made = {each.id: each for each in drafts.list()}
    wrong = [
        reply
        for reply in drafts.replies()
        if reply.ai.generated is made[reply.draft_id].written.by_hand
    ]
    yield same(_MARKED, 0, len(wrong))
    bare = [each for each in made.values() if not (each.written.writer and each.policy_version)]
    yield same(_UNEXPLAINED, 0, len(bare))


def _untold() -> AbstractContextManager[None]:
    """Leave the notice out of every result."""

    def none(_desk: Desk) -> tuple[str, ...]:
        return ()

    return replaced((ai_notice, "notices_of", none))


def _unnoticed_release() -> AbstractContextManager[None]:
    def none(*_: object) -> AiMark:
        return AiMark(generated=True)

    return replaced((review, "mark_of", none))


def _noticed_by_hand() -> AbstractContextManager[None]:
    def all_the_same(_written: object, notices: tuple[str, ...]) -> AiMark:
        return AiMark(generated=True, notices=notices)

    return replaced((review, "mark_of", all_the_same))


def _no_model() -> AbstractContextManager[None]:
    """Leave the writer out of every explanation."""
    found = explain.explain

    def without(desk: Desk, person: Person, draft_id: str) -> explain.Explanation:
        made = found(desk, person, draft_id)
        written = replace(made.draft.written, writer="", drafted_by="")
        return replace(made, draft=replace(made.draft, written=written))

    return replaced((explain, "explain", without))


CONTROLS = (
    Control(
        "ai.notice",
        "What AI wrote carries the notices of the rules, and how it was made is explained.",
        _told,
        _as_drafted,
        {
            "notice of results": Off(_untold, _RESULTS),
            "notice of the page": Off(of_ui("notice of the page"), _PAGE),
            "notice of a release": Off(_unnoticed_release, _RELEASED),
            "check for a hand": Off(_noticed_by_hand, _HAND),
            "model of an explanation": Off(_no_model, _PARTS),
        },
    ),
)
