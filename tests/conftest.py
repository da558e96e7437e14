"""What holds for every test: how many examples a property gets, and who shares a worker."""

from __future__ import annotations

import pytest
import pytest_randomly
from hypothesis import settings

# spaCy brings a seeder that imports torch in every process; nothing here draws from its generator.
pytest_randomly.entrypoint_reseeds = []

settings.register_profile("quick", max_examples=25, deadline=None)
settings.register_profile("prove", max_examples=500, deadline=None)  # `make prove` names it
settings.load_profile("quick")

_WORKER_OF = {
    "chromium": "browser",
    "served": "served",
    "site": "page",
    "own_site": "page",
    "unwalled": "page",
}
"""Fixtures that cost seconds in each worker, and the group of tests that share one for that."""


@pytest.hookimpl(tryfirst=True)  # before xdist reads the marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep tests of one such fixture together; all others go to whichever worker is free."""
    for item in items:
        needed: tuple[str, ...] = getattr(item, "fixturenames", ())
        groups = [group for name, group in _WORKER_OF.items() if name in needed]
        if groups:
            item.add_marker(pytest.mark.xdist_group(groups[0]))
