"""AI is switched off by an operation, for everybody or one person, and the service goes on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from assistant.bootstrap import Home
from assistant.errors import AiOff, BadInput, NotPermitted, OptedOut
from assistant.model import Role
from assistant.settings import Settings
from eval.hashing import HashingEmbedder
from guardrails.policy import AiFeature
from tests.fakes.parts import light_parts
from ui.operations import by_hand, opt_outs, outbox, reindex, review, tenants, writing
from ui.operations.ask import ASK, Question
from ui.operations.base import Operation, Shape, TenantArgs, silent
from ui.operations.batch import DRAFT, BatchArgs
from ui.operations.by_hand import ByHandArgs
from ui.operations.callers import Interface, logged_in, owner
from ui.operations.explain import EXPLAIN
from ui.operations.ingest import UPLOAD, Article
from ui.operations.operator import Operator
from ui.operations.opt_outs import WhoArgs
from ui.operations.outbox import OutboxArgs
from ui.operations.review import OneDraft
from ui.operations.tenants import TenantRules
from ui.operations.tickets import IMPORT, Export
from ui.operations.writing import WriteArgs

TICKETS = "".join(
    json.dumps(
        {"id": f"N-{number}", "subject": "Printing", "requester": {"name": name, "email": address}}
        | {"turns": [{"author": name, "text": "The printer prints nothing. What do I do?"}]}
    )
    + "\n"
    for number, name, address in (
        (1, "Ann Lee", "ann@acme.example"),
        (2, "Bob Ray", "bob@acme.example"),
    )
)
GUIDE = "# Printing\n\nThe printer prints nothing:\n\n1. Restart the spooler.\n2. Try again.\n"


class Counting(HashingEmbedder):
    """An embedder that counts what it embeds."""

    embedded = 0

    def embed(self, texts: Any) -> Any:
        Counting.embedded += len(texts)
        return super().embed(texts)


@dataclass(frozen=True)
class House:
    """A home with one tenant, its people, a document and two tickets."""

    home: Home

    def do(self, operation: Operation[Any, Any], args: Shape, login: str = "") -> Any:
        caller = logged_in(self.home, login, Interface.SHELL) if login else owner(Interface.SHELL)
        return Operator(self.home).perform(operation, caller, args, silent)

    def switch(self, **rules: Any) -> Any:
        return self.do(tenants.SET, TenantRules(tenant="acme", **rules))

    def upload(self, name: str, text: str) -> None:
        self.do(UPLOAD, Article(tenant="acme", name=name, body=text.encode()), "rita")

    def ask(self) -> Any:
        return self.do(ASK, Question(tenant="acme", question="The printer prints nothing"))

    def draft(self, *references: str) -> Any:
        return self.do(writing.DRAFT, WriteArgs(tenant="acme", references=references))

    def rows(self) -> list[str]:
        return [row.kind for row in self.home.desk("acme").ledger.rows()]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    settings = Settings(home=tmp_path)
    with Home.open(settings, parts=light_parts(embedder=Counting)) as home:
        home.add_tenant("acme")
        for login, role in (("rita", Role.REVIEWER), ("ada", Role.AGENT)):
            home.accounts.add_user(login, "correct horse battery", "acme", role)
        made = House(home)
        made.upload("guide.md", GUIDE)
        made.do(IMPORT, Export(tenant="acme", name="t.jsonl", text=TICKETS))
        yield made


def test_ai_off_holds_at_once_and_the_service_goes_on(house: House) -> None:
    shown = house.switch(ai_enabled=False)
    assert shown.ai_features == ()
    before = Counting.embedded
    found = house.ask()
    assert found.off
    assert (found.text, found.answerable) == ("", False)
    assert [each.title for each in found.nearest] == ["Printing"]
    for operation in (writing.DRAFT, writing.SUMMARISE):
        with pytest.raises(AiOff):
            house.do(operation, WriteArgs(tenant="acme", references=("N-1",)))
        with pytest.raises(AiOff):
            house.do(operation, WriteArgs(tenant="acme", all=True))
    house.upload("more.md", "# Scanning\n\nThe scanner hums: clean the glass.\n")
    assert house.do(review.LIST, review.QueueArgs(tenant="acme"), "rita").drafts == ()
    args = ByHandArgs(tenant="acme", reference="N-1", text="Hello Ann, restart the spooler.")
    made = house.do(by_hand.WRITE, args, "ada")
    one = OneDraft(tenant="acme", draft=made.id)
    decide = review.DecideArgs(**one.model_dump())
    assert house.do(review.APPROVE, decide, "rita").state == "approved"
    assert house.do(review.RELEASE, decide, "rita").reference == "N-1"
    assert Counting.embedded == before


def test_documents_that_came_while_search_by_meaning_was_off_wait_for_reindex(
    house: House,
) -> None:
    house.switch(ai_off=(AiFeature.SEARCH,))
    house.upload("more.md", "# Scanning\n\nThe scanner hums: clean the glass.\n")
    with pytest.raises(AiOff, match="Search by meaning"):
        house.do(reindex.REINDEX, TenantArgs(tenant="acme"))
    shown = house.switch(ai_on=(AiFeature.SEARCH,))
    assert shown.stale_vectors == 1
    assert house.do(reindex.REINDEX, TenantArgs(tenant="acme")).made == 1


def test_one_feature_is_switched_alone(house: House) -> None:
    house.switch(ai_off=(AiFeature.DRAFT,))
    with pytest.raises(AiOff, match="Drafting by AI"):
        house.draft("N-1")
    assert house.ask().text
    house.switch(ai_on=(AiFeature.DRAFT,))
    assert house.draft("N-1").written


def test_a_batch_that_runs_stops_when_ai_is_switched_off(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The batch holds a desk that was opened before the change."""
    from assistant.flows import draft

    inner = draft.retrieve

    def then_off(*args: Any, **named: Any) -> Any:
        house.switch(ai_enabled=False)
        return inner(*args, **named)

    monkeypatch.setattr(draft, "retrieve", then_off)
    with pytest.raises(AiOff):
        house.do(DRAFT, BatchArgs(tenant="acme", out=str(tmp_path / "out.jsonl")))
    assert house.home.desk("acme").records.drafts.list() == []


def test_a_person_opts_out_by_their_ticket_and_a_batch_counts_it(house: House) -> None:
    done = house.do(opt_outs.OUT, WhoArgs(tenant="acme", ticket="N-1"), "ada")
    assert (done.new, done.withdrawn) == (True, 0)
    with pytest.raises(OptedOut):
        house.draft("N-1")
    result = house.do(writing.DRAFT, WriteArgs(tenant="acme", all=True))
    assert [each.reference for each in result.written] == ["N-2"]
    assert [(each.reference, each.why) for each in result.skipped] == [
        ("N-1", "its requester has opted out of AI")
    ]
    (listed,) = house.do(opt_outs.LIST, TenantArgs(tenant="acme"), "ada").people
    assert listed.person == "Ann Lee, ann@acme.example"
    (unnamed,) = house.do(opt_outs.LIST, TenantArgs(tenant="acme")).people
    assert unnamed.person == ""
    with pytest.raises(NotPermitted):
        house.do(opt_outs.IN, WhoArgs(tenant="acme", person=done.id), "ada")
    assert house.do(opt_outs.IN, WhoArgs(tenant="acme", person=done.id[:8]), "rita").removed == 1
    assert house.draft("N-1").written
    assert [each for each in house.rows() if each.startswith("ai.")] == [
        "ai.opted_out",
        "ai.opted_in",
    ]


@pytest.mark.parametrize("person", ["ann@acme.example", "Ann Lee <ANN@acme.example>"])
def test_a_person_is_named_by_their_address(house: House, person: str) -> None:
    house.do(opt_outs.OUT, WhoArgs(tenant="acme", person=person))
    with pytest.raises(OptedOut):
        house.draft("N-1")
    assert house.draft("N-2").written


def test_one_of_a_person_and_a_ticket_is_named(house: House) -> None:
    for args in (WhoArgs(tenant="acme"), WhoArgs(tenant="acme", person="Ann", ticket="N-1")):
        with pytest.raises(BadInput):
            house.do(opt_outs.OUT, args)


def test_no_name_of_a_person_who_opted_out_lies_in_the_home(house: House, tmp_path: Path) -> None:
    house.do(opt_outs.OUT, WhoArgs(tenant="acme", person="Zebulon Quartermaine <zq@x.example>"))
    found = b"".join(each.read_bytes() for each in tmp_path.rglob("*") if each.is_file())
    for word in (b"Zebulon", b"Quartermaine", b"zq@x.example"):
        assert word not in found


def test_a_draft_is_explained_whole_and_a_reply_by_hand_carries_no_notice(house: House) -> None:
    (drafted,) = house.draft("N-1").written
    found = house.do(EXPLAIN, OneDraft(tenant="acme", draft=drafted.id), "ada")
    policy = house.home.tenant("acme").policy
    assert found.ai_generated
    assert found.notices == tuple(sorted(policy.rules.ai.notices))
    assert (found.policy_version, found.policy_hash) == (policy.version, policy.digest)
    assert (found.writer, [each.title for each in found.passages]) == ("extractive", ["Printing"])
    args = ByHandArgs(tenant="acme", reference="N-2", text="Hello Bob.")
    made = house.do(by_hand.WRITE, args, "ada")
    mine = house.do(EXPLAIN, OneDraft(tenant="acme", draft=made.id), "ada")
    assert (mine.ai_generated, mine.notices) == (False, ())
    assert [each.action for each in mine.decisions] == ["reply.written"]


def test_what_ai_wrote_carries_the_notice_and_a_reply_by_hand_none(
    house: House, tmp_path: Path
) -> None:
    told = tuple(sorted(house.home.tenant("acme").policy.rules.ai.notices))
    assert told
    (drafted,) = house.draft("N-1").written
    answer = house.ask()
    assert [(x.ai_generated, x.notices) for x in (drafted, answer)] == [(True, told)] * 2
    lines = tmp_path / "lines.jsonl"
    house.do(DRAFT, BatchArgs(tenant="acme", out=str(lines)))
    for line in map(json.loads, lines.read_text(encoding="utf-8").splitlines()):
        assert (line["ai_generated"], line["notices"]) == (True, list(told))
    args = ByHandArgs(tenant="acme", reference="N-2", text="Hello Bob.")
    mine = house.do(by_hand.WRITE, args, "ada")
    assert (mine.ai_generated, mine.notices) == (False, ())
    for each in (drafted, mine):
        decide = review.DecideArgs(tenant="acme", draft=each.id)
        house.do(review.APPROVE, decide, "rita")
        house.do(review.RELEASE, decide, "rita")
    theirs, own = house.do(outbox.LIST, OutboxArgs(tenant="acme"), "rita").replies
    assert theirs.text.endswith("\n\n" + "\n\n".join(told))
    assert (theirs.ai_generated, theirs.notices) == (True, told)
    assert (own.text, own.ai_generated, own.notices) == ("Hello Bob.", False, ())
