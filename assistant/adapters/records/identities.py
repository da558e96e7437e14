"""Accounts of an identity provider: an issuer and a subject there, and the user they are here."""

from __future__ import annotations

from sqlalchemy import delete, insert, select

from assistant.adapters.records.database import Database
from assistant.adapters.records.schema import identities, users
from assistant.adapters.records.users import LOGIN, fold
from assistant.errors import NotFound, NotPermitted
from assistant.model import User, new_id
from guardrails.clock import Clock

_NO_PASSWORD = "!"  # noqa: S105 - no hash: no password matches it


class SqlIdentities:
    """The identities of a home's users."""

    def __init__(self, database: Database, now: Clock) -> None:
        self._database = database
        self._now = now

    def user_of(self, issuer: str, subject: str) -> User | None:
        """Return the user of an identity, None when there is none."""
        query = select(users.c.id, users.c.login).join(
            identities, identities.c.user_id == users.c.id
        )
        mine = identities.c.issuer == issuer, identities.c.subject == subject
        with self._database.reading() as connection:
            row = connection.execute(query.where(*mine)).one_or_none()
        return User(row.id, row.login) if row else None

    def add(self, issuer: str, subject: str, login: str) -> User:
        """Add a user without a password for a new identity.

        `NotPermitted` when the login exists: a name that the issuer gives takes over no account.
        """
        user = User(new_id(), fold(login))
        if not LOGIN.fullmatch(user.login):
            raise NotPermitted("The issuer's name for this account cannot be a login here.")
        with self._database.writing() as connection:
            if connection.execute(select(users.c.id).where(users.c.login == user.login)).first():
                raise NotPermitted(
                    f"There is a user “{user.login}” already, who is not linked to this account.",
                    safe="Nobody was logged in.",
                    todo="The owner of the home can link them with `quietdesk user link`.",
                )
            row = {"id": user.id, "login": user.login, "password_hash": _NO_PASSWORD}
            connection.execute(insert(users), [row | {"created_at": self._now()}])
            known = {"issuer": issuer, "subject": subject, "user_id": user.id}
            connection.execute(insert(identities), [known])
        return user

    def link(self, issuer: str, subject: str, login: str) -> User:
        """Make an identity that of a user who exists, instead of whose it was. `NotFound`."""
        with self._database.writing() as connection:
            query = select(users.c.id, users.c.login).where(users.c.login == fold(login))
            row = connection.execute(query).one_or_none()
            if row is None:
                raise NotFound(f"There is no user “{fold(login)}”.")
            mine = identities.c.issuer == issuer, identities.c.subject == subject
            connection.execute(delete(identities).where(*mine))
            known = {"issuer": issuer, "subject": subject, "user_id": row.id}
            connection.execute(insert(identities), [known])
        return User(row.id, row.login)
