"""A small web server of the gateway, in a thread of its own."""

import asyncio
import logging
import socket
import ssl
import threading
from collections import Counter as Tally
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, Final, Protocol, cast

import h11
import uvicorn
from starlette.applications import Starlette
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from iduo_desktop.admin.chat_limits import Bucket, household
from iduo_desktop.admin.gateway_duty import TroubleError
from iduo_desktop.admin.gateway_journal import Journal

# Seconds.
START: Final = 10.0
SLOWEST_REQUEST: Final = 10.0
LAST_WORD: Final = 15.0
# Bytes. Of a talk so many at once, and so many a second: pings and empty pieces count as well.
LARGEST_FRAME: Final = 16 * 1024
AT_ONCE: Final = 512 * 1024
A_SECOND: Final = 64 * 1024
WITHOUT_IT: Final = {
    "webhook": "No se reciben avisos del proveedor",
    "chat": "Nadie puede escribir en el chat del sitio",
}


class Place(Protocol):
    """Where it listens; without a certificate on this machine alone."""

    @property
    def host(self) -> str: ...

    @property
    def port(self) -> int: ...

    @property
    def cert_file(self) -> Path | None: ...

    @property
    def key_file(self) -> Path | None: ...


class Impatient(H11Protocol):
    """Hangs up on who connects and does not ask, or asks a letter at a time: nobody takes the places of others.

    `places` are those taken at each address, of at most `most`; without a `most` nobody counts them.
    """

    def __init__(self, *values: Any, places: Tally[str], most: int | None, **named: Any) -> None:
        super().__init__(*values, **named)
        self._places, self._most = places, most
        self._place: str | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(cast(asyncio.Transport, transport))  # a socket's: it speaks both ways
        if self._most is not None:
            self._place = household(self.client[0] if self.client else "")
            self._places[self._place] += 1
            if self._places[self._place] > self._most:
                self.transport.abort()
        self.loop.call_later(SLOWEST_REQUEST, self._look, self.cycle)

    def connection_lost(self, exc: Exception | None) -> None:
        self._give_back()
        super().connection_lost(exc)

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        self._give_back()  # from here on it is a talk, and counted as one
        super().handle_websocket_upgrade(event)

    def _give_back(self) -> None:
        if self._place is not None:
            self._places[self._place] -= 1
            if not self._places[self._place]:
                del self._places[self._place]
            self._place = None

    def _look(self, before: object) -> None:
        """Twice at the same request that is answered, or at none: nothing was asked meanwhile."""
        if self.transport.is_closing() or self.transport.get_protocol() is not self:
            return
        cycle: RequestResponseCycle | None = self.cycle  # none before the first request
        if (cycle is None or cycle.response_complete) and cycle is before:
            self.transport.abort()
        else:
            self.loop.call_later(SLOWEST_REQUEST, self._look, self.cycle)


class Talk(WebSocketsSansIOProtocol):
    """Lets go of who does not read even the end, and of who sends more than anybody has to say."""

    def __init__(self, *values: Any, **named: Any) -> None:
        super().__init__(*values, **named)
        self._bytes = Bucket(AT_ONCE, A_SECOND)

    def data_received(self, data: bytes) -> None:
        if self._bytes.take(len(data)):
            super().data_received(data)
        else:
            self.transport.abort()

    async def run_asgi(self) -> None:
        try:
            await super().run_asgi()
        finally:
            with suppress(RuntimeError):  # the last ones go when the server ends
                self.loop.call_later(LAST_WORD, self.transport.abort)


class Counter:
    """Serves one application. `at_once` is how many requests it answers at a time; `talks` with websockets.

    `of_one` is how many connections of one address may ask at a time; None behind a proxy, which comes from one.
    """

    rest = 5.0

    def __init__(
        self,
        name: str,
        place: Place,
        application: Starlette,
        journal: Journal,
        at_once: int,
        talks: bool = False,
        of_one: int | None = None,
    ) -> None:
        self.name = name
        self._place = place
        self._journal = journal
        self._application = application
        self._at_once = at_once
        self._talks = talks
        self._http: Any = partial(Impatient, places=Tally(), most=of_one)
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    def round(self) -> bool:
        """Start it unless it runs."""
        if self._thread is None or not self._thread.is_alive():
            self._start()
        self._journal.relieve(self.name)
        return False

    def close(self) -> None:
        """Answer what is under way, and end."""
        if self._server is not None and self._thread is not None:
            self._server.should_exit = True
            self._thread.join(START)

    def _start(self) -> None:
        one = self._place
        server = uvicorn.Server(
            uvicorn.Config(
                self._application, one.host, one.port, log_config=None, access_log=False, server_header=False,
                proxy_headers=False, lifespan="on" if self._talks else "off", http=self._http, loop="asyncio",
                ws=Talk if self._talks else "none", ws_max_size=LARGEST_FRAME, ws_ping_interval=20,
                ws_ping_timeout=20, ws_per_message_deflate=False, limit_concurrency=self._at_once,
                timeout_keep_alive=5, timeout_graceful_shutdown=10,
                ssl_certfile=one.cert_file, ssl_keyfile=one.key_file, ssl_version=ssl.PROTOCOL_TLS_SERVER,
            )
        )  # fmt: skip
        logging.getLogger("uvicorn.error").addFilter(_is_ours)  # the same one again is not added
        self._server = server
        self._thread = threading.Thread(target=_serve, args=(server,), name=f"{self.name}-server", daemon=True)
        self._thread.start()
        waited = threading.Event()
        while self._thread.is_alive() and not server.started:
            waited.wait(0.02)
        if not server.started:
            raise TroubleError(f"{WITHOUT_IT[self.name]}: no se puede escuchar en {one.host}:{one.port}.")
        port = server.servers[0].sockets[0].getsockname()[1]
        self._journal.say("listening", f"{self.name}: escucha en {one.host}:{port}.", port=port, part=self.name)


def is_free(place: Place) -> None:
    """Whether it may listen there; a TroubleError says that it may not."""
    try:
        # as the server does: what ended a moment ago does not hold the port
        socket.create_server((place.host, place.port)).close()
    except OSError:
        raise TroubleError(f"no se puede escuchar en {place.host}:{place.port}; ¿ya hay una pasarela?") from None
    if place.cert_file is not None:
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(place.cert_file, place.key_file)
        except OSError:
            raise TroubleError("el certificado y su clave no se pueden leer, o no van juntos.") from None


def _is_ours(record: logging.LogRecord) -> bool:
    """What strangers send wrong is not worth a line each: they would fill the disk."""
    return record.levelno >= logging.ERROR and not record.getMessage().startswith("Invalid")


def _serve(server: uvicorn.Server) -> None:
    try:
        server.run()
    except SystemExit:
        return  # its way to say that it cannot listen
