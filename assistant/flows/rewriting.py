"""The words of a person, in an edit or a reply by hand: redacted, then checked like a draft."""

from __future__ import annotations

from dataclasses import replace

from assistant.desk import Desk
from assistant.flows.checks import inspect, internal_of
from assistant.model import BY_PERSON, Draft, Finding, FindingKind, Written
from assistant.search.quarantine import placed
from guardrails import RawText, RedactedText, join
from guardrails.detect.directory import KnownValues
from guardrails.identity.restore import placeholders_of
from guardrails.placeholders import find

_CONFIRMED = "this is for agents only; the editor confirmed that the customer may read it"
_NEW = "the edit adds this; it is in neither the ticket nor its passages"
_NEW_BY_HAND = "this is not in the ticket"


def rewritten(
    desk: Desk, draft: Draft, text: RawText, *, internal_confirmed: bool
) -> tuple[Written, int]:
    """Return what ``draft`` becomes with the words of a person, redacted and checked.

    Also returned is how many sentences for agents only the person confirmed.
    """
    raw = desk.records.tickets.raw(draft.reference)
    known = KnownValues.of_people(raw.people) if raw else None
    body = desk.redactor.redact(text, known).text
    old = draft.written
    known_names = placeholders_of(origin_of(old))
    edited = replace(
        old,
        body=body,
        writer=BY_PERSON,
        findings=(),
        drafted=old.drafted or old.body,
        drafted_by=old.drafted_by or old.writer,
    )
    suspect = [each for each in old.findings if each.kind is FindingKind.INJECTION]
    found = (*inspect(desk, body, origin=join("\n", [old.saw, body])), *placed(suspect, body))
    note = _NEW_BY_HAND if old.by_hand else _NEW
    added = [
        Finding(FindingKind.PERSONAL_DATA, each.start, each.end, note, blocks=False)
        for each in find(body.reveal())
        if each.placeholder.number is not None and each.placeholder not in known_names
    ]
    pasted = internal_of(desk, draft, body)
    made = replace(edited, findings=(*found, *added, *pasted))
    return (_confirmed(made), len(pasted)) if internal_confirmed and pasted else (made, 0)


def origin_of(written: Written) -> RedactedText:
    """Return the texts whose placeholders may be restored: the sources and a person's edits."""
    return join("\n", [written.saw, written.body]) if written.writer == BY_PERSON else written.saw


def _confirmed(written: Written) -> Written:
    """Return ``written`` with its text for agents only confirmed by the person who put it there."""
    return replace(
        written,
        findings=tuple(
            replace(each, note=_CONFIRMED, blocks=False)
            if each.kind is FindingKind.INTERNAL
            else each
            for each in written.findings
        ),
    )
