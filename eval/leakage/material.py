"""A tenant made of planted values: its people, its documents, its tickets, its questions."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from eval.leakage.forms import COMMON, FORMS, PLAIN, RARE
from eval.leakage.topics import A_THING, AGAIN, DECLARED, TOPICS, UNDECLARED, Topic
from eval.leakage.values import Maker, PlantedPerson, Value
from guardrails.spans import EntityType

_TICKET = "LK-"
_DIRECTORY_SHARE = 0.25
_PEOPLE_A_DOCUMENT = 7
_RARE_EVERY = 3
"""Every so many mentions one is written in a machine's or an obfuscated form."""
_BY_CHANCE = 0.3
"""The share of undeclared values that are mentioned twice."""


@dataclass(frozen=True, slots=True)
class Planted:
    """One value, whether the tenant has declared it, and the texts that reveal it."""

    number: int
    value: Value
    declared: bool
    where: str
    form: str
    written: tuple[str, ...]


@dataclass(slots=True)
class Material:
    """The input for each interface, and the values planted in it."""

    directory: str = ""
    documents: dict[str, str] = field(default_factory=dict[str, str])
    tickets: list[dict[str, object]] = field(default_factory=list[dict[str, object]])
    questions: list[str] = field(default_factory=list[str])
    answers: list[str] = field(default_factory=list[str])
    edits: list[str] = field(default_factory=list[str])
    planted: list[Planted] = field(default_factory=list[Planted])

    def export(self) -> str:
        """Return the tickets as a file."""
        return "".join(f"{json.dumps(each, ensure_ascii=False)}\n" for each in self.tickets)

    def of(self, where: str) -> set[int]:
        """Return the numbers of the values planted in one place."""
        return {each.number for each in self.planted if each.where == where}


def make(known: int, seed: int = 1) -> Material:
    """Return material with at least ``known`` values that the tenant has declared."""
    return _Gardener(seed).plant(known)


class _Gardener:
    def __init__(self, seed: int) -> None:
        self._maker = Maker(seed)
        self._rng = self._maker.rng
        self._made = Material()
        self._mentions = 0
        self._undeclared = 0

    def plant(self, known: int) -> Material:
        made = self._made
        people = [self._maker.person() for _ in range(round(known * _DIRECTORY_SHARE / 7) + 1)]
        made.directory = _directory(people)
        for at in range(0, len(people), _PEOPLE_A_DOCUMENT):
            self._document(at // _PEOPLE_A_DOCUMENT, people[at : at + _PEOPLE_A_DOCUMENT])
        declared = sum(each.declared for each in made.planted)
        count = 0
        while declared < known:
            count += 1
            declared += self._ticket(f"{_TICKET}{count}")
        for at, topic in enumerate((*TOPICS, *TOPICS)):
            self._question(at, topic)
        for kind in UNDECLARED:
            made.answers.append(self._once("answer", kind))
        made.edits = [
            self._once("edit", kind) for kind in (EntityType.PERSON, EntityType.EMAIL_ADDRESS)
        ]
        return made

    def _document(self, number: int, people: Sequence[PlantedPerson]) -> None:
        topic, where = TOPICS[number % len(TOPICS)], f"document {number}"
        lines = [f"# {topic.title}, site {number}", "", f"{topic.trouble} This is what to do."]
        lines += ["", "## Fix", "", *(f"{at}. {each}" for at, each in enumerate(topic.steps, 1))]
        lines += ["", "## Who knows more", ""]
        for person in people:
            lines += [self._mention(where, each, declared=True) for each in person.values()]
        lines += ["", *self._some(where, 4)]
        self._made.documents[f"runbook-{number}.md"] = "\n\n".join(lines) + "\n"

    def _ticket(self, reference: str) -> int:
        where = reference
        topic = TOPICS[len(self._made.tickets) % len(TOPICS)]
        asks, *others = (self._maker.person() for _ in range(3))
        declared = [*_reachable(asks), *(each for other in others for each in _reachable(other))]
        declared += [asks.host, asks.serial]
        said = [self._mention(where, each, declared=True) for each in declared]
        half = len(said) // 2
        turns = [
            (asks.name.text, "requester", [topic.trouble, *said[:half], *self._some(where, 2)]),
            ("Support", "agent", ["Thank you, we look into it.", *said[half:]]),
            (
                asks.name.text,
                "requester",
                [*self._some(where, 1), self._again(where), self._as_a_thing(where)],
            ),
        ]
        self._made.tickets.append(
            {
                "id": reference,
                "subject": topic.title,
                "status": "open",
                "priority": "normal",
                "created_at": "2026-10-12T08:14:00Z",
                "requester": _fields(asks),
                "contacts": [_fields(other) for other in others],
                "assets": [{"hostname": asks.host.text, "serial": asks.serial.text}],
                "turns": [
                    {
                        "at": "2026-10-12T08:14:00Z",
                        "author": author,
                        "role": role,
                        "text": "\n\n".join(text),
                    }
                    for author, role, text in turns
                ],
            }
        )
        return len(declared)

    def _question(self, at: int, topic: Topic) -> None:
        kind = tuple(UNDECLARED)[at % len(UNDECLARED)]
        asked = [f"{topic.trouble} What do I do?"]
        if at % 2:
            asked.append(self._once("question", kind))
        else:
            said = [each for each in self._made.planted if each.declared]
            asked.append(self._rng.choice(AGAIN).format(v=self._rng.choice(said).value.text))
        self._made.questions.append(" ".join(asked))

    def _some(self, where: str, count: int) -> list[str]:
        """Return sentences with undeclared values, cycling through the kinds."""
        kinds = tuple(UNDECLARED)
        self._undeclared += count
        return [
            self._once(where, kinds[(self._undeclared - at) % len(kinds)])
            for at in range(count, 0, -1)
        ]

    def _again(self, where: str) -> str:
        """Return a sentence that repeats a value of an earlier text, without a hint."""
        earlier = [each for each in self._made.planted if each.where != where]
        value = self._rng.choice(
            [each for each in earlier if each.declared or self._rng.random() < _BY_CHANCE]
        )
        return self._rng.choice(AGAIN).format(v=value.value.text)

    def _as_a_thing(self, where: str) -> str:
        """Return a sentence in which a person's account looks like the name of a thing.

        Detection leaves such words readable; only the gate recognises the account.
        """
        accounts = [
            each.value.text
            for each in self._made.planted
            if each.declared and each.value.kind is EntityType.USERNAME
            if each.where.startswith(_TICKET) and each.where != where
        ]
        return A_THING.format(v=self._rng.choice(accounts)) if accounts else "Thank you."

    def _once(self, where: str, kind: EntityType) -> str:
        return self._mention(where, self._maker.make(kind), declared=False)

    def _mention(self, where: str, value: Value, *, declared: bool) -> str:
        """Return a sentence with ``value`` in some form, and record the texts that reveal it."""
        self._mentions += 1
        rare = self._mentions % _RARE_EVERY == 0
        name = self._rng.choice(RARE if rare else (*COMMON, *[PLAIN] * len(COMMON)))
        written = FORMS[name](value.text)
        alone = (value.alone,) if declared and value.alone else ()
        number = len(self._made.planted)
        self._made.planted.append(
            Planted(number, value, declared, where, name, (value.text, written.strip(), *alone))
        )
        frame = self._rng.choice((DECLARED if declared else UNDECLARED)[value.kind])
        return frame.format(v=written)


def _reachable(person: PlantedPerson) -> tuple[Value, ...]:
    return person.name, person.email, person.phone, person.username


def _fields(person: PlantedPerson) -> dict[str, str]:
    names = ("name", "email", "phone", "username")
    return {name: each.text for name, each in zip(names, _reachable(person), strict=True)}


def _directory(people: Iterable[PlantedPerson]) -> str:
    out = io.StringIO()
    lines = csv.writer(out)
    lines.writerow(("name", "email", "phone", "username", "employee_number", "hosts", "serials"))
    lines.writerows([each.text for each in person.values()] for person in people)
    return out.getvalue()
