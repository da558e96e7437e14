"""Detector and gate normalise the same invisible characters, look-alikes and widths."""

from __future__ import annotations

import itertools
import json
import sys
import unicodedata
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardrails.detect.directory import KnownValues, Term, allow_list
from guardrails.detect.normal import Normal, normalise
from guardrails.egress.request import Stopped, check_address, redact_body
from guardrails.leaks import scan as scanning
from guardrails.leaks.scan import Scanner
from guardrails.spans import EntityType
from guardrails.text import RawText
from tests.guardrails.gate_bench import HOST, MAIL, NAME, PRIYA, Blind, Tenant, chat
from ui.web.html import text as shown

_PLANES = itertools.chain(range(0x20000), range(0xE0000, 0xE1000))
_SEEN = {char: seen for char in map(chr, _PLANES) if (seen := normalise(char).text) != char}
READ_PAST = list(_SEEN)
"""Every character that the detector normalises."""
DROPPED = [each for each, seen in _SEEN.items() if not seen]
DRESSED = {
    plain: [each for each, seen in _SEEN.items() if seen == plain]
    for plain in "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-. @"
}
VAULT = (EntityType.HOSTNAME, HOST), (EntityType.PERSON, "Raghunathan"), (EntityType.PERSON, "Åsa")
VALUES = (HOST, "Raghunathan", "Åsa", NAME, "Priya", MAIL)


def a_tenant() -> Tenant:
    tenant = Tenant(rules=Blind(), directory=KnownValues.of_people([PRIYA]))
    tenant.knows(*VAULT)
    return tenant


TENANT = a_tenant()


def leaves(text: str, tenant: Tenant = TENANT) -> str:
    """Return what is sent of ``text``, as a reader sees it; empty when it is refused."""
    try:
        body = redact_body(json.dumps(chat(text)).encode(), tenant.scanner)
    except Stopped:
        return ""
    sent = cast("dict[str, Any]", json.loads(body.content))["messages"][0]["content"]
    return unicodedata.normalize("NFKC", normalise(sent).text)


@st.composite
def disguised(draw: st.DrawFn) -> tuple[str, str]:
    """Return a value, and a spelling of it that the detector reads as that value."""
    value = draw(st.sampled_from(VALUES))
    pieces: list[str] = []
    for at, char in enumerate(value):
        forms = [char, char, unicodedata.normalize("NFD", char), *DRESSED.get(char, [])]
        pieces.append(draw(st.sampled_from(forms)))
        if at < len(value) - 1:
            pieces += draw(st.lists(st.sampled_from(DROPPED), max_size=2))
    return value, "".join(pieces)


@settings(deadline=None)
@given(disguised())
def test_whatever_the_detector_reads_past_the_gate_reads_past(pair: tuple[str, str]) -> None:
    value, spelling = pair
    assert normalise(spelling).text == value, "the detector reads it so"
    assert value not in leaves(f"so {spelling} said")


@pytest.mark.parametrize("value", VALUES)
def test_no_unseen_character_hides_anything_from_the_gate(value: str) -> None:
    few = [each for at, each in enumerate(DROPPED) if each < "\U000e0000" or not at % 64]
    spelt = {f"U+{ord(each):04X}": f"so {value[0]}{each}{value[1:]} said" for each in few}
    assert [name for name, text in spelt.items() if value in leaves(text)] == []


KINDS = {
    "soft hyphen": "\u00ad",
    "combining grapheme joiner": "\u034f",
    "zero width space": "\u200b",
    "right-to-left override": "\u202e",
    "isolate": "\u2066",
    "variation selector": "\ufe0f",
    "variation selector of the supplement": "\U000e0100",
    "tag": "\U000e0061",
    "hangul filler": "\u3164",
    "byte order mark": "\ufeff",
}


@pytest.mark.parametrize("unseen", KINDS.values(), ids=KINDS.keys())
def test_detector_gate_and_page_treat_an_unseen_character_alike(unseen: str) -> None:
    assert normalise(f"Pri{unseen}ya").text == "Priya"
    assert leaves(f"so Pri{unseen}ya said") == "so <PERSON> said"
    assert f"U+{ord(unseen):04X}" in shown(f"Pri{unseen}ya")


def test_a_value_that_only_a_reader_sees_is_masked_where_it_stands() -> None:
    (name, *_) = TENANT.knows(*VAULT)
    assert leaves("restart " + "\u200b".join(HOST) + " now") == f"restart {name} now"


def test_an_unseen_character_between_two_words_hides_neither() -> None:
    assert "Priya" not in leaves("dear\u200bPriya")


def test_an_unseen_character_in_an_encoding_hides_nothing() -> None:
    for inside in ("%EF%B8%8F", "&#65039;", "\\ufe0f"):
        assert leaves(f"restart {HOST[:4]}{inside}{HOST[4:]} now") == ""
    with pytest.raises(Stopped):
        check_address(f"/v1/{HOST[:4]}%EF%B8%8F{HOST[4:]}", "", TENANT.scanner)


def test_without_the_table_the_gate_lets_such_a_name_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: without the scanner's normalisation, the tests above fail."""

    def as_written(text: str) -> Normal:
        return Normal(text, None, len(text))

    monkeypatch.setattr(scanning, "normalise", as_written)
    monkeypatch.setattr("guardrails.detect.directory.normalise", as_written)
    assert "Priya" in leaves("so Pri\ufe0fya said", a_tenant())


def test_a_value_that_came_with_unseen_characters_is_known_without_them() -> None:
    tenant = Tenant(rules=Blind())
    (name,) = tenant.knows((EntityType.HOSTNAME, "BM-FIN\u2011LAP\u00ad-07"))
    assert leaves("ping BM-FIN-LAP-07", tenant) == f"ping {name}"


def test_a_term_is_left_readable_however_its_hyphen_is_written() -> None:
    tenant = a_tenant()
    readable = allow_list([Term(RawText(HOST.replace("-", "\u2011")), None)])
    scanner = Scanner(Blind(), tenant.vault, KnownValues(), allow_list=readable)
    assert scanner.scan(f"ping {HOST}").remask == ()
    assert scanner.scan("ping " + HOST.replace("-", "\u2010")).remask == ()


def test_every_character_that_unicode_says_to_ignore_is_in_the_table() -> None:
    formats = [
        chr(code)
        for code in range(sys.maxunicode + 1)
        if unicodedata.category(chr(code)) == "Cf" and not 0x600 <= code < 0x900
    ]
    visible = {"\U000110bd", "\U000110cd"} | {chr(code) for code in range(0x13430, 0x13456)}
    assert [each for each in formats if each not in visible and normalise(each).text] == []


def test_the_page_leaves_an_emoji_as_it_is_written() -> None:
    assert shown("\u2764\ufe0f") == "\u2764\ufe0f"
