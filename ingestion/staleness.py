"""Which documents are stale, the pipeline version that decides it, and documents by name."""

from __future__ import annotations

from pathlib import Path

from assistant.desk import Desk
from assistant.errors import BadInput
from guardrails import RawText
from guardrails.detect.version import detector_version
from guardrails.identity.version import redaction_version
from guardrails.policy.order import changed
from guardrails.policy.rules import Redaction
from ingestion import chunks as cutting
from ingestion import loaders
from ingestion.origins import Places

_TAG = 16


def stale(desk: Desk) -> int:
    """Return how many documents the next `ingest` of their folders would read again.

    They were read by another detector, loader or chunker, or before the tenant declared people or
    terms.
    """
    return Places(desk.sealer, desk.records.documents.fingerprints()).stale(pipeline_version(desk))


def named(desk: Desk, name: str) -> list[str]:
    """Return the ids of the documents that ``name`` refers to.

    ``name`` is the path of a file or a folder that was read, which may be gone; or a source as
    citations show it. `BadInput` when citations show several documents under that name.
    """
    places = Places(desk.sealer, desk.records.documents.fingerprints())
    path = Path(name).resolve()
    at = places.below(path) | ({places.document_id(path)} & places.known.keys())
    if at:
        return sorted(at)
    documents = desk.records.documents.documents()
    found = [each.id for each in documents if each.source.reveal() == name]
    if not found:  # the path itself may identify a person
        redacted = desk.redactor.look_up(RawText(name)).text
        found = [each.id for each in documents if each.source == redacted]
    files = {places.known[each].file for each in found}
    if len(found) > 1 and not (len(files) == 1 and all(files)):
        raise BadInput(
            f"{len(found)} documents are called {name}.",
            todo="Give the full path of the file.",
        )
    return found


def pipeline_version(desk: Desk) -> str:
    """Return a keyed tag of everything besides a file's bytes that determines its chunks.

    When it changes, every file is read again at the next run: a new release may detect what the
    last one missed, and people whom the tenant has declared since must be masked everywhere.
    """
    people = desk.records.directory.all()
    values = sorted(desk.sealer.fingerprint(each.value) for one in people for each in one.values())
    values += sorted(
        f"{desk.sealer.fingerprint(term.folded())}{term.type}" for term in desk.records.terms.list()
    )
    declared = desk.sealer.fingerprint_bytes("".join(values).encode())
    rules = "|".join(
        (
            detector_version(),
            redaction_version(),
            loaders.VERSION,
            cutting.VERSION,
            _rules(desk.tenant.policy.rules.redaction),
            declared,
        )
    )
    return desk.sealer.fingerprint_bytes(rules.encode())[:_TAG]


def _rules(redaction: Redaction) -> str:
    """Return how the rules of redaction differ from the default; no other rule affects a text."""
    return repr([(path, sorted(new)) for path, _, new in changed(Redaction(), redaction)])
