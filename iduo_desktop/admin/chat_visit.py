"""One visitor at the chat's counter: what he sends, in its order, and what he is told, in its order."""

import asyncio
import base64
import binascii
import hashlib
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, TypeVar
from uuid import UUID

from starlette.concurrency import run_in_threadpool
from starlette.websockets import WebSocket, WebSocketDisconnect

from iduo_desktop.admin.chat_door import ChatDoor, Standing
from iduo_desktop.admin.gateway_line import AwayError, RefusedError

# Seconds.
FIRST_WORD: Final = 10.0
SLOWEST: Final = 10.0
QUIET: Final = 90.0
# How many frames at once, and how many a second.
AT_ONCE: Final = 30
A_SECOND: Final = 10.0
ASKED_AGAIN: Final = (0.2, 0.5, 1.0, 2.0)

T = TypeVar("T")
UNKNOWN = "El pedido no se entiende."


class NonsenseError(Exception):
    """What came is nothing that the box sends."""


class Visit:
    """A socket that said whose chat it is. `sent` is the last line that it was told."""

    def __init__(self, socket: WebSocket, door: ChatDoor, address: bytes) -> None:
        self.token = b""
        self.sent = 0
        self._socket = socket
        self._door = door
        self._address = address
        self._told: Mapping[str, object] | None = None
        self._telling = asyncio.Lock()
        self._frames, self._since = float(AT_ONCE), time.monotonic()
        self._acts: Mapping[str, Callable[[Mapping[str, Any]], Awaitable[None]]] = {
            "say": self._say,
            "leave": self._leave,
            "ping": self._ping,
        }

    async def begin(self) -> Standing | None:
        """The first word: whose chat it is, and what he has read. None when he was refused, and told why."""
        first = await self._next(FIRST_WORD)
        if first.get("t") != "hello":
            raise NonsenseError
        self.token = token_hash(text_of(first, "token", 100))
        self.sent = max(0, min(int(first.get("after") or 0), 2000))
        name, company, page = text_of(first, "name", 500), text_of(first, "company", 100), text_of(first, "page", 1000)
        try:
            return await self._patiently(lambda: self._door.open(self.token, self._address, name, company, page))
        except RefusedError as refused:
            await self._tell({"t": "refused", "key": None, "field": refused.field, "sentence": sentence_of(refused)})
            return None

    async def listen(self) -> None:
        """Until he goes."""
        while True:
            frame = await self._next(QUIET)
            act = self._acts.get(str(frame.get("t")))
            if act is None:
                raise NonsenseError
            await act(frame)

    async def update(self, standing: Standing, hello: bool = False) -> None:
        """Tell what he does not know yet: the lines first, so that the end comes after the last of them."""
        async with self._telling:
            while standing.lines > self.sent:
                found = await run_in_threadpool(self._door.lines, self.token, self.sent)
                if not found:
                    break
                lines = [
                    {"seq": one.seq, "side": one.side, "name": one.name, "text": one.text, "at": one.at.isoformat(),
                     "key": str(one.key) if one.key else None}
                    for one in found
                ]  # fmt: skip
                await self._tell({"t": "lines", "lines": lines})
                self.sent = found[-1].seq
            state = {
                "t": "state", "state": standing.state, "place": standing.place, "by": standing.attended_by,
                "offered": standing.offered,
            }  # fmt: skip
            if hello or state != self._told:
                self._told = state
                await self._tell({**state, "hello": hello})

    async def refresh(self) -> None:
        """All that there is, after news that were missed."""
        standing = await run_in_threadpool(self._door.standing, self.token)
        if standing is not None:
            await self.update(standing)

    async def away(self) -> None:
        """The database is not there for a while."""
        self._told = None
        await self._tell({"t": "away"})

    async def close(self, code: int) -> None:
        """Hang up."""
        try:
            await asyncio.wait_for(self._socket.close(code), SLOWEST)
        except (TimeoutError, RuntimeError, WebSocketDisconnect):
            return

    async def _say(self, frame: Mapping[str, Any]) -> None:
        key, text = key_of(frame), text_of(frame, "text", 8000)
        try:
            said = await self._patiently(lambda: self._door.say(self.token, text, key))
        except RefusedError as refused:
            told = {"t": "refused", "key": str(key), "field": refused.field, "sentence": sentence_of(refused)}
            await self._tell(told)
        else:
            await self._tell({"t": "said", "key": str(key), "seq": said.seq, "at": said.at.isoformat()})

    async def _leave(self, _frame: Mapping[str, Any]) -> None:
        await self._patiently(lambda: self._door.leave(self.token))

    async def _ping(self, _frame: Mapping[str, Any]) -> None:
        await self._tell({"t": "pong"})

    async def _patiently(self, ask: Callable[[], T]) -> T:
        """Asked again while the database is away; all that is asked here may be asked again."""
        for rest in ASKED_AGAIN:
            try:
                return await run_in_threadpool(ask)
            except AwayError:
                await asyncio.sleep(rest)
        return await run_in_threadpool(ask)

    async def _next(self, patience: float) -> Mapping[str, Any]:
        text = await asyncio.wait_for(self._socket.receive_text(), patience)
        now = time.monotonic()
        self._frames = min(AT_ONCE, self._frames + (now - self._since) * A_SECOND) - 1
        self._since = now
        if self._frames < 0:
            raise NonsenseError
        try:
            frame = json.loads(text)
        except (ValueError, RecursionError):
            raise NonsenseError from None
        if not isinstance(frame, dict):
            raise NonsenseError
        return frame

    async def _tell(self, what: Mapping[str, object]) -> None:
        text = json.dumps(what, ensure_ascii=False)
        await asyncio.wait_for(self._socket.send_text(text), SLOWEST)


def token_hash(token: str) -> bytes:
    """Of a secret as the box makes it: 32 bytes in base64url."""
    try:
        secret = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise NonsenseError from None
    if len(secret) != 32:
        raise NonsenseError
    return hashlib.sha256(secret).digest()


def text_of(frame: Mapping[str, Any], name: str, longest: int) -> str:
    """A text; without what PostgreSQL cannot hold."""
    found = frame.get(name, "")
    if not isinstance(found, str) or len(found) > longest:
        raise NonsenseError
    return found.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


def key_of(frame: Mapping[str, Any]) -> UUID:
    """The box's name for what it asks."""
    try:
        return UUID(text_of(frame, "key", 40))
    except ValueError:
        raise NonsenseError from None


def sentence_of(refused: RefusedError) -> str:
    """What the visitor is told."""
    return refused.sentence or UNKNOWN
