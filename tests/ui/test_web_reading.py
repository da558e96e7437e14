"""What is read on the page is rendered, fits a narrow screen, and needs no mouse."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Locator, Page, expect

from assistant.flows.draft import draft_reply
from guardrails import RawText
from ingestion.ingest import ingest
from tests.fakes.plain import redacted
from tests.fakes.tickets import import_tickets
from tests.ui.chromium import NEEDS_CHROMIUM, ask, log_in, open_tab
from tests.ui.web_fixtures import HOSTILE, Site, serving, ticket

if TYPE_CHECKING:
    from playwright.sync_api import Browser as Chromium

pytestmark = NEEDS_CHROMIUM

LONG = "Wirtschaftsprüfungsgesellschaft" * 9
RUNBOOK = f"""# Badge printer

## The badge printer jams

!!! warning "Pull the plug first"
    The fuser is hot.

1. Open the badge printer.
2. Remove the card.

   ```bash
   badgectl --reset --device /dev/usb/lp0 --profile {LONG}
   ```

3. Close it.

| Code | Meaning | Do |
|------|---------|----|
| E4 | card jammed | open the badge printer |
| {LONG} | {LONG} | <script>window.pwned=1</script> |
"""
BRIEF = f"**Jam.** Do [1]:\n\n1. Open it\n2. Call {LONG}\n\n| a | b |\n|---|---|\n| {LONG} | 2 |"
TABS = ("Tickets", "Review", "Ask", "Documents", "Gaps", "Terms", "Outbox", "Import", "Ledger")


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Generator[Site]:
    """A site with long words everywhere, three drafts, and one reply in the outbox."""
    folder = tmp_path_factory.mktemp("full")
    with serving(folder) as site:
        desk = site.home.desk("acme")
        (folder / "badge.md").write_text(RUNBOOK, encoding="utf-8")
        ingest(desk, folder / "badge.md", progress=lambda _: None, max_bytes=100_000)
        line = ticket("AC-9", f"Badge printer {LONG}", f"The badge printer jams {LONG} {HOSTILE}")
        import_tickets(desk, RawText(line), "long.jsonl")
        for reference in ("AC-9", "AC-1", "AC-3"):
            draft = draft_reply(desk, reference)
            if reference == "AC-9":
                written = replace(draft.written, brief=redacted(BRIEF))
                desk.records.drafts.rewrite(draft.id, written)
        yield site


@pytest.fixture
def narrow(chromium: Chromium) -> Generator[Page]:
    """A page as wide as a telephone."""
    context = chromium.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    made = context.new_page()
    made.set_default_timeout(30_000)
    yield made
    context.close()


def test_steps_tables_code_and_notes_are_rendered(page: Page, full: Site) -> None:
    log_in(page, full, "rae")
    open_tab(page, "Ask")
    ask(page, "The badge printer jams, what do I open?")
    answer = page.locator(".qd-answer")
    expect(answer.locator(".qd-source")).not_to_have_count(0)
    shown = answer.locator(".qd-body")
    expect(shown.locator("ol > li").first).to_contain_text("Open the badge printer")
    expect(shown.locator("pre code")).to_contain_text("badgectl --reset")
    expect(shown.locator("td").first).to_have_text("E4")
    expect(shown.locator("mark.qd-highlight")).not_to_have_count(0)
    for folded in (".qd-source", ".qd-more-from"):
        part = answer.locator(folded).first
        expect(part.locator(".qd-passage").first).to_be_hidden()
        part.locator("summary").click()
        expect(part.locator(".qd-passage").first).to_be_visible()
    open_tab(page, "Review")
    page.locator("#qd-queue .qd-line").first.click()
    brief = page.locator(".qd-brief-column")
    expect(brief.locator("td").first).to_contain_text("Wirtschaft")
    expect(brief.locator("strong")).to_have_text("Jam.")
    for each in (shown, brief):
        expect(each).not_to_contain_text("```")
        expect(each).not_to_contain_text("|--")
    assert page.evaluate("window.pwned") is None


def test_the_brief_stands_beside_the_reply_and_below_it_where_there_is_no_room(
    page: Page, narrow: Page, full: Site
) -> None:
    for each, beside in ((page, True), (narrow, False)):
        log_in(each, full, "rae")
        open_tab(each, "Review")
        each.locator("#qd-queue .qd-line").first.click()
        brief, reply = (
            _place(each.locator(".qd-brief-column")),
            _place(each.locator(".qd-reply-column")),
        )
        assert (brief["x"] < reply["x"]) == beside
        assert (brief["y"] == reply["y"]) == beside
        expect(each.locator(".qd-origin .qd-columns")).to_be_hidden()


@pytest.mark.parametrize("name", TABS)
def test_a_narrow_page_never_scrolls_sideways_and_fits_fingers(
    narrow: Page, full: Site, name: str
) -> None:
    log_in(narrow, full, "rae")
    open_tab(narrow, name)
    if name == "Ask":
        ask(narrow, f"The badge printer jams {LONG}")
        expect(narrow.locator(".qd-answer")).not_to_have_count(0)
        narrow.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    if name in ("Tickets", "Review"):
        lines = narrow.locator(".qd-line:visible")
        expect(lines).not_to_have_count(0)
        assert _overflow(narrow) == 0
        lines.first.click()
        expect(narrow.locator(".qd-thread, .qd-review-head").locator("visible=true")).to_have_count(
            1
        )
        narrow.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    assert _overflow(narrow) == 0
    assert _too_small(narrow) == []


def test_a_narrow_page_shows_the_list_or_what_was_opened(narrow: Page, full: Site) -> None:
    log_in(narrow, full, "ann")
    side = narrow.locator(".qd-three > .qd-side")
    narrow.locator("[data-ticket='AC-1']").click()
    expect(narrow.locator(".qd-thread")).to_be_visible()
    expect(side).to_be_hidden()
    narrow.get_by_role("button", name="All tickets").click()
    expect(side).to_be_visible()
    expect(narrow.locator(".qd-thread")).to_be_hidden()
    narrow.locator("[data-ticket='AC-3']").click()
    expect(narrow.locator(".qd-thread")).to_contain_text("Whit Monday")


def test_drafts_are_decided_about_by_keyboard_alone(page: Page, own_site: Site) -> None:
    """J and K walk, A approves, R rejects, E changes; a decision opens the next draft at once."""
    desk = own_site.home.desk("acme")
    drafts = [draft_reply(desk, reference) for reference in ("AC-1", "AC-2", "AC-3")]
    log_in(page, own_site, "rae")
    page.get_by_role("tab", name="Review").focus()
    page.keyboard.press("Enter")
    head, notice = page.locator(".qd-review-head h2"), page.locator("#qd-notice")
    expect(page.locator("#qd-queue .qd-line")).to_have_count(3)
    expect(page.locator(".qd-keys")).to_be_visible()
    for key, reference in (("j", "AC-1"), ("j", "AC-2"), ("k", "AC-1")):
        page.keyboard.press(key)
        expect(head).to_contain_text(reference)
    expect(page.get_by_role("button", name="Approve", exact=True)).to_be_enabled()
    page.keyboard.press("a")
    expect(notice).to_contain_text("Approved")
    expect(page.locator("[aria-live=polite].qd-sr")).to_contain_text("Approved")
    expect(head).to_contain_text("AC-2")
    page.keyboard.press("e")
    box = page.get_by_label("What will be sent", exact=True)
    expect(box).to_be_focused()
    page.keyboard.type("jar")
    expect(head).to_contain_text("AC-2")
    page.keyboard.press("Escape")
    expect(box).not_to_be_focused()
    page.keyboard.press("r")
    expect(notice).to_contain_text("Rejected")
    expect(head).to_contain_text("AC-3")
    states = [desk.records.drafts.get(each.id) for each in drafts]
    assert [each.state.value for each in states if each] == ["approved", "rejected", "pending"]


def test_an_approved_draft_is_opened_again_from_the_notice(page: Page, own_site: Site) -> None:
    desk = own_site.home.desk("acme")
    for reference in ("AC-1", "AC-3"):
        draft_reply(desk, reference)
    log_in(page, own_site, "rae")
    open_tab(page, "Review")
    page.locator("#qd-queue .qd-line").first.click()
    page.get_by_role("button", name="Approve", exact=True).click()
    expect(page.locator(".qd-review-head h2")).to_contain_text("AC-3")
    page.get_by_role("button", name="Open it again").click()
    expect(page.locator(".qd-review-head h2")).to_contain_text("AC-1")
    page.get_by_role("button", name="Release", exact=True).click()
    expect(page.locator("#qd-notice")).to_contain_text("Released")
    expect(page.locator(".qd-review-head h2")).to_contain_text("AC-3")


def test_the_focus_is_seen(page: Page, full: Site) -> None:
    log_in(page, full, "rae")
    page.keyboard.press("Tab")
    for _ in range(12):
        page.keyboard.press("Tab")
        assert page.evaluate(
            "(() => { const style = getComputedStyle(document.activeElement);"
            " return document.activeElement === document.body || style.outlineStyle !== 'none'"
            " || style.boxShadow !== 'none' || style.borderColor !== ''; })()"
        )


def _place(part: Locator) -> dict[str, float]:
    expect(part).to_be_visible()
    box = part.bounding_box()
    assert box
    return {"x": box["x"], "y": box["y"]}


def _overflow(page: Page) -> int:
    return page.evaluate("document.documentElement.scrollWidth - 390")


def _too_small(page: Page) -> list[str]:
    """Return the visible controls under 40 pixels; what stands inside a line of text is exempt."""
    return page.evaluate(
        """() => [...document.querySelectorAll('button, summary, select, input, textarea, a[href]')]
        .filter(each => each.checkVisibility({visibilityProperty: true}) && each.offsetParent)
        .filter(each => !each.matches('.qd-cite *, .qd-no, .qd-chip, [type=checkbox]'))
        .filter(each => each.getBoundingClientRect().height < 39.5)
        .map(each => each.outerHTML.slice(0, 160))"""
    )
