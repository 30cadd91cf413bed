"""The web chat's limits by the hour, by when something was done; and what is left of a connection in the end."""

import psycopg
import pytest

from tests.services.test_chat_walls import turn_back
from tests.services.visitors import ChatService, Visitor
from tests.services.world import World

AN_HOUR_AGO = "UPDATE iduo.chat SET {0} = {0} - interval '61 minutes'"
# As many lines as visitors may write in an hour all together, in as many chats as that takes.
FULL = """
    SET session_replication_role = replica;
    INSERT INTO iduo.chat (token_hash, address_hash, name, state, ended_at, ended_by, lines)
        SELECT sha256(n::text::bytea), sha256(n::text::bytea), 'x', 'ended', now(), 'visitor', 2000
        FROM generate_series(1, 30) n;
    INSERT INTO iduo.chat_line (chat_id, seq, side, text, key)
        SELECT c.id, n, 'visitor', 'x', gen_random_uuid() FROM iduo.chat c, generate_series(1, 2000) n
        WHERE c.lines = 2000;
    RESET session_replication_role"""


@pytest.mark.parametrize("began", ["now", "long ago"])
def test_messages_are_counted_by_when_they_were_left(service: ChatService, world: World, began: str) -> None:
    """Talks that were kept open for an hour are no store of messages to leave all at once."""
    world.set_setting("chats_per_address", 3)
    visitors = [Visitor(service) for _ in range(3)]
    for visitor in visitors:
        visitor.open()
    if began == "long ago":
        turn_back(world.superuser, AN_HOUR_AGO.format("at"))
        visitors.append(Visitor(service))
        visitors[-1].open()
    for visitor in visitors[:3]:
        service.leave_message("Llámenme", token=visitor.token, address=visitor.address)
    token = visitors[3].token if began == "long ago" else None
    with pytest.raises(psycopg.DatabaseError, match="varios mensajes"):
        service.leave_message("Llámenme", token=token, address=visitors[0].address)
    turn_back(world.superuser, AN_HOUR_AGO.format("ended_at"))
    assert service.leave_message("Llámenme", token=token, address=visitors[0].address)["number"]


def test_all_messages_of_an_hour_are_counted_by_when_they_were_left(service: ChatService, world: World) -> None:
    world.superuser.execute("""
        INSERT INTO iduo.chat (token_hash, address_hash, name, at, state, ended_at, ended_by)
        SELECT sha256(h), sha256(h), 'x', now() - interval '2 hours', 'ended', now(), 'message'
        FROM generate_series(1, 1000) n, LATERAL (SELECT n::text::bytea AS h) x""")
    with pytest.raises(psycopg.DatabaseError, match="demasiados mensajes"):
        service.leave_message("Llámenme")


def test_lines_of_all_chats_fill_no_disk(service: ChatService, world: World) -> None:
    """Also from however many chats: who has the service's password may begin thousands."""
    world.superuser.execute(FULL)
    visitor = Visitor(service)
    visitor.open()
    with pytest.raises(psycopg.DatabaseError, match="escribiendo demasiado"):
        visitor.say("Hola")
    turn_back(world.superuser, "UPDATE iduo.chat_line SET at = at - interval '61 minutes'")
    assert visitor.say("Hola")["seq"] == 1


def test_of_an_old_talk_the_connection_goes_too(service: ChatService, world: World) -> None:
    """With the address the service made its hash, and can make it again: it tells who came back."""
    old, new = Visitor(service, "Zumaran"), Visitor(service, "Paz", address="2")
    for visitor in (old, new):
        visitor.open()
        visitor.leave()
    before = "UPDATE iduo.chat SET at = at - interval '31 days' WHERE name = 'Zumaran'"
    turn_back(world.superuser, before)
    retained = "SELECT rows FROM audit.retain_images(now() - interval '30 days', 100)"
    rows = [world.superuser.execute(retained.encode()).fetchall()[0][0] for _ in range(2)]
    assert rows[0] > 0
    assert rows[1] == 0
    kept = world.superuser.execute("SELECT name, address_hash FROM iduo.chat ORDER BY id").fetchall()
    assert kept == [("(borrado)", bytes(32)), ("Paz", new.address)]


def test_of_who_had_himself_erased_the_connection_goes_too(service: ChatService, world: World) -> None:
    visitor = Visitor(service)
    visitor.open()
    visitor.leave()
    company = world.company()
    world.superuser.execute("UPDATE iduo.chat SET company_id = %s", [company])
    world.superuser.execute("SELECT audit.erase(%s, '{}', '{}', '{}')", [company])
    kept = "SELECT name, address_hash FROM iduo.chat"
    assert world.superuser.execute(kept.encode()).fetchall() == [("(borrado)", bytes(32))]
    # the log does not remember it either
    logged = "SELECT count(*) FROM audit.entry WHERE table_name = 'chat' AND after ->> 'address_hash' LIKE %s"
    assert world.value(logged, f"%{visitor.address.hex()}%") == 0
