"""Measuring retrieval: figures that can be checked by hand, and errors that name the line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.adapters.sentence_transformers import LocalEmbedder
from assistant.bootstrap import ephemeral_redactor
from assistant.errors import BadInput
from assistant.settings import Settings
from eval.retrieval import RetrievalReport, hit, measure, ndcg, recall, reciprocal_rank
from guardrails import Redactor
from tests.fakes.desks import a_redactor
from tests.fakes.indexes import HashingEmbedder

DATA = Path(__file__).parents[2].parent / "shared" / "data" / "retrieval"
RELEVANT = {"a": 1, "b": 2}


def test_figures_of_one_question_by_hand() -> None:
    assert ndcg(RELEVANT, ["b", "a"]) == pytest.approx(1.0)
    assert ndcg(RELEVANT, ["x", "b"]) == pytest.approx((2 / 1.58496) / (2 + 1 / 1.58496), abs=1e-4)
    assert ndcg(RELEVANT, []) == 0
    assert (hit(RELEVANT, ["x", "a"], 1), hit(RELEVANT, ["x", "a"], 5)) == (0, 1)
    assert recall(RELEVANT, ["x", "a"]) == 0.5
    assert reciprocal_rank(RELEVANT, ["x", "a"]) == 0.5
    assert reciprocal_rank(RELEVANT, [*"123456789x", "a"]) == 0


def test_a_small_set_is_measured(tmp_path: Path) -> None:
    report = _measure(tmp_path)
    assert (report.queries, report.documents, report.chunks) == (2, 12, 12)
    assert report.hit_at_5 == 1.0
    assert {name: each.queries for name, each in report.by_source.items()} == {"mail": 1, "web": 1}
    assert report.abstention.to_json()["true_refusal_rate"] == 1.0
    assert report.p95_ms >= report.p50_ms > 0


def test_the_report_is_json_with_the_names_that_papers_use(tmp_path: Path) -> None:
    written = json.loads(json.dumps(_measure(tmp_path).to_json()))
    assert {
        "queries",
        "ndcg@10",
        "hit@1",
        "hit@5",
        "recall@10",
        "mrr@10",
        "p50_ms",
        "p95_ms",
    } < set(written)
    assert set(written["by_source"]["mail"]) == {"queries", "ndcg@10", "hit@1", "hit@5"}
    assert {"true_refusal_rate", "false_refusal_rate", "auc"} < set(written["abstention"])


def test_without_unanswerable_questions_that_figure_is_left_open(tmp_path: Path) -> None:
    files = _files(tmp_path)
    report = _run(files["corpus"], files["queries"], files["qrels"], None)
    assert report.abstention.to_json()["true_refusal_rate"] is None


def test_every_document_and_question_is_redacted_before_it_is_embedded(tmp_path: Path) -> None:
    embedder = HashingEmbedder()
    files = _files(tmp_path)
    with files["queries"].open("a") as queries:
        queries.write('{"_id": "q3", "text": "Priya Raghunathan asks"}\n')
    with files["qrels"].open("a") as qrels:
        qrels.write("q3\td1\t1\n")
    _run(
        files["corpus"],
        files["queries"],
        files["qrels"],
        None,
        embedder,
        a_redactor("Priya Raghunathan"),
    )
    assert any("<PERSON_1>" in text for text in embedder.seen)
    assert not any("Priya" in text for text in embedder.seen)


def test_reference_answers_are_never_read(tmp_path: Path) -> None:
    embedder = HashingEmbedder()
    files = _files(tmp_path)
    _run(files["corpus"], files["queries"], files["qrels"], files["unanswerable"], embedder)
    assert not any("reference" in text for text in embedder.seen)


def test_the_askers_turns_are_used_and_the_agents_are_not(tmp_path: Path) -> None:
    embedder = HashingEmbedder()
    files = _files(tmp_path)
    row = {
        "_id": "q1",
        "text": "And then?",
        "metadata": {"history": ["user: the spooler hangs", "agent: restart it"]},
    }
    files["queries"].write_text(json.dumps(row))
    _run(files["corpus"], files["queries"], files["qrels"], None, embedder)
    assert "the spooler hangs\nAnd then?" in embedder.seen


@pytest.mark.parametrize(
    ("file", "line", "says"),
    [
        ("corpus", "{no json", "corpus.jsonl, line 13"),
        ("corpus", "[1]", "corpus.jsonl, line 13"),
        ("corpus", '{"_id": "d1", "title": "", "text": "x"}', "corpus.jsonl, line 13"),
        ("corpus", '{"_id": "d99", "text": null}', "corpus.jsonl, line 13"),
        ("corpus", '{"_id": "d99", "title": 5, "text": "x"}', "corpus.jsonl, line 13"),
        ("queries", '{"_id": "", "text": "x"}', "queries.jsonl, line 3"),
        ("queries", '{"_id": "q9", "text": "x", "metadata": 7}', "queries.jsonl, line 3"),
        ("queries", '{"_id": "q9", "text": "x", "metadata": {"history": "no"}}', "line 3"),
        ("unanswerable", '{"text": "x"}', "unanswerable.jsonl, line 2"),
        ("qrels", "q1 d1 1", "qrels.tsv, line 4"),
        ("qrels", "q1\td1\tgood", "qrels.tsv, line 4"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, file: str, line: str, says: str) -> None:
    files = _files(tmp_path)
    with files[file].open("a") as lines:
        lines.write(line + "\n")
    with pytest.raises(BadInput, match=says):
        _run(files["corpus"], files["queries"], files["qrels"], files["unanswerable"])


@pytest.mark.parametrize("file", ["corpus", "queries", "qrels"])
def test_an_empty_or_missing_file_is_a_mistake(tmp_path: Path, file: str) -> None:
    files = _files(tmp_path)
    files[file].write_text("")
    with pytest.raises(BadInput):
        _run(files["corpus"], files["queries"], files["qrels"], None)
    files[file].unlink()
    with pytest.raises(BadInput):
        _run(files["corpus"], files["queries"], files["qrels"], None)


def test_bytes_that_are_no_text_are_a_mistake(tmp_path: Path) -> None:
    files = _files(tmp_path)
    files["corpus"].write_bytes(b'{"_id": "\xff"}')
    with pytest.raises(BadInput):
        _run(files["corpus"], files["queries"], files["qrels"], None)


@pytest.mark.prove
@pytest.mark.skipif(not DATA.is_dir(), reason="needs the real questions beside the repository")
def test_real_questions_find_their_documents_with_redaction_on() -> None:
    report = measure(
        DATA / "corpus.jsonl",
        DATA / "dev" / "queries.jsonl",
        DATA / "dev" / "qrels.tsv",
        DATA / "dev" / "unanswerable.jsonl",
        redactor=ephemeral_redactor(Settings()),
        embedder=LocalEmbedder(),
        progress=_silent,
    )
    assert report.ndcg_at_10 >= 0.82
    assert report.hit_at_5 >= 0.88
    assert report.abstention.refusals.false is not None
    assert report.abstention.refusals.false.rate <= 0.3


def _measure(folder: Path) -> RetrievalReport:
    files = _files(folder)
    return _run(files["corpus"], files["queries"], files["qrels"], files["unanswerable"])


def _run(
    corpus: Path,
    queries: Path,
    qrels: Path,
    unanswerable: Path | None,
    embedder: HashingEmbedder | None = None,
    redactor: Redactor | None = None,
) -> RetrievalReport:
    return measure(
        corpus,
        queries,
        qrels,
        unanswerable,
        redactor=redactor or a_redactor(),
        embedder=embedder or HashingEmbedder(),
        progress=_silent,
    )


def _files(folder: Path) -> dict[str, Path]:
    documents = [
        {"_id": "d1", "title": "Spooler", "text": "The spooler hangs. Ask Priya Raghunathan."},
        {"_id": "d2", "title": "", "text": "# MTU\n\nThe tunnel drops: lower the MTU."},
        *({"_id": f"d{at}", "title": f"Topic {at}", "text": f"Item {at}."} for at in range(3, 13)),
    ]
    questions = [
        {
            "_id": "q1",
            "text": "spooler hangs",
            "metadata": {"source": "mail", "answer": "reference"},
        },
        {"_id": "q2", "text": "tunnel drops", "metadata": {"source": "web"}},
    ]
    rows = {
        "corpus": "\n".join(map(json.dumps, documents)) + "\n",
        "queries": "\n".join(map(json.dumps, questions)) + "\n",
        "unanswerable": json.dumps({"_id": "u1", "text": "???"}) + "\n",
        "qrels": "query-id\tcorpus-id\tscore\nq1\td1\t1\nq2\td2\t1\n",
    }
    found: dict[str, Path] = {}
    for name, text in rows.items():
        found[name] = folder / f"{name}{'.tsv' if name == 'qrels' else '.jsonl'}"
        found[name].write_text(text)
    return found


def _silent(_what: str, _done: int, _total: int) -> None:
    return
