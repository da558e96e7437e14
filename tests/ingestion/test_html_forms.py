"""HTML documents keep their form: numbered steps, tables, code and struck text, as Markdown."""

from __future__ import annotations

from pathlib import PurePath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingestion.chunks import redact
from ingestion.loaders import load
from tests.fakes.desks import a_redactor
from tests.ingestion.reading import read, sections, text_of


def _text(html: str) -> str:
    return text_of(read(f"<body>{html}</body>".encode(), "page.html"))


def test_steps_keep_their_numbers_through_lists_and_code_inside() -> None:
    html = (
        "<ol start=3><li>Open.<ol><li>Wait.<li>Look.</ol></li>"
        "<li><p>Type:</p><pre>oven on\noven go</pre><p>Twice.</p></li>"
        "<li value=9>Close.<ul><li>Lid</li></ul></li><li>Go.</li></ol><p>End.</p>"
    )
    assert _text(html) == (
        "3. Open.\n   1. Wait.\n   2. Look.\n4. Type:\n\n   ```\n   oven on\n   oven go\n   ```\n\n"
        "   Twice.\n9. Close.\n   - Lid\n10. Go.\n\nEnd."
    )


def test_a_table_is_a_table_and_its_bars_are_escaped() -> None:
    html = (
        "<p>Codes:</p><table><thead><tr><th>Code<th>Means</thead><tr><td>E1<td>a | b<br>c"
        "<tr><td>E2<td><ul><li>x<li>y</ul><tr><td>E3<td><pre>go | on</pre></table><p>End.</p>"
    )
    assert _text(html) == (
        "Codes:\n\n| Code | Means |\n| --- | --- |\n| E1 | a \\| b c |\n| E2 | x; y |\n"
        "| E3 | go \\| on |\n\nEnd."
    )


def test_a_cell_that_spans_is_in_each_row_and_column_that_it_covers() -> None:
    html = (
        "<table><tr><th rowspan=2>Hall<th colspan=2>Limit<tr><th>low<th>high"
        "<tr><td rowspan=2>A<td>1<td>2<tr><td colspan=2>off</table>"
    )
    assert _text(html) == (
        "| Hall | Limit low | Limit high |\n| --- | --- | --- |\n| A | 1 | 2 |\n| A | off | off |"
    )


def test_rows_with_headings_of_their_own_have_no_row_above_them() -> None:
    html = "<table><tr><th>Model<td>K2<tr><th>Hall<td>A</table>"
    assert _text(html) == "|  |  |\n| --- | --- |\n| Model | K2 |\n| Hall | A |"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<table><tr><td><p>One.</p><p>Two.</p></table>", "One.\n\nTwo."),
        ("<table><tr><td>One.<tr><td>Two.</table>", "One.\nTwo."),
        ("<table><tr><td>One.<td>Two.</table>", "One. | Two."),
        (
            "<table><tr><td>Menu<td><table><tr><td>a<td>b<tr><td>1<td>2</table></table>",
            "Menu\n\n| a | b |\n| --- | --- |\n| 1 | 2 |",
        ),
        ("<table><tr><td>Menu<td><h2>Kiln</h2>Turn it.<tr><td>x<td>y</table>", None),
    ],
)
def test_a_table_that_only_lays_out_the_page_stays_text(html: str, text: str | None) -> None:
    assert "| --- |" not in _text(html) if text is None else _text(html) == text


def test_a_table_without_end_is_a_table() -> None:
    assert _text("<table><tr><th>a<th>b<tr><td>1<td>2") == "| a | b |\n| --- | --- |\n| 1 | 2 |"


def test_code_is_fenced_with_more_ticks_than_it_has() -> None:
    assert _text("<pre>\n```\nx<br>y\n</pre>") == "````\n```\nx\ny\n````"


def test_struck_text_keeps_its_marks() -> None:
    html = "<p>Limit <del>280 </del>now <s>290</s> 300: <code>set t</code>.</p>"
    assert _text(html) == "Limit ~~280~~ now ~~290~~ 300: set t."
    assert _text("<ul><li><del>Old.</del><li>New.</ul>") == "- ~~Old.~~\n- New."


def test_each_row_and_line_of_code_has_its_line() -> None:
    html = "<p>a\n<table>\n<tr><th>k<th>v\n<tr>\n<td>1\n<td>2\n</table>\n<pre>\nx\ny\n</pre>\n"
    (section,) = read(html.encode(), "page.html").sections
    assert section.lines == (1, 1, 3, 3, 5, 5, 9, 9, 10, 10)


def test_a_name_in_a_cell_and_in_code_is_masked() -> None:
    name = "Priya Raghunathan"
    html = (
        f"<table><tr><th>Who<th>Hall<tr><td rowspan=2>{name}<td>A<tr><td>B</table>"
        f"<pre>ask {name}</pre><p><del>{name}</del> <code>{name}</code></p>"
    )
    path = PurePath("page.html")
    (made,) = redact(a_redactor(name), [(path, load(html.encode(), path))])
    whole = "\n".join(piece.text.reveal() for piece in made.pieces)
    assert "Priya" not in whole
    assert whole.count("<PERSON_1>") == 5


def test_a_table_of_a_chunk_stays_whole() -> None:
    rows = "".join(f"<tr><td>E{at:02d}<td>what it means" for at in range(30))
    html = f"<p>{'word ' * 100}</p><table><tr><th>Code<th>Means{rows}</table>"
    path = PurePath("page.html")
    (made,) = redact(a_redactor(), [(path, load(html.encode(), path))])
    (table,) = [piece.text.reveal() for piece in made.pieces if "| E" in piece.text.reveal()]
    assert table.count("\n") == 31


_TAGS = (
    "<table> <tr> <td> <th> </table> </tr> </td> <ol> <ul> <li> </ol> </ul> </li> <pre> </pre> <p> "
    "</p> <br> <del> </del> <code> </code> <h2> </h2> <td rowspan=3 colspan=9> <form> <div> word"
).split(" ")


@settings(deadline=None, max_examples=200)
@given(st.lists(st.sampled_from([*_TAGS, "word", "|", "\n", "`", "- "]), max_size=40))
def test_any_order_of_tags_is_read_with_right_lines(tags: list[str]) -> None:
    html = "first " + " ".join(tags)
    found = sections(read(html.encode(), "page.html"))
    assert all(1 <= first <= last <= html.count("\n") + 1 for _, _, first, last in found)
