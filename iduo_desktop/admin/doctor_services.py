"""What is wrong around a central database: services that are away, too little room, plain sessions, old versions."""

from collections.abc import Iterator

import psycopg

from iduo_desktop import __version__
from iduo_desktop.admin.doctor_finding import Finding, value
from iduo_desktop.services import clocks

# What a desk holds, and what is left for services, backups and whoever administers.
EACH, OTHERS = 2, 10


def service_findings(connection: psycopg.Connection) -> Iterator[Finding]:
    """Of the database that the connection is in."""
    yield from _guard(connection)
    yield from _seals(connection)
    yield from _gateway(connection)
    yield from _chat(connection)
    yield from _room(connection)
    yield from _tables(connection)
    yield from _people(connection)
    yield from _versions(connection)
    yield from _clock(connection)


def _guard(connection: psycopg.Connection) -> Iterator[Finding]:
    query = "SELECT FROM iduo.heartbeat WHERE service = 'guard' AND beat_at > clock_timestamp() - interval '60 s'"
    if connection.execute(query).fetchone() is None:
        problem = "La vigilancia no está en marcha: nadie corta una consulta sin fin, y las tablas de cambios crecen."
        yield Finding("guard", problem, "systemctl enable --now iduo-guard (docs/it.md, 7)")


def _seals(connection: psycopg.Connection) -> Iterator[Finding]:
    """Of a guard that runs, and has run for a while: what it is behind with."""
    query = """SELECT count(*) FROM audit.entry e, iduo.heartbeat h,
                      (SELECT coalesce(max(low), 0) AS low FROM audit.seal) s
               WHERE h.service = 'guard' AND h.beat_at > clock_timestamp() - interval '60 s'
                 AND h.started_at < clock_timestamp() - interval '10 min' AND e.id > s.low
                 AND e.at < clock_timestamp() - interval '10 min'
                 AND e.id NOT IN (SELECT i FROM audit.seal x, unnest(x.ids) i WHERE x.last > s.low)"""
    waiting = value(connection, query)
    if waiting:
        problem = f"Hay {waiting} entradas del registro de auditoría sin sellar hace más de 10 minutos."
        yield Finding("seals", problem, "journalctl -u iduo-guard: ¿dice lost?; y: iduo-admin audit verify")


def _gateway(connection: psycopg.Connection) -> Iterator[Finding]:
    """One that was here in the last week is missed; one that never was is not."""
    query = """SELECT beat_at < clock_timestamp() - interval '60 s', coalesce(complaint, '') FROM iduo.heartbeat
               WHERE service = 'gateway' AND beat_at > clock_timestamp() - interval '7 days'"""
    for away, complaint in connection.execute(query):
        if away:
            problem = "La pasarela de mensajes no está en marcha: lo que se escribe a los clientes espera."
            yield Finding("gateway", problem, "systemctl status iduo-gateway, y: iduo-admin gateway --config … --check")
        elif complaint:
            yield Finding("gateway", f"La pasarela se queja: {complaint}", "iduo-admin gateway --config … --check")


def _chat(connection: psycopg.Connection) -> Iterator[Finding]:
    """Also of one that never was here, once it has its password: then somebody meant it to be."""
    query = """SELECT FROM iduo.setting s WHERE s.name = 'chat_on' AND s.value = 'true'
               AND NOT EXISTS (SELECT FROM iduo.heartbeat h
                               WHERE h.service = 'chat' AND h.beat_at > clock_timestamp() - interval '60 s')
               AND (EXISTS (SELECT FROM iduo.heartbeat h
                            WHERE h.service = 'chat' AND h.beat_at > clock_timestamp() - interval '7 days')
                    OR EXISTS (SELECT FROM pg_authid a WHERE a.rolname = 'iduo_chat' AND a.rolpassword IS NOT NULL))"""
    if connection.execute(query).fetchone() is not None:
        problem = "El chat del sitio está encendido, pero su servicio no está en marcha: nadie puede escribir."
        mend = "iduo-admin gateway --config … --check, o apagá el ajuste chat_on (Configuración, Chat)"
        yield Finding("chat", problem, mend)


def _room(connection: psycopg.Connection) -> Iterator[Finding]:
    row = connection.execute(
        """SELECT (SELECT count(*) FROM iduo.staff WHERE active AND NOT service),
                  current_setting('max_connections')::int
                  - current_setting('superuser_reserved_connections')::int
                  - coalesce(current_setting('reserved_connections', true)::int, 0)"""
    ).fetchone()
    people, places = row or (0, 0)
    needed = EACH * people + OTHERS
    if needed > places:
        problem = f"Hay {people} personas y lugar para {places} conexiones: si entran todas, las últimas no pueden."
        mend = f"postgresql.conf: max_connections = {needed + 10} (y reiniciar; con Patroni: patronictl edit-config)"
        yield Finding("max_connections", problem, mend)


def _tables(connection: psycopg.Connection) -> Iterator[Finding]:
    query = """SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace,
                      unnest(c.reloptions) o
               WHERE n.nspname IN ('iduo', 'audit') AND o ~* '^autovacuum_enabled=(false|off|no|0)$' ORDER BY 1"""
    for (name,) in connection.execute(query):
        problem = f"La limpieza automática de la tabla {name} está apagada."
        yield Finding("autovacuum", problem, f"ALTER TABLE {name} RESET (autovacuum_enabled);")
    query = """SELECT s.relid::regclass::text FROM pg_stat_user_tables s WHERE s.schemaname IN ('iduo', 'audit')
               AND s.n_dead_tup > 100000 AND s.n_dead_tup > s.n_live_tup / 2 ORDER BY 1"""
    for (name,) in connection.execute(query):
        yield Finding("dead rows", f"La tabla {name} tiene más restos que filas.", f"VACUUM (ANALYZE) {name};")


def _people(connection: psycopg.Connection) -> Iterator[Finding]:
    query = """SELECT s.login FROM iduo.staff s JOIN pg_authid a ON a.rolname = s.login
               WHERE s.active AND NOT s.service AND a.rolpassword IS NULL ORDER BY 1"""
    for (name,) in connection.execute(query):
        problem = f"{name} no tiene contraseña en el servidor (¿se restauró sin los roles?)."
        yield Finding("people without password", problem, f"iduo-admin staff reset {name}")
    query = """SELECT DISTINCT s.login FROM pg_stat_activity a JOIN pg_stat_ssl t USING (pid)
               JOIN iduo.staff s ON s.login = a.usename
               WHERE NOT t.ssl AND a.client_addr IS NOT NULL AND NOT a.client_addr <<= '127.0.0.0/8' ORDER BY 1"""
    for (name,) in connection.execute(query):
        problem = f"{name} está trabajando sin cifrar desde la red."
        yield Finding("plain sessions", problem, "Dejá en pg_hba.conf solo hostssl para la red de los puestos.")


def _versions(connection: psycopg.Connection) -> Iterator[Finding]:
    minimum = str(value(connection, "SELECT value #>> '{}' FROM iduo.setting WHERE name = 'minimum_client'"))
    if _numbers(minimum) > _numbers(__version__):
        problem = f"Solo se puede entrar desde la versión {minimum}, y esta es la {__version__}."
        yield Finding("minimum version", problem, "Instalá la versión nueva, o bajá el ajuste minimum_client.")


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdecimal())


def _clock(connection: psycopg.Connection) -> Iterator[Finding]:
    """Days and hours are Argentina's, whatever the server's own time zone is."""
    query = "SELECT extract(epoch FROM utc_offset) FROM pg_timezone_names WHERE name = %s"
    row = connection.execute(query, [clocks.PLACE]).fetchone()
    if row is None or row[0] != -3 * 3600:
        problem = f"El servidor no sabe bien la hora de {clocks.PLACE}: los días empiezan y terminan a otra hora."
        yield Finding("time zone", problem, "apt-get install --reinstall tzdata, y reiniciá PostgreSQL")
