"""The layers of a tenant's rules: a published profile, and the tenant's own choices.

Choices are a part of `Rules` as JSON: only what the tenant has chosen. Under a profile they tighten
its rules and never loosen them; without one they change the defaults. A choice that is missing
imposes nothing, except that the tenant must choose `OPT_INS` itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, cast

from guardrails.policy import codec
from guardrails.policy.order import changed, meet, weaker
from guardrails.policy.rules import Rules

OPT_INS = ("library", "resolved_tickets")
_NONE = "{}"


@dataclass(frozen=True, slots=True)
class ProfileLayer:
    """One version of a profile.

    ``body`` holds its rules as JSON, as they were when it was applied; ``sha256`` is the hash of
    its file.
    """

    id: str
    version: int
    body: str
    sha256: str

    @classmethod
    def of(cls, name: str, version: int, rules: Rules, sha256: str = "") -> ProfileLayer:
        """Return the layer of a profile's rules."""
        return cls(name, version, codec.dump(rules), sha256)

    @property
    def rules(self) -> Rules:
        """Return its rules."""
        return codec.load(self.body)


@dataclass(frozen=True)
class Layers:
    """What a version of a policy is made of; ``choices`` is canonical JSON."""

    profile: ProfileLayer | None = None
    choices: str = _NONE

    @cached_property
    def rules(self) -> Rules:
        """Return the rules that follow. `BadInput` for a choice that this version does not know."""
        wanted = self._chosen()
        return meet(self._base(), wanted) if self.profile else wanted

    @property
    def without_effect(self) -> tuple[str, ...]:
        """Return the paths of choices that the profile does not allow."""
        if self.profile is None:
            return ()
        asked = replace(self._chosen(), **dict.fromkeys(OPT_INS, False))
        return weaker(self._base(), asked) + self._opt_ins_refused()

    def choosing(self, rules: Rules, also: Iterable[str] = ()) -> Layers:
        """Return these layers with a choice for each rule in which ``rules`` differs from ours.

        Rules at the paths ``also`` are chosen even if they do not differ.
        """
        wanted: dict[str, Any] = json.loads(self.choices)
        plain: dict[str, Any] = json.loads(codec.dump(rules))
        for path in (*also, *(path for path, _, _ in changed(self.rules, rules))):
            _put(wanted, path.split("."), plain)
        return replace(self, choices=_canonical(wanted))

    def _base(self) -> Rules:
        """Return the rules of the profile; an opt-in that it allows is still the tenant's."""
        return self.profile.rules if self.profile else Rules()

    def _chosen(self) -> Rules:
        base: dict[str, Any] = json.loads(codec.dump(self._base()))
        for name in OPT_INS:
            base[name] = False
        return codec.load(_canonical(_merged(base, json.loads(self.choices))))

    def _opt_ins_refused(self) -> tuple[str, ...]:
        base, chosen = self._base(), self._chosen()
        return tuple(name for name in OPT_INS if getattr(chosen, name) and not getattr(base, name))


NO_LAYERS = Layers()


def choices_of(rules: Rules) -> str:
    """Return the choices that make ``rules`` of the defaults."""
    return NO_LAYERS.choosing(rules).choices


def _merged(base: dict[str, Any], chosen: dict[str, Any]) -> dict[str, Any]:
    found = dict(base)
    for name, value in chosen.items():
        under = found.get(name)
        if isinstance(value, dict) and isinstance(under, dict):
            found[name] = _merged(cast("dict[str, Any]", under), cast("dict[str, Any]", value))
        else:
            found[name] = value
    return found


def _put(into: dict[str, Any], path: list[str], source: dict[str, Any]) -> None:
    """Copy the value at ``path`` of ``source``."""
    name, *rest = path
    if rest:
        _put(into.setdefault(name, {}), rest, source[name])
    else:
        into[name] = source[name]


def _canonical(value: dict[str, Any]) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
