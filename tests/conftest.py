"""What holds for every test: how many examples a property gets, and who shares a worker."""

from __future__ import annotations

import pytest
import pytest_randomly
from hypothesis import settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

# spaCy brings a seeder that imports torch in every process; nothing here draws from its generator.
pytest_randomly.entrypoint_reseeds = []

settings.register_profile("quick", max_examples=25, deadline=None)
settings.register_profile("prove", max_examples=500, deadline=None)  # `make prove` names it
settings.load_profile("quick")

_TOGETHER = {
    "tests/ui/test_web_browser.py": "browser",
    "tests/ui/test_web_": "page",
    "tests/ui/test_cli_mistakes.py": "served",
    "tests/ui/test_cli_work.py": "served",
    "tests/ui/test_batch.py": "served",
    "tests/ui/test_operations_logs.py": "served",
    "tests/ui/test_cli_eval.py": "torch",
    "tests/assistant/test_embedder.py": "torch",
    "tests/assistant/test_reranker.py": "torch",
    "tests/guardrails/test_injection.py": "torch",
}
"""Files that share what costs seconds in each worker: a browser, a page, a server, an import."""

_APART = ("tests/ui/test_socket.py",)
"""Files of few long tests that share nothing."""


class _BySharedCost(LoadScopeScheduling):
    """Hands tests out by file, but files above together, or test by test."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::", maxsplit=1)[0]
        if file in _APART:
            return nodeid
        return next((name for start, name in _TOGETHER.items() if file.startswith(start)), file)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> _BySharedCost:
    """Take the place of `--dist loadgroup`, whose marks xdist 3.8 loses under pytest 9.2."""
    return _BySharedCost(config, log)
