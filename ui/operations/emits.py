"""What each operation emits: the most telling thing that its result, or what it sends, can hold.

Tests hold that every operation is listed, and that those which emit nothing or counts return no
text of a customer.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Emits(StrEnum):
    """What leaves an operation, the least telling first."""

    NOTHING = "nothing"
    """That it is done, and ids that the caller gave."""
    COUNTS = "counts"
    """Numbers, times, ids, words of closed sets, and names of ours: tenants, users, models."""
    REDACTED = "redacted text"
    RAW = "raw text"
    """Text with identity, for a person who may see it, or for the tenant's own help desk."""


_NOTHING = """
    injection.remove ledger.key member.remove model.remove session.end talk.leave talk.stop
    user.own_password user.password user.remove
"""
_COUNTS = """
    audit.list audit.sample audit.stats
    challenge.decide challenge.list challenge.open
    documents.audience evidence.run forget.document forget.ticket ledger.show ledger.verify
    ledger.anchor ledger.export
    library.audience library.forget library.reindex library.show member.add model.add model.check
    policy.attest policy.attestations privacy.pending privacy.show
    model.list model.usage model.use outbox.retry people.import policy.apply policy.diff
    policy.history policy.show policy.trust_clock register.add register.end
    register.list register.renew register.show reindex review.approve review.edit review.reject
    review.release review.seen review.stats tenant.add tenant.list tenant.set tenant.show
    tickets.import tickets.import_file tickets.redact user.add user.link user.list user.reset_factor
    user.show
"""
_REDACTED = """
    audit.judge
    draft draft.batch frames.set frames.show injection.honest injection.list redact summarise
    summarise.batch tickets.list training.export
"""
_RAW = """
    ask documents.list explain people.opt_in people.opt_out people.opt_outs reply.write
    gaps.list ingest ingest.upload library.ingest outbox.deliver outbox.list
    review.list review.show talk.begin talk.note talk.show terms.add terms.leave terms.list
    terms.masked terms.remove tickets.find tickets.show
"""
"""`ingest` names files, and a file's name may be a person's."""

EMITS: Mapping[str, Emits] = {
    name: emits
    for emits, names in (
        (Emits.NOTHING, _NOTHING),
        (Emits.COUNTS, _COUNTS),
        (Emits.REDACTED, _REDACTED),
        (Emits.RAW, _RAW),
    )
    for name in names.split()
}
"""By the operation's name."""
