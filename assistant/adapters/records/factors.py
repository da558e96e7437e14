"""Second factors of users: a sealed secret each, and hashes of recovery codes."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, delete, func, insert, or_, select, update

from assistant.adapters.records.database import Database
from assistant.adapters.records.schema import recovery_codes, second_factors
from assistant.model import Enrolment, User
from guardrails.clock import Clock
from guardrails.crypto import second_factor as factor
from guardrails.crypto.keys import MasterKey


class SqlFactors:
    """The second factors of a home's users."""

    def __init__(self, database: Database, master_key: MasterKey, now: Clock) -> None:
        self._database = database
        self._key = factor.FactorKey(master_key)
        self._now = now

    def enrolled(self, user: User) -> bool:
        """Return whether the user has confirmed a second factor."""
        mine = second_factors.c.user_id == user.id, second_factors.c.confirmed_at.is_not(None)
        with self._database.reading() as connection:
            return (
                connection.execute(select(second_factors.c.user_id).where(*mine)).first()
                is not None
            )

    def begin(self, user: User) -> Enrolment:
        """Return the secret to be confirmed, the same until it is; it replaces no confirmed one."""
        with self._database.writing() as connection:
            row = connection.execute(
                select(second_factors).where(second_factors.c.user_id == user.id)
            ).one_or_none()
            if row is None:
                secret = factor.fresh_secret()
                sealed = self._key.seal(user.id, secret)
                connection.execute(insert(second_factors), [{"user_id": user.id, "secret": sealed}])
            elif row.confirmed_at is None:
                secret = self._key.open(user.id, bytes(row.secret))
            else:
                raise ValueError("a second factor is confirmed already")
        return Enrolment(factor.uri(secret, user.login), factor.written(secret))

    def confirm(self, user: User, code: str) -> tuple[str, ...] | None:
        """Confirm the secret with its first code; return recovery codes, None if it is wrong."""
        with self._database.transaction():
            if self.enrolled(user) or not self._step(user, code):
                return None
            with self._database.writing() as connection:
                this = update(second_factors).where(second_factors.c.user_id == user.id)
                connection.execute(this.values(confirmed_at=self._now()))
            return self.new_recovery_codes(user)

    def check(self, user: User, code: str) -> bool:
        """Return whether ``code`` is the user's, of the app or of recovery; each counts once."""
        return self.enrolled(user) and (self._step(user, code) or self._recovered(user, code))

    def new_recovery_codes(self, user: User) -> tuple[str, ...]:
        """Return new recovery codes, which replace those that are left; only hashes are kept."""
        codes = factor.fresh_recovery_codes()
        rows = [{"user_id": user.id, "code_hash": self._key.hash(user.id, code)} for code in codes]
        with self._database.writing() as connection:
            connection.execute(delete(recovery_codes).where(recovery_codes.c.user_id == user.id))
            connection.execute(insert(recovery_codes), rows)
        return codes

    def recovery_codes_left(self, user: User) -> int:
        """Return how many recovery codes were not used."""
        mine = recovery_codes.c.user_id == user.id
        with self._database.reading() as connection:
            return connection.scalars(
                select(func.count()).select_from(recovery_codes).where(mine)
            ).one()

    def _step(self, user: User, code: str) -> bool:
        """Return whether ``code`` is of a later step than the last one used, and use its step."""
        with self._database.writing() as connection:
            query = select(second_factors.c.secret).where(second_factors.c.user_id == user.id)
            sealed = connection.scalar(query)
            if sealed is None:
                return False
            secret = self._key.open(user.id, bytes(sealed))
            step = factor.matching_step(secret, code, self._now())
            if step is None:
                return False
            return _use(connection, user, step)

    def _recovered(self, user: User, code: str) -> bool:
        mine = recovery_codes.c.user_id == user.id
        this = recovery_codes.c.code_hash == self._key.hash(user.id, code)
        with self._database.writing() as connection:
            used: Any = connection.execute(delete(recovery_codes).where(mine, this))
            return used.rowcount == 1


def _use(connection: Connection, user: User, step: int) -> bool:
    """Use up a step and those before it; return whether it was not used yet."""
    last = second_factors.c.last_step
    unused = second_factors.c.user_id == user.id, or_(last.is_(None), last < step)
    used: Any = connection.execute(update(second_factors).where(*unused).values(last_step=step))
    return used.rowcount == 1
