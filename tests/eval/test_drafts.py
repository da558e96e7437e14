"""Measuring drafts: figures that can be checked by hand; references never reach the writer."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.search.learned.ranker import TrainedRanker
from assistant.writers.extractive import ExtractiveWriter
from eval.beir import Question
from eval.drafts import Steps, measure, overlap, report
from tests.fakes.desks import a_redactor
from tests.fakes.indexes import HashingEmbedder

SOURCE = "Switch the printer off. Clean the print head with a swab. Switch it on again."


def steps(text: str, cited: dict[int, str] | None = None, ms: float = 1.0) -> Steps:
    return Steps("q1", text, {1: SOURCE} if cited is None else cited, ms)


def test_what_a_source_says_is_grounded_and_what_none_says_is_not() -> None:
    assert report([steps("Clean the print head with a swab. [1]")], {}).grounded == 1.0
    assert report([steps("Burn the printer at midnight. [1]")], {}).grounded == 0.0
    turned = "with the swab a head print clean [1]"
    assert report([steps(turned)], {}).grounded == 0.0


def test_a_citation_counts_only_for_the_words_before_it() -> None:
    text = "Clean the print head with a swab. [1] Reboot the router twice a day. [2]"
    found = report([steps(text, {1: SOURCE, 2: "Nothing of that."})], {})
    assert (found.citation_precision, found.grounded) == (0.5, 0.0)
    unknown = report([steps("Switch the printer off. [7]")], {})
    assert unknown.citation_precision == 0.0


def test_words_are_compared_as_squad_does_without_citations() -> None:
    assert overlap("Clean the head. [1]", "clean THE head") == (1.0, 1.0)
    f1, recall = overlap("Clean head", "clean the print head")
    assert (round(f1, 3), recall) == (0.667, 0.5)
    assert overlap("x", "y") == (0.0, 0.0)


def test_a_refusal_counts_as_refused_and_says_nothing_of_the_reference() -> None:
    found = report([steps("", {}), steps("Switch the printer off. [1]")], {"q1": "off"})
    assert (found.drafts, found.refused, found.grounded) == (2, 0.5, 1.0)
    assert found.answer_recall == 0.5
    assert report([steps("", {})], {}).grounded is None


def test_reference_answers_reach_neither_search_nor_writer(tmp_path: Path) -> None:
    embedder = HashingEmbedder()
    seen: list[tuple[Question, Steps]] = []
    _measure(tmp_path, embedder, seen)
    assert len(seen) == 1
    assert "swab" in seen[0][1].text
    assert not any("REFERENCE" in text for text in [*embedder.seen, seen[0][1].text])


def _measure(folder: Path, embedder: HashingEmbedder, seen: list[tuple[Question, Steps]]) -> None:
    corpus, queries = folder / "corpus.jsonl", folder / "queries.jsonl"
    articles = [
        {"_id": "d0", "title": "Print head of the label printer", "text": SOURCE},
        *({"_id": f"d{at}", "title": f"Page {at}", "text": f"Entry {at}."} for at in range(1, 12)),
    ]
    corpus.write_text("".join(f"{json.dumps(each)}\n" for each in articles))
    question = "How do I clean the print head of the label printer?"
    row = {"_id": "q1", "text": question, "metadata": {"answer": "REFERENCE swab"}}
    queries.write_text(json.dumps(row))

    found = measure(
        corpus,
        queries,
        redactor=a_redactor(),
        embedder=embedder,
        writer=ExtractiveWriter(),
        ranker=TrainedRanker(embedder),
        progress=lambda what, done, total: None,
        seen=lambda asked, made: seen.append((asked, made)),
    )
    assert found.p50_ms > 0
    assert found.token_f1 is not None
    assert found.drafts == pytest.approx(1)
