"""Each rule of a tenant's policy is set by an operation, and decides what is sent."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from assistant.bootstrap import Home
from assistant.model import Chunk, Passage, new_id
from assistant.register import places
from assistant.register.from_settings import described
from assistant.register.subprocessors import destination_of
from assistant.settings import Settings
from guardrails.policy import Purpose
from tests.fakes.plain import redacted
from tests.fakes.policies import a_policy
from tests.model_server import ModelServer
from ui.operations.base import silent
from ui.operations.callers import Caller, Interface
from ui.operations.operator import Operator
from ui.operations.tenants import SET, TenantRules

NOW = datetime(2026, 11, 2, tzinfo=UTC)
TEXT = redacted("Restart the Print Spooler service. Then print a test page.")
PASSAGE = Passage(
    Chunk(new_id(), new_id(), 0, redacted("Printing"), TEXT, 1, 9),
    redacted("kb/printing.md"),
    redacted("Printing"),
    1.0,
    ("vector",),
)


@contextmanager
def opened(
    folder: Path, monkeypatch: pytest.MonkeyPatch, **promises: Any
) -> Generator[Callable[..., bool]]:
    """Yield what sets rules, asks the model, and returns whether its server heard of it.

    The server is a foreign operator's, who has made these promises.
    """
    monkeypatch.setattr(places, "_LOOPBACK", frozenset[str]())
    with ModelServer() as server:
        settings = Settings(home=folder, writer="model", model_url=server.url, **promises)  # pyright: ignore[reportArgumentType] - pydantic parses it
        with Home.open(settings) as home:
            home.add_tenant("acme")

            def asks(**rules: Any) -> bool:
                args, caller = (
                    TenantRules(tenant="acme", **rules),
                    Caller(Interface.SHELL, owner=True),
                )
                Operator(home).perform(SET, caller, args, silent)
                server.received.clear()
                home.desk("acme").writer.answer(redacted("How do I print?"), [PASSAGE])
                return bool(server.received)

            yield asks


def test_with_ai_off_no_model_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(tmp_path, monkeypatch, model_no_training=True) as asks:
        assert asks()
        assert not asks(ai_enabled=False)
        assert asks(ai_enabled=True)


def test_a_model_of_a_region_that_is_not_allowed_is_not_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(tmp_path, monkeypatch, model_no_training=True, model_region="us") as asks:
        assert not asks()
        assert asks(regions=("eu", "us"))
        assert not asks(regions=("eu",))


def test_a_model_that_may_train_on_texts_is_not_asked_unless_that_is_allowed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(tmp_path, monkeypatch) as asks:
        assert not asks()
        assert asks(training_allowed=True)
        assert not asks(training_allowed=False)


@pytest.mark.parametrize("signed", [True, False])
def test_health_data_takes_an_operator_that_has_signed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, signed: bool
) -> None:
    with opened(tmp_path, monkeypatch, model_no_training=True, model_baa=signed) as asks:
        assert asks()
        assert asks(phi=True) is signed
        assert asks(phi=False)


def test_a_model_on_this_machine_needs_no_promise(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, writer="model", model_url="http://127.0.0.1:1/v1")  # pyright: ignore[reportArgumentType] - pydantic parses it
    (entry,) = described(settings, NOW)
    allowed = a_policy(phi=True)
    assert allowed.refusal(destination_of(entry, None), Purpose.REPLY, NOW.date()) == ""
