"""What holds for every test: how many examples a property gets, and who shares a worker."""

from __future__ import annotations

import pytest
import pytest_randomly
from hypothesis import settings

# spaCy brings a seeder that imports torch in every process; nothing here draws from its generator.
pytest_randomly.entrypoint_reseeds = []

settings.register_profile("quick", max_examples=25)
settings.register_profile("prove", max_examples=500)  # `make prove` names it
settings.load_profile("quick")

_SHARED = ("served", "site", "unwalled", "chromium")
"""Fixtures that take seconds to make: tests that share one of them run on one worker."""


@pytest.hookimpl(tryfirst=True)  # before xdist reads the marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep tests of one shared fixture together; all others go to whichever worker is free."""
    for item in items:
        needed: tuple[str, ...] = getattr(item, "fixturenames", ())
        for name in _SHARED:
            if name in needed:
                item.add_marker(pytest.mark.xdist_group(name))
                break
