"""``tenant …``, ``people …`` and ``user …``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from guardrails.policy import AiFeature
from ui.cli import screen
from ui.cli.client import perform
from ui.cli.options import AnyLogin, Json, Tenant
from ui.cli.typed import any_credential, password, text_of
from ui.operations.tenants import PrivateNotes

if TYPE_CHECKING:
    from ui.operations.reindex import Reindexed
    from ui.operations.tenants import TenantDetail

Slug = Annotated[
    str, typer.Argument(metavar="TENANT", help="Its name: lower case, digits and dashes.")
]


def add(slug: Slug, *, json: Json = False) -> None:
    from ui.operations.base import TenantArgs
    from ui.operations.tenants import ADD

    added = perform(ADD, TenantArgs(tenant=slug), create=True)
    screen.tell(added, f"Added the tenant {added.slug}.", json=json)


def list_all(*, json: Json = False) -> None:
    from ui.operations.base import NoArgs
    from ui.operations.tenants import LIST

    found = perform(LIST, NoArgs())
    screen.listed(
        found,
        ("tenant", "added", "policy", "AI"),
        (
            (
                each.slug,
                f"{each.created_at:%Y-%m-%d}",
                each.policy_version,
                _all(each.ai_features),
            )
            for each in found.tenants
        ),
        json=json,
    )


def show(slug: Slug, *, json: Json = False) -> None:
    from ui.operations.base import TenantArgs
    from ui.operations.tenants import SHOW

    found = perform(SHOW, TenantArgs(tenant=slug))
    if json:
        screen.as_json(found)
    else:
        _show(found)


def _show(found: TenantDetail) -> None:
    policy = (
        ("tenant", found.slug),
        ("added", f"{found.created_at:%Y-%m-%d %H:%M}Z"),
        ("policy version", found.policy_version),
        ("AI", ", ".join(found.ai_features) or "off"),
        ("training", "allowed" if found.training_allowed else "never"),
        ("regions", ", ".join(found.regions)),
        ("health data", "yes" if found.phi else "no"),
        ("provider's library", "read" if found.library else "not read"),
        ("resolved tickets", "found" if found.resolved_tickets else "not found"),
        ("private notes", "marked" if found.private_notes == "mark" else "left out"),
        ("pending versions", found.pending_versions),
    )
    readers = ((name.replace("_", " "), count) for name, count in found.readers)
    stale = (
        ("stale documents", found.stale_documents),
        ("stale vectors", found.stale_vectors),
    )
    screen.table(("what", "value"), (*policy, *found.counts.items(), *readers, *stale))
    if found.pending_versions:
        screen.note("Weaker rules wait for their notice to be over; see `policy show`.")
    if found.stale_documents:
        screen.note("Stale documents were redacted under old rules; `ingest` reads them again.")
    if found.stale_vectors:
        screen.note("Stale vectors are missing or another model's; `reindex` rebuilds them.")


def reindex(*, tenant: Tenant, json: Json = False) -> None:
    """It may be stopped at any moment; the same command continues it."""
    from ui.operations.base import TenantArgs
    from ui.operations.reindex import REINDEX

    with screen.watching() as progress:
        done = perform(REINDEX, TenantArgs(tenant=tenant), progress=progress)
    reindexed(done, json=json)


def reindexed(done: Reindexed, *, json: bool) -> None:
    """Print what was rebuilt."""
    if json:
        screen.as_json(done)
        return
    screen.say(
        f"{done.made} of {done.chunks} vectors made by {done.embedder} in {done.seconds:.1f} s."
        if done.made
        else f"All {done.chunks} vectors are those of {done.embedder}."
    )
    if done.stale_documents:
        screen.note(
            f"{done.stale_documents} documents were redacted under old rules; `ingest` reads them "
            "again."
        )


def change(
    slug: Slug,
    *,
    ai: Annotated[
        bool | None,
        typer.Option("--ai/--no-ai", help="Switch every feature of AI on or off, at once."),
    ] = None,
    ai_feature: Annotated[
        list[AiFeature] | None,
        typer.Option(help="Switch this feature of AI on; repeatable."),
    ] = None,
    no_ai_feature: Annotated[
        list[AiFeature] | None,
        typer.Option(help="Switch this feature of AI off, at once; repeatable."),
    ] = None,
    training: Annotated[
        bool | None,
        typer.Option(
            "--training/--no-training",
            help="Allow operators that do not promise to keep texts out of training.",
        ),
    ] = None,
    region: Annotated[
        list[str] | None,
        typer.Option(help="An allowed region of a model's operator; repeatable; replaces all."),
    ] = None,
    health_data: Annotated[
        bool | None,
        typer.Option(
            "--health-data/--no-health-data",
            help="There is health data: a model's operator must have signed a BAA.",
        ),
    ] = None,
    library: Annotated[
        bool | None,
        typer.Option("--library/--no-library", help="Also answer from the provider's library."),
    ] = None,
    private_notes: Annotated[
        PrivateNotes | None,
        typer.Option(help="Whether summaries mark private notes or leave them out."),
    ] = None,
    resolved_tickets: Annotated[
        bool | None,
        typer.Option(
            "--resolved-tickets/--no-resolved-tickets",
            help="Find and cite solved and closed tickets like documents.",
        ),
    ] = None,
    login: AnyLogin = "",
    json: Json = False,
) -> None:
    from ui.operations.tenants import SET, TenantRules

    rules = TenantRules(
        tenant=slug,
        ai_enabled=ai,
        ai_on=tuple(ai_feature) if ai_feature else None,
        ai_off=tuple(no_ai_feature) if no_ai_feature else None,
        training_allowed=training,
        regions=tuple(region) if region else None,
        phi=health_data,
        library=library,
        resolved_tickets=resolved_tickets,
        private_notes=private_notes,
    )
    found = perform(SET, rules, credential=any_credential(login))
    if json:
        screen.as_json(found)
    else:
        _show(found)


def import_people(
    file: Annotated[
        str,
        typer.Argument(
            help="CSV: name, email, phone, username, employee_number, hosts, serials; any of these."
        ),
    ],
    *,
    tenant: Tenant,
    json: Json = False,
) -> None:
    from ui.operations.directory import IMPORT, Staff

    name = "stdin" if file == "-" else Path(file).name
    added = perform(IMPORT, Staff(tenant=tenant, name=name, text=text_of(file)))
    screen.tell(added, f"{added.new} new people.", json=json)


def add_user(
    login: Annotated[str, typer.Argument(help="The person's login name.")],
    *,
    tenant: Tenant,
    role: Annotated[str, typer.Option(help="agent, reviewer, knowledge, officer or admin.")],
    json: Json = False,
) -> None:
    from ui.operations.users import ADD, NewUser

    secret = password(f"Password for {login}", confirm=True)
    added = perform(ADD, NewUser(tenant=tenant, login=login, password=secret, role=role))
    screen.tell(added, f"{added.login} is {added.role} of {added.tenant}.", json=json)


def _all(features: tuple[AiFeature, ...]) -> str:
    return "off" if not features else "on" if set(features) == set(AiFeature) else "in part"
