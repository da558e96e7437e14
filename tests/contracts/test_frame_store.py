from __future__ import annotations

from assistant.frames import Frame
from assistant.ports import Records
from tests.fakes.plain import redacted


def test_a_frame_is_kept_by_language_replaced_and_removed(records: Records) -> None:
    for text in ("Guten Tag $name,", "Moin $name,"):
        records.frames.put("de", Frame.GREETING, redacted(text))
    records.frames.put("de", Frame.CLOSE, redacted("Tschüss"))
    records.frames.put("fr", Frame.CLOSE, redacted("Au revoir"))
    assert records.frames.all() == {
        ("de", Frame.GREETING): redacted("Moin $name,"),
        ("de", Frame.CLOSE): redacted("Tschüss"),
        ("fr", Frame.CLOSE): redacted("Au revoir"),
    }
    assert records.frames.remove("de", Frame.CLOSE)
    assert not records.frames.remove("de", Frame.CLOSE)
    assert set(records.frames.all()) == {("de", Frame.GREETING), ("fr", Frame.CLOSE)}
