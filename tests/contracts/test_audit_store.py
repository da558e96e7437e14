from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from assistant.model import Audit, Judgement
from assistant.ports import Records
from tests.contracts.conftest import Room
from tests.fakes.samples import MORNING, a_draft

GOOD = Judgement(correct=True, complete=True, cited=True, leak=False, tone=True)
BAD = Judgement(correct=False, complete=True, cited=False, leak=True, tone=False)


def a_form(records: Records, form_id: str = "a" * 32, month: str = "2026-10") -> Audit:
    draft = a_draft()
    records.drafts.add(draft)
    return Audit(form_id, month, draft.id, MORNING, MORNING + timedelta(days=14))


def test_forms_come_back_whole_by_month(records: Records) -> None:
    later = a_form(records, "0" * 32, "2026-11")
    first = a_form(records)
    records.audits.add(later)
    records.audits.add(first)
    assert records.audits.list() == [first, later]


def test_a_form_is_added_once_and_judged_once(records: Records) -> None:
    form = a_form(records)
    records.audits.add(form)
    assert records.audits.judge(form.id, GOOD, "olga", MORNING)
    records.audits.add(form)
    assert not records.audits.judge(form.id, BAD, "rita", MORNING)
    judged = replace(form, judged_at=MORNING, judged_by="olga", judgement=GOOD)
    assert records.audits.list() == [judged]
    assert not records.audits.judge("f" * 32, GOOD, "olga", MORNING)


def test_a_form_goes_with_its_draft(records: Records) -> None:
    form = a_form(records)
    records.audits.add(form)
    draft = records.drafts.get(form.draft_id)
    assert draft is not None
    records.drafts.remove_of(draft.ticket_id)
    assert records.audits.list() == []
    assert not records.audits.judge(form.id, GOOD, "olga", MORNING)


def test_a_tenant_sees_and_judges_its_own_forms_alone(room: Room) -> None:
    other = room.home.move_in()
    form = a_form(other.records)
    other.records.audits.add(form)
    assert room.records.audits.list() == []
    assert not room.records.audits.judge(form.id, GOOD, "olga", MORNING)
    assert other.records.audits.list() == [form]
