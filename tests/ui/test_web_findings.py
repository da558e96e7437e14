"""Findings are marked in their places, for places of any form."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from assistant.model import Written
from guardrails.placeholders import Placeholder, find
from guardrails.spans import EntityType
from tests.fakes.plain import redacted as as_redacted
from tests.fakes.samples import a_draft, a_written
from ui.operations.drafts import FindingView, citation_view, draft_view
from ui.operations.review import ReviewDetail
from ui.web.chips import put_back, redacted
from ui.web.findings import Numbered, Piece, lay, numbered
from ui.web.views.review import compare

_TEXTS = st.lists(
    st.sampled_from(["<PERSON_3>", "<SECRET>", "[1]", "[2]", "a", " ", "<b>", "\n", "é🙂"])
).map("".join)
_PLACES = st.lists(st.tuples(st.integers(-2, 40), st.integers(-2, 40), st.booleans()), max_size=6)
_LEFT = "Long Name of Somebody & Sons <i>"


@given(_TEXTS, _PLACES)
def test_every_finding_is_marked_once_and_no_character_is_lost(
    value: str, places: list[tuple[int, int, bool]]
) -> None:
    pieces = [Piece(each.start, each.end, put_back(_LEFT, _PRIYA)) for each in find(value)]
    found = numbered([_finding(*place) for place in places], len(value))
    read = _Reader()
    read.feed(lay(value, pieces, found))
    assert read.text == _restored(value)
    assert sorted(read.numbers) == [each.number for each in found if not each.whole]
    for each in found:
        if not each.whole:
            assert read.marked(each.number) == _restored(value, *_cleared(value, each))


@given(_TEXTS, _PLACES)
def test_a_text_with_citations_reads_the_same_with_and_without_marks(
    value: str, places: list[tuple[int, int, bool]]
) -> None:
    found = numbered([_finding(*place) for place in places], len(value))
    plain, marked = _Reader(), _Reader()
    plain.feed(redacted(value, _CITED))
    marked.feed(redacted(value, _CITED, found))
    assert marked.text == plain.text


def test_what_blocks_is_told_from_what_is_noted_without_colour() -> None:
    value = "call <PERSON_3> now"
    both = numbered([_finding(0, 4, blocks=True), _finding(5, 15, blocks=False)], len(value))
    shown = redacted(value, (), both)
    assert "qd-stop" in shown
    assert "qd-check" in shown
    assert ">! 1<" in shown
    assert ">2<" in shown
    assert "Blocking, personal data: say &quot;hi&quot;" in shown
    assert "To check, personal data: say &quot;hi&quot;" in shown


def test_words_of_two_findings_are_marked_as_the_worse_one() -> None:
    shown = redacted("abcd", (), numbered([_finding(0, 3), _finding(1, 4, blocks=True)], 4))
    assert re.findall(r'class="(qd-\w+)" title=[^>]*data-found="([\d ]+)">(\w+)<', shown) == [
        ("qd-check", "1", "a"),
        ("qd-stop", "1 2", "bc"),
        ("qd-stop", "2", "d"),
    ]


def test_findings_stand_in_the_column_that_they_are_about() -> None:
    """Findings in a refused answer are marked there, those in the text to send in its column."""
    made = replace(
        a_written("Restart it."),
        said=as_redacted("Run rm -rf / now."),
    )
    refused = [_finding(4, 12, blocks=True)]
    shown = _compared(made, _finding(0, 7), _finding(0, 11), refused=refused)
    sent, saw, said = re.findall(r"<section[^>]*><header>.*?</section>", shown, re.DOTALL)
    assert "qd-no" not in saw
    assert re.findall(r'data-entry="(\d)"', said) == ["3"]
    assert re.findall(r'data-entry="(\d)"', sent) == ["2", "1"]
    assert "About the whole text" in sent
    assert re.findall(r'data-place="(\d)"', shown) == ["1", "2", "3"]
    assert "which was not used" in shown


def test_a_note_that_quotes_a_ticket_is_text() -> None:
    shown = _compared(a_written("abc"), _finding(0, 1, note='"><script>1</script>'))
    assert "<script" not in shown


class _Reader(HTMLParser):
    """Reads what a person reads, and which findings each character is marked with."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self.numbers: list[int] = []
        self._covers: list[set[int]] = []
        self._inside: list[tuple[str, set[int]]] = []
        self._number = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        here = set(map(int, (named.get("data-found") or "").split()))
        self._inside.append((tag, here))
        if named.get("data-entry"):
            self._number = True
            self.numbers.append(int(named["data-entry"] or 0))

    def handle_endtag(self, tag: str) -> None:
        assert self._inside.pop()[0] == tag
        self._number = False

    def handle_data(self, data: str) -> None:
        if not self._number:
            self.text += data
            cover = {number for _, some in self._inside for number in some}
            self._covers += [cover] * len(data)

    def marked(self, number: int) -> str:
        return "".join(
            each for each, cover in zip(self.text, self._covers, strict=True) if number in cover
        )


_CITED = [citation_view(each) for each in a_written().citations]
_PRIYA = Placeholder(EntityType.PERSON, 3)


def _finding(start: int, end: int, blocks: bool = False, note: str = 'say "hi"') -> FindingView:
    return FindingView(kind="personal_data", start=start, end=end, note=note, blocks=blocks)


def _restored(value: str, start: int = 0, end: int | None = None) -> str:
    return re.sub("<PERSON_3>|<SECRET>", _LEFT, value[start:end])


def _cleared(value: str, each: Numbered) -> tuple[int, int]:
    """Return the place of a finding, worked out in another way: character by character."""
    held: Iterator[range] = (range(found.start, found.end) for found in find(value))
    start, end = each.start, each.end
    for name in held:
        if start in name and start != name.start:
            start = name.start
        if end in name and end != name.start:
            end = name.stop
    return start, end


def _compared(made: Written, *found: FindingView, refused: Sequence[FindingView] = ()) -> str:
    draft = draft_view(replace(a_draft(), written=made), ())
    view = ReviewDetail(
        draft=draft.model_copy(update={"findings": found, "refused": tuple(refused)}),
        saw=made.saw.reveal(),
        said=made.said.reveal(),
        to_send=made.body.reveal(),
        brief="",
        put_back=(),
        sources=(),
        decisions=(),
        seen="",
    )
    return compare(view, may_decide=True)
