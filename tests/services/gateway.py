"""The gateway of one test: a session of its role, which calls its functions and nothing else."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import psycopg
from psycopg import sql
from psycopg.rows import dict_row


class Gateway:
    """One worker of it. The superuser becomes it, so that no password of the whole server is needed."""

    def __init__(self, conninfo: str) -> None:
        self.connection = psycopg.connect(conninfo, autocommit=True, row_factory=dict_row)
        self.connection.execute("SET SESSION AUTHORIZATION iduo_gateway")
        self.worker = uuid4()

    def ask(self, function: str, **values: object) -> list[dict[str, Any]]:
        """Whatever a function of the door answers."""
        arguments = sql.SQL(", ").join(
            sql.SQL("{} => {}").format(sql.Identifier(f"p_{name.rstrip('_')}"), sql.Placeholder(name))
            for name in values
        )
        statement = sql.SQL("SELECT * FROM {}({})").format(sql.Identifier("api", function), arguments)
        return self.connection.execute(statement, values).fetchall()

    def beat(self, *channels: str, complaint: str = "") -> None:
        """It runs."""
        self.ask("gateway_beat", started_at=datetime.now().astimezone(), channels=[*channels], complaint=complaint)

    def take(self, limit: int = 100, channels: Sequence[str] = ("email", "sms")) -> list[dict[str, Any]]:
        """What is due."""
        return self.ask("gateway_take", channels=[*channels], limit=limit, worker=self.worker)

    def sent(self, message: int, provider_id: str = "") -> str:
        """It went out; its state now."""
        return self._state(self.ask("gateway_sent", message=message, worker=self.worker, provider_id=provider_id))

    def failed(self, message: int, error: str = "No existe.", again: bool = False) -> str:
        """It did not go out; its state now."""
        return self._state(self.ask("gateway_failed", message=message, worker=self.worker, error=error, again=again))

    def doubtful(self, message: int) -> str:
        """Nobody knows; its state now."""
        return self._state(self.ask("gateway_doubtful", message=message, worker=self.worker, error="No contestó."))

    def delivered(self, provider_id: str, delivered: bool = True, error: str = "") -> str:
        """What the provider says later; its state now."""
        return self._state(self.ask("gateway_delivery", provider_id=provider_id, delivered=delivered, error=error))

    def recover(self) -> int:
        """How many messages of dead workers became doubtful."""
        (row,) = self.ask("gateway_recover", worker=self.worker)
        return int(row["recovered"])

    def receive(
        self,
        text: str = "Ya pagué.",
        *,
        channel: str = "email",
        sender: str = "cliente@example.org",
        ref: str | None = None,
        subject: str = "Re: aviso",
        replies: Sequence[str] = (),
        at: datetime | None = None,
    ) -> dict[str, Any]:
        """Something came in."""
        (row,) = self.ask(
            "gateway_receive",
            channel=channel,
            provider_id=f"{uuid4()}@example.org" if ref is None else ref,
            from_=sender,
            to="iduo@example.org",
            subject=subject,
            text=text,
            in_reply_to=[*replies],
            at=at,
        )
        return row

    def close(self) -> None:
        """Hang up."""
        self.connection.close()

    @staticmethod
    def _state(rows: list[dict[str, Any]]) -> str:
        return str(rows[0]["state"] or "") if rows else ""


def new_worker(gateway: Gateway) -> UUID:
    """It died and began anew."""
    gateway.worker = uuid4()
    return gateway.worker
