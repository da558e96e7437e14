"""Word documents: headings, lists, tables and forms; bombs and broken ones are refused."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from assistant.model import Audience
from guardrails.text import unwrap
from ingestion.cited import place
from ingestion.loaders import Unreadable
from tests.ingestion.reading import read, reads_or_says_why, sections, text_of


def test_headings_by_style_make_sections_and_the_title_is_styled_so() -> None:
    document = docx.Document()
    document.add_heading("Badge printer", 0)
    document.add_heading("Paper jams", 1)
    document.add_paragraph("Open the flap.")
    document.add_heading("Rear tray", 2)
    document.add_paragraph("Pull gently.")
    document.add_heading("Toner", 1)
    document.add_paragraph("Shake it.")
    loaded = read(_bytes(document), "a.docx")
    assert unwrap(loaded.title) == "Badge printer"
    assert [(heading, text) for heading, text, *_ in sections(loaded)] == [
        ("Paper jams", "Open the flap."),
        ("Paper jams › Rear tray", "Pull gently."),
        ("Toner", "Shake it."),
    ]


def test_a_citation_names_the_paragraph() -> None:
    document = docx.Document()
    for text in ("One.", "", "Two."):
        document.add_paragraph(text)
    ((_, _, first, last),) = sections(read(_bytes(document), "a.docx"))
    assert place("kb/a.docx", first, last) == "paragraphs 1–2"


@pytest.mark.parametrize("part", ["header", "footer", "first_page_header"])
def test_a_header_or_footer_that_says_internal_closes_the_document(part: str) -> None:
    document = docx.Document()
    document.add_paragraph("Open the flap.")
    assert read(_bytes(document), "a.docx").labels.audience is None
    document.sections[0].different_first_page_header_footer = True
    getattr(document.sections[0], part).paragraphs[0].text = "Internal use only"
    loaded = read(_bytes(document), "a.docx")
    assert loaded.labels.audience is Audience.AGENT
    assert text_of(loaded) == "Open the flap."


def test_lists_keep_their_marks() -> None:
    document = docx.Document()
    document.add_paragraph("Do this:")
    document.add_paragraph("unplug it", style="List Number")
    document.add_paragraph("wait", style="List Number")
    document.add_paragraph("or call", style="List Bullet")
    text = text_of(read(_bytes(document), "a.docx"))
    assert text == "Do this:\n\n1. unplug it\n2. wait\n- or call"


def test_a_table_keeps_its_rows_and_cells() -> None:
    document = docx.Document()
    document.add_paragraph("Codes:")
    table = document.add_table(rows=0, cols=3)
    for cells in (("Code", "Meaning", "Who"), ("E-11", "jam", "desk"), ("E-12", "cover", "a|b")):
        row = table.add_row()
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    table.cell(1, 2).merge(table.cell(2, 2))
    document.add_paragraph("After.")
    assert text_of(read(_bytes(document), "a.docx")) == (
        "Codes:\n\n| Code | Meaning | Who |\n| --- | --- | --- |\n"
        "| E-11 | jam | desk a\\|b |\n| E-12 | cover |  |\n\nAfter."
    )


def test_a_document_without_styles_has_its_short_bold_lines_for_headings() -> None:
    document = docx.Document()
    for text, bold in (
        ("Jams", True),
        ("Open the flap.", False),
        ("Toner", True),
        ("Shake.", False),
    ):
        document.add_paragraph().add_run(text).bold = bold
    assert [heading for heading, *_ in sections(read(_bytes(document), "a.docx"))] == [
        "",
        "Toner",
    ]


def test_what_was_deleted_under_tracked_changes_is_gone_and_what_was_inserted_is_there() -> None:
    document = docx.Document()
    _append(
        document,
        "<w:p {w}><w:r><w:t>Call </w:t></w:r><w:del w:id='1'><w:r><w:delText>Bob</w:delText></w:r>"
        "</w:del><w:ins w:id='2'><w:r><w:t>the desk</w:t></w:r></w:ins></w:p>",
    )
    assert text_of(read(_bytes(document), "a.docx")) == "Call the desk"


def test_content_controls_text_boxes_and_ticks_are_read() -> None:
    document = docx.Document()
    words = "<w:p {w}><w:r>%s<w:t>%s</w:t></w:r></w:p>"
    inner = words.replace(" {w}", "")
    control = inner % ("", "In a control")
    _append(document, f"<w:sdt {{w}}><w:sdtContent>{control}</w:sdtContent></w:sdt>")
    tick = "<w:ffData><w:checkBox><w:default w:val='0'/><w:checked/></w:checkBox></w:ffData>"
    _append(document, words % (f"<w:fldChar w:fldCharType='begin'>{tick}</w:fldChar>", "agreed"))
    box = f"<w:pict><w:txbxContent>{inner % ('', 'Boxed')}</w:txbxContent></w:pict>"
    _append(document, words % (box, ""))
    text = text_of(read(_bytes(document), "a.docx"))
    assert text == "In a control\n\n[x] agreed\n\nBoxed"


def test_pictures_are_said_to_be_not_read() -> None:
    document = docx.Document()
    document.add_paragraph("See below.")
    picture = io.BytesIO()
    Image.new("RGB", (4, 4)).save(picture, "PNG")
    document.add_picture(picture)
    assert read(_bytes(document), "a.docx").notes == ("1 pictures were not read",)


def test_a_password_is_named_as_the_reason() -> None:
    with pytest.raises(Unreadable, match="password"):
        read(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "locked.docx")


@pytest.mark.parametrize("body", [b"hello", b"PK\x03\x04", b"PK\x05\x06" + b"\x00" * 18])
def test_a_broken_file_is_refused_with_what_to_do(body: bytes) -> None:
    with pytest.raises(Unreadable, match="save it again"):
        read(body, "broken.docx")


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    with pytest.raises(Unreadable, match="unpacks to far more"):
        read(_zipped(b"<a>" + b" " * 200_000_000 + b"</a>"), "bomb.docx")


def test_entities_that_multiply_are_refused() -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    bomb = f'<!DOCTYPE a [<!ENTITY l0 "ha">{laughs}]><a>&l11;</a>'
    with pytest.raises(Unreadable, match="unpacks to far more"):
        read(_zipped(bomb.encode()), "laughs.docx")


def test_deep_nesting_is_refused() -> None:
    deep = "<w:sdt><w:sdtContent>" * 50_000 + "</w:sdtContent></w:sdt>" * 50_000
    with pytest.raises(Unreadable, match="nested"):
        read(
            _zipped(f"<w:document {nsdecls('w')}><w:body>{deep}</w:body></w:document>".encode()),
            "a.docx",
        )


@settings(deadline=None)
@given(st.data())
def test_a_damaged_file_is_read_or_refused(data: st.DataObject) -> None:
    body = bytearray(WHOLE)
    for at in data.draw(st.lists(st.integers(0, len(body) - 1), max_size=20)):
        body[at] = data.draw(st.integers(0, 255))
    reads_or_says_why(bytes(body[: data.draw(st.integers(0, len(body)))]), "damaged.docx")


_TAGS = st.sampled_from("p r t tbl tr tc sdt sdtContent pPr numPr pStyle txbxContent br".split())


@settings(deadline=None)
@given(st.recursive(st.just("x"), lambda inner: st.tuples(_TAGS, st.lists(inner, max_size=4))))
def test_elements_in_any_order_are_read_or_refused(tree: Any) -> None:
    xml = f"<w:document {nsdecls('w')}><w:body>{_xml(tree)}</w:body></w:document>"
    reads_or_says_why(_zipped(xml.encode()), "odd.docx")


def _xml(tree: Any) -> str:
    if isinstance(tree, str):
        return tree
    return f"<w:{tree[0]} w:val='1'>{''.join(map(_xml, tree[1]))}</w:{tree[0]}>"


def _append(document: Any, xml: str) -> None:
    body = document.element.body
    body.insert(len(body) - 1, parse_xml(xml.replace("{w}", nsdecls("w"))))


def _bytes(document: Any) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _zipped(main: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("word/document.xml", main)
    return out.getvalue()


def _whole() -> bytes:
    document = docx.Document()
    document.add_heading("Badge printer", 0)
    document.add_paragraph("unplug it", style="List Number")
    document.add_table(rows=2, cols=2).cell(0, 0).text = "a"
    return _bytes(document)


WHOLE = _whole()
