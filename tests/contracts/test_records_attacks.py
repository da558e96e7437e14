"""An attacker with the database but without the keys can destroy rows, never read or forge them."""

from __future__ import annotations

import pytest
from sqlalchemy import inspect, text

from assistant.adapters.records import TenantRecords
from assistant.adapters.records.schema import metadata
from assistant.errors import Refused, SealBroken
from assistant.model import Document, new_id
from guardrails import RawText
from guardrails.crypto.seal import Place, Sealer
from guardrails.detect.directory import KnownPerson
from guardrails.spans import EntityType
from tests.fakes.databases import Room, TestHome
from tests.fakes.samples import (
    MORNING,
    a_document,
    a_draft,
    a_raw_ticket,
    a_redacted_ticket,
    a_reply,
    chunks_of,
)

CANARY = "Xylophonia-Quarrenbrook"

OF_THE_HOME = frozenset(
    """
    home_keys identities models profiles recovery_codes second_factors sessions subprocessors
    tenants time_marks users
    """.split()
)
"""Tables without a tenant: what the provider has, and no customer."""


def test_no_customer_text_is_in_any_column(room: Room) -> None:
    _fill(room)
    stored = _everything(room)
    assert CANARY.encode() not in stored
    assert b"cannot print" not in stored
    assert b"Restart the spooler" not in stored
    assert b"runbooks/wifi.md" not in stored


def test_ciphertext_moved_to_another_row_does_not_open(room: Room) -> None:
    document = a_document()
    chunks = chunks_of(document, ["one", "two"])
    room.records.documents.put(document, chunks)
    room.home.tamper(
        "UPDATE chunks SET text = (SELECT text FROM chunks WHERE id = :one) WHERE id = :two",
        one=chunks[0].id,
        two=chunks[1].id,
    )
    with pytest.raises(SealBroken):
        room.records.documents.chunks()


def test_ciphertext_moved_to_another_column_does_not_open(room: Room) -> None:
    document = _put_document(room)
    room.home.tamper("UPDATE documents SET source = title WHERE id = :id", id=document.id)
    with pytest.raises(SealBroken):
        room.records.documents.document(document.id)


def test_ciphertext_copied_from_another_tenant_does_not_open(room: Room) -> None:
    other = room.home.move_in()
    document = _put_document(room)
    room.home.tamper(
        "INSERT INTO documents SELECT :other, id, policy_version, source, title, fingerprint,"
        " ingested_at, tags, products, updated, signature, audience, audience_set"
        " FROM documents WHERE id = :id",
        other=other.tenant.id,
        id=document.id,
    )
    with pytest.raises(SealBroken):
        other.records.documents.documents()


def test_a_row_under_another_policy_version_does_not_open(room: Room) -> None:
    document = _put_document(room)
    room.home.tamper("UPDATE documents SET policy_version = 2 WHERE id = :id", id=document.id)
    with pytest.raises(SealBroken):
        room.records.documents.documents()


def test_raw_text_written_into_a_redacted_column_does_not_open(room: Room) -> None:
    document = _put_document(room)
    place = Place("documents", "title", document.id, 1)
    room.home.tamper(
        "UPDATE documents SET title = :raw WHERE id = :id",
        raw=room.sealer.seal_raw(place, RawText(CANARY)),
        id=document.id,
    )
    with pytest.raises(SealBroken):
        room.records.documents.documents()


def test_plain_text_written_by_hand_does_not_open(room: Room) -> None:
    document = _put_document(room)
    room.home.tamper(
        "UPDATE documents SET title = :plain WHERE id = :id", plain=CANARY.encode(), id=document.id
    )
    with pytest.raises(SealBroken):
        room.records.documents.documents()


def test_a_thread_with_a_turn_taken_out_or_moved_does_not_open(room: Room) -> None:
    raw = a_raw_ticket(turns=3)
    room.records.tickets.put(raw, a_redacted_ticket(raw))
    swap = "UPDATE ticket_turns SET ordinal = :to WHERE tenant_id = :tenant AND ordinal = :at"
    for at, to in ((0, 9), (1, 0), (9, 1)):
        room.home.tamper(swap, to=to, at=at, tenant=room.tenant.id)
    with pytest.raises(SealBroken):
        room.records.tickets.get(raw.reference)
    for at, to in ((0, 9), (1, 0), (9, 1)):
        room.home.tamper(swap, to=to, at=at, tenant=room.tenant.id)
    assert room.records.tickets.get(raw.reference) is not None
    last = "DELETE FROM ticket_turns WHERE tenant_id = :tenant AND ordinal = 2"
    room.home.tamper(last, tenant=room.tenant.id)
    with pytest.raises(SealBroken):
        room.records.tickets.raw(raw.reference)


@pytest.mark.parametrize("cut", [1, 3, 20])
def test_a_column_of_several_texts_that_was_cut_does_not_open(room: Room, cut: int) -> None:
    draft = a_draft()
    room.records.drafts.add(draft)
    ((body,),) = room.home.tamper("SELECT cited FROM drafts WHERE id = :id", id=draft.id)
    room.home.tamper(
        "UPDATE drafts SET cited = :cut WHERE id = :id", cut=bytes(body)[:-cut], id=draft.id
    )
    with pytest.raises(SealBroken):
        room.records.drafts.get(draft.id)


def test_a_vault_value_put_under_another_number_does_not_open(room: Room) -> None:
    one, _two = room.vault.allocate([(EntityType.PERSON, "Priya"), (EntityType.PERSON, "Tom")])
    room.home.tamper(
        "UPDATE vault_surfaces SET sealed = (SELECT sealed FROM vault_surfaces"
        " WHERE tenant_id = :tenant AND number = 2) WHERE tenant_id = :tenant AND number = 1",
        tenant=room.tenant.id,
    )
    with pytest.raises(SealBroken):
        room.vault.values_of([one])


def test_another_tenants_key_opens_nothing(room: Room) -> None:
    other = room.home.move_in()
    document = _put_document(room)
    stranger = Sealer(room.tenant.id, other.key)
    records = TenantRecords(room.home.database, room.tenant.id, stranger, 1)
    with pytest.raises(SealBroken):
        records.documents.document(document.id)


def test_a_tenant_sees_and_removes_its_own_rows_alone(room: Room) -> None:
    other = room.home.move_in()
    _fill(room)
    document = _put_document(room)
    assert set(other.records.counts().values()) == {0}
    assert other.records.documents.remove([document.id]) == []
    assert other.records.tickets.get("HD-1001") is None
    assert room.records.documents.document(document.id) == document


def test_postgres_itself_hides_rows_from_a_transaction_that_speaks_for_nobody(
    postgres: TestHome,
) -> None:
    _fill(postgres.move_in())
    open_tables = OF_THE_HOME | {"policies", "memberships"}
    with postgres.database.reading() as connection:
        for table in set(metadata.tables) - open_tables:
            assert connection.scalar(text(f"SELECT count(*) FROM {table}")) == 0, table


def test_postgres_itself_refuses_a_row_of_another_tenant(postgres: TestHome) -> None:
    room, other = postgres.move_in(), postgres.move_in()
    forged = text("INSERT INTO revisions VALUES (:tenant, 'vault', 7)")
    with (
        pytest.raises(Refused),
        room.home.database.writing(room.tenant.id) as connection,
    ):
        connection.execute(forged, {"tenant": other.tenant.id})


def test_every_table_of_a_tenant_is_keyed_by_the_tenant() -> None:
    for table in metadata.sorted_tables:
        if table.name not in OF_THE_HOME:
            assert next(iter(table.primary_key)).name == "tenant_id", table.name


def _put_document(room: Room) -> Document:
    document = a_document()
    room.records.documents.put(document, [])
    return document


def _fill(room: Room) -> None:
    """Put something into every table of the tenant, the canary wherever raw text is kept."""
    document, draft = a_document(), a_draft()
    raw = a_raw_ticket(subject=f"{CANARY} cannot print", at=MORNING)
    room.records.documents.put(document, chunks_of(document, ["Restart the spooler"]))
    room.records.tickets.put(raw, a_redacted_ticket(raw))
    room.records.drafts.add(draft)
    room.records.drafts.put_reply(a_reply(draft))
    room.records.directory.put([KnownPerson(name=RawText(CANARY))])
    room.vault.allocate([(EntityType.PERSON, CANARY)])
    room.ledger.append("filled", id=new_id())


def _everything(room: Room) -> bytes:
    tables = inspect(room.home.intruder).get_table_names()
    rows = [row for table in tables for row in room.home.tamper(f"SELECT * FROM {table}")]
    mine = [value for row in rows if room.tenant.id in row for value in row]
    return b"\n".join(
        str(value).encode() if isinstance(value, (str, int, type(None))) else bytes(value)
        for value in mine
    )
