"""HTML documents: content is read wherever it stands, and what is left out is told."""

from __future__ import annotations

import pytest

from tests.ingestion.reading import read, sections


def _text(html: str) -> str:
    return "\n".join(each[1] for each in sections(read(html.encode(), "page.html")))


@pytest.mark.parametrize(
    "html",
    [
        "<form action='/x'><div><h1>Kiln</h1><p>Open the vent.</p></div></form>",
        "<form><table><tr><td>Open the vent.</td></tr></table></form>",
        "<form id=a></form><form id=b><ol><li>Open the vent.</li></ol></form>",
        "<p>Kiln</p><aside class='warning'><p>Open the vent.</p></aside>",
        "<p>Kiln</p><aside>Open the vent.</aside>",
        "<p>Kiln</p><div class='expand-content' style='display: none'>Open the vent.</div>",
        "<p>Kiln</p><section class='collapse' hidden><p>Open the vent.</p></section>",
        "<p>Kiln</p><div class='tab-pane' style='display:none'>Open the vent.</div>",
        "<details><summary>More</summary><p>Open the vent.</p></details>",
    ],
)
def test_content_is_read_wherever_it_stands(html: str) -> None:
    assert "Open the vent." in _text(f"<html><body>{html}</body></html>")


@pytest.mark.parametrize(
    ("html", "note"),
    [
        ("<div style='display:none'><p>Buy now.</p></div>", "1 hidden parts were left out"),
        ("<p hidden>Buy now.</p><i aria-hidden='true'>Buy now.</i>", "2 hidden parts"),
        ("<aside class='sidebar'><p>Buy now.</p></aside>", "1 asides beside the content"),
        ("<aside role='navigation'>Buy now.</aside>", "1 asides beside the content"),
        ("<aside class='newsletter promo'>Buy now.</aside>", "1 asides beside the content"),
    ],
)
def test_what_is_left_out_is_told(html: str, note: str) -> None:
    loaded = read(f"<body><p>Open the vent.</p>{html}</body>".encode(), "page.html")
    assert "Buy now." not in "\n".join(each[1] for each in sections(loaded))
    assert any(each.startswith(note) for each in loaded.notes)


@pytest.mark.parametrize(
    "html",
    ["<form><input><label>Search</label><button>Go</button></form>", "<nav>Home</nav>"],
)
def test_fields_and_navigation_are_no_content_and_not_worth_a_note(html: str) -> None:
    loaded = read(f"<body><p>Open the vent.</p>{html}</body>".encode(), "page.html")
    assert [each[1] for each in sections(loaded)] == ["Open the vent."]
    assert loaded.notes == ()


def test_an_empty_hidden_part_is_not_told() -> None:
    assert read(b"<body><p>Open it.</p><div hidden> </div></body>", "page.html").notes == ()
