"""A text with labelled spans (marks), used by training, scoring and the generator."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Mark:
    """Characters ``start`` to ``end`` are a ``label``."""

    start: int
    end: int
    label: str


@dataclass(slots=True)
class Text:
    """A text, its marks, its source, and its weight in the loss."""

    text: str
    marks: list[Mark]
    source: str
    weight: float = 1.0


@dataclass(slots=True)
class Builder:
    """Builds a text piece by piece."""

    source: str
    text: str = ""
    marks: list[Mark] = field(default_factory=list[Mark])

    def add(self, piece: str, label: str | None = None) -> None:
        """Append ``piece``, marked as ``label``."""
        if label and piece:
            self.marks.append(Mark(len(self.text), len(self.text) + len(piece), label))
        self.text += piece

    def append(self, other: Text, gap: str) -> None:
        """Append another text behind ``gap``."""
        self.text += gap
        shift = len(self.text)
        self.marks += [Mark(m.start + shift, m.end + shift, m.label) for m in other.marks]
        self.text += other.text

    def done(self) -> Text:
        """Return the text."""
        return Text(self.text, self.marks, self.source)
