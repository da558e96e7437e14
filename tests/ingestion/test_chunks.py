"""Redacting and chunking: no value is cut in two, and every chunk has its lines."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import PurePath

from hypothesis import given, settings
from hypothesis import strategies as st

from guardrails import placeholders
from ingestion.blocks import blocks
from ingestion.chunks import TARGET, Piece, Redacted, redact
from ingestion.loaders import load
from tests.fakes.desks import a_redactor

PRIYA = "Priya Raghunathan"


def test_every_part_of_a_document_is_redacted() -> None:
    redacted = _redact(f"# Call {PRIYA}\n\n## {PRIYA} says\n\nAsk {PRIYA}.\n", f"{PRIYA}/notes.md")
    texts = [redacted.source, redacted.title]
    texts += [text for piece in redacted.pieces for text in (piece.heading, piece.text)]
    assert all("Priya" not in text.reveal() for text in texts)
    assert redacted.source.reveal() == "<PERSON_1>/notes.md"


def test_a_name_at_the_place_of_a_cut_is_masked_whole() -> None:
    for shift in range(TARGET - 30, TARGET + 10):
        redacted = _redact("x" * shift + f" {PRIYA} " + "y " * 300)
        whole = "".join(piece.text.reveal() for piece in redacted.pieces)
        assert "Priya" not in whole
        assert whole.count("<PERSON_1>") == 1


def test_a_small_document_is_one_chunk_with_its_headings_in_the_text() -> None:
    (piece,) = _redact("# Wi-Fi\n\nIntro.\n\n## Reset\n\nPress.\n\n## Verify\n\nLook.\n").pieces
    assert piece.text.reveal() == "Intro.\n\n## Reset\n\nPress.\n\n## Verify\n\nLook."
    assert (piece.heading.reveal(), piece.first_line, piece.last_line) == ("", 3, 11)


def test_a_section_that_does_not_fit_begins_a_chunk_of_its_own() -> None:
    text = f"# T\n\n## One\n\n{_words(500)}\n\n## Two\n\n{_words(600)}\n"
    one, two = _redact(text).pieces
    assert (one.heading.reveal(), two.heading.reveal()) == ("One", "Two")
    assert (one.first_line, one.last_line, two.first_line) == (5, 5, 9)


def test_a_chunk_of_a_long_section_carries_the_path_of_its_headings() -> None:
    text = f"# T\n\n## Outer\n\n### Inner\n\n{_words(1500)}\n"
    pieces = _redact(text).pieces
    assert len(pieces) > 1
    assert {piece.heading.reveal() for piece in pieces} == {"Outer › Inner"}


def test_a_code_fence_stays_whole_though_it_is_longer_than_a_chunk() -> None:
    fence = "```sh\n" + "\n\n".join(f"echo step {at} of the script" for at in range(45)) + "\n```"
    assert TARGET < len(fence) < 2 * TARGET
    pieces = _redact(f"# T\n\n{_words(700)}\n\n{fence}\n\n{_words(700)}\n").pieces
    assert [piece.text.reveal() for piece in pieces if "echo" in piece.text.reveal()] == [fence]


def test_an_endless_fence_is_cut_between_its_lines() -> None:
    lines = [f"echo line {at:04d}" for at in range(400)]
    pieces = _redact("```\n" + "\n".join(lines) + "\n```\n").pieces
    assert len(pieces) > 3
    kept = "\n".join(piece.text.reveal() for piece in pieces).split("\n")
    assert [line for line in kept if line.startswith("echo")] == lines


def test_a_table_row_is_not_torn() -> None:
    rows = [f"| 0x8007{at:04d} | what it means number {at} | what to do |" for at in range(80)]
    pieces = _redact("# T\n\n| a | b | c |\n|---|---|---|\n" + "\n".join(rows) + "\n").pieces
    kept = "\n".join(piece.text.reveal() for piece in pieces).split("\n")
    assert set(rows) <= set(kept)


def test_lines_are_right_though_a_mask_swallows_line_breaks() -> None:
    swallowed = "Priya\nvan\nRaghunathan"
    text = f"# T\n\nAsk {swallowed} first.\n\n{_words(880)}\n\nLast line of all.\n"
    pieces = _redact(text, names=(swallowed,)).pieces
    assert pieces[0].text.reveal().startswith("Ask <PERSON_1> first.")
    assert [(piece.first_line, piece.last_line) for piece in pieces] == [(3, 5), (7, 9)]


@settings(deadline=None)
@given(
    st.lists(
        st.text(st.sampled_from("ab .\n\t`<>_P#|-1"), max_size=400) | st.just(PRIYA), max_size=12
    )
)
def test_no_character_that_is_no_space_is_lost_and_none_is_doubled(parts: list[str]) -> None:
    text = "".join(parts)
    cut = list(blocks(text, 60))
    assert cut == sorted(cut)
    assert all(before[1] <= after[0] for before, after in pairwise(cut))
    kept = "".join(text[start:end] for start, end in cut)
    assert re.sub(r"\s", "", kept) == re.sub(r"\s", "", text)


@settings(deadline=None)
@given(
    st.lists(st.sampled_from([PRIYA, "word", "word. Next", "\n", "\n\n", "- item"]), max_size=400)
)
def test_every_placeholder_of_every_chunk_is_whole_and_every_line_is_in_the_file(
    words: list[str],
) -> None:
    text = "start\nof it " + " ".join(words)
    pieces = _redact(text, "a.txt").pieces
    found = [each for piece in pieces for each in placeholders.find(piece.text.reveal())]
    assert len(found) == text.count(PRIYA)
    count = len(text.splitlines())
    for piece in pieces:
        assert 1 <= piece.first_line <= piece.last_line <= count


def test_the_text_of_a_chunk_is_on_its_lines() -> None:
    parts = [f"Paragraph {at} {_words(200)} end{at}." for at in range(20)]
    lines = ("# T\n\n" + "\n\n".join(parts)).split("\n")
    for piece in _redact("\n".join(lines)).pieces:
        assert _first(piece) in lines[piece.first_line - 1]
        assert piece.text.reveal().split("\n")[-1] == lines[piece.last_line - 1]


def _first(piece: Piece) -> str:
    return piece.text.reveal().split("\n")[0]


def _redact(text: str, name: str = "a.md", names: tuple[str, ...] = (PRIYA,)) -> Redacted:
    loaded = load(text.encode(), PurePath(name))
    (redacted,) = redact(a_redactor(*names), [(PurePath(name), loaded)])
    return redacted


def _words(length: int) -> str:
    return ("lorem ipsum dolor sit amet " * (length // 20))[:length].strip()
