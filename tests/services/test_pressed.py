"""Ways round contact pressure, extensions and lists of who is not contacted, each of which was open once."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import psycopg
import pytest

from iduo_desktop.database.connection import Database
from iduo_desktop.services import activities, cases, messages, promotions
from iduo_desktop.services.activities import Attempt
from tests.people import People
from tests.services.gateway import Gateway
from tests.services.refusals import refusal, refused_field
from tests.services.test_extensions import extend, stands
from tests.services.test_messages import MAIL, write
from tests.services.world import World

NUMBER = "3416124410"
INVISIBLE = (
    "\t",
    "\n",
    "\u00a0",
    "\u00ad",
    "\u200b",
    "\u202e \u2066",
    "\u2800",
    "\u3164",
    "\ufeff",
    "\U000e0020",
    "\ufe0f",
)
SPELT = (
    "example\u00ad.org",
    "exam\u200bple.org",
    "\uff45xample.org",
    "example\u3002x.org",
    "EXAMPLE.org",
    "xn--example-9ua.org",
)


@pytest.fixture
def case(world: World, people: People) -> int:
    """A client of Ana's."""
    return world.case(assigned_to=people.add("ana"))


def result(world: World, plain: bool = True) -> int:
    """A result of a contact: nothing follows from it, or that its number is not contacted again."""
    if plain:
        return int(
            world.value(
                "SELECT min(id) FROM iduo.disposition WHERE NOT (promise OR callback OR do_not_contact OR wrong_number)"
            )
        )
    return int(world.value("SELECT min(id) FROM iduo.disposition WHERE do_not_contact"))


@pytest.mark.parametrize("reason", INVISIBLE)
def test_a_reason_can_be_seen(world: World, ana: Database, case: int, reason: str) -> None:
    world.superuser.execute("UPDATE iduo.contact_policy SET daily_limit = 1")
    said = Attempt("call", result(world), override_reason=reason)
    activities.log_attempt(ana, case, said, uuid4())
    assert refused_field(activities.log_attempt, ana, case, said, uuid4())[0] == "override_reason"
    assert world.value("SELECT string_agg(override_reason, '') FROM iduo.attempt") == ""
    assert refused_field(extend, ana, case, world.today() + timedelta(days=9), reason)[0] == "reason"


def test_a_message_can_be_seen(ana: Database, case: int, gateway: Gateway) -> None:
    for text in INVISIBLE:
        assert refused_field(write, ana, case, replace(MAIL, text=text))[0] == "text"
    assert write(ana, case, replace(MAIL, text="👍")).message_id


def test_no_extension_is_left_of_those_that_were_undone(world: World, ana: Database, people: People) -> None:
    company = world.company(debt=30000, cutoff_date=world.today() + timedelta(days=5))
    first, second = (
        world.case("delinquent", company, assigned_to=people.add("ana"), collection=collection)
        for collection in (True, False)
    )
    before = stands(world, first)
    earlier = extend(ana, first, world.today() + timedelta(days=8))
    later = extend(ana, second, world.today() + timedelta(days=9))
    assert "deshacé primero esa" in refusal(cases.undo, ana, earlier.event)
    cases.undo(ana, later.event)
    cases.undo(ana, earlier.event)
    assert stands(world, first) == before


def test_who_asked_two_is_not_contacted_when_one_undoes(
    world: World, ana: Database, juan: Database, people: People, case: int
) -> None:
    others = world.case(assigned_to=people.add("juan"))
    said = Attempt("call", result(world, plain=False), address=NUMBER, override_reason="Llamó él")
    first = activities.log_attempt(ana, case, said, uuid4())
    second = activities.log_attempt(juan, others, said, uuid4())
    listed = "SELECT count(*) FROM iduo.no_contact WHERE removed_at IS NULL"
    assert world.value(listed) == 2
    cases.undo(ana, first.event)
    assert world.value(listed) == 1
    cases.undo(juan, second.event)
    assert world.value(listed) == 0


def test_a_contact_of_ours_is_no_part_of_one_of_the_clients(world: World, ana: Database, case: int) -> None:
    offer = world.insert("promotion", {"title": "Mitad", "text": "Media cuota"})
    promotions.answer(ana, case, offer, "offered", "call", "inbound", uuid4())
    activities.log_attempt(ana, case, Attempt("call", result(world)), uuid4())
    assert world.value("SELECT counted FROM iduo.attempt WHERE direction = 'outbound'")


def test_one_transaction_holds_few_locks(
    world: World, ana: Database, people: People, case: int, raw: Callable[..., psycopg.Connection]
) -> None:
    """Locks of contacts share the server's table with everybody's."""
    psql = raw("ana")
    psql.execute("BEGIN")
    psql.execute(
        "SELECT count(*) FROM (SELECT (api.log_attempt(%s, 'call', 'outbound', (3410000000 + n)::text, %s, '', NULL, "
        "NULL, NULL, 'x', gen_random_uuid())).event FROM generate_series(1, 60) n) x",
        [case, result(world)],
    )
    held = world.superuser.execute("SELECT DISTINCT objid::bigint FROM pg_locks WHERE locktype = 'advisory'").fetchall()
    psql.execute("ROLLBACK")
    places = [place for (place,) in held]
    assert len(places) > 1
    assert max(places) - min(places) < 1024


def test_what_failed_long_ago_is_a_new_contact(world: World, ana: Database, case: int, gateway: Gateway) -> None:
    sent = write(ana, case, replace(MAIL, override_reason="Lo pidió él"))
    gateway.take()
    gateway.failed(sent.message_id)
    attempt = world.value("SELECT id FROM iduo.attempt WHERE message_id = %s", sent.message_id)
    world.age("attempt", attempt, "at", days=40)
    key = MAIL.address
    listed: dict[str, object] = {
        "address": key,
        "search_key": key,
        "channel": "",
        "purpose": "",
        "origin": "Lo pidió",
        "by": "nobody",
    }
    entry = world.insert("no_contact", listed)
    assert refused_field(messages.resend, ana, sent.message_id, uuid4())[0] == "override_reason"
    assert refused_field(messages.resend, ana, sent.message_id, uuid4(), " \u200b ")[0] == "override_reason"
    assert refused_field(messages.resend, ana, sent.message_id, uuid4(), "x" * 501)[0] == "override_reason"
    key_of_one = uuid4()
    with_reason = messages.resend(ana, sent.message_id, key_of_one, "Lo pidió él")
    assert messages.resend(ana, sent.message_id, key_of_one, "Lo pidió él").replayed
    told = "SELECT override_reason FROM iduo.attempt WHERE message_id = %s"
    assert world.value(told, with_reason.message_id) == "Lo pidió él"
    cases.undo(ana, with_reason.event)
    world.superuser.execute(
        "UPDATE iduo.no_contact SET removed_at = now(), removed_by = 'nobody', removed_reason = 'x' WHERE id = %s",
        [entry],
    )
    again = messages.resend(ana, sent.message_id, uuid4())
    assert world.value("SELECT counted FROM iduo.attempt WHERE message_id = %s", again.message_id)


def test_nobody_waits_for_who_speaks(
    world: World, ana: Database, people: People, raw: Callable[..., psycopg.Connection]
) -> None:
    """Leases that ended are taken away by others, and begun again by their owners."""
    case = world.case()
    company = world.value("SELECT company_id FROM iduo.case WHERE id = %s", case)
    both = raw("ana"), raw("juan")
    speak = "SELECT api.begin_talk(%s, NULL, '', 'call')"
    for psql in both:
        psql.execute(speak, [company])
    world.superuser.execute("UPDATE iduo.talk SET until = now() - interval '1 minute'")
    for psql in both:
        psql.execute("BEGIN")
        psql.execute(speak, [company])
    for psql in both:
        psql.execute("COMMIT")
    assert world.value("SELECT count(*) FROM iduo.talk WHERE until > now()") == 2


@pytest.mark.parametrize("domain", SPELT)
def test_a_listed_address_is_listed_however_it_is_spelt(
    world: World, ana: Database, case: int, gateway: Gateway, domain: str
) -> None:
    listed: dict[str, object] = {"channel": "", "purpose": "", "origin": "Lo pidió", "by": "nobody"}
    world.insert("no_contact", listed | {"address": MAIL.address, "search_key": MAIL.address})
    mail = replace(MAIL, address=f"cliente@{domain}")
    assert refused_field(write, ana, case, mail)[0] in ("address", "override_reason")
    assert write(ana, case, replace(MAIL, address="cliente@ñandú.com.ar")).message_id


def test_letters_of_a_client_stay_his(world: World, marta: Database, case: int, gateway: Gateway) -> None:
    company = world.company()
    world.insert("company_email", {"company_id": company, "address": "otro@example.org", "valid": True})
    first = gateway.receive("Estoy enfermo.", sender="otro@example.org")["message_id"]
    messages.attend(marta, first, None)
    second = gateway.receive("Es para Ana.", sender="otro@example.org")["message_id"]
    messages.attend(marta, second, case)
    whose = (
        "SELECT v.company_id FROM iduo.message m JOIN iduo.conversation v ON v.id = m.conversation_id WHERE m.id = %s"
    )
    assert world.value(whose, first) == company
    assert world.value(whose, second) == world.value("SELECT company_id FROM iduo.case WHERE id = %s", case)


def test_a_number_that_two_found_wrong_stays_wrong_when_one_undoes(
    world: World, ana: Database, juan: Database, people: People
) -> None:
    company = world.company()
    phone = {"company_id": company, "typed": NUMBER, "e164": f"+549{NUMBER}", "search_key": NUMBER, "valid": True}
    world.insert("company_phone", phone)
    hers = world.case(company=company, assigned_to=people.add("ana"))
    his = world.case(company=company, assigned_to=people.add("juan"), collection=False)
    wrong = int(world.value("SELECT min(id) FROM iduo.disposition WHERE wrong_number AND NOT do_not_contact"))
    said = Attempt("call", wrong, address=NUMBER)
    first, second = activities.log_attempt(ana, hers, said, uuid4()), activities.log_attempt(juan, his, said, uuid4())
    cases.undo(ana, first.event)
    assert not world.value("SELECT valid FROM iduo.company_phone")
    cases.undo(juan, second.event)


def test_a_purpose_with_other_limits_is_told(world: World, ana: Database, case: int, gateway: Gateway) -> None:
    """The laxer purpose stays open; whoever reads what happened reads which one was chosen."""
    world.superuser.execute("UPDATE iduo.contact_policy SET daily_limit = 1 WHERE purpose = 'collection'")
    world.set_setting("contact_purpose", "collection")
    write(ana, case)
    assert refused_field(write, ana, case)[0] == "override_reason"
    write(ana, case, replace(MAIL, purpose="service"))
    company = cases.card(ana, case).company_id
    notes = [event.note for event in cases.timeline(ana, company) if event.channel == "email"]
    assert notes == ["finalidad elegida: Servicio", ""]
    told = "SELECT iduo.contact_told(a) FROM iduo.attempt a ORDER BY id DESC LIMIT 1"
    assert world.value(told) == "Mail · finalidad elegida: Servicio"
