"""Sections are put together again from chunks, exactly as their author wrote them."""

from __future__ import annotations

from pathlib import PurePath

from assistant.search.sections import Section, sections_of
from ingestion.chunks import redact
from ingestion.loaders import load
from ingestion.loaders.document import Loaded
from tests.fakes.desks import a_redactor

STEPS = "\n".join(f"{at}. Turn the valve number {at} by a quarter and wait." for at in range(1, 60))
SCRIPT = "```sh\n# not a heading\n" + "echo 'a line of a long script'\n" * 90 + "```"
BOOK = f"""Before any heading.

# Boiler

Intro of the boiler.

## Short

One line.

### Deeper

Another line.

## Long

First you read this:

{STEPS}

Then you rest.

## Script

Run it:

{SCRIPT}

It ends here.

## Comment

```sh
## not a heading either

true
```
"""


def _sections(text: str, *names: str) -> tuple[Loaded, list[Section]]:
    path = PurePath("kb/boiler.md")
    loaded = load(text.encode(), path)
    made = redact(a_redactor(*names), [(path, loaded)])[0]
    chunks = [piece.of("d", at) for at, piece in enumerate(made.pieces)]
    return loaded, sections_of(made.source, made.title, chunks)


def test_each_section_is_whole_and_in_order() -> None:
    _, found = _sections(BOOK)
    heads = [each.heading.reveal() for each in found]
    assert heads == ["", "Short", "Short › Deeper", "Long", "Script", "Comment"]
    long = found[-3].text.reveal()
    assert long.startswith("First you read this:")
    assert long.endswith("Then you rest.")
    assert STEPS in long, "a list that was cut is joined line by line"
    assert SCRIPT in found[-2].text.reveal()
    assert found[-1].text.reveal().startswith("```sh\n## not a heading either")


def test_a_section_of_several_chunks_names_all_of_them_and_covers_their_lines() -> None:
    _, found = _sections(BOOK)
    long = next(each for each in found if each.heading.reveal() == "Long")
    assert len(long.chunk_ids) > 1
    line = BOOK.splitlines().index("First you read this:") + 1
    assert long.first_line <= line
    assert long.last_line >= line + 62


def test_a_sentence_that_was_cut_is_joined_with_a_blank() -> None:
    sentences = " ".join(f"Sentence {at} says something about it." for at in range(80))
    _, found = _sections(f"# A\n\n## Prose\n\n{sentences}\n")
    assert [each.text.reveal() for each in found] == [sentences]


def test_placeholders_stay_whole() -> None:
    _, found = _sections("# A\n\n## Who\n\nAsk Adam Nowak.\n\n## Next\n\nNothing.\n", "Adam Nowak")
    assert "<PERSON_1>" in found[0].text.reveal()


def test_a_section_is_a_passage_that_names_its_place() -> None:
    _, found = _sections(BOOK)
    passage = found[-1].passage(0.5)
    assert (passage.chunk.id, passage.score) == (found[-1].chunk_ids[0], 0.5)
    assert passage.chunk.text == found[-1].text
    assert passage.title.reveal() == "Boiler"


def test_a_document_without_headings_is_one_section() -> None:
    _, found = _sections("One line.\n\nAnother line.\n")
    assert [each.text.reveal() for each in found] == ["One line.\n\nAnother line."]


def test_a_section_of_links_alone_answers_nothing() -> None:
    _, found = _sections(
        "# A\n\n## Contents\n\n* [One](#one)\n* [Two](#two)\n\n## One\n\nIt is so.\n"
    )
    assert [each.heading.reveal() for each in found] == ["One"]
