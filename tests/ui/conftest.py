"""Fixtures of the interfaces' tests."""

from __future__ import annotations

from tests.ui.chromium import chromium, page
from tests.ui.cli_fixtures import _bare, bare, served
from tests.ui.web_fixtures import own_site, site

__all__ = ["_bare", "bare", "chromium", "own_site", "page", "served", "site"]
