"""Fixtures: one SQLite home and one PostgreSQL home for a whole run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fakes.databases import TestHome, postgres_home, sqlite_home


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
