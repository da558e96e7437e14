"""``register …``."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from guardrails.policy import SubprocessorKind
from ui.cli import screen
from ui.cli.client import perform
from ui.cli.options import Json
from ui.cli.typed import credential

if TYPE_CHECKING:
    from datetime import date

    from ui.operations.base import Credential
    from ui.operations.register import EntryView

Name = Annotated[str, typer.Argument(metavar="NAME", help="The entry's name in the register.")]
MaybeTenant = Annotated[
    str, typer.Option("--tenant", "-t", metavar="TENANT", help="The tenant's name; else all.")
]
Officer = Annotated[
    str,
    typer.Option(
        "--as",
        metavar="LOGIN",
        help="The officer's login; the password is asked for, or read from "
        "QUIETDESK_PASSWORD. Without it, the owner of the home acts.",
    ),
]
Operator = Annotated[
    str, typer.Option(help="Name of the sub-processor, as policies name it; else the host.")
]
Region = Annotated[str, typer.Option(help="Region that the operator has promised.")]
NoTraining = Annotated[
    bool | None,
    typer.Option("--no-training/--may-train", help="The operator trains on nothing it is sent."),
]
Baa = Annotated[bool | None, typer.Option("--baa/--no-baa", help="The operator has signed a BAA.")]
Contract = Annotated[
    Path | None, typer.Option(help="The contract's document; its SHA-256 is kept, not its text.")
]
Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Date of the contract.")]
ReviewBy = Annotated[
    datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Day by which it is reviewed again.")
]


def add(
    name: Name,
    *,
    tenant: MaybeTenant = "",
    kind: Annotated[
        SubprocessorKind, typer.Option(help="What the place is for: webhook or stamp.")
    ] = SubprocessorKind.WEBHOOK,
    url: Annotated[str, typer.Option(help="Its URL.")] = "",
    url_env: Annotated[
        str, typer.Option(help="Name of the environment variable that holds its URL.")
    ] = "",
    operator: Operator = "",
    region: Region = "",
    no_training: NoTraining = None,
    baa: Baa = None,
    contract: Contract = None,
    contract_date: Day = None,
    review_by: ReviewBy = None,
    officer: Officer = "",
    json: Json = False,
) -> None:
    """With a name and a tenant alone, an entry that there is, also a model, is enabled for it."""
    from ui.operations.register import ADD, NewEntry

    added = perform(
        ADD,
        NewEntry(
            tenant=tenant,
            name=name,
            kind=kind,
            url=url,
            url_env=url_env,
            operator=operator,
            region=region or None,
            no_training=no_training,
            baa=baa,
            contract_on=_date(contract_date),
            contract_sha256=_sha256(contract),
            review_by=_date(review_by),
        ),
        credential=_person(officer),
    )
    done = f"Enabled {added.name} for {tenant}." if tenant else f"Registered {added.name}."
    screen.tell(added, f"{done} {_state(added)}".strip(), json=json)


def list_all(
    *,
    tenant: MaybeTenant = "",
    ended: Annotated[bool, typer.Option("--ended", help="Those too that have ended.")] = False,
    officer: Officer = "",
    json: Json = False,
) -> None:
    from ui.operations.register import LIST, RegisterArgs

    found = perform(LIST, RegisterArgs(tenant=tenant, ended=ended), credential=_person(officer))
    screen.listed(
        found,
        ("name", "kind", "operator", "where", "region", "no training", "review by", "state"),
        (
            (
                each.name,
                each.kind,
                each.operator,
                each.origin,
                each.region or "unknown",
                "promised" if each.no_training else "no",
                str(each.review_by or "none"),
                _state(each) if tenant else _users(each),
            )
            for each in found.entries
        ),
        json=json,
    )


def show(
    name: Name, *, tenant: MaybeTenant = "", officer: Officer = "", json: Json = False
) -> None:
    from ui.operations.register import SHOW, EntryArgs

    found = perform(SHOW, EntryArgs(tenant=tenant, name=name), credential=_person(officer))
    if json:
        screen.as_json(found)
        return
    facts = found.model_dump(mode="json", exclude={"refusal", "tenants"})
    screen.table(("what", "value"), ((key, _plain(value)) for key, value in facts.items()))
    screen.say(_state(found) if tenant else f"Used by {_users(found)}.")


def renew(
    name: Name,
    *,
    operator: Operator = "",
    region: Region = "",
    no_training: NoTraining = None,
    baa: Baa = None,
    contract: Contract = None,
    contract_date: Day = None,
    review_by: ReviewBy = None,
    json: Json = False,
) -> None:
    """What is not given stays as it is. Another region or operator begins tenants' notice again."""
    from ui.operations.register import RENEW, StatedTerms

    renewed = perform(
        RENEW,
        StatedTerms(
            name=name,
            operator=operator,
            region=region or None,
            no_training=no_training,
            baa=baa,
            contract_on=_date(contract_date),
            contract_sha256=_sha256(contract),
            review_by=_date(review_by),
        ),
    )
    screen.tell(renewed, f"Renewed {renewed.name}: reviewed on {renewed.reviewed_on}.", json=json)


def end(name: Name, *, tenant: MaybeTenant = "", officer: Officer = "", json: Json = False) -> None:
    """It holds for the next request. Without a tenant it ends for all of them."""
    from ui.operations.register import END, EntryArgs

    ended = perform(END, EntryArgs(tenant=tenant, name=name), credential=_person(officer))
    screen.tell(ended, f"Ended {ended.name} for {tenant or 'every tenant'}.", json=json)


def _person(login: str) -> Credential | None:
    return credential(login) if login else None


def _state(entry: EntryView) -> str:
    return f"Not usable: {entry.refusal}." if entry.refusal else ""


def _users(entry: EntryView) -> str:
    return ", ".join(entry.tenants) or "nobody"


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(str(each) for each in cast("list[object]", value))
    return "" if value is None else str(value)


def _date(at: datetime | None) -> date | None:
    return at.date() if at else None


def _sha256(document: Path | None) -> str:
    if document is None:
        return ""
    try:
        return hashlib.sha256(document.read_bytes()).hexdigest()
    except OSError as error:
        raise typer.BadParameter(f"{document} cannot be read: {error.strerror}.") from None
