"""Presidio imported without the neural libraries that only its other engines need.

Presidio imports Transformers and Torch when they are installed, for engines that Quietdesk does not
run. Those imports took six of the seven seconds before the first text could be read.
"""

from __future__ import annotations

import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from threading import get_ident
from types import ModuleType

OPTIONAL_TO_PRESIDIO = ("transformers", "torch")


@contextmanager
def absent(packages: Sequence[str]) -> Generator[None]:
    """Make ``packages`` look uninstalled to this thread, unless they are loaded already."""
    finder = _Absent(packages)
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)


class _Absent(MetaPathFinder):
    """Hides packages from one thread only, because another thread may need to import them."""

    def __init__(self, packages: Sequence[str]) -> None:
        self._packages = frozenset(packages)
        self._thread = get_ident()

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Raise `ModuleNotFoundError` for hidden packages; leave others to the next finder."""
        del path, target
        if fullname in self._packages and get_ident() == self._thread:
            raise ModuleNotFoundError(f"No module named {fullname!r}", name=fullname)
        return None
