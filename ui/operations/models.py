"""The register of models: add, list, remove, choose for a tenant, check, and what they used."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from pydantic import Field

from assistant.model import Feature, ModelEntry, ModelKind
from ui.operations.base import NoArgs, Operation, Progress, Shape, TenantArgs
from ui.operations.callers import Caller
from ui.operations.needs import OWNER
from ui.operations.outcomes import OutcomesView, outcomes_of

if TYPE_CHECKING:
    from assistant.bootstrap import Home
    from assistant.model import ModelUsage

_MILLION = 1_000_000


class ModelView(Shape):
    """A model of the register. ``key`` says where its key is, and never what it is."""

    name: str
    kind: ModelKind
    where: str
    model: str
    operator: str
    key: str
    region: str
    no_training: bool
    baa: bool
    window: int | None
    longest: int | None
    price_sent: float
    price_written: float
    json_schema: bool
    used_by: tuple[str, ...]


class ModelList(Shape):
    """Every model, that of the environment's settings first."""

    models: tuple[ModelView, ...]


class NewModel(Shape):
    """A model to register: the base URL of a server, or the absolute path of a GGUF file.

    Prices are for a million tokens, in the operator's currency. ``operator`` is the sub-processor's
    name, as policies name it.
    """

    name: str
    url: str = ""
    path: str = ""
    azure: bool = False
    model: str = Field(default="local", min_length=1, max_length=254)
    key_env: str = ""
    key_file: str = ""
    region: str = Field(default="local", min_length=1, max_length=64)
    no_training: bool = False
    baa: bool = False
    window: int | None = Field(default=None, ge=256, le=100_000_000)
    longest: int | None = Field(default=None, ge=16, le=1_000_000)
    price_sent: float = Field(default=0, ge=0, le=1_000_000)
    price_written: float = Field(default=0, ge=0, le=1_000_000)
    json_schema: bool = False
    operator: str = Field(default="", max_length=254)


class ModelName(Shape):
    """A model of the register."""

    name: str


class UseArgs(TenantArgs):
    """The model and the limits of a tenant's feature; None leaves one as it is, 0 is no limit."""

    name: str | None = None
    feature: Feature = Feature.ALL
    day_limit: int | None = Field(default=None, ge=0)
    month_limit: int | None = Field(default=None, ge=0)


class UseView(Shape):
    """What one feature uses: ``model`` is the choice that holds for it now."""

    feature: Feature
    model: str
    day_limit: int | None
    month_limit: int | None


class Uses(Shape):
    """What every feature of a tenant uses."""

    tenant: str
    uses: tuple[UseView, ...]


class CheckArgs(Shape):
    """Whose model to check: that of a tenant's feature, or the one named."""

    tenant: str = ""
    feature: Feature = Feature.ANSWER
    name: str = ""


class CheckedView(Shape):
    """One thing that was tried; ``works`` is None where it does not matter."""

    what: str
    works: bool | None
    words: str
    todo: str


class CheckResult(Shape):
    """What was found about one model, asked through the gate of one tenant."""

    name: str
    where: str
    tenant: str
    works: bool
    checked: tuple[CheckedView, ...]


class UsageArgs(Shape):
    """One tenant or all, and for how many days back."""

    tenant: str = ""
    days: int = Field(default=31, ge=1, le=3660)


class UsageRow(Shape):
    """What one feature of a tenant used of a model in a day; ``estimated`` counts calls."""

    tenant: str
    day: str
    feature: str
    model: str
    calls: int
    sent: int
    written: int
    estimated: int
    cost: float


class UsageResult(Shape):
    """Usage by tenant, day, feature and model, and what became of the texts."""

    since: str
    rows: tuple[UsageRow, ...]
    outcomes: tuple[OutcomesView, ...]


def _add(home: Home, _caller: Caller, args: NewModel, _progress: Progress) -> ModelView:
    from assistant.errors import BadInput

    if bool(args.url) == bool(args.path):
        raise BadInput("A model has a URL or a file.", todo="Give one of them, and not both.")
    asked = ModelKind.AZURE if args.azure else ModelKind.OPENAI
    entry = ModelEntry(
        kind=ModelKind.GGUF if args.path else asked,
        where=args.path or args.url,
        created_at=home.clock(),
        price_sent=round(args.price_sent * _MILLION),
        price_written=round(args.price_written * _MILLION),
        **args.model_dump(exclude={"url", "path", "azure", "price_sent", "price_written"}),
    )
    if args.path:
        from assistant.chat_models import must_be_usable

        must_be_usable(entry)
    return _view(home, home.register.add(entry))


def _list(home: Home, _caller: Caller, _args: NoArgs, _progress: Progress) -> ModelList:
    return ModelList(models=tuple(_view(home, entry) for entry in home.register.entries()))


def _remove(home: Home, _caller: Caller, args: ModelName, _progress: Progress) -> ModelName:
    home.register.remove(args.name, home.tenants())
    return args


def _use(home: Home, _caller: Caller, args: UseArgs, _progress: Progress) -> Uses:
    tenant = home.tenant(args.tenant)
    if (args.name, args.day_limit, args.month_limit) != (None, None, None):
        use = home.register.use(
            tenant, args.feature, args.name, day_limit=args.day_limit, month_limit=args.month_limit
        )
        home.desk(args.tenant).ledger.append(
            "model.chosen",
            feature=use.feature.value,
            model=use.model,
            day_limit=use.day_limit,
            month_limit=use.month_limit,
        )
    return _uses(home, args.tenant)


def _check(home: Home, _caller: Caller, args: CheckArgs, _progress: Progress) -> CheckResult:
    from assistant.errors import BadInput
    from assistant.register.check import Recording, check_model
    from assistant.register.metering import TenantMeter

    tenants = home.tenants()
    if not (args.tenant or tenants):
        raise BadInput(
            "There is no tenant yet, and every question to a model goes through one's gate.",
            todo="Add one with `quietdesk tenant add`.",
        )
    tenant = home.tenant(args.tenant) if args.tenant else tenants[0]
    entry = (
        home.register.entry(args.name)
        if args.name
        else home.register.chosen(tenant.id, args.feature)
    )
    if entry is None:
        raise BadInput(
            f"No model is chosen for the {args.feature} of {tenant.slug}: the extractive writer "
            "writes.",
            todo="Name one with --model, or choose one with `quietdesk model use`.",
        )
    meter = Recording(TenantMeter(home.register.store, tenant.id, entry))
    chat = home.chat_of(tenant.slug, entry, meter)
    try:
        checked = check_model(chat, entry, meter)
    finally:
        chat.close()
    return CheckResult(
        name=entry.name,
        where=entry.where,
        tenant=tenant.slug,
        works=all(each.works is not False for each in checked),
        checked=tuple(
            CheckedView(what=each.what, works=each.works, words=each.words, todo=each.todo)
            for each in checked
        ),
    )


def _usage(home: Home, _caller: Caller, args: UsageArgs, _progress: Progress) -> UsageResult:
    today = date.fromisoformat(home.register.store.today())
    since = (today - timedelta(days=args.days - 1)).isoformat()
    tenants = [home.tenant(args.tenant)] if args.tenant else home.tenants()
    rows = [
        _row(tenant.slug, each)
        for tenant in tenants
        for each in home.register.store.usage(tenant.id, since)
    ]
    outcomes = [view for tenant in tenants for view in outcomes_of(home.desk(tenant.slug), since)]
    return UsageResult(since=since, rows=tuple(rows), outcomes=tuple(outcomes))


def _row(tenant: str, usage: ModelUsage) -> UsageRow:
    return UsageRow(
        tenant=tenant,
        day=usage.day,
        feature=usage.feature,
        model=usage.model,
        calls=usage.calls,
        sent=usage.sent,
        written=usage.written,
        estimated=usage.estimated,
        cost=usage.cost / _MILLION,
    )


def _view(home: Home, entry: ModelEntry) -> ModelView:
    used_by = [
        tenant.slug
        for tenant in home.tenants()
        if any(home.register.name_of(tenant.id, each) == entry.name for each in _FEATURES)
    ]
    return ModelView(
        name=entry.name,
        kind=entry.kind,
        where=entry.where,
        model=entry.model,
        operator=entry.operator or entry.name,
        key=f"${entry.key_env}" if entry.key_env else entry.key_file,
        region=entry.region,
        no_training=entry.no_training,
        baa=entry.baa,
        window=entry.window,
        longest=entry.longest,
        price_sent=entry.price_sent / _MILLION,
        price_written=entry.price_written / _MILLION,
        json_schema=entry.json_schema,
        used_by=tuple(used_by),
    )


_FEATURES = (Feature.SUMMARY, Feature.REPLY, Feature.ANSWER)


def _uses(home: Home, slug: str) -> Uses:
    tenant = home.tenant(slug)
    held = {use.feature: use for use in home.register.store.uses(tenant.id)}
    return Uses(
        tenant=slug,
        uses=tuple(
            UseView(
                feature=feature,
                model=home.register.name_of(tenant.id, feature),
                day_limit=held[feature].day_limit if feature in held else None,
                month_limit=held[feature].month_limit if feature in held else None,
            )
            for feature in Feature
        ),
    )


ADD = Operation("model.add", NewModel, ModelView, _add, needs=OWNER, local_only=True)
LIST = Operation("model.list", NoArgs, ModelList, _list, needs=OWNER)
REMOVE = Operation("model.remove", ModelName, ModelName, _remove, needs=OWNER)
USE = Operation("model.use", UseArgs, Uses, _use, needs=OWNER)
CHECK = Operation("model.check", CheckArgs, CheckResult, _check, needs=OWNER)
USAGE = Operation("model.usage", UsageArgs, UsageResult, _usage, needs=OWNER)
