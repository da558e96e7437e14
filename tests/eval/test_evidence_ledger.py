"""The control of the ledger looks at the tenant's own ledger too, and changes nothing there."""

from __future__ import annotations

from pathlib import Path

from eval.evidence.bytes import change
from eval.evidence.controls import CONTROLS
from eval.evidence.twin import Twin
from tests.fakes.twins import a_twin


def test_a_changed_row_of_the_tenants_own_ledger_is_found(tmp_path: Path) -> None:
    with a_twin(tmp_path) as made:
        before = made.files()["quietdesk.db"]
        assert _found(made) == (True, ())
        assert made.files()["quietdesk.db"] == before
        _spoil(made, made.tenant)
        assert _found(made) == (False, (2,))


def test_a_changed_row_of_another_tenant_is_not_counted(tmp_path: Path) -> None:
    with a_twin(tmp_path) as made:
        _spoil(made, made.neighbour)
        assert _found(made) == (True, ())


def _spoil(made: Twin, slug: str) -> None:
    tenant = made.home.tenant(slug).id
    statement = f"UPDATE ledger_rows SET body = '{{}}' WHERE tenant_id = '{tenant}' AND number = 2"
    assert change(made.home.settings.home / "quietdesk.db", statement) == 1


def _found(made: Twin) -> tuple[bool, tuple[int, ...]]:
    watch = CONTROLS["ledger.holds"].watch
    assert watch
    (seen,) = watch(made.home, made.tenant)
    return seen.ok, seen.rows
