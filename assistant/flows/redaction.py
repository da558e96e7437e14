"""What a ticket's redaction depends on besides its texts: code, declared people, terms, rules.

While that is unchanged, a ticket that is drafted or summarised is not redacted a second time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from hashlib import blake2b
from pathlib import Path

import assistant
import guardrails
from guardrails.crypto.seal import Sealer
from guardrails.detect.directory import KnownPerson, Term
from guardrails.detect.version import detector_version
from guardrails.identity.version import redaction_version
from guardrails.policy.rules import Redaction

_READING = (
    "flows/tickets.py",
    "language.py",
    "language_words.json",
    "model.py",
    "threads/*.py",
    "threads/*.json",
)
_QUOTING = "identity/regions.py"


def redaction_tag(
    sealer: Sealer, people: Iterable[KnownPerson], terms: Iterable[Term], rules: Redaction
) -> str:
    """Return a keyed tag (hex) of all but its texts that a ticket's redaction depends on.

    ``people`` and ``terms`` must be those that the redactor was made of. Values of the vault are no
    part of it: a text that holds one is masked when it is used.
    """
    declared = sorted(
        (
            *(_person(sealer, one) for one in people),
            *(f"{sealer.fingerprint(term.folded())}{term.type}" for term in terms),
        )
    )
    parts = (detector_version(), redaction_version(), _reading_version(), _rules(rules))
    return sealer.fingerprint_bytes("|".join((*parts, *declared)).encode())


def _rules(rules: Redaction) -> str:
    return " ".join((*sorted(rules.mask_also), "/", *sorted(rules.destroy)))


def _person(sealer: Sealer, person: KnownPerson) -> str:
    return " ".join(f"{each.type}{sealer.fingerprint(each.value)}" for each in person.whole())


@cache
def _reading_version() -> str:
    """Return a digest (hex) of the code and the lists that make a ticket of redacted texts."""
    found = blake2b(digest_size=16)
    for path in _files():
        found.update(path.name.encode())
        found.update(path.read_bytes())
    return found.hexdigest()


def _files() -> Iterator[Path]:
    ours, theirs = (Path(each.__path__[0]) for each in (assistant, guardrails))
    for pattern in _READING:
        yield from sorted(ours.glob(pattern))
    yield theirs / _QUOTING
