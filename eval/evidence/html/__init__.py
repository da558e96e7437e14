"""The report as one HTML page, made from its data alone: no script, and nothing is loaded."""

from __future__ import annotations

from eval.evidence.html.page import page

__all__ = ["page"]
