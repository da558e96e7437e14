"""Mail: subjects, new words apart from quoted ones, attachments named; any bytes bounded."""

from __future__ import annotations

from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardrails.text import unwrap
from ingestion.cited import place
from ingestion.loaders import Unreadable
from tests.ingestion.reading import read, reads_or_says_why, sections, text_of

REPLY = """\
Use the rear tray.

Kind regards,
Sam Whitlock
Service desk, ext. 4410

On Mon, 12 Oct 2026 at 08:14, Priya Raghunathan <priya@harbour.example>
wrote:

> The badge printer jams.
> Which tray?
"""


def test_the_subject_is_the_title_and_the_headers_are_there_to_be_redacted() -> None:
    loaded = read(bytes(_mail("Which tray?", "The second.")), "a.eml")
    assert unwrap(loaded.title) == "Which tray?"
    assert text_of(loaded) == (
        "From: Priya <priya@harbour.example>\nTo: desk@pellmoor.example\n"
        "Date: Mon, 12 Oct 2026 08:14:00 +0000\n\nThe second."
    )


def test_quoted_words_stand_apart_and_the_signature_is_left_out() -> None:
    (_, new, *_), (heading, quoted, *_) = sections(read(bytes(_mail("Re: tray", REPLY)), "a.eml"))
    assert new.endswith("Use the rear tray.")
    assert heading == "Quoted message"
    assert "The badge printer jams.\nWhich tray?" in quoted
    assert "4410" not in new + quoted


def test_attachments_are_named_as_not_read() -> None:
    message = _mail("Log", "See the log.")
    message.add_attachment(b"secret", maintype="application", subtype="zip", filename="log é.zip")
    message.add_attachment("a,b", subtype="csv", filename="list.csv")
    loaded = read(bytes(message), "a.eml")
    assert text_of(loaded).endswith(
        "Attachment, not read: log é.zip\nAttachment, not read: list.csv"
    )
    assert loaded.notes == ("2 attachments were not read",)
    assert "secret" not in text_of(loaded)


def test_of_two_alternatives_the_plain_one_is_read() -> None:
    message = _mail("Both", "plain words")
    message.add_alternative("<p>html words</p>", subtype="html")
    assert "html words" not in text_of(read(bytes(message), "a.eml"))


def test_a_message_in_html_only_is_read_without_its_markup() -> None:
    message = EmailMessage()
    message["Subject"] = "Html"
    message.set_content("<h2>Steps</h2><ul><li>One<li>Two</ul><style>x{}</style>", subtype="html")
    assert text_of(read(bytes(message), "a.eml")) == "Steps\n- One\n- Two"


@pytest.mark.parametrize(
    ("charset", "words"),
    [("iso-8859-1", "Grüße"), ("no-such-charset", "Grüße"), ("utf-8", "Grüße")],
)
def test_a_wrong_or_unknown_charset_still_gives_the_words(charset: str, words: str) -> None:
    head = f"Subject: Hi\nContent-Type: text/plain; charset={charset}\n\n"
    body = words.encode("latin-1" if charset == "iso-8859-1" else "utf-8")
    assert text_of(read(head.encode() + body, "a.eml")) == words


def test_a_mailbox_cites_messages_and_says_nothing_twice() -> None:
    first = bytes(_mail("Badge printer", "The badge printer jams.\nWhich tray?"))
    second = bytes(_mail("RE: Badge printer", REPLY))
    body = b"".join(
        b"From x@y Mon Oct 12 08:14:00 2026\n" + each + b"\n\n" for each in (first, second)
    )
    loaded = read(body, "desk.mbox")
    (one, text, first_line, _), (two, answer, line, last) = sections(loaded)
    assert (one, two, first_line) == ("Badge printer", "Badge printer", 1)
    assert text.endswith("The badge printer jams.\nWhich tray?")
    assert answer.endswith("Use the rear tray.")
    assert place("kb/desk.mbox", line, last) == "message 2"


@pytest.mark.parametrize("name", ["a.eml", "a.mbox"])
@pytest.mark.parametrize("body", [b"hello\nthere", b"\x00\xff" * 50, b"Subject: only a head\n\n"])
def test_what_is_no_mail_is_refused_with_what_to_do(name: str, body: bytes) -> None:
    with pytest.raises(Unreadable, match=r"\.eml|no text"):
        read(body, name)


def test_parts_within_parts_without_end_are_refused() -> None:
    deep = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(3000)
    )
    with pytest.raises(Unreadable):
        read(b"Subject: deep\n" + deep, "deep.eml")


@settings(deadline=None)
@given(st.binary(max_size=400), st.sampled_from(["a.eml", "a.mbox"]), st.integers(0, 900))
def test_any_bytes_are_read_or_refused(noise: bytes, name: str, at: int) -> None:
    whole = b"From x@y Mon Oct 12 08:14:00 2026\n" * (name == "a.mbox") + bytes(
        _mail("Re: x", REPLY)
    )
    reads_or_says_why(noise, name)
    reads_or_says_why(whole[:at] + noise + whole[at:], name)
    reads_or_says_why(whole[:at], name)


def _mail(subject: str, body: str) -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Priya <priya@harbour.example>"
    message["To"] = "desk@pellmoor.example"
    message["Subject"] = subject
    message["Date"] = "Mon, 12 Oct 2026 08:14:00 +0000"
    message.set_content(body)
    return message


def _alternatives(*parts: tuple[str, str]) -> bytes:
    found = "".join(f"--b\r\nContent-Type: {kind}\r\n\r\n{text}\r\n" for kind, text in parts)
    head = 'Subject: Pairing\r\nContent-Type: multipart/alternative; boundary="b"\r\n\r\n'
    return f"{head}{found}--b--\r\n".encode()


@pytest.mark.parametrize(
    "parts",
    [
        [("text/plain", " "), ("text/html", "<p>Hold Menu.</p>")],
        [("text/html", "<p>Hold Menu.</p>"), ("text/plain", "\r\n")],
        [("text/plain", ""), ("text/html", "<p>Hold Menu.</p>"), ("text/calendar", "BEGIN:X")],
        [("text/calendar", "BEGIN:VCALENDAR"), ("text/html", "<p>Hold Menu.</p>")],
        [("text/plain", "Hold Menu."), ("text/html", "<p>Press the other key.</p>")],
        [
            ("text/plain", " "),
            (
                'multipart/related; boundary="c"',
                "--c\r\nContent-Type: text/html\r\n\r\n<p>Hold Menu.</p>\r\n--c--",
            ),
        ],
    ],
)
def test_of_alternatives_the_plainest_with_words_is_read(parts: list[tuple[str, str]]) -> None:
    text = "\n".join(each[1] for each in sections(read(_alternatives(*parts), "m.eml")))
    assert "Hold Menu." in text
    assert "other key" not in text
    assert "BEGIN" not in text
