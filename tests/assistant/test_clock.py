"""A home asks the clock that it was opened with, for whatever it stores or compares."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from assistant.bootstrap import Home
from assistant.model import Role
from assistant.settings import Settings
from tests.fakes.parts import light_parts


class MovableClock:
    def __init__(self) -> None:
        self.now = datetime(2031, 1, 31, 23, 59, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def test_tenant_ledger_and_sessions_follow_the_clock_of_their_home(tmp_path: Path) -> None:
    clock = MovableClock()
    with Home.open(Settings(home=tmp_path / "home"), parts=light_parts(), clock=clock) as home:
        assert home.add_tenant("harbour").created_at == clock.now
        assert home.desk("harbour").ledger.append("noted").at == "2031-01-31T23:59:00.000+00:00"
        user = home.accounts.add_user("rita", "correct horse battery", "harbour", Role.REVIEWER)
        token = home.accounts.open_session(user, hours=1, idle_minutes=60)
        clock.now += timedelta(minutes=59)
        assert home.accounts.session_user(token)
        clock.now += timedelta(minutes=2)
        assert home.accounts.session_user(token) is None
        assert home.desk("harbour").clock() == clock.now
        assert home.register.store.today() == "2031-02-01"
