"""The outbox of one channel: a message is taken, carried and its fate told; one at a time keeps doubts few."""

import threading
import time
from dataclasses import dataclass
from typing import Final, Protocol
from uuid import UUID, uuid4

from iduo_desktop.admin.gateway_door import AwayError, GatewayDoor, RefusedError, Waiting
from iduo_desktop.admin.gateway_duty import TroubleError
from iduo_desktop.admin.gateway_journal import Journal

# Seconds.
REST: Final = 1.0
RECOVER: Final = 15.0
LAST_WORDS: Final = 10.0
LONGEST: Final = 500


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a message: "sent", "failed" (certainly not sent) or "doubtful".

    `again` when a later try may help; `trouble` when it is not the message's fault, and the next would fail as well.
    """

    kind: str
    words: str = ""
    again: bool = False
    trouble: bool = False
    provider_id: str = ""


class Carrier(Protocol):
    """Carries messages of a channel to a server outside."""

    def greet(self) -> None:
        """Reach the server, without sending; TroubleError when it cannot be reached."""

    def carry(self, message: Waiting) -> Fate:
        """Send one message; never twice."""

    def close(self) -> None:
        """Hang up."""


class Outbox:
    """Empties the outbox of one channel."""

    rest = REST

    def __init__(
        self, channel: str, carrier: Carrier, per_minute: int, door: GatewayDoor, journal: Journal, end: threading.Event
    ) -> None:
        self.name = channel
        self._carrier = carrier
        self._pause = 60.0 / per_minute
        self._door = door
        self._journal = journal
        self._end = end
        self._worker = uuid4()
        self._untold: tuple[Waiting, UUID, Fate] | None = None
        self._next_at = 0.0
        self._recover_at = 0.0
        self._in_trouble = False

    def round(self) -> bool:
        """One message; True when there was one."""
        self._tell()
        self._recover()
        if self._in_trouble:  # no message is tried while it would fail for sure
            self._carrier.greet()
            self._in_trouble = False
        if self._end.wait(max(0.0, self._next_at - time.monotonic())):
            return False
        message = self._take()
        if message is None:
            return False
        self._next_at = time.monotonic() + self._pause
        fate = self._carrier.carry(message)
        self._untold = (message, self._worker, fate)
        self._tell()
        if fate.trouble:
            self._in_trouble = True
            raise TroubleError(fate.words)
        self._journal.relieve(self.name)
        return True

    def close(self) -> None:
        """What is still untold is told if the database comes back soon; else another gateway finds it in doubt."""
        until = time.monotonic() + LAST_WORDS
        while self._untold and time.monotonic() < until:
            try:
                self._tell()
            except AwayError:
                time.sleep(0.2)
        self._carrier.close()

    def _take(self) -> Waiting | None:
        try:
            return self._door.take(self.name, self._worker)
        except AwayError:
            # the server may have given us one that we never saw: it is looked for as a dead gateway's
            self._worker = uuid4()
            raise

    def _tell(self) -> None:
        if self._untold is None:
            return
        message, worker, fate = self._untold
        try:
            if fate.kind == "sent":
                self._door.sent(message.message_id, worker, fate.provider_id)
            elif fate.kind == "failed":
                self._door.failed(message.message_id, worker, fate.words[:LONGEST], fate.again)
            else:
                self._door.doubtful(message.message_id, worker, fate.words[:LONGEST])
        except RefusedError as refused:
            self._journal.say("refused", f"La base no aceptó el resultado: {refused}", message=message.message_id)
        self._untold = None
        words = {"sent": "salió", "failed": "no salió", "doubtful": "no sabemos si salió"}[fate.kind]
        self._journal.say(
            fate.kind, f"Mensaje {message.message_id}: {words}.", message=message.message_id, again=fate.again
        )

    def _recover(self) -> None:
        if time.monotonic() < self._recover_at:
            return
        found = self._door.recover(self._worker)
        self._recover_at = time.monotonic() + RECOVER
        if found:
            self._journal.say("recovered", f"De otra pasarela que se cortó, en duda: {found}.", messages=found)
