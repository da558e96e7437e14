from __future__ import annotations

import gzip
from collections.abc import Sequence
from pathlib import Path

import pytest

from eval.privacy import Label, MalformedRow, Row, TypeFigures, measure, read_rows
from guardrails.spans import EntityType, Span

ANNA = Row("I am Anna K, hi", (Label(5, 11, "NAME"),))
CLEAN = Row("all is well here", ())


def masking(*edges: tuple[int, int]) -> list[Span]:
    return [Span(a, b, EntityType.PERSON, 0.9, "test") for a, b in edges]


def only_anna(texts: Sequence[str]) -> list[list[Span]]:
    return [masking((5, 9)) if "Anna" in text else [] for text in texts]


def everything(texts: Sequence[str]) -> list[list[Span]]:
    return [masking((0, len(text))) for text in texts]


def test_a_span_of_which_one_letter_shows_is_not_hidden() -> None:
    report = measure([ANNA], only_anna)
    assert report.fully_masked == 0
    assert report.char_recall == pytest.approx(4 / 6)
    assert report.char_precision == 1


def test_the_name_of_a_type_does_not_matter() -> None:
    report = measure([ANNA], everything)
    assert report.fully_masked == 1
    assert report.by_type == {"NAME": TypeFigures(1, 1.0)}


def test_f2_weighs_a_miss_more_than_a_word_too_much() -> None:
    too_little = measure([ANNA], lambda texts: [masking((5, 8)) for _ in texts])
    too_much = measure([ANNA], lambda texts: [masking((5, 15)) for _ in texts])
    assert too_little.char_recall < too_much.char_precision
    assert too_little.f2 < too_much.f2


def test_clean_texts_are_counted_apart() -> None:
    assert measure([ANNA, CLEAN], only_anna).clean_left_alone == 1
    assert measure([ANNA, CLEAN], everything).clean_left_alone == 0


def test_an_empty_set_gives_a_report_and_no_error() -> None:
    report = measure([], lambda texts: [[] for _ in texts])
    assert (report.texts, report.spans, report.p95_ms) == (0, 0, 0)


def test_rates_and_latencies_are_positive() -> None:
    report = measure([ANNA, CLEAN], only_anna, timed=2)
    assert report.kb_per_s > 0
    assert 0 < report.p50_ms <= report.p95_ms


@pytest.mark.parametrize("suffix", [".jsonl", ".jsonl.gz"])
def test_rows_are_read_from_plain_and_packed_files(tmp_path: Path, suffix: str) -> None:
    line = '{"text": "I am Anna", "spans": [{"start": 5, "end": 9, "type": "NAME"}]}\n\n'
    path = tmp_path / f"rows{suffix}"
    path.write_bytes(gzip.compress(line.encode()) if suffix.endswith("gz") else line.encode())
    assert read_rows(path) == [Row("I am Anna", (Label(5, 9, "NAME"),))]


@pytest.mark.parametrize(
    "bad",
    [
        "{not json",
        "[]",
        '{"text": "no spans"}',
        '{"text": 7, "spans": []}',
        '{"text": "ab", "spans": [{"start": 1, "end": 9, "type": "X"}]}',
        '{"text": "ab", "spans": [{"start": "0", "end": 1, "type": "X"}]}',
    ],
)
def test_a_malformed_line_is_named_with_its_file_and_number(tmp_path: Path, bad: str) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text('{"text": "ok", "spans": []}\n' + bad + "\n")
    with pytest.raises(MalformedRow, match=r"rows\.jsonl:2"):
        read_rows(path)
