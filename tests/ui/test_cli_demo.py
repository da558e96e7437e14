"""The demo sets itself up by ordinary operations, once, and says how to log in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.ui.cli_fixtures import Served, quietdesk, serving
from ui.demo import logins

DEMO = {"harbour-dental", "northgate-logistics", "bellweather-law"}


@pytest.mark.prove
def test_the_demo_is_the_three_sample_tenants_however_often_it_starts(tmp_path: Path) -> None:
    home = tmp_path / "home"
    first = _counts(home)
    assert set(first) == DEMO
    # 19 files each; every article of a table or an export is a document of its own
    assert all(each["documents"] >= 19 and each["tickets"] >= 13 for each in first.values())
    assert _counts(home) == first


def _counts(home: Path) -> dict[str, dict[str, Any]]:
    with serving(home, "--demo") as served:
        _may_log_in(served)
        tenants = served.run("tenant", "list", "--json").json["tenants"]
        return {
            each["slug"]: served.run("tenant", "show", each["slug"], "--json").json["counts"]
            for each in tenants
        }


def _may_log_in(served: Served) -> None:
    for login in ("agent", "reviewer", "admin"):
        command = ("review", "list", "--tenant", "harbour-dental", "--as", login)
        assert quietdesk(served.home, *command, password="quietdesk-demo").code == 0


def test_the_demo_prints_its_logins() -> None:
    said = "\n".join(logins())
    assert all(word in said for word in ("agent", "reviewer", "admin", "quietdesk-demo"))
