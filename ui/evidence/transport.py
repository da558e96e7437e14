"""Guards of the transport that a control's off-switch disables."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any

from eval.evidence.doors import Patch
from eval.leakage.replaced import replaced


def transport_switches() -> Mapping[str, Patch]:
    """Return the patches by name."""
    return {
        "certificate": _no_certificate,
        "version floor": _no_floor,
        "listening": _listen_anywhere,
        "border": _no_border,
        "cookie prefix": _no_prefix,
    }


def _nothing(*_of: object) -> None:
    return None


def _no_certificate() -> AbstractContextManager[None]:
    from ui import tls

    return replaced((tls, "make_tls", _nothing))


def _no_floor() -> AbstractContextManager[None]:
    from ui import tls

    return replaced((tls, "VERSIONS", dict.fromkeys(tls.VERSIONS, tls.VERSIONS["1.2"])))


def _listen_anywhere() -> AbstractContextManager[None]:
    from ui import listening

    return replaced((listening, "_must_have_proxy", _nothing), (listening, "must_hold", _nothing))


def _no_border() -> AbstractContextManager[None]:
    from ui.web import border

    async def passes(*_of: object) -> None:
        return None

    return replaced((border.BorderWall, "_judge", passes))


def _no_prefix() -> AbstractContextManager[None]:
    from ui.web import auth, session

    def plain(_scope: Mapping[str, Any]) -> tuple[str, str]:
        return session.COOKIE, "/"

    return replaced((auth, "cookie_of", plain), (session, "cookie_of", plain))
