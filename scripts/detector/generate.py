# ruff: noqa: E501, PLR2004 - tables of words, and the odds of drawing them
"""Training text: templates filled with invented values, joined, and with typing errors added.

One template in eight is held out from training; the detector's score on texts of those alone is
published beside the scores on other people's rows.
"""

from __future__ import annotations

import hashlib
import random
import re
from pathlib import Path

from scripts.detector.text import Builder, Mark, Text
from scripts.detector.values import SLOTS, Values

HERE = Path(__file__).parent / "templates"
_SLOT = re.compile(r"\{([a-z]+)\}")
_KINDS = ("tickets", "desk", "dialogues", "everyday", "plain")
_MIX = (0.25, 0.25, 0.12, 0.22, 0.16)

_SWAPS = {
    "PERSON": "person", "LOCATION": "place", "ORGANIZATION": "org", "STREET_ADDRESS": "address", "ACCOUNT_NUMBER": "card", "NATIONAL_ID": "ssn",
    "EMAIL_ADDRESS": "email", "PHONE_NUMBER": "phone", "URL": "url", "IP_ADDRESS": "ip",
}  # fmt: skip


class Generator:
    """Makes texts; the same seed makes the same texts."""

    def __init__(self, seed: int, *, held_out: bool = False) -> None:
        self._rng = random.Random(seed)
        self._values = Values(self._rng)
        self._templates = {kind: templates(kind, held_out=held_out) for kind in _KINDS}

    def make(self) -> Text:
        """Return one text of one to five templates."""
        r = self._rng
        kind = r.choices(_KINDS, _MIX)[0]
        text = self._render(kind)
        if kind in {"tickets", "desk", "plain"} and r.random() < 0.5:
            built = Builder(kind, text.text, text.marks)
            for _ in range(r.choice((1, 1, 2, 3))):
                other = r.choices(("tickets", "desk", "plain", "dialogues"), (0.2, 0.2, 0.5, 0.1))[
                    0
                ]
                built.append(self._render(other), r.choice((" ", " ", "\n", "\n\n", ". ")))
            text = built.done()
        elif kind == "everyday" and r.random() < 0.15:
            built = Builder(kind, text.text, text.marks)
            built.append(self._render(r.choice(("everyday", "plain"))), r.choice((" ", "\n")))
            text = built.done()
        return self._quoted(roughen(text, r)) if r.random() < 0.05 else roughen(text, r)

    def _render(self, kind: str) -> Text:
        template = self._rng.choice(self._templates[kind])
        built = Builder(kind)
        at = 0
        for slot in _SLOT.finditer(template):
            if slot[1] not in SLOTS:
                continue
            built.add(template[at : slot.start()])
            value, label = self._values.fill(slot[1])
            built.add(value, label)
            at = slot.end()
        built.add(template[at:])
        return built.done()

    def _quoted(self, text: Text) -> Text:
        """Put ``> `` before every line, like a quoting reply."""
        edits = [(m.start(), m.start(), "> ") for m in re.finditer("^", text.text, re.MULTILINE)]
        return edited(text, edits)

    def swapped(self, text: Text) -> Text:
        """Return ``text`` with other values of the same kinds and the words unchanged."""
        r = self._rng
        built = Builder(text.source)
        at = 0
        for mark in sorted(text.marks, key=lambda m: m.start):
            if mark.start < at:
                continue
            built.add(text.text[at : mark.start])
            built.add(self._swap(text.text[mark.start : mark.end], mark), mark.label)
            at = mark.end
        built.add(text.text[at:])
        done = built.done()
        return lowered(done) if r.random() < 0.1 else done

    def _swap(self, old: str, mark: Mark) -> str:  # noqa: PLR0911 - one kind of value each
        r, v = self._rng, self._values
        if r.random() < 0.12:
            return old
        if mark.label == "DEMOGRAPHIC":
            slot = (
                "age"
                if old.isdigit()
                else "title"
                if old.endswith(".") or old == "Miss"
                else "nation"
                if old.rstrip("s").casefold() in _NATIONS
                else "job"
            )
            return v.fill(slot)[0]
        if mark.label == "DATE_OF_BIRTH":
            return v.fill("year" if old.isdigit() else "weekday" if old.isalpha() else "born")[0]
        if mark.label == "PERSON" and r.random() < 0.6:
            return v.fill("full" if " " in old else r.choice(("given", "family")))[0]
        if mark.label == "STREET_ADDRESS":
            if re.fullmatch(r"\d{1,4}", old):
                return v.fill("number")[0]
            if len(old) < 12 and any(c.isdigit() for c in old):
                return v.fill("unit" if old[0].isalpha() else "post")[0]
            if len(old) < 24:
                return v.fill(
                    r.choice(("street", "streetname"))
                    if any(c.isdigit() for c in old)
                    else "streetname"
                )[0]
        if mark.label == "ACCOUNT_NUMBER" and old[0].isalpha():
            return v.fill("account")[0]
        return v.fill(_SWAPS[mark.label])[0] if mark.label in _SWAPS else old


def templates(kind: str, *, held_out: bool) -> list[str]:
    """Return the training templates of ``kind``, or those held out."""
    lines = (HERE / f"{kind}.txt").read_text("utf-8").splitlines()
    lines = [
        line.replace(r"\n", "\n").replace(r"\t", "\t")
        for line in lines
        if line and not line.startswith("# Id")
    ]
    if lines[0].startswith("# "):
        lines = lines[1:]
    return [line for line in lines if _held(line) == held_out]


def _held(line: str) -> bool:
    return hashlib.sha256(line.encode()).digest()[0] % 8 == 0


def roughen(text: Text, r: random.Random) -> Text:
    """Return ``text`` with errors of hurried typing, most often unchanged."""
    roll = r.random()
    if roll < 0.1:
        text = lowered(text)
    elif roll < 0.125:
        text = (
            Text(text.text.upper(), text.marks, text.source)
            if len(text.text.upper()) == len(text.text)
            else text
        )
    if r.random() < 0.12:
        text = edited(text, _typos(text, r))
    return text


def lowered(text: Text) -> Text:
    """Return ``text`` in lower case, if that keeps its length."""
    small = text.text.lower()
    return Text(small, text.marks, text.source) if len(small) == len(text.text) else text


def edited(text: Text, edits: list[tuple[int, int, str]]) -> Text:
    """Return ``text`` with ``edits`` applied and its marks moved accordingly."""
    marks = list(text.marks)
    out = text.text
    for start, end, piece in sorted(edits, reverse=True):
        out = out[:start] + piece + out[end:]
        shift = len(piece) - (end - start)
        marks = [_moved(mark, start, end, shift) for mark in marks]
    return Text(out, marks, text.source, text.weight)


def _moved(mark: Mark, start: int, end: int, shift: int) -> Mark:
    if mark.start >= end:
        return Mark(mark.start + shift, mark.end + shift, mark.label)
    if mark.end > start:
        return Mark(mark.start, mark.end + shift, mark.label)
    return mark


def _typos(text: Text, r: random.Random) -> list[tuple[int, int, str]]:
    inside = [False] * (len(text.text) + 1)
    for mark in text.marks:
        inside[mark.start : mark.end] = [True] * (mark.end - mark.start)
    edits: list[tuple[int, int, str]] = []
    for word in re.finditer(r"[A-Za-z]{4,}", text.text):
        if inside[word.start()] or r.random() > 0.12:
            continue
        at = word.start() + r.randrange(1, len(word[0]) - 2)
        two = text.text[at : at + 2]
        edits.append((at, at + 2, r.choice((two[::-1], two[0], two[0] + two))))
    return edits


_NATIONS = frozenset(
    word.casefold()
    for word in "American Greenlander Saudi Slovenian Spanish Russian Polish ecuadorean bruneian French paraguayan Norwegian englishman shii surinamese Scottish Italian Danish British German Swedish Irish Dutch Greek Finnish Czech Hungarian Canadian".split()
)
