"""The provider's records: tenants with keys and policies, users with memberships."""

from __future__ import annotations

import re
import secrets
from dataclasses import replace
from datetime import timedelta
from typing import Any

from argon2 import PasswordHasher
from sqlalchemy import Connection, Row, Select, delete, func, insert, select, update

from assistant.adapters.records.database import Database
from assistant.adapters.records.logins import HASHER, Passwords, hash_token
from assistant.adapters.records.schema import memberships, sessions, tenants, users
from assistant.adapters.records.schema import policies as policy_table
from assistant.adapters.records.scope import upsert
from assistant.adapters.records.throttle import Throttle
from assistant.adapters.records.users import SqlUsers, fold
from assistant.errors import BadInput, NotFound
from assistant.model import Membership, Role, Tenant, User, new_id
from guardrails.clock import Clock, utc_now
from guardrails.crypto.keys import DataKey, MasterKey
from guardrails.policy import Policy, codec

LIBRARY = "@library"
"""The library's row among the tenants; no tenant's name begins so."""

_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_TOUCH_AFTER = timedelta(seconds=30)
"""The shortest time between two writes of a session's last use, so that few requests write."""

_LOGIN = re.compile(r"[^\s\x00-\x1f\x7f]{1,254}")


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
        self._throttle = Throttle(now)
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
        with self._database.reading() as connection:
            row = connection.execute(_with_policy().where(tenants.c.slug == LIBRARY)).one_or_none()
        return None if row is None else _tenant(row)

    def add_library(self) -> Tenant:
        """Return the provider's library, a new one if there is none."""
        return self.library() or self._add(LIBRARY, Policy())

    def _add(self, slug: str, policy: Policy) -> Tenant:
        tenant = Tenant(new_id(), slug, self._now(), replace(policy, version=1))
        row = {
            "id": tenant.id,
            "slug": slug,
            "wrapped_key": self._master_key.wrap(tenant.id, DataKey.fresh()),
            "created_at": tenant.created_at,
        }
        with self._database.writing() as connection:
            if connection.execute(select(tenants.c.id).where(tenants.c.slug == slug)).first():
                raise BadInput(f"There is a tenant “{slug}” already.")
            connection.execute(insert(tenants), [row])
            self._store_policy(connection, tenant.id, tenant.policy)
        return tenant

    def tenants(self) -> list[Tenant]:
        """Return all tenants, by slug."""
        with self._database.reading() as connection:
            named = _with_policy().where(tenants.c.slug != LIBRARY)
            rows = connection.execute(named.order_by(tenants.c.slug)).all()
        return [_tenant(row) for row in rows]

    def tenant(self, slug: str) -> Tenant:
        """Return one tenant. `NotFound` says nothing about the others."""
        _must_be_a_tenant(slug)
        with self._database.reading() as connection:
            row = connection.execute(_with_policy().where(tenants.c.slug == slug)).one_or_none()
        if row is None:
            raise _no_tenant(slug)
        return _tenant(row)

    def data_key(self, slug: str) -> DataKey:
        """Return a tenant's key, unwrapped. `KeyTrouble` when the master key is another one."""
        with self._database.reading() as connection:
            query = select(tenants.c.id, tenants.c.wrapped_key).where(tenants.c.slug == slug)
            row = connection.execute(query).one_or_none()
        if row is None:
            raise _no_tenant(slug)
        return self._master_key.unwrap(row.id, bytes(row.wrapped_key))

    # Policies

    def policy(self, slug: str) -> Policy:
        """Return the policy in force."""
        return self.tenant(slug).policy

    def set_policy(self, slug: str, policy: Policy) -> Tenant:
        """Put a policy in force as the next version; the version in ``policy`` is ignored."""
        _must_be_a_tenant(slug)
        with self._database.writing() as connection:
            lock = select(tenants.c.id).where(tenants.c.slug == slug).with_for_update()
            tenant_id = connection.scalar(lock)
            if tenant_id is None:
                raise _no_tenant(slug)
            mine = policy_table.c.tenant_id == tenant_id
            last: int = connection.scalars(
                select(func.max(policy_table.c.version)).where(mine)
            ).one()
            self._store_policy(connection, tenant_id, replace(policy, version=last + 1))
            return self.tenant(slug)

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

    def authenticate(self, login: str, password: str, address: str = "") -> User | None:
        """Return the user if the password is theirs. `NotPermitted` after too many failures.

        ``address`` is the caller's network address, empty for a caller on this machine. Failures
        count against the login from that address alone.
        """
        name = fold(login)
        self._throttle.check(name, address)
        known = self._user(name)
        stored = known.password_hash if known else None
        if not self._passwords.match(password, stored) or known is None:
            self._throttle.failed(name, address)
            return None
        self._throttle.succeeded(name, address)
        return User(known.id, known.login)

    # Sessions

    def open_session(self, user: User, hours: int, idle_minutes: int) -> str:
        """Return a fresh token that identifies ``user``; only its hash is kept.

        It ends after ``hours``, or when it was not used for ``idle_minutes``.
        """
        token, now = secrets.token_urlsafe(32), self._now()
        row = {
            "token_hash": hash_token(token),
            "user_id": user.id,
            "created_at": now,
            "expires_at": now + timedelta(hours=hours),
            "idle_minutes": idle_minutes,
            "idle_until": now + timedelta(minutes=idle_minutes),
        }
        over = (sessions.c.expires_at <= now) | (sessions.c.idle_until <= now)
        with self._database.writing() as connection:
            connection.execute(delete(sessions).where(over))
            connection.execute(insert(sessions), [row])
            this = update(users).where(users.c.id == user.id)
            connection.execute(this.values(last_login_at=now))
        return token

    def session_user(self, token: str) -> User | None:
        """Return the user of a session's token, None when it is unknown or ended; counts as use."""
        now, this = self._now(), sessions.c.token_hash == hash_token(token)
        running = this, sessions.c.expires_at > now, sessions.c.idle_until > now
        columns = users.c.id, users.c.login, sessions.c.idle_minutes, sessions.c.idle_until
        query = select(*columns).join(sessions, sessions.c.user_id == users.c.id).where(*running)
        with self._database.reading() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            return None
        idle_until = now + timedelta(minutes=row.idle_minutes)
        if idle_until - row.idle_until >= _TOUCH_AFTER:
            with self._database.writing() as connection:
                connection.execute(update(sessions).where(this).values(idle_until=idle_until))
        return User(row.id, row.login)

    def close_session(self, token: str) -> None:
        """End a session; a token that is unknown is ignored."""
        with self._database.writing() as connection:
            connection.execute(delete(sessions).where(sessions.c.token_hash == hash_token(token)))

    def _user(self, login: str) -> Row[Any] | None:
        with self._database.reading() as connection:
            return connection.execute(select(users).where(users.c.login == login)).one_or_none()

    def _store_policy(self, connection: Connection, tenant_id: str, policy: Policy) -> None:
        row = {
            "tenant_id": tenant_id,
            "version": policy.version,
            "body": codec.dump(policy.rules),
            "created_at": self._now(),
        }
        connection.execute(insert(policy_table), [row])


def _with_policy() -> Select[*tuple[Any, ...]]:
    newest = (
        select(func.max(policy_table.c.version))
        .where(policy_table.c.tenant_id == tenants.c.id)
        .correlate(tenants)
        .scalar_subquery()
    )
    held = policy_table.c.version, policy_table.c.body
    columns = tenants.c.id, tenants.c.slug, tenants.c.created_at, *held
    joined = policy_table.c.tenant_id == tenants.c.id
    return select(*columns).join(policy_table, joined).where(policy_table.c.version == newest)


def _tenant(row: Row[Any]) -> Tenant:
    return Tenant(row.id, row.slug, row.created_at, Policy(row.version, codec.load(row.body)))


def _login(login: str) -> str:
    name = fold(login)
    if not _LOGIN.fullmatch(name):
        raise BadInput("A login has 1 to 254 characters and no spaces.")
    return name


def _must_be_a_tenant(slug: str) -> None:
    """`NotFound` for the library's name: it has no policy of its own and no memberships."""
    if slug == LIBRARY:
        raise _no_tenant(slug)


def _no_tenant(slug: str) -> NotFound:
    return NotFound(f"There is no tenant “{slug}”.")
