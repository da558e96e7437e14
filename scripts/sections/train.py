"""Trains the section ranker and writes ``assistant/search/learned/weights/sections.json``.

    python -m scripts.sections.train --shared ../shared/data --home HOME

``questions.jsonl`` holds questions, each with the document and the heading of the section that
answers it. The corpora are ingested into ``--home`` (kept: `eval answers --home` makes the same
one), so that every text runs through the product's own steps: redaction, chunking, search.

Three fits, one after the other: a linear model over the named features (the softmax over the
candidates of a question, L2); the scales of late interaction; the linear model again with its
score, computed by scales that were trained on other documents. Held-out figures by document are
printed before. The seed is fixed; another processor rounds differently.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.optimize import minimize

from assistant.adapters.sentence_transformers import INSTALLED
from assistant.bootstrap import Home
from assistant.desk import Desk
from assistant.model import Section
from assistant.parts import Parts
from assistant.ports import TokenEmbedder
from assistant.search.federated import documents_of
from assistant.search.learned import features, tokens
from assistant.search.retrieve import retrieve
from assistant.search.sections import sections_of
from assistant.settings import load_settings
from guardrails import RawText, RedactedText
from guardrails.identity.permissions import Person, show
from ingestion.ingest import ingest

HERE = Path(__file__).parent
TARGET = Path("assistant/search/learned/weights/sections.json")
CARD = TARGET.with_suffix(".md")
SEED = 20261
FOLDS = 5
DOCUMENTS = 3
RIDGE, RIDGE_CLOSELY = 30.0, 10.0
EPOCHS, BATCH, RATE, SHARPNESS = 2, 8, 0.01, 30.0
CLOSELY = 6
LATE = "late"
BESIDE_LATE = (
    "search",
    "document",
    "words beside the title",
    "bm25",
    "words in heading",
    "heading asked for",
    "exact words",
    "length",
    "first",
    "links",
    "without heading",
    "example:",
    "elsewhere:",
)
"""What helps beside late interaction: with all features fewer held-out questions were right."""

Floats = NDArray[np.float32]


@dataclass
class Example:
    """A question with its candidates; ``right`` is the place of the section that answers."""

    question: RedactedText
    document: str
    sections: list[Section]
    right: int
    rows: list[dict[str, float]]
    asked: Floats | None = None
    vectors: dict[int, Floats] | None = None
    late: dict[int, float] | None = None


def main() -> None:
    """Ingest, search, read, cross-validate, fit, write."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--shared", type=Path, required=True)
    asked.add_argument("--home", type=Path, required=True)
    options = asked.parse_args()
    torch.manual_seed(SEED)
    settings = load_settings().model_copy(update={"home": options.home})
    with Home.open(settings, parts=Parts()) as home:
        desks = dict(_desks(home, options.shared / "tenants"))
        examples = list(_examples(desks))
        model = next(iter(desks.values())).embedder
        assert isinstance(model, TokenEmbedder), "the installed model has token vectors"
        print(f"{len(examples)} questions with the answer among their candidates", flush=True)
        _embed(examples, model)
    names = sorted(examples[0].rows[0])
    folds = _folds(examples)
    for fold in range(FOLDS):
        rest = [each for each, mine in zip(examples, folds, strict=True) if mine != fold]
        held = [each for each, mine in zip(examples, folds, strict=True) if mine == fold]
        scales = fit_scales(rest)
        for each in held:
            each.late = _late(each, scales)
    _report(examples, folds, names)
    scales = fit_scales(examples)
    TARGET.write_text(json.dumps(_exported(examples, names, scales)) + "\n", encoding="utf-8")
    digest = hashlib.sha256(TARGET.read_bytes()).hexdigest()
    text = CARD.read_text(encoding="utf-8")
    CARD.write_text(re.sub(r"\b[0-9a-f]{64}\b", digest, text), encoding="utf-8")


def _desks(home: Home, tenants: Path) -> Iterator[tuple[str, Desk]]:
    known = {tenant.slug for tenant in home.tenants()}
    for name in sorted({row["source"] for row in _questions()}):
        if name not in known:
            home.add_tenant(name)
            ingest(home.desk(name), tenants / name, progress=lambda _: None, max_bytes=1 << 26)
        yield name, home.desk(name)


def _questions() -> list[dict[str, str]]:
    lines = (HERE / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def _examples(desks: dict[str, Desk]) -> Iterator[Example]:
    """Yield the questions whose answer is among the candidates, as in use: the best documents."""
    read: dict[str, list[Section]] = {}
    for row in _questions():
        desk = desks[row["source"]]
        question = desk.redactor.look_up(RawText(row["text"])).text
        found = retrieve(desk, question)
        top = max((each.score for each in found.passages), default=0.0) or 1.0
        scores: dict[str, float] = {}
        for each in found.passages:
            scores.setdefault(each.chunk.document_id, each.score / top)
        sections: list[Section] = []
        for document_id in list(scores)[:DOCUMENTS]:
            if document_id not in read:
                read[document_id] = _sections(desk, document_id)
            sections += [
                replace(
                    each,
                    evidence=max(found.evidence.get(chunk, 0.0) for chunk in each.chunk_ids),
                    standing=scores[document_id],
                )
                for each in read[document_id]
            ]
        right = [at for at, each in enumerate(sections) if _is(desk, each, row)]
        if right:
            rows = features.features(question, sections, [features.read(each) for each in sections])
            yield Example(question, row["document"], sections, right[0], rows)


def _sections(desk: Desk, document_id: str) -> list[Section]:
    documents = documents_of(desk)
    document = documents.document(document_id)
    assert document is not None
    return sections_of(document.source, document.title, documents.chunks_of(document_id))


def _is(desk: Desk, section: Section, row: dict[str, str]) -> bool:
    """Return whether ``section`` is the one that ``row`` names."""
    person = Person("training", desk.tenant.slug, may_read=True)
    restored = desk.restorer.restore_many([section.source, section.heading])
    source, heading = (show(each.text, person, desk.tenant.slug).for_display() for each in restored)
    return source == row["document"] and heading == row["heading"]


def _embed(examples: Sequence[Example], model: TokenEmbedder) -> None:
    """Set the raw vectors of each question and of its best candidates by words alone."""
    names = sorted(examples[0].rows[0])
    linear = fit(examples, names)
    plain = tokens.Scales(np.ones(1, np.float32), np.zeros(1, np.float32))
    kept: dict[tuple[str, int], Floats] = {}
    for done, each in enumerate(examples):
        scores = [linear(row) for row in each.rows]
        best = sorted(range(len(scores)), key=lambda at: -scores[at])[:CLOSELY]
        best = list(dict.fromkeys([*best, each.right]))
        new = [at for at in best if _key(each.sections[at]) not in kept]
        read = tokens.read(model, plain, [each.sections[at] for at in new])
        kept |= {
            _key(each.sections[at]): some.astype(np.float16)
            for at, some in zip(new, read, strict=True)
        }
        (each.asked,) = model.embed_tokens([each.question])
        each.vectors = {at: kept[_key(each.sections[at])] for at in best}
        if done % 50 == 0:
            print(f"{done} of {len(examples)} read", flush=True)


def _key(section: Section) -> tuple[str, int]:
    return section.document_id, section.ordinal


def fit(
    examples: Sequence[Example], names: Sequence[str], *, late: bool = False
) -> Callable[[dict[str, float]], float]:
    """Fit the linear model and return it as a function of a row; `weights` holds its weights."""
    known = weights(examples, names, late=late)
    return lambda row: sum(known[name] * row[name] for name in known)


def weights(examples: Sequence[Example], names: Sequence[str], *, late: bool) -> dict[str, float]:
    """Return a weight for each feature: softmax over the candidates of a question, L2."""
    names, ridge = (BESIDE_LATE, RIDGE_CLOSELY) if late else (names, RIDGE)
    columns = [*names, LATE] if late else list(names)
    rows, starts, right = [], [], []
    for each in examples:
        starts.append(len(rows))
        for at, row in enumerate(each.rows):
            if late and at not in (each.late or {}):
                continue
            if at == each.right:
                right.append(len(rows))
            rows.append([row[name] for name in names] + ([each.late[at]] if late else []))
    matrix = np.asarray(rows)
    spread = matrix.std(axis=0) + 1e-6
    scaled = matrix / spread
    owner = np.repeat(np.arange(len(starts)), np.diff([*starts, len(rows)]))

    def loss(values: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        scores = scaled @ values
        scores = np.exp(scores - np.maximum.reduceat(scores, starts)[owner])
        share = scores / np.add.reduceat(scores, starts)[owner]
        slope = scaled.T @ share - scaled[right].sum(axis=0) + ridge * values
        return -np.log(share[right]).sum() + ridge / 2 * (values @ values), slope

    found = minimize(loss, np.zeros(len(columns)), jac=True, method="L-BFGS-B").x / spread
    return {name: float(value) for name, value in zip(columns, found, strict=True)}


def fit_scales(examples: Sequence[Example]) -> tokens.Scales:
    """Fit the scales of late interaction: the softmax over the candidates that were read."""
    size = examples[0].asked.shape[1]
    scale = torch.zeros(size, requires_grad=True)
    word = torch.zeros(size, requires_grad=True)
    optimizer = torch.optim.AdamW([scale, word], lr=RATE, weight_decay=0.0)
    dice = np.random.default_rng(SEED)
    for _ in range(EPOCHS):
        order = dice.permutation(len(examples))
        for start in range(0, len(order), BATCH):
            batch = [examples[at] for at in order[start : start + BATCH]]
            loss = torch.stack([_loss(each, scale, word) for each in batch]).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return tokens.Scales(
        torch.exp(scale).detach().numpy().astype(np.float32),
        word.detach().numpy().astype(np.float32),
    )


def _loss(each: Example, scale: torch.Tensor, word: torch.Tensor) -> torch.Tensor:
    """Return the loss of one question; the same formula as `tokens.score`."""
    grow = torch.exp(scale)
    raw = torch.from_numpy(np.asarray(each.asked, dtype=np.float32))
    asked = torch.nn.functional.normalize(raw * grow, dim=1)
    counts = torch.sigmoid(raw @ word) + 1e-3
    scores = []
    for vectors in each.vectors.values():
        section = torch.from_numpy(vectors.astype(np.float32))
        near = asked @ torch.nn.functional.normalize(section * grow, dim=1).T
        scores.append((near.max(dim=1).values * counts).sum() / counts.sum())
    place = list(each.vectors).index(each.right)
    return -torch.log_softmax(torch.stack(scores) * SHARPNESS, 0)[place]


def _late(each: Example, scales: tokens.Scales) -> dict[int, float]:
    return {
        at: tokens.score(scales, each.asked, scales.scaled(some.astype(np.float32)))
        for at, some in each.vectors.items()
    }


def _folds(examples: Sequence[Example]) -> list[int]:
    documents = sorted({each.document for each in examples})
    order = np.random.default_rng(SEED).permutation(len(documents))
    fold = {documents[at]: place % FOLDS for place, at in enumerate(order)}
    return [fold[each.document] for each in examples]


def _report(examples: Sequence[Example], folds: Sequence[int], names: Sequence[str]) -> None:
    """Print how often the right section is first, and among three, on documents not trained on."""
    ways: dict[str, list[int]] = {"search": [], "words": [], LATE: [], "all": []}
    for fold in range(FOLDS):
        rest = [each for each, mine in zip(examples, folds, strict=True) if mine != fold]
        words, closely = fit(rest, names), fit(rest, names, late=True)
        for each, mine in zip(examples, folds, strict=True):
            if mine != fold:
                continue
            scores = {
                "search": {at: row["search"] for at, row in enumerate(each.rows)},
                "words": {at: words(row) for at, row in enumerate(each.rows)},
                LATE: each.late,
                "all": {
                    at: closely(each.rows[at] | {LATE: near}) for at, near in each.late.items()
                },
            }
            for way, found in scores.items():
                order = sorted(found, key=lambda at: -found[at])
                ways[way].append(order.index(each.right))
    for way, places in ways.items():
        first, three = (float(np.mean([at < most for at in places])) for most in (1, 3))
        print(f"{way}: first {first:.3f}, among three {three:.3f}")


def _exported(
    examples: Sequence[Example], names: Sequence[str], scales: tokens.Scales
) -> dict[str, object]:
    rounded = {
        "by_words": weights(examples, names, late=False),
        "closely": weights(examples, names, late=True),
    }
    return {
        "model": INSTALLED + "@",
        **{
            name: {key: round(each, 4) for key, each in some.items()}
            for name, some in rounded.items()
        },
        "dimension": [round(float(each), 4) for each in scales.dimension],
        "word": [round(float(each), 4) for each in scales.word],
    }


if __name__ == "__main__":
    main()
