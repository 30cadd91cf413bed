"""The outbox of one person in a test, on a line that can be cut, and what that person finishes."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from psycopg import sql
from pytestqt.qtbot import QtBot

from iduo_desktop.database.connection import Database
from iduo_desktop.services import policies
from iduo_desktop.ui import formats, outbox
from iduo_desktop.ui.drafts import Draft
from iduo_desktop.ui.letter_words import standing
from iduo_desktop.ui.outbox import Letter, Outbox, State
from iduo_desktop.ui.outbox_ways import ways
from tests.database.proxy import Proxy
from tests.people import People
from tests.services.world import World
from tests.ui.attention_place import helpline
from tests.ui.desk import Desk

Values = Mapping[str, Any]
NOTHING: Values = {}
TEXT = "No le llega la factura de noviembre"
CLOSING = {"reason": "paid", "contact_reason": "collection", "status": "solved", "description": "Pagó."}


class Post:
    """Ana's outbox, and what she finishes."""

    def __init__(self, qtbot: QtBot, desk: Desk, world: World, line: Proxy) -> None:
        self.line = line
        self.qtbot = qtbot
        self.desk = desk
        self.world = world
        self._results = policies.dispositions(desk.database)
        self.outbox = self.open()

    def open(self) -> Outbox:
        """As after a login."""
        desk = self.desk
        made = Outbox(desk.operations, desk.drafts, ways("341"), formats.now, desk.operations)
        self.wait(lambda: not made.box.memory_only)
        return made

    def wait(self, condition: Callable[[], object]) -> None:
        """Until something is so."""
        self.qtbot.waitUntil(lambda: bool(condition()), timeout=8000)

    def put(self, kind: str, target: int, title: str, values: Values, *, sent: bool = False) -> Draft:
        """A form is finished."""
        draft = Draft(kind, target, title, uuid4(), json.dumps(values), datetime.now(UTC), sent)
        self.outbox.put(draft)
        return draft

    def message(self, text: str = TEXT, more: Values = NOTHING, *, sent: bool = False) -> Draft:
        """What somebody said, with a code to dictate."""
        values = {"channel": "phone", "caller_kind": "other", "contact": "GÓMEZ, Ana", "phone": "0341 15-612-4410"}
        given = {**values, "#provisional": "P-4K7Q-2MXD", "text": text, **more}
        return self.put("message", 0, "Mensaje a iduo", given, sent=sent)

    def contact(self, case: int, digit: int = 1, note: str = "No atiende", more: Values = NOTHING) -> Draft:
        """A call to a client."""
        result = next(each for each in self._results if each.digit == digit)
        values = {"channel": "call", "address": "", "direction": "outbound", "disposition": str(result.id)}
        return self.put("contact", case, "Registrar contacto — Cliente 20001", {**values, "note": note, **more})

    def close(self, case: int, more: Values = NOTHING) -> Draft:
        """A case is closed with the form of now."""
        version = self.world.value(
            "SELECT v.id FROM iduo.form_version v JOIN iduo.form f ON f.id = v.form_id"
            " WHERE f.kind = 'closing' AND v.state = 'published'"
        )
        return self.put("close", case, "Cerrar caso — Cliente 20001", {"#version": str(version), **CLOSING, **more})

    def attention(self, more: Values) -> Draft:
        """Somebody was attended."""
        return self.put("attention", 0, "Nueva atención", {"#since": datetime.now(UTC).isoformat(), **more})

    def count(self, table: str) -> int:
        """How many there are."""
        counted = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier("iduo", table))
        ((found,),) = self.world.superuser.execute(counted).fetchall()
        return int(found)

    def lose(self) -> None:
        """The line goes."""
        self.line.refusing = True
        self.line.cut()
        self.desk.operations.poll_now()
        self.wait(lambda: not self.desk.operations.online)

    def come_back(self) -> None:
        """The line is there again, and nothing waits any more."""
        self.line.refusing = False
        self.desk.operations.poll_now()
        self.settle()

    def settle(self) -> None:
        """Nothing waits and nothing is on its way."""
        self.wait(lambda: not any(self.outbox.before(each) is None for each in self.outbox.those(State.WAITING)))
        self.wait(lambda: not self.outbox._timer.isActive())

    def only(self) -> Letter:
        """The only letter."""
        (letter,) = self.outbox.letters
        return letter

    def standing(self, letter: Letter) -> str:
        """How it is said to stand."""
        return standing(self.outbox, letter, online=self.desk.operations.online)[0]


def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for other desks."""
    for pace in ("FIRST", "NEXT", "AGAIN"):
        monkeypatch.setattr(outbox, pace, (0, 2))


@contextmanager
def posting(qtbot: QtBot, people: People, proxy: Proxy, world: World, folder: Path) -> Iterator[Post]:
    """Ana's, on that line."""
    helpline(world)
    login = people.add("ana", "operator")
    conninfo = replace(people.conninfo("ana"), hosts=(("127.0.0.1", proxy.port),))
    desk = Desk(login, Database(conninfo), Database(conninfo), folder)
    yield Post(qtbot, desk, world, proxy)
    desk.close()


def kept_in(folder: Path) -> list[Path]:
    """The files of what is not sent."""
    return sorted(folder.rglob("unsent/*.draft"))
