"""Chooses the section that a brief shows as the next step: the one that says what to do.

The section that answers best is kept unless it only describes, such as the symptoms or the words
above the first heading. Then another section of its document is shown that says what to do and
answers about as well, or the next one below.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.model import PATH, Passage, last_heading
from assistant.wording import stems

_NUMBERED = re.compile(r"^\s{0,3}\d{1,2}[.)]\s+\S", re.MULTILINE)
_ITEM = re.compile(r"^\s{0,3}(?:\d{1,2}[.)]|[-*+])\s+\S", re.MULTILINE)
_LAID_OUT = re.compile(r"^\s*(?:```|~~~|\|)", re.MULTILINE)
"""Code or a table."""
_FIX = re.compile(
    r"\b(?:fix|resol|mitigat|solution|steps?\b|workaround|how to|procedure|remed|repair|recover|"
    r"what to do|do this|reset|restore|action|first line|lösung|behebung|solución|soluzione|"
    r"oplossing|solução)",
    re.IGNORECASE,
)
_DESCRIBES = re.compile(
    r"\W*(?:\d{1,2}[.)]?\s+)?(?:symptom|sympt[oô]me|síntoma|sintom|causes?\b|why\b|reasons?\b|"
    r"what (?:is|it|they|you|we|users?|people|customers?|the \w+) ?(?:sees?|hears?|notices?|"
    r"reports?|looks?|does|means|this)?\b(?! to| do\b| can do\b)|what happens|background|overview|"
    r"introduction|intro\b|about\b|scope\b|purpose|summary|description|impact\b|ursache|warum|"
    r"hintergrund|überblick|contexte|causas?\b|oorzaak|achtergrond)",
    re.IGNORECASE,
)
_AFTERWARDS = re.compile(
    r"\W*(?:\d{1,2}[.)]?\s+)?(?:verif|check\b|test\b|escalat|who\b|people\b|contacts?\b|"
    r"clos(?:e|ing)\b|prevent|history|see also|related|not this\b|links?\b|changes?\b|"
    r"quoted message|überprüf|kontakt|prüfen|vérif|verifi|controle)",
    re.IGNORECASE,
)
"""Headings of what follows after the fix."""
_STEPS = 2
_NEAR = 0.8
"""The least score of a section that may stand in for the best one."""


def procedure(passages: Sequence[Passage], document: Sequence[Passage] = ()) -> Passage | None:
    """Return the passage that says what to do; None without passages, which are best first.

    ``document`` are all sections of the best one's document in order: where no ranked one may stand
    in for a description, the next below it that says what to do does.
    """
    if not passages:
        return None
    best = passages[0]
    whole = document or passages
    if not _only_describes(best, whole):
        return best
    home = best.chunk.document_id
    near = [
        each
        for each in passages[1:]
        if each.chunk.document_id == home and each.score >= _NEAR and not _is_afterwards(each)
    ]
    below = [
        each
        for each in document
        if each.chunk.ordinal > best.chunk.ordinal and not _is_afterwards(each)
    ]
    told = (each for each in (*near, *below) if not _describes(each))
    return next(filter(instructs, (*near, *below)), None) or next(told, best)


def _is_afterwards(passage: Passage) -> bool:
    return bool(_AFTERWARDS.match(_last(passage)))


def instructs(passage: Passage) -> bool:
    """Return whether a section says what to do: steps, bullets, code, a table, or its heading."""
    heading, text = _last(passage), passage.chunk.text.reveal()
    if _FIX.search(heading) or len(_NUMBERED.findall(text)) >= _STEPS:
        return True
    laid_out = len(_ITEM.findall(text)) >= _STEPS or bool(_LAID_OUT.search(text))
    return laid_out and not _describes(passage)


def _only_describes(passage: Passage, passages: Sequence[Passage]) -> bool:
    """Return whether ``passage`` describes, or is the words above the headings below its own."""
    if instructs(passage):
        return False
    below = f"{passage.chunk.heading.reveal()}{PATH}"
    return _describes(passage) or any(
        each.chunk.document_id == passage.chunk.document_id
        and each.chunk.heading.reveal().startswith(below)
        for each in passages
    )


def _describes(passage: Passage) -> bool:
    heading = _last(passage)
    named = stems(heading)
    return not named or named == stems(passage.title.reveal()) or bool(_DESCRIBES.match(heading))


def _last(passage: Passage) -> str:
    return last_heading(passage.chunk.heading).reveal()
