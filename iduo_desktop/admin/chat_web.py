"""The web chat's counter: visitors come by websocket, or leave a message; nothing is kept here."""

import asyncio
import hashlib
import json
import time
from collections import Counter as Tally
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from importlib import resources
from typing import Any, Final
from uuid import UUID

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect, HTTPConnection, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from iduo_desktop import phones
from iduo_desktop.admin.chat_door import ChatDoor, Hours, Letter, Standing
from iduo_desktop.admin.chat_limits import Buckets, sealed
from iduo_desktop.admin.chat_visit import UNKNOWN, NonsenseError, Visit, key_of, sentence_of, text_of, token_hash
from iduo_desktop.admin.gateway_config import ChatPlace
from iduo_desktop.admin.gateway_journal import Journal
from iduo_desktop.admin.gateway_line import AwayError, RefusedError

# Seconds.
ROUND: Final = 0.15
HERE: Final = 15.0
HOURS: Final = 1.0
SLOWEST_BODY: Final = 10.0
LARGEST_BODY: Final = 16 * 1024
# Sockets.
AN_ADDRESS: Final = 20
ASKING: Final = 60
IN_ALL: Final = 3000
# What begins something new, of one address: so many at once, and so many a second.
AT_ONCE: Final = 40
A_SECOND: Final = 2.0
POLICY, LATER, FULL = 1008, 1013, 4003


class Hall:
    """Everybody who is connected, and one look at the database for all of them."""

    def __init__(self, place: ChatPlace, door: ChatDoor, journal: Journal) -> None:
        self._place = place
        self._door = door
        self._journal = journal
        self._visits: dict[bytes, set[Visit]] = {}
        self._addresses: Tally[bytes] = Tally()
        self._beginnings = Buckets(AT_ONCE, A_SECOND)
        self._hours: Hours | None = None
        self._hours_until = 0.0
        self._asking_hours = asyncio.Lock()
        self._started_at = datetime.now(UTC)
        self._box = resources.files("iduo_desktop.admin").joinpath("chat_box", "chat.js").read_bytes()
        self._tag = f'"{hashlib.sha256(self._box).hexdigest()[:32]}"'

    def application(self) -> Starlette:
        """What the server runs."""
        routes = [
            Route("/chat.js", self.box),
            Route("/chat/hours", self.hours),
            Route("/chat/message", self.message, methods=["POST"]),
            WebSocketRoute("/chat/ws", self.visit),
        ]
        cors = Middleware(
            CORSMiddleware, allow_origins=list(self._place.origins), allow_methods=["GET", "POST"],
            allow_headers=["content-type"], max_age=600,
        )  # fmt: skip
        return Starlette(routes=routes, middleware=[cors], lifespan=self._running)

    async def box(self, request: Request) -> Response:
        """The script for the site."""
        headers = {"Cache-Control": "public, max-age=300", "ETag": self._tag, "X-Content-Type-Options": "nosniff"}
        headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        if request.headers.get("if-none-match") == self._tag:
            return Response(status_code=304, headers=headers)
        return Response(self._box, headers=headers, media_type="text/javascript; charset=utf-8")

    async def hours(self, request: Request) -> Response:
        """Whether somebody attends."""
        if not self._from_the_site(request):
            return Response(status_code=403)
        try:
            now = await self._now()
        except AwayError:
            return Response(status_code=503, headers={"Retry-After": "5"})
        opens = now.opens_at.isoformat() if now.opens_at else None
        return JSONResponse(
            {"open": now.open, "opens_at": opens, "waiting": now.waiting}, headers={"Cache-Control": "no-store"}
        )

    async def _now(self) -> Hours:
        """Asked once a second, however many pages ask."""
        async with self._asking_hours:
            if self._hours is None or time.monotonic() >= self._hours_until:
                self._hours = None
                self._hours = await run_in_threadpool(self._door.hours)
                self._hours_until = time.monotonic() + HOURS
            return self._hours

    async def message(self, request: Request) -> Response:
        """A message that becomes a ticket."""
        if not self._from_the_site(request):
            return Response(status_code=403)
        address = self._address(request)
        if not self._beginnings.take(address):
            return JSONResponse({"sentence": "Son demasiados pedidos. Pruebe de nuevo en un momento."}, 429)
        try:
            token, letter, key = _letter(await self._body(request))
            left = await run_in_threadpool(self._door.message, token, address, letter, key)
        except NonsenseError:
            return JSONResponse({"sentence": UNKNOWN}, 400)
        except AwayError:
            return JSONResponse({"sentence": "No se pudo enviar. Pruebe de nuevo en un momento."}, 503)
        except RefusedError as refused:
            return JSONResponse({"sentence": sentence_of(refused), "field": refused.field}, 422)
        number = f"{left.number:,}".replace(",", "\u202f") + (f"-{left.check}" if left.check else "")
        return JSONResponse({"number": number}, headers={"Cache-Control": "no-store"})

    async def visit(self, socket: WebSocket) -> None:
        """One visitor from his first word to his last."""
        address = self._address(socket)
        if not self._from_the_site(socket):
            await socket.close(POLICY)  # before it is accepted: a plain 403
            return
        crowded = self._addresses[address] >= AN_ADDRESS or self._addresses.total() >= IN_ALL
        if crowded or not self._beginnings.take(address):
            await socket.close(LATER)
            return
        self._addresses[address] += 1
        visit = Visit(socket, self._door, address)
        try:
            await self._attend(socket, visit)
        except (NonsenseError, RefusedError):
            await visit.close(POLICY)
        except (AwayError, TimeoutError):
            await visit.close(LATER)
        except (WebSocketDisconnect, RuntimeError):
            return  # he went
        finally:
            self._gone(visit, address)

    async def _attend(self, socket: WebSocket, visit: Visit) -> None:
        await socket.accept()
        await visit.introduce()
        # he is among those who are told before his chat is looked at: what happens meanwhile is not missed
        self._visits.setdefault(visit.named, set()).add(visit)
        try:
            welcome = await visit.begin()
        except AwayError:
            await visit.away()
            raise
        if welcome:
            await visit.stay()
        await visit.close(FULL)

    def _gone(self, visit: Visit, address: bytes) -> None:
        self._addresses[address] -= 1
        if not self._addresses[address]:
            del self._addresses[address]
        visits = self._visits.get(visit.named, set())
        visits.discard(visit)
        if not visits:
            self._visits.pop(visit.named, None)

    def _from_the_site(self, request: HTTPConnection) -> bool:
        return request.headers.get("origin", "") in self._place.origins

    def _address(self, request: HTTPConnection) -> bytes:
        peer = request.client.host if request.client else ""
        forwarded = request.headers.getlist("x-forwarded-for")
        return sealed(peer, forwarded, self._place.behind_proxy, self._place.password)

    async def _body(self, request: Request) -> Mapping[str, Any]:
        body = b""
        try:
            async with asyncio.timeout(SLOWEST_BODY):
                async for part in request.stream():
                    body += part
                    if len(body) > LARGEST_BODY:
                        raise NonsenseError
            found = json.loads(body)
        except (TimeoutError, ValueError, RecursionError, ClientDisconnect):
            raise NonsenseError from None
        if not isinstance(found, dict):
            raise NonsenseError
        return found

    @asynccontextmanager
    async def _running(self, _application: Starlette) -> AsyncIterator[None]:
        pump = asyncio.create_task(self._pump())
        yield
        pump.cancel()
        with suppress(asyncio.CancelledError):
            await pump
        await asyncio.to_thread(self._door.close)

    async def _pump(self) -> None:
        """Look, and leave what is new with each visitor; for ever. Nobody is waited for."""
        cursor: str | None = None
        here_at = -HERE
        while True:
            await asyncio.sleep(ROUND)
            if time.monotonic() - here_at >= HERE:
                here_at = time.monotonic()
                await self._say_who_is_here()
            if not self._visits:
                cursor = None
                continue
            try:
                cursor = await self._look(cursor)
            except (AwayError, RefusedError):
                if cursor is not None:
                    self._all_look()
                cursor = None

    async def _look(self, cursor: str | None) -> str:
        # in a thread apart: visitors who wait for theirs do not hold this up
        head, *rows = await asyncio.to_thread(self._door.news, cursor)
        if head.everything:
            self._all_look()
        for row in rows:
            standing = Standing(
                row.state or "", row.place or 0, row.attended_by or "", row.lines or 0, bool(row.offered)
            )
            for visit in self._visits.get(row.token or b"", ()):
                visit.hear(standing)
        return head.cursor

    def _all_look(self) -> None:
        for visit in self._everybody():
            visit.hear(None)

    def _everybody(self) -> Iterator[Visit]:
        for visits in self._visits.values():
            yield from visits

    async def _say_who_is_here(self) -> None:
        with suppress(AwayError, RefusedError):
            here = [visit.token for visit in self._everybody()]
            await asyncio.to_thread(self._door.here, here, self._started_at)


def _letter(values: Mapping[str, Any]) -> tuple[bytes | None, Letter, UUID]:
    token = text_of(values, "token", 100)
    phone = text_of(values, "phone", 200)
    known = phones.parse(phone, "") if phone.strip() else None
    letter = Letter(
        name=text_of(values, "name", 500),
        company=text_of(values, "company", 100),
        phone=phone,
        phone_e164=known.e164 if known else None,
        phone_key=known.search_key if known else "",
        email=text_of(values, "email", 500),
        text=text_of(values, "text", 12000),
    )
    return (token_hash(token) if token else None), letter, key_of(values)
