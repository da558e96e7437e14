"""Chooses thresholds, and scores the detector on held-out rows.

The threshold of each label is chosen on held-out texts: the one with the best F2 by characters of
that label.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from guardrails.detect import build_rule_detector
from guardrails.detect.engine.presidio import PresidioDetector
from guardrails.detect.tagger import tagger
from scripts.detector.data import documents, judged
from scripts.detector.export import write_labels
from scripts.detector.model import LABELS
from scripts.detector.score import score
from scripts.detector.text import Text

TECHNICAL = tuple(
    "USERNAME HOSTNAME PHONE_NUMBER SERIAL_NUMBER EMPLOYEE_ID SECRET NATIONAL_ID ACCOUNT_NUMBER "
    "EMAIL_ADDRESS URL IP_ADDRESS".split()
)
FLOOR = 0.5
"""Rules find these by shape too; the model needs a higher threshold, or it masks versions."""

_GRID = (0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9)


def load(folder: Path) -> tagger.TaggerNames:
    """Return the tagger over the weights in ``folder``."""
    tagger._WEIGHTS = folder  # noqa: SLF001 - the weights to score may not be the packaged ones
    return tagger.TaggerNames(threads=2)


def calibrate(own: Sequence[Text], shared: Path | None, hold: int, folder: Path) -> None:
    """Choose thresholds on ``own`` and on held-out rows, and write them to ``folder``."""
    texts = list(own)
    if shared and hold:
        texts += judged(shared, "wnut17", hold, held=True) + judged(
            shared, "synth", hold, held=True
        )
    write_labels(dict.fromkeys(LABELS[1:], 0.5), folder)
    load(folder)
    by_text = {t.text: t for t in texts}
    weighed = list(tagger.Model(2).weigh([*by_text]))
    texts = [by_text[text] for text, _ in weighed]
    runs = {}
    for level in _GRID:
        names = replace(tagger.settings(), thresholds=np.full(len(LABELS), level, np.float32))
        runs[level] = [tagger.decide(text, tokens, names) for text, tokens in weighed]
    chosen = {}
    for label in LABELS[1:]:
        chosen[label] = max(_GRID, key=lambda level: (_f2(texts, runs[level], label), level))
    for label in TECHNICAL:
        chosen[label] = max(chosen[label], FLOOR)
    print("thresholds", chosen)
    write_labels(chosen, folder)


def _f2(texts: Sequence[Text], found: Sequence[tagger.Found], label: str) -> float:
    """Return F2 of the characters of ``label``; masking identity of other labels is no error."""
    hit = masked = gold = 0
    for text, spans in zip(texts, found, strict=True):
        identity = {i for m in text.marks for i in range(m.start, m.end)}
        mine = {i for m in text.marks if m.label == label for i in range(m.start, m.end)}
        everywhere = {i for s in spans for i in range(s[0], s[1])}
        typed = {i for s in spans if s[2] == label for i in range(s[0], s[1])}
        hit += len(mine & everywhere)
        gold += len(mine)
        masked += len(typed - identity)
    p, r = hit / max(1, hit + masked), hit / max(1, gold)
    return round(5 * p * r / max(1e-9, 4 * p + r), 3)


def judge(own: Sequence[Text], shared: Path | None, hold: int, folder: Path) -> None:
    """Print scores of the model alone, the rules alone, and both."""
    names = load(folder)
    detectors = {"model": names, "rules": build_rule_detector(), "both": PresidioDetector(names)}
    sets: dict[str, Sequence[Text]] = {"own held-out templates": own}
    if shared:
        rows = f"rows held out, 1 in {hold}" if hold else "training rows"
        for name in ("synth", "wnut17"):
            sets[f"{name}, {rows}"] = judged(shared, name, hold, held=bool(hold))
        sets["tickets, never trained"] = judged(shared, "tickets", 0, held=False)
    for title, texts in sets.items():
        for name, detector in detectors.items():
            print(
                f"{title} [{name}]:",
                score(texts, detector.detect([t.text for t in texts])).line(),
                flush=True,
            )
    if shared:
        _public([d for n, d in enumerate(documents(shared)) if n % 60 == 1], detectors)


def _public(texts: Sequence[str], detectors: dict) -> None:
    """Print the masked share of public technical text, which has almost no identity."""
    for name, detector in detectors.items():
        masked = sum(s.end - s.start for spans in detector.detect(texts) for s in spans)
        share = masked / sum(map(len, texts))
        print(f"public documents, not trained on [{name}]: {share:.4f} of characters masked")
