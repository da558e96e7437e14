"""An answer shows why each passage was found, and marks its closest sentence."""

from __future__ import annotations

from assistant.flows.ask import Answer
from assistant.model import Passage
from assistant.writers.extractive import ExtractiveWriter
from guardrails.identity.permissions import Person
from tests.fakes.desks import a_desk
from tests.fakes.plain import redacted
from tests.fakes.samples import a_document, chunks_of
from ui.operations.ask import answer_view
from ui.web.views.ask import answer


def test_the_nearest_articles_say_their_score_and_what_found_them() -> None:
    shown = _shown(answerable=False)
    assert "0.91 by words and sense" in shown
    assert '<mark class="qd-highlight">Restart the spooler.</mark>' in shown
    assert shown.count("<mark ") == 1


def test_a_cited_passage_says_the_same() -> None:
    assert "0.91 by words and sense" in _shown(answerable=True)


def _shown(*, answerable: bool) -> str:
    document = a_document()
    (chunk,) = chunks_of(document, ["It hangs often. Restart the spooler. Then wait."])
    desk = a_desk()
    desk.records.documents.put(document, [chunk])
    passage = Passage(chunk, document.source, document.title, 0.91, ("terms", "vector"))
    question = redacted("how do I restart the spooler?")
    written = ExtractiveWriter().answer(question, [passage] if answerable else [])
    person = Person("rita", "harbour", may_read=True, may_release=True)
    found = Answer(question, written, (passage,), answerable)
    return answer(answer_view(desk, person, found))
