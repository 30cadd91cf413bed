"""Servers that a gateway speaks to, for tests: mail out and in with TLS and login, a provider of text messages."""

import asyncio
import socket
import ssl
import threading
import time
from argparse import Namespace
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import uvicorn
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from imap_tools import MailBox
from proxyprotocol.reader import ProxyProtocolReader
from pymap.backend.dict import DictBackend
from pymap.imap import IMAPServer
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

USER, PASSWORD = "avisos@example.org", "la clave del correo"
HOST = "127.0.0.1"


class Authority:
    """An authority of one test run, and a certificate of 127.0.0.1 that it signed."""

    def __init__(self, folder: Path, name: str = "ca") -> None:
        self.ca_file = folder / f"{name}.pem"
        self.cert_file, self.key_file = folder / f"{name}-server.pem", folder / f"{name}-server.key"
        key, own = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
        ca = _certificate(name, name, key, key, x509.BasicConstraints(ca=True, path_length=0))
        alternative = x509.SubjectAlternativeName([x509.IPAddress(ip_address(HOST)), x509.DNSName("localhost")])
        server = _certificate("localhost", name, own, key, alternative)
        for path, made in ((self.ca_file, ca), (self.cert_file, server)):
            path.write_bytes(made.public_bytes(serialization.Encoding.PEM))
        formats = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        self.key_file.write_bytes(own.private_bytes(serialization.Encoding.PEM, *formats))

    def context(self) -> ssl.SSLContext:
        """For a server."""
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        made.load_cert_chain(self.cert_file, self.key_file)
        return made

    def trusting(self) -> ssl.SSLContext:
        """For a client."""
        return ssl.create_default_context(cafile=self.ca_file)


def _certificate(
    subject: str,
    issuer: str,
    key: ec.EllipticCurvePrivateKey,
    signer: ec.EllipticCurvePrivateKey,
    extension: x509.ExtensionType,
) -> x509.Certificate:
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(extension, critical=isinstance(extension, x509.BasicConstraints))
    )
    return builder.sign(signer, hashes.SHA256())


@dataclass
class Handler:
    """Counts letters, and does what a recipient's name says: refuse5@, refuse4@, late5@, cut@, hang@, cutdata@."""

    letters: list[bytes] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    seen: Counter[str] = field(default_factory=Counter)
    delay: float = 0.0
    release: threading.Event = field(default_factory=threading.Event)

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Our own address may be refused."""
        if address.startswith("prohibido@"):
            return "553 5.7.1 Sender not allowed"
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """A recipient."""
        if address.startswith("refuse5@"):
            return "550 5.1.1 No such user here"
        if address.startswith("refuse4@"):
            return "451 4.7.1 Greylisted, try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """A whole letter."""
        name = envelope.rcpt_tos[0].partition("@")[0]
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        if name == "late5":
            return "554 5.7.1 Message looks like spam"
        self.letters.append(content)
        self.times.append(time.monotonic())
        self.seen[str(self.parsed()["Message-ID"]).strip("<>")] += 1
        if self.delay:
            await asyncio.sleep(self.delay)
        if name == "cut" and server.transport is not None:
            server.transport.abort()  # type: ignore[attr-defined]  # a stream has it
        while name == "hang" and not self.release.is_set():
            await asyncio.sleep(0.02)
        return "250 2.0.0 Ok: queued as 4F2"

    def parsed(self, number: int = -1) -> EmailMessage:
        """A letter that came."""
        made = message_from_bytes(self.letters[number], policy=default)
        assert isinstance(made, EmailMessage)
        return made


def _login(
    server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: LoginPassword | object
) -> AuthResult:
    right = isinstance(data, LoginPassword) and (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=right, handled=right)


class _Quiet(Controller):
    """Listens on a free port."""

    @property
    def where(self) -> int:
        server: Any = self.server
        return int(server.sockets[0].getsockname()[1])

    def _trigger_server(self) -> None:
        self.port = self.where
        super()._trigger_server()  # type: ignore[no-untyped-call]  # aiosmtpd has no types there


@contextmanager
def smtp_server(authority: Authority, handler: Handler, tls: str = "starttls") -> Iterator[int]:
    """A mail server that takes letters only encrypted and from who logged in; its port."""
    options: dict[str, Any] = {"authenticator": _login, "auth_required": True, "server_hostname": "localhost"}
    if tls == "tls":
        options |= {"ssl_context": authority.context(), "auth_require_tls": False}
    elif tls == "starttls":
        options |= {"tls_context": authority.context(), "require_starttls": True}
    else:
        options = {"server_hostname": "localhost"}
    controller = _Quiet(handler, HOST, 0, **options)
    controller.start()
    try:
        yield controller.where
    finally:
        handler.release.set()
        controller.stop()


class _Loop:
    """An event loop in a thread, until it is closed."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self._thread.start()

    def do(self, work: Awaitable[Any]) -> Any:
        async def wrapped() -> Any:
            return await work

        return asyncio.run_coroutine_threadsafe(wrapped(), self.loop).result(20)

    def close(self) -> None:
        self.do(self._cancel_all())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(10)
        self.loop.close()

    async def _cancel_all(self) -> None:
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.loop.shutdown_default_executor()


async def stop(server: asyncio.Server) -> None:
    """In the server's own thread: two at once would disturb it."""
    server.close()


@contextmanager
def imap_server(authority: Authority, tls: str = "tls") -> Iterator[int]:
    """A mail server with one account and its folder INBOX; its port."""
    arguments = Namespace(
        host=HOST, port="0", debug=False, cert=str(authority.cert_file), key=str(authority.key_file), tls=True,
        passlib_cfg=None, proxy_protocol=None, demo_data=False, demo_user=USER, demo_password=PASSWORD,
    )  # fmt: skip
    loop = _Loop()

    async def start() -> asyncio.Server:
        backend, config = await DictBackend.init(arguments, secure_auth=tls != "tls", invalid_user_sleep=0.0)
        config.apply_context()
        answer = ProxyProtocolReader(config.proxy_protocol).get_callback(IMAPServer(backend.login, config))
        context = authority.context() if tls == "tls" else None
        return await asyncio.start_server(answer, HOST, 0, ssl=context)

    server = loop.do(start())
    try:
        yield int(server.sockets[0].getsockname()[1])
    finally:
        loop.do(stop(server))
        loop.close()


@contextmanager
def mailbox(authority: Authority, port: int) -> Iterator[MailBox]:
    """The account, as a person's mail program sees it."""
    with MailBox(HOST, port, 10, ssl_context=authority.trusting()).login(USER, PASSWORD) as box:
        yield box


@dataclass
class Texts:
    """What a provider got, and how it behaves: by what the number ends with, or else as usual."""

    got: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    behave: dict[str, Callable[[Request], Awaitable[Response]]] = field(default_factory=dict)

    async def take(self, request: Request) -> Response:
        """One request."""
        kind = request.headers.get("content-type", "")
        if "json" in kind:
            values = await request.json()
        else:
            values = {**request.query_params, "body": (await request.body()).decode()}
        self.got.append(values)
        self.headers.append(dict(request.headers))
        number = str(values.get("to", ""))
        for ending, answer in self.behave.items():
            if number.endswith(ending):
                return await answer(request)
        return JSONResponse({"messages": [{"id": f"p-{len(self.got)}", "status": "queued"}]}, 201)


async def half(_request: Request) -> Response:
    """An answer that stops in its middle for longer than anybody waits."""

    async def parts() -> Any:
        yield b'{"messages": [{"id"'
        await asyncio.sleep(3)
        yield b': "p-1"}]}'

    return StreamingResponse(parts(), 201, media_type="application/json")


async def drip(_request: Request) -> Response:
    """An answer of which a little comes now and then, and always soon enough for who waits for the next bit."""

    async def parts() -> Any:
        for _ in range(40):
            yield b" "
            await asyncio.sleep(0.2)

    return StreamingResponse(parts(), 201, media_type="application/json")


async def late(_request: Request) -> Response:
    """An answer that comes too late."""
    await asyncio.sleep(3)
    return JSONResponse({}, 201)


def saying(status: int, body: object = None) -> Callable[[Request], Awaitable[Response]]:
    """Always the same answer."""

    async def answer(_request: Request) -> Response:
        return JSONResponse(body if body is not None else {"error": "invalid number"}, status)

    return answer


@contextmanager
def provider(texts: Texts, authority: Authority | None = None) -> Iterator[int]:
    """A provider of text messages; its port."""
    application = Starlette(routes=[Route("/v1/messages", texts.take, methods=["POST", "GET", "PUT"])])
    with serving(application, authority) as port:
        yield port


@contextmanager
def serving(application: Starlette, authority: Authority | None = None) -> Iterator[int]:
    """An application on a free port."""
    listening = socket.create_server((HOST, 0))
    config = uvicorn.Config(application, log_config=None, lifespan="off", timeout_graceful_shutdown=1)
    if authority:
        config.ssl_certfile, config.ssl_keyfile = str(authority.cert_file), str(authority.key_file)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
    thread.start()
    end = time.monotonic() + 10
    while not server.started:
        assert time.monotonic() < end, "the server does not start"
        time.sleep(0.01)
    try:
        yield int(listening.getsockname()[1])
    finally:
        server.should_exit = True
        thread.join(10)
        listening.close()


@contextmanager
def speaking(said: bytes, count: int = 1) -> Iterator[tuple[int, list[bytes]]]:
    """A server that says these bytes to whatever it hears, and hangs up; its port, and what it heard."""
    listening, heard = socket.create_server((HOST, 0)), list[bytes]()

    def answer() -> None:
        for _ in range(count):
            with listening.accept()[0] as line:
                line.settimeout(5)
                heard.append(line.recv(65536))
                line.sendall(said)

    thread = threading.Thread(target=answer, daemon=True)
    thread.start()
    try:
        yield int(listening.getsockname()[1]), heard
    finally:
        listening.close()
        thread.join(5)
