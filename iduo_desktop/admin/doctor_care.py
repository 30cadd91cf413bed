"""What is wrong with how a central server is kept: certificate, copies, disk, vacuum, logs, who is superuser."""

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
from cryptography import x509

from iduo_desktop.admin.doctor_finding import Finding, configured, value

SOON = timedelta(days=30)
LAG_BYTES = 256 * 2**20
LEAST_FREE, LEAST_SHARE = 5 * 2**30, 0.10
MOST_AGE = 1_200_000_000
Free = Callable[[Path], tuple[int, int] | None]


def care_findings(connection: psycopg.Connection, free: Free | None = None) -> Iterator[Finding]:
    """`free` answers how many bytes are free and how many there are, None when the folder is on another machine."""
    yield from _certificate(connection)
    yield from _archive(connection)
    yield from _standby(connection)
    yield from _slots(connection)
    yield from _disk(connection, free or _free_here)
    yield from _vacuum(connection)
    yield from _logs(connection)
    yield from _roles(connection)
    if value(connection, "SELECT current_setting('data_checksums')") == "off":
        mend = "Con el servidor parado: pg_checksums --enable -D la carpeta de datos"
        yield Finding("data checksums", "Sin sumas de control: un disco que falla arruina datos sin que se note.", mend)


def _certificate(connection: psycopg.Connection) -> Iterator[Finding]:
    if value(connection, "SELECT current_setting('ssl')") == "on":
        row = connection.execute("SELECT pg_read_binary_file(current_setting('ssl_cert_file'))").fetchone()
        if row:
            yield from certificate_findings(bytes(row[0]), datetime.now(UTC))


def certificate_findings(pem: bytes, now: datetime) -> Iterator[Finding]:
    """What the server shows to whoever connects."""
    certificate = x509.load_pem_x509_certificate(pem)
    end = certificate.not_valid_after_utc
    mend = "Hacé un certificado nuevo con los mismos nombres, ponelo en su lugar y recargá el servidor (docs/it.md, 4)."
    if end <= now:
        yield Finding("certificate", f"El certificado del servidor venció el {end:%d/%m/%Y}: nadie puede entrar.", mend)
    elif end <= now + SOON:
        problem = f"El certificado del servidor vence el {end:%d/%m/%Y}: después, nadie puede entrar."
        yield Finding("certificate", problem, mend)
    try:
        certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        problem = "El certificado del servidor no dice para qué nombres vale (subjectAltName)."
        yield Finding("certificate", problem, mend)


def _archive(connection: psycopg.Connection) -> Iterator[Finding]:
    if configured(connection, "archive_mode") == "off":
        mend = "postgresql.conf: archive_mode = on, archive_command y archive_timeout = 60s (docs/it.md, 8)"
        yield Finding("archive", "Los cambios no se archivan: un resguardo vuelve solo hasta que se hizo.", mend)
        return
    if configured(connection, "archive_timeout") == "0":
        problem = "Los cambios se archivan recién cuando llenan un archivo: en un día tranquilo, horas después."
        yield Finding("archive", problem, "postgresql.conf: archive_timeout = 60s")
    query = """SELECT format('%s, desde el %s', last_failed_wal, to_char(last_failed_time, 'DD/MM HH24:MI'))
               FROM pg_stat_archiver WHERE last_failed_time > coalesce(last_archived_time, '-infinity')"""
    for (what,) in connection.execute(query):
        mend = "Mirá el registro del servidor y probá: pgbackrest --stanza=iduo check. Si sigue, se llena el disco."
        yield Finding("archive failing", f"El archivado de los cambios falla ({what}).", mend)


def _standby(connection: psycopg.Connection) -> Iterator[Finding]:
    wanted = value(connection, "SELECT current_setting('synchronous_standby_names')")
    rows = connection.execute(
        """SELECT application_name, sync_state IN ('sync', 'quorum') AND state = 'streaming',
                  coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn), 0)::bigint,
                  coalesce(replay_lag > interval '60 s', false)
           FROM pg_stat_replication WHERE application_name !~ '^(pg_basebackup|pg_receivewal|pgBackRest)'"""
    ).fetchall()
    if wanted and not any(row[1] for row in rows):
        problem = f"Ningún secundario confirma lo que se guarda ({wanted}): guardar queda esperando."
        mend = "Levantá el secundario, o: ALTER SYSTEM RESET synchronous_standby_names; SELECT pg_reload_conf();"
        yield Finding("standby", problem, mend)
    if rows and not wanted:
        problem = "Hay un secundario, pero nadie espera que confirme: con una conmutación se pierde lo último."
        yield Finding("standby", problem, "Patroni: synchronous_mode: true; a mano: synchronous_standby_names")
    for name, _, behind, late in rows:
        if late or behind > LAG_BYTES:
            problem = f"El secundario {name} está atrasado ({behind // 2**20} MB)."
            yield Finding(
                "standby lag", problem, "Mirá su disco y la red; si no alcanza: patronictl reinit iduo NOMBRE"
            )


def _slots(connection: psycopg.Connection) -> Iterator[Finding]:
    rows = connection.execute(
        """SELECT quote_literal(slot_name), coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn), 0)::bigint
           FROM pg_replication_slots WHERE NOT active AND
               (wal_status IN ('unreserved', 'lost') OR pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn) > 2^30)"""
    ).fetchall()
    for name, kept in rows:
        problem = f"Se guardan {kept // 2**20} MB de cambios para un secundario que no viene ({name})."
        yield Finding("slot", problem, f"SELECT pg_drop_replication_slot({name});")
    count = value(connection, "SELECT count(*) FROM pg_replication_slots")
    if count and configured(connection, "max_slot_wal_keep_size") in ("-1", ""):
        problem = "Un secundario caído hace guardar cambios hasta llenar el disco."
        yield Finding("setting max_slot_wal_keep_size", problem, "postgresql.conf: max_slot_wal_keep_size = 10GB")


def _disk(connection: psycopg.Connection, free: Free) -> Iterator[Finding]:
    if not (connection.info.host.startswith(("/", "127.")) or connection.info.host in ("", "::1", "localhost")):
        return
    folder = Path(str(value(connection, "SELECT current_setting('data_directory')")))
    found = free(folder)
    if found and (found[0] < LEAST_FREE or found[0] < found[1] * LEAST_SHARE):
        problem = f"Quedan {found[0] / 2**30:.1f} GB libres en el disco de la base ({found[0] * 100 // found[1]} %)."
        yield Finding("disk", problem, "Agrandá el disco; nunca borres nada de pg_wal (docs/it.md, «Incidentes»).")


def _free_here(folder: Path) -> tuple[int, int] | None:
    try:
        usage = shutil.disk_usage(folder)
    except OSError:
        return None
    return usage.free, usage.total


def _vacuum(connection: psycopg.Connection) -> Iterator[Finding]:
    query = """SELECT quote_ident(datname) FROM pg_database WHERE datallowconn AND age(datfrozenxid) > %s"""
    for (name,) in connection.execute(query, [MOST_AGE]):
        problem = f"La base {name} hace mucho que no se limpia entera: puede dejar de aceptar escrituras."
        yield Finding("wraparound", problem, f"vacuumdb --freeze {name}, y buscá la transacción que lo impide")


def _logs(connection: psycopg.Connection) -> Iterator[Finding]:
    values = configured(connection, "log_parameter_max_length")
    told = configured(connection, "log_statement") == "all"
    told = told or configured(connection, "log_min_duration_statement") != "-1"
    if told and values != "0":
        problem = "El registro del servidor guarda los valores de las consultas: son datos de personas."
        yield Finding("logs", problem, "postgresql.conf: log_parameter_max_length = 0")
    if configured(connection, "log_parameter_max_length_on_error") != "0":
        problem = "El registro del servidor guarda los valores de las consultas que fallan: son datos de personas."
        yield Finding("logs", problem, "postgresql.conf: log_parameter_max_length_on_error = 0")


def _roles(connection: psycopg.Connection) -> Iterator[Finding]:
    more = """SELECT quote_ident(rolname) FROM pg_roles WHERE rolsuper AND rolcanlogin AND oid <> 10
              AND rolname <> current_user AND NOT rolname ^@ 'iduo_' ORDER BY 1"""
    for (name,) in connection.execute(more):
        problem = f"Además del primero hay otro superusuario, {name}: con uno alcanza."
        yield Finding("superusers", problem, f"ALTER ROLE {name} NOSUPERUSER;")
    weak = "SELECT quote_ident(rolname) FROM pg_authid WHERE rolcanlogin AND rolpassword ^@ 'md5' ORDER BY 1"
    for (name,) in connection.execute(weak):
        problem = f"La contraseña de {name} está guardada con md5, que el programa no acepta."
        yield Finding("passwords", problem, f"iduo-admin staff reset {name}")
