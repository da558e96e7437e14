"""The entries that the environment's settings describe: a model, a webhook, a database server.

The settings make the first entry of each kind and nothing more. When they change, the entry ends
and a new one is announced, so that no variable goes round a tenant's notice. What an operator has
promised beyond the settings is written with `quietdesk register renew`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

from assistant.model import PURPOSES, ModelEntry, ModelKind, Subprocessor, Terms, new_id
from assistant.register.places import on_this_machine, origin_of, origin_of_model
from assistant.settings import PREFIX, Settings
from guardrails.policy import SubprocessorKind

DEFAULT = "default"
"""The name of the model that the settings describe."""
WEBHOOK = "default-webhook"
DATABASE = "default-database"
RESERVED = frozenset({DEFAULT, WEBHOOK, DATABASE})
BY_SETTINGS = "settings"
"""Who ended an entry that the settings no longer describe."""


def model_of(settings: Settings) -> ModelEntry | None:
    """Return the model that the settings describe, None when they name no server and no file."""
    if settings.model_url is None and settings.model_file is None:
        return None
    inside = settings.model_file is not None
    return ModelEntry(
        name=DEFAULT,
        kind=ModelKind.GGUF if inside else ModelKind.OPENAI,
        where=str(settings.model_file if inside else settings.model_url),
        model=settings.model_name,
        created_at=datetime.fromtimestamp(0, UTC),
        key_env=f"{PREFIX}MODEL_KEY" if settings.model_key else "",
        region=settings.model_region,
        no_training=settings.model_no_training,
        baa=settings.model_baa,
        longest=settings.model_answer_tokens,
        json_schema=settings.model_json,
    )


def described(settings: Settings, now: datetime) -> Iterator[Subprocessor]:
    """Yield an entry for each place that the settings name."""
    model = model_of(settings)
    if model is not None:
        terms = Terms(region=model.region, no_training=model.no_training, baa=model.baa)
        yield _entry(DEFAULT, SubprocessorKind.MODEL, origin_of_model(model), terms, now)
    if settings.webhook_url is not None:
        origin = origin_of(str(settings.webhook_url))
        yield _entry(WEBHOOK, SubprocessorKind.WEBHOOK, origin, _terms(origin), now)
    if settings.database_url is not None:
        origin = database_origin(settings.database_url.get_secret_value())
        yield _entry(DATABASE, SubprocessorKind.DATABASE, origin, _terms(origin), now)


def database_origin(url: str) -> str:
    """Return the origin of a database server; of several hosts, one that is not this machine.

    A host may also be named by the query of the URL, and a folder names a socket of this machine.
    """
    parts = urlsplit(url)
    query = parse_qs(parts.query)
    named = [parts.netloc.rpartition("@")[2], *query.get("host", ()), *query.get("hostaddr", ())]
    found = [_origin(each) for held in named for each in held.split(",") if each[:1] not in "/%@"]
    foreign = [each for each in found if not on_this_machine(each)]
    return [*foreign, *found, "postgresql://localhost"][0]


def _origin(host: str) -> str:
    bare = host.count(":") > 1 and not host.startswith("[")
    return f"postgresql://[{host}]" if bare else f"postgresql://{host}"


def _terms(origin: str) -> Terms:
    return Terms(region="local") if on_this_machine(origin) else Terms()


def _entry(
    name: str, kind: SubprocessorKind, origin: str, terms: Terms, now: datetime
) -> Subprocessor:
    said = "|".join((origin, terms.region, str(terms.no_training), str(terms.baa)))
    return Subprocessor(
        id=new_id(),
        name=name,
        kind=kind,
        origin=origin,
        operator=urlsplit(origin).hostname or name,
        announced_at=now,
        reviewed_on=now.date(),
        terms=terms,
        purposes=PURPOSES[kind],
        settings=hashlib.sha256(said.encode()).hexdigest(),
    )
