"""With 100,000 chats nothing of the web chat reads them all, whoever asks: a person, the service or the guard."""

import json
from contextlib import closing
from uuid import uuid4

import psycopg
import pytest
from psycopg.errors import Diagnostic

from iduo_desktop.database.connection import Database
from iduo_desktop.services import chats
from tests.database.house import Filled
from tests.database.watched import Plan, Watched
from tests.people import People
from tests.services.visitors import ChatService, Visitor, hashed, open_always

BIG = {"chat", "chat_line", "call", "change"}
# A page of the list looks up 200 chats, their last lines and who they are.
MOST_PAGES = 6_000
# A thousand a day for a hundred days; of today's, 150 wait and 150 are attended.
FILL = """
    SET session_replication_role = replica;
    INSERT INTO iduo.staff (login, full_name) VALUES ('bench', 'Bench');
    INSERT INTO iduo.call (direction, state, starts_at, ended_at, outcome, by, caller, pbx_id, key, payload_hash)
        SELECT 'inbound', 'held', at, at, 'informed', 'bench', 'Rosa', 'chat:' || n, gen_random_uuid(), sha256('')
        FROM generate_series(1, 100000) n, LATERAL (SELECT now() - n * interval '86 s' AS at) x;
    INSERT INTO iduo.chat (token_hash, address_hash, name, state, at, queued_at, attended_by, attended_at, call_id,
                           waits_since, answered_at, ended_at, ended_by, lines)
        SELECT sha256(n::text::bytea), sha256((n % 5000)::text::bytea), 'Rosa ' || n, state, at, at,
               CASE WHEN state <> 'waiting' THEN 'bench' END, CASE WHEN state <> 'waiting' THEN at END,
               CASE WHEN state <> 'waiting' THEN n END, CASE WHEN state <> 'ended' THEN at END,
               CASE WHEN state <> 'waiting' THEN at END, CASE WHEN state = 'ended' THEN at END,
               CASE WHEN state = 'ended' THEN (ARRAY['visitor', 'operator', 'message'])[1 + n % 3] END, 5
        FROM generate_series(1, 100000) n, LATERAL (SELECT now() - n * interval '86 s' AS at,
             CASE WHEN n <= 150 THEN 'waiting' WHEN n <= 300 THEN 'attended' ELSE 'ended' END AS state) x;
    INSERT INTO iduo.chat_line (chat_id, seq, side, text, at, key)
        SELECT c.id, s, 'visitor', 'Hola, no puedo entrar', c.at, gen_random_uuid()
        FROM iduo.chat c, generate_series(1, 5) s;
    INSERT INTO iduo.chat_presence (chat_id) SELECT id FROM iduo.chat;
    INSERT INTO iduo.change (table_name, id) SELECT 'chat', n FROM generate_series(1, 100000) n;
    RESET session_replication_role;
    ANALYZE"""


@pytest.fixture
def database_name(filled: Filled) -> str:
    """With many chats."""
    return filled("chats", statements=[FILL])


def ask_as(people: People, who: str, role: str) -> tuple[int, list[str]]:
    """Everything that somebody does in a day."""
    people.add(who, role)
    watched = Watched(Database(people.conninfo(who), deadline=60), BIG, MOST_PAGES)
    found = watched.ask("list", chats.page)
    assert len(found) > 140
    first, second = [one.id for one in found if one.state == "waiting"][:2]
    watched.ask("lines", chats.lines, first, 0)
    watched.ask("queue", chats.queue)
    watched.ask("colleagues", chats.colleagues)
    watched.ask("take", chats.take, first, uuid4())
    watched.ask("say", chats.say, first, "Buenas", uuid4())
    watched.ask("read", chats.read, first, 5)
    watched.ask("identify", chats.identify, first, None, None)
    watched.ask("hand on", chats.hand_on, first, None, "sigue", uuid4())
    watched.ask("take", chats.take, second, uuid4())
    watched.ask("end", chats.end, second, "informed", "", uuid4())
    watched.database.close()
    return watched.asked, watched.problems


class Service(ChatService):
    """The chat's service, or the guard, whose statements tell their plans."""

    def __init__(self, conninfo: str, role: str = "iduo_chat") -> None:
        super().__init__(conninfo)
        self.connection.execute("RESET SESSION AUTHORIZATION")
        self.connection.execute(f"SET SESSION AUTHORIZATION {role}".encode())
        self.plans: list[Plan] = []
        self.connection.add_notice_handler(self._notice)

    def problems(self, most: int = MOST_PAGES) -> list[str]:
        """What is wrong with how all this was answered."""
        return [
            f"{plan.pages} pages, whole {sorted(plan.whole_tables & BIG)}: {plan.statement}"
            for plan in self.plans
            if plan.whole_tables & BIG or plan.pages > most
        ]

    def _notice(self, notice: Diagnostic) -> None:
        said = notice.message_primary or ""
        if "plan:" in said:
            told = json.loads(said[said.index("{") :])
            self.plans.append(Plan(" ".join(told["Query Text"].split())[:90], told["Plan"]))


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_nothing_reads_all_chats(superuser: psycopg.Connection, superuser_conninfo: str, people: People) -> None:
    """One test, because making them takes longer than asking everything of them."""
    open_always(superuser)
    for who, role in (("ana", "operator"), ("carla", "coordinator")):
        asked, problems = ask_as(people, who, role)
        assert asked == 11
        assert problems == []
    service = Service(superuser_conninfo)
    with closing(service.connection):
        cursor = service.news()[0]["cursor"]
        visitor = Visitor(service, address="nuevo")
        visitor.open()
        visitor.say("Hola")
        visitor.state()
        visitor.lines()
        assert [row["everything"] for row in service.news(cursor)][:2] == [False, False]
        service.ask("visitor_hours")
        service.ask("visitors_here", tokens=[hashed(str(n)) for n in range(1, 300)], started_at=None)
        service.leave_message("Llámenme", token=visitor.token)
        assert len(service.plans) > 50
        assert service.problems() == []
    guard = Service(superuser_conninfo, "iduo_guard")
    with closing(guard.connection):
        assert guard.ask("guard_chats")[0]["given_back"] > 100
        assert guard.problems(40_000) == []  # it changes hundreds of chats and their calls in one statement
