"""What a run needs of the rooms above: how people reach the product, handed in by the command."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from assistant.bootstrap import Home


class Doors(Protocol):
    """The command line's and the page's ways in, and what is written when something breaks."""

    def logging(self, home: Path) -> AbstractContextManager[None]:
        """Log as the product logs, while the context is open."""
        ...

    def perform(self, home: Home, operation: str, **args: object) -> str:
        """Run an operation by name; return its JSON, or the message that a person would read."""
        ...

    def crash(self, error: BaseException, home: Path) -> str:
        """Treat ``error`` as one that nobody expected; return the message."""
        ...
