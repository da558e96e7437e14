"""Who may read a document is told and changed in one operation."""

from __future__ import annotations

import json
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from assistant.bootstrap import Home
from assistant.errors import NotFound, NotPermitted
from assistant.model import Role
from assistant.settings import Settings
from tests.fakes.parts import light_parts
from tests.fakes.policies import a_policy
from ui.operations.base import silent
from ui.operations.callers import Caller, Interface, logged_in
from ui.operations.operator import Operator
from ui.operations.registry import OPERATIONS

OWNER = Caller(Interface.SHELL, owner=True)
PASSWORD = "correct horse battery"
PAGE = "# Jams\n\n## Fix\n\nOpen the flap.\n\n## Internal notes\n\nThe code is four.\n"


@pytest.fixture
def home(tmp_path: Path) -> Generator[Home]:
    """A tenant with a reviewer, an agent and a page with an internal section; a library too."""
    with Home.open(Settings(home=tmp_path / "home"), parts=light_parts()) as opened:
        opened.add_tenant("acme")
        for role in (Role.REVIEWER, Role.AGENT):
            opened.accounts.add_user(role.value, PASSWORD, "acme", role)
        (tmp_path / "jams.md").write_text(PAGE, encoding="utf-8")
        do(opened, OWNER, "ingest", tenant="acme", path=str(tmp_path / "jams.md"))
        do(opened, OWNER, "library.ingest", path=str(tmp_path / "jams.md"))
        yield opened


def do(home: Home, caller: Caller, called: str, /, **args: Any) -> Any:
    operation = OPERATIONS[called]
    return Operator(home).perform(operation, caller, operation.args.model_validate(args), silent)


def test_documents_are_listed_with_who_may_read_them(home: Home) -> None:
    (page,) = do(home, OWNER, "documents.list", tenant="acme").documents
    assert (page.source.redacted, page.audience, page.decided) == ("jams.md", "agent", False)
    assert (page.chunks, page.for_customers) == (2, 0)


def test_a_reviewer_opens_a_document_but_not_its_internal_section(home: Home) -> None:
    rita = logged_in(home, "reviewer", Interface.PAGE)
    done = do(
        home, rita, "documents.audience", tenant="acme", document="jams.md", audience="customer"
    )
    assert (done.documents, done.chunks, done.for_customers) == (1, 2, 1)
    (page,) = do(home, rita, "documents.list", tenant="acme").documents
    assert (page.audience, page.decided, page.for_customers) == ("customer", True, 1)
    shown = do(home, OWNER, "tenant.show", tenant="acme").readers
    assert (shown.documents_for_customers, shown.chunks_for_agents) == (1, 1)
    decided = [row for row in home.desk("acme").ledger.rows() if row.kind == "audience.decided"]
    assert json.loads(decided[0].body)["by"] == home.accounts.user_id("reviewer")


def test_a_document_is_named_by_its_id_too(home: Home) -> None:
    (page,) = do(home, OWNER, "documents.list", tenant="acme").documents
    args = {"tenant": "acme", "document": page.id, "audience": "customer"}
    assert do(home, OWNER, "documents.audience", **args).documents == 1


def test_the_ledger_records_the_owner_by_a_word(home: Home) -> None:
    frame = {"language": "en", "frame": "close", "text": "Kind regards"}
    do(home, OWNER, "documents.audience", tenant="acme", document="jams.md", audience="customer")
    do(home, OWNER, "frames.set", tenant="acme", **frame)
    do(home, OWNER, "frames.set", tenant="acme", **frame | {"text": ""})
    do(home, OWNER, "library.audience", name="jams.md", audience="customer")
    kinds = {"audience.decided", "frame.set", "frame.reset"}
    rows = [*home.desk("acme").ledger.rows(), *home.library().ledger.rows()]
    assert [json.loads(row.body)["by"] for row in rows if row.kind in kinds] == ["owner"] * 4


def test_an_agent_reads_the_list_and_decides_nothing(home: Home) -> None:
    ann = logged_in(home, "agent", Interface.PAGE)
    assert do(home, ann, "documents.list", tenant="acme").documents
    with pytest.raises(NotPermitted):
        do(home, ann, "documents.audience", tenant="acme", document="jams.md", audience="customer")


def test_a_document_that_is_not_there_is_told(home: Home) -> None:
    with pytest.raises(NotFound):
        do(home, OWNER, "documents.audience", tenant="acme", document="x.md", audience="agent")


def test_documents_of_the_library_have_an_audience_too(home: Home) -> None:
    done = do(home, OWNER, "library.audience", name="library: jams.md", audience="customer")
    assert (done.documents, done.for_customers) == (1, 1)
    assert do(home, OWNER, "library.show").documents_for_customers == 1
    home.set_policy("acme", a_policy(library=True))
    view = home.desk("acme").library_view
    assert view is not None
    assert sorted(each.audience for each in view.documents.chunks()) == ["agent", "customer"]


def test_an_uploaded_document_is_for_agents_unless_it_is_said(home: Home) -> None:
    rita = logged_in(home, "reviewer", Interface.PAGE)
    for audience, readers in ((None, (1, 0)), ("customer", (0, 1))):
        done = do(
            home,
            rita,
            "ingest.upload",
            tenant="acme",
            name="faq.md",
            body=b"# FAQ\n\nPress the button.\n",
            audience=audience,
        )
        assert (done.for_agents, done.for_customers) == readers


def test_a_tenants_summaries_leave_private_notes_out_by_a_rule(home: Home) -> None:
    shown = do(home, OWNER, "tenant.set", tenant="acme", private_notes="leave_out")
    assert shown.private_notes == "leave_out"
    assert home.tenant("acme").policy.rules.leave_out_notes
