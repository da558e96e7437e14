"""Versions of a tenant's policy, and which rules are in force at a moment.

What a new version tightens holds at once; what it loosens waits for its notice. So the rules in
force are the stricter ones of the last version whose time has come and of every later version. Any
number of versions may be pending.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce

from guardrails.policy.layers import NO_LAYERS, Layers
from guardrails.policy.order import meet, weaker
from guardrails.policy.policy import Policy
from guardrails.policy.rules import Rules


@dataclass(frozen=True, slots=True)
class Version:
    """One version: its expanded ``rules``, and what they were made of.

    ``sha256`` is the hash of the rules as they are stored. ``loosens`` are the paths of the rules
    that were stricter before. ``by`` is the id of the user who published it, empty for the owner of
    the home.
    """

    number: int
    rules: Rules
    sha256: str
    published_at: datetime
    holds_from: datetime
    layers: Layers = NO_LAYERS
    loosens: tuple[str, ...] = ()
    by: str = ""


@dataclass(frozen=True, slots=True)
class Publication:
    """When rules that are published now hold, and which of them are weaker than those in force."""

    holds_from: datetime
    loosens: tuple[str, ...]
    notice_days: int


def since(versions: Sequence[Version], now: datetime) -> Sequence[Version]:
    """Return the last version whose time has come, and every later one; all before the first."""
    held = [at for at, each in enumerate(versions) if each.holds_from <= now]
    return versions[held[-1] :] if held else versions


def in_force(versions: Sequence[Version], now: datetime) -> Policy:
    """Return the policy in force at ``now``; ``versions`` are sorted by number and not empty."""
    current = since(versions, now)
    rules = reduce(meet, (each.rules for each in current))
    return Policy(current[0].number, rules)


def pending(versions: Sequence[Version], now: datetime) -> Sequence[Version]:
    """Return the versions that wait for their notice to be over."""
    return [each for each in since(versions, now) if each.holds_from > now]


def publication(force: Rules, rules: Rules, now: datetime) -> Publication:
    """Return when ``rules`` hold that are published ``now``, while ``force`` are in force."""
    loosens = weaker(force, rules)
    days = max(force.notice.weaker_days, rules.notice.weaker_days) if loosens else 0
    return Publication(now + timedelta(days=days), loosens, days)
