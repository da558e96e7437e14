"""Profiles: a vendor's published policy, read from TOML."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from guardrails.errors import BadInput, NotFound
from guardrails.policy.clauses import Clause, DataRole, Kind, Profile, Source
from guardrails.policy.length import Length

if TYPE_CHECKING:
    from pydantic import ValidationError

__all__ = [
    "Clause",
    "Kind",
    "Profile",
    "load_profile",
    "parse",
    "read_profile",
    "shipped",
    "sound",
    "source",
]

_LARGEST = 1_000_000
"""The largest profile in bytes; the largest that is shipped has under 20,000."""


def load_profile(name: str) -> Profile:
    """Return the shipped profile of an id, or that of a file (``….toml``), once it has no fault.

    `NotFound` for an unknown id, `BadInput` that names the file and the clause for a fault.
    """
    return sound(name, read_profile(name))


def sound(name: str, profile: Profile) -> Profile:
    """Return ``profile`` if it has no fault. `BadInput` that names ``name`` and the first one."""
    from guardrails.policy.lint import faults

    found = faults(profile)
    if found:
        more = f" There are {len(found) - 1} more faults." if found[1:] else ""
        raise BadInput(
            f"{name}: {found[0]}{more}", todo=f"`quietdesk policy lint {name}` lists all."
        )
    return profile


def read_profile(name: str) -> Profile:
    """Return the profile as it is written, faults of its content included. Errors as above."""
    return parse(name, source(name)) if name.endswith(".toml") else _shipped(name)


def source(name: str) -> bytes:
    """Return the bytes of a shipped profile's file, or of the file of a path. Errors as above."""
    if not name.endswith(".toml"):
        return _shipped_source(name)
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise BadInput(f"{name} cannot be read: {error.strerror}.") from None


@cache
def shipped() -> tuple[str, ...]:
    """Return the ids of the shipped profiles."""
    folder = resources.files("guardrails.policy") / "profiles"
    names = (each.name for each in folder.iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


@cache
def _shipped(name: str) -> Profile:
    return parse(f"{name}.toml", _shipped_source(name))


def _shipped_source(name: str) -> bytes:
    if name not in shipped():
        raise NotFound(
            f"There is no profile “{name}”.",
            todo=f"One of {', '.join(shipped())}, or the path of a file that ends with .toml.",
        )
    path = resources.files("guardrails.policy") / "profiles" / f"{name}.toml"
    return path.read_bytes()


def parse(name: str, body: bytes) -> Profile:
    """Return the profile of a file's bytes. `BadInput` that names ``name`` and the place."""
    from pydantic import ValidationError

    from guardrails.policy.form import profile_form

    if len(body) > _LARGEST:
        raise BadInput(f"{name} is larger than {_LARGEST:,} bytes.")
    try:
        found = profile_form().model_validate(tomllib.loads(body.decode("utf-8")))
    except UnicodeDecodeError:
        raise BadInput(f"{name} is not UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        raise BadInput(f"{name} is no TOML: {error}.") from None
    except ValidationError as error:
        raise BadInput(f"{name}: {_first(error)}") from None
    return _profile(found, hashlib.sha256(body).hexdigest())


def _first(error: ValidationError) -> str:
    """Return the first fault with its place: ``rules.ai: no such rule “feature”``."""
    found = error.errors(include_url=False, include_context=False)
    first = found[0]
    *above, last = [str(each) for each in first["loc"] if each != "[key]"]
    if first["type"] == "extra_forbidden":
        return f"{'.'.join(above) or 'the file'} has no “{last}”."
    message = first["msg"][0].lower() + first["msg"][1:]
    more = f" ({len(found) - 1} more)" if found[1:] else ""
    return f"{'.'.join((*above, last))}: {message}.{more}"


def _profile(found: Any, digest: str) -> Profile:
    from guardrails.policy.form import rules_of

    head = found.profile
    periods = found.rules.retention.model_fields_set if found.rules.retention else frozenset[str]()
    return Profile(
        id=head.id,
        version=head.version,
        title=head.title,
        role=DataRole(head.role),
        source=Source(head.source.title, str(head.source.dated), head.source.sha256),
        ours=head.ours,
        rules=rules_of(found.rules),
        clauses=tuple(_clause(key, each) for key, each in found.clauses.items()),
        digest=digest,
        periods=frozenset(periods),
    )


def _clause(clause_id: str, found: Any) -> Clause:
    return Clause(
        clause_id,
        found.says,
        found.by,
        found.ours,
        found.vouch,
        Length.of(found.renew) if found.renew else None,
        found.why,
        found.better,
        found.narrowed,
        found.not_by,
        _parameters(found.with_),
    )


def _parameters(found: Any) -> Mapping[str, Any]:
    from guardrails.policy.controls import PARAMETERS

    if found is None:
        return {}
    given = cast("dict[str, Any]", found.model_dump(by_alias=True, exclude_unset=True))
    return {
        name: Length.of(value) if PARAMETERS[name].type is Length else value
        for name, value in given.items()
    }
