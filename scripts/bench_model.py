"""Measures what is left of a real model's drafts and summaries of the tickets in a home.

    QUIETDESK_HOME=COPY QUIETDESK_WRITER=model QUIETDESK_MODEL_FILE=model.gguf \
        python scripts/bench_model.py --drafts 20 --summaries 20 --to drafts.md

Use a copy of the home: every draft goes into its queue. A text is *usable* when it is the model's
and not the fallback writer's; its sentences are judged by `eval.grounding`, which shares nothing
with attribution. ``--to`` gets every text, sentence by sentence, to be read by eye.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from statistics import median

from assistant.bootstrap import Home
from assistant.desk import Desk
from assistant.flows.draft import draft_reply
from assistant.flows.summarise import summarise
from assistant.model import Draft, Outcome
from assistant.prompts import thread_of
from assistant.settings import load_settings
from eval.grounding import Sentence, judge
from guardrails import RedactedText, join


@dataclass(frozen=True, slots=True)
class Read:
    """One text that was written, with the judgement on its sentences."""

    draft: Draft
    sentences: list[Sentence]
    seconds: float

    @property
    def usable(self) -> bool:
        return self.draft.written.outcome is Outcome.USED


def main() -> None:
    args = _arguments()
    with Home.open(load_settings(), create=False) as home:
        tickets = list(_tickets(home))
        kinds = {"drafts": (draft_reply, args.drafts), "summaries": (summarise, args.summaries)}
        for name, (write, most) in kinds.items():
            done: list[Read] = []
            for desk, reference in tickets:
                if len(done) == most:
                    break
                began = time.perf_counter()
                draft = write(desk, reference)
                if draft.written.outcome is None:  # nothing was found, so no model was asked
                    continue
                done.append(Read(draft, _judged(desk, draft), time.perf_counter() - began))
                print(
                    name, reference, draft.written.outcome, f"{done[-1].seconds:.0f} s", flush=True
                )
                if args.to:
                    with args.to.open("a") as file:
                        file.write(_as_text(done[-1]))
            print(json.dumps({name: _figures(done)}))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--drafts", type=int, default=20)
    parser.add_argument("--summaries", type=int, default=20)
    parser.add_argument("--to", type=Path, help="Markdown file that every text is added to")
    return parser.parse_args()


def _tickets(home: Home) -> Iterator[tuple[Desk, str]]:
    """Yield the tickets of all tenants in turn, by reference."""
    desks = [home.desk(tenant.slug) for tenant in home.tenants()]
    rows = [sorted(row.reference for row in desk.records.tickets.list()) for desk in desks]
    for some in zip_longest(*rows):
        yield from (
            (desk, reference) for desk, reference in zip(desks, some, strict=True) if reference
        )


def _judged(desk: Desk, draft: Draft) -> list[Sentence]:
    ticket = desk.records.tickets.get(draft.reference)
    assert ticket is not None, "it was just written about"
    thread = desk.scanner.remask(thread_of(ticket))
    sources = _cited(desk, draft) or {1: thread}
    return judge(draft.written.body, sources, desk.embedder.embed, asked=thread.reveal())


def _cited(desk: Desk, draft: Draft) -> Mapping[int, RedactedText]:
    """Return the text of the lines that each citation names."""
    found: dict[int, RedactedText] = {}
    for each in draft.written.citations:
        chunks = [
            chunk.text
            for chunk in desk.records.documents.chunks_of(each.document_id)
            if chunk.first_line <= each.last_line and chunk.last_line >= each.first_line
        ]
        found[each.number] = desk.scanner.remask(join("\n\n", chunks))
    return found


def _figures(done: list[Read]) -> dict[str, object]:
    usable = [each for each in done if each.usable]
    judged = [sentence.grounded for each in usable for sentence in each.sentences]
    return {
        "asked": len(done),
        "usable": round(len(usable) / len(done), 3) if done else None,
        "grounded": round(sum(judged) / len(judged), 3) if judged else None,
        "sentences": len(judged),
        "outcomes": Counter(str(each.draft.written.outcome) for each in done),
        "p50_s": round(median(each.seconds for each in done), 1) if done else None,
    }


def _as_text(read: Read) -> str:
    made = read.draft.written
    said = made.said.reveal()
    lines = [
        f"## {read.draft.reference}, {read.draft.kind}: {made.outcome}, {read.seconds:.0f} s",
        "",
        *(f"- note: {note}" for note in made.notes),
        "",
        "What the model said:",
        "",
        *(f"    {line}" for line in said.splitlines()),
        "",
        "What would be sent:",
        "",
        *(f"    {line}" for line in made.body.reveal().splitlines()),
        "",
        *(f"- left out: “{said[f.start : f.end]}”: {f.note}" for f in made.refused),
        *(
            f"- {'grounded' if each.grounded else 'NOT GROUNDED'} {list(each.cites)}"
            f" {each.cosine:.2f} {' '.join(each.strange)}: {each.text}"
            for each in read.sentences
        ),
    ]
    return "\n".join(lines) + "\n\n"


if __name__ == "__main__":
    main()
