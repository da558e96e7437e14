"""How many declared and undeclared values leak, and whether the search would find a leak."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from assistant.adapters.sentence_transformers import INSTALLED
from assistant.parts import Embedders, Parts
from assistant.ports import Embedder
from assistant.settings import Settings
from eval.intervals import upper_bound_95, wilson_95
from eval.leakage import internal
from eval.leakage.doors import Doors
from eval.leakage.internal import Internal
from eval.leakage.material import Material, make
from eval.leakage.run import Came, Tell, run
from eval.leakage.search import Seeker
from guardrails.detect.kinds import KINDS
from guardrails.injection.detector import FindSuspects, RememberedSuspects
from guardrails.spans import Detector

AUDIENCE = "audience"
"""The guard that keeps text for agents out of replies; only the surface `REPLY` shows its lack."""
REPLY = "reply"
CONTROL_N = 100
"""Declared values in a run with a guard switched off: enough that each guard's lack shows."""
_SEED = 1
_SHIPPED_PARTS = Parts()

Switch = Callable[[], AbstractContextManager[None]]


@dataclass(frozen=True, slots=True)
class Known:
    """Values that the tenant declared, or that were detected before anything was sent."""

    planted: int
    leaks: int
    upper_bound_95: float


@dataclass(frozen=True, slots=True)
class OfType:
    """Of one type: the number of undeclared values, and how many of them leaked."""

    planted: int
    leaks: int


@dataclass(frozen=True, slots=True)
class Unseen:
    """Undeclared values: those that detection misses leak."""

    planted: int
    leaks: int
    rate: float
    ci_95: tuple[float, float]
    by_type: Mapping[str, OfType]


@dataclass(frozen=True, slots=True)
class Surface:
    """The size of a searched output, and the number of values found in it."""

    bytes: int
    known: int
    unseen: int


@dataclass(frozen=True, slots=True)
class Control:
    """A guard that was switched off, and how many values leaked that did not before, and where."""

    guard: str
    leaks: int
    surfaces: Mapping[str, int]

    @property
    def holds(self) -> bool:
        """Whether the run detects that the guard is missing."""
        return self.leaks > 0


@dataclass(frozen=True, slots=True)
class LeakageReport:
    """The figures of one run with its controls; ``requests`` reached the model."""

    known: Known
    unseen: Unseen
    surfaces: Mapping[str, Surface]
    requests: int
    internal: Internal
    controls: tuple[Control, ...]
    controls_hold: bool
    leaked: tuple[str, ...]
    """The known values that leaked, each as type, place and surface; never the value."""


Leaks = Mapping[str, frozenset[int]]
"""The numbers of the values found, by surface (a kind of output)."""


def measure(
    known: int,
    *,
    settings: Settings,
    doors: Doors,
    switches: Mapping[str, Switch],
    tell: Tell,
    parts: Parts = _SHIPPED_PARTS,
) -> LeakageReport:
    """Plant at least ``known`` declared values, run all flows, search; then without each guard."""
    material = make(known, _SEED)
    search = _Search(settings, doors, _loaded_once(parts, settings))
    came, leaks = search(material, tell)
    tell("drafting for customers", 0, 1)
    replies = search.internal()
    controls: tuple[Control, ...] = ()
    if switches:
        base = (material, came, leaks) if known <= CONTROL_N else None
        others = {name: each for name, each in switches.items() if name != AUDIENCE}
        controls = _controls(base, search, others, tell)
        if AUDIENCE in switches:
            controls = (*controls, _audience_control(search, switches[AUDIENCE]))
    return _report(material, came, leaks, replies, controls)


def _loaded_once(parts: Parts, settings: Settings) -> Parts:
    """Return ``parts`` that load each model once for all homes: models hold no tenant's data."""
    detector = parts.detector(settings)
    embedders = Embedders(partial(parts.embedder, settings))
    suspects = RememberedSuspects(lambda: parts.suspects(embedders(INSTALLED)))

    def detecting(_settings: Settings) -> Detector:
        return detector

    def embedding(_settings: Settings, source: str) -> Embedder:
        return embedders(source)

    def suspecting(_embedder: Embedder) -> FindSuspects:
        return suspects

    return replace(parts, detector=detecting, embedder=embedding, suspects=suspecting)


@dataclass(frozen=True, slots=True)
class _Search:
    """Runs every flow over material in a home of its own, and searches all outputs."""

    settings: Settings
    doors: Doors
    parts: Parts

    def __call__(self, material: Material, tell: Tell) -> tuple[Came, Leaks]:
        with TemporaryDirectory(prefix="quietdesk-leakage-") as folder:
            came = run(material, Path(folder), self.settings, self.doors, tell, self.parts)
        return came, _leaks(material, came)

    def internal(self) -> Internal:
        """Plant sentences for agents only, and search the replies to customers for them."""
        with TemporaryDirectory(prefix="quietdesk-leakage-") as folder:
            return internal.measure(self.settings, Path(folder), self.doors, self.parts)


def _audience_control(search: _Search, off: Switch) -> Control:
    with off():
        found = search.internal()
    return Control(AUDIENCE, found.leaks, {REPLY: found.leaks} if found.leaks else {})


def _leaks(material: Material, came: Came) -> Leaks:
    seeker = Seeker({each.number: each.written for each in material.planted})
    found = {
        surface: frozenset[int]().union(*(seeker.find(blob) for blob in [b"\n".join(blobs)]))
        for surface, blobs in came.blobs.items()
    }
    astray = (
        seeker.find(text) - material.of(reference) - _common(material)
        for reference, text in came.released
    )
    return found | {"exports": found["exports"].union(*astray)}


def _common(material: Material) -> set[int]:
    """Return the values that a reply may name besides its ticket's: of edits, things of documents.

    Names and contacts of other people in documents are not among them.
    """
    things = {
        each.number
        for each in material.planted
        if "document" in each.where and KINDS[each.value.kind].thing
    }
    return material.of("edit") | things


def _controls(
    base: tuple[Material, Came, Leaks] | None,
    search: _Search,
    switches: Mapping[str, Switch],
    tell: Tell,
) -> tuple[Control, ...]:
    if base is None:
        material = make(CONTROL_N, _SEED)
        base = (material, *search(material, tell))
    material, came, before = base
    made = [_search_control(material, came)]
    for at, (guard, off) in enumerate(switches.items()):
        tell("switching off", at, len(switches))
        with off():
            _, leaks = search(material, silent)
        new = {name: len(found - before[name]) for name, found in leaks.items()}
        more = {name: count for name, count in new.items() if count}
        made.append(Control(guard, sum(more.values()), more))
    return tuple(made)


def _search_control(material: Material, came: Came) -> Control:
    """Hide a value in every surface's bytes and search for it."""
    planted = next(each for each in material.planted if each.declared)
    hidden = base64.b64encode(b"?" + planted.value.text.encode())
    seeker = Seeker({planted.number: planted.written})
    found = {
        name: int(bool(seeker.find(b"\n".join((*blobs, hidden)))))
        for name, blobs in came.blobs.items()
    }
    missed = not all(found.values())
    return Control("search", 0 if missed else len(found), found)


def _report(
    material: Material,
    came: Came,
    leaks: Leaks,
    replies: Internal,
    controls: tuple[Control, ...],
) -> LeakageReport:
    declared = {each.number for each in material.planted if each.declared}
    known, unseen = declared | came.known, {each.number for each in material.planted} - declared
    everywhere = frozenset[int]().union(*leaks.values())
    lost, missed = everywhere & known, everywhere & unseen
    low, high = wilson_95(len(missed), len(unseen))
    return LeakageReport(
        Known(len(known), len(lost), round(upper_bound_95(len(lost), len(known)), 6)),
        Unseen(
            len(unseen),
            len(missed),
            round(len(missed) / max(len(unseen), 1), 4),
            (round(low, 4), round(high, 4)),
            _by_type(material, unseen, missed),
        ),
        {
            name: Surface(sum(map(len, came.blobs[name])), len(found & known), len(found & unseen))
            for name, found in leaks.items()
        }
        | {REPLY: Surface(replies.bytes, replies.leaks, 0)},
        len(came.blobs["wire"]),
        replies,
        controls,
        all(each.holds for each in controls),
        tuple(_declared(material, leaks, sorted(lost))),
    )


def _by_type(material: Material, unseen: set[int], missed: frozenset[int]) -> dict[str, OfType]:
    kinds = {each.number: each.value.kind.value for each in material.planted}
    return {
        kind: OfType(
            sum(kinds[each] == kind for each in unseen), sum(kinds[each] == kind for each in missed)
        )
        for kind in sorted({kinds[each] for each in unseen})
    }


def _declared(material: Material, leaks: Leaks, lost: Iterable[int]) -> Iterable[str]:
    for number in lost:
        each = material.planted[number]
        where = ", ".join(name for name, found in leaks.items() if number in found)
        yield f"{each.value.kind} of {each.where} as {each.form}: {where}"


def silent(_what: str, _done: int, _total: int) -> None:
    """Ignore progress."""
