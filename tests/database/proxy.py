"""A line to a server that a test can freeze, cut or make slow; loopback only, gone with its test."""

import random
import socket
import threading
import time
from contextlib import suppress
from types import TracebackType
from typing import Self


class Proxy:
    """Passes bytes on between clients and one port, until told otherwise."""

    def __init__(self, port: int) -> None:
        self._target = ("127.0.0.1", port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._passing = threading.Event()
        self._passing.set()
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._threads: list[threading.Thread] = []
        self.accepted = 0
        self.refusing = False
        # the next question arrives, its answer does not
        self.cut_after_question = False
        self._swallowing = False
        # how likely it is that a line breaks instead of passing a message on
        self.breaks = 0.0
        self._chance = random.Random(7)

    def __enter__(self) -> Self:
        """Begin to listen."""
        self._begin(self._accept)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End everything and wait for its threads."""
        self._passing.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()
        for thread in self._threads:
            thread.join(5)

    def freeze(self) -> None:
        """Keep lines open, pass nothing on: what a hung server or a dead switch looks like."""
        self._passing.clear()

    def thaw(self) -> None:
        """Pass on again, what was held back too."""
        self._passing.set()

    def cut(self) -> None:
        """Break all lines there are; new ones are taken."""
        pairs, self._pairs = self._pairs, []
        for pair in pairs:
            for end in pair:
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
                end.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self.accepted += 1
            if self.refusing:
                client.close()
                continue
            server = socket.create_connection(self._target)
            self._pairs.append((client, server))
            self._begin(self._pass, client, server, True)
            self._begin(self._pass, server, client, False)

    def _pass(self, source: socket.socket, sink: socket.socket, question: bool) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                self._passing.wait(60)
                if self._chance.random() < self.breaks:
                    self.cut()
                last = question and self.cut_after_question
                self._swallowing |= last
                if question or not self._swallowing:
                    sink.sendall(data)
                if last:
                    self._end_unanswered()
            sink.shutdown(socket.SHUT_WR)

    def _end_unanswered(self) -> None:
        """The server has the question and answers; the answer does not arrive."""
        time.sleep(0.1)
        self.cut_after_question = self._swallowing = False
        self.cut()

    def _begin(self, target: object, *values: object) -> None:
        thread = threading.Thread(target=target, args=values, daemon=True)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()
