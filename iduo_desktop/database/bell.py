"""Waiting for a connection at rest to bring something; another thread can end the wait by ringing."""

import selectors
import socket
from contextlib import suppress


class Bell:
    """Rung from any thread. What was rung while nobody waited ends the next wait at once."""

    def __init__(self) -> None:
        self._ear, self._rope = socket.socketpair()
        self._ear.setblocking(False)
        self._rope.setblocking(False)

    def ring(self) -> None:
        """End the wait."""
        # a full pipe was rung often enough, and a closed one rings for nobody
        with suppress(OSError):
            self._rope.send(b".")

    def clear(self) -> None:
        """Forget that it was rung."""
        with suppress(BlockingIOError):
            while self._ear.recv(4096):
                pass

    def wait(self, other: socket.socket, seconds: float) -> bool:
        """True when `other` has something to read within that time; False when the time passed or the bell rang."""
        with selectors.DefaultSelector() as ears:
            ears.register(self._ear, selectors.EVENT_READ)
            ears.register(other, selectors.EVENT_READ)
            ready = {key.fileobj for key, _ in ears.select(seconds)}
        return other in ready and self._ear not in ready

    def __del__(self) -> None:
        """Nobody waits any more, and nobody rings."""
        self._ear.close()
        self._rope.close()
