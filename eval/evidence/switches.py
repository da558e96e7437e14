"""Off-switches of guards, for runs in a process of their own that must then fail.

`replaced` (of the leakage test) sets attributes for a while. The guards of `ui` are disabled by
patches that `ui` hands in, since `eval` imports no `ui`: a control names one with `of_ui`.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager

from eval.evidence.doors import Patch
from eval.leakage.replaced import replaced
from eval.leakage.switches import switches

__all__ = ["hand_in", "of_leakage", "of_ui", "replaced"]

_handed: dict[str, Patch] = {}


def hand_in(patches: Mapping[str, Patch]) -> None:
    """Register the patches of `ui` by name. The process that runs controls calls it first."""
    _handed.update(patches)


def of_ui(name: str) -> Patch:
    """Return the patch of that name that `ui` hands in; it is looked up when it is used."""

    def patch() -> AbstractContextManager[None]:
        return _handed[name]()

    return patch


def of_leakage(name: str) -> Patch:
    """Return the switch of that name of the leakage test."""
    return switches()[name]
