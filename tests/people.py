"""People of one test: made when first named, with a real login of their own, gone after it."""

import psycopg
from psycopg import sql

from iduo_desktop.database.connection import Conninfo, Database

PASSWORD = "una clave de prueba"


class People:
    """Who works in one test's database. Roles belong to the server, so logins carry the test's own mark."""

    def __init__(self, superuser: psycopg.Connection, mark: str) -> None:
        self._superuser = superuser
        self._mark = mark
        self._known: dict[str, str] = {}
        self._open: list[Database | psycopg.Connection] = []

    def add(self, name: str, *roles: str, full_name: str = "") -> str:
        """Make a person with these roles (operator if none), unless there is one; his login is the answer."""
        if name not in self._known:
            self._known[name] = f"{name}_{self._mark}"
            self._create(self._known[name], roles or ("operator",), full_name or name.title())
        return self._known[name]

    def conninfo(self, name: str) -> Conninfo:
        """How this person connects."""
        info = self._superuser.info
        return Conninfo(((info.host, info.port),), info.dbname, self.add(name), PASSWORD)

    def become(self, name: str, *roles: str) -> Database:
        """A connection of this person's, as his workstation has it; each call is one more workstation."""
        self.add(name, *roles)
        database = Database(self.conninfo(name))
        self._open.append(database)
        return database

    def raw(self, name: str, *roles: str) -> psycopg.Connection:
        """A connection on which this person runs what SQL he likes."""
        self.add(name, *roles)
        connection = psycopg.connect(autocommit=True, **self.conninfo(name).keywords(30.0))
        self._open.append(connection)
        return connection

    def close(self) -> None:
        """Hang up for everybody."""
        for connection in self._open:
            connection.close()

    def forget(self, server: psycopg.Connection) -> None:
        """Drop the logins; they own nothing."""
        for login in self._known.values():
            server.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(login)))

    def _create(self, login: str, roles: tuple[str, ...], full_name: str) -> None:
        person = sql.Identifier(login)
        create = sql.SQL("CREATE ROLE {} LOGIN PASSWORD {} CONNECTION LIMIT 4")
        grant = sql.SQL("GRANT {} TO {} WITH INHERIT TRUE, SET FALSE")
        self._superuser.execute(create.format(person, sql.Literal(PASSWORD)))
        groups = sql.SQL(", ").join(sql.Identifier(f"iduo_{role}") for role in roles)
        self._superuser.execute(grant.format(groups, person))
        self._superuser.execute(
            "INSERT INTO iduo.staff (login, full_name, must_change_password) VALUES (%s, %s, false)", [login, full_name]
        )
