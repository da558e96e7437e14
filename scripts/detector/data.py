"""What trains and what judges, drawn with a seed.

Rows that other people labelled come from a folder given by ``--shared``; without it the detector
trains on its own texts and the two corpora alone, and says so.
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
    """How much of each source; ``hold`` keeps one dev row in so many (0: none) out of training."""

    seed: int = 20260
    own: int = 16000
    synth_rounds: int = 7
    noisy_rounds: int = 4
    weak: int = 4000
    hold: int = 3


def training(plan: Plan, shared: Path | None) -> list[Text]:
    """Return all texts that train."""
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
    """Return the rows of ``name`` on one side of the line; templates stay together."""
    path = next(
        p
        for p in (shared / "pii" / f"{name}.jsonl", shared / "pii" / f"{name}.jsonl.gz")
        if p.exists()
    )
    return [t for t, key in labelled(path) if (hold > 0 and _side(key, hold)) == held]


def own_held(seed: int, count: int) -> list[Text]:
    """Return texts of the templates that never train."""
    made = Generator(seed, held_out=True)
    return [made.make() for _ in range(count)]


def weak(shared: Path, *, even: bool) -> Iterator[Text]:
    """Yield public technical prose where no list knows a name, as text without identity.

    Documents with an even number train, the others are left for counting what is masked wrongly.
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
