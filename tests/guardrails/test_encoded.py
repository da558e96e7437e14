"""Encoded values in a text are redacted like plain ones."""

from __future__ import annotations

import base64
import html
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrails import RawText
from guardrails.detect.directory import KnownPerson, KnownValues
from guardrails.detect.encoded import views
from guardrails.spans import EntityType
from guardrails.text import unwrap
from tests.guardrails.bench import Bench

NAME, MAIL = "Agnès Thornurvik", "agnes.thornurvik@acme.example"
PERSON, SECRET = EntityType.PERSON, EntityType.SECRET
DECLARED = KnownValues.of_people([KnownPerson(RawText(NAME), RawText(MAIL))])

ENCODED = {
    "percent signs": quote(MAIL, safe=""),
    "a name in a link": f"https://x.example/?q={quote(NAME)}",
    "entities": MAIL.replace("@", "&#64;"),
    "named entities": html.escape(NAME).replace("è", "&egrave;"),
    "escapes": NAME.replace("è", "\\u00e8"),
    "bytes": MAIL.replace("@", "\\x40"),
    "quoted printable": NAME.replace("è", "=C3=A8"),
    "base64": base64.b64encode(MAIL.encode()).decode(),
    "base64 of more": base64.urlsafe_b64encode(f"user={NAME};".encode()).decode(),
    "base64 of UTF-16": base64.b64encode(NAME.encode("utf-16-le")).decode(),
    "hex": MAIL.encode().hex(),
    "zero width": f"{MAIL[:9]}\u200b{MAIL[9:]}",
    "full width": "".join(chr(ord(each) + 0xFEE0) for each in MAIL),
    "decomposed": "Agne\u0300s Thornurvik",
}


@pytest.mark.parametrize("written", ENCODED.values(), ids=ENCODED)
def test_a_known_value_is_masked_in_any_encoding_and_restored_as_it_stood(written: str) -> None:
    bench = Bench({})
    text = f"before {written} after"
    redacted = bench.redactor.redact(RawText(text), DECLARED).text
    said = redacted.reveal()
    assert not any(part in said for part in (written, quote("Thornurvik"), "hornurvik"))
    assert said.startswith("before ")
    assert said.endswith(" after")
    assert unwrap(bench.restorer.restore(redacted).text) == text


def test_what_detection_finds_only_when_an_encoding_is_undone_is_masked() -> None:
    bench = Bench({"Priya": PERSON, "hunter2": SECRET})
    inside = base64.b64encode(b"login Priya now").decode()
    hidden = b"pwd hunter2 x".hex()
    redacted = bench.redactor.redact(RawText(f"so {inside} and {hidden}")).text.reveal()
    assert redacted == "so <PERSON_1> and <SECRET>"


@pytest.mark.parametrize(
    "text",
    [
        "kube-prometheus-stack administrator",
        "sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "a=b and 50% of 20",
        "AT&T &unknown; x",
    ],
)
def test_ordinary_words_and_hashes_have_no_other_reading(text: str) -> None:
    assert list(views(text)) == []


@given(st.text())
def test_a_view_leads_back_into_the_text(text: str) -> None:
    for view in views(text):
        place = view.back(0, len(view.text))
        assert place is not None
        assert 0 <= place[0] < place[1] <= len(text)


def test_a_number_behind_an_equals_sign_is_no_quoted_printable() -> None:
    for text in ("GET /v2/keys?limit=50&after=x", "span_id=32b26325 retries=41"):
        assert not list(views(text))
