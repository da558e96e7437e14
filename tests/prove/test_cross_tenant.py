"""One tenant tries ten thousand times to learn anything of another, and learns nothing."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Collection, Generator
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import mkdtemp

import pytest

from assistant.adapters.library_view import library_view
from assistant.desk import Desk
from assistant.flows import outbox, review, show
from assistant.flows.ask import ask, asking
from assistant.flows.draft import draft_reply
from assistant.flows.forget import forget_documents, forget_ticket
from assistant.flows.gaps import gaps
from assistant.flows.summarise import summarise
from assistant.model import DraftState, Membership, Review
from assistant.ports import DocumentReader
from assistant.search.filters import DocumentFilter
from assistant.search.retrieve import retrieve
from guardrails import RawText
from guardrails.spans import EntityType
from tests.fakes.plain import redacted
from tests.fakes.samples import MORNING, a_written
from tests.fakes.tickets import import_tickets
from tests.prove.two_tenants import (
    ATTACKER,
    ATTACKERS_LOGIN,
    VICTIM,
    Scene,
    Search,
    declared,
    everything,
    shown_to,
    the_person,
    two_tenants,
)
from tests.ui.web_fixtures import PASSWORD, ticket
from ui.operations.base import silent
from ui.operations.callers import Caller, Interface, logged_in
from ui.operations.operator import Operator
from ui.operations.registry import OPERATIONS

ATTEMPTS = 10_000
VICTIMS_LOGIN = "rae"
HIGHEST_NUMBER = 220
EACH, SPOKEN = 4, 16
"""Slow attempts take every fourth name or word; this many placeholders are spoken of in tickets."""

MACHINE = re.compile(r"[a-z]+-pc-\d+")
EVENTS = (
    *(("qd-tickets", "click"), ("qd-queue", "click"), ("qd-made", "click")),
    *(("qd-question", "submit"), ("qd-as-seen", "change"), ("qd-summarise", "click")),
    *(("qd-draft", "click"), ("qd-save", "click"), ("qd-approve", "click")),
    *(("qd-reject", "click"), ("qd-release", "click")),
)
PEOPLE = ("user.", "member.", "session.")
"""Operations on people, who are the provider's: its owner knows them all, an admin only theirs."""
READING = frozenset(each for each in OPERATIONS if each.endswith((".list", ".show")))
OF_THE_OWNER = frozenset(
    (
        *(name for name, each in OPERATIONS.items() if not each.needs.roles),
        *("tenant.set", "user.add", "people.import", "tickets.import"),
    )
)
"""Operations of the home's owner: they name every tenant, or bring in files of the owner's own."""

pytestmark = pytest.mark.prove


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Generator[Scene]:
    with two_tenants(tmp_path_factory.mktemp("cross")) as made:
        yield made


NUMBERS: dict[str, dict[str, object]] = {"policy.diff": {"old": 1, "new": 1}}
"""What an operation is called with instead, where fields of that name are texts elsewhere."""


def test_ten_thousand_attempts_find_nothing_of_another_tenant(
    scene: Scene, capsys: pytest.CaptureFixture[str]
) -> None:
    search, before = scene.search(), everything(scene.theirs)
    restores(search, scene, scene.mine)
    reads(search, scene, scene.mine)
    writes(search, scene, scene.mine)
    retrievals(search, scene, scene.mine)
    flows(search, scene, scene.mine)
    reads(search, scene, scene.home.library())
    operations(search, scene, frozenset(OPERATIONS) - OF_THE_OWNER)
    pages(search, scene)
    with capsys.disabled():
        sys.stdout.write(f"\n{search}\n")
    assert search.hits == []
    assert search.attempts.total() >= ATTEMPTS
    assert everything(scene.theirs) == before


def test_what_is_searched_for_does_stand_at_the_other_desk(scene: Scene) -> None:
    """Every secret word is found at its own desk, so the search for it can succeed."""
    held = everything(scene.theirs).casefold()
    assert [each for each in scene.search().watched if each not in held] == []


def test_what_a_tenant_sees_does_not_depend_on_what_another_keeps(scene: Scene) -> None:
    """Counts, scores and order stay as they were when the other tenant is given more."""
    before = shown_to(scene.mine)
    line = ticket("AC-900", "Another printer", "The printer says unheard-of things, all day.")
    import_tickets(scene.theirs, RawText(line), "more.jsonl")
    draft_reply(scene.theirs, "AC-900")
    assert shown_to(scene.mine) == before
    forget_ticket(scene.theirs, "AC-900")


def test_with_the_other_vault_the_same_search_finds_hits(scene: Scene) -> None:
    theirs = scene.theirs
    restores(search := scene.search(), scene, replace(scene.mine, restorer=theirs.restorer))
    assert len(search.hits) > len(scene.placeholders)


def test_with_the_other_records_the_same_search_finds_hits(scene: Scene) -> None:
    reads(search := scene.search(), scene, replace(scene.mine, records=scene.theirs.records))
    assert len(search.hits) > len(scene.names)


def test_with_the_other_documents_on_the_library_the_same_search_finds_hits(scene: Scene) -> None:
    theirs = scene.theirs
    lent = library_view(theirs.records.documents, theirs.vectors, theirs.lexical)
    retrievals(search := scene.search(), scene, replace(scene.mine, library_view=lent))
    assert len(search.hits) > len(scene.plant.bait)


def test_the_other_index_alone_gives_nothing_away(scene: Scene) -> None:
    """Each hit is looked up in the tenant's own records, which have no such chunk."""
    theirs = scene.theirs
    mixed = replace(scene.mine, vectors=theirs.vectors, lexical=theirs.lexical)
    retrievals(search := scene.search(), scene, mixed)
    assert search.hits == []


@pytest.mark.parametrize("interface", ["operations", "pages"])
def test_without_the_check_of_memberships_the_same_search_finds_hits(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, interface: str
) -> None:
    everybody = scene.home.accounts.memberships(VICTIMS_LOGIN)

    def as_member(_login: str) -> list[Membership]:
        return everybody

    monkeypatch.setattr(scene.home.accounts, "memberships", as_member)
    search = scene.search()
    raid = partial(operations, names=READING - OF_THE_OWNER) if interface == "operations" else pages
    raid(search, scene)
    assert search.hits


def restores(search: Search, scene: Scene, desk: Desk) -> None:
    """Placeholders of the other tenant, and all that could be, come to the vault and restorer."""
    guessed = [f"<{kind}_{at}>" for kind in EntityType for at in range(1, HIGHEST_NUMBER)]
    for each in guessed:
        search.tries("restore", desk.restorer.restore, redacted(f"Dear {each}"))
    for each in scene.placeholders:
        text = redacted(str(each))
        search.tries("restore", desk.restorer.restore, text, [each])
        search.tries("restore", show.restored, desk, the_person(), text)
        search.tries("restore", desk.records.vault.some, [(each.type, each.number or 0)])
        search.tries("restore", back_again, desk, str(each))
    for word in filter(MACHINE.fullmatch, scene.plant.secret):
        search.tries("look up", partial(back_again, desk, f"The computer {word.upper()} is broken"))


def back_again(desk: Desk, typed: str) -> object:
    """Redact what a person typed, and restore what comes of it."""
    return desk.restorer.restore(desk.redactor.look_up(RawText(typed)).text)


def reads(search: Search, scene: Scene, desk: Desk) -> None:
    """Every store is asked for every id of the other tenant, of any kind."""
    records = desk.records
    stock: list[DocumentReader] = [records.documents]
    if desk.library_view is not None:
        stock.append(desk.library_view.documents)
    by_name: list[Callable[[str], object]] = [
        *(method for each in stock for method in (each.document, each.chunks_of)),
        *(records.tickets.get, records.tickets.raw, records.tickets.id_of),
        *(records.drafts.get, records.drafts.reviews, records.drafts.newest),
        *(lambda name: records.drafts.ids(name, 9), records.gaps.vectors),
    ]
    for name in scene.names:
        for read in by_name:
            search.tries("read", read, name)
        for each in stock:
            for read_all in (each.documents, each.owners, each.chunks):
                search.tries("read", read_all, [name])
    listed: list[Callable[[], object]] = [
        *(method for each in stock for method in (each.documents, each.chunks)),
        *(records.documents.chunk_ids, records.tickets.list, records.drafts.list),
        *(
            records.drafts.replies,
            records.gaps.list,
            records.directory.all,
            records.terms.list,
            records.honest.list,
        ),
        *(lambda: list(desk.ledger.rows()), lambda: desk.ledger.last(99), desk.vectors.ids),
        *(records.documents.fingerprints, records.documents.signatures),
        *(lambda: records.gaps.vectors(desk.embedder.name),),
        *(lambda: records.uses.used(scene.placeholders),),
    ]
    for every in listed:
        search.tries("list", every)


def writes(search: Search, scene: Scene, desk: Desk) -> None:
    """Every store is asked to change or remove another tenant's data."""
    documents, drafts, tickets = desk.records.documents, desk.records.drafts, desk.records.tickets
    move = partial(drafts.move, expected=DraftState.PENDING, to=DraftState.APPROVED)
    for name in scene.names[::EACH]:
        search.tries("write", documents.remove, [name])
        search.tries("write", documents.sign, {name: b"signed"})
        search.tries("write", tickets.remove, name)
        search.tries("write", move, name)
        search.tries("write", drafts.rewrite, name, a_written())
        search.tries("write", drafts.remove_of, name)
        search.tries("write", drafts.delivered, name, MORNING)
        search.tries("write", drafts.record, Review(name, ATTACKERS_LOGIN, "approved", MORNING))


def retrievals(search: Search, scene: Scene, desk: Desk) -> None:
    """The other tenant's own words are searched for, alone, after others, and by file name."""
    for word in (*scene.plant.bait, *scene.plant.secret)[::EACH]:
        query = redacted(f"How do I restart the {word} of the printer?")
        search.tries("retrieve", retrieve, desk, query)
        search.tries("retrieve", retrieve, desk, redacted("And then?"), before=[query])
        search.tries("retrieve", retrieve, desk, query, filters=DocumentFilter(source=word))


def flows(search: Search, scene: Scene, desk: Desk) -> None:
    """Every flow gets the other tenant's names; tickets and edits contain its placeholders."""
    person = the_person()
    for name in scene.names[::EACH]:
        for write in (draft_reply, summarise, forget_ticket):
            search.tries("flow", write, desk, name)
        for decide in (show.ticket, review.view, review.approve, review.reject, review.release):
            search.tries("flow", decide, desk, person, name)
        search.tries("flow", review.edit, desk, person, name, RawText("Dear <PERSON_99>"))
    search.tries("flow", forget_documents, desk, scene.names)
    for at, each in enumerate(reversed(scene.placeholders[-SPOKEN:])):
        question = RawText(f"What is {scene.plant.bait[at]}, and who is {each}?")
        search.tries("ask", ask, desk, question)
        search.tries("ask", asked_slowly, desk, question)
        search.tries("ticket", one_ticket, desk, f"GX-{9000 + at}", question)
    search.tries("list", gaps, desk)
    for every in (show.tickets, review.pending, outbox.replies):
        search.tries("list", every, desk, person)


def asked_slowly(desk: Desk, question: RawText) -> object:
    return list(asking(desk, question))


def one_ticket(desk: Desk, reference: str, text: RawText) -> object:
    """A ticket of this tenant, from its import to the released reply."""
    person, typed = the_person(), declared(text)
    import_tickets(desk, RawText(ticket(reference, typed, typed, "Ola Berg")), "own.jsonl")
    draft, summary = draft_reply(desk, reference), summarise(desk, reference)
    edited = review.edit(desk, person, draft.id, RawText(f"Dear Ola, {typed}"))
    seen = review.view(desk, person, draft.id), show.ticket(desk, person, reference)
    review.approve(desk, person, draft.id)
    return draft, summary, edited, seen, review.release(desk, person, draft.id)


def operations(search: Search, scene: Scene, names: Collection[str]) -> None:
    """Every operation is called at the other tenant by a stranger, and for its ids by a member."""
    operator = Operator(scene.home)
    attacker, owner = (
        logged_in(scene.home, ATTACKERS_LOGIN, Interface.SHELL),
        Caller(Interface.SHELL, owner=True),
    )
    for name in sorted(names):
        operation = OPERATIONS[name]
        shape = operation.args.model_fields
        callers = [(attacker, ATTACKER), (attacker, VICTIM), (owner, ATTACKER)]
        for caller, tenant in callers[:2] if name.startswith(PEOPLE) else callers:
            for tried in scene.a_few():
                values = filled(tenant, tried, scene) | NUMBERS.get(name, {})
                args = operation.args(**{each: values[each] for each in shape if each in values})
                search.tries("operation", operator.perform, operation, caller, args, silent)


def filled(tenant: str, tried: str, scene: Scene) -> dict[str, object]:
    """What an operation is called with, by the name of the field; words that are kept are bait."""
    names = {"reference": tried, "draft": tried, "name": tried, "references": (tried,)}
    words = f"{scene.plant.bait[0]} {scene.placeholders[-1]}"
    account = {"login": VICTIMS_LOGIN, "password": PASSWORD, "old": PASSWORD, "new": PASSWORD}
    typed = {"role": "reviewer", "placeholder": str(scene.placeholders[-1]), "body": b"words"}
    return {
        "tenant": tenant,
        **account,
        **typed,
        **names,
        **dict.fromkeys(("document", "id", "challenge", "audit", "reply", "ticket"), tried),
        "out": str(Path(mkdtemp()) / "out"),
        "outcome": "upheld",
        "month": "2026-10",
        "subject": tried,
        "clause": "NW-2.3",
        "sha256": "0" * 64,
        "audience": "customer",
        "seen": "1",
        "language": "en",
        "frame": "greeting",
        "question": f"Who is {words}?",
        "text": words,
    }


def pages(search: Search, scene: Scene) -> None:
    """A browser with the attacker's session names the other tenant, and its ids at its own."""
    with scene.site.client(ATTACKERS_LOGIN) as browser:
        for path in ("/desk/", "/desk/config", "/exports/outbox.jsonl?tenant="):
            for tenant in (ATTACKER, VICTIM):
                search.tries("page", browser.get, f"{path}{tenant if '=' in path else ''}")
        for tenant in (ATTACKER, VICTIM):
            for tab in ("Tickets", "Review", "Gaps", "Outbox", "Ledger"):
                search.tries("page", browser.do, tab, "select", tenant=tenant)
            for tried in scene.a_few():
                typed = {"tenant": tenant, "opened": tried, "draft_opened": tried, "talk": tried}
                typed |= {
                    "question": f"Who is {scene.placeholders[-1]}?",
                    "edit": "Dear <PERSON_9>",
                }
                picked = {"ticket": tried, "draft": tried}
                for part, kind in EVENTS:
                    search.tries("page", browser.do, part, kind, picked, **typed)
