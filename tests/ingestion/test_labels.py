"""Tags, products and dates in the metadata of documents, in every format that has them."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import docx
import pytest
from fpdf import FPDF
from hypothesis import given
from hypothesis import strategies as st

from guardrails.text import unwrap
from ingestion.loaders.labels import front_matter, moment
from tests.ingestion.reading import read

WHEN = datetime(2026, 3, 2, tzinfo=UTC)
BODY = "\n\n# VPN\n\nLower the MTU.\n"


@pytest.mark.parametrize(
    "front",
    [
        "tags: [vpn, remote work]\nproduct: Tunnel\nupdated: 2026-03-02",
        "tags:\n  - vpn\n  - 'remote work'\nproduct: \"Tunnel\"\nlast_updated: 2026-03-02",
        "Tags: vpn, remote work\nProduct: Tunnel\nDate: 2026-03-02T00:00:00Z",
        "a:\n  tags: no\ntags:\n- vpn\n- remote work\nproduct: Tunnel\nlast-updated: 2026-03-02",
    ],
)
def test_front_matter_says_tags_product_and_date(front: str) -> None:
    _says_so(f"---\n{front}\n---{BODY}")


def test_toml_front_matter_is_read_too() -> None:
    _says_so(
        '+++\ntags = ["vpn", "remote work"]\nproduct = "Tunnel"\ndate = 2026-03-02\n+++' + BODY
    )


def test_a_page_says_them_in_its_head() -> None:
    _says_so(
        '<html><head><meta name="Keywords" content="vpn, remote work"><meta name=product '
        'content=Tunnel><meta property="article:modified_time" content="2026-03-02"></head>'
        "<p>Lower the MTU.</p>",
        "vpn.html",
    )


def test_word_and_pdf_say_tags_and_date_in_their_properties() -> None:
    document = docx.Document()
    document.add_paragraph("Lower the MTU.")
    document.core_properties.keywords = "vpn; remote work"
    document.core_properties.modified = WHEN
    word = io.BytesIO()
    document.save(word)
    pdf = FPDF()
    pdf.set_keywords("vpn, remote work")
    pdf.set_creation_date(WHEN)
    pdf.add_page()
    pdf.set_font("helvetica", size=12)
    pdf.cell(text="Lower the MTU to 1400 and restart the tunnel.")
    for name, body in (("vpn.docx", word.getvalue()), ("vpn.pdf", bytes(pdf.output()))):
        labels = read(body, name).labels
        assert [unwrap(tag) for tag in labels.tags] == ["vpn", "remote work"]
        assert labels.updated == WHEN


def test_a_mail_is_as_old_as_it_says() -> None:
    mail = "Subject: VPN\nDate: Mon, 02 Mar 2026 01:00:00 +0100\n\nLower the MTU.\n"
    assert read(mail.encode(), "vpn.eml").labels.updated == WHEN


def test_a_document_that_says_nothing_has_no_labels() -> None:
    labels = read(BODY.encode(), "vpn.md").labels
    assert (labels.tags, labels.products, labels.updated) == ((), (), None)


def test_what_is_no_date_is_none() -> None:
    assert read(f"---\ndate: last spring\n---{BODY}".encode(), "vpn.md").labels.updated is None


@pytest.mark.parametrize(
    ("told", "means"),
    [
        ("2026-03-02", WHEN),
        ("2026-03-02T10:30:00+01:00", datetime(2026, 3, 2, 9, 30, tzinfo=UTC)),
        ("D:20260302093000Z", WHEN),
        ("Mon, 02 Mar 2026 09:30:00 +0000", datetime(2026, 3, 2, 9, 30, tzinfo=UTC)),
    ],
)
def test_a_date_is_read_as_every_format_writes_it(told: str, means: datetime) -> None:
    assert moment(told) == means


@given(st.text())
def test_any_text_is_a_time_or_none(text: str) -> None:
    found = moment(text)
    assert found is None or found.tzinfo is UTC


@given(st.lists(st.text(alphabet="ab:=-[], \"'\t")))
def test_any_lines_are_front_matter(lines: list[str]) -> None:
    assert all(values for values in front_matter(lines).values())


def _says_so(text: str, name: str = "vpn.md") -> None:
    labels = read(text.encode(), name).labels
    assert [unwrap(tag) for tag in labels.tags] == ["vpn", "remote work"]
    assert [unwrap(product) for product in labels.products] == ["Tunnel"]
    assert labels.updated == WHEN
