"""The leak scan: what stops a text, what is masked again, what is unchanged."""

from __future__ import annotations

import time
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrails import RawText
from guardrails.detect.directory import KnownValues, Term, allow_list
from guardrails.errors import Refused
from guardrails.leaks.scan import Scanner
from guardrails.spans import EntityType, Span
from tests.fakes.plain import redacted
from tests.guardrails.gate_bench import HOST, MAIL, NAME, PRIYA, Blind, Dead, Tenant

PERSON, USERNAME, HOSTNAME = EntityType.PERSON, EntityType.USERNAME, EntityType.HOSTNAME
ORGANIZATION, LITERAL = EntityType.ORGANIZATION, EntityType.LITERAL


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (f"Write to {MAIL} please.", "EMAIL_ADDRESS"),
        ("Call me on +44 20 7946 0958 today.", "PHONE_NUMBER"),
        ("My password is Tr0ub4dor&3xyz, thanks.", "SECRET"),
        ("It answers on 10.20.30.41 only.", "IP_ADDRESS"),
        ("Card 4111 1111 1111 1111 was declined.", "CREDIT_CARD"),
    ],
)
def test_what_the_rules_find_with_high_precision_stops_a_text(text: str, kind: str) -> None:
    assert kind in Tenant().scanner.scan(text).kinds()


def test_a_person_of_the_directory_stops_a_text_in_any_case() -> None:
    tenant = Tenant(rules=Blind(), directory=KnownValues.of_people([PRIYA]))
    assert tenant.scanner.scan("so PRIYA RAGHUNATHAN said").kinds() == {"PERSON": 1}
    assert tenant.scanner.scan(f"mail {MAIL}").kinds() == {"EMAIL_ADDRESS": 1}


def test_one_word_of_a_directory_name_is_masked_again_and_stops_nothing() -> None:
    tenant = Tenant(rules=Blind(), directory=KnownValues.of_people([PRIYA]))
    (name,) = tenant.knows((PERSON, "Priya"))
    found = tenant.scanner.scan("so Priya said")
    assert (found.blocking, found.apply("so Priya said")) == ((), f"so {name} said")


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (PERSON, "Max"),
        (PERSON, NAME),
        (USERNAME, "reception"),
        (ORGANIZATION, "Harbour Dental"),
        (HOSTNAME, HOST),
        (EntityType.ACCOUNT_NUMBER, "999001"),
    ],
)
def test_values_of_the_vault_are_masked_again(kind: EntityType, value: str) -> None:
    tenant = Tenant(rules=Blind())
    (name,) = tenant.knows((kind, value))
    text = f"Ask {value}, then wait."
    found = tenant.scanner.scan(text)
    assert (found.blocking, found.apply(text)) == ((), f"Ask {name}, then wait.")


@pytest.mark.parametrize("text", ["Maximum wait", "the max_wait setting", "MAX", "max", "Max1"])
def test_a_value_is_matched_as_a_whole_word_as_it_was_written(text: str) -> None:
    tenant = Tenant(rules=Blind())
    tenant.knows((PERSON, "Max"))
    assert tenant.scanner.scan(text).remask == ()


def test_a_value_is_matched_across_other_spaces_and_line_breaks() -> None:
    tenant = Tenant(rules=Blind())
    (name,) = tenant.knows((PERSON, NAME))
    text = "so Priya\n  Raghunathan said"
    assert tenant.scanner.scan(text).apply(text) == f"so {name} said"


def test_a_decomposed_letter_is_the_same_letter() -> None:
    tenant = Tenant(rules=Blind())
    (name,) = tenant.knows((PERSON, "René"))
    text = "so Rene\u0301 said"
    assert tenant.scanner.scan(text).apply(text) == f"so {name} said"


def test_the_longest_value_wins_where_two_begin() -> None:
    tenant = Tenant(rules=Blind())
    _, whole = tenant.knows((PERSON, "Priya"), (PERSON, NAME))
    assert tenant.scanner.scan(NAME).apply(NAME) == str(whole)


def test_a_word_of_a_directory_name_that_the_vault_never_met_is_masked_without_a_number() -> None:
    tenant = Tenant(rules=Blind(), directory=KnownValues.of_people([PRIYA]))
    assert tenant.scanner.scan("so Priya said").apply("so Priya said") == "so <PERSON> said"


def test_values_shorter_than_three_characters_are_ignored() -> None:
    tenant = Tenant(rules=Blind())
    tenant.knows((PERSON, "Al"), (PERSON, "Ed"))
    assert tenant.scanner.scan("Al and Ed").remask == ()


def test_placeholders_are_never_taken_for_values() -> None:
    tenant = Tenant(directory=KnownValues())
    tenant.knows((PERSON, "PERSON"), (PERSON, "PERSON_3"), (LITERAL, "<PERSON_3>"))
    text = "Dear <PERSON_3>, password: <SECRET>, host <HOSTNAME_2>, mail <EMAIL_ADDRESS_4>."
    found = tenant.scanner.scan(text)
    assert (found.blocking, found.remask) == ((), ())


class Stubborn:
    """Finds the whole word round a place, as a rule may that meets its own placeholder again."""

    def detect(self, texts: Sequence[str]) -> list[list[Span]]:
        return [[Span(0, len(text), EntityType.SECRET, 1.0, "stubborn")] for text in texts]


@pytest.mark.parametrize(
    ("text", "stops"),
    [
        ("--from-literal=<SECRET>", False),
        ('token: "<SECRET>"', False),
        ("<SECRET>.", False),
        ("abc<SECRET>", True),
        ("aHVudGVyMg==<SECRET>", True),
        ("--from-literal=<SECRET>hunter2", True),
        ("--from-literal=hunter2", True),
    ],
)
def test_the_label_of_a_placeholder_is_no_secret_but_what_is_left_of_one_is(
    text: str, stops: bool
) -> None:
    assert bool(Tenant(rules=Stubborn()).scanner.scan(text).blocking) == stops


def test_a_value_is_known_as_soon_as_the_vault_holds_it() -> None:
    tenant = Tenant(rules=Blind())
    assert tenant.scanner.scan("Max").remask == ()
    tenant.knows((PERSON, "Max"))
    assert len(tenant.scanner.scan("Max").remask) == 1


def test_a_dead_detector_lets_nothing_through() -> None:
    with pytest.raises(Refused, match="last scan failed"):
        Tenant(rules=Dead()).scanner.scan("anything")


def test_remasked_text_stays_redacted_text() -> None:
    tenant = Tenant(rules=Blind())
    (name,) = tenant.knows((PERSON, "Max"))
    assert tenant.scanner.remask(redacted("Max called")).reveal() == f"{name} called"


def test_a_name_that_is_also_a_word_is_left_alone_in_lower_case() -> None:
    tenant = Tenant(rules=Blind())
    (name,) = tenant.knows((PERSON, "May"), (PERSON, "may"))[:1]
    text = "you may ask May"
    assert tenant.scanner.scan(text).apply(text) == f"you may ask {name}"


def test_every_value_is_seen_by_the_verdict() -> None:
    tenant = Tenant(rules=Blind())
    tenant.knows((HOSTNAME, HOST), (PERSON, "Max"))
    assert len(tenant.scanner.values(f"{HOST} of Max")) == 2


def test_fifty_thousand_values_are_looked_for_in_a_moment() -> None:
    tenant = Tenant(rules=Blind())
    tenant.knows(*((PERSON, f"Given{n % 900} Family{n}") for n in range(50_000)))
    text = "the quick brown Given7 fox asked Given7 Family907 for help. " * 500
    tenant.scanner.scan("warm up")
    began = time.perf_counter()
    found = tenant.scanner.scan(text)
    assert len(found.remask) == 500
    assert time.perf_counter() - began < 1


words = st.sampled_from(["Max", "Priya", "Rose", "Harbour", "reception", "the", "a", "-", ".", "é"])


@given(
    values=st.lists(st.lists(words, min_size=1, max_size=3).map(" ".join), max_size=6),
    text=st.lists(words, max_size=30).map(" ".join),
)
def test_once_masked_again_a_text_holds_no_value(values: list[str], text: str) -> None:
    tenant = Tenant(rules=Blind())
    tenant.knows(*((PERSON, value) for value in values))
    masked = tenant.scanner.scan(text).apply(text)
    assert tenant.scanner.scan(masked).remask == ()


def test_a_scanner_without_a_vault_or_a_directory_still_scans() -> None:
    tenant = Tenant()
    assert isinstance(tenant.scanner, Scanner)
    assert tenant.scanner.scan("Restart the print spooler.").blocking == ()


def test_a_value_of_the_vault_is_found_in_any_case_unless_it_is_one_plain_word() -> None:
    tenant = Tenant(rules=Blind())
    tenant.vault.allocate([(PERSON, "Piet Hoogland"), (HOSTNAME, "OSLO-APP017"), (PERSON, "Max")])
    masked = tenant.scanner.remask(redacted("PIET HOOGLAND on oslo-app017 to the max"))
    assert masked.reveal() == "<PERSON_1> on <HOSTNAME_1> to the max"


def test_half_a_value_beside_a_placeholder_of_the_other_half_is_masked_with_it() -> None:
    tenant = Tenant(rules=Blind())
    tenant.vault.allocate([(PERSON, "Piet Hoogland"), (PERSON, "Piet"), (PERSON, "/spool/Piet")])
    masked = tenant.scanner.remask(redacted("<PERSON_2> Hoogland, <PERSON_3> Hoogland, <PERSON_2>"))
    assert masked.reveal() == "<PERSON_1>, <PERSON_3> <PERSON_1>, <PERSON_2>"


def test_a_value_that_is_wanted_readable_is_not_masked_again() -> None:
    """An allow-listed word stays readable; a longer value that contains it is masked."""
    tenant, names = Tenant(), ["PowerScale", "PowerScale Weatherby"]
    tenant.knows(*((PERSON, name) for name in names))
    readable = allow_list([Term(RawText("powerscale"), None)])
    scanner = Scanner(Blind(), tenant.vault, KnownValues(), allow_list=readable)
    text = "PowerScale was sold by PowerScale Weatherby."
    assert scanner.scan(text).apply(text) == "PowerScale was sold by <PERSON_2>."
    assert [text[start:end] for start, end, _ in scanner.values(text)] == [names[1]]
