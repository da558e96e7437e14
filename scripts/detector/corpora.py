"""Openly licensed corpora beside this file, and labelled rows from a file.

``broad_twitter.jsonl.gz`` is the Broad Twitter Corpus (Derczynski, Bontcheva and Roberts, COLING
2016; CC BY 4.0), ``uner_ewt.jsonl.gz`` Universal NER's English Web Treebank, its dev and test parts
(Mayhew et al., NAACL 2024; CC BY-SA 4.0). Both were detokenised here, nothing else was changed.

``python -m scripts.detector.corpora BTC_CLONE UNER_CLONE`` makes the two files from clones of the
repositories that their authors publish.
"""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from scripts.detector.text import Mark, Text

HERE = Path(__file__).parent / "corpora"
IGNORED = "?"
"""A label for unknown: the loss leaves such characters out."""

_KINDS = {"PER": "PERSON", "LOC": "LOCATION", "ORG": "ORGANIZATION"}
_SYNTH = {
    "GPE": "LOCATION",
    "street_name": "STREET_ADDRESS",
    "ZIP_CODE": "STREET_ADDRESS",
    "CREDIT_CARD": "ACCOUNT_NUMBER",
    "IBAN_CODE": "ACCOUNT_NUMBER",
    "US_SSN": "NATIONAL_ID",
    "DATE_TIME": "DATE_OF_BIRTH",
    "TITLE": "DEMOGRAPHIC",
    "NRP": "DEMOGRAPHIC",
    "AGE": "DEMOGRAPHIC",
    "DOMAIN_NAME": "URL",
    "MAC_ADDRESS": "IP_ADDRESS",
}
_VENDORS = frozenset(
    "google microsoft apple amazon facebook twitter youtube instagram windows linux android "
    "iphone ios xbox snapchat skype myspace reddit ebay adobe oracle ibm intel yahoo".split()
)


def load(name: str) -> list[Text]:
    """Return the texts of the corpus ``name``."""
    with gzip.open(HERE / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [Text(row["text"], [Mark(*mark) for mark in row["marks"]], name) for row in rows]


def labelled(path: Path) -> list[tuple[Text, str]]:
    """Return the rows of a ``{text, spans}`` file, each with its template, or else its id."""
    raw = path.read_bytes()
    lines = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode("utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    return [
        (Text(row["text"], _marks(row["spans"]), path.stem), str(row.get("template_id", row["id"])))
        for row in rows
    ]


def _marks(spans: list[dict[str, object]]) -> list[Mark]:
    return [
        Mark(int(str(s["start"])), int(str(s["end"])), _SYNTH.get(str(s["type"]), str(s["type"])))
        for s in spans
    ]


def _conll(lines: Iterator[str], word: int, tag: int) -> Iterator[list[tuple[str, str]]]:
    sentence: list[tuple[str, str]] = []
    for line in lines:
        cells = line.rstrip("\n").split("\t")
        if len(cells) > tag and cells[word]:
            sentence.append((cells[word], cells[tag].strip()))
        elif not line.strip() and sentence:
            yield sentence
            sentence = []
    if sentence:
        yield sentence


def _joined(sentence: list[tuple[str, str]], source: str) -> Text:
    """Join the tokens and marks of ``sentence`` as people would write them."""
    text, marks = "", []
    before = ""
    for word, tag in sentence:
        glued = (
            not text
            or before in {"@", "#", "(", "$", "“"}
            or re.fullmatch(r"[.,!?;:)%…”]+|'\w{1,2}|n't|’\w{1,2}", word)
        )
        text += word if glued else f" {word}"
        before = word
        if tag[0] not in "BI":
            continue
        start = len(text) - len(word)
        kind = _KINDS.get(tag[2:], IGNORED)
        if (
            word.startswith("@")
            or text[start - 1 : start] == "@"
            or word.casefold().strip("#") in _VENDORS
        ):
            kind = IGNORED  # handles are marked in one corpus, not in others; vendors stay readable
        if tag[0] == "I" and marks and marks[-1].label == kind and start - marks[-1].end <= 1:
            marks[-1] = Mark(marks[-1].start, len(text), kind)
        else:
            marks.append(Mark(start, len(text), kind))
    return Text(text, marks, source)


def _show(clone: str, name: str) -> Iterator[str]:
    command = ["git", f"--git-dir={clone}", "show", f"HEAD:{name}"]
    return iter(
        subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines(
            keepends=True
        )
    )


def _write(name: str, texts: list[Text]) -> None:
    HERE.mkdir(exist_ok=True)
    with gzip.GzipFile(HERE / f"{name}.jsonl.gz", "wb", mtime=0) as file:
        for text in texts:
            marks = [[m.start, m.end, m.label] for m in text.marks]
            file.write(
                (
                    json.dumps({"text": text.text, "marks": marks}, ensure_ascii=False) + "\n"
                ).encode()
            )
    print(name, len(texts))


def _main(tweets: str, treebank: str) -> None:
    parts = [s for name in "abefgh" for s in _conll(_show(tweets, f"{name}.conll"), 0, 1)]
    _write("broad_twitter", [_joined(s, "broad_twitter") for s in parts])
    parts = [
        s
        for name in ("dev", "test")
        for s in _conll(_show(treebank, f"en_ewt-ud-{name}.iob2"), 1, 2)
    ]
    _write("uner_ewt", [_joined(s, "uner_ewt") for s in parts])


if __name__ == "__main__":
    _main(sys.argv[1], sys.argv[2])
