"""The webhook: a provider tells of answers and deliveries; it hears "yes" only when the database has them."""

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from iduo_desktop.admin.gateway_config import Webhook
from iduo_desktop.admin.gateway_door import AwayError, GatewayDoor, Incoming, RefusedError
from iduo_desktop.admin.gateway_journal import Journal
from iduo_desktop.admin.gateway_letter import CONTROLS
from iduo_desktop.admin.gateway_mail import words_of
from iduo_desktop.admin.gateway_quotes import shortened
from iduo_desktop.admin.gateway_sms import found_in

# Seconds.
SLOWEST_BODY: Final = 10.0
START: Final = 10.0
QUIET: Final = 60.0
AT_ONCE: Final = 100


class _BadError(Exception):
    """A request that is not taken, and with which status."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Desk:
    """Answers requests."""

    def __init__(self, place: Webhook, door: GatewayDoor, journal: Journal) -> None:
        self._place = place
        self._door = door
        self._journal = journal
        self._strangers = 0
        self._say_at = 0.0

    def application(self) -> Starlette:
        """What the server runs."""
        routes = [Route(self._place.path, self.answers, methods=["POST"])]
        if self._place.delivery_path:
            routes.append(Route(self._place.delivery_path, self.deliveries, methods=["POST"]))
        return Starlette(routes=routes)

    async def answers(self, request: Request) -> Response:
        """Somebody answered a text message."""
        return await self._heard(request, self._answer)

    async def deliveries(self, request: Request) -> Response:
        """A text message arrived, or did not."""
        return await self._heard(request, self._delivery)

    async def _heard(self, request: Request, take: Any) -> Response:
        try:
            body = await self._body(request)
            self._prove(request, body)
            values = _values(request.headers.get("content-type", ""), body)
            await run_in_threadpool(take, values, body)
        except _BadError as bad:
            return PlainTextResponse("", bad.status)
        except AwayError:
            return PlainTextResponse("", 503, {"Retry-After": "30"})
        except RefusedError as refused:
            self._journal.say("refused", f"La base no aceptó lo que mandó el proveedor: {refused}")
            return PlainTextResponse("", 422)
        return PlainTextResponse("ok")

    async def _body(self, request: Request) -> bytes:
        parts, size = [], 0
        try:
            async with asyncio.timeout(SLOWEST_BODY):
                async for part in request.stream():
                    size += len(part)
                    if size > self._place.largest:
                        raise _BadError(413)
                    parts.append(part)
        except (TimeoutError, ClientDisconnect):
            raise _BadError(408) from None
        return b"".join(parts)

    def _prove(self, request: Request, body: bytes) -> None:
        """Only who knows the secret is heard."""
        one = self._place
        given = request.query_params.get(one.proof_name, "") if one.proof == "query" else ""
        if one.proof != "query":
            given = request.headers.get(one.proof_name, "")
        expected = one.secret
        if one.proof == "signature":
            expected = hmac.new(one.secret.encode(), body, hashlib.sha256).hexdigest()
            given = given.strip().lower().removeprefix("sha256=")
        if not hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode()):
            self._strangers += 1
            if time.monotonic() >= self._say_at:
                self._say_at = time.monotonic() + QUIET
                words = f"Pedidos sin la clave que no se aceptaron: {self._strangers}."
                self._journal.say("stranger", words, count=self._strangers)
            raise _BadError(403)

    def _answer(self, values: Any, body: bytes) -> None:
        sender, text = self._field(values, "from"), self._field(values, "text")
        if not sender:
            raise _BadError(400)
        reply = self._field(values, "in_reply_to")
        taken = self._door.receive(
            Incoming(
                channel="sms",
                provider_id=self._field(values, "id")[:250] or f"sha256-{hashlib.sha256(body).hexdigest()}",
                sender=sender[:254],
                to=self._field(values, "to")[:300],
                subject="",
                text=shortened(CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))),
                in_reply_to=(reply,) if reply else (),
                at=_moment(self._field(values, "at")),
            )
        )
        words = "ya estaba" if taken.replayed else "recibida" if taken.matched else "no sabemos de quién"
        self._journal.say("answer", f"Respuesta por mensaje de texto: {words}.")

    def _delivery(self, values: Any, _body: bytes) -> None:
        number, status = self._field(values, "id"), self._field(values, "status").lower()
        if not number:
            raise _BadError(400)
        if status in map(str.lower, self._place.delivered):
            self._door.delivery(number, True, "")
        elif status in map(str.lower, self._place.failed):
            said = words_of(self._field(values, "error") or status)
            self._door.delivery(number, False, f"El proveedor avisó que no llegó: «{said}».")
        self._journal.say("delivery", "Aviso de entrega.")

    def _field(self, values: Any, name: str) -> str:
        """What the provider calls otherwise."""
        called = self._place.fields.get(name, "")
        found = found_in(values, called) if called else None
        if isinstance(values, Mapping) and found is None:
            found = values.get(called)  # a form's name may have dots in it
        return "" if found is None or isinstance(found, list | dict) else str(found).strip()


def _values(kind: str, body: bytes) -> Any:
    """JSON or a form."""
    try:
        if "json" in kind:
            return json.loads(body)
        return dict(parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=200))
    except (ValueError, RecursionError):
        raise _BadError(400) from None


def _moment(text: str) -> datetime | None:
    """As ISO 8601 or in seconds since 1970; None where it says nothing that can be believed."""
    try:
        said = datetime.fromtimestamp(float(text), UTC) if text.isdigit() else datetime.fromisoformat(text)
    except (ValueError, OverflowError, OSError):
        return None
    said = said if said.tzinfo else said.replace(tzinfo=UTC)
    now = datetime.now(UTC)
    return said if abs((now - said).total_seconds()) < 30 * 86400 else None
