"""``model …``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.model import Feature
from ui.cli import screen
from ui.cli.client import perform
from ui.cli.options import Json, Tenant
from ui.cli.outcomes import print_outcomes

if TYPE_CHECKING:
    from ui.operations.models import CheckResult, UsageResult, Uses


Name = Annotated[str, typer.Argument(metavar="NAME", help="The model's name in the register.")]
Price = Annotated[float, typer.Option(min=0, help="Price of a million such tokens.")]
MaybeTenant = Annotated[
    str, typer.Option("--tenant", "-t", metavar="TENANT", help="The tenant's name.")
]


def add(
    name: Name,
    *,
    url: Annotated[
        str, typer.Option(help="Base URL of an OpenAI-compatible server, with or without /v1.")
    ] = "",
    file: Annotated[
        Path | None, typer.Option(help="GGUF file of a model to run in this process.")
    ] = None,
    azure: Annotated[
        bool, typer.Option("--azure", help="The server takes keys as Azure does.")
    ] = False,
    model: Annotated[str, typer.Option(help="The model's name at the server.")] = "local",
    key_env: Annotated[
        str, typer.Option(help="Name of the environment variable that holds the key.")
    ] = "",
    key_file: Annotated[Path | None, typer.Option(help="File that holds the key.")] = None,
    operator: Annotated[
        str, typer.Option(help="Name of the sub-processor, as policies name it; else the model's.")
    ] = "",
    region: Annotated[
        str, typer.Option(help="Region that the model's operator has promised.")
    ] = "local",
    no_training: Annotated[
        bool, typer.Option("--no-training", help="The operator trains on nothing it is sent.")
    ] = False,
    baa: Annotated[bool, typer.Option("--baa", help="The operator has signed a BAA.")] = False,
    window: Annotated[
        int | None, typer.Option(help="Tokens of the model's context window.")
    ] = None,
    longest: Annotated[int | None, typer.Option(help="Most tokens of an answer.")] = None,
    price_in: Price = 0,
    price_out: Price = 0,
    json_schema: Annotated[
        bool, typer.Option("--json-schema", help="Ask it to answer in JSON of a fixed schema.")
    ] = False,
    json: Json = False,
) -> None:
    from ui.operations.models import ADD, NewModel

    added = perform(
        ADD,
        NewModel(
            name=name,
            url=url,
            path=str(file.absolute()) if file else "",
            azure=azure,
            model=model,
            operator=operator,
            key_env=key_env,
            key_file=str(key_file.absolute()) if key_file else "",
            region=region,
            no_training=no_training,
            baa=baa,
            window=window,
            longest=longest,
            price_sent=price_in,
            price_written=price_out,
            json_schema=json_schema,
        ),
        create=True,
    )
    screen.tell(
        added, f"Added the model {added.name}. `quietdesk model check` says what works.", json=json
    )


def list_all(*, json: Json = False) -> None:
    from ui.operations.base import NoArgs
    from ui.operations.models import LIST

    found = perform(LIST, NoArgs())
    screen.listed(
        found,
        ("name", "kind", "where", "model", "key", "region", "no training", "used by"),
        (
            (
                each.name,
                each.kind,
                each.where,
                each.model,
                each.key or "none",
                each.region,
                "promised" if each.no_training else "no",
                ", ".join(each.used_by) or "nobody",
            )
            for each in found.models
        ),
        json=json,
    )


def remove(name: Name, *, json: Json = False) -> None:
    from ui.operations.models import REMOVE, ModelName

    done = perform(REMOVE, ModelName(name=name))
    screen.tell(done, f"Removed the model {done.name}.", json=json)


def use(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="[NAME]",
            help="A model of the register; `extractive` for none; left out, it stays as it is.",
        ),
    ] = None,
    *,
    tenant: Tenant,
    feature: Annotated[Feature, typer.Option(help="The feature.")] = Feature.ALL,
    day_limit: Annotated[
        int | None, typer.Option(min=0, help="Most tokens in a day (UTC); 0 for no limit.")
    ] = None,
    month_limit: Annotated[
        int | None, typer.Option(min=0, help="Most tokens in a month (UTC); 0 for no limit.")
    ] = None,
    json: Json = False,
) -> None:
    """When a limit is reached, nothing is sent and the extractive writer writes."""
    from ui.operations.models import USE, UseArgs

    args = UseArgs(
        tenant=tenant, name=name, feature=feature, day_limit=day_limit, month_limit=month_limit
    )
    found = perform(USE, args)
    if json:
        screen.as_json(found)
    else:
        _print_uses(found)


def check(
    *,
    tenant: MaybeTenant = "",
    feature: Annotated[
        Feature, typer.Option(help="The feature whose model is checked.")
    ] = Feature.ANSWER,
    model: Annotated[str, typer.Option(help="Check this model, whoever uses it.")] = "",
    json: Json = False,
) -> None:
    """It passes the tenant's gate, is in its ledger, and costs a few hundred tokens."""
    from ui.operations.models import CHECK, CheckArgs

    found = perform(CHECK, CheckArgs(tenant=tenant, feature=feature, name=model))
    if json:
        screen.as_json(found)
    else:
        _print_check(found)
    if not found.works:
        raise typer.Exit(1)


def usage(
    *,
    tenant: MaybeTenant = "",
    days: Annotated[int, typer.Option(min=1, max=3660, help="How many days back.")] = 31,
    json: Json = False,
) -> None:
    from ui.operations.models import USAGE, UsageArgs

    found = perform(USAGE, UsageArgs(tenant=tenant, days=days))
    if json:
        screen.as_json(found)
    else:
        _print_usage(found)


def _print_uses(found: Uses) -> None:
    screen.table(
        ("feature", "model", "tokens a day", "tokens a month"),
        (
            (
                each.feature,
                each.model,
                f"{each.day_limit:,}" if each.day_limit else "no limit",
                f"{each.month_limit:,}" if each.month_limit else "no limit",
            )
            for each in found.uses
        ),
    )


def _print_check(found: CheckResult) -> None:
    screen.say(f"The model {found.name} at {found.where}, through the gate of {found.tenant}:")
    marks = {True: "yes", False: "NO", None: "-"}
    screen.table(
        ("what", "works", "found"),
        ((each.what, marks[each.works], each.words) for each in found.checked),
    )
    for each in found.checked:
        if each.todo:
            screen.note(f"{each.what}: {each.todo}")


def _print_usage(found: UsageResult) -> None:
    sums: dict[tuple[str, str, str], list[float]] = {}
    for row in found.rows:
        counted = (row.calls, row.sent, row.written, row.estimated, row.cost)
        held = sums.setdefault((row.tenant, row.feature, row.model), [0, 0, 0, 0, 0])
        sums[row.tenant, row.feature, row.model] = [
            a + b for a, b in zip(held, counted, strict=True)
        ]
    screen.say(f"Since {found.since}:")
    screen.table(
        ("tenant", "feature", "model", "calls", "tokens in", "tokens out", "estimated", "cost"),
        (
            (*key, *(f"{each:,.0f}" for each in counts), f"{cost:,.4f}")
            for key, (*counts, cost) in sums.items()
        ),
    )
    print_outcomes(found.outcomes)
