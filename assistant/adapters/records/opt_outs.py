"""People who opted out of AI: sealed, and recognised by keyed hashes."""

from __future__ import annotations

import builtins
from collections.abc import Mapping

from sqlalchemy import delete, insert, select

from assistant.adapters.records import schema
from assistant.adapters.records.people import from_texts, to_texts
from assistant.adapters.records.scope import Scope
from assistant.model import OptOut


class SqlOptOuts:
    """Implements `assistant.ports.OptOutStore`."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def put(self, opt_out: OptOut) -> None:
        cells = self._scope.cells("opt_outs", opt_out.id)
        row = self._scope.row(
            id=opt_out.id,
            policy_version=self._scope.policy_version,
            person=cells.seal_raw_all("person", to_texts(opt_out.person)),
            keys=" ".join(sorted(opt_out.keys)),
            at=opt_out.at,
            by=opt_out.by,
        )
        with self._scope.writing() as connection:
            self.remove(opt_out.id)
            connection.execute(insert(schema.opt_outs), [row])

    def remove(self, opt_out_id: str) -> bool:
        table = schema.opt_outs
        with self._scope.writing() as connection:
            gone = connection.execute(
                delete(table).where(self._scope.owns(table), table.c.id == opt_out_id)
            )
        return gone.rowcount > 0

    def keys(self) -> Mapping[str, str]:
        table = schema.opt_outs
        query = select(table.c.id, table.c["keys"]).where(self._scope.owns(table))
        with self._scope.reading() as connection:
            rows = connection.execute(query).all()
        return {key: row[0] for row in rows for key in row[1].split()}

    def list(self) -> builtins.list[OptOut]:
        table = schema.opt_outs
        query = select(table).where(self._scope.owns(table)).order_by(table.c.at, table.c.id)
        with self._scope.reading() as connection:
            rows = connection.execute(query).mappings().all()
        return [
            OptOut(
                row["id"],
                from_texts(
                    self._scope.cells("opt_outs", row["id"], row["policy_version"]).open_raw_all(
                        "person", row["person"]
                    )
                ),
                frozenset(row["keys"].split()),
                row["at"],
                row["by"],
            )
            for row in rows
        ]
