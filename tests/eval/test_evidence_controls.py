"""Every control holds on a twin, and fails where it must without each of its guards."""

from __future__ import annotations

from pathlib import Path

import pytest

from eval.evidence.control import Control
from eval.evidence.controls import CONTROLS, IDS
from tests.fakes.twins import built, fails_without, guards, holds


@pytest.mark.parametrize("control", CONTROLS)
def test_a_control_holds_while_every_guard_is_on(control: str, tmp_path: Path) -> None:
    holds(control, tmp_path)


@pytest.mark.parametrize(("control", "guard"), guards())
def test_a_control_fails_at_its_named_observation_without_the_guard(
    control: str, guard: str, tmp_path: Path
) -> None:
    fails_without(control, guard, tmp_path)


@pytest.mark.parametrize("control", built(), ids=lambda each: each.id)
def test_a_control_has_a_known_id_and_can_fail(control: Control) -> None:
    assert control.id in IDS
    assert control.off
