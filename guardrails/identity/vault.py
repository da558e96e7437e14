"""The vault: which placeholder stands for which value, for one tenant.

A value (normalised, keyed HMAC) belongs to an entity record. Each surface form that occurred in
text (``Priya``, ``PRIYA``) has its own number and belongs to that record, so that restoring returns
the exact characters. Numbers are never used twice. Looking up never allocates. Secrets are never
stored.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from guardrails.crypto.keys import DataKey
from guardrails.crypto.seal import Place, Sealed, Sealer
from guardrails.detect.kinds import KINDS, Form
from guardrails.placeholders import Placeholder
from guardrails.spans import EntityType
from guardrails.text import RawText, unwrap


@dataclass(frozen=True, slots=True)
class SurfaceKey:
    """The key of a surface form in the store: two keyed hashes (hex), which do not reveal it."""

    type: EntityType
    value: str
    surface: str


@dataclass(frozen=True, slots=True)
class SurfaceRow:
    """One stored surface form."""

    type: EntityType
    number: int
    sealed: bytes = field(repr=False)


class VaultStore(Protocol):
    """Keeps the vault of one tenant. Embedded in a database, or ephemeral in memory."""

    def numbers_of(self, keys: Sequence[SurfaceKey]) -> list[int | None]:
        """Return the number of each surface form, None where it was never allocated."""
        ...

    def nearest_numbers(self, keys: Sequence[SurfaceKey]) -> list[int | None]:
        """Return the number of each surface form, or else the lowest number of the same value.

        None where no surface form of the value is known.
        """
        ...

    def allocate(self, keys: Sequence[SurfaceKey], seal: Callable[[int, int], Sealed]) -> list[int]:
        """Return a number for each key, new ones never used before; one transaction.

        ``seal(index, number)`` returns the ciphertext of the surface form ``keys[index]``. A key
        that another writer allocated meanwhile keeps that number.
        """
        ...

    def some(self, placeholders: Collection[tuple[EntityType, int]]) -> Iterable[SurfaceRow]:
        """Return those of these surface forms that are stored, in one read."""
        ...

    def rows(self, after: Mapping[EntityType, int] | None = None) -> Iterable[SurfaceRow]:
        """Return every surface form, or those with a number above that of their type in ``after``.

        The gate matches prompts against them.
        """
        ...

    def count(self) -> int:
        """Return how many surface forms there are."""
        ...

    def version(self) -> int:
        """Return a number that changes whenever a surface form is added or forgotten."""
        ...

    def rolled_back(self) -> int:
        """Return a number that changes when a transaction of this process is rolled back.

        Values that were read inside such a transaction may not exist, and their numbers are used
        again.
        """
        ...

    def forget(self, placeholders: Sequence[tuple[EntityType, int]]) -> int:
        """Erase surface forms; return how many there were. Their numbers never come back."""
        ...


@dataclass(frozen=True, slots=True)
class Surface:
    """A surface form with its placeholder, unsealed: stays inside ``guardrails``."""

    placeholder: Placeholder
    value: str = field(repr=False)


class Vault:
    """Turns values into placeholders and back for one tenant."""

    def __init__(self, store: VaultStore, sealer: Sealer, key: DataKey) -> None:
        self._store = store
        self._sealer = sealer
        self._index_key = key.derive("quietdesk.vault-index.v1")

    def allocate(self, found: Sequence[tuple[EntityType, str]]) -> list[Placeholder]:
        """Return the placeholder of each ``(type, surface form)``, allocating what is new."""
        unique = list(dict.fromkeys(found))
        keyed = [self._key(kind, value) for kind, value in unique]
        known = self._store.numbers_of(keyed)
        missing = [index for index, number in enumerate(known) if number is None]
        fresh = (
            self._store.allocate(
                [keyed[index] for index in missing],
                lambda at, number: self._seal(*unique[missing[at]], number),
            )
            if missing
            else []
        )
        numbers = dict(zip(missing, fresh, strict=True))
        by_value = {
            pair: numbers[index] if number is None else number
            for index, (pair, number) in enumerate(zip(unique, known, strict=True))
        }
        return [Placeholder(kind, by_value[kind, value]) for kind, value in found]

    def look_up(self, found: Sequence[tuple[EntityType, str]]) -> list[Placeholder]:
        """Return the placeholder of each pair; unnumbered where the vault does not contain it."""
        keyed = [self._key(kind, value) for kind, value in found]
        numbers = self._store.nearest_numbers(keyed) if keyed else []
        return [Placeholder(key.type, number) for key, number in zip(keyed, numbers, strict=True)]

    def values_of(self, names: Iterable[Placeholder]) -> dict[Placeholder, RawText]:
        """Return the exact value of each of ``names`` that has one, in one read."""
        asked = {(name.type, name.number) for name in names if name.number is not None}
        rows = self._store.some(asked) if asked else ()
        return {Placeholder(row.type, row.number): self._open(row) for row in rows}

    def surfaces(self, after: Mapping[EntityType, int] | None = None) -> list[Surface]:
        """Return every surface form, unsealed, or those with a number above ``after``.

        For matching inside ``guardrails`` only.
        """
        return [
            Surface(Placeholder(row.type, row.number), unwrap(self._open(row)))
            for row in self._store.rows(after)
        ]

    def count(self) -> int:
        """Return how many surface forms the vault holds."""
        return self._store.count()

    def rolled_back(self) -> int:
        """Return a number that changes when a transaction that was read from is rolled back."""
        return self._store.rolled_back()

    def version(self) -> int:
        """Return a number that changes whenever the vault's content does."""
        return self._store.version()

    def _open(self, row: SurfaceRow) -> RawText:
        return self._sealer.open_raw(_place(row.type, row.number), row.sealed)

    def _seal(self, kind: EntityType, value: str, number: int) -> Sealed:
        return self._sealer.seal_raw(_place(kind, number), RawText(value))

    def _key(self, kind: EntityType, surface: str) -> SurfaceKey:
        return SurfaceKey(
            kind, self._hash(kind, normalise(kind, surface)), self._hash(kind, surface)
        )

    def _hash(self, kind: EntityType, value: str) -> str:
        body = f"{kind}\x1f{value}".encode("utf-8", "surrogatepass")
        return hmac.new(self._index_key, body, hashlib.sha256).hexdigest()


class EphemeralVaultStore:
    """A vault in memory, for evaluation without a tenant and for tests."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[EntityType, str], int] = {}
        self._values: dict[tuple[EntityType, str], int] = {}
        self._rows: dict[tuple[EntityType, int], SurfaceRow] = {}
        self._last: dict[EntityType, int] = {}
        self._forgotten = 0

    def numbers_of(self, keys: Sequence[SurfaceKey]) -> list[int | None]:
        return [self._numbers.get((key.type, key.surface)) for key in keys]

    def nearest_numbers(self, keys: Sequence[SurfaceKey]) -> list[int | None]:
        known, values = self._numbers, self._values
        return [
            known.get((key.type, key.surface), values.get((key.type, key.value))) for key in keys
        ]

    def allocate(self, keys: Sequence[SurfaceKey], seal: Callable[[int, int], Sealed]) -> list[int]:
        return [self._allocate(key, index, seal) for index, key in enumerate(keys)]

    def some(self, placeholders: Collection[tuple[EntityType, int]]) -> Iterable[SurfaceRow]:
        return [self._rows[each] for each in placeholders if each in self._rows]

    def rows(self, after: Mapping[EntityType, int] | None = None) -> Iterable[SurfaceRow]:
        return [row for row in self._rows.values() if row.number > (after or {}).get(row.type, 0)]

    def count(self) -> int:
        return len(self._rows)

    def rolled_back(self) -> int:
        return 0

    def version(self) -> int:
        return sum(self._last.values()) + self._forgotten

    def forget(self, placeholders: Sequence[tuple[EntityType, int]]) -> int:
        gone = {each for each in placeholders if self._rows.pop(each, None)}
        for names in (self._numbers, self._values):
            for key in [key for key, number in names.items() if (key[0], number) in gone]:
                del names[key]
        self._forgotten += len(gone)
        return len(gone)

    def _allocate(self, key: SurfaceKey, index: int, seal: Callable[[int, int], Sealed]) -> int:
        known = self._numbers.get((key.type, key.surface))
        if known is not None:
            return known
        number = self._last.get(key.type, 0) + 1
        self._last[key.type] = number
        self._rows[key.type, number] = SurfaceRow(key.type, number, seal(index, number))
        self._numbers[key.type, key.surface] = number
        self._values.setdefault((key.type, key.value), number)
        return number


def normalise(kind: EntityType, surface: str) -> str:
    """Return the form under which two spellings are one value."""
    form = KINDS[kind].form
    if form is Form.EXACT:
        return surface
    text = re.sub(r"\s+", " ", unicodedata.normalize("NFKC", surface)).strip().casefold()
    if form is Form.ALPHANUMERIC:
        return "".join(ch for ch in text if ch.isalnum())
    if form is Form.HEXADECIMAL:
        return re.sub(r"[^0-9a-f]", "", text)
    return text


def _place(kind: EntityType, number: int) -> Place:
    return Place("vault_surfaces", "sealed", f"{kind}_{number}")
