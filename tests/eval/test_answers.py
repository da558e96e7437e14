"""Measuring answers: known sentences in the lead and in what is shown; figures checked by hand."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.errors import BadInput
from assistant.flows.ask import Answer
from assistant.settings import Settings
from eval.answers import AnswersReport, Judged, Row, judge, measure, plain, read_rows, report
from guardrails.detect import build_rule_detector
from tests.fakes.indexes import HashingEmbedder
from tests.fakes.parts import light_parts

DATA = Path(__file__).parents[2] / "data"
ROW = Row("q1", "?", "desk", "how-long", "kb/head.md", ("Wait ten minutes",), ("Burn it",))
PRINTER = """# Print head of the label printer

## Cleaning the head

Switch the label printer off, then clean the head with a dry swab. The toner hotline of
Adam Nowak is adam.nowak@harbour.example.
"""


def test_white_space_markdown_and_citations_do_not_count() -> None:
    said = "1. **Wait\n   ten** `minutes`\n- see [the `page`](http://x.example/a_b) [2]"
    assert plain(said) == "wait ten minutes see the page"
    assert plain("_Wait_ for `send_email_now`") == "wait for send_email_now"
    assert judge(ROW, "*Wait*  ten\nminutes. [1]", [], ["kb/head.md"]).lead == 1


def test_the_lead_ends_at_160_words_and_what_is_shown_at_450() -> None:
    long = " ".join(["word"] * 158) + " Wait ten minutes"
    late = judge(ROW, long, [], [])
    assert (late.lead, late.shown) == (0, 1)
    assert judge(ROW, "word", [" ".join(["word"] * 450), "Wait ten minutes"], []).shown == 0


def test_an_answer_with_a_sentence_that_must_not_stand_in_it_is_not_clean() -> None:
    assert judge(ROW, "Wait ten minutes. Burn it.", [], []).clean is False
    assert judge(ROW, "Wait ten minutes.", ["Burn it."], []).clean is True


def test_an_article_of_a_file_counts_as_its_file() -> None:
    assert judge(ROW, "", [], ["kb/head.md#7"]).document is True
    assert judge(ROW, "", [], ["kb/header.md"]).document is False


def test_shares_are_of_sentences_and_of_questions() -> None:
    two = replace(ROW, must=("One", "Two", "Three"), kind="who")
    nothing = replace(ROW, must=(), must_not=(), document="", kind="unanswerable")
    found = report(
        [
            Judged(ROW, 1, 1, clean=True, document=True, words=10, refused=False, ms=1.0),
            Judged(two, 1, 3, clean=True, document=False, words=30, refused=True, ms=3.0),
            Judged(nothing, 0, 0, clean=True, document=False, words=0, refused=True, ms=2.0),
        ]
    )
    assert (found.questions, found.must, found.must_shown, found.whole) == (3, 0.5, 1.0, 0.5)
    assert (found.clean, found.document, found.words_p50) == (1.0, 0.5, 20)
    assert (found.refused.true, found.refused.false) == (1.0, 0.5)
    assert found.by_kind["how-long"].whole == 1.0
    assert found.by_kind["unanswerable"].must is None
    assert (found.p50_ms, found.p95_ms) == (2.0, 3.0)


def test_questions_are_asked_of_the_folder_they_name_and_restored_before_they_are_compared(
    tmp_path: Path,
) -> None:
    seen: list[tuple[Row, Answer, Judged]] = []
    found = _measure(tmp_path, seen)
    assert found.questions == 1, "a row of another source is left out"
    _, answer, judged = seen[0]
    assert "adam.nowak" not in answer.written.body.reveal()
    assert (judged.lead, judged.document) == (1, True)


def test_people_of_the_folder_are_imported_and_not_read_as_a_document(tmp_path: Path) -> None:
    seen: list[tuple[Row, Answer, Judged]] = []
    _measure(tmp_path, seen)
    _, answer, _ = seen[0]
    assert "Nowak" not in answer.written.saw.reveal()
    assert {each.source.reveal() for each in answer.passages} == {"head.md"}


def test_a_home_that_was_filled_is_used_again(tmp_path: Path) -> None:
    seen: list[tuple[Row, Answer, Judged]] = []
    first, again = _measure(tmp_path, seen), _measure(tmp_path, seen)
    assert replace(first, p50_ms=0, p95_ms=0) == replace(again, p50_ms=0, p95_ms=0)
    ids = [[each.chunk.id for each in answer.passages] for _, answer, _ in seen]
    assert ids[0] == ids[1]


def test_a_row_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    path.write_text('{"_id": "1", "text": "?", "metadata": {"source": "desk", "must": "x"}}\n')
    with pytest.raises(BadInput, match=r"q\.jsonl, line 1: the field “must” must be a list"):
        read_rows(path)


def test_questions_about_no_given_folder_are_an_error(tmp_path: Path) -> None:
    questions = _questions(tmp_path)
    with pytest.raises(BadInput, match="No question"):
        _ask(questions, tmp_path / "nowhere", tmp_path / "home", [])


def _measure(folder: Path, seen: list[tuple[Row, Answer, Judged]]) -> AnswersReport:
    desk = folder / "desk"
    desk.mkdir(exist_ok=True)
    (desk / "head.md").write_text(PRINTER)
    (desk / "people.csv").write_text("name,email\nAdam Nowak,adam.nowak@harbour.example\n")
    return _ask(_questions(folder), desk, folder / "home", seen)


def _questions(folder: Path) -> Path:
    path = folder / "questions.jsonl"
    about = {
        "source": "desk",
        "kind": "procedure",
        "document": "head.md",
        "must": ["The toner hotline of Adam Nowak is adam.nowak@harbour.example"],
    }
    asked = "How do I clean the head of the label printer, and who has the toner hotline?"
    lines = [
        {"_id": "q1", "text": asked, "metadata": about},
        {"_id": "q2", "text": asked, "metadata": about | {"source": "elsewhere"}},
    ]
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    return path


def _ask(
    questions: Path, corpus: Path, home: Path, seen: list[tuple[Row, Answer, Judged]]
) -> AnswersReport:
    return measure(
        questions,
        [corpus],
        settings=Settings(home=home),
        parts=light_parts(build_rule_detector(), embedder=HashingEmbedder),
        home=home,
        progress=lambda what, done, total: None,
        seen=lambda row, answer, judged: seen.append((row, answer, judged)),
    )


def test_the_samples_are_of_the_shape_that_is_read() -> None:
    found = read_rows(DATA / "eval" / "answers.jsonl")
    assert len(found) == 15
    for row in found:
        if not row.must:
            assert row.kind == "unanswerable"
            continue
        said = plain((DATA / "tenants" / row.source / row.document).read_text("utf-8"))
        assert all(plain(each) in said for each in (*row.must, *row.must_not)), row.id
