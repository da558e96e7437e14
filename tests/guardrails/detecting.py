"""Assertions for tests of detection: what is masked in a text, and what can be read."""

from __future__ import annotations

from guardrails.spans import Detector


def blanked(detector: Detector, text: str) -> str:
    """Return ``text`` with a ``█`` for every masked character."""
    shown = list(text)
    for span in detector.detect([text])[0]:
        shown[span.start : span.end] = "█" * (span.end - span.start)
    return "".join(shown)


def assert_hidden(detector: Detector, text: str, *values: str) -> None:
    """Fail unless of each of ``values`` no character can be read in ``text``."""
    shown = blanked(detector, text)
    for value in values:
        start = text.index(value)
        assert set(shown[start : start + len(value)]) == {"█"}, f"{value!r} shows in {shown!r}"


def assert_untouched(detector: Detector, text: str) -> None:
    """Fail unless all of ``text`` can be read."""
    assert blanked(detector, text) == text
