"""Replaces parts of the product while an evaluation runs."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import ExitStack, contextmanager


@contextmanager
def replaced(*parts: tuple[object, str, object]) -> Generator[None]:
    """Set each attribute (owner, name, value) while the context is open."""
    with ExitStack() as stack:
        for owner, name, other in parts:
            stack.callback(setattr, owner, name, getattr(owner, name))
            setattr(owner, name, other)
        yield
