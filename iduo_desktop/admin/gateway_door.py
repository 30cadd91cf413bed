"""What the gateway of messages asks of the database: the functions of its role."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from iduo_desktop.admin.gateway_line import AwayError, Line, RefusedError

__all__ = ["AwayError", "Due", "GatewayDoor", "Incoming", "RefusedError", "Taken", "Waiting"]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message that is ours to send now. `message_ref` is its Message-ID, `reply_to_ref` that of what it answers."""

    message_id: int
    key: UUID
    channel: str
    address: str
    subject: str
    text: str
    message_ref: str
    reply_to_ref: str | None
    tries: int


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message that came in."""

    channel: str
    provider_id: str
    sender: str
    to: str
    subject: str
    text: str
    in_reply_to: tuple[str, ...]
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a message that came in: `replayed` when it was there already, `matched` when we know of whom."""

    message_id: int | None
    replayed: bool
    matched: bool


@dataclass(frozen=True, slots=True)
class Due:
    """The day's batch: whether it has to go out now, and to whom."""

    day: date
    addresses: list[str]
    due: bool


class GatewayDoor(Line):
    """The functions of schema api that are the gateway's, each one autocommit statement."""

    def take(self, channel: str, worker: UUID) -> Waiting | None:
        """The next message of a channel, if one waits; from now on it is being sent."""
        found = self.ask(Waiting, "gateway_take", channels=[channel], limit=1, worker=worker)
        return found[0] if found else None

    def sent(self, message: int, worker: UUID, provider_id: str) -> None:
        """It went out."""
        self.ask(None, "gateway_sent", message=message, worker=worker, provider_id=provider_id)

    def failed(self, message: int, worker: UUID, error: str, again: bool) -> None:
        """It certainly did not go out; `again` when a later try may help."""
        self.ask(None, "gateway_failed", message=message, worker=worker, error=error, again=again)

    def doubtful(self, message: int, worker: UUID, error: str) -> None:
        """Nobody knows whether it went out."""
        self.ask(None, "gateway_doubtful", message=message, worker=worker, error=error)

    def recover(self, worker: UUID) -> int:
        """What dead gateways were sending becomes doubtful; how many."""
        return int(self.ask(_Recovered, "gateway_recover", worker=worker)[0].recovered)

    def receive(self, message: Incoming) -> Taken:
        """It is committed when this comes back."""
        (taken,) = self.ask(
            Taken,
            "gateway_receive",
            channel=message.channel,
            provider_id=message.provider_id,
            **{"from": message.sender},
            to=message.to,
            subject=message.subject,
            text=message.text,
            in_reply_to=list(message.in_reply_to),
            at=message.at,
        )
        return Taken(taken.message_id, taken.replayed, taken.matched)

    def delivery(self, provider_id: str, delivered: bool, error: str) -> None:
        """What the provider, or a bounce, says of a message of ours."""
        self.ask(None, "gateway_delivery", provider_id=provider_id, delivered=delivered, error=error)

    def beat(self, started_at: datetime, channels: Sequence[str], complaint: str) -> None:
        """It runs, and what hinders it."""
        self.ask(None, "gateway_beat", started_at=started_at, channels=list(channels), complaint=complaint)

    def batch_due(self) -> Due | None:
        """Whether the day's batch has to go out."""
        found = self.ask(Due, "gateway_batch_due")
        return found[0] if found else None

    def batch_mailed(self, day: date, batch: int | None, error: str) -> None:
        """What became of the day's batch."""
        self.ask(None, "gateway_batch_mailed", day=day, batch=batch, error=error)


@dataclass(frozen=True, slots=True)
class _Recovered:
    recovered: int
