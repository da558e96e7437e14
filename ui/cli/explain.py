"""``explain``: how a draft was made."""

from __future__ import annotations

from ui.cli import screen
from ui.cli.client import perform
from ui.cli.options import Json, Login, Tenant
from ui.cli.review import DraftId
from ui.cli.typed import credential


def explain(draft: DraftId, *, tenant: Tenant, login: Login, json: Json = False) -> None:
    from ui.operations.explain import EXPLAIN
    from ui.operations.review import OneDraft

    one = OneDraft(tenant=tenant, draft=draft)
    found = perform(EXPLAIN, one, credential=credential(login))
    if json:
        screen.as_json(found)
        return
    screen.notices(found.notices)
    screen.table(
        ("what", "value"),
        (
            ("draft", f"{found.draft} ({found.kind} to {found.reference})"),
            ("written by", found.writer),
            ("prompt", found.prompt),
            ("the model's text", found.outcome),
            ("policy", f"version {found.policy_version}, SHA-256 {found.policy_hash}"),
        ),
    )
    screen.citations(found.passages)
    for finding in (*found.findings, *found.refused):
        screen.say(f"  ! {finding.kind}: {finding.note}{' (blocks)' if finding.blocks else ''}")
    for note in found.notes:
        screen.say(f"  {note}")
    for each in found.decisions:
        screen.say(f"  {each.at:%Y-%m-%d %H:%M} {each.by[:8]}: {each.action}")
