from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.adapters.records.cells import Cells, frame, unframe
from assistant.adapters.records.people import from_texts, to_texts
from assistant.errors import SealBroken
from guardrails import RawText, RedactedText
from guardrails.crypto.keys import DataKey
from guardrails.crypto.seal import Sealer
from guardrails.detect.directory import KnownPerson
from tests.fakes.plain import plain, redacted

CELLS = Cells(Sealer("t", DataKey(b"c" * 32)), "people", "row", 1)
ANY_TEXT = st.text(st.characters())  # lone surrogates among it
RAW = ANY_TEXT.map(RawText)


@given(st.lists(st.none() | RAW))
def test_raw_texts_in_one_column_come_back_as_they_were(texts: list[RawText | None]) -> None:
    assert plain(CELLS.open_raw_all("c", CELLS.seal_raw_all("c", texts))) == plain(texts)


@given(st.lists(ANY_TEXT.map(redacted)))
def test_redacted_texts_in_one_column_come_back_as_they_were(texts: list[RedactedText]) -> None:
    sealed = CELLS.seal_redacted_all("c", texts)
    assert CELLS.open_redacted_all("c", sealed) == texts


@given(
    st.builds(
        KnownPerson,
        *[st.none() | RAW] * 5,
        st.lists(RAW).map(tuple),
        st.lists(RAW).map(tuple),
    )
)
def test_a_person_comes_back_as_they_were(person: KnownPerson) -> None:
    assert plain(from_texts(to_texts(person))) == plain(person)


@given(st.binary())
def test_any_bytes_in_a_column_are_read_or_refused(body: bytes) -> None:
    try:
        parts = unframe(body)
    except SealBroken:
        return
    assert frame(parts) == body


def test_a_text_taken_out_of_a_column_leaves_none_that_opens() -> None:
    parts = unframe(CELLS.seal_raw_all("c", [RawText("a"), RawText("b"), RawText("c")]))
    for left in (parts[:2], parts[1:], [parts[1], parts[0], parts[2]], [*parts, parts[0]]):
        with pytest.raises(SealBroken):
            CELLS.open_raw_all("c", frame(left))
