"""Destroys secrets in the raw copy of a text too: a mark replaces each of them.

The raw copy is sealed for the people who may read it. They see where a secret was and that it was
destroyed. The mark is not a placeholder: it is never restored, and redaction reads it as a
secret again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from guardrails.detect.directory import KnownPerson
from guardrails.detect.kinds import KINDS
from guardrails.errors import BadInput
from guardrails.spans import EntityType, Span
from guardrails.text import RawText, unwrap

if TYPE_CHECKING:
    from guardrails.policy.rules import Redaction

MARK: Final = "‹secret destroyed›"
"""Replaces a secret. Its wording is stored in homes, so changing it needs a migration."""

DESTROYED: Final = frozenset(kind for kind in EntityType if KINDS[kind].destroyed)
"""The types whose values are never stored, not even encrypted."""


def destroyed_types(rules: Redaction) -> frozenset[EntityType]:
    """Return the types that a policy destroys. `BadInput` for a type that this version lacks.

    Every type that is detected is masked, so that ``mask_also`` asks for nothing more.
    """
    unknown = sorted((rules.destroy | rules.mask_also) - EntityType.__members__.keys())
    if unknown:
        raise BadInput(
            f"The policy names types of values that this version does not know: {unknown}.",
            todo="Install a version of Quietdesk that detects them, or correct the policy.",
        )
    return DESTROYED | {EntityType(each) for each in rules.destroy}


_SCORE = 1.0
_NEUTRAL = "*" * len(MARK)


def destroy(text: str, secrets: Sequence[Span]) -> tuple[RawText, tuple[RawText, ...]]:
    """Return ``text`` with a mark in the place of each secret, and the secrets that it replaced.

    ``secrets`` are sorted and disjoint. A mark that is there already is not returned as a secret.
    """
    pieces: list[str] = []
    gone: list[str] = []
    at = 0
    for span in secrets:
        pieces += (text[at : span.start], MARK)
        gone.append(text[span.start : span.end])
        at = span.end
    kept = RawText("".join((*pieces, text[at:])))
    return kept, tuple(RawText(each) for each in gone if each != MARK)


def read_past(text: str) -> str:
    """Return ``text`` with each mark as asterisks of the same length, which no rule matches."""
    return text.replace(MARK, _NEUTRAL)


def marks(text: str) -> Iterator[Span]:
    """Yield the places of marks, as spans of secrets."""
    at = text.find(MARK)
    while at != -1:
        yield Span(at, at + len(MARK), EntityType.SECRET, _SCORE, "destroyed")
        at = text.find(MARK, at + len(MARK))


def without_secrets(person: KnownPerson, secrets: Iterable[RawText]) -> KnownPerson:
    """Return ``person`` with the ``secrets`` removed from every field; itself if it has none."""
    gone = [unwrap(each) for each in secrets]
    if not any(each in unwrap(one.value) for one in person.whole() for each in gone):
        return person
    return replace(
        person,
        name=_without(person.name, gone),
        email=_without(person.email, gone),
        phone=_without(person.phone, gone),
        username=_without(person.username, gone),
        employee_number=_without(person.employee_number, gone),
        hosts=tuple(kept for each in person.hosts if (kept := _without(each, gone))),
        serials=tuple(kept for each in person.serials if (kept := _without(each, gone))),
    )


def _without(field: RawText | None, secrets: Sequence[str]) -> RawText | None:
    if field is None:
        return None
    text = unwrap(field)
    for secret in secrets:
        text = text.replace(secret, " ")
    return field if text == unwrap(field) else RawText(" ".join(text.split())) or None
