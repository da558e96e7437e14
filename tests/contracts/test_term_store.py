from __future__ import annotations

from assistant.ports import Records
from guardrails import RawText
from guardrails.detect.directory import Term
from guardrails.spans import EntityType
from tests.contracts.conftest import Room
from tests.fakes.plain import plain


def test_a_term_is_kept_once_in_any_case_and_spacing(records: Records) -> None:
    records.terms.put(Term(RawText("Mark  Two"), EntityType.ORGANIZATION))
    records.terms.put(Term(RawText("mark two"), None))
    assert [(plain(each.text), each.type) for each in records.terms.list()] == [
        (("raw", "mark two"), None)
    ]
    assert records.terms.remove(Term(RawText("MARK TWO"), None))
    assert not records.terms.remove(Term(RawText("MARK TWO"), None))
    assert records.terms.list() == []


def test_a_tenant_sees_and_removes_its_own_terms_alone(room: Room) -> None:
    other = room.home.move_in()
    other.records.terms.put(Term(RawText("Theirs"), None))
    assert room.records.terms.list() == []
    assert not room.records.terms.remove(Term(RawText("Theirs"), None))
    assert len(other.records.terms.list()) == 1
