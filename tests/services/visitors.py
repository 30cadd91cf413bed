"""Visitors of one test: the chat's service as its role, which calls its functions and nothing else."""

import hashlib
from typing import Any
from uuid import UUID, uuid4

import psycopg
from psycopg import sql
from psycopg.rows import dict_row


class ChatService:
    """The service. The superuser becomes it, so that no password of the whole server is needed."""

    def __init__(self, conninfo: str) -> None:
        self.connection = psycopg.connect(conninfo, autocommit=True, row_factory=dict_row)
        self.connection.execute("SET SESSION AUTHORIZATION iduo_chat")

    def ask(self, function: str, **values: object) -> list[dict[str, Any]]:
        """Whatever a function of the door answers."""
        arguments = sql.SQL(", ").join(
            sql.SQL("{} => {}").format(sql.Identifier(f"p_{name}"), sql.Placeholder(name)) for name in values
        )
        statement = sql.SQL("SELECT * FROM {}({})").format(sql.Identifier("api", function), arguments)
        return self.connection.execute(statement, values).fetchall()

    def news(self, since: str | None = None) -> list[dict[str, Any]]:
        """What happened since then; the first row has the cursor."""
        return self.ask("visitor_news", since=since)

    def leave_message(self, text: str, key: UUID | None = None, **values: object) -> dict[str, Any]:
        """A message instead of a talk."""
        given: dict[str, object] = {
            "token": None,
            "address": hashed("10.0.0.1"),
            "name": "Rosa Díaz",
            "company": "",
            "phone": "11 4321-5678",
            "phone_e164": "+541143215678",
            "phone_key": "1143215678",
            "email": "",
            "text": text,
            "key": key or uuid4(),
        }
        (row,) = self.ask("visitor_message", **(given | values))
        return row


class Visitor:
    """Somebody with the box open."""

    def __init__(self, service: ChatService, name: str = "Rosa Díaz", company: str = "", address: str = "10.0.0.1"):
        self.service, self.name, self.company, self.address = service, name, company, hashed(address)
        self.token = hashlib.sha256(uuid4().bytes).digest()

    @property
    def named(self) -> bytes:
        """As the news name his chat."""
        return hashlib.sha256(self.token).digest()

    def open(self) -> dict[str, Any]:
        """Begin, or come back."""
        asked = {"token": self.token, "address": self.address, "name": self.name, "company": self.company, "page": "/"}
        (row,) = self.service.ask("visitor_open", **asked)
        return row

    def say(self, text: str, key: UUID | None = None) -> dict[str, Any]:
        """Write a line."""
        (row,) = self.service.ask("visitor_say", token=self.token, text=text, key=key or uuid4())
        return row

    def state(self) -> dict[str, Any]:
        """Where it stands."""
        (row,) = self.service.ask("visitor_state", token=self.token)
        return row

    def lines(self, after: int = 0) -> list[str]:
        """What is read."""
        return [row["text"] for row in self.service.ask("visitor_lines", token=self.token, after=after)]

    def leave(self) -> None:
        """Close the box."""
        self.service.ask("visitor_leave", token=self.token)


def hashed(text: str) -> bytes:
    """As the service hides an address."""
    return hashlib.sha256(text.encode()).digest()


def send_away(connection: psycopg.Connection) -> None:
    """Whoever writes on the site is gone, days ago."""
    with connection.transaction():
        connection.execute("SET LOCAL session_replication_role = replica")
        connection.execute(
            "UPDATE iduo.chat SET state = 'ended', ended_at = now(), ended_by = 'silence', call_id = NULL"
        )
        connection.execute("UPDATE iduo.chat SET at = at - interval '2 days'")


def open_always(superuser: psycopg.Connection) -> None:
    """Whatever the hour of the test is, somebody attends."""
    superuser.execute("UPDATE iduo.working_hours SET opens = '00:00', closes = '23:59:59'")
    superuser.execute("DELETE FROM iduo.holiday")
