"""Plots as SVG: promises by state, and how long each class of data is kept."""

from __future__ import annotations

from collections.abc import Sequence

from eval.evidence.html.markup import Markup, Part, el
from eval.evidence.report import PeriodView, ProfileView

STATES = (
    ("hold", "✓", "holds"),
    ("fail", "✗", "fails"),
    ("not_measured", "–", "not measured"),
    ("vouched", "●", "vouched for"),
    ("open", "○", "open"),
    ("untestable", "?", "not testable"),
)
"""Each state of a clause with its sign and its word."""
_WIDE, _ROW, _BAR, _LEFT = 720, 34, 22, 170
_LEAST_FOR_A_NUMBER = 16


def states(profiles: Sequence[ProfileView]) -> Markup:
    """Return a bar for each policy: how many of its clauses are in each state."""
    most = max((each.counts.clauses for each in profiles), default=1)
    scale = (_WIDE - _LEFT) / max(most, 1)
    rows = [_states(at, each, scale) for at, each in enumerate(profiles)]
    return el(
        "figure",
        _svg(len(profiles), "Clauses of each policy by state", rows),
        el("figcaption", legend()),
    )


def legend() -> Markup:
    """Return what the colours and signs of the states mean."""
    return el(
        "ul",
        *(el("li", sign(name), class_="state") for name, _, _ in STATES),
        class_="legend",
    )


def sign(state: str) -> Markup:
    """Return the sign and the word of a state."""
    mark, word = next((mark, word) for name, mark, word in STATES if name == state)
    return el("span", el("b", mark, aria_hidden="true"), " ", word, class_=f"state {state}")


def _states(at: int, profile: ProfileView, scale: float) -> Part:
    found = [each.state for each in profile.clauses]
    parts: list[Part] = [_label(at, profile.title)]
    left = float(_LEFT)
    for name, mark, word in STATES:
        count = found.count(name)
        if not count:
            continue
        width = count * scale
        title = el("title", f"{profile.title}: {count} {word}")
        parts.append(_bar(at, left, width, name, title))
        if width >= _LEAST_FOR_A_NUMBER:
            middle, down = left + width / 2, at * _ROW + _BAR * 0.72
            parts.append(
                el(
                    "text",
                    f"{mark} {count}" if width > 2 * _LEAST_FOR_A_NUMBER else count,
                    x=_number(middle),
                    y=_number(down),
                    class_=f"on {name}",
                )
            )
        left += width
    return parts


def retention(periods: Sequence[PeriodView]) -> Markup:
    """Return a bar for each class of data: the months after which it ends."""
    most = max((each.months or 0 for each in periods), default=0) or 1
    scale = (_WIDE - _LEFT - 120) / most
    rows = [_period(at, each, scale) for at, each in enumerate(periods)]
    return el(
        "figure",
        _svg(len(periods), "How long each class of data is kept", rows),
        el("figcaption", "Time until the end of each class of data; * is a number of ours."),
    )


def _period(at: int, period: PeriodView, scale: float) -> Part:
    width = (period.months or 0) * scale if period.months is not None else _WIDE - _LEFT - 120
    end = f"{period.after}{'*' if period.ours else ''}"
    kind = "hold" if period.months is not None else "never"
    return [
        _label(at, period.data_class.replace("_", " ")),
        _bar(at, _LEFT, max(width, 1), kind, el("title", f"{period.data_class}: {period.after}")),
        el("text", end, x=_number(_LEFT + max(width, 1) + 8), y=_number(at * _ROW + _BAR * 0.72)),
    ]


def _svg(rows: int, title: str, parts: Part) -> Markup:
    tall = max(rows, 1) * _ROW
    return el(
        "svg",
        el("title", title),
        parts,
        viewBox=f"0 0 {_WIDE} {tall}",
        role="img",
        aria_label=title,
    )


def _label(at: int, text: str) -> Markup:
    return el("text", text, x=0, y=_number(at * _ROW + _BAR * 0.72), class_="label")


def _bar(at: int, left: float, width: float, kind: str, title: Markup) -> Markup:
    box = el(
        "rect",
        x=_number(left),
        y=at * _ROW,
        width=_number(width),
        height=_BAR,
        class_=kind,
    )
    return el("g", title, box)


def _number(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")
