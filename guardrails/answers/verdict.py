"""The verdict on what a model said.

A model's answer is outside text, like a ticket. Placeholders that the model was shown and changed
are repaired. The answer is then redacted, so that every raw value is a placeholder before anything
else reads it. Placeholders and readable text that the model was shown stay as they are,
because they were redacted before. Everything else is new. New text that is personal, or that can be
clicked, run or dialled, is a finding. When a finding blocks, the answer is not used.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from guardrails import placeholders
from guardrails.answers.output_checks import check_output
from guardrails.answers.placeholder_repair import repair
from guardrails.detect.kinds import KINDS
from guardrails.findings import Finding, FindingKind
from guardrails.identity.redact import Mask, Redactor
from guardrails.leaks.scan import Scanner, Sighting
from guardrails.placeholders import Placeholder
from guardrails.spans import EntityType
from guardrails.text import RawText, RedactedText, mint, require_redacted, unwrap

__all__ = ["Finding", "FindingKind", "Verdict", "judge"]

_BARE_ADDRESS = re.compile(
    r"(?:https?://)?[a-z0-9.-]+(?::\d{1,5})?(?:/[a-z/-]{0,60})?", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The redacted answer and what was found in it."""

    text: RedactedText
    findings: tuple[Finding, ...]

    @property
    def blocked(self) -> bool:
        """Return whether the answer must not be used as it is."""
        return any(finding.blocks for finding in self.findings)

    @property
    def serious(self) -> tuple[Finding, ...]:
        """Return the findings for which nothing of the answer may be used.

        A model that says a secret, another person's value or the words of an injection is not to
        be trusted with the rest either.
        """
        return tuple(each for each in self.findings if each.blocks and not self._of_a_part(each))

    @property
    def of_a_part(self) -> tuple[Finding, ...]:
        """Return the findings that block the sentence that they are in, and no other one.

        An unknown command, path or number is an error of every model; so is a bare address, as
        long as it has no room for data: no placeholder, no query, no masked or hidden target.
        """
        return tuple(each for each in self.findings if each.blocks and self._of_a_part(each))

    def _of_a_part(self, finding: Finding) -> bool:
        words = self.text.reveal()[finding.start : finding.end]
        return finding.kind is FindingKind.UNSUPPORTED or (
            finding.kind is FindingKind.EXFILTRATION and bool(_BARE_ADDRESS.fullmatch(words))
        )


def judge(
    said: RawText,
    *,
    saw: RedactedText,
    sources: RedactedText,
    redactor: Redactor,
    scanner: Scanner,
) -> Verdict:
    """Redact what a model ``said`` after it ``saw`` a prompt, and say what is wrong with it.

    ``sources`` are the texts that an answer may rest on: the passages, or for a summary the ticket.
    """
    shown = _Shown(require_redacted(saw).reveal(), require_redacted(sources).reveal())
    raw = repair(unwrap(said), shown.placeholders).text
    masked = [
        _Edit(mask.start, mask.end, mask.placeholder, _judge_name(mask.placeholder))
        for mask in redactor.look_up(RawText(raw)).masks
        if not shown.held(raw, mask)
    ]
    values = [
        _Edit(start, end, name, None if shown.says(raw[start:end]) else _judge_name(name))
        for start, end, name in scanner.values(raw)
        if not any(start < edit.end and end > edit.start for edit in masked)
    ]
    text, findings = _apply(raw, sorted([*masked, *values], key=lambda edit: edit.start))
    left = _left_over(text, scanner)
    checks = check_output(text, saw=shown.saw, sources=shown.sources)
    doubts = _doubts(text, shown)
    return Verdict(mint(text), tuple(_in_order([*findings, *left, *checks, *doubts])))


@dataclass(frozen=True, slots=True)
class _Edit:
    start: int
    end: int
    placeholder: Placeholder
    finding: tuple[FindingKind, str, bool] | None


class _Shown:
    """What the model was shown; it decides whether a part of the answer is new."""

    def __init__(self, saw: str, sources: str) -> None:
        self.saw = saw
        self.sources = sources
        self.placeholders = frozenset(found.placeholder for found in placeholders.find(saw))
        self._words = _spaced(f"{saw} {sources}")
        self._source_words = _spaced(sources)
        self._joined = frozenset(map(_letters, re.findall(r"\w[\w-]*", saw)))

    def held(self, raw: str, mask: Mask) -> bool:
        """Whether the masked part contains only what the model was shown."""
        stretch = raw[mask.start : mask.end]
        if any(each.placeholder not in self.placeholders for each in placeholders.find(stretch)):
            return False
        rest = placeholders.PATTERN.sub("\n", stretch).split("\n")
        return all(_spaced(part) in self._words for part in rest)

    def says(self, value: str) -> bool:
        """Whether ``value`` is also a plain word of the sources.

        It may differ in a hyphen from a word that the model was shown: "X-ray" is "xray".
        """
        if value.isalpha():
            return _spaced(value) in self._source_words
        return value.replace("-", "").isalpha() and _letters(value) in self._joined


def _judge_name(name: Placeholder) -> tuple[FindingKind, str, bool]:
    if name.type is EntityType.LITERAL:
        return FindingKind.UNKNOWN_PLACEHOLDER, "It uses a placeholder that it was not shown.", True
    if name.type is EntityType.SECRET:
        return FindingKind.SECRET, "It contains something that looks like a secret.", True
    if name.number is not None:
        return FindingKind.VAULT_VALUE, "It contains a vault value that it was not shown.", True
    if name.type is EntityType.URL:
        return FindingKind.EXFILTRATION, "No source holds this address.", True
    blocks = not KINDS[name.type].mild
    return FindingKind.PERSONAL_DATA, f"It contains a {name.type} that it was not shown.", blocks


def _apply(raw: str, edits: Sequence[_Edit]) -> tuple[str, list[Finding]]:
    pieces: list[str] = []
    findings: list[Finding] = []
    at = length = 0
    for edit in edits:
        name = str(edit.placeholder)
        pieces += (raw[at : edit.start], name)
        length += edit.start - at
        if edit.finding:
            kind, note, blocks = edit.finding
            findings.append(Finding(kind, length, length + len(name), note, blocks))
        length += len(name)
        at = edit.end
    return "".join((*pieces, raw[at:])), findings


def _doubts(text: str, shown: _Shown) -> Iterator[Finding]:
    """Yield what looks like a placeholder and is not one that the model was shown."""
    note = "It looks like a placeholder, and no value can be restored for it."
    for each in repair(text, shown.placeholders).doubts:
        if text[each.start : each.end] not in shown.saw:
            kind = FindingKind.UNKNOWN_PLACEHOLDER
            yield Finding(kind, each.start, each.end, note, blocks=not each.plain)


def _left_over(text: str, scanner: Scanner) -> list[Finding]:
    """Return what the leak scan still finds in the redacted answer."""
    return [
        Finding(
            _kind_left(one),
            one.start,
            one.end,
            f"It contains a {one.type.value} that it was not shown.",
            blocks=True,
        )
        for one in scanner.scan(text).blocking
    ]


def _kind_left(sighting: Sighting) -> FindingKind:
    secret = sighting.type is EntityType.SECRET
    return FindingKind.SECRET if secret else FindingKind.PERSONAL_DATA


def _in_order(findings: Iterable[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda finding: (finding.start, finding.end))


def _letters(word: str) -> str:
    return word.replace("-", "").casefold()


def _spaced(text: str) -> str:
    """Return the words of ``text`` between single spaces, so that `in` respects word bounds."""
    words = " ".join(re.findall(r"\w+", text.casefold()))
    return f" {words} " if words else " "
