"""Fixtures: homes on real databases."""

from __future__ import annotations

import pytest

from tests.fakes.databases import TestHome
from tests.fakes.homes import postgres, sqlite

__all__ = ["home", "postgres", "sqlite"]


@pytest.fixture(params=["sqlite", "postgres"])
def home(request: pytest.FixtureRequest) -> TestHome:
    """A home on a real database."""
    return request.getfixturevalue(request.param)
