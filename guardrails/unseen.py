"""Invisible and look-alike characters: one table for every guard.

The detector ignores or normalises them, the leak scan finds values that contain them, and the page
shows them by name. Each constant is the inside of a regular expression's character class.
"""

from __future__ import annotations

from typing import Final

VARIATION_SELECTORS: Final = "\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef"
"""Variation selectors: they choose the glyph of the character before, such as text or emoji."""

UNSEEN: Final = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e"  # soft hyphen, grapheme joiner, fillers
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f"  # zero widths, bidirectional controls, operators
    "\u3164\ufeff\uffa0\ufff0-\ufffb"  # fillers, byte order mark, interlinear annotation
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"  # format controls of shorthand and music
    "\U000e0000-\U000e0fff"  # tags, and the rest of an invisible block
    f"{VARIATION_SELECTORS}"
)
"""Unicode's ``Default_Ignorable_Code_Point``, and marks of annotations; all invisible."""

CONTROLS: Final = "\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u2028\u2029"
"""Control characters except tab, line feed and carriage return; their effect is undefined."""

SPACES: Final = "\u00a0\u1680\u2000-\u200a\u202f\u205f\u2800\u3000"
"""Blanks of other widths than the ordinary one."""

HYPHENS: Final = "\u2010-\u2012\u2212\ufe63\uff0d"
"""Dashes of the width of a hyphen, and the minus sign; longer dashes separate sentences."""

STOPS: Final = "\u2024\u3002\ufe52\uff0e\uff61"
"""Full stops of other scripts and widths."""

COMBINING: Final = "\u0300-\u036f"
"""Combining marks, which are drawn onto the letter before."""

COMPATIBLE: Final = (
    "\uff01-\uffee"  # full and half widths
    "\ufb00-\ufb06"  # ligatures, as PDF files have them
    "\u2102\u210a-\u2113\u2115\u2119-\u211d\u2124\u2128\u212a-\u212d\u212f-\u2131\u2133\u2134"
    "\u2145-\u2149\U0001d400-\U0001d7ff"  # letters and digits of mathematics
    "\u24b6-\u24e9\U0001f130-\U0001f149"  # letters in circles and squares
    "\u017f\u02b0-\u02b8\u1d2c-\u1d6a\u2071\u207f\u2090-\u209c"  # raised and lowered letters
)
"""Compatibility forms of letters and digits, which NFKC normalises."""
