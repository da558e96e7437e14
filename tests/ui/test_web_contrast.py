"""Text on the page is readable: WCAG AA, 4.5 to 1, in the light and the dark colours."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import ui.web

_CSS = (Path(ui.web.__file__).parent / "static" / "base.css").read_text(encoding="utf-8")
_KINDS = ("accent", "good", "warn", "bad", "who", "reach", "place", "machine")
_PAIRS = [
    *((ink, ground) for ink in ("ink", "soft") for ground in ("ground", "surface", "sunken")),
    *((kind, f"{kind}-soft") for kind in _KINDS),
    *((kind, "surface") for kind in ("accent", "good", "warn", "bad")),
    *(("ink", ground) for ground in ("mark", "accent-soft", "warn-soft", "bad-soft")),
    ("accent-ink", "accent"),
    ("surface", "bad"),
]


@pytest.mark.parametrize("theme", [":root", ".dark"])
@pytest.mark.parametrize(("ink", "ground"), _PAIRS)
def test_every_pair_of_colours_is_readable(theme: str, ink: str, ground: str) -> None:
    block = _CSS.partition(f"{theme} {{")[2].partition("}")[0]
    colours = dict(re.findall(r"--qd-([\w-]+): (#[0-9a-f]{6});", block))
    light, dark = sorted((_luminance(colours[ink]), _luminance(colours[ground])), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
