"""Jobs: one control to try under given rules, and what came of it, as lines between processes."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import cast

from eval.evidence.control import Seen
from eval.evidence.trial import Trial
from guardrails.audit.ledger import Fact
from guardrails.policy import Rules, codec


@dataclass(frozen=True, slots=True)
class Job:
    """A probe of a control under ``rules``; with ``off``, without that guard."""

    control: str
    rules: Rules
    off: str = ""

    def line(self) -> str:
        """Return the job as one line of JSON."""
        return json.dumps({"control": self.control, "off": self.off, "rules": _rules(self.rules)})

    @classmethod
    def of(cls, line: str) -> Job:
        """Return the job of a line."""
        given = cast("dict[str, str]", json.loads(line))
        return cls(given["control"], codec.load(given["rules"]), given["off"])


def trial_line(trial: Trial) -> str:
    """Return a trial as one line of JSON."""
    return json.dumps(asdict(trial))


def trial_of(line: str) -> Trial:
    """Return the trial of a line that `trial_line` made."""
    given = cast("dict[str, object]", json.loads(line))
    seen = cast("list[dict[str, object]]", given["seen"])
    return Trial(tuple(map(_seen, seen)), cast("str", given["crashed"]))


def _seen(given: dict[str, object]) -> Seen:
    rows = cast("list[int]", given["rows"])
    expected, found = cast("Fact", given["expected"]), cast("Fact", given["found"])
    what = cast("str", given["what"])
    return Seen(what, expected, found, bool(given["ok"]), tuple(rows))  # pyright: ignore[reportArgumentType] - it was a literal in the other process


def _rules(rules: Rules) -> str:
    return codec.dump(rules)
