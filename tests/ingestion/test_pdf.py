"""PDFs: headings, tables, columns and pages; unreadable files are refused with a reason."""

from __future__ import annotations

import io
import zlib

import pytest
from fpdf import FPDF
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from assistant.model import Audience
from guardrails.text import unwrap
from ingestion.cited import place
from ingestion.loaders import Unreadable
from tests.ingestion.reading import read, reads_or_says_why, sections, text_of

FOX = "The quick brown fox jumps over the lazy dog while the printer waits for its paper tray. "


def test_larger_and_bolder_lines_are_headings_and_the_largest_is_the_title() -> None:
    pdf = _pdf()
    _line(pdf, "Badge printer", size=22)
    _line(pdf, "Paper jams", size=16)
    _text(pdf, FOX * 3)
    _line(pdf, "Rear tray", style="B")
    _text(pdf, "Open the flap and pull. " * 6)
    loaded = read(_bytes(pdf), "guide.pdf")
    assert unwrap(loaded.title) == "Badge printer"
    assert [heading for heading, *_ in sections(loaded)] == ["Paper jams", "Paper jams › Rear tray"]


def test_a_paragraph_that_the_width_had_broken_is_one_line_again() -> None:
    pdf = _pdf()
    _line(pdf, "Jams", size=18)
    _text(pdf, FOX * 3)
    _text(pdf, "A second paragraph.")
    (_, text, _, _), *_ = sections(read(_bytes(pdf), "a.pdf"))
    assert text == f"{(FOX * 3).strip()}\n\nA second paragraph."


def test_a_citation_names_the_page() -> None:
    pdf = _pdf()
    _line(pdf, "Manual", size=22)
    _text(pdf, FOX)
    pdf.add_page()
    _line(pdf, "Cleaning", size=16)
    _text(pdf, FOX)
    _, (heading, _, first, last) = sections(read(_bytes(pdf), "a.pdf"))
    assert (heading, place("kb/a.pdf", first, last)) == ("Cleaning", "page 2")


def test_a_section_that_runs_over_pages_knows_both() -> None:
    pdf = _pdf()
    _line(pdf, "Manual", size=22)
    _text(pdf, "On the first page.")
    pdf.add_page()
    _text(pdf, "On the second page.")
    ((_, text, first, last),) = sections(read(_bytes(pdf), "a.pdf"))
    assert "first page.\n" in text
    assert place("a.pdf", first, last) == "pages 1–2"


def test_a_table_keeps_its_rows_and_cells() -> None:
    pdf = _pdf()
    _line(pdf, "Codes", size=18)
    with pdf.table() as table:
        for cells in (("Code", "Meaning"), ("E-11", "paper jam"), ("E-12", "cover | open")):
            row = table.row()
            for cell in cells:
                row.cell(cell)
    _text(pdf, FOX)
    text = text_of(read(_bytes(pdf), "a.pdf"))
    assert (
        "| Code | Meaning |\n| --- | --- |\n| E-11 | paper jam |\n| E-12 | cover \\| open |" in text
    )
    assert text.index("E-12") < text.index("quick brown")


def test_two_columns_are_read_one_after_the_other() -> None:
    pdf = _pdf()
    for at in range(12):
        for x, side in ((15, "left"), (110, "right")):
            pdf.set_xy(x, 30 + 6 * at)
            pdf.cell(90, 6, f"{side} {at} lorem ipsum dolor sit amet consetetur")
    text = text_of(read(_bytes(pdf), "a.pdf"))
    assert text.index("left 11") < text.index("right 0")


def test_bullets_and_numbered_steps_stay_apart() -> None:
    pdf = _pdf()
    for line in ("Steps to take:", "1. Unplug it.", "2. Wait.", "- or call us", "- or write"):
        _text(pdf, line)
    text = text_of(read(_bytes(pdf), "a.pdf"))
    assert "1. Unplug it.\n2. Wait." in text
    assert "- or call us\n- or write" in text


def test_running_heads_and_page_numbers_are_left_out() -> None:
    pdf = _pdf()
    for page in range(1, 5):
        if page > 1:
            pdf.add_page()
        _text(pdf, "Acme confidential manual")
        _text(pdf, f"{FOX} This is what page {'abcde'[page]} says.")
        _text(pdf, f"Page {page} of 4")
    text = text_of(read(_bytes(pdf), "a.pdf"))
    assert "confidential" not in text
    assert "of 4" not in text
    assert text.count("This is what page") == 4


def test_a_running_foot_that_says_internal_closes_the_document() -> None:
    pdf = _pdf()
    for page in range(1, 5):
        if page > 1:
            pdf.add_page()
        _text(pdf, f"{FOX} This is what page {'abcde'[page]} says.")
        _text(pdf, "Acme manual - Internal")
    loaded = read(_bytes(pdf), "a.pdf")
    assert loaded.labels.audience is Audience.AGENT
    assert "Internal" not in text_of(loaded)


def test_pictures_are_said_to_be_not_read() -> None:
    pdf = _pdf()
    _text(pdf, FOX)
    pdf.image(Image.new("RGB", (40, 40), "red"))
    assert read(_bytes(pdf), "a.pdf").notes == ("1 pictures were not read",)


def test_a_page_that_is_a_picture_is_named() -> None:
    pdf = _pdf()
    _text(pdf, FOX)
    pdf.add_page()
    pdf.image(Image.new("RGB", (40, 40), "red"), w=150)
    assert read(_bytes(pdf), "a.pdf").notes == ("pages without text were not read: 2",)


def test_a_scan_is_refused_with_what_to_do() -> None:
    pdf = _pdf()
    pdf.image(Image.new("RGB", (40, 40), "red"), w=150)
    with pytest.raises(Unreadable, match="text recognition"):
        read(_bytes(pdf), "scan.pdf")


def test_a_password_is_named_as_the_reason() -> None:
    pdf = _pdf()
    _text(pdf, FOX)
    pdf.set_encryption(owner_password="owner", user_password="secret")
    with pytest.raises(Unreadable, match="password"):
        read(_bytes(pdf), "locked.pdf")


def test_a_file_that_anyone_may_open_is_read_though_its_owner_locked_editing() -> None:
    pdf = _pdf()
    _text(pdf, FOX)
    pdf.set_encryption(owner_password="owner", user_password="")
    assert "quick brown" in text_of(read(_bytes(pdf), "a.pdf"))


@pytest.mark.parametrize("body", [b"%PDF-1.7\n", b"%PDF-1.7\nnothing here", b"hello", b"\x00" * 99])
def test_a_broken_file_is_refused_with_what_to_do(body: bytes) -> None:
    with pytest.raises(Unreadable, match=r"broken|no text|print it"):
        read(body, "broken.pdf")


def test_an_empty_page_is_no_document() -> None:
    with pytest.raises(Unreadable, match="no text"):
        read(_bytes(_pdf()), "empty.pdf")


def test_a_stream_that_unpacks_to_gigabytes_is_refused() -> None:
    packer = zlib.compressobj(9)
    block = packer.compress(bytes(50_000_000)) + packer.flush(zlib.Z_FULL_FLUSH)
    bomb = block[:2] + block[2:] * 80
    body = _objects(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>",
        b"<</Length %d/Filter/FlateDecode>>stream\n%b\nendstream" % (len(bomb), bomb),
    )
    with pytest.raises(Unreadable):
        read(body, "bomb.pdf")


def test_a_form_that_draws_itself_does_not_hang() -> None:
    drawn = b"/A Do /A Do"
    body = _objects(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R"
        b"/Resources<</XObject<</A 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%b\nendstream" % (len(drawn), drawn),
        b"<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</A 5 0 R>>>>"
        b"/Length %d>>stream\n%b\nendstream" % (len(drawn), drawn),
    )
    reads_or_says_why(body, "loop.pdf")


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_a_damaged_file_is_read_or_refused(data: st.DataObject) -> None:
    pdf = _pdf()
    _line(pdf, "Manual", size=22)
    _text(pdf, FOX)
    body = bytearray(_bytes(pdf))
    for at in data.draw(st.lists(st.integers(0, len(body) - 1), max_size=20)):
        body[at] = data.draw(st.integers(0, 255))
    reads_or_says_why(bytes(body[: data.draw(st.integers(0, len(body)))]), "damaged.pdf")


def _pdf() -> FPDF:
    pdf = FPDF()
    pdf.set_font("helvetica", size=11)
    pdf.add_page()
    return pdf


def _line(pdf: FPDF, text: str, *, size: float = 11, style: str = "") -> None:
    pdf.ln(4)
    pdf.set_font("helvetica", style=style, size=size)  # pyright: ignore[reportArgumentType] - a set of literals
    pdf.cell(0, 8, text, new_x="LMARGIN", new_y="NEXT")
    pdf.set_font("helvetica", size=11)
    pdf.ln(2)


def _text(pdf: FPDF, text: str) -> None:
    pdf.multi_cell(0, 5, text, align="L", new_x="LMARGIN", new_y="NEXT")
    pdf.ln(4)


def _bytes(pdf: FPDF) -> bytes:
    return bytes(pdf.output())


def _objects(*objects: bytes) -> bytes:
    out = io.BytesIO(b"%PDF-1.4\n")
    out.seek(0, io.SEEK_END)
    places: list[int] = []
    for number, body in enumerate(objects, start=1):
        places.append(out.tell())
        out.write(b"%d 0 obj%b endobj\n" % (number, body))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    for at in places:
        out.write(b"%010d 00000 n \n" % at)
    out.write(b"trailer<</Size %d/Root 1 0 R>>startxref\n%d\n%%%%EOF" % (len(objects) + 1, start))
    return out.getvalue()
