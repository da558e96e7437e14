"""Secrets such as passwords and keys, found by their format, by their name, or in prose.

The shapes follow the public rule sets of gitleaks, Nosey Parker and Kingfisher (MIT, Apache-2.0) in
kind. Most vendors fall under a few general shapes here, so tokens of unlisted vendors match too.
"""

from __future__ import annotations

from guardrails.detect.secrets import assignments, credentials, spoken
from guardrails.spans import Span


def find_secrets(text: str) -> list[Span]:
    """Return the secrets in ``text`` that any of the recognizers finds."""
    return [*credentials.find(text), *assignments.find(text), *spoken.find(text)]
