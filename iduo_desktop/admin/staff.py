"""iduo-admin staff: people added, disabled and given a new password, by an administrator or a superuser."""

from argparse import Namespace
from typing import LiteralString

import psycopg
from psycopg import sql

from iduo_desktop.admin import target
from iduo_desktop.admin.outcome import Exit, Terminal
from iduo_desktop.admin.passwords import new_password, verifier
from iduo_desktop.terms import Role

ROLES = {name: role.value for role in Role for name in (role.label, role.value)}


def add(options: Namespace, terminal: Terminal) -> Exit:
    """Add a person with a generated password, shown once, which must be changed at the first login."""
    password, roles = new_password(), sorted({ROLES[role] for role in options.role})
    with target.opened(options, terminal) as database, psycopg.connect(database.conninfo) as connection:
        create = sql.Identifier(*("iduo", "create_person") if _is_superuser(connection) else ("api", "add_person"))
        values = [options.login, options.name, roles, verifier(connection, options.login, password)]
        connection.execute(sql.SQL("SELECT {}(%s, %s, %s, %s, true)").format(create), values)
    _show(terminal, options.login, password, {"roles": roles})
    return Exit.DONE


def reset(options: Namespace, terminal: Terminal) -> Exit:
    """Give a person a new password, shown once, which must be changed at the next login; whoever is in as him goes."""
    login, password = options.login, new_password()
    with target.opened(options, terminal) as database, psycopg.connect(database.conninfo) as connection:
        made, superuser = verifier(connection, login, password), _is_superuser(connection)
        if superuser:
            _update(connection, login, sql.SQL("must_change_password = true"))
            forget_settings(connection, login)
            connection.execute(_role("ALTER ROLE {} PASSWORD {}", login, sql.Literal(made)))
        else:
            connection.execute("SELECT api.reset_person(%s, %s)", [login, made])
        connection.commit()
        _end_sessions(connection, login, superuser=superuser)
    _show(terminal, login, password, {})
    return Exit.DONE


def disable(options: Namespace, terminal: Terminal) -> Exit:
    """Let a person in no more, then end his sessions: in one transaction he could come back in between."""
    login = options.login
    with target.opened(options, terminal) as database, psycopg.connect(database.conninfo) as connection:
        superuser = _is_superuser(connection)
        if superuser:
            _update(connection, login, sql.SQL("active = false, disabled_at = clock_timestamp()"))
            connection.execute(_role("ALTER ROLE {} NOLOGIN", login))
        else:
            connection.execute("SELECT api.disable_person(%s)", [login])
        connection.commit()
        _end_sessions(connection, login, superuser=superuser)
    terminal.answer({"login": login, "disabled": True}, [f"{login} ya no puede entrar."])
    return Exit.DONE


def enrol(connection: psycopg.Connection, login: str, full_name: str, role: str, password: str) -> None:
    """A superuser's way to somebody with a known password; the login may be there, from another database too."""
    made = verifier(connection, login, password)
    if connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [login]).fetchone() is None:
        connection.execute("SELECT iduo.create_person(%s, %s, %s, %s, false)", [login, full_name, [role], made])
        return
    connection.execute(_role("ALTER ROLE {} LOGIN PASSWORD {}", login, sql.Literal(made)))
    group = sql.Identifier(f"iduo_{role}")
    connection.execute(sql.SQL("GRANT {} TO {} WITH INHERIT TRUE, SET FALSE").format(group, sql.Identifier(login)))
    connection.execute(
        "INSERT INTO iduo.staff (login, full_name, must_change_password) VALUES (%s, %s, false) "
        "ON CONFLICT (login) DO UPDATE SET active = true, disabled_at = NULL, must_change_password = false",
        [login, full_name],
    )


def forget_settings(connection: psycopg.Connection, role: str) -> None:
    """What whoever had the role's password had set for all its sessions, and what would outlive that password."""
    database = sql.Identifier(connection.info.dbname)
    connection.execute(_role("ALTER ROLE {} RESET ALL", role))
    connection.execute(_role("ALTER ROLE {} IN DATABASE {} RESET ALL", role, database))


def _end_sessions(connection: psycopg.Connection, login: str, *, superuser: bool) -> None:
    if superuser:
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s", [login])
    else:
        connection.execute("SELECT api.end_disabled_sessions(%s)", [login])


def _is_superuser(connection: psycopg.Connection) -> bool:
    found = connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
    return bool(found and found[0])


def _update(connection: psycopg.Connection, login: str, change: sql.SQL) -> None:
    """Change a person, who must be there: no other role of the server is touched."""
    connection.execute("SELECT iduo.need_person(%s)", [login])
    connection.execute(sql.SQL("UPDATE iduo.staff SET {} WHERE login = %s").format(change), [login])


def _role(statement: LiteralString, login: str, *rest: sql.Composable) -> sql.Composed:
    return sql.SQL(statement).format(sql.Identifier(login), *rest)


def _show(terminal: Terminal, login: str, password: str, more: dict[str, object]) -> None:
    terminal.answer(
        {"login": login, "password": password, **more},
        [
            f"Usuario:     {login}",
            f"Contraseña:  {password}",
            "Anotala ahora: no se puede volver a ver. La va a tener que cambiar cuando entre.",
        ],
    )
