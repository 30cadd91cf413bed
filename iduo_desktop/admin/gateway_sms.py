"""Text messages that go out, over a provider's HTTP: sent, certainly not, or in doubt as soon as a byte went out."""

import json
import re
import socket
import ssl
import urllib.parse
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

import httpx

from iduo_desktop.admin.gateway_config import Provider
from iduo_desktop.admin.gateway_door import Waiting
from iduo_desktop.admin.gateway_duty import TroubleError
from iduo_desktop.admin.gateway_mail import words_of
from iduo_desktop.admin.gateway_outbox import Fate
from iduo_desktop.database.deadline import WATCH

UNKNOWN: Final = "El proveedor de mensajes de texto {}: no sabemos si salió."
PLACE: Final = re.compile(r"\{(to|text|key|user|secret)\}")
LARGEST: Final = 256 * 1024


class Texter:
    """Sends text messages, each over a connection of its own: one that was kept may be dead without our knowing."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider
        context = ssl.create_default_context(cafile=provider.ca_file)
        limits = httpx.Limits(max_keepalive_connections=0, max_connections=1)
        # no proxy and no password from the surroundings: what is configured is what happens
        self._client = httpx.Client(verify=context, limits=limits, timeout=provider.timeout, trust_env=False)

    def greet(self) -> None:
        """Reach the provider, without asking for anything."""
        url = httpx.URL(self._provider.url)
        port = url.port or (443 if url.scheme == "https" else 80)
        try:
            with socket.create_connection((url.host, port), self._provider.timeout) as plain:
                if url.scheme == "https":
                    context = ssl.create_default_context(cafile=self._provider.ca_file)
                    context.wrap_socket(plain, server_hostname=url.host).close()
        except OSError as error:
            raise TroubleError(f"Los mensajes de texto no salen: {_why(error, url.host)}") from None

    def carry(self, message: Waiting) -> Fate:
        """Send one message; never twice."""
        line = _Line()
        try:
            request = self._request(message)
        except (httpx.InvalidURL, ValueError):
            return Fate("failed", "El mensaje es demasiado largo para este proveedor, o tiene letras que no admite.")
        request.extensions["trace"] = line.note
        try:
            with WATCH.limit(self._provider.timeout, line.hang_up):
                response = self._client.send(request, stream=True)
                try:
                    return self._fate(response.status_code, _body(response))
                finally:
                    response.close()
        except httpx.HTTPError as error:
            return self._cut(error, line)

    def close(self) -> None:
        """Hang up."""
        self._client.close()

    def _request(self, message: Waiting) -> httpx.Request:
        one = self._provider
        values = {"to": message.address, "text": message.text, "key": str(message.key)}
        values |= {"user": one.user, "secret": one.secret}
        headers = {name: filled(text, values) for name, text in one.headers.items()}
        if one.idempotency_header:
            headers[one.idempotency_header] = str(message.key)
        body: dict[str, Any] = {}
        if one.json:
            body["json"] = filled(one.json, values)
        elif one.form:
            body["data"] = filled(one.form, values)
        quoted = {name: urllib.parse.quote(text, safe="") for name, text in values.items()}
        url = httpx.URL(filled(one.url, quoted)).copy_merge_params(filled(one.query, values))
        lines = {name.encode(): " ".join(text.split()).encode() for name, text in headers.items()}
        return self._client.build_request(one.method, url, headers=lines, **body)

    def _fate(self, status: int, body: bytes | None) -> Fate:
        one = self._provider
        said = f"«{words_of(body[:300])}» ({status})" if body else f"con {status}"
        if status in one.again:
            words = f"El proveedor de mensajes de texto no atiende: {said}."
            return Fate("failed", words, again=True, trouble=True)
        if status in one.refused:
            return Fate("failed", f"El proveedor de mensajes de texto no lo aceptó: {said}.")
        if status // 100 != 2:
            return Fate("doubtful", UNKNOWN.format(f"respondió {said}"))
        if body is None:
            return Fate("doubtful", UNKNOWN.format("mandó una respuesta demasiado larga"))
        answer = _tree(body)
        if one.answer_ok and str(found_in(answer, one.answer_ok)) not in one.ok_values:
            return Fate("failed", f"El proveedor de mensajes de texto no lo aceptó: {said}.")
        found = found_in(answer, one.answer_id) if one.answer_id else None
        return Fate("sent", provider_id="" if found is None else words_of(str(found)))

    def _cut(self, error: httpx.HTTPError, line: "_Line") -> Fate:
        host = httpx.URL(self._provider.url).host
        if line.asked:
            late = line.late or isinstance(error, httpx.TimeoutException)
            return Fate("doubtful", UNKNOWN.format("no respondió a tiempo" if late else "cortó sin responder"))
        words = f"Los mensajes de texto no salen: {_why(error, host)}"
        return Fate("failed", words, again=True, trouble=True)


class _Line:
    """What happens on the line: whether a byte of the request went out, and a way to cut it."""

    def __init__(self) -> None:
        self.asked = False
        self.late = False
        self._stream: Any = None

    def note(self, event: str, values: Mapping[str, Any]) -> None:
        """A step of the connection."""
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            self._stream = values["return_value"]
        elif event.endswith("send_request_headers.started"):
            self.asked = True

    def hang_up(self) -> None:
        """From another thread, when it took too long in all."""
        self.late = True
        handle = self._stream.get_extra_info("socket") if self._stream else None
        if handle is not None:
            with suppress(OSError):
                handle.shutdown(socket.SHUT_RDWR)


def filled(template: Any, values: Mapping[str, str]) -> Any:
    """A template with its places filled, once: what a client's text has in braces stays text."""
    if isinstance(template, str):
        return PLACE.sub(lambda place: values[place[1]], template)
    if isinstance(template, Mapping):
        return {name: filled(one, values) for name, one in template.items()}
    return [filled(one, values) for one in template] if isinstance(template, list) else template


def found_in(tree: Any, path: str) -> Any:
    """What stands at "messages.0.id"; None where there is nothing."""
    for step in path.split("."):
        if isinstance(tree, Mapping):
            tree = tree.get(step)
        elif isinstance(tree, list) and step.isascii() and step.isdigit() and int(step) < len(tree):
            tree = tree[int(step)]
        else:
            return None
    return tree


def _body(response: httpx.Response) -> bytes | None:
    """The answer; None when it does not end."""
    parts, size = [], 0
    for part in response.iter_bytes():
        size += len(part)
        if size > LARGEST:
            return None
        parts.append(part)
    return b"".join(parts)


def _tree(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _why(error: Exception, host: str) -> str:
    said = str(error)
    if "CERTIFICATE_VERIFY_FAILED" in said:
        return f"el certificado de {host} no se puede verificar."
    if isinstance(error, httpx.TimeoutException | TimeoutError):
        return f"{host} no responde a tiempo."
    return f"no se llega a {host}."
