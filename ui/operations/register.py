"""The register of sub-processors: register a place, enable it, list, renew its terms, end it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from pydantic import Field

from assistant.model import Role
from guardrails.policy import SubprocessorKind
from ui.operations.base import Operation, Progress, Shape, TenantArgs
from ui.operations.callers import Caller
from ui.operations.needs import OWNER, owner_or

if TYPE_CHECKING:
    from assistant.bootstrap import Home
    from assistant.model import Subprocessor, Tenant


class EntryView(Shape):
    """An entry of the register.

    For one tenant, ``refusal`` says why it may not be used now, empty if it may; its policy asks
    for ``usable_from`` and ``usable_until``. ``tenants`` may use it, as far as the register is
    concerned; only the owner of the home is told.
    """

    name: str
    kind: SubprocessorKind
    operator: str
    origin: str
    own: bool
    region: str
    no_training: bool
    baa: bool
    contract_on: date | None
    contract_sha256: str
    reviewed_on: date
    review_by: date | None
    purposes: tuple[str, ...]
    ended: bool
    enabled_on: date | None = None
    usable_from: date | None = None
    usable_until: date | None = None
    refusal: str = ""
    tenants: tuple[str, ...] = ()


class Entries(Shape):
    """The entries of the register, by name."""

    tenant: str
    entries: tuple[EntryView, ...]


class RegisterArgs(TenantArgs):
    """One tenant, or the whole home; with ``ended`` entries that have ended are listed too."""

    tenant: str = ""
    ended: bool = False


class EntryArgs(TenantArgs):
    """An entry, for one tenant or for the whole home."""

    tenant: str = ""
    name: str


class StatedTerms(EntryArgs):
    """What an operator has promised; None leaves it as it is."""

    operator: str = Field(default="", max_length=254)
    region: str | None = Field(default=None, max_length=64)
    no_training: bool | None = None
    baa: bool | None = None
    contract_on: date | None = None
    contract_sha256: str = Field(default="", max_length=64)
    review_by: date | None = None


class NewEntry(StatedTerms):
    """A place to register, or with a name alone an entry to enable for the tenant.

    ``url_env`` names the environment variable that holds the URL, where the URL is a secret.
    """

    kind: SubprocessorKind = SubprocessorKind.WEBHOOK
    url: str = ""
    url_env: str = Field(default="", max_length=254)


def _add(home: Home, caller: Caller, args: NewEntry, _progress: Progress) -> EntryView:
    from assistant.errors import BadInput, NotPermitted

    register = home.subprocessors
    if args.url or args.url_env:
        if not caller.owner:
            raise NotPermitted(
                "Only the owner of the home registers a new place.",
                todo="Ask the provider to register it; then enable it here by its name.",
            )
        register.add(_entry(home, args))
    elif not args.tenant:
        raise BadInput(
            "An entry needs a URL.",
            todo="Give --url, or --tenant to enable an entry that there is. Models are added with "
            "`quietdesk model add`.",
        )
    if args.tenant:
        register.enable(home.tenant(args.tenant), args.name, _by(caller, args.tenant))
    return _show(home, caller, EntryArgs(tenant=args.tenant, name=args.name), _progress)


def _list(home: Home, caller: Caller, args: RegisterArgs, _progress: Progress) -> Entries:
    tenant = home.tenant(args.tenant) if args.tenant else None
    found = home.subprocessors.store.list(ended=args.ended)
    views = tuple(_view(home, caller, each, tenant) for each in found)
    return Entries(tenant=args.tenant, entries=views)


def _show(home: Home, caller: Caller, args: EntryArgs, _progress: Progress) -> EntryView:
    tenant = home.tenant(args.tenant) if args.tenant else None
    return _view(home, caller, home.subprocessors.named(args.name), tenant)


def _end(home: Home, caller: Caller, args: EntryArgs, progress: Progress) -> EntryView:
    shown = _show(home, caller, args, progress)
    by = _by(caller, args.tenant)
    if not args.tenant and shown.kind is SubprocessorKind.MODEL:
        home.register.remove(args.name, home.tenants(), by)
    else:
        tenant = home.tenant(args.tenant) if args.tenant else None
        home.subprocessors.end(args.name, by, tenant)
    return shown.model_copy(update={"ended": True})


def _renew(home: Home, caller: Caller, args: StatedTerms, progress: Progress) -> EntryView:
    from assistant.register.renewal import restated

    register = home.subprocessors
    terms = restated(register.named(args.name).terms, **_stated(args))
    register.renew(args.name, terms, _by(caller, args.tenant), args.operator)
    return _show(home, caller, EntryArgs(tenant=args.tenant, name=args.name), progress)


def _entry(home: Home, args: NewEntry) -> Subprocessor:
    from assistant.register.renewal import new_entry

    return new_entry(
        args.name,
        args.kind,
        url=args.url,
        url_env=args.url_env,
        operator=args.operator,
        now=home.subprocessors.now(),
        **_stated(args),
    )


def _stated(args: StatedTerms) -> dict[str, object]:
    named = {"region", "no_training", "baa", "contract_on", "contract_sha256", "review_by"}
    return {name: value for name, value in args if name in named and value not in (None, "")}


def _by(caller: Caller, slug: str) -> str | None:
    """Return the id of the calling user, None for the owner of the home."""
    membership = caller.memberships.get(slug)
    return membership.user.id if membership and not caller.owner else None


def _view(home: Home, caller: Caller, entry: Subprocessor, tenant: Tenant | None) -> EntryView:
    register, terms = home.subprocessors, entry.terms
    at = register.destination(entry.id, tenant.id if tenant else "")
    view = EntryView(
        name=entry.name,
        kind=entry.kind,
        operator=entry.operator,
        origin=entry.origin,
        own=at.own,
        region=terms.region,
        no_training=terms.no_training,
        baa=terms.baa,
        contract_on=terms.contract_on,
        contract_sha256=terms.contract_sha256,
        reviewed_on=entry.reviewed_on,
        review_by=terms.review_by,
        purposes=tuple(sorted(entry.purposes)),
        ended=at.ended,
        tenants=tuple(each.slug for each in register.users(entry)) if caller.owner else (),
    )
    if tenant is None:
        return view
    rules = tenant.policy.rules.subprocessors
    state = {
        "enabled_on": at.announced_on,
        "usable_from": at.usable_from(rules),
        "usable_until": at.usable_until(rules),
        "refusal": home.refusal_of(tenant, at),
    }
    return view.model_copy(update=state)


_MANAGES = owner_or(Role.OFFICER)
ADD = Operation("register.add", NewEntry, EntryView, _add, needs=_MANAGES)
LIST = Operation("register.list", RegisterArgs, Entries, _list, needs=_MANAGES)
SHOW = Operation("register.show", EntryArgs, EntryView, _show, needs=_MANAGES)
END = Operation("register.end", EntryArgs, EntryView, _end, needs=_MANAGES)
RENEW = Operation("register.renew", StatedTerms, EntryView, _renew, needs=OWNER)
