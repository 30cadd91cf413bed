"""The gateway's side of the outbox: nothing is taken twice, nothing sent again by itself, no state but by its arrow."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import LiteralString
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from iduo_desktop.database.connection import Database
from iduo_desktop.database.errors import UserError
from iduo_desktop.services import cases, messages, settings
from iduo_desktop.services.messages import Outgoing
from iduo_desktop.terms import MessageState
from tests.services.gateway import Gateway, new_worker
from tests.services.persons import attend, person
from tests.services.refusals import refused_field
from tests.services.world import ARGENTINA, World


@pytest.fixture
def case(world: World, ana: Database, gateway: Gateway) -> int:
    """A case of ana's."""
    world.superuser.execute(
        "UPDATE iduo.contact_policy SET limit_1=1000, limit_2=2000, limit_3=3000, limit_4=4000, limit_5=5000"
    )
    made = world.case()
    cases.take(ana, made, uuid4())
    return made


@pytest.fixture
def other(superuser_conninfo: str) -> Iterator[Gateway]:
    """Another gateway."""
    made = Gateway(superuser_conninfo)
    yield made
    made.close()


def write(ana: Database, case: int, channel: str = "email") -> int:
    address = "cliente@example.org" if channel == "email" else "+5493416124410"
    return messages.send(ana, case, Outgoing(channel, address, "Aviso", "Hola"), uuid4()).message_id


def write_for(ana: Database, case: int, purpose: str) -> int:
    message = Outgoing("email", "cliente@example.org", "Aviso", "Hola", purpose=purpose)
    return messages.send(ana, case, message, uuid4()).message_id


def state(world: World, message: int) -> str:
    return str(world.value("SELECT state FROM iduo.message WHERE id = %s", message))


def test_what_is_taken(world: World, ana: Database, case: int, gateway: Gateway, other: Gateway) -> None:
    mail, text = write(ana, case), write(ana, case, "sms")
    (row,) = gateway.take(channels=["sms"])
    assert (row["message_id"], row["channel"], row["address"], row["subject"], row["text"], row["tries"]) == (
        text,
        "sms",
        "+5493416124410",
        "",
        "Hola",
        1,
    )
    assert gateway.take(channels=[]) == []
    (row,) = gateway.take()
    assert (row["message_id"], row["message_ref"], row["reply_to_ref"]) == (mail, f"{row['key']}@iduo.local", "")
    assert gateway.take() == other.take() == []
    assert {state(world, mail), state(world, text)} == {"sending"}


def test_it_is_committed_before_anybody_is_called(world: World, ana: Database, case: int, gateway: Gateway) -> None:
    write(ana, case)
    taken = gateway.take()
    gateway.connection.close()
    assert state(world, taken[0]["message_id"]) == "sending"


def test_what_its_worker_says(world: World, ana: Database, case: int, gateway: Gateway, other: Gateway) -> None:
    sent, failed, doubtful = (write(ana, case) for _ in range(3))
    gateway.take()
    # nobody else says anything of it
    assert (other.sent(sent), other.failed(failed), other.doubtful(doubtful)) == ("sending",) * 3
    assert (gateway.sent(sent, "abc"), gateway.failed(failed, "Casilla llena."), gateway.doubtful(doubtful)) == (
        "sent",
        "failed",
        "doubtful",
    )
    # said again, it is the same
    assert (gateway.sent(sent, "abc"), gateway.failed(failed, again=True), gateway.doubtful(doubtful)) == (
        "sent",
        "failed",
        "doubtful",
    )
    assert gateway.failed(sent) == "sent"
    shown = {message.id: (message.state, message.error) for message in messages.messages(ana, case, None)}
    assert shown == {sent: ("sent", ""), failed: ("failed", "Casilla llena."), doubtful: ("doubtful", "No contestó.")}
    # who gave it up finds out after all
    assert gateway.sent(doubtful, "def") == "sent"
    assert world.value("SELECT count(*) FROM iduo.outbox") == 0
    assert gateway.sent(999_999) == ""


def test_five_tries(world: World, ana: Database, case: int, gateway: Gateway) -> None:
    message, said, waits = write(ana, case), "", []
    for number in range(1, 6):
        (row,) = gateway.take()
        assert row["tries"] == number
        said = gateway.failed(message, "Ocupado.", again=True)
        if number < 5:
            assert said == "waiting"
            assert gateway.take() == []
            waits.append(
                round(world.value("SELECT extract(epoch FROM next_try_at - clock_timestamp()) / 60 FROM iduo.outbox"))
            )
            world.superuser.execute("UPDATE iduo.outbox SET next_try_at = clock_timestamp()")
    assert (said, waits) == ("failed", [1, 5, 15, 60])
    assert gateway.take() == []
    assert messages.messages(ana, case, None)[0].error == "Ocupado."


def test_what_waited_long_does_not_go_out_at_night(world: World, ana: Database, case: int, gateway: Gateway) -> None:
    late, reasoned = (
        messages.send(ana, case, Outgoing("email", "a@example.org", "Aviso", "Hola", override_reason=why), uuid4())
        for why in ("", "lo pidió")
    )
    world.set_setting("quiet_hours_on", True)
    world.superuser.execute("DELETE FROM iduo.quiet_hours")
    world.superuser.execute("INSERT INTO iduo.quiet_hours SELECT 'collection', d, 0, 1440 FROM generate_series(1, 7) d")
    for message in (late, reasoned):
        world.age("message", message.message_id, "at", minutes=11)
    new = write_for(ana, case, "service")
    assert {row["message_id"] for row in gateway.take()} == {reasoned.message_id, new}
    wait = "SELECT next_try_at > clock_timestamp() FROM iduo.outbox WHERE message_id = %s"
    assert world.value(wait, late.message_id)
    world.set_setting("quiet_hours_on", False)
    world.superuser.execute("UPDATE iduo.outbox SET next_try_at = clock_timestamp()")
    assert [row["message_id"] for row in gateway.take()] == [late.message_id]


def test_nor_when_it_is_not_safe(world: World, ana: Database, gateway: Gateway) -> None:
    who = person(ana, "Sosa")
    message = write(ana, attend(ana, who))
    world.age("message", message, "at", minutes=11)
    world.superuser.execute("UPDATE iduo.contact SET safe_when = 'lun a dom 3 a 3:01'")
    assert gateway.take() == []
    world.superuser.execute("UPDATE iduo.contact SET safe_when = ''")
    world.superuser.execute("UPDATE iduo.outbox SET next_try_at = clock_timestamp()")
    assert len(gateway.take()) == 1


def test_the_dead_leave_doubts(world: World, ana: Database, case: int, gateway: Gateway, other: Gateway) -> None:
    ids = [write(ana, case) for _ in range(3)]
    gateway.take()
    assert other.recover() == 0  # it may still be at it
    world.superuser.execute("UPDATE iduo.outbox SET taken_at = taken_at - interval '61 s'")
    assert gateway.recover() == 0  # its own
    assert other.recover() == 3
    assert other.take() == []
    assert {state(world, one) for one in ids} == {"doubtful"}
    # not dead after all
    assert gateway.sent(ids[0]) == "sent"
    new_worker(gateway)
    assert gateway.sent(ids[1]) == "doubtful"


def test_the_provider_says_later(world: World, ana: Database, case: int, gateway: Gateway) -> None:
    first, second = write(ana, case, "sms"), write(ana, case)
    rows = gateway.take()
    gateway.sent(first, "SM1")
    gateway.doubtful(second)
    assert gateway.delivered("SM1") == "sent"
    assert gateway.delivered("SM1", False, "Número inexistente.") == "failed"
    assert gateway.delivered("SM1") == "failed"
    ref = next(row["message_ref"] for row in rows if row["message_id"] == second)
    assert gateway.delivered(ref) == "sent"
    assert gateway.delivered("") == gateway.delivered("nonsense") == ""
    assert world.value("SELECT count(*) FROM iduo.outbox") == 0


def test_many_at_once(world: World, ana: Database, case: int, superuser_conninfo: str) -> None:
    """200 takes by ten gateways: each message goes to one of them."""
    for _ in range(60):
        write(ana, case)
    barrier = threading.Barrier(10)

    def work(_: int) -> list[int]:
        gateway = Gateway(superuser_conninfo)
        barrier.wait()
        taken = [row["message_id"] for _ in range(20) for row in gateway.take(limit=1)]
        gateway.close()
        return taken

    with ThreadPoolExecutor(10) as pool:
        taken = [message for part in pool.map(work, range(10)) for message in part]
    assert Counter(taken).most_common(1)[0][1] == 1
    assert len(taken) == 60


def test_undoing_and_taking_at_once(
    world: World, ana: Database, case: int, gateway: Gateway, become: Callable[..., Database]
) -> None:
    """Whoever comes second is told so: it is taken back, or it is out."""
    taken = 0
    for _ in range(20):
        sent = messages.send(ana, case, Outgoing("email", "a@example.org", "Aviso", "Hola"), uuid4())
        with ThreadPoolExecutor(2) as pool:
            took = pool.submit(gateway.take)
            undone = pool.submit(_undone, ana, sent.event)
        taken += len(took.result())
        assert (undone.result(), state(world, sent.message_id)) in ((True, "cancelled"), (False, "sending"))
    assert taken == world.value("SELECT count(*) FROM iduo.message WHERE state = 'sending'")


def _undone(ana: Database, event: int) -> bool:
    try:
        cases.undo(ana, event)
    except UserError as error:
        return error.message != "Ya salió."
    return True


STATES = [state.value for state in MessageState]
ARROWS = {
    ("waiting", "sending"),
    ("waiting", "cancelled"),
    ("sending", "sent"),
    ("sending", "waiting"),
    ("sending", "failed"),
    ("sending", "doubtful"),
    ("doubtful", "sent"),
    ("doubtful", "failed"),
    ("sent", "failed"),
}


@pytest.mark.parametrize("before", STATES)
def test_no_state_but_by_its_arrow(world: World, ana: Database, case: int, gateway: Gateway, before: str) -> None:
    message = write(ana, case) if before != "received" else gateway.receive()["message_id"]
    for after in STATES:
        with world.superuser.transaction(force_rollback=True):
            world.superuser.execute("SET LOCAL session_replication_role = replica")
            if before != "received":
                world.superuser.execute("UPDATE iduo.message SET state = %s WHERE id = %s", [before, message])
            world.superuser.execute("SET LOCAL session_replication_role = origin")
            change = "UPDATE iduo.message SET state = %s WHERE id = %s"
            if before == after or ((before, after) in ARROWS and after != "cancelled"):
                world.superuser.execute(change, [after, message])
            else:  # not even the superuser; what somebody wrote is cancelled by nobody else
                with pytest.raises(psycopg.Error) as refused:
                    world.superuser.execute(change, [after, message])
                assert refused.value.sqlstate in ("23514", "42501")


@pytest.mark.parametrize(
    "change",
    [
        "text = 'otro'",
        "address = 'x@example.org'",
        "direction = 'inbound'",
        "at = clock_timestamp()",
        "by = 'nobody'",
        "key = gen_random_uuid()",
        "case_id = NULL",
        "message_ref = 'x'",
        "read_at = clock_timestamp()",
        "conversation_id = (SELECT max(id) FROM iduo.conversation)",
    ],
)
def test_what_was_written_stays(world: World, ana: Database, case: int, change: LiteralString) -> None:
    message = write(ana, case)
    world.insert("conversation", {"company_id": world.company()})
    statement = sql.SQL("UPDATE iduo.message SET {} WHERE id = {}").format(sql.SQL(change), message)
    with pytest.raises(psycopg.errors.CheckViolation):
        world.superuser.execute(statement)


def test_how_it_is(world: World, admin: Database, ana: Database, case: int, gateway: Gateway) -> None:
    found = messages.gateway_state(admin)
    assert (found.running, found.channels, found.waiting, found.complaint) == (True, ("email", "sms"), 0, "")
    failed, doubtful = write(ana, case), write(ana, case)
    gateway.take()
    gateway.failed(failed)
    gateway.doubtful(doubtful)
    write(ana, case)
    gateway.receive(sender="nadie@example.org")
    gateway.beat("email", "sms", "fax", complaint="x" * 600)
    found = messages.gateway_state(admin)
    assert (found.waiting, found.doubtful, found.failed_today, found.unattended) == (1, 1, 1, 1)
    assert (found.channels, found.complaint) == (("email", "sms"), "x" * 500)
    messages.resend(ana, doubtful, uuid4())
    world.superuser.execute("UPDATE iduo.heartbeat SET beat_at = clock_timestamp() - interval '2 min'")
    found = messages.gateway_state(admin)
    assert (found.running, found.doubtful) == (False, 0)
    world.superuser.execute("DELETE FROM iduo.heartbeat")
    found = messages.gateway_state(admin)
    assert (found.running, found.started_at, found.channels) == (False, None, ())


def due(gateway: Gateway, at: datetime | None) -> tuple[str, list[str], bool]:
    (row,) = gateway.ask("gateway_batch_due", now=at)
    return str(row["day"]), row["addresses"], row["due"]


def mailed(gateway: Gateway, day: str, error: str = "") -> None:
    gateway.ask("gateway_batch_mailed", day=day, batch=None, error=error)


def test_the_days_batch_is_mailed_once(world: World, admin: Database, gateway: Gateway, other: Gateway) -> None:
    def at(day: int, hour: int, minute: int = 0) -> datetime:
        return datetime(2026, 11, day, hour, minute, tzinfo=world.now().tzinfo) - ARGENTINA

    wednesday = "2026-11-25"
    world.superuser.execute("INSERT INTO iduo.holiday (day, name) VALUES ('2026-11-26', 'Feriado')")
    assert due(gateway, at(25, 19)) == (wednesday, [], False)
    settings.save(admin, "batch_mail_on", "true")
    settings.save(admin, "batch_mail_to", "lote@example.org; otro@example.org,")
    both = ["lote@example.org", "otro@example.org"]
    assert due(gateway, at(25, 17, 59)) == (wednesday, both, False)
    assert due(gateway, at(26, 19))[2] is False  # a holiday
    assert due(gateway, at(28, 19))[2] is False  # a Saturday
    with ThreadPoolExecutor(2) as pool:
        told = [pool.submit(due, one, at(25, 18)) for one in (gateway, other)]
    assert sorted(one.result()[2] for one in told) == [False, True]
    # it may have gone out: never again by itself
    assert due(gateway, at(25, 23))[2] is False
    mailed(gateway, wednesday, "No conectó.")
    assert messages.gateway_state(admin).complaint == "El lote del día no salió por mail: No conectó."
    assert due(gateway, at(25, 18, 14))[2] is False
    for minute in (15, 30, 45, 59):
        assert due(gateway, at(25, 18 + minute // 59, minute))[2] is True
        mailed(gateway, wednesday, "No conectó.")
    assert due(gateway, at(25, 23))[2] is False  # five tries
    assert due(gateway, at(27, 18))[2] is True
    world.superuser.execute(
        "UPDATE iduo.batch_mail SET taken_at = clock_timestamp() - interval '11 min' WHERE state = 'begun'"
    )
    assert messages.gateway_state(admin).complaint == "No sabemos si el lote del día salió por mail."
    mailed(gateway, "2026-11-27")
    mailed(gateway, "2026-11-27", "tarde")
    assert due(gateway, at(27, 23))[2] is False
    assert messages.gateway_state(admin).complaint == ""


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("batch_mail_at", "25:00", "La hora se escribe así: 18:00."),
        (
            "batch_mail_to",
            "lote@example.org, otro",
            "Alguna de esas direcciones no está bien escrita. Separalas con comas.",
        ),
        ("mail_domain", "ejemplo", "Un dominio se escribe así: ejemplo.com.ar"),
    ],
)
def test_settings_are_checked(admin: Database, name: str, value: str, said: str) -> None:
    assert refused_field(settings.save, admin, name, value) == (name, said)


def test_odd_moments(gateway: Gateway) -> None:
    for at in ("infinity", "-infinity", None):
        assert gateway.ask("gateway_batch_due", now=at)[0]["due"] is False
    gateway.ask("gateway_batch_mailed", day=None, batch=None, error=None)
