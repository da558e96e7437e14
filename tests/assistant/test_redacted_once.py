"""A ticket is redacted again when what redacts it has changed since, and not otherwise."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.bootstrap import Home
from assistant.flows import redaction
from assistant.flows.redaction import redaction_tag
from assistant.flows.tickets import redact_again
from assistant.settings import Settings
from guardrails import RawText
from guardrails.crypto.keys import DataKey
from guardrails.crypto.seal import Sealer
from guardrails.detect import build_rule_detector
from guardrails.detect.directory import KnownPerson, Term
from guardrails.policy.rules import Redaction
from guardrails.spans import EntityType, Span
from tests.fakes.parts import light_parts
from tests.fakes.tickets import import_tickets
from tests.ui.web_fixtures import ticket

ONE = KnownPerson(name=RawText("Thrapston"))
SEALER = Sealer("t", DataKey.fresh())


class Counting:
    """A detector that counts what it is asked."""

    def __init__(self) -> None:
        self.asked = 0
        self._rules = build_rule_detector()

    def detect(self, texts: Sequence[str]) -> list[list[Span]]:
        self.asked += 1
        return self._rules.detect(texts)


@pytest.fixture
def detector() -> Counting:
    return Counting()


@pytest.fixture
def home(tmp_path: Path, detector: Counting) -> Generator[Home]:
    with Home.open(Settings(home=tmp_path / "home"), parts=light_parts(detector)) as home:
        home.add_tenant("acme")
        text = "thrapston and Yardarm print twice."
        import_tickets(home.desk("acme"), RawText(ticket("A-1", "Printer", text)), "t.jsonl")
        detector.asked = 0
        yield home


def test_a_ticket_is_not_detected_a_second_time(home: Home, detector: Counting) -> None:
    before = home.desk("acme").records.tickets.get("A-1")
    assert redact_again(home.desk("acme"), "A-1") == before
    assert detector.asked == 0


def _declare_one(home: Home) -> None:
    home.desk("acme").records.directory.put([ONE])


def _mask_a_term(home: Home) -> None:
    home.desk("acme").records.terms.put(Term(RawText("Yardarm"), EntityType.ORGANIZATION))


@pytest.mark.parametrize("declare", [_declare_one, _mask_a_term])
def test_what_is_declared_since_applies_at_once_and_is_applied_once(
    home: Home, detector: Counting, declare: Callable[[Home], None]
) -> None:
    before = home.desk("acme").records.tickets.get("A-1")
    declare(home)
    home.directory_changed("acme")
    after = redact_again(home.desk("acme"), "A-1")
    assert after != before
    asked = detector.asked
    assert asked
    assert redact_again(home.desk("acme"), "A-1") == after
    assert detector.asked == asked


def test_a_desk_that_was_opened_before_marks_nothing_as_redacted_by_the_new_people(
    home: Home,
) -> None:
    old = home.desk("acme")
    _declare_one(home)
    home.directory_changed("acme")
    import_tickets(old, RawText(ticket("A-2", "Printer", "thrapston prints.")), "t.jsonl")
    assert "thrapston" not in redact_again(home.desk("acme"), "A-2").turns[0].text.reveal()


@pytest.mark.parametrize("version", ["detector_version", "redaction_version", "_reading_version"])
def test_another_version_of_the_code_redacts_again(
    home: Home, detector: Counting, monkeypatch: pytest.MonkeyPatch, version: str
) -> None:
    monkeypatch.setattr(redaction, version, lambda: "another")
    home.directory_changed("acme")
    redact_again(home.desk("acme"), "A-1")
    asked = detector.asked
    assert asked
    redact_again(home.desk("acme"), "A-1")
    assert detector.asked == asked


def test_a_ticket_of_an_earlier_version_is_redacted_once(home: Home, detector: Counting) -> None:
    desk = home.desk("acme")
    raw, kept = desk.records.tickets.raw("A-1"), desk.records.tickets.get("A-1")
    assert raw is not None
    assert kept is not None
    desk.records.tickets.put(raw, replace(kept, redaction=""))
    rows = len(list(desk.ledger.rows()))
    redact_again(desk, "A-1")
    asked = detector.asked
    assert asked
    redact_again(desk, "A-1")
    assert detector.asked == asked
    assert len(list(desk.ledger.rows())) == rows


def test_the_tag_is_keyed_and_depends_on_each_declared_value() -> None:
    term = Term(RawText("Yardarm"), None)
    masked = Term(RawText("Yardarm"), EntityType.ORGANIZATION)
    tags = [
        redaction_tag(SEALER, [], [], Redaction()),
        redaction_tag(SEALER, [], [], Redaction(mask_also=frozenset({"HOSTNAME"}))),
        redaction_tag(SEALER, [ONE], [], Redaction()),
        redaction_tag(SEALER, [], [term], Redaction()),
        redaction_tag(SEALER, [], [masked], Redaction()),
        redaction_tag(Sealer("t", DataKey.fresh()), [], [], Redaction()),
    ]
    assert len(set(tags)) == len(tags)
