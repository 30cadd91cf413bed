"""The gateway's configuration: a TOML file that nobody else may read, checked whole before anything starts."""

import os
import ssl
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from iduo_desktop.admin.door import check_private
from iduo_desktop.admin.gateway_address import plain
from iduo_desktop.admin.gateway_section import Section
from iduo_desktop.admin.target import WrongUseError
from iduo_desktop.trust import LOOPBACK

EXAMPLE: Final = "gateway.toml"
# Statuses of an SMS provider that say for certain that the message did not go out: for good, and for now.
REFUSED: Final = (400, 404, 406, 410, 413, 414, 415, 422)
AGAIN: Final = (401, 402, 403, 429)
TLS: Final = ("tls", "starttls", "none")


@dataclass(frozen=True, slots=True)
class Account:
    """How to reach a mail server: `tls` is implicit ("tls"), "starttls", or "none" on this machine."""

    host: str
    port: int
    tls: str
    ca_file: Path | None
    user: str
    password: str
    timeout: float

    def context(self) -> ssl.SSLContext:
        """Certificates are verified always."""
        return ssl.create_default_context(cafile=self.ca_file)


@dataclass(frozen=True, slots=True)
class MailOut:
    """Mails that go out."""

    account: Account
    from_address: str
    from_name: str
    per_minute: int


@dataclass(frozen=True, slots=True)
class MailIn:
    """Mails that come in; `largest` in bytes, of a larger one only the header is read."""

    account: Account
    folder: str
    seconds: int
    largest: int


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider of text messages. Texts of headers, query and body may hold {to}, {text}, {key}, {user}, {secret}."""

    url: str
    method: str
    headers: Mapping[str, str]
    query: Mapping[str, str]
    json: Mapping[str, object]
    form: Mapping[str, str]
    user: str
    secret: str
    ca_file: Path | None
    answer_id: str
    answer_ok: str
    ok_values: tuple[str, ...]
    idempotency_header: str
    refused: tuple[int, ...]
    again: tuple[int, ...]
    timeout: float
    per_minute: int


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where the provider tells of answers and deliveries. `proof` is "signature", "token" or "query"."""

    host: str
    port: int
    path: str
    delivery_path: str
    cert_file: Path | None
    key_file: Path | None
    proof: str
    proof_name: str
    secret: str
    largest: int
    fields: Mapping[str, str]
    delivered: tuple[str, ...]
    failed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChatPlace:
    """Where visitors of the site come in. `origins` are the pages that may show the box, as browsers say them."""

    host: str
    port: int
    cert_file: Path | None
    key_file: Path | None
    origins: tuple[str, ...]
    behind_proxy: bool
    user: str
    password: str


@dataclass(frozen=True, slots=True)
class DailyBatch:
    """Who makes the day's batch, and the folder where its files stay."""

    user: str
    password_file: Path
    folder: Path


@dataclass(frozen=True, slots=True)
class Config:
    """What this gateway does; None for what it does not."""

    mail: MailOut | None = None
    mailbox: MailIn | None = None
    sms: Provider | None = None
    webhook: Webhook | None = None
    batch: DailyBatch | None = None
    chat: ChatPlace | None = None

    @property
    def has_messages(self) -> bool:
        """Whether it does more than the chat, which has a role of its own."""
        return self != Config(chat=self.chat)


def example() -> str:
    """A configuration with every key explained."""
    return resources.files("iduo_desktop.admin").joinpath(EXAMPLE).read_text("utf-8")


def load(path: Path) -> Config:
    """Read and check it; a WrongUseError says what is wrong, and where."""
    check_private(path)
    try:
        values = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise WrongUseError(f"{path} no es un archivo TOML: {error}") from None
    with Section(str(path), values) as whole:
        return _config(whole)


def _config(whole: Section) -> Config:
    parts = ("mail", "mailbox", "sms", "webhook", "batch", "chat")
    mail, mailbox, sms, webhook, batch, chat = map(whole.section, parts)
    config = Config(
        mail=_mail(mail) if mail else None,
        mailbox=_mailbox(mailbox) if mailbox else None,
        sms=_provider(sms) if sms else None,
        webhook=_webhook(webhook) if webhook else None,
        batch=_batch(batch) if batch else None,
        chat=_chat(chat) if chat else None,
    )
    if config.batch and not config.mail:
        raise WrongUseError("[batch] necesita [mail]: el lote sale por correo")
    if config == Config():
        raise WrongUseError(
            "la configuración no dice nada que hacer: falta [mail], [sms], [mailbox], [webhook] o [chat]"
        )
    return config


def _account(section: Section, ports: Mapping[str, int]) -> Account:
    tls = section.one_of("tls", TLS, "tls")
    host = section.text("host")
    if tls == "none" and host not in LOOPBACK:
        raise section.wrong("tls", "sin cifrar solo se conecta con esta misma máquina; poné tls o starttls")
    user = section.text("user", "")
    return Account(
        host=host,
        port=section.number("port", ports[tls], 1, 65535),
        tls=tls,
        ca_file=section.file("ca_file"),
        user=user,
        password=section.secret("password_file") if user else "",
        timeout=section.number("timeout", 30, 1, 600),
    )


def _mail(section: Section) -> MailOut:
    with section:
        from_address = plain(section.text("from_address"))
        if not from_address:
            raise section.wrong("from_address", "no es la dirección de un correo")
        return MailOut(
            account=_account(section, {"tls": 465, "starttls": 587, "none": 25}),
            from_address=from_address,
            from_name=section.text("from_name", ""),
            per_minute=section.number("per_minute", 60, 1, 100_000),
        )


def _mailbox(section: Section) -> MailIn:
    with section:
        return MailIn(
            account=_account(section, {"tls": 993, "starttls": 143, "none": 143}),
            folder=section.text("folder", "INBOX"),
            seconds=section.number("seconds", 30, 1, 3600),
            largest=section.number("max_megabytes", 25, 1, 1000) * 1024 * 1024,
        )


def _provider(section: Section) -> Provider:
    with section:
        url = section.url("url")
        return Provider(
            url=url,
            method=section.one_of("method", ("POST", "PUT", "GET"), "POST"),
            headers=section.texts_by_name("headers"),
            query=section.texts_by_name("query"),
            json=section.tree("json"),
            form=section.texts_by_name("form"),
            user=section.text("user", ""),
            secret=section.secret("password_file", needed=False),
            ca_file=section.file("ca_file"),
            answer_id=section.text("answer_id", ""),
            answer_ok=section.text("answer_ok", ""),
            ok_values=section.texts("ok_values", ()),
            idempotency_header=section.text("idempotency_header", ""),
            refused=section.numbers("refused", REFUSED),
            again=section.numbers("again", AGAIN),
            timeout=section.number("timeout", 30, 1, 600),
            per_minute=section.number("per_minute", 60, 1, 100_000),
        )


def _webhook(section: Section) -> Webhook:
    with section:
        host, port = section.address("listen")
        cert = section.file("cert_file")
        if cert is None and host not in LOOPBACK:
            raise section.wrong("listen", "fuera de esta máquina hace falta cert_file y key_file")
        fields = section.texts_by_name("fields")
        for name in ("from", "text"):
            if not fields.get(name):
                raise section.wrong("fields", f"falta cómo llama el proveedor a «{name}»")
        return Webhook(
            host=host,
            port=port,
            path=section.path("path", "/sms"),
            delivery_path=section.path("delivery_path", ""),
            cert_file=cert,
            key_file=section.file("key_file"),
            proof=section.one_of("proof", ("signature", "token", "query"), "signature"),
            proof_name=section.text("proof_name"),
            secret=section.secret("secret_file"),
            largest=section.number("max_kilobytes", 64, 1, 10_240) * 1024,
            fields=fields,
            delivered=section.texts("delivered", ("delivered",)),
            failed=section.texts("failed", ("failed", "undelivered", "rejected", "expired")),
        )


def _chat(section: Section) -> ChatPlace:
    with section:
        host, port = section.address("listen")
        cert = section.file("cert_file")
        if cert is None and host not in LOOPBACK:
            raise section.wrong("listen", "fuera de esta máquina hace falta cert_file y key_file")
        origins = section.texts("origins", ())
        for origin in origins or ("",):
            parts = urlsplit(origin)
            if origin != f"{parts.scheme}://{parts.netloc}" or not (
                parts.scheme == "https" or parts.hostname in LOOPBACK
            ):
                raise section.wrong("origins", f"«{origin}» no va: se escribe https://www.example.org, sin nada detrás")
        return ChatPlace(
            host=host,
            port=port,
            cert_file=cert,
            key_file=section.file("key_file"),
            origins=tuple(map(str.lower, origins)),  # as browsers say them
            behind_proxy=section.one_of("behind_proxy", ("yes", "no"), "no") == "yes",
            user=section.text("user", "iduo_chat"),
            password=section.secret("password_file"),
        )


def _batch(section: Section) -> DailyBatch:
    with section:
        secret = Path(os.path.expandvars(section.text("password_file")))
        check_private(secret)
        folder = Path(os.path.expandvars(section.text("folder")))
        if not folder.is_dir():
            raise section.wrong("folder", f"no hay una carpeta {folder}")
        return DailyBatch(section.text("user", "iduo_job"), secret, folder)
