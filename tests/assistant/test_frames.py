"""Replies go out in the ticket's language, in the tenant's words, and greet only persons."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from assistant.desk import Desk
from assistant.errors import BadInput, Refused
from assistant.flows.draft import draft_reply
from assistant.flows.frames import frames, reset_frame, set_frame
from assistant.frames import FIELDS, Frame, FrameBook, languages, shipped
from assistant.writers.extractive import ExtractiveWriter
from guardrails import RawText
from tests.fakes.desks import a_desk
from tests.fakes.plain import redacted
from tests.fakes.tickets import import_tickets

ASKED = {
    "en": ("The label printer prints nothing since this morning.", "Hello <PERSON_1>,"),
    "de": ("Der Etikettendrucker druckt seit heute nichts mehr.", "Guten Tag <PERSON_1>,"),
    "fr": ("L'imprimante n'imprime plus depuis ce matin.", "Bonjour <PERSON_1>,"),
    "es": ("La impresora no imprime desde esta mañana.", "Buenos días, <PERSON_1>:"),
    "it": ("La stampante non stampa più da questa mattina.", "Gentile <PERSON_1>,"),
    "nl": ("De printer doet het sinds vanmorgen niet meer.", "Beste <PERSON_1>,"),
    "pt": ("A impressora não imprime desde esta manhã.", "Bom dia, <PERSON_1>,"),
}


@pytest.fixture
def desk() -> Desk:
    made = a_desk("Tom")
    book = FrameBook(made.records.frames.all)
    writer = ExtractiveWriter(book)
    return replace(made, frames=book, writer=writer, fallback_writer=writer)


def reply(desk: Desk, text: str, name: str = "Priya Raghunathan") -> tuple[str, tuple[str, ...]]:
    ticket = {
        "id": "HD-1",
        "subject": "812",
        "requester": {"name": name},
        "turns": [{"author": name, "text": text}],
    }
    import_tickets(desk, RawText(json.dumps(ticket)), "t.jsonl")
    written = draft_reply(desk, "HD-1").written
    return written.body.reveal(), written.notes


def test_every_language_has_every_frame_with_its_fields() -> None:
    for code in languages():
        for frame in Frame:
            words = shipped(code, frame)
            assert words
            assert all(f"${field}" in words.reveal() for field in FIELDS[frame])
    assert shipped("pl", Frame.GREETING) is None


@pytest.mark.parametrize("code", ASKED)
def test_a_reply_is_in_the_language_of_its_ticket(desk: Desk, code: str) -> None:
    text, greeting = ASKED[code]
    body, notes = reply(desk, text)
    assert set(ASKED) == set(languages())
    assert body.startswith(greeting)
    assert not any("The ticket is in" in note for note in notes)


def test_a_language_without_frames_is_answered_in_english_and_told(desk: Desk) -> None:
    body, notes = reply(desk, "Dzień dobry, drukarka nie działa od wczoraj, proszę o pomoc.")
    assert body.startswith("Hello <PERSON_1>,")
    assert any("in Polish, which has no frames" in note for note in notes)


def test_lines_quoted_in_another_language_are_told() -> None:
    german = FrameBook().of("de")
    assert german.notes(redacted("Switch the printer off and on again.")) == (
        "The ticket is in German, and what is quoted is in English.",
    )
    assert german.notes(redacted("Schalten Sie den Drucker bitte aus und wieder ein.")) == ()
    assert german.notes(redacted("`sc stop Spooler`")) == ()


@pytest.mark.parametrize(
    "name", ["Caller +44 20 7946 0958", "Accounts Payable", "info@harbour.example", "Tom GmbH", ""]
)
def test_a_greeting_never_names_a_telephone_a_mailbox_or_a_company(desk: Desk, name: str) -> None:
    for text, greeting in ASKED.values():
        body, _ = reply(desk, text, name)
        assert "<PERSON" not in body.splitlines()[0]
        assert body.splitlines()[0] != greeting


def test_a_tenant_s_own_words_are_used_and_can_be_taken_back(desk: Desk) -> None:
    text, _ = ASKED["de"]
    set_frame(desk, "rita", "de", Frame.GREETING, RawText("Liebe/r $name,"))
    set_frame(desk, "rita", "de", Frame.HOLD, RawText("Zu „$subject“ melden wir uns."))
    assert reply(desk, text)[0] == "Liebe/r <PERSON_1>,\n\nZu „812“ melden wir uns."
    assert sum(each.own for each in frames(desk)) == 2
    reset_frame(desk, "rita", "de", Frame.GREETING)
    assert reply(desk, text)[0].startswith("Guten Tag <PERSON_1>,")
    assert [row.kind for row in desk.ledger.rows() if row.kind.startswith("frame.")] == [
        "frame.set",
        "frame.set",
        "frame.reset",
    ]
    with pytest.raises(BadInput):
        reset_frame(desk, "rita", "de", Frame.GREETING)


def test_a_tenant_adds_a_language_by_giving_all_its_frames(desk: Desk) -> None:
    text = "Dzień dobry, drukarka nie działa od wczoraj, proszę o pomoc."
    for frame in Frame:
        assert reply(desk, text)[0].startswith("Hello")
        fields = "".join(f" ${field}" for field in FIELDS[frame])
        set_frame(desk, "rita", "pl", frame, RawText(f"Dzień dobry{fields}"))
    body, notes = reply(desk, text)
    assert body.startswith("Dzień dobry <PERSON_1>")
    assert not any("Polish" in note for note in notes)


@pytest.mark.parametrize(
    ("frame", "text", "error"),
    [
        (Frame.CLOSE, "Ask Tom if this did not help.", Refused),
        (Frame.CLOSE, "Write to <PERSON_1>.", Refused),
        (Frame.CLOSE, "Dear $name", BadInput),
        (Frame.CLOSE, "It costs $5", BadInput),
        (Frame.GREETING, "Hello,", BadInput),
        (Frame.LEAD, "About $body", BadInput),
        (Frame.LEAD, "", BadInput),
        (Frame.LEAD, "x" * 1_001, BadInput),
    ],
)
def test_a_frame_holds_no_identity_and_only_its_fields(
    desk: Desk, frame: Frame, text: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        set_frame(desk, "rita", "en", frame, RawText(text))
    with pytest.raises(BadInput):
        set_frame(desk, "rita", "xx", Frame.CLOSE, RawText("Bye"))
    assert not desk.records.frames.all()
