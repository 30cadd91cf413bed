"""A line to a server that a test can freeze, cut, halve or make slow; loopback only, gone with its test."""

import random
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum
from types import TracebackType
from typing import Self

# With these the server says that it has done all that was asked, and the client that it has asked all.
DONE, ASKED = b"Z\x00\x00\x00\x05I", b"S\x00\x00\x00\x04"
# So that what is closed ends with a reset, and nothing that was on its way arrives.
ABRUPT = struct.pack("ii", 1, 0)
PAUSE_SECONDS = 0.2


class Mishap(Enum):
    """What befalls the next question on a line that is logged in."""

    LOST = "the line breaks before the question arrives"
    HALF = "half of the question arrives, then the line breaks"
    UNANSWERED = "the server did it; the line breaks before its answer arrives"
    HALF_ANSWER = "the server did it; half of its answer arrives"
    RESET = "the server did it; the line is reset"
    MUTE = "nothing arrives there any more; the line stays open"
    DEAF = "the server did it; nothing arrives here any more, and the line stays open"
    TRICKLE = "both ways one byte after the other"
    PAUSE = "it stands still for a moment, then goes on"

    @property
    def done(self) -> bool:
        """Whether the server does what is asked and nobody hears of it."""
        return self in (Mishap.UNANSWERED, Mishap.HALF_ANSWER, Mishap.RESET, Mishap.DEAF)

    @property
    def harmless(self) -> bool:
        """Whether the answer arrives."""
        return self in (Mishap.TRICKLE, Mishap.PAUSE)


@dataclass(slots=True, eq=False)
class _Line:
    client: socket.socket
    server: socket.socket
    ready: bool = False
    asked: bool = False
    trickles: bool = False
    deaf: bool = False
    kept: bytearray | None = None
    done: threading.Event = field(default_factory=threading.Event)

    def cut(self) -> None:
        for end in (self.client, self.server):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


class Proxy:
    """Passes bytes on between clients and one port, until told otherwise."""

    def __init__(self, port: int) -> None:
        self._target = ("127.0.0.1", port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._passing = threading.Event()
        self._passing.set()
        self._lines: list[_Line] = []
        self._threads: list[threading.Thread] = []
        self.accepted = 0
        self.refusing = False
        # seconds that each round trip takes longer
        self.delay = 0.0
        # of the next question, and what there was of them
        self.mishap: Mishap | None = None
        self.happened: Counter[Mishap] = Counter()
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

    @property
    def cut_after_question(self) -> bool:
        """The next question arrives, its answer does not."""
        return self.mishap is Mishap.UNANSWERED

    @cut_after_question.setter
    def cut_after_question(self, on: bool) -> None:
        self.mishap = Mishap.UNANSWERED if on else None

    def freeze(self) -> None:
        """Keep lines open, pass nothing on: what a hung server or a dead switch looks like."""
        self._passing.clear()

    def thaw(self) -> None:
        """Pass on again, what was held back too."""
        self._passing.set()

    def cut(self) -> None:
        """Break all lines there are; new ones are taken."""
        lines, self._lines = self._lines, []
        for line in lines:
            line.done.set()
            line.cut()

    def lead_to(self, port: int) -> None:
        """New lines go to another server: what a name that now means another host does."""
        self._target = ("127.0.0.1", port)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self.accepted += 1
            server = None if self.refusing else self._reach()
            if server is None:
                client.close()
                continue
            line = _Line(client, server)
            self._lines.append(line)
            self._begin(self._take, line)
            self._begin(self._bring, line)

    def _reach(self) -> socket.socket | None:
        with suppress(OSError):
            return socket.create_connection(self._target)
        return None

    def _take(self, line: _Line) -> None:
        """Questions, on their way to the server."""
        with suppress(OSError):
            while data := line.client.recv(65536):
                self._passing.wait(60)
                if self.delay and not line.asked:
                    time.sleep(self.delay)
                line.asked = True
                self._may_break()
                whole = line.ready and (data.endswith(ASKED) or data[:1] == b"Q")
                if whole and (mishap := self._next_mishap()):
                    self._befall(line, mishap, data)
                else:
                    _give(line.server, data, line.trickles)
            line.server.shutdown(socket.SHUT_WR)

    def _bring(self, line: _Line) -> None:
        """Answers, on their way back."""
        with suppress(OSError):
            while data := line.server.recv(65536):
                self._passing.wait(60)
                line.asked = False
                self._may_break()
                if line.kept is None:
                    # marked first: the client's next question is passed on by another thread
                    line.ready |= data.endswith(DONE)
                    _give(line.client, data, line.trickles)
                elif not line.deaf:
                    line.kept += data
                    if line.kept.endswith(DONE):
                        line.done.set()
            line.client.shutdown(socket.SHUT_WR)

    def _may_break(self) -> None:
        if self._chance.random() < self.breaks:
            self.cut()

    def _next_mishap(self) -> Mishap | None:
        mishap, self.mishap = self.mishap, None
        if mishap:
            self.happened[mishap] += 1
        return mishap

    def _befall(self, line: _Line, mishap: Mishap, data: bytes) -> None:
        if mishap is Mishap.PAUSE:
            time.sleep(PAUSE_SECONDS)
        line.trickles |= mishap is Mishap.TRICKLE
        if mishap.done:
            line.kept, line.deaf = bytearray(), mishap is Mishap.DEAF
        if mishap is Mishap.HALF:
            line.server.sendall(data[: len(data) // 2])
        elif mishap is not Mishap.LOST and mishap is not Mishap.MUTE:
            _give(line.server, data, line.trickles)
        if mishap.done and not line.deaf:
            line.done.wait(30)
            self._end_unanswered(line, mishap)
        elif mishap in (Mishap.LOST, Mishap.HALF):
            line.cut()

    def _end_unanswered(self, line: _Line, mishap: Mishap) -> None:
        kept = bytes(line.kept or b"")
        if mishap is Mishap.HALF_ANSWER:
            line.client.sendall(kept[: len(kept) // 2])
        if mishap is Mishap.RESET:
            # nobody else reads there now, so that closing it closes it at once
            line.client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, ABRUPT)
            line.client.close()
        line.cut()

    def _begin(self, target: Callable[..., object], *values: object) -> None:
        thread = threading.Thread(target=target, args=values, daemon=True)
        self._threads.append(thread)
        thread.start()


def _give(sink: socket.socket, data: bytes, trickles: bool) -> None:
    for piece in (data[at : at + 1] for at in range(len(data))) if trickles else (data,):
        sink.sendall(piece)
