"""Trains, calibrates, scores and exports: ``make train-detector``, or run this module.

It trains twice with one seed. The first training leaves out a third of the dev rows (by template
where there are templates), which then choose the thresholds and give the scores. The second uses
all rows and the thresholds of the first; its weights are packaged. 3,600 steps take less than an
hour on two cores with AMX. ``--held-only`` stops after the first training.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from pathlib import Path

import numpy as np
import torch
from torch.nn.functional import cross_entropy
from transformers import BertForTokenClassification

from scripts.detector.data import Plan, own_held, training
from scripts.detector.export import WEIGHTS, export, write_labels
from scripts.detector.judge import calibrate, judge
from scripts.detector.model import LABELS, NO_LABEL, batches, examples, fresh, tensors, tokenizer

_DROP = 0.04
_UNKNOWN = 100
_FIRST_WORD = 999
"""BERT's vocabulary: ``[UNK]``, and the first entry that is not a special token."""


def main() -> None:
    """Run all steps."""
    args = _arguments()
    torch.set_num_threads(args.threads)
    shared = args.shared if args.shared and args.shared.exists() else None
    if shared is None:
        print("--shared was not given: training on own texts and the two corpora alone")
    if args.ship_with is None:
        held = args.out if args.held_only else args.scratch
        _made(args, shared, args.hold, held)
        calibrate(own_held(args.seed + 1, 1500), shared, args.hold, held)
        judge(own_held(args.seed + 2, 1500), shared, args.hold, held)
        if args.held_only:
            return
        args.ship_with = held / "labels.json"
    _made(args, shared, 0, args.out)
    write_labels(json.loads(args.ship_with.read_text("utf-8"))["thresholds"], args.out)
    judge(own_held(args.seed + 2, 1500), shared, 0, args.out)


def _made(args: argparse.Namespace, shared: Path | None, hold: int, folder: Path) -> None:
    torch.manual_seed(args.seed)
    texts = training(Plan(seed=args.seed, own=args.own, hold=hold), shared)
    print(len(texts), "texts", flush=True)
    model = fresh([int(n) for n in args.layers.split(",")])
    _train(model, texts, args)
    export(model, folder)


def _train(model: BertForTokenClassification, texts: list, args: argparse.Namespace) -> None:
    data = examples(texts, tokenizer())
    for table in (model.bert.embeddings.word_embeddings, model.bert.embeddings.position_embeddings):
        table.weight.requires_grad_(False)  # halves the time, and keeps the vectors of rare names
    r = random.Random(args.seed)
    named = [(n, p) for n, p in model.named_parameters() if p.requires_grad]
    head = [p for n, p in named if "classifier" in n or "token_type" in n]
    body = [p for n, p in named if "classifier" not in n and "token_type" not in n]
    optimizer = torch.optim.AdamW(
        [{"params": body, "lr": args.rate}, {"params": head, "lr": args.rate * 5}],
        weight_decay=0.01,
    )
    per_epoch = sum(1 for _ in batches(data, args.batch, random.Random(0)))
    total = int(per_epoch * args.epochs)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda s: min(1.0, (s + 1) / 100) * max(0.02, 1 - s / total)
    )
    model.train()
    step, began, losses = 0, time.monotonic(), []
    while step < total:
        for batch in batches(data, args.batch, r):
            if step >= total:
                break
            losses.append(_step(model, batch, optimizer))
            schedule.step()
            step += 1
            if step % 100 == 0:
                loss, spent = np.mean(losses[-100:]), time.monotonic() - began
                print(f"step {step}/{total} loss {loss:.4f} {spent:.0f} s", flush=True)


def _step(model: torch.nn.Module, batch: list, optimizer: torch.optim.Optimizer) -> float:
    ids, mask, kinds, labels, weights = tensors(batch)
    drop = (torch.rand(ids.shape) < _DROP) & (ids >= _FIRST_WORD)  # simulates unknown words
    ids = torch.where(drop, torch.full_like(ids, _UNKNOWN), ids)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        logits = model(input_ids=ids, attention_mask=mask, token_type_ids=kinds).logits
    each = cross_entropy(
        logits.float().view(-1, len(LABELS)),
        labels.view(-1),
        ignore_index=NO_LABEL,
        reduction="none",
    ).view(labels.shape)
    counted = (labels != NO_LABEL) * weights[:, None]
    loss = (each * counted).sum() / counted.sum()
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    return float(loss.detach())


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path("../shared/data"))
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    parser.add_argument("--seed", type=int, default=20260)
    parser.add_argument("--own", type=int, default=12000)
    parser.add_argument("--epochs", type=float, default=2.2)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--rate", type=float, default=3e-4)
    parser.add_argument("--hold", type=int, default=3)
    parser.add_argument("--layers", default="0,1,2")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--scratch", type=Path, default=Path("build/tagger"))
    parser.add_argument("--held-only", action="store_true")
    parser.add_argument("--ship-with", type=Path, help="labels.json whose thresholds are kept")
    return parser.parse_args()


if __name__ == "__main__":
    main()
