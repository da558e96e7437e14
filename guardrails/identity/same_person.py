"""Keyed hashes by which a person is recognised in later tickets, without a name being stored.

An address, a number, a login and an employee number identify a person. A name does not, because two
people may share it: it decides only where a ticket's person has nothing else, or where nothing else
was known when the person was noted.
"""

from __future__ import annotations

from collections.abc import Iterator

from guardrails.crypto.seal import Sealer
from guardrails.detect.directory import KnownPerson
from guardrails.detect.kinds import KINDS
from guardrails.identity.vault import normalise
from guardrails.spans import EntityType
from guardrails.text import RawText, unwrap

_DIGITS = 9
"""Digits at the end of a number that are compared: countries and trunk prefixes differ before."""


def keys_noted(sealer: Sealer, person: KnownPerson) -> frozenset[str]:
    """Return the keys (64 hex digits each) under which ``person`` is noted; none for nobody."""
    sure, names = _keys(sealer, person, "sure"), _keys(sealer, person, "name")
    return frozenset((*sure, *names, *(() if sure else _keys(sealer, person, "only-name"))))


def keys_asked(sealer: Sealer, person: KnownPerson) -> frozenset[str]:
    """Return the keys of which `keys_noted` holds one if ``person`` is who was noted."""
    sure = _keys(sealer, person, "sure")
    names = _keys(sealer, person, "only-name") if sure else _keys(sealer, person, "name")
    return frozenset((*sure, *names))


def _keys(sealer: Sealer, person: KnownPerson, way: str) -> list[str]:
    return [
        sealer.fingerprint(RawText(f"quietdesk.person.v1\x1f{way}\x1f{kind}\x1f{value}"))
        for kind, value in _values(person)
        if value and KINDS[kind].unique == (way == "sure")
    ]


def _values(person: KnownPerson) -> Iterator[tuple[EntityType, str]]:
    for each in person.whole():
        if KINDS[each.type].unique or each.type is EntityType.PERSON:
            value = normalise(each.type, unwrap(each.value))
            phone = each.type is EntityType.PHONE_NUMBER
            yield each.type, value[-_DIGITS:] if phone else value
