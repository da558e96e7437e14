"""Lists of words, read once: names, places, common words, and the technical lexicon."""

# ruff: noqa: PLR2004 - two letters are too short for a stem

from __future__ import annotations

from functools import cache, lru_cache
from importlib.resources import files
from unicodedata import normalize


@cache
def words(name: str) -> frozenset[str]:
    """Return the case-folded lines of ``lists/<name>.txt`` that are not comments."""
    text = files("guardrails.detect").joinpath("lists", f"{name}.txt").read_text("utf-8")
    lines = (line.strip() for line in text.splitlines())
    return frozenset(line.casefold() for line in lines if line and not line.startswith("#"))


@lru_cache(maxsize=32768)
def is_common(word: str) -> bool:
    """Return whether ``word``, in any case, is an English word that is not capitalised."""
    return any(form in words("common_words") for form in _stems(word.casefold()))


@lru_cache(maxsize=32768)
def is_technical(word: str) -> bool:
    """Return whether ``word``, in any case, is a product, a vendor or a technical term."""
    folded = word.casefold()
    return folded in words("technical") or folded.removesuffix("s") in words("technical")


def is_given(word: str) -> bool:
    """Return whether ``word``, in any case, is in the list of given names."""
    return _is_listed("given_names", word.casefold())


def is_family(word: str) -> bool:
    """Return whether ``word``, in any case, is in the list of family names."""
    return _is_listed("family_names", word.casefold())


def is_name(word: str) -> bool:
    """Return whether ``word`` is only a name, and not also a word."""
    listed = is_given(word) or is_family(word)
    return listed and not is_common(word) and not is_technical(word)


def is_place(phrase: str) -> bool:
    """Return whether ``phrase`` is a country, a state or a large city."""
    return " ".join(phrase.split()).casefold() in words("places")


def _is_listed(name: str, folded: str) -> bool:
    return folded in words(name) or (len(folded) >= _LONG and folded in _unaccented(name))


_LONG = 6
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "ß": "ss"})


@cache
def _unaccented(name: str) -> frozenset[str]:
    """Return the words of a list as keyboards and directories without accents write them."""
    marked = (word for word in words(name) if not word.isascii())
    bare = (normalize("NFKD", word.translate(_LETTERS)) for word in marked)
    return frozenset("".join(c for c in word if c.isascii()) for word in bare)


def _stems(word: str) -> tuple[str, ...]:
    forms = [word]
    for ending, instead in _ENDINGS:
        if word.endswith(ending) and len(word) > len(ending) + 2:
            stem = word.removesuffix(ending)
            forms.append(stem + instead)
            if len(stem) > 2 and stem[-1] == stem[-2]:
                forms.append(stem[:-1])
    return tuple(forms)


_ENDINGS = (
    ("s", ""),
    ("es", ""),
    ("ies", "y"),
    ("ed", ""),
    ("ed", "e"),
    ("ing", ""),
    ("ing", "e"),
    ("ly", ""),
    ("er", ""),
    ("er", "e"),
    ("ers", ""),
    ("able", ""),
    ("ness", ""),
    ("n't", ""),
    ("our", "or"),
    ("ours", "or"),
    ("ise", "ize"),
    ("ised", "ize"),
    ("ising", "ize"),
)
