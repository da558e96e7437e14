"""Minimum scores on public data from outside this project, if the data is present."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval.privacy import measure, read_rows
from guardrails.spans import Detector

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the shared data lies beside no checkout")


def test_tickets_hide_their_people_and_keep_their_noise(detector: Detector) -> None:
    report = measure(read_rows(DATA / "pii" / "tickets.jsonl.gz"), detector.detect, timed=0)
    assert report.fully_masked >= 0.95
    assert report.char_precision >= 0.95
    assert report.clean_left_alone == 1.0


def test_sentences_with_personal_data_are_mostly_hidden(detector: Detector) -> None:
    report = measure(read_rows(DATA / "pii" / "synth.jsonl"), detector.detect, timed=0)
    assert report.fully_masked >= 0.80
    assert report.char_precision >= 0.90


def test_published_credentials_are_hidden_by_rules_alone(rules: Detector) -> None:
    report = measure(read_rows(DATA / "secrets" / "secrets.jsonl.gz"), rules.detect, timed=0)
    assert report.fully_masked >= 0.88


def test_what_looks_like_a_credential_and_is_none_stays(rules: Detector) -> None:
    report = measure(read_rows(DATA / "secrets" / "lookalikes.jsonl.gz"), rules.detect, timed=0)
    assert report.clean_left_alone >= 0.95


def test_support_articles_lose_less_than_one_word_in_a_hundred(detector: Detector) -> None:
    lines = (DATA / "retrieval" / "corpus.jsonl").read_text("utf-8").splitlines()[::50]
    texts = [str(json.loads(line)["text"]) for line in lines]
    masked = sum(
        len(text[span.start : span.end].split())
        for text, spans in zip(texts, detector.detect(texts), strict=True)
        for span in spans
    )
    assert masked / sum(len(text.split()) for text in texts) < 0.01
