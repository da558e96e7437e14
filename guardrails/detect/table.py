r"""Tables of detection: ``tables/*.toml``, read once and checked while they are read.

A file has up to six sections, and each is optional::

    [words]           sets of words: a string of words between blanks, or a list of phrases
    [fragments]       pieces of patterns; a list means alternatives. ``(?&name)`` in a pattern or in
                      a later fragment is replaced by the fragment ``name``
    [patterns]        named regular expressions for the code beside the table
    [samples]         strings for examples: ``{mixed 36}`` is 36 characters of the sample ``mixed``,
                      so that no scanner of secrets takes an example for one
    [defaults]        fields that every rule below has unless it says otherwise
    [[rules]]         id, type (an `EntityType`), pattern, match and no_match (texts that it must
                      match and must not match); and, where wanted: score (0 to 1), recognizer (the
                      name in spans, otherwise the id), keywords (in lower case; one of them must
                      occur in the text), entropy (the least, in bits per character), check (the
                      name of a function that the code passes)
    [[examples]]      text, and in ``finds`` all that the code beside the table masks in it
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import cast

from guardrails.detect.rule import BadTable, Check, Rule, compiled
from guardrails.spans import EntityType

_FOLDER = Path(__file__).parent / "tables"
_REFERENCE = re.compile(r"\(\?&(\w+)\)")
_SAMPLE = re.compile(r"\{(\w+) (\d+)\}")
_SECTIONS = frozenset(
    {"words", "fragments", "patterns", "samples", "defaults", "rules", "examples"}
)


@dataclass(frozen=True, slots=True)
class Example:
    """A text, and what the code that uses a table masks in it."""

    text: str
    finds: tuple[str, ...]


class Table:
    """One file: its words, patterns and rules."""

    def __init__(self, path: Path) -> None:
        """Read ``path``. `BadTable` when it is not a valid table."""
        self.name = path.name
        self._raw = _toml(path)
        if unknown := self._raw.keys() - _SECTIONS:
            raise BadTable(self.name, f"there is no section {_listed(unknown)}")
        self._fragments: dict[str, str] = {}
        for name, value in self._section("fragments").items():
            where = f"{self.name}, fragment {name}"
            self._fragments[name] = self._expanded(where, "|".join(_texts(where, value)))

    def words(self, name: str) -> frozenset[str]:
        """Return a set of words."""
        where = f"{self.name}, words {name}"
        value = self._named("words", name)
        return frozenset(value.split() if isinstance(value, str) else _texts(where, value))

    def fragment(self, name: str) -> str:
        """Return a piece of a pattern, for a pattern that is made while a text is read."""
        self._named("fragments", name)
        return f"(?:{self._fragments[name]})"

    def pattern(self, name: str) -> re.Pattern[str]:
        """Return a named pattern, compiled."""
        where = f"{self.name}, pattern {name}"
        (source,) = _texts(where, self._named("patterns", name))
        return compiled(where, self._expanded(where, source))

    def rules(self, checks: Mapping[str, Check] | None = None) -> tuple[Rule, ...]:
        """Return the rules in the order of the file, with the ``checks`` that they name."""
        rules = tuple(self._rule(fields, checks or {}) for fields in self._list("rules"))
        ids = [rule.id for rule in rules]
        if twice := {each for each in ids if ids.count(each) > 1}:
            raise BadTable(self.name, f"there are two rules {_listed(twice)}")
        return rules

    def examples(self) -> tuple[Example, ...]:
        """Return the example texts with everything that must be found in each."""
        examples: list[Example] = []
        for fields in self._list("examples"):
            entry = _Entry(f"{self.name}, an example", fields)
            examples.append(Example(entry.text("text"), entry.texts("finds")))
            entry.end()
        return tuple(examples)

    def _rule(self, fields: Mapping[str, object], checks: Mapping[str, Check]) -> Rule:
        name = fields.get("id", "without an id")
        entry = _Entry(f"{self.name}, rule {name}", {**self._section("defaults"), **fields})
        rule = Rule(
            id=entry.text("id"),
            type=_type(entry),
            pattern=self._expanded(entry.where, entry.text("pattern")),
            score=entry.number("score", 0.9),
            recognizer=entry.text("recognizer", str(name)),
            keywords=entry.texts("keywords", ()),
            entropy=entry.number("entropy", 0.0),
            check=_check(entry, checks),
            match=self._samples(entry.where, entry.texts("match")),
            no_match=self._samples(entry.where, entry.texts("no_match")),
            where=entry.where,
        )
        entry.end()
        if not (rule.match and rule.no_match):
            raise BadTable(entry.where, "it needs an example of each sort")
        if any(word != word.lower() for word in rule.keywords):
            raise BadTable(entry.where, "a keyword is not in lower case")
        return rule

    def _expanded(self, where: str, pattern: str) -> str:
        """Return ``pattern`` with its fragments put in."""

        def piece(reference: re.Match[str]) -> str:
            if reference[1] not in self._fragments:
                raise BadTable(where, f"there is no fragment {reference[1]} above it")
            return f"(?:{self._fragments[reference[1]]})"

        return _REFERENCE.sub(piece, pattern)

    def _samples(self, where: str, examples: Sequence[str]) -> tuple[str, ...]:
        samples = self._section("samples")

        def sample(reference: re.Match[str]) -> str:
            text, size = samples.get(reference[1]), int(reference[2])
            if not isinstance(text, str) or not text:
                raise BadTable(where, f"there is no sample {reference[1]}")
            return (text * (size // len(text) + 1))[:size]

        return tuple(_SAMPLE.sub(sample, example) for example in examples)

    def _section(self, name: str) -> dict[str, object]:
        section = self._raw.get(name, {})
        if not isinstance(section, dict):
            raise BadTable(self.name, f"[{name}] is not a section")
        return cast("dict[str, object]", section)

    def _list(self, name: str) -> list[dict[str, object]]:
        entries = self._raw.get(name, [])
        if not isinstance(entries, list):
            raise BadTable(self.name, f"[[{name}]] is not a list")
        return cast("list[dict[str, object]]", entries)

    def _named(self, section: str, name: str) -> object:
        if name not in self._section(section):
            raise BadTable(self.name, f"[{section}] has no {name}")
        return self._section(section)[name]


@cache
def load(name: str) -> Table:
    """Return the table ``tables/<name>.toml``. `BadTable` when it is not valid."""
    return Table(_FOLDER / f"{name}.toml")


class _Entry:
    """One entry, read field by field; a field that was not read is an error."""

    def __init__(self, where: str, fields: Mapping[str, object]) -> None:
        self.where = where
        self._fields = dict(fields)

    def text(self, name: str, default: str | None = None) -> str:
        value = self._take(name, default)
        if not isinstance(value, str) or not value:
            raise BadTable(self.where, f"{name} is not text")
        return value

    def number(self, name: str, default: float) -> float:
        value = self._take(name, default)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise BadTable(self.where, f"{name} is not a number")
        return float(value)

    def texts(self, name: str, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
        return _texts(f"{self.where}, {name}", self._take(name, default))

    def end(self) -> None:
        if self._fields:
            raise BadTable(self.where, f"there is no field {_listed(self._fields)}")

    def _take(self, name: str, default: object) -> object:
        value = self._fields.pop(name, default)
        if value is None:
            raise BadTable(self.where, f"{name} is missing")
        return value


def _type(entry: _Entry) -> EntityType:
    name = entry.text("type")
    if name not in EntityType.__members__:
        raise BadTable(entry.where, f"there is no type {name}")
    return EntityType[name]


def _check(entry: _Entry, checks: Mapping[str, Check]) -> Check | None:
    name = entry.text("check", "none")
    if name != "none" and name not in checks:
        raise BadTable(entry.where, f"there is no check {name}")
    return checks.get(name)


def _texts(where: str, value: object) -> tuple[str, ...]:
    """Return a list of texts, or one text as a list of one."""
    items = cast("Sequence[object]", value) if isinstance(value, list | tuple) else [value]
    found = tuple(item for item in items if isinstance(item, str))
    if len(found) != len(items):
        raise BadTable(where, "it holds something that is not text")
    return found


def _toml(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:  # TOMLDecodeError is a ValueError
        raise BadTable(path.name, f"it cannot be read ({error})") from error


def _listed(names: Mapping[str, object] | set[str]) -> str:
    return ", ".join(sorted(names))
