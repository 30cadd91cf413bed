"""What the guard prunes of the feed: on a server of its own, since transactions of any database keep changes alive."""

from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from iduo_desktop.admin.outcome import Exit
from iduo_desktop.admin.target import Target
from iduo_desktop.database.feed import Feed
from tests.admin.conftest import Admin
from tests.people import People

PASSWORD = "la clave de la vigilancia"


def place(private: Target, folder: Path) -> tuple[str, ...]:
    """The options that lead a guard to the private server's database."""
    known = conninfo_to_dict(private.conninfo)
    (folder / "guard").write_text(PASSWORD)
    where = ("--host", str(known["host"]), "--port", str(known["port"]), "--dbname", str(known["dbname"]))
    return (*where, "--password-file", str(folder / "guard"))


def test_old_changes_go_and_who_slept_is_told_everything(iduo_admin: Admin, private: Target, tmp_path: Path) -> None:
    guard = ("guard", "--once", *place(private, tmp_path))
    with psycopg.connect(private.conninfo, autocommit=True) as superuser:
        superuser.execute(sql.SQL("ALTER ROLE iduo_guard PASSWORD {}").format(sql.Literal(PASSWORD)))
        people = People(superuser, "sola")
        awake, asleep = Feed(people.become("ana")), Feed(people.become("beto"))
        asleep.poll()
        superuser.execute("INSERT INTO iduo.team (name) VALUES ('vieja')")
        awake.poll()
        superuser.execute("UPDATE iduo.change SET at = at - interval '2 hours'")
        with psycopg.connect(private.conninfo) as held:
            held.execute("INSERT INTO iduo.team (name) VALUES ('en curso')")
            superuser.execute("INSERT INTO iduo.team (name) VALUES ('nueva')")
            late = superuser.execute("SELECT xid FROM iduo.change ORDER BY seq DESC LIMIT 1").fetchone()
            superuser.execute("UPDATE iduo.change SET at = at - interval '2 hours' WHERE xid = %s::text::xid8", late)
            first = iduo_admin(*guard)
            assert (first.code, first.answer["pruned"] > 0) == (Exit.DONE, True)
            # what a transaction wrote that is younger than the oldest one under way stays
            assert superuser.execute("SELECT count(*) FROM iduo.change").fetchone() == (1,)
            assert {change.table_name for change in awake.poll()} == {"team"}
        assert {change.table_name for change in awake.poll()} == {"team"}
        assert iduo_admin(*guard).answer["pruned"] == 1
        told = asleep.poll()
        assert ("case", None) in told
        assert ("company", None) in told
        assert awake.poll() == asleep.poll() == ()
        people.close()
