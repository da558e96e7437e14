"""Three thousand known values through every flow; without any one guard, values leak."""

from __future__ import annotations

import pytest

from assistant.bootstrap import stay_home
from assistant.settings import Settings
from eval.leakage.measure import measure, silent
from eval.leakage.switches import switches
from ui.cli.leakage import CommandDoors, own_switches

KNOWN = 3000

pytestmark = pytest.mark.prove


def test_of_three_thousand_known_values_none_leaks_and_every_guard_is_needed() -> None:
    stay_home(settings := Settings())
    report = measure(
        KNOWN,
        settings=settings,
        doors=CommandDoors(),
        switches={**switches(), **own_switches()},
        tell=silent,
    )
    assert report.known.planted >= KNOWN
    assert (report.known.leaks, report.leaked) == (0, ())
    assert report.internal.leaks == 0
    assert [each.guard for each in report.controls if not each.holds] == []
