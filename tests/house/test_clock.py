"""Times come from one clock, which no setting moves."""

from __future__ import annotations

import re
from pathlib import Path

from assistant.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
_CLOCK = "guardrails/clock.py"
_DATES_OF_HTTP = {"assistant/adapters/webhook.py", "assistant/adapters/server/refusals.py"}
_OTHER_CLOCKS = re.compile(
    r"datetime\.(now|today|utcnow)\(|date\.today\(|\btime\.(time|gmtime|localtime)\("
)


def test_only_the_clock_asks_the_machine_for_the_time() -> None:
    folders = ("assistant", "guardrails", "ingestion", "ui/operations")
    found = {
        str(path.relative_to(ROOT))
        for folder in folders
        for path in (ROOT / folder).rglob("*.py")
        if _OTHER_CLOCKS.search(path.read_text(encoding="utf-8"))
    }
    assert found - _DATES_OF_HTTP == {_CLOCK}


def test_no_setting_moves_the_clock() -> None:
    words = re.compile(r"clock|(^|_)(now|today|as_of|date)($|_)")
    assert [name for name in Settings.model_fields if words.search(name)] == []
