"""Who may read a document is shown beside it, and changed with one click by a reviewer."""

from __future__ import annotations

from assistant.model import Audience
from tests.ui.web_fixtures import Site


def test_a_reviewer_closes_a_document_to_customers_and_opens_it_again(own_site: Site) -> None:
    desk = own_site.home.desk("acme")
    (document,) = desk.records.documents.documents()
    with own_site.client("rae") as rae:
        listed = rae.do("Documents", "select", tenant="acme")["qd-documents"]
        assert "customers</span>" in listed
        for audience, said in ((Audience.AGENT, "agents only"), (Audience.CUSTOMER, "may read it")):
            picked = {"do": "audience", "document": document.id, "audience": audience.value}
            shown = rae.do("qd-documents", "click", picked, tenant="acme")
            assert said in shown.notice
            assert f"qd-tag-{audience}" in shown["qd-documents"]
            assert desk.records.documents.audiences()[document.id].audience is audience


def test_a_source_says_who_may_read_it_and_offers_the_change_to_reviewers(own_site: Site) -> None:
    asked = {"tenant": "acme", "question": "Why does the printer print blank pages?"}
    with own_site.client("rae") as rae, own_site.client("ann") as ann:
        for person, may in ((rae, True), (ann, False)):
            shown = person.do("qd-question", "submit", None, **asked)["qd-answer"]
            assert "qd-tag-customer" in shown
            assert ('data-do="audience"' in shown) == may
        talk = rae.do("qd-question", "submit", None, **asked)["qd-talk"]
        (document,) = own_site.home.desk("acme").records.documents.documents()
        picked = {"do": "audience", "document": document.id, "audience": "agent"}
        changed = rae.do("qd-answer", "click", picked, tenant="acme", talk=talk)
        assert "qd-tag-agent" in changed["qd-answer"]


def test_an_agent_decides_about_no_document(own_site: Site) -> None:
    desk = own_site.home.desk("acme")
    (document,) = desk.records.documents.documents()
    picked = {"do": "audience", "document": document.id, "audience": "agent"}
    with own_site.client("ann") as ann:
        listed = ann.do("Documents", "select", tenant="acme")["qd-documents"]
        assert "customers</span>" in listed
        assert "data-do" not in listed
        for part in ("qd-documents", "qd-answer", "qd-compare"):
            ann.do(part, "click", picked, tenant="acme")
    assert desk.records.documents.audiences()[document.id].audience is Audience.CUSTOMER


def test_documents_are_found_by_title_and_file(site: Site) -> None:
    with site.client("rae") as rae:
        for sought, found in (("PRINTING md", True), ("scanner", False)):
            shown = rae.do("qd-documents-filter", "input", tenant="acme", documents_filter=sought)
            assert ("printing.md" in shown["qd-documents"]) == found
