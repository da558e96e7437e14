"""Guards of this package that a control's off-switch disables, each by its name."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager

from eval.evidence.doors import Patch


def switches() -> Mapping[str, Patch]:
    """Return the patches by name."""
    from ui.cli.leakage import own_switches
    from ui.evidence.transport import transport_switches

    page = {"notice of the page": _no_notice}
    return {**own_switches(), **transport_switches(), **page}


def _no_notice() -> AbstractContextManager[None]:
    from eval.leakage.replaced import replaced
    from ui.web.html import NOTHING, Html
    from ui.web.views import review

    def none(*_of: object) -> Html:
        return NOTHING

    return replaced((review, "notices", none))
