"""The guard wakes a workstation: what a colleague changed is there at once, not at the next turn."""

import time

import psycopg
from psycopg import sql
from pytestqt.qtbot import QtBot

from iduo_desktop.database.feed import CHANNEL
from tests.ui.conftest import OpenDesk


def test_what_a_colleague_changed_is_there_at_once(
    qtbot: QtBot, open_desk: OpenDesk, superuser: psycopg.Connection
) -> None:
    desk = open_desk("ana", "operator")
    beat = (
        "INSERT INTO iduo.heartbeat (service, pid, started_at, beat_at) "
        "VALUES ('guard', pg_backend_pid(), clock_timestamp(), clock_timestamp())"
    )
    superuser.execute(beat)
    heard: list[str] = []
    desk.operations.changed.connect(lambda table, _row: heard.append(table))
    desk.operations.poll_now()
    qtbot.wait(500)
    for number in range(3):
        heard.clear()
        superuser.execute("INSERT INTO iduo.team (name) VALUES (%s)", [f"Equipo {number}"])
        superuser.execute(sql.SQL("NOTIFY {}").format(sql.Identifier(CHANNEL)))
        began = time.monotonic()
        qtbot.waitUntil(lambda: "team" in heard)
        assert time.monotonic() - began < 1.0
