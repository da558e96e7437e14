"""The seal: a value opens at the place where it was sealed, and nowhere else."""

from __future__ import annotations

from pathlib import Path

import pytest

from guardrails import RawText
from guardrails.crypto.keys import DataKey, MasterKey, load_master_key
from guardrails.crypto.seal import Place, Sealer
from guardrails.errors import KeyTrouble, SealBroken
from guardrails.text import mint, unwrap

KEY = DataKey.fresh()
PLACE = Place("chunks", "text", "row-1", 3)


def test_raw_text_comes_back_as_raw_text() -> None:
    sealer = Sealer("acme", KEY)
    assert unwrap(sealer.open_raw(PLACE, sealer.seal_raw(PLACE, RawText("Priya")))) == "Priya"


def test_the_same_text_seals_differently_each_time() -> None:
    sealer = Sealer("acme", KEY)
    assert sealer.seal_raw(PLACE, RawText("x")) != sealer.seal_raw(PLACE, RawText("x"))


@pytest.mark.parametrize(
    "elsewhere",
    [
        Place("turns", "text", "row-1", 3),
        Place("chunks", "heading", "row-1", 3),
        Place("chunks", "text", "row-2", 3),
        Place("chunks", "text", "row-1", 4),
    ],
)
def test_a_moved_value_does_not_open(elsewhere: Place) -> None:
    sealer = Sealer("acme", KEY)
    with pytest.raises(SealBroken):
        sealer.open_raw(elsewhere, sealer.seal_raw(PLACE, RawText("x")))


def test_raw_text_does_not_open_as_redacted_text() -> None:
    sealer = Sealer("acme", KEY)
    with pytest.raises(SealBroken):
        sealer.open_redacted(PLACE, sealer.seal_raw(PLACE, RawText("Priya")))
    with pytest.raises(SealBroken):
        sealer.open_raw(PLACE, sealer.seal_redacted(PLACE, mint("x")))


def test_another_tenants_value_does_not_open_even_under_the_same_key() -> None:
    sealed = Sealer("acme", KEY).seal_raw(PLACE, RawText("x"))
    with pytest.raises(SealBroken):
        Sealer("globex", KEY).open_raw(PLACE, sealed)


@pytest.mark.parametrize("forged", [b"", b"short", bytes(64), b"plain text written by hand....."])
def test_what_was_not_sealed_does_not_open(forged: bytes) -> None:
    with pytest.raises(SealBroken):
        Sealer("acme", KEY).open_redacted(PLACE, forged)


def test_a_data_key_opens_only_for_its_tenant_and_under_its_master() -> None:
    master = MasterKey(bytes(range(32)))
    wrapped = master.wrap("acme", KEY)
    assert master.unwrap("acme", wrapped) == KEY
    with pytest.raises(KeyTrouble):
        master.unwrap("globex", wrapped)
    with pytest.raises(KeyTrouble):
        MasterKey(bytes(32)).unwrap("acme", wrapped)


def test_keys_for_different_purposes_differ() -> None:
    assert KEY.derive("a") != KEY.derive("b")


def test_a_new_home_gets_a_key_file_that_only_its_owner_reads(tmp_path: Path) -> None:
    first = load_master_key(tmp_path, None, create=True)
    assert (tmp_path / "master.key").stat().st_mode & 0o777 == 0o600
    assert load_master_key(tmp_path, None, create=False) == first


@pytest.mark.parametrize("configured", ["", "not base64!", "c2hvcnQ="])
def test_a_missing_or_wrong_key_is_one_clear_message(tmp_path: Path, configured: str) -> None:
    with pytest.raises(KeyTrouble, match=r"master\.key|QUIETDESK_MASTER_KEY"):
        load_master_key(tmp_path, configured, create=False)


def test_no_key_shows_in_a_repr() -> None:
    assert KEY.value.hex() not in repr(KEY)
    assert "value" not in repr(MasterKey(bytes(32)))
