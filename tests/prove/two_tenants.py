"""Two tenants in one served home, the data of one of them, and a search for that data."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, is_dataclass
from pathlib import Path
from random import Random
from typing import cast

import httpx
from pydantic import BaseModel

from assistant.bootstrap import Home
from assistant.desk import Desk
from assistant.flows import review, show
from assistant.flows.ask import ask
from assistant.flows.draft import draft_reply
from assistant.flows.summarise import summarise
from assistant.model import Audience
from assistant.search.retrieve import retrieve
from guardrails import ForPerson, RawText, RedactedText
from guardrails.errors import QuietdeskError
from guardrails.identity.permissions import Person
from guardrails.placeholders import Placeholder
from guardrails.text import unwrap
from ingestion.ingest import ingest
from tests.fakes.plain import redacted
from tests.fakes.policies import a_policy
from tests.fakes.tickets import import_tickets
from tests.ui.web_fixtures import Site, serving

SEED = 20261122
ATTACKER, VICTIM = "globex", "acme"
ATTACKERS_LOGIN = "gil"
DOCUMENTS, TICKETS, DRAFTS = 40, 60, 20
TOPICS = ("printer", "scanner", "router", "projector", "terminal", "headset", "keyboard", "modem")


@dataclass(frozen=True)
class Plant:
    """A tenant's data: anyone may type ``bait``, only the tenant knows ``secret``."""

    bait: list[str] = field(default_factory=list[str])
    secret: list[str] = field(default_factory=list[str])
    references: list[str] = field(default_factory=list[str])


@dataclass(frozen=True)
class Scene:
    """A served home with both tenants, the victim's data and its names."""

    site: Site
    plant: Plant
    ids: dict[str, list[str]]
    placeholders: list[Placeholder]

    @property
    def home(self) -> Home:
        return self.site.home

    @property
    def mine(self) -> Desk:
        return self.home.desk(ATTACKER)

    @property
    def theirs(self) -> Desk:
        return self.home.desk(VICTIM)

    @property
    def names(self) -> list[str]:
        return [*self.plant.references, *(each for ids in self.ids.values() for each in ids)]

    def a_few(self) -> list[str]:
        """One of every kind of name, and a placeholder that only the other tenant has."""
        kinds = (self.plant.references, *self.ids.values())
        return [*(each[-1] for each in kinds), str(self.placeholders[-1])]

    def search(self) -> Search:
        named = (each for ids in self.ids.values() for each in ids)
        return Search(frozenset((*self.plant.secret, *named)))


@dataclass
class Search:
    """Counts attempts, and what of ``watched`` came back that the attempt did not type itself."""

    watched: frozenset[str]
    attempts: Counter[str] = field(default_factory=Counter[str])
    hits: list[str] = field(default_factory=list[str])

    def tries(
        self, where: str, call: Callable[..., object], *given: object, **named: object
    ) -> None:
        self.attempts[where] += 1
        try:
            came = declared(call(*given, **named)).casefold()
        except QuietdeskError as error:
            came = declared(error).casefold()
        typed = [each for each in (*given, *named.values()) if not isinstance(each, Desk)]
        hits = [each for each in self.watched if each in came]
        own = declared(typed).casefold() if hits else ""
        self.hits += [f"{where}: {each}" for each in hits if each not in own]

    def __str__(self) -> str:
        return f"{self.attempts.total()} attempts, {len(self.hits)} hits; {dict(self.attempts)}"


def declared(value: object) -> str:
    """Return everything that ``value`` contains, raw text and fields of errors included."""
    if isinstance(value, (Mapping, list, tuple, set, frozenset)):
        return "\n".join(map(declared, _parts(cast("Iterable[object]", value))))
    if isinstance(value, BaseModel):
        return value.model_dump_json()
    if is_dataclass(value) and not isinstance(value, type):
        return "\n".join(declared(getattr(value, each.name)) for each in fields(value))
    return _word(value)


def _parts(value: Iterable[object]) -> Iterable[object]:
    return cast("Mapping[object, object]", value).items() if isinstance(value, Mapping) else value


def _word(value: object) -> str:
    match value:
        case RawText():
            return unwrap(value)
        case RedactedText():
            return value.reveal()
        case ForPerson():
            return value.for_display()
        case httpx.Response():
            return f"{value.headers} {value.text}"
        case BaseException():
            return f"{value!r} {value} {vars(value)}"
        case _:
            return str(value)


def everything(desk: Desk) -> str:
    """Return all data of a desk, with the identity of its placeholders."""
    records = desk.records
    references = [row.reference for row in records.tickets.list()]
    surfaces = sorted(str(each) for each in placeholders_in(desk))
    held = [
        *(records.documents.documents(), records.drafts.list(), records.drafts.replies()),
        *(records.gaps.list(), records.counts(), ids_of(desk)),
        *(records.documents.chunks_of(each.id) for each in records.documents.documents()),
        *((records.tickets.get(each), records.tickets.raw(each)) for each in references),
        desk.restorer.restore(redacted(" ".join(surfaces))),
    ]
    return declared(held)


@contextmanager
def two_tenants(folder: Path) -> Generator[Scene]:
    """Serve a home in which both are filled, the victim more so; both read the library."""
    with serving(folder) as site:
        home, random = site.home, Random(SEED)
        for slug in (ATTACKER, VICTIM):
            home.set_policy(slug, a_policy(library=True))
        library = folder / "library"
        write_articles(library, Plant(), random, 5)
        ingest(home.library(), library, progress=quiet, max_bytes=10_000, identities=False)
        fill(home, ATTACKER, folder / ATTACKER, random, 8)
        plant = fill(home, VICTIM, folder / VICTIM, random, 1)
        yield Scene(site, plant, ids_of(home.desk(VICTIM)), placeholders_in(home.desk(VICTIM)))


def fill(home: Home, slug: str, folder: Path, random: Random, share: int) -> Plant:
    """Give a tenant articles, tickets, drafts, a released reply and a gap."""
    desk, plant = home.desk(slug), Plant()
    write_articles(folder, plant, random, DOCUMENTS // share)
    ingest(desk, folder, progress=quiet, max_bytes=10_000, audience=Audience.CUSTOMER)
    lines = [a_ticket(slug, number, plant, random) for number in range(TICKETS // share)]
    import_tickets(desk, RawText("\n".join(lines)), "tickets.jsonl")
    person = Person("owner", slug, may_read=True, may_release=True)
    drafts = [draft_reply(desk, each) for each in plant.references[: DRAFTS // share]]
    summarise(desk, plant.references[0])
    edited = review.edit(desk, person, drafts[-1].id, RawText(secret(plant, random)))
    review.approve(desk, person, edited.id)
    review.release(desk, person, edited.id)
    ask(desk, RawText(f"Which {secret(plant, random)} sings to {secret(plant, random)}?"))
    return plant


def write_articles(folder: Path, plant: Plant, random: Random, count: int) -> None:
    folder.mkdir()
    for number in range(count):
        topic, mail, host = (
            TOPICS[number % len(TOPICS)],
            a_mail(plant, random),
            a_host(plant, random),
        )
        article = (
            f"# {secret(plant, random)} {topic}\n\n## {bait(plant, random)} {topic}\n\n"
            f"Restart the {secret(plant, random)} of the {topic} and press "
            f"{secret(plant, random)}. Write to {mail} or look at the computer {host}.\n"
        )
        (folder / f"{secret(plant, random)}-{topic}.md").write_text(article)


def a_ticket(slug: str, number: int, plant: Plant, random: Random) -> str:
    first, last = bait(plant, random).title(), secret(plant, random).title()
    mail, host, topic = a_mail(plant, random), a_host(plant, random), TOPICS[number % len(TOPICS)]
    phone = f"+44 20 {random.randrange(7000, 8000)} {random.randrange(1000, 10_000)}"
    plant.secret.append(phone)
    plant.references.append(f"{slug.upper()}-{random.randrange(10**6, 10**7)}")
    text = f"The {topic} says {secret(plant, random)} on {host}. Call {first} {last}, {phone}."
    return json.dumps(
        {
            "id": plant.references[-1],
            "subject": f"{topic} {bait(plant, random)} {secret(plant, random)}",
            "status": "open",
            "requester": {"name": f"{first} {last}", "email": mail, "phone": phone},
            "assets": [{"hostname": host}],
            "turns": [{"author": f"{first} {last}", "role": "requester", "text": text}],
        }
    )


def a_word(random: Random) -> str:
    return "".join(random.choice("bdfgklmnprstvz") + random.choice("aeiou") for _ in range(6))


def bait(plant: Plant, random: Random) -> str:
    plant.bait.append(a_word(random))
    return plant.bait[-1]


def secret(plant: Plant, random: Random) -> str:
    plant.secret.append(a_word(random))
    return plant.secret[-1]


def a_mail(plant: Plant, random: Random) -> str:
    return f"{secret(plant, random)}@{a_word(random)}.example"


def a_host(plant: Plant, random: Random) -> str:
    plant.secret.append(f"{a_word(random)[:3]}-pc-{random.randrange(1000, 10_000)}")
    return plant.secret[-1].upper()


def ids_of(desk: Desk) -> dict[str, list[str]]:
    records = desk.records
    return {
        "documents": [each.id for each in records.documents.documents()],
        "chunks": sorted(records.documents.chunk_ids()),
        "tickets": [each.id for each in records.tickets.list()],
        "drafts": [each.id for each in records.drafts.list()],
        "replies": [each.id for each in records.drafts.replies()],
        "gaps": [each.id for each in records.gaps.list()],
    }


def placeholders_in(desk: Desk) -> list[Placeholder]:
    return [Placeholder(row.type, row.number) for row in desk.records.vault.rows()]


def quiet(_: object) -> None:
    """Ignore progress."""


def the_person() -> Person:
    return Person(ATTACKERS_LOGIN, ATTACKER, may_read=True, may_release=True)


def shown_to(desk: Desk) -> str:
    """All counts of a desk, and what it finds for a few words."""
    found = [retrieve(desk, redacted(f"The {each} is broken")) for each in ("printer", "router")]
    return declared([desk.records.counts(), found, show.tickets(desk, the_person())])
