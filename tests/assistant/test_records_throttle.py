from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from assistant.adapters.records.throttle import SLOW_SECONDS, Throttle
from assistant.errors import NotPermitted

HOME, CAFE = "192.0.2.7", "198.51.100.9"


class Bench:
    """A throttle with a clock that is set by hand, and the pauses that it asked for."""

    def __init__(self) -> None:
        self.time = datetime(2026, 10, 12, 8, 0, tzinfo=UTC)
        self.pauses: list[float] = []
        self.throttle = Throttle(lambda: self.time, self.pauses.append)

    def fail(self, login: str, address: str, times: int) -> None:
        for _ in range(times):
            self.throttle.check(login, address)
            self.throttle.failed(login, address)

    def refused(self, login: str, address: str) -> bool:
        try:
            self.throttle.check(login, address)
        except NotPermitted:
            return True
        return False


def test_guessing_must_wait_longer_and_longer() -> None:
    bench = Bench()
    bench.fail("rita", CAFE, 8)
    with pytest.raises(NotPermitted, match="seconds"):
        bench.throttle.check("rita", CAFE)
    bench.time += timedelta(seconds=2)
    bench.fail("rita", CAFE, 1)
    bench.time += timedelta(seconds=1.5)
    assert bench.refused("rita", CAFE)
    bench.time += timedelta(minutes=15)
    assert not bench.refused("rita", CAFE)


def test_wrong_guesses_lock_nobody_out_who_is_at_another_address() -> None:
    bench = Bench()
    bench.fail("rita", CAFE, 8)
    assert bench.refused("rita", CAFE)
    assert not bench.refused("rita", HOME)
    assert not bench.refused("rita", "")
    assert not bench.refused("tom", CAFE)


def test_the_right_password_forgives_that_address_alone() -> None:
    bench = Bench()
    bench.fail("rita", CAFE, 8)
    bench.throttle.succeeded("rita", HOME)
    assert bench.refused("rita", CAFE)
    bench.throttle.succeeded("rita", CAFE)
    assert not bench.refused("rita", CAFE)


def test_many_addresses_that_guess_together_are_slowed_down_and_nobody_is_refused() -> None:
    bench = Bench()
    for number in range(60):
        bench.fail("rita", f"203.0.113.{number}", 1)
    assert bench.pauses == []
    assert not bench.refused("rita", HOME)
    assert not bench.refused("tom", HOME)
    assert bench.pauses == [SLOW_SECONDS, SLOW_SECONDS]
    bench.time += timedelta(minutes=1)
    assert not bench.refused("rita", HOME)
    assert len(bench.pauses) == 2


def test_a_subscribers_whole_ipv6_network_counts_as_one_address() -> None:
    bench = Bench()
    for number in range(8):
        bench.fail("rita", f"2001:db8:1:2::{number:x}", 1)
    assert bench.refused("rita", "2001:db8:1:2:ffff::1")
    assert not bench.refused("rita", "2001:db8:1:3::1")
    bench.fail("tom", f"::ffff:{CAFE}", 8)
    assert bench.refused("tom", CAFE)
    assert not bench.refused("tom", f"::ffff:{HOME}")


def test_an_address_that_guesses_at_many_logins_is_slowed_alone_and_not_refused() -> None:
    bench = Bench()
    for number in range(20):
        bench.fail(f"guess-{number}", CAFE, 1)
    assert bench.pauses == []
    assert not bench.refused("rita", CAFE)
    assert bench.pauses == [SLOW_SECONDS]
    assert not bench.refused("rita", HOME)
    assert bench.pauses == [SLOW_SECONDS]
    bench.time += timedelta(minutes=2)
    assert not bench.refused("rita", CAFE)
    assert bench.pauses == [SLOW_SECONDS]


def test_a_stricter_rule_lets_a_login_fail_less_often() -> None:
    bench = Bench()
    for _ in range(3):
        bench.throttle.failed("rita", CAFE, 3)
    assert bench.refused("rita", CAFE)
