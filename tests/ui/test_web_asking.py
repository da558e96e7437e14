"""Asking on the page: with filters, and unanswered questions are kept for reviewers."""

from __future__ import annotations

from tests.ui.web_fixtures import PLANTED, Site

UNANSWERED = "Where may Theodora Quillfeather park her unicycle?"


def test_a_filter_that_nothing_passes_is_the_askers_mistake(site: Site) -> None:
    with site.client("ann") as ann:
        shown = ann.do("qd-question", "submit", tenant="acme", question="Blank pages?", type="pdf")
        assert "No document passes" in shown.notice
        wrong = ann.do("qd-question", "submit", tenant="acme", question="Why?", since="spring")
        assert "is not a date" in wrong.notice


def test_a_narrowed_question_without_an_answer_is_kept_when_the_person_says_so(
    own_site: Site,
) -> None:
    with own_site.client("rae") as rae:
        asked = rae.do("qd-question", "submit", tenant="acme", question=UNANSWERED, type="md")
        assert "Keep it as a gap" in asked["qd-answer"]
        assert "No gaps" in rae.do("Gaps", "select", tenant="acme")["qd-gaps"]
        noted = rae.do("qd-answer", "click", {"do": "note"}, tenant="acme", talk=asked["qd-talk"])
        assert "Noted." in noted.notice
        assert "Keep it as a gap" not in noted["qd-answer"]
        again = rae.do("qd-answer", "click", {"do": "note"}, tenant="acme", talk=asked["qd-talk"])
        assert "no question to keep" in again.notice
        shown = rae.do("Gaps", "select", tenant="acme")["qd-gaps"]
        assert "Unanswered questions: 1" in shown
        assert "unicycle" in shown


def test_what_nothing_answers_says_that_it_is_kept(own_site: Site) -> None:
    with own_site.client("ann") as ann:
        asked = ann.do("qd-question", "submit", tenant="acme", question=UNANSWERED)
        assert "kept under Gaps" in asked["qd-answer"]


def test_gaps_are_for_reviewers_and_show_who_was_meant(own_site: Site) -> None:
    with own_site.client("rae") as rae, own_site.client("ann") as ann:
        rae.do("qd-question", "submit", tenant="acme", question=f"Where does {PLANTED} park?")
        assert PLANTED in rae.do("Gaps", "select", tenant="acme")["qd-gaps"]
        hidden = ann.do("Gaps", "select", tenant="acme")["qd-gaps"]
        assert PLANTED not in hidden
        assert "for reviewers" in hidden
