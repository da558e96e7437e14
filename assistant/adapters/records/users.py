"""Administration of users: memberships, passwords, sessions."""

from __future__ import annotations

import builtins
import re
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, func, insert, select, update

from assistant.adapters.records.database import Database
from assistant.adapters.records.logins import hash_token
from assistant.adapters.records.schema import (
    memberships,
    recovery_codes,
    second_factors,
    sessions,
    tenants,
    users,
)
from assistant.errors import NotFound
from assistant.model import Account, Membership, Role, User
from guardrails.clock import Clock


class SqlUsers:
    """Implements `assistant.ports.UserStore`."""

    def __init__(
        self,
        database: Database,
        now: Clock,
        hash_password: Callable[[str], str],
    ) -> None:
        self._database = database
        self._now = now
        self._hash = hash_password

    @contextmanager
    def transaction(self) -> Generator[None]:
        with self._database.transaction():
            yield

    def list(self) -> list[Account]:
        with self._database.reading() as connection:
            return self._accounts(connection, _users().order_by(users.c.login))

    def get(self, login: str) -> Account | None:
        with self._database.reading() as connection:
            found = self._accounts(connection, _users().where(users.c.login == fold(login)))
        return found[0] if found else None

    def memberships(self, login: str) -> builtins.list[Membership]:
        with self._database.reading() as connection:
            return _memberships(connection, login)

    def admins(self, tenant: str) -> frozenset[str]:
        with self._database.writing() as connection:
            tenant_id = _locked(connection, tenant)
            mine = memberships.c.tenant_id == tenant_id, memberships.c.role == Role.ADMIN.value
            joined = select(users.c.login).join(memberships, memberships.c.user_id == users.c.id)
            return frozenset(connection.scalars(joined.where(*mine)))

    def add_role(self, user: User, tenant: str, role: Role) -> bool:
        with self._database.writing() as connection:
            row = {"tenant_id": _locked(connection, tenant), "user_id": user.id, "role": role.value}
            if connection.execute(select(memberships).where(*_here(row))).first():
                return False
            connection.execute(insert(memberships), [row])
            return True

    def remove_role(self, user: User, tenant: str, role: Role) -> bool:
        with self._database.writing() as connection:
            row = {"tenant_id": _locked(connection, tenant), "user_id": user.id, "role": role.value}
            changed: Any = connection.execute(delete(memberships).where(*_here(row)))
            return changed.rowcount == 1

    def remove(self, user: User) -> None:
        with self._database.writing() as connection:
            # memberships and sessions go with the row
            connection.execute(delete(users).where(users.c.id == user.id))

    def set_password(self, user: User, password: str) -> None:
        hashed = self._hash(password)
        with self._database.writing() as connection:
            this = update(users).where(users.c.id == user.id)
            connection.execute(this.values(password_hash=hashed))

    def reset_factor(self, user: User) -> bool:
        with self._database.writing() as connection:
            connection.execute(delete(recovery_codes).where(recovery_codes.c.user_id == user.id))
            mine = second_factors.c.user_id == user.id
            gone: Any = connection.execute(delete(second_factors).where(mine))
            return gone.rowcount == 1

    def end_sessions(self, user: User, *, keep: str | None = None) -> int:
        ended = delete(sessions).where(sessions.c.user_id == user.id)
        if keep is not None:
            ended = ended.where(sessions.c.token_hash != hash_token(keep))
        with self._database.writing() as connection:
            changed: Any = connection.execute(ended)
            return changed.rowcount

    def _accounts(
        self, connection: Connection, query: Select[*tuple[Any, ...]]
    ) -> builtins.list[Account]:
        now = self._now()
        running = (
            sessions.c.expires_at > now,
            sessions.c.idle_until > now,
            sessions.c.waits_for == "",
        )
        counted = select(sessions.c.user_id, func.count()).where(*running)
        rows = connection.execute(query).all()
        found = connection.execute(counted.group_by(sessions.c.user_id)).all()
        count = {str(user_id): int(number) for user_id, number in found}
        held = _memberships(connection, rows[0].login if len(rows) == 1 else None)
        return [_account(row, count.get(row.id, 0), held) for row in rows]


LOGIN = re.compile(r"[^\s\x00-\x1f\x7f]{1,254}")


def fold(login: str) -> str:
    """Return the form in which a login is kept."""
    return login.strip().casefold()


def _users() -> Select[*tuple[Any, ...]]:
    mine = second_factors.c.user_id == users.c.id, second_factors.c.confirmed_at.is_not(None)
    enrolled = select(second_factors.c.user_id).where(*mine).exists().label("enrolled")
    return select(users.c.id, users.c.login, users.c.created_at, users.c.last_login_at, enrolled)


def _account(row: Row[Any], sessions_now: int, held: Iterable[Membership]) -> Account:
    user = User(row.id, row.login)
    mine = tuple(each for each in held if each.user == user)
    times = row.created_at, row.last_login_at
    return Account(user, *times, sessions_now, bool(row.enrolled), mine)


def _memberships(connection: Connection, login: str | None) -> builtins.list[Membership]:
    """Return the memberships of a user, or of all, by login and tenant."""
    columns = users.c.id, users.c.login, tenants.c.slug, memberships.c.role
    query = (
        select(*columns)
        .join(memberships, memberships.c.user_id == users.c.id)
        .join(tenants, tenants.c.id == memberships.c.tenant_id)
        .order_by(users.c.login, tenants.c.slug)
    )
    if login is not None:
        query = query.where(users.c.login == fold(login))
    rows = connection.execute(query).all()
    return [
        Membership(User(user_id, name), slug, frozenset(Role(row.role) for row in group))
        for (user_id, name, slug), group in groupby(rows, key=lambda row: tuple(row[:3]))
    ]


def _here(row: dict[str, str]) -> tuple[Any, ...]:
    return tuple(memberships.c[name] == value for name, value in row.items())


def _locked(connection: Connection, slug: str) -> str:
    """Return the tenant's id; its other writers of memberships wait until this one commits."""
    found = select(tenants.c.id).where(tenants.c.slug == slug).with_for_update()
    tenant_id = connection.scalar(found)
    if tenant_id is None:
        raise NotFound(f"There is no tenant “{slug}”.")
    return tenant_id
