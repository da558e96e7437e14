"""The user interfaces that a run drives; the command passes them in, as eval imports no ui."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from assistant.bootstrap import Home


class Doors(Protocol):
    """The operations of the command line and the page, their logs and their crash reports."""

    def logging(self, home: Path) -> AbstractContextManager[None]:
        """Log like the product while the context is open."""
        ...

    def perform(self, home: Home, operation: str, **args: object) -> str:
        """Run an operation by name; return its JSON, or the error message for a person."""
        ...

    def crash(self, error: BaseException, home: Path) -> str:
        """Handle ``error`` as an unexpected one (crash report); return the message."""
        ...
