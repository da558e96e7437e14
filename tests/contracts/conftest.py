"""Every contract runs on the fake, on SQLite and on PostgreSQL."""

from __future__ import annotations

import pytest

from assistant.ports import Records
from tests.fakes.databases import Room, TestHome
from tests.fakes.homes import postgres, sqlite
from tests.fakes.records import FakeRecords

__all__ = ["postgres", "records", "room", "sqlite"]


@pytest.fixture(params=["fake", "sqlite", "postgres"])
def records(request: pytest.FixtureRequest) -> Records:
    """The records of a new tenant."""
    if request.param == "fake":
        return FakeRecords()
    home: TestHome = request.getfixturevalue(request.param)
    return home.move_in().records


@pytest.fixture(params=["sqlite", "postgres"])
def room(request: pytest.FixtureRequest) -> Room:
    """A new tenant of a real database."""
    home: TestHome = request.getfixturevalue(request.param)
    return home.move_in()
