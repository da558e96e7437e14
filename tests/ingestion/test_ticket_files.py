"""Ticket files: vendors' formats, HTML, attachments, size, and hostile content."""

from __future__ import annotations

import io
import json
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.errors import BadInput
from assistant.model import RawTicket, TurnRole
from guardrails import RawText
from guardrails.text import unwrap
from ingestion.source import FileSource, Source, Upload
from ingestion.tickets import import_tickets, read_tickets, references
from tests.fakes.desks import a_desk

CASES = Path(__file__).resolve().parents[3] / "shared" / "cases" / "tickets"
cases = pytest.mark.skipif(not CASES.is_dir(), reason="the shared cases are not here")

HTML = """\
<html><head><style>p { color: red }</style></head><body><p>Dear desk,</p>
<ul><li>tray one jams<li>tray two <a href="https://kb.example/t2">beeps</a></ul>
<table><tr><th>tray</th><th>code</th></tr><tr><td>1</td><td>E5</td></tr></table>
<img src="data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAA">
<script>alert(1)</script></body></html>"""
WORDS = """\
Dear desk,

- tray one jams
- tray two beeps (https://kb.example/t2)

tray | code
1 | E5"""
ZENDESK: dict[str, Any] = {
    "id": 1,
    "subject": "Tray",
    "requester_id": 5,
    "submitter_id": 5,
    "created_at": "2026-10-01T08:00:00Z",
}
FRESHDESK: dict[str, Any] = {
    "id": 1,
    "subject": "Tray",
    "requester_id": 5,
    "responder_id": 9,
    "description_text": "It jams.",
}


def read(*tickets: object) -> list[RawTicket]:
    body = "\n".join(map(json.dumps, tickets)).encode()
    return list(read_tickets(Upload("f", body)))


def turns(ticket: dict[str, Any]) -> list[str]:
    (found,) = read(ticket)
    return [unwrap(turn.text) for turn in found.turns]


RICH: list[dict[str, Any]] = [
    ZENDESK | {"comments": [{"author_id": 5, "html_body": HTML}]},
    ZENDESK | {"comments": [{"author_id": 5, "html_body": HTML, "plain_body": "Dear desk"}]},
    ZENDESK | {"comments": [], "description": HTML},
    FRESHDESK | {"description": HTML},
    FRESHDESK | {"description_text": None, "description": HTML},
    {"id": 1, "turns": [{"text": HTML}]},
]


@pytest.mark.parametrize("ticket", RICH)
def test_html_keeps_lists_tables_and_links_and_loses_styles_and_inline_files(
    ticket: dict[str, Any],
) -> None:
    assert turns(ticket) == [WORDS]


def test_html_in_a_table_of_tickets_is_read_too() -> None:
    body = b'id,text\n1,"<p>It <b>jams</b>.</p><p>Again</p>"\n'
    (found,) = read_tickets(Upload("f", body))
    assert [unwrap(turn.text) for turn in found.turns] == ["It jams.\n\nAgain"]


def test_an_inline_file_in_plain_text_is_left_out() -> None:
    text = "See\n![](data:image/png;base64," + "iVBORw0KGgo" * 500 + ")\nthanks"
    assert turns({"id": 1, "turns": [{"text": text}]}) == ["See\n![]([file, not read])\nthanks"]


def test_words_that_only_mention_a_tag_are_kept_as_they_are() -> None:
    text = "Use <br> between the lines, and a < b."
    assert turns({"id": 1, "turns": [{"text": text}]}) == [text]


def test_what_html_quotes_is_recognised_when_the_earlier_message_is_there() -> None:
    reply = (
        "<div>Use the rear tray.</div><div class='gmail_quote'><div>On Mon, 12 Oct 2026 at 08:14, "
        "Priya &lt;p@x.example&gt; wrote:<br></div><blockquote><div>It jams.</div>"
        "<div>Which tray?</div></blockquote></div>"
    )
    comments = [
        {"author_id": 5, "body": "It jams.\nWhich tray?"},
        {"author_id": 9, "html_body": reply},
    ]
    desk = a_desk()
    import_tickets(desk, Upload("f", json.dumps(ZENDESK | {"comments": comments}).encode()))
    ticket = desk.records.tickets.get("1")
    assert ticket is not None
    assert ticket.turns[1].text.reveal() == "Use the rear tray.\n\n[quoted from above]"


def test_a_quotation_is_recognised_although_its_head_is_masked() -> None:
    desk = a_desk("Priya wrote", "Which tray?\n\nPriya")
    first = "It jams.\nWhich tray?\n\nPriya"
    reply = "Rear.\n\nOn 12.10.2026 08:14 Priya wrote:\n> It jams.\n> Which tray?"
    given = {"id": 1, "turns": [{"text": first}, {"text": reply, "role": "agent"}]}
    import_tickets(desk, Upload("f", json.dumps(given).encode()))
    ticket = desk.records.tickets.get("1")
    assert ticket is not None
    assert ticket.turns[1].text.reveal() == "Rear.\n\n[quoted from above]"
    raw = desk.records.tickets.raw("1")
    assert raw is not None
    assert unwrap(raw.turns[1].text) == reply


@pytest.mark.parametrize(
    "ticket",
    [
        ZENDESK
        | {"comments": [{"author_id": 5, "body": "", "attachments": [{"file_name": "tray.png"}]}]},
        FRESHDESK | {"description_text": "", "attachments": [{"name": "tray.png"}]},
        {"id": 1, "turns": [{"attachments": ["tray.png"]}]},
    ],
)
def test_a_message_of_attachments_alone_stays_with_their_names(ticket: dict[str, Any]) -> None:
    assert turns(ticket) == ["Attachment, not read: tray.png"]


def test_a_message_that_is_only_a_picture_stays() -> None:
    comments = [{"author_id": 5, "html_body": '<p><img src="https://x.example/a.png"></p>'}]
    assert turns(ZENDESK | {"comments": comments}) == ["[picture, not read]"]


def test_private_notes_stay_internal_with_their_attachments() -> None:
    comments = [{"author_id": 9, "public": False, "attachments": [{"file_name": "log.txt"}]}]
    assert turns(ZENDESK | {"comments": comments}) == ["Attachment, not read: log.txt"]


def test_people_beside_tickets_are_known_wherever_they_are_in_the_file() -> None:
    comments = [{"author_id": 5, "body": "It jams."}, {"author_id": 6, "body": "Same here."}]
    users = [{"id": 5, "name": "Priya Ray"}, {"id": 6, "name": "Ola Berg", "role": "end-user"}]
    ticket = ZENDESK | {"comments": comments}
    pages: list[list[object]] = [
        [{"tickets": [ticket], "users": users}],
        [{"users": users, "tickets": [ticket]}],
        [{"tickets": [ticket]}, {"tickets": [], "users": users}],
    ]
    for page in pages:
        (found,) = read(*page)
        assert [unwrap(turn.author) for turn in found.turns] == ["Priya Ray", "Ola Berg"]
        assert {turn.role for turn in found.turns} == {TurnRole.REQUESTER}


def test_the_newer_of_two_counts_wherever_it_is() -> None:
    old = ZENDESK | {"description": "old", "updated_at": "2026-10-01T09:00:00Z"}
    new = ZENDESK | {"description": "new", "updated_at": "2026-10-01T10:00:00Z"}
    for pages in ([old, new], [new, old], [{"tickets": [new, old]}]):
        (found,) = read(*pages)
        assert [unwrap(turn.text) for turn in found.turns] == ["new"]


def test_a_ticket_that_was_deleted_later_is_left_out() -> None:
    old = ZENDESK | {"description": "old", "updated_at": "2026-10-01T09:00:00Z"}
    gone = old | {"status": "deleted", "updated_at": "2026-10-01T10:00:00Z"}
    assert read(old, gone) == read(gone, old) == []
    assert len(read(gone, old | {"updated_at": "2026-10-02T00:00:00Z"})) == 1


def test_an_object_with_users_and_no_list_of_tickets_is_read_as_a_ticket() -> None:
    assert turns({"id": 1, "users": [{"id": 3}], "turns": [{"text": "It jams."}]}) == ["It jams."]
    with pytest.raises(BadInput, match="“id” is missing"):
        read({"users": [{"id": 3}], "next_page": None})


@cases
def test_a_ticket_that_is_twice_in_an_incremental_export_is_imported_once_as_it_is_now() -> None:
    desk = a_desk()
    source = FileSource(CASES / "z1_incremental_twice.jsonl")
    done = import_tickets(desk, source)
    assert (done.new, references(source)) == (2, ["1001", "1002"])
    raw = desk.records.tickets.raw("1001")
    assert raw is not None
    assert [unwrap(turn.text) for turn in raw.turns][1:] == ["Which client version?"]
    assert import_tickets(desk, source).unchanged == 2


@cases
def test_every_shared_case_is_read() -> None:
    for path in sorted(CASES.iterdir()):
        assert list(read_tickets(FileSource(path))), path.name


class Generated:
    """A file of ``count`` tickets that is generated while it is read."""

    def __init__(self, count: int, *, page: bool) -> None:
        self.count = count
        self.page = page
        self.opened = 0
        self.name = "generated.json"

    def open(self) -> BinaryIO:
        self.opened += 1
        return cast("BinaryIO", _Reader(self._pieces()))

    def _pieces(self) -> Iterator[bytes]:
        if self.page:
            yield b'{"tickets": ['
        for at in range(self.count):
            ticket = ZENDESK | {"id": at, "comments": [{"author_id": 5, "body": "jam " * 5_000}]}
            after = b"\n" if not self.page else b"" if at == self.count - 1 else b","
            yield json.dumps(ticket).encode() + after
        if self.page:
            yield b'], "users": [{"id": 5, "name": "Priya Ray"}]}'


class _Reader(io.RawIOBase):
    def __init__(self, pieces: Iterator[bytes]) -> None:
        super().__init__()
        self._pieces = pieces
        self._held = bytearray()

    def read(self, size: int = -1) -> bytes:
        while len(self._held) < size and (piece := next(self._pieces, b"")):
            self._held += piece
        given = bytes(self._held[:size])
        del self._held[:size]
        return given


@pytest.mark.parametrize("page", [False, True])
def test_a_file_of_any_length_takes_the_memory_of_one_ticket(page: bool) -> None:
    source = Generated(400, page=page)  # eight megabytes
    tracemalloc.start()
    try:
        found = sum(1 for ticket in read_tickets(source) if ticket.people)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert found == (400 if page else 0)
    assert peak < 3_000_000


def test_a_file_that_changes_while_it_is_read_is_refused() -> None:
    class Changing:
        name = "f"
        opened = 0

        def open(self) -> BinaryIO:
            self.opened += 1
            return io.BytesIO(b'{"id": 1}' if self.opened < 4 else b'{"id": 2}')

    with pytest.raises(BadInput, match="changed while it was read"):
        list(read_tickets(Changing()))


def test_nothing_is_kept_unless_the_whole_file_can_be_read() -> None:
    desk = a_desk()
    with pytest.raises(BadInput, match="line 2"):
        import_tickets(desk, Upload("f", b'{"id": 1}\n{"id": 2'))
    assert desk.records.tickets.list() == []


def test_an_import_says_how_far_it_is() -> None:
    steps: list[tuple[str, int, int | None]] = []
    body = b"".join(b'{"id": %d}\n' % at for at in range(250))

    def progress(what: str, done: int, total: int | None) -> None:
        steps.append((what, done, total))

    import_tickets(a_desk(), Upload("f", body), progress=progress)
    assert steps[:3] == [("checking", 0, None), ("checking", 100, None), ("checking", 200, None)]
    assert steps[-1] == ("redacting", 249, 250)


def test_a_file_that_is_not_there_is_named() -> None:
    with pytest.raises(BadInput, match=r"none\.json cannot be read: No such file"):
        references(FileSource(Path("none.json")))


KEYS = (
    "id subject status priority comments comment requester requester_id author_id body html_body "
    "plain_body public conversations helpdesk_ticket notes body_text turns text tickets users "
    "cc_emails created_at updated_at ticket attachments description via source from"
).split()
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.just("Priya Raghunathan") | st.just("<p>a"),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=5)
    ),
    max_leaves=14,
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=6), max_size=3))
def test_no_complaint_about_a_ticket_holds_a_value_of_it(tickets: list[dict[str, object]]) -> None:
    said = _complaint(Upload("f", "\n".join(map(json.dumps, tickets)).encode()))
    assert "Priya" not in said
    assert said[:1] in ("f", "")


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=200) | st.text(alphabet='{}[]":,\\ud8 \n\x00', max_size=200).map(str.encode)
)
def test_any_bytes_are_tickets_or_a_clear_complaint(body: bytes) -> None:
    assert _complaint(Upload("f", body))[:1] in ("f", "")


def _complaint(source: Source) -> str:
    try:
        found = list(read_tickets(source))
    except BadInput as error:
        return f"{error} {error!r}"
    assert all(isinstance(ticket.subject, RawText) for ticket in found)
    return ""
