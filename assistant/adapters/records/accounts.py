"""The provider's records: tenants with keys and policies, users with memberships."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from argon2 import PasswordHasher
from sqlalchemy import ColumnElement, Connection, Row, delete, insert, select, update

from assistant.adapters.records.database import Database
from assistant.adapters.records.factors import SqlFactors
from assistant.adapters.records.identities import SqlIdentities
from assistant.adapters.records.logins import HASHER, Passwords, hash_token
from assistant.adapters.records.policies import SqlPolicies, versions_of
from assistant.adapters.records.schema import (
    home_keys,
    ledger_keys,
    memberships,
    sessions,
    tenants,
    users,
)
from assistant.adapters.records.scope import upsert
from assistant.adapters.records.throttle import MOST_FAILURES, Throttle
from assistant.adapters.records.trusted_time import TrustedTime
from assistant.adapters.records.users import LOGIN, SqlUsers, fold
from assistant.errors import BadInput, NotFound, Refused
from assistant.model import Membership, Role, Session, Tenant, User, WaitsFor, new_id
from guardrails.clock import Clock, utc_now
from guardrails.crypto.keys import DataKey, MasterKey
from guardrails.crypto.signing import SigningKey
from guardrails.policy import Policy
from guardrails.policy.layers import Layers, choices_of
from guardrails.policy.policy import CLOSED
from guardrails.policy.versions import Version, in_force

LIBRARY = "@library"
"""The library's row among the tenants; no tenant's name begins so."""

_SIGNING = "@signing"
"""The name of the signing key; no tenant's id begins so."""

_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_TOUCH_AFTER = timedelta(seconds=30)
"""The shortest time between two writes of a session's last use, so that few requests write."""


class Accounts:
    """The tenants and users of a home."""

    def __init__(
        self,
        database: Database,
        master_key: MasterKey,
        *,
        now: Clock = utc_now,
        hasher: PasswordHasher = HASHER,
    ) -> None:
        self._database = database
        self._master_key = master_key
        self._now = now
        self.time = TrustedTime(database, master_key, now)
        self.policies = SqlPolicies(database)
        self._versions: dict[tuple[str, int, int], tuple[Version, ...]] = {}
        self._throttle = Throttle(now)
        self.factors = SqlFactors(database, master_key, now)
        self.identities = SqlIdentities(database, now)
        self._passwords = Passwords(hasher)
        self.users = SqlUsers(database, now, self._passwords.hash)

    # Tenants

    def add_tenant(self, slug: str, policy: Policy) -> Tenant:
        """Add a tenant with a fresh key. `BadInput` for a slug that is wrong or in use."""
        if not _SLUG.fullmatch(slug):
            raise BadInput(
                "A tenant's name has 1 to 63 of a-z, 0-9 and -, and does not begin with -."
            )
        return self._add(slug, policy)

    def library(self) -> Tenant | None:
        """Return the provider's library, None without one. Its name is no valid tenant name."""
        return self._find(LIBRARY)

    def add_library(self) -> Tenant:
        """Return the provider's library, a new one if there is none."""
        return self.library() or self._add(LIBRARY, Policy())

    def _add(self, slug: str, policy: Policy) -> Tenant:
        tenant_id, at = new_id(), self.time.read().stamp
        first = Version(
            number=1,
            rules=policy.rules,
            sha256=policy.digest,
            published_at=at,
            holds_from=at,
            layers=Layers(choices=choices_of(policy.rules)),
        )
        row = {
            "id": tenant_id,
            "slug": slug,
            "wrapped_key": self._master_key.wrap(tenant_id, DataKey.fresh()),
            "created_at": at,
        }
        with self._database.writing() as connection:
            if connection.execute(select(tenants.c.id).where(tenants.c.slug == slug)).first():
                raise BadInput(f"There is a tenant “{slug}” already.")
            connection.execute(insert(tenants), [row])
            self.policies.add(tenant_id, first)
        return Tenant(tenant_id, slug, at, Policy(1, policy.rules), (first,))

    def tenants(self) -> list[Tenant]:
        """Return all tenants, by slug. Nothing is allowed to one whose policy cannot be used."""
        return [_listed(*each) for each in self._found(tenants.c.slug != LIBRARY)]

    def tenant(self, slug: str) -> Tenant:
        """Return one tenant. `NotFound` says nothing about the others.

        `Refused` when its policy was changed in the database.
        """
        _must_be_a_tenant(slug)
        found = self._find(slug)
        if found is None:
            raise _no_tenant(slug)
        return found

    def _find(self, slug: str) -> Tenant | None:
        found = self._found(tenants.c.slug == slug)
        return _tenant(*found[0]) if found else None

    def _found(self, which: ColumnElement[bool]) -> list[_Found]:
        now = self.time.read().at
        columns = tenants.c.id, tenants.c.slug, tenants.c.created_at
        with self._database.reading() as connection:
            rows = connection.execute(select(*columns).where(which).order_by(tenants.c.slug)).all()
            held = self.policies.current(connection, [row.id for row in rows], now)
        return [(row, held[row.id], now) for row in rows]

    def data_key(self, slug: str) -> DataKey:
        """Return a tenant's key, unwrapped. `KeyTrouble` when the master key is another one."""
        with self._database.reading() as connection:
            query = select(tenants.c.id, tenants.c.wrapped_key).where(tenants.c.slug == slug)
            row = connection.execute(query).one_or_none()
        if row is None:
            raise _no_tenant(slug)
        return self._master_key.unwrap(row.id, bytes(row.wrapped_key))

    def ledger_key(self, tenant_id: str) -> DataKey:
        """Return the key of a tenant's ledger; the first call makes it."""
        this = select(ledger_keys.c.wrapped_key).where(ledger_keys.c.tenant_id == tenant_id)
        with self._database.reading() as connection:
            wrapped = connection.scalar(this)
        if wrapped is None:
            row = {
                "tenant_id": tenant_id,
                "wrapped_key": self._master_key.wrap_ledger_key(tenant_id, DataKey.fresh()),
                "created_at": self._now(),
            }
            with self._database.writing() as connection:
                connection.execute(upsert(connection, ledger_keys, row, {}))
                wrapped = connection.scalars(this).one()
        return self._master_key.unwrap_ledger_key(tenant_id, bytes(wrapped))

    def signing_key(self) -> SigningKey:
        """Return the key that signs heads of this home's ledgers; the first call makes it."""
        this = select(home_keys.c.wrapped_key).where(home_keys.c.name == _SIGNING)
        with self._database.reading() as connection:
            wrapped = connection.scalar(this)
        if wrapped is None:
            row = {
                "name": _SIGNING,
                "wrapped_key": self._master_key.wrap_ledger_key(_SIGNING, DataKey.fresh()),
                "created_at": self._now(),
            }
            with self._database.writing() as connection:
                connection.execute(upsert(connection, home_keys, row, {}))
                wrapped = connection.scalars(this).one()
        return SigningKey(self._master_key.unwrap_ledger_key(_SIGNING, bytes(wrapped)))

    # Policies

    def signing_seed(self) -> bytes:
        """Return the seed (32 bytes) of the home's Ed25519 key, which signs its reports."""
        return self.signing_key().seed.value

    def policy(self, slug: str) -> Policy:
        """Return the policy in force."""
        return self.tenant(slug).policy

    def policy_of(self, tenant_id: str) -> Policy:
        """Return the policy in force for a tenant, or the library, by its id.

        Its versions are read again only when there is a new one: a version never changes.
        """
        now = self.time.read().at
        known = tenant_id, self.policies.newest(tenant_id), self._database.rolled_back
        if known not in self._versions:
            ((_, held, _),) = self._found(tenants.c.id == tenant_id)
            mine = {key: value for key, value in self._versions.items() if key[0] != tenant_id}
            self._versions = mine | {known: versions_of(held)}
        return in_force(self._versions[known], now)

    def lock(self, connection: Connection, slug: str) -> None:
        """Make other transactions that change the tenant's policy wait until this one ends."""
        query = select(tenants.c.id).where(tenants.c.slug == slug).with_for_update()
        if connection.scalar(query) is None:
            raise _no_tenant(slug)

    # People

    def add_user(self, login: str, password: str, tenant: str, role: Role) -> User:
        """Give ``login`` a role with a tenant. `BadInput` for a login or password that is wrong.

        A login that exists gets the role beside those it has, if the password is theirs.
        """
        _must_be_a_tenant(tenant)
        name = _login(login)
        known = self._user(name)
        stored = known.password_hash if known else self._passwords.hash(password)
        if known and not self._passwords.match(password, stored):
            raise BadInput(
                f"There is a user “{name}” already, with another password.",
                todo="Give their password, or choose another login.",
            )
        user = User(known.id if known else new_id(), name)
        with self._database.writing() as connection:
            tenant_id = connection.scalar(select(tenants.c.id).where(tenants.c.slug == tenant))
            if tenant_id is None:
                raise _no_tenant(tenant)
            if not known:
                row = {"id": user.id, "login": name, "password_hash": stored}
                connection.execute(insert(users), [row | {"created_at": self._now()}])
            membership = {"tenant_id": tenant_id, "user_id": user.id, "role": role.value}
            connection.execute(upsert(connection, memberships, membership, {}))
        return user

    def memberships(self, login: str) -> list[Membership]:
        """Return a user's memberships, by tenant; none for a login that is unknown."""
        return self.users.memberships(login)

    def member(self, login: str, tenant: str) -> Membership | None:
        """Return a user's membership at one tenant, None when they have none."""
        return next((each for each in self.memberships(login) if each.tenant == tenant), None)

    def user_id(self, login: str) -> str:
        """Return the id of a user, empty for a login that is unknown."""
        known = self._user(fold(login))
        return "" if known is None else known.id

    def logins(self) -> dict[str, str]:
        """Return the login of every user by id."""
        with self._database.reading() as connection:
            found = connection.execute(select(users.c.id, users.c.login)).all()
        return {row.id: row.login for row in found}

    def authenticate(self, login: str, password: str, address: str = "") -> User | None:
        """Return the user if the password is theirs. `NotPermitted` after too many failures.

        ``address`` is the caller's network address, empty for a caller on this machine. Failures
        count against the login from that address alone. The password is only the first factor:
        `check_code` is the second.
        """
        name = fold(login)
        self._throttle.check(name, address)
        known = self._user(name)
        stored = known.password_hash if known else None
        if not self._passwords.match(password, stored) or known is None:
            self._throttle.failed(name, address, self.most_failures())
            return None
        self._throttle.succeeded(name, address)
        return User(known.id, known.login)

    def check_code(self, user: User, code: str, address: str = "") -> bool:
        """Return whether ``code`` is one of the user's; wrong ones count as wrong passwords do.

        A code counts once. `NotPermitted` after too many failures.
        """
        self._throttle.check(_code_of(user), address)
        return self._tried(user, address, self.factors.check(user, code))

    def confirm_factor(self, user: User, code: str, address: str = "") -> tuple[str, ...] | None:
        """Confirm a second factor with its first code; return recovery codes, None if wrong."""
        self._throttle.check(_code_of(user), address)
        codes = self.factors.confirm(user, code)
        self._tried(user, address, codes is not None)
        return codes

    def most_failures(self) -> int:
        """Return after how many failures a login must wait: the strictest rule of all tenants.

        It is one number for the home, so that waiting does not tell whether a login exists.
        """
        rules = (each.policy.rules.access.login.failures for each in self.tenants())
        return min(rules, default=MOST_FAILURES)

    # Sessions

    def open_session(
        self, user: User, hours: int, idle_minutes: int, waits_for: WaitsFor = WaitsFor.NOTHING
    ) -> str:
        """Return a fresh token that identifies ``user``; only its hash is kept.

        It ends after ``hours``, or when it was not used for ``idle_minutes``. One that waits for a
        second factor is no login yet.
        """
        token, now = secrets.token_urlsafe(32), self._now()
        row = {
            "token_hash": hash_token(token),
            "user_id": user.id,
            "created_at": now,
            "expires_at": now + timedelta(hours=hours),
            "idle_minutes": idle_minutes,
            "idle_until": now + timedelta(minutes=idle_minutes),
            "waits_for": waits_for.value,
        }
        over = (sessions.c.expires_at <= now) | (sessions.c.idle_until <= now)
        with self._database.writing() as connection:
            connection.execute(delete(sessions).where(over))
            connection.execute(insert(sessions), [row])
            if waits_for is WaitsFor.NOTHING:
                this = update(users).where(users.c.id == user.id)
                connection.execute(this.values(last_login_at=now))
        return token

    def session_user(self, token: str) -> User | None:
        """Return the user of a session's token, None when it is unknown or ended; counts as use.

        It is None too while the session waits for a second factor.
        """
        found = self.session(token)
        return found.user if found and found.waits_for is WaitsFor.NOTHING else None

    def session(self, token: str) -> Session | None:
        """Return the session of a token, None when it is unknown or ended; counts as use."""
        now, this = self._now(), sessions.c.token_hash == hash_token(token)
        running = this, sessions.c.expires_at > now, sessions.c.idle_until > now
        columns = users.c.id, users.c.login, sessions.c.idle_minutes, sessions.c.idle_until
        query = (
            select(*columns, sessions.c.waits_for)
            .join(sessions, sessions.c.user_id == users.c.id)
            .where(*running)
        )
        with self._database.reading() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            return None
        idle_until = now + timedelta(minutes=row.idle_minutes)
        if idle_until - row.idle_until >= _TOUCH_AFTER:
            with self._database.writing() as connection:
                connection.execute(update(sessions).where(this).values(idle_until=idle_until))
        return Session(User(row.id, row.login), WaitsFor(row.waits_for))

    def close_session(self, token: str) -> None:
        """End a session; a token that is unknown is ignored."""
        with self._database.writing() as connection:
            connection.execute(delete(sessions).where(sessions.c.token_hash == hash_token(token)))

    def _tried(self, user: User, address: str, right: bool) -> bool:
        if right:
            self._throttle.succeeded(_code_of(user), address)
        else:
            self._throttle.failed(_code_of(user), address, self.most_failures())
        return right

    def _user(self, login: str) -> Row[Any] | None:
        with self._database.reading() as connection:
            return connection.execute(select(users).where(users.c.login == login)).one_or_none()


_Found = tuple[Any, Sequence[Row[Any]], datetime]


def _listed(row: Any, held: Sequence[Row[Any]], now: datetime) -> Tenant:
    try:
        return _tenant(row, held, now)
    except (Refused, BadInput):
        return Tenant(row.id, row.slug, row.created_at, CLOSED)


def _tenant(row: Any, held: Sequence[Row[Any]], now: datetime) -> Tenant:
    versions = versions_of(held)
    return Tenant(row.id, row.slug, row.created_at, in_force(versions, now), versions)


def _code_of(user: User) -> str:
    """Return the name under which wrong codes are counted; no login has a space."""
    return f"{user.login} code"


def _login(login: str) -> str:
    name = fold(login)
    if not LOGIN.fullmatch(name):
        raise BadInput("A login has 1 to 254 characters and no spaces.")
    return name


def _must_be_a_tenant(slug: str) -> None:
    """`NotFound` for the library's name: it has no policy of its own and no memberships."""
    if slug == LIBRARY:
        raise _no_tenant(slug)


def _no_tenant(slug: str) -> NotFound:
    return NotFound(f"There is no tenant “{slug}”.")
