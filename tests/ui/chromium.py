"""A real browser, and what a person does first in it."""

from __future__ import annotations

import shutil
from collections.abc import Generator
from typing import TYPE_CHECKING

import pytest

from tests.ui.web_fixtures import PASSWORD, Site

if TYPE_CHECKING:
    from playwright.sync_api import Browser as Chromium
    from playwright.sync_api import Page

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_PATH = next((found for found in map(shutil.which, _NAMES) if found), None)
NEEDS_CHROMIUM = pytest.mark.skipif(_PATH is None, reason="no Chromium is installed")
_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def chromium() -> Generator[Chromium]:
    from playwright.sync_api import sync_playwright  # here: most tests of this folder need none

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_PATH, args=_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Chromium) -> Generator[Page]:
    """A page of a common desktop's width."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    made = context.new_page()
    made.set_default_timeout(30_000)
    yield made
    context.close()


def log_in(page: Page, site: Site, login: str) -> None:
    page.goto(f"{site.url}/")
    page.get_by_label("Login").fill(login)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_selector(".qd-line")


def open_tab(page: Page, name: str) -> None:
    """Open a tab, which on a narrow page may be in the menu of further tabs."""
    tab = page.get_by_role("tab", name=name, exact=True)
    if tab.count() and tab.first.is_visible():
        tab.first.click()
        return
    page.locator(".overflow-menu > button").click()
    page.locator(".overflow-dropdown button", has_text=name).click()


def ask(page: Page, question: str) -> None:
    page.get_by_placeholder("How do I").fill(question)
    page.get_by_role("button", name="Ask", exact=True).click()
