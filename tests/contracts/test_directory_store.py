from __future__ import annotations

from assistant.ports import Records
from guardrails import RawText
from guardrails.detect.directory import KnownPerson
from tests.fakes.plain import plain
from tests.fakes.samples import PRIYA, TOM


def test_people_come_back_with_every_field(records: Records) -> None:
    assert records.directory.put([PRIYA, TOM]) == 2
    kept = sorted(repr(plain(person)) for person in records.directory.all())
    assert kept == sorted(repr(plain(person)) for person in (PRIYA, TOM))


def test_the_same_person_twice_is_one(records: Records) -> None:
    assert records.directory.put([PRIYA, PRIYA]) == 1
    assert records.directory.put([TOM, PRIYA]) == 1
    assert len(records.directory.all()) == 2


def test_another_telephone_makes_another_entry(records: Records) -> None:
    records.directory.put([KnownPerson(name=RawText("Jo"), phone=RawText("1"))])
    assert records.directory.put([KnownPerson(name=RawText("Jo"), phone=RawText("2"))]) == 1


def test_a_host_is_not_taken_for_a_serial(records: Records) -> None:
    records.directory.put([KnownPerson(hosts=(RawText("AB12"),))])
    assert records.directory.put([KnownPerson(serials=(RawText("AB12"),))]) == 1


def test_nobody_may_be_put(records: Records) -> None:
    assert records.directory.put([]) == 0
    assert records.directory.all() == []


def test_a_whole_company_goes_in(records: Records) -> None:
    people = [KnownPerson(name=RawText(f"Person {number}")) for number in range(1200)]
    assert records.directory.put(people) == len(people)
    assert records.directory.put(people) == 0
