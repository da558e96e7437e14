"""The page in a real browser: from a ticket to a released reply, and nothing from elsewhere."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect

from tests.model_server import ModelServer, drip
from tests.ui.chromium import NEEDS_CHROMIUM, ask, log_in
from tests.ui.web_fixtures import PLANTED, Site, serving, ticket

pytestmark = NEEDS_CHROMIUM


def test_a_ticket_becomes_a_released_reply(page: Page, own_site: Site) -> None:
    """Log in, read, see what the model sees, draft, review, release, find it in the outbox."""
    foreign: list[str] = []
    complaints: list[str] = []
    page.on(
        "request",
        lambda each: foreign.append(each.url) if _is_foreign(each.url, own_site) else None,
    )
    page.on("console", lambda each: complaints.append(each.text) if each.type == "error" else None)
    log_in(page, own_site, "rae")

    page.locator("[data-ticket='AC-1']").click()
    expect(page.locator(".qd-thread")).to_contain_text(PLANTED)
    page.get_by_label("Show what the model sees").check()
    expect(page.locator(".qd-thread")).not_to_contain_text(PLANTED)
    expect(page.locator(".qd-thread .qd-chip").first).to_be_visible()

    page.get_by_role("button", name="Draft reply").click()
    expect(page.locator(".qd-written")).to_contain_text("spooler")
    page.locator(".qd-source summary").first.click()
    expect(page.locator(".qd-passage").first).to_be_visible()
    page.get_by_role("button", name="Open in review").click()

    expect(page.locator(".qd-reply-column")).to_contain_text(PLANTED)
    page.get_by_text("What the writer saw and said").click()
    origin = page.locator(".qd-origin")
    expect(origin).to_contain_text("blank pages")
    expect(origin).not_to_contain_text(PLANTED)
    release = page.get_by_role("button", name="Release", exact=True)
    expect(release).to_be_disabled()
    page.get_by_role("button", name="Approve", exact=True).click()
    expect(release).to_be_enabled()
    release.click()
    expect(page.locator(".qd-notice")).to_contain_text("Released")

    page.get_by_role("tab", name="Outbox").click()
    expect(page.locator(".qd-outbox-card")).to_contain_text(PLANTED)
    with page.expect_download() as started:
        page.get_by_text("Export as JSON lines").click()
    line = json.loads(Path(started.value.path()).read_text(encoding="utf-8"))
    assert PLANTED in line["text"]
    assert (foreign, complaints) == ([], [])


def test_selected_words_are_masked_and_a_placeholder_leads_to_its_row(
    page: Page, own_site: Site
) -> None:
    """A chip leads to the row that takes it back; words selected in the thread are masked."""
    log_in(page, own_site, "rae")
    page.locator("[data-ticket='AC-3']").click()
    expect(page.locator(".qd-thread")).to_contain_text("Whit Monday")
    page.get_by_label("Show what the model sees").check()
    page.locator(".qd-thread [data-correct]").first.click()
    expect(page.locator(".qd-masked button").first).to_be_focused()
    page.evaluate(
        "() => { const text = document.querySelector('.qd-turn-text').firstChild;"
        " const at = text.data.indexOf('Whit Monday'); const range = document.createRange();"
        " range.setStart(text, at); range.setEnd(text, at + 11);"
        " getSelection().removeAllRanges(); getSelection().addRange(range); }"
    )
    form = page.locator("#qd-correcting .qd-term-form")
    expect(form.get_by_label("Words")).to_have_value("Whit Monday")
    form.get_by_label("Their type").select_option("ORGANIZATION")
    form.get_by_role("button", name="Mask").click()
    expect(page.locator(".qd-notice")).to_contain_text("Masked from now on.")
    expect(page.locator(".qd-turn-text").first).not_to_contain_text("Whit Monday")


def test_an_edit_is_saved_before_anything_is_decided(page: Page, own_site: Site) -> None:
    """Approving with unsaved words in the box is refused; once they are saved, it goes through."""
    log_in(page, own_site, "rae")
    page.locator("[data-ticket='AC-1']").click()
    page.get_by_role("button", name="Draft reply").click()
    page.get_by_role("button", name="Open in review").click()
    page.get_by_role("button", name="Change what will be sent").click()
    box = page.get_by_label("What will be sent", exact=True)
    expect(box).to_have_value(_any_text())
    box.fill("Please restart the spooler.\nThe password is hunter2-Xy99.\nKind regards")
    page.get_by_role("button", name="Approve", exact=True).click()
    expect(page.locator(".qd-notice")).to_contain_text("Save your change first")
    page.get_by_role("button", name="Save the change").click()
    expect(page.locator(".qd-reply-column")).to_contain_text("Kind regards")
    expect(box).to_have_value(re.compile("<SECRET>"))
    expect(page.locator(".qd-findings")).to_contain_text("blocking")
    box.fill("Please restart the spooler.\nKind regards")
    page.get_by_role("button", name="Save the change").click()
    expect(page.locator(".qd-reply-column")).not_to_contain_text("SECRET")
    page.get_by_role("button", name="Approve", exact=True).click()
    expect(page.locator(".qd-review-head")).to_contain_text("approved")


def test_a_hostile_ticket_runs_nothing(page: Page, own_site: Site) -> None:
    """Markup of a ticket is read as text in the list, the thread and the redacted view."""
    log_in(page, own_site, "ann")
    page.locator("[data-ticket='AC-2']").click()
    expect(page.locator(".qd-thread")).to_contain_text("<script>window.pwned=2</script>")
    page.get_by_label("Show what the model sees").check()
    expect(page.locator(".qd-seen-note")).to_be_visible()
    assert page.evaluate("window.pwned") is None
    assert page.locator(".qd-thread img, .qd-thread a, .qd-thread script").count() == 0


def test_the_browser_itself_refuses_inline_code(page: Page, own_site: Site) -> None:
    """Even markup that got through would not run: the policy allows no inline script or handler."""
    log_in(page, own_site, "ann")
    page.evaluate(
        "window.refused = []; document.addEventListener('securitypolicyviolation',"
        " each => window.refused.push(each.effectiveDirective))"
    )
    page.evaluate(
        "document.querySelector('.qd-list').insertAdjacentHTML('beforeend',"
        " '<img src=x onerror=\"window.pwned=1\">')"
    )
    page.evaluate(
        "document.body.append(Object.assign(document.createElement('script'),"
        " {textContent: 'window.pwned=2'}))"
    )
    page.wait_for_function("window.refused.length > 1")
    assert page.evaluate("window.refused.sort()") == ["script-src-attr", "script-src-elem"]
    assert page.evaluate("window.pwned") is None


def test_files_are_imported_from_the_page(page: Page, own_site: Site, tmp_path: Path) -> None:
    """A reviewer chooses a file, and the page shows the result, errors included."""
    good, bad = tmp_path / "more.jsonl", tmp_path / "bad.jsonl"
    good.write_text(ticket("AC-7", "Badge", "I lost my badge."), encoding="utf-8")
    bad.write_text("{", encoding="utf-8")
    log_in(page, own_site, "rae")
    page.get_by_role("tab", name="Import").click()
    form = page.locator(".qd-upload").first
    for path, shown in ((good, "1 new"), (bad, "not valid JSON")):
        form.locator("input").set_input_files(os.fspath(path))
        form.get_by_role("button", name="Import").click()
        expect(form.locator(".qd-result")).to_contain_text(shown)


def test_the_page_is_worked_by_keyboard(page: Page, own_site: Site) -> None:
    """Arrows walk through the list, Enter opens, and the open ticket is marked."""
    log_in(page, own_site, "ann")
    page.locator(".qd-line").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator(".qd-line").nth(1)).to_have_attribute("aria-current", "true")
    expect(page.locator(".qd-thread")).to_be_visible()


def test_a_conversation_goes_on_and_its_citations_open(page: Page, own_site: Site) -> None:
    """A follow-up is shown below the first question; a mark opens its passage."""
    log_in(page, own_site, "ann")
    page.get_by_role("tab", name="Ask").click()
    ask(page, "Why does the printer print blank pages?")
    answers = page.locator(".qd-answer")
    expect(answers).to_contain_text("spooler")
    passage = answers.locator(".qd-passage")
    expect(passage).to_be_hidden()
    answers.get_by_role("button", name="1").click()
    expect(passage).to_be_visible()
    ask(page, "And when the printer prints blank pages with an empty cartridge?")
    expect(answers).to_have_count(2)
    expect(answers.nth(1)).to_contain_text("cartridge")
    page.get_by_role("button", name="New conversation").click()
    expect(answers).to_have_count(0)
    expect(page.locator("#qd-answer")).to_contain_text("Ask the knowledge base")


def test_an_answer_is_read_while_it_is_written_and_can_be_stopped(
    chromium: Chromium, tmp_path: Path
) -> None:
    """Checked sentences are shown before the model is done; Stop disconnects and keeps them."""
    first = (
        "Open the printer queue and restart the spooler service. [1] Then print a test page. [1]"
    )
    with (
        ModelServer() as server,
        serving(tmp_path, writer="model", model_url=server.url) as site,
        chromium.new_context(viewport={"width": 1280, "height": 800}) as context,
    ):
        server.will(drip(0.05, first=first))
        page = context.new_page()
        log_in(page, site, "ann")
        page.get_by_role("tab", name="Ask").click()
        stop = page.get_by_role("button", name="Stop")
        expect(stop).to_be_disabled()
        ask(page, "Why does the printer print blank pages?")
        answer = page.locator(".qd-answer")
        expect(answer).to_contain_text("restart the spooler service", timeout=60_000)
        expect(page.locator(".qd-writing")).to_be_visible()
        stop.click()
        expect(page.locator("#qd-answer")).to_contain_text("You stopped the answer here.")
        expect(page.locator(".qd-answer")).to_contain_text("restart the spooler service")
        expect(page.locator(".qd-answer")).not_to_contain_text("word word")
        expect(stop).to_be_disabled()
        assert server.hung_up.wait(10)


def test_a_login_that_ended_leads_back_to_the_login(page: Page, own_site: Site) -> None:
    """When the session is gone, the next click asks for the login instead of failing."""
    log_in(page, own_site, "ann")
    page.context.clear_cookies()
    page.locator(".qd-line").first.click()
    page.wait_for_url("**/login")


def _is_foreign(url: str, site: Site) -> bool:
    return not url.startswith((f"{site.url}/", "data:", "blob:"))


def _any_text() -> re.Pattern[str]:
    return re.compile(r"\S")
