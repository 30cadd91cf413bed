"""Clients and cases of one test, made by the superuser in the state that the test needs."""

import itertools
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

ARGENTINA = timedelta(hours=-3)


class World:
    """What there is in one test's database. Whatever is not said has a harmless value."""

    def __init__(self, superuser: psycopg.Connection) -> None:
        self.superuser = superuser
        self._numbers = itertools.count(20001)
        superuser.execute("INSERT INTO iduo.staff (login, full_name) VALUES ('nobody', 'Nadie')")

    def company(self, **values: object) -> int:
        """A client; his id."""
        number = next(self._numbers)
        given = {"number": number, "kind": "person", "surname": f"Cliente {number}", "service_status": "delinquent"}
        return self.insert("company", given | values)

    def case(self, list: str = "delinquent", company: int | None = None, **values: object) -> int:
        """A case, of a client of its own unless said otherwise; its id."""
        given: dict[str, object] = {"company_id": company or self.company(), "list": list, "opened_by": "nobody"}
        if values.get("assigned_to"):
            given |= {"assigned_at": self.now()}
        if values.get("state") == "closed":
            given |= {"closed_at": self.now(), "closed_by": "nobody"}
        return self.insert("case", given | values)

    def cases(self, count: int, list: str = "delinquent", **values: Any) -> tuple[int, ...]:
        """So many cases, in the order of their ids."""
        return tuple(self.case(list, **values) for _ in range(count))

    def value(self, statement: str, *values: object) -> Any:
        """The only column of the only row."""
        ((found,),) = self.superuser.execute(sql.SQL(statement), values).fetchall()
        return found

    def set_setting(self, name: str, value: object) -> None:
        """Decide something else than what the program ships with."""
        self.superuser.execute("UPDATE iduo.setting SET value = %s WHERE name = %s", [Jsonb(value), name])

    def age(self, table: str, row: int, column: str, **ago: float) -> None:
        """Make it longer ago: `age("case_event", 7, "at", minutes=6)`."""
        change = sql.SQL("UPDATE {} SET {} = %s WHERE id = %s").format(
            sql.Identifier("iduo", table), sql.Identifier(column)
        )
        with self.superuser.transaction():
            # what was recorded stays as it is; only a test may turn the clock back
            self.superuser.execute("SET LOCAL session_replication_role = replica")
            self.superuser.execute(change, [self.now() - timedelta(**ago), row])

    def today(self) -> date:
        """The day that it is in Argentina."""
        return (self.now() + ARGENTINA).date()

    @staticmethod
    def now() -> datetime:
        """The clock of this machine, which is the server's too."""
        return datetime.now(UTC)

    def insert(self, table: str, values: dict[str, object]) -> int:
        """One row; its id."""
        statement = sql.SQL("INSERT INTO {} ({}) VALUES ({}) RETURNING id").format(
            sql.Identifier("iduo", table),
            sql.SQL(", ").join(map(sql.Identifier, values)),
            sql.SQL(", ").join([sql.Placeholder()] * len(values)),
        )
        ((made,),) = self.superuser.execute(statement, [*values.values()]).fetchall()
        return int(made)
