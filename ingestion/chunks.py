"""Documents to redacted chunks: redaction first, cutting after.

A whole document is redacted before it is cut, so no name is cut in two and the detector sees its
context. Sections are then packed into chunks of about 900 characters at paragraph boundaries:
MiniLM reads 256 word pieces, which title, heading and 900 characters just fill. Small neighbouring
sections of one audience share a chunk, each under its own heading; a code fence, a list item or a
table stays whole while that is possible, and no placeholder is ever cut.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import PurePath

from assistant.model import PATH, Audience, Chunk, new_id
from guardrails import RawText, RedactedText, Redaction, Redactor, Template, join
from ingestion.blocks import blocks
from ingestion.loaders import Loaded, Section
from ingestion.loaders.audience import is_internal_heading

VERSION = "3"
"""The version of chunking: increase it when a document would be cut differently."""

TARGET = 900
_SMALL = 300
_HEADED = Template("## $heading\n\n$body")


@dataclass(frozen=True, slots=True)
class Redacted:
    """A document, redacted and cut."""

    source: RedactedText
    title: RedactedText
    pieces: tuple[Piece, ...]
    tags: tuple[RedactedText, ...]
    products: tuple[RedactedText, ...]
    masked: Mapping[str, int]
    """How many values were masked, by type."""
    audience: Audience | None = None
    """The audience that the document itself states, by its metadata or a remark at its top."""


@dataclass(frozen=True, slots=True)
class Piece:
    """The content of a chunk, not yet assigned to a document."""

    heading: RedactedText
    text: RedactedText
    first_line: int
    last_line: int
    audience: Audience

    def of(self, document_id: str, ordinal: int) -> Chunk:
        """Return this piece as a chunk of ``document_id``, with a fresh id."""
        return Chunk(
            new_id(),
            document_id,
            ordinal,
            self.heading,
            self.text,
            self.first_line,
            self.last_line,
            self.audience,
        )


def redact(
    redactor: Redactor, documents: Sequence[tuple[PurePath, Loaded]], *, allocate: bool = True
) -> list[Redacted]:
    """Redact and cut documents in one batch; each comes with the path that citations will show.

    Without ``allocate`` the vault is not changed, which is for previews.
    """
    raws = [raw for source, loaded in documents for raw in _texts(source, loaded)]
    redacted = iter(redactor.redact_many(raws) if allocate else redactor.look_up_many(raws))
    return [_redacted(loaded, redacted) for _, loaded in documents]


def _texts(source: PurePath, loaded: Loaded) -> Iterator[RawText]:
    yield RawText(source.as_posix().encode("utf-8", "replace").decode())
    yield loaded.title
    yield from loaded.labels.tags
    yield from loaded.labels.products
    for section in loaded.sections:
        yield from section.heading
        yield section.body


def _redacted(loaded: Loaded, redacted: Iterator[Redaction]) -> Redacted:
    masked: Counter[str] = Counter()

    def counted() -> Redaction:
        redaction = next(redacted)
        masked.update(mask.placeholder.type.value for mask in redaction.masks)
        return redaction

    source, title = counted().text, counted().text
    tags, products = (
        tuple(counted().text for _ in given)
        for given in (loaded.labels.tags, loaded.labels.products)
    )
    sections = [
        _RedactedSection(section, tuple(counted().text for _ in section.heading), counted())
        for section in loaded.sections
    ]
    narrow = _narrowed(sections)
    groups = _packed([list(section.parts(narrow)) for section in sections])
    pieces = tuple(_piece(group) for group in groups)
    closed = () in narrow or is_internal_heading(title.reveal())
    audience = Audience.AGENT if closed else loaded.labels.audience
    return Redacted(source, title, pieces, tags, products, masked, audience)


def _narrowed(sections: Sequence[_RedactedSection]) -> set[tuple[RedactedText, ...]]:
    """Return the heading paths that are for agents only, with all that is below them.

    The empty path stands for the text below the title, and so for the whole document.
    """
    return {section.heading for section in sections if section.raw.for_agents}


@dataclass(frozen=True, slots=True)
class _RedactedSection:
    raw: Section
    heading: tuple[RedactedText, ...]
    body: Redaction

    def parts(self, narrow: AbstractSet[tuple[RedactedText, ...]]) -> Iterator[_Part]:
        above = (self.heading[:count] for count in range(1, len(self.heading) + 1))
        closed = any(path in narrow for path in above)
        audience = Audience.AGENT if closed else Audience.CUSTOMER
        for start, end in blocks(self.body.text.reveal(), TARGET):
            yield _Part(self, start, end, audience)

    def line_at(self, offset: int) -> int:
        """Return the line of the file for an offset of the redacted body."""
        return self.raw.line_at(_raw_offset(self.body, offset))


@dataclass(frozen=True, slots=True)
class _Part:
    section: _RedactedSection
    start: int
    end: int
    audience: Audience


def _packed(sections: Iterable[Sequence[_Part]]) -> Iterator[list[_Part]]:
    """Group neighbours while they fit; a section that does not fit begins a chunk of its own.

    An exception is a short section before it: one line is of more use with what follows. Sections
    of different audiences never share a chunk.
    """
    group: list[_Part] = []
    for section in sections:
        differs = bool(group and section) and group[-1].audience is not section[0].audience
        full = _length(group) >= _SMALL and _length([*group, *section]) > TARGET
        if differs or full:
            yield group
            group = []
        for part in section:
            if group and _length([*group, part]) > TARGET:
                yield group
                group = []
            group.append(part)
    if group:
        yield group


def _length(group: Sequence[_Part]) -> int:
    return sum(
        run[-1].end - run[0].start + sum(len(name) for name in run[0].section.heading[-1:])
        for run in _runs(group)
    )


def _runs(group: Sequence[_Part]) -> list[list[_Part]]:
    """Split a group into runs of one section each."""
    runs: list[list[_Part]] = []
    for part in group:
        if runs and runs[-1][0].section is part.section:
            runs[-1].append(part)
        else:
            runs.append([part])
    return runs


def _piece(group: Sequence[_Part]) -> Piece:
    runs = _runs(group)
    shared = _shared([run[0].section.heading for run in runs])
    bodies = [_body(run, shared) for run in runs]
    first, last = group[0], group[-1]
    return Piece(
        heading=join(PATH, runs[0][0].section.heading[:shared]),
        text=bodies[0] if len(bodies) == 1 else join("\n\n", bodies),
        first_line=first.section.line_at(first.start),
        last_line=last.section.line_at(max(last.end - 1, last.start)),
        audience=first.audience,
    )


def _body(run: Sequence[_Part], shared: int) -> RedactedText:
    section = run[0].section
    text = section.body.text.cut(run[0].start, run[-1].end)
    below = section.heading[shared:]
    return _HEADED.fill(heading=join(PATH, below), body=text) if below else text


def _shared(paths: Sequence[Sequence[RedactedText]]) -> int:
    """Return how many headings all ``paths`` begin with."""
    count = 0
    for names in zip(*paths, strict=False):
        if any(name != names[0] for name in names):
            break
        count += 1
    return count


def _raw_offset(body: Redaction, offset: int) -> int:
    """Return the raw offset of character ``offset`` of the redacted body."""
    shift = 0
    for mask in body.masks:
        start = mask.start + shift
        if start > offset:
            break
        end = start + len(str(mask.placeholder))
        if offset < end:
            return mask.start
        shift = end - mask.end
    return offset - shift
