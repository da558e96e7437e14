r"""Repair of placeholders in which a model changed case, brackets, emphasis, escapes or endings.

Only placeholders that the model was shown are repaired, and only where the text is unambiguous:
type and number must both be present. A bare “person 1” in prose may mean anybody, and a number at
the very end of an answer may have lost its last digit. Such cases stay unchanged and are reported.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from guardrails.placeholders import PATTERN, SHAPE, Placeholder
from guardrails.spans import EntityType

_MARK = r"[*_`~]{0,3}"
_GAP = r"(?:[ \t\u00a0]|\\?[_\-\u2010\u2011\u2013]|[*`~]){0,4}"
_OPEN = r"(?:\\?<|&lt;|&#60;|&#x3c;|‹|«|\\?\[|\{|\()"
_CLOSE = r"(?:\\?>|&gt;|&#62;|&#x3e;|›|»|\\?\]|\}|\))"
_ENDING = r"(?:['’]s?|s|es|n|en)"
_NAMES = "|".join(
    _GAP.join(map(re.escape, kind.value.split("_")))
    for kind in sorted(EntityType, key=lambda kind: -len(kind.value))
)
_LOOSE = re.compile(
    rf"(?P<open>{_OPEN}[ \t]*{_MARK})?"
    rf"(?<![A-Za-z0-9])(?P<name>{_NAMES})(?P<plural>s?)"
    rf"(?P<gap>{_GAP}#?){_MARK}(?P<number>[1-9][0-9]{{0,8}})"
    rf"(?P<ending>{_ENDING})?(?![A-Za-z0-9])(?P<close>{_MARK}[ \t]*{_CLOSE})?",
    re.IGNORECASE,
)
_TRIM = "*_`~ \\\t"
_TYPES = {kind.value.replace("_", ""): kind for kind in EntityType}


@dataclass(frozen=True, slots=True)
class Doubt:
    """Characters ``start`` to ``end`` of the repaired text look like a placeholder and are not one.

    With ``plain`` they may be ordinary prose as well.
    """

    start: int
    end: int
    plain: bool = False


@dataclass(frozen=True, slots=True)
class Repaired:
    """A model's answer in which each placeholder is written as the model was shown it."""

    text: str
    doubts: tuple[Doubt, ...]


def repair(said: str, shown: Collection[Placeholder]) -> Repaired:
    """Return ``said`` with changed placeholders of ``shown`` repaired."""
    pieces: list[str] = []
    doubts: list[Doubt] = []
    at = length = 0
    for found in _LOOSE.finditer(said):
        if PATTERN.fullmatch(found[0]):
            continue
        sure = _meant(found) in shown and _is_sure(found, len(said))
        written = _is_written(found)
        if not sure and not written and _meant(found) not in shown:
            continue
        start, end = _stretch(found)
        made = _whole(found) if sure else said[start:end]
        pieces += (said[at:start], made)
        length += start - at
        if not sure:
            doubts.append(Doubt(length, length + len(made), plain=not written))
        length += len(made)
        at = end
    text = "".join((*pieces, said[at:]))
    strange = (
        Doubt(*each.span())
        for each in SHAPE.finditer(text)
        if each[0][-2].isdigit() and not PATTERN.fullmatch(each[0])
    )
    return Repaired(
        text, tuple({(each.start, each.end): each for each in (*doubts, *strange)}.values())
    )


def _stretch(found: re.Match[str]) -> tuple[int, int]:
    """Return what is replaced: brackets are included, except the round ones of a remark."""
    opening, closing = _brackets(found)
    bare = found.start("name"), found.end("ending" if found["ending"] else "number")
    if opening == "(" or closing == ")":
        return bare
    start = found.start() if opening and (closing or opening in _ANGLES) else bare[0]
    end = found.end() if closing and (opening or closing in _ANGLES) else bare[1]
    return start, end


def _whole(found: re.Match[str]) -> str:
    return f"{_meant(found)}{found['ending'] or found['plural'] or ''}"


def _meant(found: re.Match[str]) -> Placeholder:
    letters = re.sub(r"[^A-Za-z]", "", found["name"]).upper()
    return Placeholder(_TYPES[letters], int(found["number"]))


def _is_sure(found: re.Match[str], length: int) -> bool:
    """Whether the text can only be a placeholder."""
    opening, closing = _brackets(found)
    if opening and found.end("number") == length:
        return False  # cut off in the middle: a digit may be missing
    return _is_written(found) or {opening, closing} - {"", "(", ")"} != set()


def _is_written(found: re.Match[str]) -> bool:
    """Whether it is not written like prose: in capitals, in brackets, or joined to a number."""
    joined = any(each in found["gap"] for each in "_-\u2010\u2011\u2013")
    return joined or found["name"].upper() == found["name"] or _brackets(found)[0] in _ANGLES


def _brackets(found: re.Match[str]) -> tuple[str, str]:
    return (found["open"] or "").strip(_TRIM), (found["close"] or "").strip(_TRIM)


_ANGLES = frozenset(
    {"<", "&lt;", "&#60;", "&#x3c;", "‹", "«", ">", "&gt;", "&#62;", "&#x3e;", "›", "»"}
)
