"""Measures answers: whether the sentences that a good answer holds stand first, or a click below.

Each question is asked of a tenant made from the folder that its ``metadata.source`` names, by the
page's own path: `assistant.flows.ask.ask`. ``metadata.must`` are sentences that a good answer
holds, ``metadata.not`` sentences that it does not hold, ``metadata.document`` is where they are; a
question without ``must`` is one that nothing answers. They are read after everything is written.

The *lead* is the first 160 words of the answer's body; *shown* is the body and what stands one
click below it, 450 words in all. White space, Markdown marks and case do not count, and
placeholders are restored first: the documents' own words are compared.
"""

from __future__ import annotations

import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from assistant.bootstrap import Home
from assistant.desk import Desk
from assistant.errors import BadInput
from assistant.flows.ask import Answer, ask
from assistant.flows.directory import import_people
from assistant.parts import Parts
from assistant.settings import Settings
from eval.beir import object_of, optional, rows, text_of, texts_of
from eval.figures import mean, quantile
from eval.homes import own_home
from eval.retrieval import Progress
from guardrails import RawText, RedactedText
from guardrails.audit.viewing import viewing
from guardrails.identity.permissions import Person, show_restored
from ingestion.ingest import ingest

LEAD_WORDS, SHOWN_WORDS = 160, 450
_DIRECTORY = "people.csv"
_LINK = re.compile(r"!?\[([^\]\n]*)\]\([^)\s]*\)")
_CITED = re.compile(r"\[\d{1,2}\]")
_BULLET = re.compile(r"^\s*(?:[-+]|\d{1,2}[.)])\s+", re.MULTILINE)
_MARKS = re.compile(r"[*`|>#\\]|(?<![^\W_])_+|_+(?![^\W_])")


@dataclass(frozen=True, slots=True)
class Row:
    """One question with what a good answer holds; ``must`` is empty where nothing answers it."""

    id: str
    text: str
    source: str
    kind: str
    document: str
    must: tuple[str, ...]
    must_not: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """What one answer was worth; ``lead`` and ``shown`` count the sentences of ``must`` in them."""

    row: Row
    lead: int
    shown: int
    clean: bool
    document: bool
    words: int
    refused: bool
    ms: float


@dataclass(frozen=True, slots=True)
class Figures:
    """Shares between 0 and 1 over answerable questions; None where there is none."""

    questions: int
    must: float | None
    must_shown: float | None
    whole: float | None
    clean: float | None
    document: float | None
    words_p50: float | None


@dataclass(frozen=True, slots=True)
class Refused:
    """Shares of questions without and with an answer that were refused, or marked a near miss."""

    true: float | None
    false: float | None


@dataclass(frozen=True, slots=True)
class AnswersReport(Figures):
    """The figures of all questions, and of each kind and source; times in milliseconds."""

    refused: Refused
    by_kind: Mapping[str, Figures]
    by_source: Mapping[str, Figures]
    p50_ms: float
    p95_ms: float


def read_rows(path: Path) -> list[Row]:
    """Read ``{_id, text, metadata: {source, kind, document, must, not}}`` lines.

    `BadInput` names a line that cannot be used.
    """
    return [_row(row, where) for where, row in rows(path)]


def measure(
    questions: Path,
    corpora: Sequence[Path],
    *,
    settings: Settings,
    parts: Parts,
    home: Path | None,
    progress: Progress,
    seen: Callable[[Row, Answer, Judged], None] | None = None,
) -> AnswersReport:
    """Ask every question whose source is the name of one of ``corpora``.

    A tenant for each folder is made in ``home`` and used again by later runs; without ``home`` all
    are made in a temporary one. ``seen`` is called with each question, answer and judgement.
    `BadInput` when no question is about a corpus.
    """
    folders = {folder.resolve().name: folder for folder in corpora}
    asked = [row for row in read_rows(questions) if row.source in folders]
    if not asked:
        raise BadInput(f"No question of {questions.name} is about {', '.join(folders)}.")
    with (
        nullcontext(home) if home else TemporaryDirectory(prefix="quietdesk-") as place,
        Home.open(own_home(settings, Path(place)), parts=parts) as opened,
    ):
        for name in dict.fromkeys(row.source for row in asked):
            _fill(opened, name, folders[name], progress)
        return report(list(_ask_all(opened, asked, progress, seen)))


def report(judged: Sequence[Judged]) -> AnswersReport:
    """Return the figures of all judgements."""
    kinds: defaultdict[str, list[Judged]] = defaultdict(list)
    sources: defaultdict[str, list[Judged]] = defaultdict(list)
    for each in judged:
        kinds[each.row.kind].append(each)
        sources[each.row.source].append(each)
    times = sorted(each.ms for each in judged)
    whole = _figures(judged)
    return AnswersReport(
        **{name: getattr(whole, name) for name in Figures.__slots__},
        refused=Refused(
            mean([each.refused for each in judged if not each.row.must]),
            mean([each.refused for each in judged if each.row.must]),
        ),
        by_kind={name: _figures(some) for name, some in sorted(kinds.items())},
        by_source={name: _figures(some) for name, some in sorted(sources.items())},
        p50_ms=round(quantile(times, 0.5), 1),
        p95_ms=round(quantile(times, 0.95), 1),
    )


def judge(row: Row, lead: str, below: Sequence[str], sources: Sequence[str]) -> Judged:
    """Judge an answer by its restored texts; ``sources`` are the documents that it shows."""
    first = plain(_first(lead, LEAD_WORDS))
    shown = plain(_first("\n\n".join((lead, *below)), SHOWN_WORDS))
    return Judged(
        row,
        lead=sum(plain(each) in first for each in row.must),
        shown=sum(plain(each) in shown for each in row.must),
        clean=not any(plain(each) in first for each in row.must_not),
        document=row.document in {source.partition("#")[0] for source in sources},
        words=len(_CITED.sub(" ", lead).split()),
        refused=False,
        ms=0.0,
    )


def plain(text: str) -> str:
    """Return ``text`` without Markdown marks and citations, in lower case, blanks collapsed."""
    bare = _BULLET.sub("", _CITED.sub(" ", _LINK.sub(r"\1", text)))
    return " ".join(_MARKS.sub("", bare).lower().split())


def _fill(home: Home, name: str, folder: Path, progress: Progress) -> None:
    """Make the tenant of ``folder``, or read what changed in it since the last run."""
    if name not in {tenant.slug for tenant in home.tenants()}:
        home.add_tenant(name)
        people = folder / _DIRECTORY
        if people.is_file():
            import_people(home.desk(name), RawText(people.read_text("utf-8")), people.name)
            home.directory_changed(name)
    ingest(
        home.desk(name),
        folder,
        progress=lambda at: progress(f"reading {name}", at.done, at.total),
        max_bytes=home.settings.max_file_bytes,
    )


def _ask_all(
    home: Home,
    asked: Sequence[Row],
    progress: Progress,
    seen: Callable[[Row, Answer, Judged], None] | None,
) -> Iterator[Judged]:
    ask(home.desk(asked[0].source), RawText(asked[0].text))  # loads the models
    for done, row in enumerate(asked, start=1):
        desk = home.desk(row.source)
        began = time.perf_counter()
        answer = ask(desk, RawText(row.text))
        judged = _judged(desk, row, answer, 1000 * (time.perf_counter() - began))
        if seen:
            seen(row, answer, judged)
        yield judged
        progress("asking", done, len(asked))


def _judged(desk: Desk, row: Row, answer: Answer, ms: float) -> Judged:
    below = [each.chunk.text for each in answer.below]
    sources = [each.source for each in (*answer.written.citations, *answer.below)]
    body, *rest = _restored(desk, [answer.written.body, *below, *sources])
    judged = judge(row, body, rest[: len(below)], rest[len(below) :])
    return replace(judged, refused=not answer.answerable, ms=ms)


def _restored(desk: Desk, texts: Sequence[RedactedText]) -> list[str]:
    person = Person("eval", desk.tenant.slug, may_read=True, id="eval")
    found = desk.restorer.restore_many(texts)
    with viewing(desk.ledger, person.id):
        return [show_restored(each, person, desk.tenant.slug).for_display() for each in found]


def _figures(judged: Sequence[Judged]) -> Figures:
    some = [each for each in judged if each.row.must]
    wanted = sum(len(each.row.must) for each in some)
    return Figures(
        questions=len(judged),
        must=round(sum(each.lead for each in some) / wanted, 4) if wanted else None,
        must_shown=round(sum(each.shown for each in some) / wanted, 4) if wanted else None,
        whole=mean([each.clean and each.lead == len(each.row.must) for each in some]),
        clean=mean([each.clean for each in some]),
        document=mean([each.document for each in some]),
        words_p50=median(said) if (said := [each.words for each in some if each.words]) else None,
    )


def _first(text: str, words: int) -> str:
    """Return the first ``words`` words; line ends are kept, because bullets begin lines."""
    ends = [found.end() for found in re.finditer(r"\S+", _CITED.sub(" ", text))]
    return _CITED.sub(" ", text)[: ends[words - 1]] if len(ends) > words else text


def _row(row: dict[str, object], where: str) -> Row:
    about = object_of(row.get("metadata"), f"{where}, metadata")
    return Row(
        text_of(row, "_id", where),
        text_of(row, "text", where),
        text_of(about, "source", where),
        optional(about, "kind", where) or "unknown",
        optional(about, "document", where),
        texts_of(about, "must", where),
        texts_of(about, "not", where),
    )
