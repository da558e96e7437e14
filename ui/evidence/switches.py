"""Guards of this package that a control's off-switch disables, each by its name."""

from __future__ import annotations

from collections.abc import Mapping

from eval.evidence.doors import Patch


def switches() -> Mapping[str, Patch]:
    """Return the patches by name."""
    from ui.cli.leakage import own_switches
    from ui.evidence.transport import transport_switches

    return {**own_switches(), **transport_switches()}
