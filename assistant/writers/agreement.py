"""Whether two sentences agree in what may not differ: figures, names, commands, negations.

Words in common do not make a sentence true: "Wait 90 seconds" shares its words with "Wait 30
seconds". What is compared here has to be the same, however near the rest is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from assistant.wording import FILLER, all_words, stem, words
from guardrails.placeholders import SHAPE

_ITEM = re.compile(r"^\s*(?:(?:\*\*)?(?:step\s+)?\d{1,2}[.):]|[-*+•])\s+", re.IGNORECASE)
_MARKS = re.compile(r"(?<!\w)[*_]{1,3}(?=\S)|(?<=\S)[*_]{1,3}(?!\w)")
_FIGURE = re.compile(r"(?<![\w<_])(\d+(?:[.,:/]\d+)*)\s?(%|[A-Za-z]+)?(?![>])")
_UNITS = {
    word: unit
    for unit, words in {
        "s": "s sec secs second seconds",
        "min": "min mins minute minutes",
        "h": "h hr hrs hour hours",
        "d": "d day days",
        "wk": "week weeks",
        "mo": "month months",
        "y": "year years",
        "kb": "kb kib kilobyte kilobytes",
        "mb": "mb mib megabyte megabytes",
        "gb": "gb gib gigabyte gigabytes",
        "tb": "tb tib terabyte terabytes",
        "x": "times",
        "%": "% percent",
    }.items()
    for word in words.split()
}
_ANY = "any"
"""The unit of a number in words that names none: "a count of ten"."""
_COUNTS = {
    word: str(number)
    for number, word in enumerate(
        "two three four five six seven eight nine ten eleven twelve".split(), 2
    )
} | {"twice": "2"}
_CODE = re.compile(r"`+([^`\n]+)`+")
_NAMED = re.compile(
    r"(?<![\w<])(?:"
    r"-{1,2}[A-Za-z][\w-]*"  # an option
    r"|[A-Za-z0-9][\w+-]*(?:[_/\\=@:.][\w+*-]+)+"  # a path, a host, a file, a setting
    r"|[/~\\]+[\w.-]+(?:[/\\][\w.-]+)*"
    r"|[A-Za-z]+[-_]?\d[\w-]*"  # a code or a version
    r"|[a-z]+[A-Z]\w*|[A-Z][a-z0-9]+(?:[A-Z][a-z0-9]*)+"  # camelCase
    r")(?![\w>])"
)
_ORDINARY = frozenset("e.g i.e and/or yes/no n/a".split())
_ACRONYM = re.compile(r"(?<![\w<-])[A-Z]{2,}s?(?![\w>-])")
_EVERYDAY = frozenset("OK PC PCS IT ID IDS FAQ TV AM PM NOT NO AND OR THE ALL".split())
_LABEL = re.compile(r"^[*_]{0,3}[A-Z][^.:!?\n]{2,60}:[*_]{0,3}\s")
_PROPER = re.compile(r"(?<=[\w,;:)\"”’'] )([A-Z][a-z]{2,}(?:[’'-][A-Za-z]+)?)(?![\w>])")
_CALENDAR = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday january february march april may "
    "june july august september october november december".split()
)
_NO = re.compile(
    r"\b(?:(?P<verb>not|never|cannot|avoid|refrain from|\w+n['’]t)"
    r"|no|none|nothing|nobody|neither|nor|without|instead of|rather than)\b"
    r"(?:\s+(?:need|needs|have|has)(?:\s+to)?\b)?",
    re.IGNORECASE,
)
_NO_LIMIT = re.compile(
    r"\b(?:not only|no later|no longer than|no more than|not yet)\b", re.IGNORECASE
)
_SCOPE_ENDS = re.compile(
    r"[,;:.!?()\n]|\b(?:but|and then|then|because|so that|until|if|when|while|before|after|should"
    r"|must|can|may|will|please|need|needs|have to|has to)\b",
    re.IGNORECASE,
)
_LIGHT_VERBS = frozenset(
    "check checks checked find finds get gets happen happens help helps helped know try tried use "
    "used want wants work works worked".split()
)
_SHORT = 3  # letters: "un" + "it" is no opposite of "it"
_REACH = 5
"""How many content words a negation governs at most."""
_CONDITION = re.compile(r"\b(?:only (?:if|when|after|for|with)|unless|except)\b", re.IGNORECASE)
_OPPOSITES = [
    frozenset(pair.split("|"))
    for pair in (
        "enable|disable on|off start|stop before|after allow|deny open|close add|remove up|down "
        "increase|decrease raise|lower always|never connect|disconnect lock|unlock "
        "install|uninstall first|last accept|reject plug|unplug possible|impossible safe|unsafe "
        "safe|dangerous internal|external inside|outside left|right minimum|maximum mount|unmount "
        "encrypt|decrypt successful|unsuccessful success|failure supported|unsupported "
        "online|offline more|less above|below customer|agent"
    ).split()
]


@dataclass(frozen=True, slots=True)
class Features:
    """What a text says that has to be the same in its source; all in lower case.

    ``plain`` are the stems outside of every negation, ``denied`` those that one governs, ``heads``
    the first word after each "not" or "never": what it denies in the first place.
    """

    stems: frozenset[str]
    plain: frozenset[str]
    denied: frozenset[str]
    heads: frozenset[str]
    figures: frozenset[tuple[str, str]]
    named: frozenset[str]
    proper: frozenset[str]
    acronyms: frozenset[str]
    placeholders: frozenset[str]
    opposed: frozenset[str]
    conditional: bool


@lru_cache(maxsize=8192)
def features(text: str) -> Features:
    """Return the features of a sentence, a paragraph or a whole passage."""
    bare = without_marks(text)
    governed = list(_governed(bare))
    outside = _outside(bare, governed)
    return Features(
        frozenset(stems(bare)),
        frozenset(_stated(outside)),
        frozenset(word for _, _, words, _ in governed for word in words),
        frozenset(words[0] for _, _, words, verb in governed if verb and words),
        frozenset(_figures(bare)),
        frozenset(_named(bare)),
        frozenset(_proper(_LABEL.sub("", _ITEM.sub("", text)))),
        frozenset(_acronyms(bare)),
        frozenset(match[0] for match in SHAPE.finditer(text)),
        frozenset(word for word in re.findall(r"[a-z]+", bare.lower()) if word in _OPPOSED),
        bool(_CONDITION.search(bare)),
    )


def without_marks(text: str) -> str:
    """Return ``text`` without the number of a step and marks of emphasis."""
    return _MARKS.sub("", _ITEM.sub("", text))


def stems(text: str) -> set[str]:
    """Return the stems of the content words; the parts of a joined word count, too."""
    found: set[str] = set()
    for word in words(text):
        found.add(stem(word))
        if not word.startswith("<"):
            found.update(stem(part) for part in re.split(r"[-_/.:\\]", word) if len(part) > 1)
    return found


def disagreement(said: Features, near: Features, source: Features, asked: Features) -> str:
    """Return what ``said`` says that its source does not, or the empty string.

    ``near`` is the part of the source that says the same, ``source`` the whole of it, and
    ``asked`` the question or ticket, whose figures and names may be repeated.
    """
    faults = (
        (
            said.placeholders - source.placeholders - asked.placeholders,
            "Its passage does not hold this placeholder.",
        ),
        (
            not _figures_held(said.figures, near.figures | asked.figures),
            "Its passage does not contain this number.",
        ),
        (
            not all(_holds(name, source, asked) for name in said.named),
            "Its passage does not contain this command or code.",
        ),
        (
            said.proper - source.stems - asked.stems - source.proper - asked.proper
            or said.acronyms - source.acronyms - asked.acronyms,
            "Its passage does not contain this name.",
        ),
        (turned(said, near), "Its passage says the opposite."),
        (near.conditional and not said.conditional, "It leaves out a condition of its passage."),
    )
    return next((why for fault, why in faults if fault), "")


def turned(said: Features, near: Features) -> bool:
    """Return whether one of two texts denies what the other says, or says the opposite."""
    by_prefix = _with_prefix(near.denied) & said.stems or _with_prefix(said.denied) & near.stems
    if by_prefix:  # "not connected" is "disconnected"
        return False
    if _with_prefix(near.plain) & said.plain - near.stems:
        return True
    if _with_prefix(said.plain) & near.plain - said.stems:
        return True
    asserted = said.plain & (near.denied - near.plain)
    denied = said.denied & (near.plain - near.denied)
    if asserted & near.heads or denied & said.heads:
        return True
    if (asserted or denied) and not said.denied & near.denied:
        return True
    return any(
        pair & said.opposed and pair & near.opposed and not pair & said.opposed & near.opposed
        for pair in _OPPOSITES
    )


def _with_prefix(words: Iterable[str]) -> frozenset[str]:
    return frozenset(
        f"{prefix}{word}" for word in words if len(word) > _SHORT for prefix in ("dis", "un")
    )


def _governed(text: str) -> Iterator[tuple[int, int, list[str], bool]]:
    """Yield start, end and stems of what each negation governs, and whether it denies a verb."""
    free = _NO_LIMIT.sub(lambda match: " " * len(match[0]), text)
    for match in _NO.finditer(free):
        ends = _SCOPE_ENDS.search(free, match.end())
        end = ends.start() if ends else len(free)
        words = _stated(free[match.end() : end])
        yield match.start(), end, words[:_REACH], match["verb"] is not None


def _stated(text: str) -> list[str]:
    """Return the stems of what is asserted or denied, in order: also of verbs that say little."""
    found = all_words(text)
    return [stem(word) for word in found if word not in FILLER or word in _LIGHT_VERBS]


def _outside(text: str, governed: list[tuple[int, int, list[str], bool]]) -> str:
    """Return ``text`` without what negations govern."""
    pieces: list[str] = []
    at = 0
    for start, end, _, _ in governed:
        pieces.append(text[at : max(at, start)])
        at = max(at, end)
    return " ".join((*pieces, text[at:]))


def _figures(text: str) -> Iterator[tuple[str, str]]:
    for match in _FIGURE.finditer(SHAPE.sub(" ", text)):
        yield match[1].rstrip(".,:/"), _UNITS.get((match[2] or "").lower(), "")
    words = re.findall(r"[a-z]+", text.lower())
    for word, following in zip(words, [*words[1:], ""], strict=False):
        if word in _COUNTS:
            yield _COUNTS[word], _UNITS.get(following, _ANY)


def _figures_held(said: Iterable[tuple[str, str]], known: Iterable[tuple[str, str]]) -> bool:
    units: dict[str, set[str]] = {}
    for number, unit in known:
        units.setdefault(number, set()).add(unit)
    return all(
        number in units and (unit in {"", _ANY} or bool(units[number] & {unit, _ANY}))
        for number, unit in said
    )


def _named(text: str) -> Iterator[str]:
    for match in _CODE.finditer(text):
        yield " ".join(match[1].lower().split())
    for match in _NAMED.finditer(SHAPE.sub(" ", _CODE.sub(" ", text))):
        if match[0].lower() not in _ORDINARY:
            yield match[0].lower().rstrip(".:")


def _holds(name: str, source: Features, asked: Features) -> bool:
    known = source.named | asked.named
    return name in known or stems(name) <= source.stems | asked.stems


def _acronyms(text: str) -> Iterator[str]:
    for match in _ACRONYM.finditer(SHAPE.sub(" ", _CODE.sub(" ", text))):
        if match[0].upper() not in _EVERYDAY:
            yield match[0].rstrip("s")


def _proper(text: str) -> Iterator[str]:
    for match in _PROPER.finditer(SHAPE.sub("x", _CODE.sub(" ", text))):
        if match[1].lower() not in _CALENDAR:
            yield stem(match[1].lower())


_OPPOSED = frozenset(word for pair in _OPPOSITES for word in pair)
