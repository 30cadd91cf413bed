"""A line that breaks before the server has the next command, after it is done, or amid its answer."""

import socket
import threading
from contextlib import suppress
from types import TracebackType
from typing import Self

FATES = ("before", "after", "amid")
READY = b"Z\x00\x00\x00\x05"  # how the server ends every answer
DONE = b"C\x00\x00\x00"  # a command was done


class Cutter:
    """Passes bytes on to one port. `fates` are what becomes of the next messages of those who are logged in."""

    def __init__(self, port: int) -> None:
        self._target = ("127.0.0.1", port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.fates: list[str] = []
        self.cuts = {"before": 0, "after": 0, "amid": 0}
        self._lines: list[_Line] = []
        self._accepting = threading.Thread(target=self._accept, daemon=True)

    def __enter__(self) -> Self:
        """Begin to listen."""
        self._accepting.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End everything and wait for its threads."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._accepting.join(5)
        for line in self._lines:
            line.close()
            line.join()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self._lines = [line for line in self._lines if line.alive]
            self._lines.append(_Line(self, client, socket.create_connection(self._target)))


class _Line:
    """One connection; both directions have a thread."""

    def __init__(self, cutter: Cutter, client: socket.socket, server: socket.socket) -> None:
        self._cutter, self._client, self._server = cutter, client, server
        self._ready = False
        self._fate = ""
        self._threads = [threading.Thread(target=run, daemon=True) for run in (self._questions, self._answers)]
        for thread in self._threads:
            thread.start()

    @property
    def alive(self) -> bool:
        return any(thread.is_alive() for thread in self._threads)

    def join(self) -> None:
        for thread in self._threads:
            thread.join(5)

    def close(self) -> None:
        for end in (self._client, self._server):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _questions(self) -> None:
        with suppress(OSError):
            while data := self._client.recv(1 << 16):
                if self._ready and not self._fate and self._cutter.fates and data[:1] != b"X":
                    self._fate = self._cutter.fates.pop(0)
                if self._fate == "before":
                    self._cutter.cuts["before"] += 1
                    break
                self._server.sendall(data)
        self.close()

    def _answers(self) -> None:
        answer = b""
        with suppress(OSError):
            while data := self._server.recv(1 << 16):
                answer += data
                ended = READY in answer[-6:]
                if not self._fate:
                    self._client.sendall(data)
                elif ended:
                    self._cutter.cuts[self._fate] += DONE in answer
                    if self._fate == "amid":
                        self._client.sendall(answer[: len(answer) // 2])
                    break
                if ended:
                    self._ready, answer = True, b""
        self.close()
