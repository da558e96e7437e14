"""Markdown of documents and drafts is shown as structure, and nothing in it acts."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from guardrails.placeholders import find
from ui.operations.drafts import FindingView
from ui.web.chips import chip
from ui.web.findings import Piece, numbered
from ui.web.html import text
from ui.web.markdown import LONGEST, rendered
from ui.web.standing_in import FIRST

OURS = {
    "div", "p", "h3", "h4", "h5", "ul", "ol", "li", "blockquote", "pre", "code", "span", "button",
    "table", "thead", "tbody", "tr", "th", "td", "em", "strong", "s", "hr", "br", "mark",
}  # fmt: skip
KNOWN = {
    "class", "type", "title", "value", "scope", "tabindex", "aria-label",
    "data-copy", "data-copied", "data-copies", "data-found", "data-entry",
}  # fmt: skip
HOSTILE = [
    "<script>alert(1)</script>",
    '<img src=x onerror="alert(1)">',
    "[x](javascript:alert(1))",
    "![x](https://evil.example/pixel.png 'title')",
    "<https://evil.example>",
    '[x][ref]\n\n[ref]: javascript:alert(1) "t"',
    "&lt;script&gt; &#60;b&#62; &#x202E; &amp;lt;",
    "```html\n</code></pre><script>alert(1)</script>\n```",
    '``` "><script>\nx\n```',
    '!!! note "<b onload=alert(1)>"\n    <i>x</i>',
    ':::warning["><script>]\nx\n:::',
    "a\u202eb\u200b",
    "| <script> | [x](data:text/html,1) |\n|---|---|\n| &#60; | `<b>` |",
    f"{chr(FIRST)} &#x{FIRST:x}; &#{FIRST}; [x](&#x{FIRST:x};) \\\\&#x{FIRST:x};",
    "---\nkey: <script>\n---\n",
]
PIECES = [
    "<PERSON_3>", "<SECRET>", "word", "7", "é🙂", " ", "\n", "\n\n", "\n- ", "\n1. ", "\n# ",
    "\n> ", "    ", "\t", "*", "**", "_", "~~", "`", "\n```\n", "```sh\n", "|", "\n|-|-|\n", "[",
    "](", ")", "![", "<", ">", "&", "&amp;", "\\", "---\n", "\n===\n", "!!! note\n", "\n:::tip\n",
    "\n:::\n", "<br>", "{{< x >}}", "<!-- c -->", chr(FIRST), "\u202e", "https://a.example", "\r",
]  # fmt: skip
TEXTS = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_no_element_attribute_or_address_comes_from_the_text(hostile: str) -> None:
    read = Read(rendered(f"Before\n\n{hostile}\n\nafter"))
    assert read.names <= OURS
    assert read.attributes <= KNOWN
    assert read.text.endswith("after")


@given(TEXTS)
@example("".join(f"{each}\n\n" for each in HOSTILE))
def test_whatever_the_text_only_our_elements_are_made(value: str) -> None:
    read = Read(rendered(value))
    assert read.names <= OURS
    assert read.attributes <= KNOWN
    assert not read.open


@given(TEXTS)
def test_no_letter_is_lost(value: str) -> None:
    """The list itself shows the numbers of its items, and what entities mean is shown."""
    pieces = [Piece(each.start, each.end, text("ß")) for each in find(value)]
    left = re.sub("<PERSON_3>|<SECRET>", "ß", value).replace("amp", "")
    shown = re.sub(r"amp|Picture: |Copy|U\+202E", "", Read(rendered(value, pieces)).text)
    assert letters(shown) == letters(left)


@given(TEXTS, st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=4))
def test_marks_change_nothing_else_and_each_finding_is_numbered_once(
    value: str, places: list[tuple[int, int]]
) -> None:
    found = numbered([finding(*place) for place in places], len(value))
    pieces = [Piece(each.start, each.end, chip(each.placeholder)) for each in find(value)]
    highlight = (places[0][0], max(places[0])) if places else None
    marked = Read(rendered(value, pieces, found, highlight))
    plain = Read(rendered(value, pieces))
    assert marked.text == plain.text
    assert sorted(marked.numbers) == [each.number for each in found if not each.whole]


def test_steps_keep_their_numbers() -> None:
    shown = rendered("7. Open it\n8. Wait\n\n   ```sh\n   ls\n   ```\n\n9. Go\n")
    assert re.findall(r'<li value="(\d+)">', shown) == ["7", "8", "9"]
    assert re.findall(r'value="(\d+)"', rendered("1. a\n1. b\n1. c")) == ["1", "2", "3"]


def test_a_table_is_a_table_in_a_box_of_its_own() -> None:
    shown = rendered("| Code | Do |\n|---|--:|\n| E4 | `a\\|b` |")
    assert shown.count("<th ") == 2
    assert 'class="qd-md-table"' in shown
    assert "|--" not in shown
    assert "<code>a|b</code>" in shown


def test_the_citation_below_a_table_is_no_row_of_it() -> None:
    cite = [Piece(26, 29, text("①"))]
    for shown in (rendered("| a | b |\n|---|---|\n| 1 | 2\n[1]"), rendered(TABLE, cite)):
        assert shown.count("<tr>") == 2


TABLE = "| a | b |\n|---|---|\n| 1 |\n[1]"


def test_code_has_no_fences_and_stays_as_it_is() -> None:
    shown = rendered("```bash\nsudo x &amp; y  # *not bold*\n```")
    assert "```" not in shown
    assert "sudo x &amp;amp; y  # *not bold*</code>" in shown
    assert "<span>bash</span>" in shown


def test_links_and_pictures_are_words_with_their_address() -> None:
    shown = rendered("[the form](https://a.example/x 'Now') ![plan](p.png) <https://b.example>")
    assert "<a" not in shown
    assert "<img" not in shown
    assert "the form</span>" in shown
    assert "(https://a.example/x Now)" in shown
    assert "Picture: plan" in shown
    assert ">https://b.example<" in shown


@pytest.mark.parametrize(
    "note",
    [
        '!!! warning "Look out"\n    Pull the plug.\n\n    1. First\n',
        "::: warning Look out\nPull the plug.\n\n1. First\n:::\n",
        ":::warning[Look out]\nPull the plug.\n\n1. First\n",
    ],
)
def test_notes_are_boxes(note: str) -> None:
    shown = rendered(f"Before.\n{note}\nAfter.")
    assert 'class="qd-md-note qd-md-warning"' in shown
    assert "Look out</p><p>Pull the plug.</p><ol>" in shown
    assert "!!!" not in shown
    assert ":::" not in shown


def test_what_other_programs_left_in_a_text_recedes() -> None:
    shown = rendered("---\ntitle: VPN\n---\n{{< tab >}} <!-- draft --> <%= user %> Ctrl<br>Alt")
    assert '<pre class="qd-front">title: VPN' in shown
    assert shown.count('class="qd-aside"') == 4


def test_wrapped_lines_are_joined_unless_each_line_counts() -> None:
    wrapped = f"{'A long line that was wrapped by an editor at some column'}\ngoes on."
    assert "column goes on." in rendered(wrapped)
    assert "column<br>goes on." in rendered(wrapped, breaks=True)
    mail = "From: Ann Example with a long name <ann@example.org>, on behalf\nTo: Bob"
    assert "behalf<br>To: Bob" in rendered(mail)
    assert "Kind regards,<br>Ann" in rendered("Kind regards,\nAnn")


def test_the_sentence_that_answers_is_marked_inside_its_step() -> None:
    value = "1. Stay calm.\n2. **Call** the desk on <PHONE_NUMBER_1>. Then wait."
    pieces = [Piece(each.start, each.end, text("0301")) for each in find(value)]
    start = value.index("**Call")
    shown = rendered(value, pieces, highlight=(start, value.index(". Then") + 1))
    marks = re.findall(r'<mark class="qd-highlight">([^<]*)</mark>', shown)
    assert "".join(marks) == "Call the desk on 0301."
    assert '<li value="2">' in shown


def test_a_mark_on_a_list_number_does_not_break_the_list() -> None:
    shown = rendered("1. One\n2. Two", highlight=(0, 14))
    assert re.findall(r'<li value="(\d)"><mark', shown) == ["1", "2"]


@pytest.mark.parametrize(
    "huge",
    [
        ">" * 10_000 + "x",
        "- " * 10_000 + "x",
        "1. " * 9_000 + "x",
        "".join(f"{'  ' * at}- x\n" for at in range(150)),
        "[" * 20_000,
        "![a](" * 5_000,
        "**a*" * 7_000,
        "|a" * 4_000 + "|\n" + "|-" * 4_000 + "|\n" + "|b|\n" * 2_000,
        "<!--" * 7_000,
        "a\n" * LONGEST,
    ],
)
def test_depth_and_size_cost_bounded_work_and_lose_nothing(huge: str) -> None:
    read = Read(rendered(huge, highlight=(0, len(huge) - 1)))
    assert read.deepest < 120
    assert letters(read.text) == letters(huge)


class Read(HTMLParser):
    """Reads markup as a browser does: text, names, attributes, numbers of findings."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.text = ""
        self.names: set[str] = set()
        self.attributes: set[str] = set()
        self.numbers: list[int] = []
        self.open: list[str] = []
        self.deepest = 0
        self._number = False
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.attributes |= {name for name, _ in attrs}
        entry = dict(attrs).get("data-entry")
        self._number = entry is not None
        self.numbers += [int(entry)] if entry else []
        if tag not in ("br", "hr"):
            self.open.append(tag)
        self.deepest = max(self.deepest, len(self.open))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
        self._number = False

    def handle_data(self, data: str) -> None:
        if not self._number:
            self.text += data


def finding(start: int, end: int) -> FindingView:
    return FindingView(kind="unsupported", start=start, end=end, note="why", blocks=False)


def letters(value: str) -> str:
    return "".join(each for each in value.lower() if each.isalpha())
