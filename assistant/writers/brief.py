"""The brief of a draft: what an agent needs to know and to do, quoted from the documents.

It is read in ten seconds: the problem, the next step with its whole procedure, what to ask, whom to
involve, how similar tickets ended, and how sure all that is. A part without content is left out.
The brief may rest on everything, so no customer may read it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from assistant.model import NO_TEXT, Citation, Passage, Ticket
from assistant.ports import Brief, Case
from assistant.questions import missing, question
from assistant.search.blocks import MARK
from assistant.search.sureness import LIKELY
from assistant.wording import overlap, rarity, stems, words
from assistant.writers.cite import cite, digits
from assistant.writers.involving import involve
from assistant.writers.problem import salient
from assistant.writers.procedure import procedure
from assistant.writers.short import short
from guardrails import RedactedText, Template, join
from guardrails.sentences import sentences

_NUMBERED = re.compile(r"^\s{0,3}(\d{1,2})[.)]\s+(.*)$", re.MULTILINE)
_ASK = re.compile(
    r"^(?:[-*\d.)\s]*)(?:please )?ask (?:them|him|her)?\s*(?:what|which|when|whether|if|who|how)\b"
    r"|\bask (?:the )?(?:user|requester|caller|customer|client|person) (?!to\b)",
    re.IGNORECASE,
)
_QUESTIONS, _SIMILAR, _NEAR = 2, 3, 2
_PROCEDURE = 1_800
_SAYS_SOMETHING = 4
_DONE = 0.7
_SURE = 0.75

_PROBLEM = Template("## Problem\n\n$problem")
_NEXT = Template("## Next step\n\n$where\n\n$steps")
_PERHAPS = Template("Perhaps; this is only what is nearest.").fill()
_WHERE = Template("From “$title”, “$heading” [$number]:")
_WHERE_BARE = Template("From “$title” [$number]:")
_BEGIN = Template("Begin at step $step: the ticket speaks of the steps before it already.")
_CUT = Template("$text\n\nIt goes on in the document [$number].")
_ASKING = Template("## Ask\n\n$questions")
_INVOLVING = Template("## Involve\n\n$people")
_SAME = Template("## Similar resolved tickets\n\n$tickets")
_SURENESS = Template("## How sure\n\n$sure")
_ITEM = Template("- $text")
_CITED = Template("- $text [$number]")
_ENDED = Template("- $source: “$text” [$number]")
_SUBJECT = Template("**$subject**")
_SUBJECT_AND = Template("**$subject**: $said")
_LEVELS = {
    "sure": Template("**Sure**: “$title” stands out$words."),
    "likely": Template("**Likely**: “$title” fits best$words, and others are near."),
    "unsure": Template("**Unsure**: “$title” fits best$words, but hardly better than others."),
}
_NOTHING = Template("**Nothing in the documents answers this.**")
_NEAREST = Template(" Nearest: $near.")
_OTHERS = Template(" Also near: $near.")
_TITLE = Template("“$title”")
_WORDS = Template(" (it shares $words)")


def write_brief(case: Case) -> Brief:
    """Return the brief of ``case``; its citations go on from the reply's."""
    numbers = _Numbers(case.citations)
    sure = case.confidence >= LIKELY
    shown = case.answerable and (sure or case.near)
    best = procedure(case.passages, case.document) if shown else None
    nearest = case.passages[0] if case.answerable and not shown else None
    parts = [
        _problem(case.ticket),
        _next_step(case.ticket, best, numbers, sure=sure) if best else None,
        _nearest(case.ticket, nearest, numbers) if nearest else None,
        _ask(case, best, numbers),
        _involve(case, best, numbers) if best else None,
        _similar(case.similar, numbers),
        _how_sure(case, best or nearest),
    ]
    return Brief(join("\n\n", [part for part in parts if part]), tuple(numbers.citations))


class _Numbers:
    """The citations of a draft: one numbering over brief and reply."""

    def __init__(self, citations: Sequence[Citation]) -> None:
        self.citations = list(citations)

    def of(self, passage: Passage) -> RedactedText:
        """Return the number of ``passage``, as text."""
        return digits(self._number(passage))

    def _number(self, passage: Passage) -> int:
        for each in self.citations:
            same = passage.chunk.heading in (each.heading, NO_TEXT) or not each.heading
            if each.chunk_id == passage.chunk.id and same:
                return each.number
        number = max((each.number for each in self.citations), default=0) + 1
        self.citations.append(cite(number, passage))
        return number


def _problem(ticket: Ticket) -> RedactedText:
    said = salient(ticket)
    if not said:
        return _PROBLEM.fill(problem=_SUBJECT.fill(subject=ticket.subject))
    problem = _SUBJECT_AND.fill(subject=ticket.subject, said=join(" ", said))
    return _PROBLEM.fill(problem=problem)


def _next_step(ticket: Ticket, passage: Passage, numbers: _Numbers, *, sure: bool) -> RedactedText:
    number = numbers.of(passage)
    steps = passage.chunk.text
    if len(steps) > _PROCEDURE:
        steps = _CUT.fill(text=steps.cut(0, _line_before(steps, _PROCEDURE)), number=number)
    begin = _begin_at(ticket, passage.chunk.text)
    lead = [*([] if sure else [_PERHAPS]), *([begin] if begin else [])]
    return _NEXT.fill(where=join("\n\n", [*lead, _where(passage, number)]), steps=steps)


def _where(passage: Passage, number: RedactedText) -> RedactedText:
    heading = passage.chunk.heading
    if not heading:
        return _WHERE_BARE.fill(title=passage.title, number=number)
    return _WHERE.fill(title=passage.title, heading=heading, number=number)


def _nearest(ticket: Ticket, passage: Passage, numbers: _Numbers) -> RedactedText:
    """Return where something a little like it is told, with the sentence that is nearest."""
    asked = stems(ticket.question.reveal())
    said = list(_sentences_of(passage, re.compile("")))
    weight = rarity(each.reveal() for each in said)
    best = max(said, key=lambda each: overlap(asked, each.reveal(), weight), default=NO_TEXT)
    where = join("\n\n", [_PERHAPS, _where(passage, numbers.of(passage))])
    return _NEXT.fill(where=where, steps=best)


def _begin_at(ticket: Ticket, steps: RedactedText) -> RedactedText | None:
    """Return a hint at the first step that the ticket does not speak of; None for the first."""
    said = stems("\n".join(turn.text.reveal() for turn in ticket.turns))
    done = 0
    for match in _NUMBERED.finditer(steps.reveal()):
        step = stems(match[2])
        if int(match[1]) != done + 1 or not step or len(step & said) < _DONE * len(step):
            break
        done += 1
    return _BEGIN.fill(step=digits(done + 1)) if done else None


def _ask(case: Case, best: Passage | None, numbers: _Numbers) -> RedactedText | None:
    """Return the questions: first what the procedure says to ask, then what its steps need."""
    found = list(_sentences_of(best, _ASK)) if best else []
    quoted = [_CITED.fill(text=each, number=numbers.of(best)) for each in found[:1] if best]
    facts = missing(case.ticket.question.reveal(), best.chunk.text.reveal() if best else "")
    own = [_ITEM.fill(text=question(each, case.language)) for each in facts]
    asked = [*quoted, *own][:_QUESTIONS]
    return _ASKING.fill(questions=join("\n", asked)) if asked else None


def _involve(case: Case, best: Passage, numbers: _Numbers) -> RedactedText | None:
    home = [each for each in case.passages if each.chunk.document_id == best.chunk.document_id]
    ranked = {_place(each): each for each in (best, *home, *case.document)}
    found = [
        _CITED.fill(text=short(text), number=numbers.of(passage))
        for passage, text in involve(list(ranked.values()), case.ticket.question.reveal())
    ]
    return _INVOLVING.fill(people=join("\n", found)) if found else None


def _place(passage: Passage) -> tuple[str, int]:
    return passage.chunk.id, passage.chunk.ordinal


def _similar(similar: Sequence[Passage], numbers: _Numbers) -> RedactedText | None:
    ended = [
        _ENDED.fill(source=each.source, text=short(each.chunk.text), number=numbers.of(each))
        for each in similar[:_SIMILAR]
    ]
    return _SAME.fill(tickets=join("\n", ended)) if ended else None


def _how_sure(case: Case, best: Passage | None) -> RedactedText:
    shown = [best] if best else []
    near = [each for each in _by_document(case.passages) if each.title not in _titles(shown)]
    named = join(", ", [_TITLE.fill(title=each.title) for each in near[:_NEAR]])
    if best is None:
        sure = _NOTHING.fill()
        return _SURENESS.fill(sure=join("", [sure, *([_NEAREST.fill(near=named)] if near else [])]))
    level = "sure" if case.confidence >= _SURE else "likely"
    level = level if case.confidence >= LIKELY else "unsure"
    sure = _LEVELS[level].fill(title=best.title, words=_shared_words(case.ticket, best))
    others = [_OTHERS.fill(near=named)] if near and level != "sure" else []
    return _SURENESS.fill(sure=join("", [sure, *others]))


def _shared_words(ticket: Ticket, best: Passage) -> RedactedText:
    """Return which of the subject's words the passage holds, as words of the subject."""
    there = stems("\n".join(t.reveal() for t in (best.title, *best.chunk.texts)))
    plain = ticket.subject.reveal()
    places = [
        ticket.subject.cut(at, at + len(word))
        for word in dict.fromkeys(words(plain))
        if stems(word) & there and (at := plain.lower().find(word)) >= 0
    ]
    return _WORDS.fill(words=join(", ", places[:4])) if places else NO_TEXT


def _sentences_of(passage: Passage, wanted: re.Pattern[str]) -> Iterator[RedactedText]:
    text = passage.chunk.text
    for start, end in sentences(text.reveal()):
        said = text.reveal()[start:end]
        if (
            wanted.search(said)
            and len(said.split()) >= _SAYS_SOMETHING
            and not said.startswith(("#", "|", "```"))
        ):
            lead = MARK.match(said)
            yield short(text.cut(start + (lead.end() if lead else 0), end))


def _by_document(passages: Sequence[Passage]) -> list[Passage]:
    return list({each.chunk.document_id: each for each in reversed(passages)}.values())[::-1]


def _titles(passages: Sequence[Passage]) -> set[RedactedText]:
    return {each.title for each in passages}


def _line_before(text: RedactedText, at: int) -> int:
    found = text.reveal().rfind("\n", 0, at)
    return found if found > 0 else at
