"""Secrets: what opens a door. Three ways to see one: its own shape, its name, or what is said.

The shapes follow the public rule sets of gitleaks, Nosey Parker and Kingfisher (MIT, Apache-2.0) in
kind; here most vendors fall under a few general shapes, so that a vendor unknown today is caught.
"""

from __future__ import annotations

from guardrails.detect.secrets import assignments, credentials, spoken
from guardrails.spans import Span


def find_secrets(text: str) -> list[Span]:
    """Return the secrets in ``text``, whichever way they are seen."""
    return [*credentials.find(text), *assignments.find(text), *spoken.find(text)]
