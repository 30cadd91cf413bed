"""iduo-admin gateway: beside the database, sends and receives what is written to clients."""

import threading
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

import psycopg
from psycopg.conninfo import make_conninfo

from iduo_desktop.admin import gateway_check, gateway_config, target
from iduo_desktop.admin.chat_door import ChatDoor
from iduo_desktop.admin.chat_web import ASKING, IN_ALL, Hall
from iduo_desktop.admin.gateway_batch import BatchMail
from iduo_desktop.admin.gateway_config import ChatPlace, Config
from iduo_desktop.admin.gateway_door import GatewayDoor
from iduo_desktop.admin.gateway_duty import Duty, Shift
from iduo_desktop.admin.gateway_journal import Journal
from iduo_desktop.admin.gateway_mail import Postman
from iduo_desktop.admin.gateway_mailbox import Mailbox
from iduo_desktop.admin.gateway_outbox import Outbox
from iduo_desktop.admin.gateway_serving import Counter
from iduo_desktop.admin.gateway_sms import Texter
from iduo_desktop.admin.gateway_web import AT_ONCE, Desk
from iduo_desktop.admin.outcome import Exit, Terminal
from iduo_desktop.admin.serve import listen_for_the_end
from iduo_desktop.admin.target import WrongUseError

ROLE: Final = "iduo_gateway"
BEAT: Final = 5.0
# What ends slowest is a server that answers late.
LAST_ROUND: Final = 40.0


class Pulse:
    """Tells administrators that it runs, what it sends, and what hinders it."""

    name = "beat"
    rest = BEAT

    def __init__(self, config: Config, door: GatewayDoor, journal: Journal) -> None:
        self._channels = [name for name, part in (("email", config.mail), ("sms", config.sms)) if part]
        self._started_at = datetime.now(UTC)
        self._door = door
        self._journal = journal

    def round(self) -> bool:
        """Once."""
        self._door.beat(self._started_at, self._channels, self._journal.complaint())
        return False

    def close(self) -> None:
        """Nothing is held."""


@dataclass(slots=True)
class Gateway:
    """One gateway of one database; any number may run."""

    config: Config
    options: Namespace
    conninfo: str
    door: GatewayDoor
    journal: Journal
    end: threading.Event = field(default_factory=threading.Event)

    def duties(self) -> Iterator[Duty]:
        """What this one does, in the order in which one round does it."""
        config, door, journal = self.config, self.door, self.journal
        if config.mail:
            yield Outbox("email", Postman(config.mail), config.mail.per_minute, door, journal, self.end)
        if config.sms:
            yield Outbox("sms", Texter(config.sms), config.sms.per_minute, door, journal, self.end)
        if config.mailbox:
            yield Mailbox(config.mailbox, config.mail.from_address if config.mail else "", door, journal)
        if config.batch and config.mail:
            yield BatchMail(config.batch, config.mail, self.options, door, journal)
        if config.webhook and not self.options.once:
            yield Counter(
                "webhook", config.webhook, Desk(config.webhook, door, journal).application(), journal, AT_ONCE
            )
        if config.chat and not self.options.once:
            yield self._chat(config.chat)
        if config.has_messages:
            yield Pulse(config, door, journal)

    def _chat(self, place: ChatPlace) -> Counter:
        conninfo = make_conninfo(self.conninfo, user=place.user, password=place.password)
        hall = Hall(place, ChatDoor(conninfo, self.journal), self.journal)
        of_one = None if place.behind_proxy else ASKING
        return Counter("chat", place, hall.application(), self.journal, IN_ALL, talks=True, of_one=of_one)

    def work(self) -> Exit:
        """Until told to end."""
        self.journal.say("started", "En marcha.")
        shifts = [Shift(duty, self.journal, self.end) for duty in self.duties()]
        for shift in shifts:
            shift.start()
        # in steps, because on Windows a signal does not end an endless wait
        while not self.end.wait(1.0):
            pass
        return self._stop(shifts)

    def once(self) -> Exit:
        """What waits now, then end."""
        shifts = [Shift(duty, self.journal, self.end) for duty in self.duties()]
        try:
            went = [shift.once() for shift in shifts]
        finally:
            for shift in shifts:
                shift.duty.close()
            self.door.close()
        return Exit.DONE if all(went) else Exit.REFUSED

    def _stop(self, shifts: list[Shift]) -> Exit:
        for shift in shifts:
            shift.join(LAST_ROUND)
        self.door.close()
        failure = next((shift.failure for shift in shifts if shift.failure), None)
        if failure is not None:
            raise failure
        if any(shift.crashed for shift in shifts):
            self.journal.say("crashed", "Terminado por un error del programa.")
            return Exit.REFUSED
        self.journal.say("stopped", "Terminado.")
        return Exit.DONE


def run(options: Namespace, terminal: Terminal) -> Exit:
    """Send and receive until SIGTERM or SIGINT."""
    if options.example:
        terminal.answer({"example": gateway_config.example()}, [gateway_config.example().rstrip("\n")])
        return Exit.DONE
    if options.embedded is not None:
        raise WrongUseError("gateway trabaja con un servidor central: --embedded no va")
    if options.config is None:
        raise WrongUseError("falta --config con el archivo de configuración; --example muestra uno")
    config = gateway_config.load(options.config)
    if config.batch and not options.host:
        raise WrongUseError("[batch] necesita --host: la cuenta que hace el lote entra con contraseña")
    options.user = options.user or ROLE
    conninfo = make_conninfo(target.central(options), dbname=options.dbname, application_name="iduo-admin gateway")
    conninfo = make_conninfo(conninfo, options="-c statement_timeout=8s -c lock_timeout=3s")
    if options.check:
        return gateway_check.run(config, conninfo, options, terminal)
    journal = Journal(terminal)
    gateway = Gateway(config, options, conninfo, GatewayDoor(conninfo, journal), journal)
    try:
        if options.once:
            return gateway.once()
        gateway.end = listen_for_the_end()
        return gateway.work()
    except (psycopg.errors.InvalidSchemaName, psycopg.errors.InsufficientPrivilege, psycopg.errors.UndefinedFunction):
        message = f"La base no está al día (iduo-admin database upgrade), o {options.user} no es {ROLE}."
        return terminal.refuse(message, Exit.REFUSED)
