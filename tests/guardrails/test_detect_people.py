from __future__ import annotations

import pytest

from guardrails.detect.resolve import resolve
from guardrails.spans import Detector, EntityType, Span
from tests.guardrails.detecting import assert_hidden, assert_untouched


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Good morning, this is Amara Okafor.", ["Amara Okafor"]),
        ("ask for zeynep yilmaz", ["zeynep yilmaz"]),
        ("Owner: jakub novák.", ["jakub novák"]),
        ("Local contact Haddad, Leila, she knows", ["Haddad, Leila"]),
        ("E. Lindholm clicked a link", ["E. Lindholm"]),
        ("It belongs to Tomasz W. not to us", ["Tomasz W."]),
        ("Faith Young clicked a link", ["Faith Young"]),
        ("[10:02] Mercy Stone: hi\n[10:03] agent: hello", ["Mercy Stone"]),
        ("Thanks,\nThandiwe", ["Thandiwe"]),
        ("Dear Mrs. Castellanos, thank you", ["Castellanos"]),
        ("laptop for mr. jankowski", ["jankowski"]),
        ("diego and Mikkel Rasmussen wrote", ["diego", "Mikkel Rasmussen"]),
        ("Mikkel Rasmussen wrote. Then Rasmussen left.", ["Mikkel Rasmussen"]),
        ("holder Ludmila Horáková; order fails", ["Ludmila Horáková"]),
    ],
)
def test_a_name_is_masked_in_any_case_and_order(
    rules: Detector, text: str, names: list[str]
) -> None:
    assert_hidden(rules, text, *names)


def test_a_person_named_in_full_is_masked_where_one_name_stands(rules: Detector) -> None:
    text = "Mikkel Rasmussen called. The laptop of Rasmussen is slow."
    (_, second) = [
        s for s in rules.detect([text])[0] if text[s.start : s.end].endswith("Rasmussen")
    ]
    assert second.start > text.index("laptop")


@pytest.mark.parametrize(
    ("text", "organisation"),
    [
        ("this is Amara Okafor at Silver Birch Timber.", "Silver Birch Timber"),
        ("Harbourview Dental cannot print", "Harbourview Dental"),
        ("invoice of Kestrel Analytics GmbH", "Kestrel Analytics GmbH"),
        ("I work for Kestrelworks", "Kestrelworks"),
    ],
)
def test_a_customers_organisation_is_masked(rules: Detector, text: str, organisation: str) -> None:
    assert_hidden(rules, text, organisation)


@pytest.mark.parametrize(
    "address",
    [
        "1480 NW Harrison St, Suite 12, Portland, OR 97205",
        "27 Harbour Street, Leeds LS1 4DY",
        "Lindenstraße 14",
        "14 rue des Peupliers",
        "Calle de Alcalá 45, 28014 Madrid",
        "Via Garibaldi 12",
        "Storgatan 15, 111 23 Stockholm",
        "ul. Polna 7",
        "PO Box 5521",
        "PSC 3310, Box 2215\nAPO AE 09464",
        "41 Birch Avenue\nApt. 7\nDunmore\nIreland 44210",
    ],
)
def test_a_street_address_is_masked_to_its_end(rules: Detector, address: str) -> None:
    assert_hidden(rules, f"Please send it to {address}.", address)


@pytest.mark.parametrize(
    "text",
    [
        "The grace period ends. May we reboot on Sunday? Will it work?",
        "Rose gold case, Hunter green, and the Park meeting room",
        "Jenkins, Ansible and Kubernetes on Ubuntu with Prometheus and Grafana",
        "IBM Streams and Wix Stores and Microsoft Office 2019",
        "Page fault in nonpaged area; four laptops, all Latitude 7440",
        "KubePodCrashLooping fired; see `Deployment` and ReplicaSet",
        "## Meaning\n\nThe alert fires when the API server is slow.",
        "Click **Create folder**, then Save. Open Settings > Advanced.",
        "```\nFROM Alpine\nRUN Kestrel\n```",
    ],
)
def test_products_and_words_that_are_also_names_stay(detector: Detector, text: str) -> None:
    assert_untouched(detector, text)


def test_a_place_told_as_where_somebody_is_is_masked(detector: Detector) -> None:
    assert_hidden(detector, "I'm in Wroclaw this week, at the conference", "Wroclaw")
    assert_hidden(detector, "she moved here from Portugal last year", "Portugal")


def test_a_family_name_that_was_taken_for_a_place_belongs_to_its_person() -> None:
    text = "Charlotte Beaumont in Lisbon"
    found = [
        Span(0, 9, EntityType.PERSON, 0.6, "tagger"),
        Span(10, 18, EntityType.LOCATION, 0.6, "tagger"),
        Span(22, 28, EntityType.LOCATION, 0.6, "tagger"),
    ]
    assert [(each.start, each.end) for each in resolve(text, found)] == [(0, 18), (22, 28)]


def test_the_pieces_of_one_address_are_one_value() -> None:
    text = "at Unit 7, Harrow Estate, Stoke ST4 2RR, ask Neville"
    kinds = {"Unit 7": "STREET_ADDRESS", "Harrow Estate": "ORGANIZATION"}
    kinds |= {"Stoke ST4 2RR": "STREET_ADDRESS", "Neville": "PERSON"}
    found = [
        Span(text.index(part), text.index(part) + len(part), EntityType(kind), 0.7, "tagger")
        for part, kind in kinds.items()
    ]
    assert [text[each.start : each.end] for each in resolve(text, found)] == [
        "Unit 7, Harrow Estate, Stoke ST4 2RR",
        "Neville",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "```\nask Oyelaran Bankole first\nnet user x /add\n```\n",
        "Tell ~~Oyelaran Bankole~~ about it.",
    ],
)
def test_a_full_name_in_code_or_struck_is_masked(detector: Detector, text: str) -> None:
    assert_hidden(detector, text, "Oyelaran Bankole")


def test_commands_and_terms_in_code_can_be_read(detector: Detector) -> None:
    text = "```\nGet-Service Spooler\nOpen Device Manager\nStart Windows Update\n```\n"
    assert_untouched(detector, text)
