"""Training and evaluation data, drawn with a seed.

Rows that other people labelled come from the folder ``--shared``; without it the detector trains on
its own texts and the two corpora alone, and prints that.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from guardrails.detect.lexicon import is_name
from scripts.detector.corpora import labelled, load
from scripts.detector.generate import Generator, lowered
from scripts.detector.text import Text

_LOWERED = 0.12
_SHORT, _LONG = 20, 420


@dataclass(frozen=True, slots=True)
class Plan:
    """The amount of each source; every ``hold``-th dev row (0: none) is kept out of training."""

    seed: int = 20260
    own: int = 16000
    synth_rounds: int = 7
    noisy_rounds: int = 4
    weak: int = 4000
    hold: int = 3


def training(plan: Plan, shared: Path | None) -> list[Text]:
    """Return all training texts."""
    r = random.Random(plan.seed)
    made = Generator(plan.seed)
    texts = [made.make() for _ in range(plan.own)]
    tweets, web = load("broad_twitter"), load("uner_ewt")
    texts += tweets + web
    texts += [lowered(t) for t in tweets + web if t.marks and r.random() < _LOWERED]
    if shared:
        synth = judged(shared, "synth", plan.hold, held=False)
        noisy = judged(shared, "wnut17", plan.hold, held=False)
        texts += [made.swapped(t) for _ in range(plan.synth_rounds) for t in synth]
        texts += [t for _ in range(plan.noisy_rounds) for t in noisy]
        texts += r.sample(list(weak(shared, even=True)), plan.weak)
    r.shuffle(texts)
    return texts


def judged(shared: Path, name: str, hold: int, *, held: bool) -> list[Text]:
    """Return the held-out rows of ``name``, or the others; a template's rows stay together."""
    path = next(
        p
        for p in (shared / "pii" / f"{name}.jsonl", shared / "pii" / f"{name}.jsonl.gz")
        if p.exists()
    )
    return [t for t, key in labelled(path) if (hold > 0 and _side(key, hold)) == held]


def own_held(seed: int, count: int) -> list[Text]:
    """Return texts of the templates that are never trained on."""
    made = Generator(seed, held_out=True)
    return [made.make() for _ in range(count)]


def weak(shared: Path, *, even: bool) -> Iterator[Text]:
    """Yield public technical prose without a listed name, as text without identity.

    Documents with an even number are for training, the others for counting wrongly masked text.
    """
    for number, document in enumerate(documents(shared)):
        if (number % 2 == 0) != even:
            continue
        for block in document.split("\n\n"):
            words = block.split()
            if _SHORT < len(block) < _LONG and not any(
                w[:1].isupper() and is_name(w.strip(".,:;()*`_'\"")) for w in words
            ):
                yield Text(block, [], "weak", 0.5)


def documents(shared: Path) -> Iterator[str]:
    """Yield the public documents: three tenants' Markdown, then the retrieval corpus."""
    for path in sorted((shared / "tenants").rglob("*.md")):
        yield path.read_text("utf-8", errors="replace")
    with (shared / "retrieval" / "corpus.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            yield f"{row['title']}\n\n{row['text']}"


def _side(key: str, hold: int) -> bool:
    digits = "".join(c for c in key if c.isdigit()) or "0"
    return (int(digits) * 2654435761 >> 7) % hold == 0
