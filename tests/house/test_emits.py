"""Every operation says what it emits, and those that claim no text return none."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from assistant.errors import QuietdeskError
from assistant.model import Role
from eval.evidence.material import GUIDE, MESSAGE, TICKET
from eval.evidence.twin import Twin
from tests.fakes.twins import a_twin
from ui.operations.emits import EMITS, Emits
from ui.operations.registry import OPERATIONS

_QUIET = [name for name, emits in EMITS.items() if emits in (Emits.NOTHING, Emits.COUNTS)]
_LAST = ("forget.", "user.remove", "session.end", "member.remove", "register.end", "tenant.set")
_NEVER_RUN = set(
    """
    audit.sample
    challenge.decide challenge.open
    evidence.run injection.remove library.audience library.forget member.add member.remove
    model.remove people.import policy.apply policy.attest policy.attestations policy.diff
    register.add review.release review.seen talk.leave talk.stop tickets.import_file user.add
    user.link user.own_password user.reset_factor
    """.split()
)
"""They need files or records that a twin has not; the others must succeed once."""


def test_every_operation_says_what_it_emits() -> None:
    assert sorted(EMITS) == sorted(OPERATIONS)
    assert all(operation.emits in Emits for operation in OPERATIONS.values())


@pytest.fixture(scope="module")
def twin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Twin]:
    with a_twin(tmp_path_factory.mktemp("emits")) as made:
        yield made


def _drafts(twin: Twin, count: int) -> list[str]:
    made = [twin.perform("draft", role=Role.AGENT, references=[TICKET]) for _ in range(count)]
    return [each["id"] for done in made for each in done["written"]]


def _given(twin: Twin, name: str, draft: str) -> dict[str, object]:
    documents = [each.id for each in twin.desk.records.documents.documents()]
    export = twin.material().export()
    given: dict[str, object] = {
        "draft": draft,
        "references": [TICKET],
        "reference": TICKET,
        "name": "default" if name.startswith("register") else GUIDE,
        "document": documents[0],
        "audience": "customer",
        "text": "Restart the spooler." if name == "review.edit" else export,
        "login": twin.login(Role.AGENT),
        "password": "another horse battery",
        "seen": "",
        "people": "name,email\nJo Ferrars,jo@quillonberry.test\n",
    }
    if name == "tickets.import":
        given["name"] = "more.jsonl"
    if name == "ledger.export":
        given["path"] = str(twin.folder / "exported.jsonl")
    if name == "forget.ticket":
        given["name"] = MESSAGE
    if name == "model.add":
        given |= {"name": "other", "url": f"{twin.server.origin}/v1"}
    if name == "tenant.add":
        given["tenant"] = "third"
    if name in ("model.use", "model.check"):
        given["name"] = "default"
    return given


def _said(twin: Twin, name: str, args: Mapping[str, object]) -> str | None:
    """Return the result of the first caller who may call; None if nobody's call succeeded."""
    for role in (None, *Role):
        try:
            done: dict[str, Any] = twin.perform(name, role=role, **args)  # pyright: ignore[reportArgumentType] - arguments by name
        except (QuietdeskError, ValueError):
            continue
        return json.dumps(done, ensure_ascii=False)
    return None


def test_operations_that_claim_no_text_return_none(twin: Twin) -> None:
    (draft, *_) = _drafts(twin, 1)
    canaries = (*twin.material().canaries, *twin.material(twin.neighbour).canaries)
    never: set[str] = set()
    for name in sorted(_QUIET, key=lambda each: (each.startswith(_LAST), each)):
        said = _said(twin, name, _given(twin, name, draft))
        if said is None:
            never.add(name)
        else:
            assert not [each for each in canaries if each in said], name
    assert never <= _NEVER_RUN, never - _NEVER_RUN
