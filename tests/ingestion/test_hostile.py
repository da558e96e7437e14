"""Hostile files: each is read or refused with one clear reason, in bounded time."""

from __future__ import annotations

import io
import time
from pathlib import Path

import pytest
from fpdf import FPDF
from hypothesis import given, settings
from hypothesis import strategies as st

from ingestion.folders import Found
from ingestion.folders import read as read_file
from ingestion.ingest import ingest
from ingestion.loaders import READABLE, Unreadable
from ingestion.loaders.pdf_pages import MAX_PAGES
from ingestion.source import FileSource
from tests.fakes.desks import a_desk
from tests.ingestion.reading import read, reads_or_says_why, text_of

MUCH = 20_000
LONG_S = 30.0
"""Far more seconds than any file takes; files with quadratic parsing took minutes."""

TEXTS = sorted(READABLE - {".pdf"})  # a process for each PDF is too slow for many examples


@pytest.mark.parametrize("ending", TEXTS)
@settings(deadline=None, max_examples=30)
@given(st.data())
def test_any_bytes_are_read_or_refused(ending: str, data: st.DataObject) -> None:
    pieces = st.one_of(
        st.binary(max_size=60),
        st.sampled_from(
            [
                b"<!--",
                b"<div>",
                b"</p>",
                b"---\n",
                b"```",
                b"> ",
                b"[",
                b'{"title":',
                b",",
                b"\n",
                b'"',
            ]
        ),
    )
    reads_or_says_why(b"".join(data.draw(st.lists(pieces, max_size=30))), f"file{ending}")


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("nested.html", b"<div>" * MUCH + b"x" + b"</div>" * MUCH),
        ("never-closed.html", b"<ul><li>" * MUCH + b"x"),
        ("brackets.html", b"<" * MUCH * 10 + b"x"),
        ("comments.html", b"x" + b"<!--" * MUCH * 10),
        ("tags.html", b"x" + b"<a " * MUCH * 5),
        ("inline.html", b"x <b>y</b> " * MUCH * 2),
        ("tables.html", b"<table><tr><td>" * MUCH + b"x"),
        ("rows.html", b"<table>" + b"<tr><td rowspan=999 colspan=40>x" * MUCH),
        ("spans.html", b"<table><tr><td rowspan=999>" + b"x" * 900 + b"<tr><td>y<td>z" * MUCH),
        ("struck.html", b"<del><code>x" * MUCH + b"</code></del>" * MUCH),
        ("items.html", b"<ol><li><p>x</p>" * MUCH),
        ("fences.html", b"<pre>```x</pre>" * MUCH),
        ("capitals.txt", b"\nNO HEAT\n\n" * MUCH),
        ("rules.txt", b"x\n---\n\n" * MUCH),
        ("quotes.md", b">" * MUCH + b"x"),
        ("brackets.md", b"# " + b"[" * MUCH),
        ("templates.md", b"{{" * MUCH),
        ("line.txt", b"word " * MUCH * 50),
        ("front.md", b"---\ntags:\n" + b"- a\n" * MUCH + b"---\n\nx"),
        ("deep.json", b"[" * MUCH * 10),
        ("quote.csv", b'title,body\na,"' + b"x" * MUCH * 10),
        (
            "mails.mbox",
            b"".join(b"From a@b 2026\nSubject: x\n\nhi %d\n\n" % at for at in range(999)),
        ),
    ],
)
def test_what_repeats_without_end_takes_no_time_without_end(name: str, body: bytes) -> None:
    since = time.monotonic()
    reads_or_says_why(body, name)
    assert time.monotonic() - since < LONG_S


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_an_encoding_that_says_what_it_is_is_read(encoding: str) -> None:
    assert text_of(read("Grüße aus Łódź".encode(encoding), "a.txt")) == "Grüße aus Łódź"


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("Grüße".encode("latin-1"), "byte 3 is not UTF-8"),
        ("Grüße".encode("utf-16-le"), "binary"),
        ("Grüße".encode("utf-32-be"), "binary"),
    ],
)
def test_any_other_encoding_is_refused_with_what_to_do(body: bytes, why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        read(body, "a.txt")


def test_a_file_that_grows_while_it_is_read_is_never_read_beyond_the_limit(tmp_path: Path) -> None:
    path = tmp_path / "grows.txt"
    path.write_bytes(b"x" * 5000)
    with pytest.raises(Unreadable, match="larger than"):
        read_file(Found(path, 10, FileSource(path)), 1000)


def test_a_file_that_vanishes_between_the_look_and_the_read_keeps_its_last_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, path = a_desk(), tmp_path / "a.md"
    path.write_text("# A\n\nLower the MTU.\n")
    ingest(desk, tmp_path, progress=lambda _: None, max_bytes=1000)

    def gone(found: Found, limit: int) -> bytes:
        found.path.unlink()
        return read_file(found, limit)

    monkeypatch.setattr("ingestion.ingest.read", gone)
    report = ingest(desk, tmp_path, progress=lambda _: None, max_bytes=1000)
    assert [why for _, why, _ in report.skipped] == ["it cannot be opened (FileNotFoundError)"]
    assert len(desk.records.documents.documents()) == 1


def test_a_pdf_of_more_pages_than_a_document_has_is_refused() -> None:
    made = FPDF()
    for _ in range(MAX_PAGES + 1):
        made.add_page()
    body = io.BytesIO(bytes(made.output())).getvalue()
    with pytest.raises(Unreadable, match="pages"):
        read(body, "long.pdf")
