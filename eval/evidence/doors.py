"""The user interfaces that controls drive; `ui` passes them in, as `eval` imports no `ui`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from assistant.bootstrap import Home
from assistant.model import Role
from assistant.settings import Settings
from guardrails.identity.permissions import Right

Patch = Callable[[], AbstractContextManager[None]]
"""Disables one guard of this process while its context is open."""


@dataclass(frozen=True, slots=True)
class Gate:
    """Who may call an operation: who has one of ``roles``, and by the rules ``right``."""

    roles: frozenset[Role]
    right: Right | None = None


class Doors(Protocol):
    """The operations as every interface calls them, their logs, their crash reports."""

    def logging(self, home: Path) -> AbstractContextManager[None]:
        """Log like the product while the context is open."""
        ...

    def perform(
        self, home: Home, operation: str, args: Mapping[str, object], login: str | None
    ) -> dict[str, Any]:
        """Run an operation for a person, or for the home's owner if ``login`` is None.

        Returns its result as JSON data. `QuietdeskError` as the operation raises it.
        """
        ...

    def matrix(self) -> Mapping[str, Gate]:
        """Return who may call each operation, as the published matrix of roles says."""
        ...

    def admits(self, home: Home, operation: str, tenant: str, login: str | None) -> bool:
        """Return whether an operation would begin for a person at a tenant; nothing of it runs."""
        ...

    def enters(self, home: Home, login: str, password: str, code: str, address: str) -> bool:
        """Return whether a person is logged in with these factors from a network address."""
        ...

    def crash(self, error: BaseException, home: Path) -> str:
        """Handle ``error`` as an unexpected one (crash report); return the message."""
        ...

    def page(self, home: Home, settings: Settings) -> AbstractContextManager[int]:
        """Serve the login page under ``settings``, on a free port of loopback; return the port.

        `BadInput` where the settings do not let it be served.
        """
        ...

    def draft_page(self, home: Home, tenant: str, login: str, draft: str) -> str:
        """Return the HTML that the page shows a person who opens a draft in review."""
        ...

    def switches(self) -> Mapping[str, Patch]:
        """Return the guards of `ui` that can be disabled, by name."""
        ...
