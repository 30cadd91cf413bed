"""Chats in the history of a client, and in the figures of the board."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

from iduo_desktop.database.connection import Database
from iduo_desktop.services import cases, chats, supervision
from iduo_desktop.services.supervision import Span
from tests.services.visitors import ChatService, Visitor
from tests.services.world import World


def test_a_clients_chats_stand_where_they_began(service: ChatService, ana: Database, world: World) -> None:
    company = world.company()
    case = world.case(company=company)
    cases.take(ana, case, uuid4())
    visitor = Visitor(service, name="Rosa Díaz")
    chats.take(ana, chat := int(visitor.open()["chat_id"]), uuid4())
    chats.identify(ana, chat, company, None)
    chats.say(ana, chat, "Buenas", uuid4())
    going, taken = cases.timeline(ana, company)
    assert (going.id, going.kind, going.channel, going.text) == (-chat, "chat", "chat", "Chat del sitio")
    assert (going.by_name, going.note, taken.kind) == ("Ana", "Rosa Díaz · en curso", "taken")
    chats.end(ana, chat, "informed", "", uuid4())
    cases.release(ana, case, uuid4())
    assert [one.kind for one in cases.timeline(ana, company)] == ["released", "chat", "taken"]
    (over,) = (one for one in cases.timeline(ana, company) if one.kind == "chat")
    assert over.note.endswith("lo terminó quien atendía · Se le informó, sin mensaje")
    # page by page nothing is missing and nothing comes twice
    seen, before = list[str](), None
    while page := cases.timeline(ana, company, before, 1):
        seen += [one.kind for one in page]
        before = page[-1].id
    assert seen == ["released", "chat", "taken"]


def test_a_message_alone_is_no_chat(service: ChatService, ana: Database, world: World) -> None:
    company = world.company()
    number = world.value("SELECT number FROM iduo.company WHERE id = %s", company)
    service.leave_message("Llámenme", company=str(number))
    assert cases.timeline(ana, company) == ()


def test_the_boards_figures(service: ChatService, ana: Database, become: Callable[..., Database], world: World) -> None:
    carla = become("carla", "coordinator")
    answered, left, waits = (Visitor(service, address=str(number)) for number in range(3))
    chats.take(ana, chat := int(answered.open()["chat_id"]), uuid4())
    chats.say(ana, chat, "Buenas", uuid4())
    left.open()
    left.leave()
    waits.open()
    service.leave_message("Llámenme")
    day = world.today()
    found = supervision.chat_figures(carla, Span(day, day))
    assert (found.waiting, found.answered, found.unanswered, found.first_answer_seconds) == (1, 1, 1, 0)
    assert found.waiting_since is not None
    yesterday = day - timedelta(days=1)
    before = supervision.chat_figures(carla, Span(yesterday, yesterday))
    assert (before.waiting, before.answered, before.unanswered, before.first_answer_seconds) == (1, 0, 0, None)
