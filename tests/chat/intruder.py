"""Somebody who sends to the chat's counter whatever he likes, byte by byte."""

import base64
import json
import os
import socket
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from tests.chat.talker import ORIGIN, address, secret

TEXT, BINARY, CLOSE, PING = 1, 2, 8, 9


@dataclass(frozen=True, slots=True)
class Ended:
    """How it answered: the status of the handshake or the request, the close code, and what was said meanwhile."""

    status: int
    code: int | None
    told: tuple[dict[str, Any], ...]

    @property
    def kinds(self) -> set[str]:
        """Which frames were told."""
        return {one["t"] for one in self.told}


def frame(data: bytes, kind: int = TEXT, fin: bool = True, masked: bool = True, length: int | None = None) -> bytes:
    """A frame as it goes over the line; `length` may lie."""
    size = len(data) if length is None else length
    head = bytes([kind | (0x80 if fin else 0)])
    mask_bit = 0x80 if masked else 0
    if size < 126:
        head += bytes([mask_bit | size])
    elif size < 65536:
        head += bytes([mask_bit | 126]) + struct.pack("!H", size)
    else:
        head += bytes([mask_bit | 127]) + struct.pack("!Q", size)
    if not masked:
        return head + data
    mask = os.urandom(4)
    return head + mask + bytes(byte ^ mask[place % 4] for place, byte in enumerate(data))


def hello(token: object = None, **more: object) -> bytes:
    """The first word of an honest box."""
    said = {
        "t": "hello",
        "token": secret() if token is None else token,
        "name": "Rosa",
        "company": "",
        "page": "/",
        "after": 0,
    }
    return json.dumps(said | more).encode()


def say(text: object, key: object = None) -> bytes:
    """A line."""
    return json.dumps({"t": "say", "key": str(uuid4()) if key is None else key, "text": text}).encode()


def handshake(port: int, number: int, origin: str | None = ORIGIN, path: str = "/chat/ws", more: str = "") -> bytes:
    """What a browser asks."""
    key = base64.b64encode(os.urandom(16)).decode()
    lines = [f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", "Upgrade: websocket", "Connection: Upgrade"]
    lines += [f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13", f"X-Forwarded-For: {address(number)}"]
    lines += [f"Origin: {origin}"] if origin is not None else []
    return ("\r\n".join(lines) + "\r\n" + more + "\r\n").encode("latin-1")


def request(body: bytes, number: int, origin: str = ORIGIN, path: str = "/chat/message", more: str = "") -> bytes:
    """A message that is left."""
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nOrigin: {origin}\r\nX-Forwarded-For: {address(number)}\r\n{more}"
    return f"{head}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body


def converse(port: int, opening: bytes, frames: Iterable[bytes] = (), seconds: float = 40.0) -> Ended:
    """Send it, and read until the other side hangs up, or has answered to a ping that follows."""
    with socket.create_connection(("127.0.0.1", port), seconds) as line:
        line.sendall(opening)
        reader = line.makefile("rb")
        status = _status(reader.readline())
        if status != 101:
            reader.read()
            return Ended(status, None, ())
        while reader.readline() not in (b"\r\n", b""):
            pass
        try:
            for one in frames:
                line.sendall(one)
            line.sendall(frame(b'{"t":"ping"}'))
        except OSError:
            pass  # it hung up before the end
        return _read(reader)


def _status(line: bytes) -> int:
    words = line.split()
    return int(words[1]) if len(words) > 1 and words[1].isdigit() else 0


def _read(reader: Any) -> Ended:
    told: list[dict[str, Any]] = []
    try:
        while head := reader.read(2):
            size = head[1] & 127
            if size == 126:
                (size,) = struct.unpack("!H", reader.read(2))
            elif size == 127:
                (size,) = struct.unpack("!Q", reader.read(8))
            data = reader.read(size)
            if head[0] & 15 == CLOSE:
                return Ended(101, struct.unpack("!H", data[:2])[0] if data else 1005, tuple(told))
            if head[0] & 15 == TEXT:
                told.append(json.loads(data))
                if told[-1]["t"] == "pong":
                    break
    except ConnectionError:
        return Ended(101, 1006, tuple(told))
    return Ended(101, None, tuple(told))
