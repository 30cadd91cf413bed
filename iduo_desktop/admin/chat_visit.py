"""One visitor at the chat's counter: what he sends, in its order, and what he is told, in its order."""

import asyncio
import base64
import binascii
import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any, Final, TypeVar
from uuid import UUID

from starlette.concurrency import run_in_threadpool
from starlette.websockets import WebSocket, WebSocketDisconnect

from iduo_desktop.admin.chat_door import ChatDoor, Standing
from iduo_desktop.admin.chat_limits import Bucket
from iduo_desktop.admin.gateway_line import AwayError, RefusedError
from iduo_desktop.database.back_off import chance

# Seconds.
FIRST_WORD: Final = 10.0
SLOWEST: Final = 10.0
QUIET: Final = 90.0
LOOK_AGAIN: Final = 1.0
# How many frames at once, and how many a second.
AT_ONCE: Final = 30
A_SECOND: Final = 10.0
ASKED_AGAIN: Final = (0.2, 0.5, 1.0, 2.0)

T = TypeVar("T")
UNKNOWN = "El pedido no se entiende."


class NonsenseError(Exception):
    """What came is nothing that the box sends."""


class Visit:
    """A socket that said whose chat it is. Nobody waits for it: what is new is left here, and told when it listens."""

    def __init__(self, socket: WebSocket, door: ChatDoor, address: bytes) -> None:
        self.token = self.named = b""
        self._socket = socket
        self._door = door
        self._address = address
        self._hello: Mapping[str, Any] = {}
        self._sent = 0
        self._told: Mapping[str, object] | None = None
        self._news: Standing | None = None
        self._woken = asyncio.Event()
        self._frames = Bucket(AT_ONCE, A_SECOND)
        self._acts: Mapping[str, Callable[[Mapping[str, Any]], Awaitable[None]]] = {
            "say": self._say,
            "leave": self._leave,
            "ping": self._ping,
        }

    async def introduce(self) -> None:
        """The first word: whose chat it is, and what he has read."""
        self._hello = await self._next(FIRST_WORD)
        after = self._hello.get("after", 0)
        if self._hello.get("t") != "hello" or not isinstance(after, int):
            raise NonsenseError
        self.token = token_hash(text_of(self._hello, "token", 100))
        self.named = hashlib.sha256(self.token).digest()  # what is told of all chats names them so: it opens none
        self._sent = max(0, min(after, 2000))

    async def begin(self) -> bool:
        """Open his chat, or find it again. False when he was refused, and told why."""
        first = self._hello
        name, company, page = text_of(first, "name", 500), text_of(first, "company", 100), text_of(first, "page", 1000)
        try:
            standing = await self._patiently(lambda: self._door.open(self.token, self._address, name, company, page))
        except RefusedError as refused:
            await self._tell({"t": "refused", "key": None, "field": refused.field, "sentence": sentence_of(refused)})
            return False
        await self._update(standing, hello=True)
        return True

    async def stay(self) -> None:
        """Until he goes: hear him, and tell him what is new, neither waiting for the other."""
        both = {asyncio.create_task(self._listen()), asyncio.create_task(self._tell_news())}
        try:
            done, _ = await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in both:
                task.cancel()
            await asyncio.gather(*both, return_exceptions=True)
        for task in done:
            task.result()

    def hear(self, standing: Standing | None) -> None:
        """Something happened in his chat; None when it has to be looked at."""
        self._news = standing
        self._woken.set()

    async def away(self) -> None:
        """The database is not there for a while."""
        if self._told != {}:
            self._told = {}
            await self._tell({"t": "away"})

    async def close(self, code: int) -> None:
        """Hang up."""
        with suppress(TimeoutError, RuntimeError, WebSocketDisconnect):
            await asyncio.wait_for(self._socket.close(code), SLOWEST)

    async def _listen(self) -> None:
        while True:
            frame = await self._next(QUIET)
            act = self._acts.get(str(frame.get("t")))
            if act is None:
                raise NonsenseError
            await act(frame)

    async def _tell_news(self) -> None:
        while True:
            await self._woken.wait()
            self._woken.clear()
            standing, self._news = self._news, None
            try:
                standing = standing or await run_in_threadpool(self._door.standing, self.token)
                if standing is not None:
                    await self._update(standing)
            except AwayError:
                await self.away()
                await asyncio.sleep(LOOK_AGAIN * chance.uniform(0.5, 1.5))  # not all at once
                self._woken.set()

    async def _update(self, standing: Standing, hello: bool = False) -> None:
        """Tell what he does not know yet: the lines first, so that the end comes after the last of them."""
        while standing.lines > self._sent:
            found = await self._patiently(lambda: self._door.lines(self.token, self._sent))
            if not found:
                break
            lines = [
                {"seq": one.seq, "side": one.side, "name": one.name, "text": one.text, "at": one.at.isoformat(),
                 "key": str(one.key) if one.key else None}
                for one in found
            ]  # fmt: skip
            await self._tell({"t": "lines", "lines": lines})
            self._sent = found[-1].seq
        state = {
            "t": "state", "state": standing.state, "place": standing.place, "by": standing.attended_by,
            "offered": standing.offered,
        }  # fmt: skip
        if hello or state != self._told:
            await self._tell({**state, "hello": hello})
            self._told = state

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
        message = await asyncio.wait_for(self._socket.receive(), patience)
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message["code"])
        text = message.get("text")
        if text is None or not self._frames.take():
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
