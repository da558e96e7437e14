"""Makes many attacks out of few sentences: ``templates.json`` holds them and what fills them."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path

_CHOICE = re.compile(r"\[([^\[\]]*)\]")
_SLOT = re.compile(r"\{(\w+)(:lower|:upper)?\}")
_FILE = Path(__file__).parent / "templates.json"


def attacks(each: int, seed: int) -> dict[str, tuple[int, bool]]:
    """Return sentences, each with the number of its template and whether it attacks when alone.

    ``each`` is how often a template is filled; one of many different tasks is filled more often.
    """
    loaded = json.loads(_FILE.read_text(encoding="utf-8"))
    dice = random.Random(seed)
    found: dict[str, tuple[int, bool]] = {}
    for number, one in enumerate(loaded["templates"]):
        for _ in range(each * one.get("often", 1)):
            sentence = _filled(one["text"], loaded["slots"], dice)
            found.setdefault(sentence, (number, not one.get("hidden", False)))
    return found


def _filled(text: str, slots: dict[str, list[str]], dice: random.Random) -> str:
    def slot(found: re.Match[str]) -> str:
        value = dice.choice(slots[found[1]])
        return value.lower() if found[2] == ":lower" else value

    while _CHOICE.search(text) or _SLOT.search(text):
        text = _CHOICE.sub(lambda found: dice.choice(found[1].split("|")), text)
        text = _SLOT.sub(slot, text, count=1)
    return text[0].upper() + text[1:]
