"""A duty of the gateway in a thread of its own: round after round, with rests, until the end."""

import threading
from typing import Final, Protocol

import psycopg

from iduo_desktop.admin.gateway_door import AwayError, RefusedError
from iduo_desktop.admin.gateway_journal import Journal
from iduo_desktop.database import errors

# Seconds.
BACK_OFF: Final = (1.0, 60.0)
WITHOUT_DATABASE: Final = 0.5


class TroubleError(Exception):
    """A server outside cannot be reached or does not let us in; the sentence says which and why."""


class Duty(Protocol):
    """One thing that the gateway does. `rest` is how many seconds it sleeps when a round found nothing."""

    @property
    def name(self) -> str: ...

    @property
    def rest(self) -> float: ...

    def round(self) -> bool:
        """Do what is due; True when there may be more."""

    def close(self) -> None:
        """Hang up."""


class Shift(threading.Thread):
    """Runs a duty. A door that is shut (`failure`) and what nobody expected (`crashed`) end the whole gateway."""

    def __init__(self, duty: Duty, journal: Journal, end: threading.Event) -> None:
        super().__init__(name=duty.name, daemon=True)
        self.duty = duty
        self.failure: Exception | None = None
        self.crashed = False
        self._journal = journal
        self._end = end
        self._troubles = 0

    def run(self) -> None:
        """Until the end."""
        try:
            while not self._end.is_set():
                self._end.wait(self._round())
            self.duty.close()
        except (errors.UserError, psycopg.Error) as error:
            self.failure = error
            self._end.set()
        except BaseException:
            self.crashed = True
            self._end.set()
            raise

    def once(self) -> bool:
        """One round; False when something hindered it."""
        self._round()
        return self._troubles == 0

    def _round(self) -> float:
        """Seconds until the next."""
        try:
            more = self.duty.round()
        except AwayError:
            return WITHOUT_DATABASE
        except (TroubleError, RefusedError) as trouble:
            self._journal.complain(self.duty.name, str(trouble))
            self._troubles = min(self._troubles + 1, 10)
            return float(min(BACK_OFF[1], BACK_OFF[0] * 2 ** (self._troubles - 1)))
        self._troubles = 0
        return 0.0 if more else self.duty.rest
