"""Reading BEIR-like files: a corpus, questions, and which documents answer which question.

Every error names the file and the line. Unknown fields are ignored, and ``metadata.answer`` is one
of them: the reference answer of a question must not reach the code that answers it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from assistant.errors import BadInput

_ASKER = "user:"


@dataclass(frozen=True, slots=True)
class Article:
    """One document of the corpus."""

    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Question:
    """One question; ``before`` holds the asker's earlier questions, oldest first."""

    id: str
    text: str
    source: str
    before: tuple[str, ...]


Judgements = dict[str, dict[str, int]]
"""The relevance by question, then by document; only values above 0."""


def read_corpus(path: Path) -> list[Article]:
    """Read ``{_id, title, text}`` lines. `BadInput` names the line, also for an id given twice."""
    found: dict[str, Article] = {}
    for where, row in rows(path):
        article = Article(text_of(row, "_id", where), optional(row, "title", where), "")
        if article.id in found:
            raise BadInput(f"{where}: the id “{article.id}” was used before.")
        found[article.id] = Article(article.id, article.title, text_of(row, "text", where))
    if not found:
        raise BadInput(f"{path.name} contains no document.")
    return list(found.values())


def read_questions(path: Path) -> list[Question]:
    """Read ``{_id, text, metadata: {source, history?}}`` lines. `BadInput` names the line."""
    return [_question(row, where) for where, row in rows(path)]


def read_judgements(path: Path) -> Judgements:
    """Read tab-separated ``query, document, score`` lines below a header. `BadInput` as above."""
    found: Judgements = {}
    for where, line in _lines(path):
        parts = line.split("\t")
        if parts[-1].strip().lower() == "score":
            continue
        question, document, relevance = _judgement(parts, where)
        if relevance > 0:
            found.setdefault(question, {})[document] = relevance
    if not found:
        raise BadInput(f"{path.name} contains no judgement.")
    return found


def read_references(path: Path) -> dict[str, str]:
    """Read the reference answers of questions, by id; for comparison only."""
    found: dict[str, str] = {}
    for where, row in rows(path):
        metadata = object_of(row.get("metadata", {}), f"{where}, metadata")
        answer = optional(metadata, "answer", where)
        if answer:
            found[text_of(row, "_id", where)] = answer
    return found


def rows(path: Path) -> Iterator[tuple[str, dict[str, object]]]:
    """Yield the location (file and line) and the object of each line. `BadInput` names the line."""
    for where, line in _lines(path):
        try:
            row: object = json.loads(line)
        except (json.JSONDecodeError, RecursionError):
            raise BadInput(f"{where}: this is not valid JSON.") from None
        yield where, object_of(row, where)


def object_of(value: object, where: str) -> dict[str, object]:
    """Return a JSON object. `BadInput` for anything else."""
    if not isinstance(value, dict):
        raise BadInput(f"{where}: this is not a JSON object.")
    return cast("dict[str, object]", value)


def text_of(row: dict[str, object], name: str, where: str) -> str:
    """Return a field that must be a text. `BadInput` for anything else."""
    value = row.get(name)
    if not isinstance(value, str) or (name == "_id" and not value):
        raise BadInput(f"{where}: the field “{name}” must be a text.")
    return value


def optional(row: dict[str, object], name: str, where: str) -> str:
    """Return a field that may be missing, as an empty text. `BadInput` as above."""
    return "" if row.get(name) is None else text_of(row, name, where)


def texts_of(row: dict[str, object], name: str, where: str) -> tuple[str, ...]:
    """Return a list of texts, which may be missing. `BadInput` for anything else."""
    value = row.get(name)
    if value is None:
        return ()
    items = cast("list[object]", value) if isinstance(value, list) else [None]
    texts = tuple(each for each in items if isinstance(each, str))
    if len(texts) != len(items):
        raise BadInput(f"{where}: the field “{name}” must be a list of texts.")
    return texts


def _judgement(parts: list[str], where: str) -> tuple[str, str, int]:
    wanted = 3
    if len(parts) != wanted:
        raise BadInput(f"{where}: a line needs three fields with tabs between them.")
    try:
        return parts[0], parts[1], int(parts[2])
    except ValueError:
        raise BadInput(f"{where}: the score must be a whole number.") from None


def _question(row: dict[str, object], where: str) -> Question:
    metadata = object_of(row.get("metadata", {}), f"{where}, metadata")
    source = optional(metadata, "source", where) or "unknown"
    before = tuple(_said_before(metadata, where))
    return Question(text_of(row, "_id", where), text_of(row, "text", where), source, before)


def _said_before(metadata: dict[str, object], where: str) -> Iterator[str]:
    """Yield the asker's own turns of a conversation, given as ``user: …`` and ``agent: …``."""
    for turn in texts_of(metadata, "history", where):
        if turn.lower().startswith(_ASKER):
            yield turn[len(_ASKER) :].strip()


def _lines(path: Path) -> Iterator[tuple[str, str]]:
    number = 0
    try:
        with path.open(encoding="utf-8-sig") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    yield f"{path.name}, line {number}", line.rstrip("\r\n")
    except UnicodeDecodeError:
        raise BadInput(f"{path.name}, after line {number}: this is not UTF-8.") from None
    except OSError as error:
        raise BadInput(f"{path.name} cannot be read: {error.strerror}.") from None
