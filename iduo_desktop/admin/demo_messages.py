"""Conversations of the demo: written through the door as people and the gateway write, then put on their day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import psycopg

from iduo_desktop.admin.demo_rows import acting_as

GATEWAY = "iduo_gateway"
WHO = "operador"
WHY = "Pidió que le escribamos"


@dataclass(frozen=True, slots=True)
class Line:
    """One message. `became` is what the gateway said of it: sent, failed, doubtful, or received; "" waits."""

    channel: str
    text: str
    became: str
    ago: timedelta
    subject: str = ""


DEBT = "Recordatorio de pago"
SAYS = "Le recordamos que su servicio tiene un saldo pendiente. Si ya lo pagó, no tenga en cuenta este mensaje."
STORIES: tuple[tuple[Line, ...], ...] = (
    (
        Line("email", f"Estimada clienta:\n\n{SAYS}\n\nSaludos cordiales.", "sent", timedelta(days=3), DEBT),
        Line("email", "Buen día. Pago el viernes, ¿puede ser?", "received", timedelta(days=2), f"Re: {DEBT}"),
        Line("email", "Sí, queda anotado para el viernes. Muchas gracias.", "sent", timedelta(days=2), f"Re: {DEBT}"),
        Line("email", "Ya pagué el lunes, adjunto el comprobante.", "received", timedelta(minutes=50), f"Re: {DEBT}"),
        Line("email", "¿Me confirman que lo recibieron?", "received", timedelta(minutes=12), f"Re: {DEBT}"),
    ),
    (
        Line("sms", f"Fibra del Litoral: {SAYS[0].lower()}{SAYS[1:]}", "sent", timedelta(hours=20)),
        Line("sms", "no soy cliente hace 2 meses, <b>no me escriban mas</b>", "received", timedelta(minutes=33)),
    ),
    (Line("email", f"Estimado cliente:\n\n{SAYS}", "doubtful", timedelta(hours=2), DEBT),),
    (Line("email", f"Estimado cliente:\n\n{SAYS}", "failed", timedelta(hours=5), DEBT),),
    (
        Line("sms", "Fibra del Litoral: su pago fue acreditado. Muchas gracias.", "sent", timedelta(days=6)),
        Line("sms", "gracias", "received", timedelta(days=6)),
    ),
)
MINE = """SELECT id, company_id FROM iduo.case WHERE assigned_to = %s AND state = 'open' AND company_id IS NOT NULL
          AND (next_action_at IS NULL OR next_action_at > clock_timestamp()) ORDER BY id LIMIT %s"""
MAIL = "INSERT INTO iduo.company_email (company_id, address, valid) VALUES (%s, %s, true)"
PHONE = """INSERT INTO iduo.company_phone (company_id, typed, e164, search_key, kind, valid)
           VALUES (%s, %s, %s, %s, 'mobile', true)"""
SAME_MOMENT = """UPDATE iduo.attempt a SET at = c.last_contact_at FROM iduo.case c
                 WHERE c.id = a.case_id AND a.message_id = %s"""
STRANGER = "Hola, quería saber qué planes tienen para un comercio. ¿Me pueden llamar por la tarde?"


def fill(connection: psycopg.Connection, now: datetime) -> None:
    """Conversations in some of the operator's own cases, one message of a stranger, and a gateway that was heard."""
    with acting_as(connection, GATEWAY):
        connection.execute("SELECT api.gateway_beat(%s, %s, '')", [now - timedelta(hours=9), ["email", "sms"]])
    cases = _reachable(connection, len(STORIES))
    for (case, mail, number), story in zip(cases, STORIES, strict=False):
        for line in story:
            _write(connection, case, mail if line.channel == "email" else number, line, now)
    _receive(connection, "consultas@ejemplo.com", Line("email", STRANGER, "received", timedelta(hours=1), "Planes"))
    _read(connection, [case for case, *_ in cases[len(STORIES) - 1 :]])


def _reachable(connection: psycopg.Connection, count: int) -> Sequence[tuple[int, str, str]]:
    """His cases, each with a mail and a mobile of the client's own, by which answers find him."""
    found = []
    for case, company in connection.execute(MINE, [WHO, count]).fetchall():
        mail, key = f"cliente{company}@ejemplo.com.ar", f"11559{company:05}"
        connection.execute(MAIL, [company, mail])
        connection.execute(PHONE, [company, f"11 15 {key[2:]}", f"+549{key}", key])
        found.append((int(case), mail, f"+549{key}"))
    return found


def _write(connection: psycopg.Connection, case: int, address: str, line: Line, now: datetime) -> None:
    if line.became == "received":
        message = _receive(connection, address, line)
    else:
        message = _send(connection, case, address, line)
    at = now - line.ago
    with connection.transaction():
        # what was written stays as it is; the demo alone may turn the clock back
        connection.execute("SET LOCAL session_replication_role = replica")
        connection.execute("UPDATE iduo.message SET at = %s, settled_at = %s WHERE id = %s", [at, at, message])
        connection.execute(SAME_MOMENT, [message])
        connection.execute("SET LOCAL session_replication_role = origin")


def _send(connection: psycopg.Connection, case: int, address: str, line: Line) -> int:
    values = (case, line.channel, address, line.subject, line.text, WHY, uuid4())
    with acting_as(connection, WHO):
        ((message,),) = connection.execute(
            "SELECT message_id FROM api.send_message(%s, %s, %s, %s, %s, NULL, 'collection', %s, %s)", values
        ).fetchall()
    if line.became:
        connection.execute("UPDATE iduo.outbox SET next_try_at = clock_timestamp() - interval '1 s'")
        worker = uuid4()
        with acting_as(connection, GATEWAY):
            connection.execute("SELECT api.gateway_take(%s, 1, %s)", [["email", "sms"], worker])
            _settle(connection, int(message), worker, line.became)
    return int(message)


def _settle(connection: psycopg.Connection, message: int, worker: UUID, became: str) -> None:
    if became == "sent":
        connection.execute("SELECT api.gateway_sent(%s, %s, %s)", [message, worker, str(uuid4())])
    elif became == "failed":
        error = "La casilla no existe: el servidor del destinatario la rechazó."
        connection.execute("SELECT api.gateway_failed(%s, %s, %s, false)", [message, worker, error])
    else:
        error = "El servidor de correo no contestó a tiempo."
        connection.execute("SELECT api.gateway_doubtful(%s, %s, %s)", [message, worker, error])


def _receive(connection: psycopg.Connection, address: str, line: Line) -> int:
    values = (line.channel, str(uuid4()), address, line.subject, line.text)
    with acting_as(connection, GATEWAY):
        connection.execute("SELECT api.gateway_receive(%s, %s, %s, 'iduo', %s, %s, '{}', NULL)", values)
    ((message,),) = connection.execute("SELECT max(id) FROM iduo.message").fetchall()
    return int(message)


def _read(connection: psycopg.Connection, cases: Sequence[int]) -> None:
    """What came in there was read."""
    with acting_as(connection, WHO):
        for case in cases:
            connection.execute("SELECT api.mark_conversation_read(%s)", [case])
