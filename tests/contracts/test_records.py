from __future__ import annotations

from contextlib import suppress

import pytest

from assistant.errors import Refused
from assistant.ports import Records
from guardrails.audit.ledger import Ledger
from guardrails.crypto.keys import DataKey
from guardrails.crypto.seal import Sealer
from guardrails.identity.vault import Vault
from guardrails.policy import Policy
from guardrails.spans import EntityType
from tests.fakes.samples import (
    a_document,
    a_draft,
    a_raw_ticket,
    a_redacted_ticket,
    a_reply,
    chunks_of,
    fail_after,
)


def test_counts_say_how_much_is_kept(records: Records) -> None:
    assert set(records.counts().values()) == {0}
    _fill(records)
    assert dict(records.counts()) == {
        "documents": 1,
        "chunks": 2,
        "tickets": 1,
        "drafts": 1,
        "replies": 1,
        "placeholders": 1,
    }


def test_a_failed_transaction_leaves_nothing_in_any_store(records: Records) -> None:
    with pytest.raises(ZeroDivisionError):
        fail_after(records, lambda: _fill(records))
    assert set(records.counts().values()) == {0}
    assert list(records.ledger.rows()) == []


def test_a_nested_transaction_ends_with_the_outer_one(records: Records) -> None:
    with pytest.raises(ZeroDivisionError):
        fail_after(records, lambda: _put_in_a_transaction(records))
    assert records.documents.documents() == []


def test_a_step_that_failed_inside_fails_the_whole_even_if_the_error_is_caught(
    records: Records,
) -> None:
    with pytest.raises(Refused):
        _look_away(records)
    assert records.documents.documents() == []


def test_what_a_transaction_wrote_it_reads(records: Records) -> None:
    with records.transaction():
        _fill(records)
        assert records.counts()["chunks"] == 2
        assert records.tickets.get("HD-1001") is not None
    assert records.counts()["chunks"] == 2


def test_after_a_failure_the_next_transaction_works(records: Records) -> None:
    with pytest.raises(ZeroDivisionError):
        fail_after(records)
    with records.transaction():
        records.documents.put(a_document(), [])
    assert len(records.documents.documents()) == 1


def _put_in_a_transaction(records: Records) -> None:
    with records.transaction():
        records.documents.put(a_document(), [])


def _look_away(records: Records) -> None:
    with records.transaction():
        records.documents.put(a_document(), [])
        with suppress(ZeroDivisionError):
            fail_after(records)


def _fill(records: Records) -> None:
    key = DataKey(b"r" * 32)
    document, raw, draft = a_document(), a_raw_ticket(), a_draft()
    records.documents.put(document, chunks_of(document, ["one", "two"]))
    records.tickets.put(raw, a_redacted_ticket(raw))
    records.drafts.add(draft)
    records.drafts.put_reply(a_reply(draft))
    Vault(records.vault, Sealer("tenant", key), key).allocate([(EntityType.PERSON, "Priya")])
    Ledger(records.ledger, key, Policy).append("filled")
