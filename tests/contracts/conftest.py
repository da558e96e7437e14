"""Every contract runs on the fake, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from assistant.ports import Records
from tests.fakes.databases import Room, TestHome, postgres_home, sqlite_home
from tests.fakes.records import FakeRecords


@pytest.fixture(scope="session")
def sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestHome]:
    home = sqlite_home(tmp_path_factory.mktemp("sqlite"))
    yield home
    home.close()


@pytest.fixture(scope="session")
def postgres() -> Iterator[TestHome]:
    try:
        home = postgres_home()
    except RuntimeError as error:
        pytest.skip(str(error))
    yield home
    home.close()


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
