"""Everything on the page is escaped by construction."""

from __future__ import annotations

from tests.fakes.samples import a_written
from ui.operations.drafts import citation_view
from ui.web.chips import cited, redacted
from ui.web.html import el, text


def test_text_means_itself() -> None:
    """No character of a text can open a tag or end an attribute."""
    assert text("<b>&'\"") == "&lt;b&gt;&amp;&#x27;&quot;"
    assert el("p", title='"><script>') == '<p title="&quot;&gt;&lt;script&gt;"></p>'


def test_what_cannot_be_seen_is_named() -> None:
    """Overrides that turn a line around, zero-width joins and controls are shown as marks."""
    for code in (0x202E, 0x200B, 0x2066, 0x00AD, 0xFEFF, 0x0007, 0xE0041):
        assert f"U+{code:04X}" in text(f"a{chr(code)}b")
    assert text("line\n\ttab é 日本 🙂") == "line\n\ttab é 日本 🙂"


def test_attributes_are_left_out_written_bare_or_escaped() -> None:
    """False and None leave an attribute out, True writes its name."""
    made = el("input", required=True, disabled=False, title=None, data_do="a&b", name="n")
    assert made == '<input required data-do="a&amp;b" name="n">'


def test_placeholders_become_chips_and_lookalikes_stay_text() -> None:
    """Only what Quietdesk itself writes is a chip."""
    shown = redacted("<PERSON_3> and <SECRET>, not <PERSON_03> nor <b>")
    assert shown.count("qd-chip ") == 2
    assert "person 3" in shown
    assert "&lt;PERSON_03&gt; nor &lt;b&gt;" in shown


def test_only_real_citations_are_marked() -> None:
    """A number in brackets that cites nothing stays as it is."""
    shown = cited("so [1], not [7]", [citation_view(each) for each in a_written().citations])
    assert shown.count("qd-cite") == 1
    assert "[7]" in shown
