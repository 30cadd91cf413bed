"""What is wrong with a server as a whole: version, settings, TLS, who may connect, roles."""

from collections.abc import Iterator
from dataclasses import dataclass

import psycopg

from iduo_desktop.admin.doctor_finding import Finding, configured, value
from iduo_desktop.admin.doctor_rules import rule_findings

__all__ = ["Finding", "server_findings"]

OWNERS = ("iduo_owner", "iduo_audit", "iduo_useradmin", "iduo_search")
GROUPS = ("iduo_user", "iduo_operator", "iduo_coordinator", "iduo_admin", "iduo_answerer")
SERVICES = ("iduo_guard", "iduo_gateway", "iduo_job", "iduo_chat")

ENGLISH = ("C", "C.UTF-8", "en_US.UTF-8", "en_GB.UTF-8", "POSIX")


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting of the server: values that will not do, the one to write, and why."""

    name: str
    wrong: tuple[str, ...]
    right: str
    why: str


SETTINGS = (
    Setting("password_encryption", ("md5",), "scram-sha-256", "las contraseñas se guardarían con md5"),
    Setting("max_prepared_transactions", (), "0", "una transacción preparada queda tomada para siempre"),
    Setting("temp_file_limit", ("-1",), "2GB", "una sola consulta puede llenar el disco"),
    Setting("statement_timeout", ("0",), "60s", "una consulta olvidada no termina nunca"),
    Setting("idle_in_transaction_session_timeout", ("0",), "10s", "una transacción abierta frena a todos"),
    Setting("client_connection_check_interval", ("0",), "1s", "las conexiones cortadas siguen ocupando su lugar"),
    Setting("tcp_keepalives_idle", ("0", "7200"), "15s", "una PC que desaparece ocupa su lugar durante horas"),
    Setting("tcp_user_timeout", ("0",), "10s", "una PC que desaparece ocupa su lugar durante minutos"),
    Setting("reserved_connections", ("0",), "3", "no queda lugar para mantener el servidor cuando está lleno"),
    Setting("fsync", ("off",), "on", "un corte de luz puede arruinar la base"),
    Setting("full_page_writes", ("off",), "on", "un corte de luz puede arruinar la base"),
    Setting("synchronous_commit", ("off",), "on", "lo último que se guardó se puede perder"),
    Setting("autovacuum", ("off",), "on", "las tablas crecen sin fin y las consultas se hacen lentas"),
    Setting("track_counts", ("off",), "on", "sin cuentas, la limpieza automática no sabe cuándo trabajar"),
    Setting("jit", ("on",), "off", "compilar una consulta tarda más que contestarla, y toma memoria en cada conexión"),
    Setting("row_security", ("off",), "on", "la segunda barrera de permisos está apagada"),
)
# Windows has neither poll for closed connections nor these of TCP.
NOT_ON_WINDOWS = ("client_connection_check_interval", "tcp_user_timeout")


def server_findings(connection: psycopg.Connection, name: str, private: bool) -> list[Finding]:
    """`private`: a server of ours on the loopback, which needs no TLS."""
    version = connection.info.server_version
    if version < 160000:
        problem = f"El servidor es PostgreSQL {version // 10000}; hace falta 16 o posterior."
        return [Finding("version", problem, "Actualizá PostgreSQL (pg_upgrade).")]
    if not value(connection, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"):
        mend = "Entrá con un superusuario: --user postgres"
        return [Finding("superuser", "Este usuario no puede revisar el servidor.", mend)]
    checks = [_settings(connection), _messages(connection), _logins(connection)]
    checks.append(rule_findings(connection, name))
    if not private:
        checks.append(_tls(connection))
    return [finding for check in checks for finding in check]


def _settings(connection: psycopg.Connection) -> Iterator[Finding]:
    windows = "windows" in str(value(connection, "SELECT version()")).lower()
    for setting in SETTINGS:
        now = configured(connection, setting.name)
        bad = now in setting.wrong if setting.wrong else now != setting.right
        if bad and not (windows and setting.name in NOT_ON_WINDOWS):
            yield Finding(
                f"setting {setting.name}",
                f"{setting.name} = {now}: {setting.why}.",
                f"postgresql.conf: {setting.name} = {setting.right}",
            )
    if int(configured(connection, "authentication_timeout").rstrip("s")) > 10:
        problem = "authentication_timeout es largo: quien no termina de entrar ocupa un lugar."
        yield Finding("setting authentication_timeout", problem, "postgresql.conf: authentication_timeout = 5s")


def _messages(connection: psycopg.Connection) -> Iterator[Finding]:
    language = configured(connection, "lc_messages")
    if language not in ENGLISH and not language.startswith("en"):
        problem = f"El servidor habla «{language}»: el programa no distingue una contraseña mal escrita de un corte."
        yield Finding("setting lc_messages", problem, "postgresql.conf: lc_messages = 'C'")


def _tls(connection: psycopg.Connection) -> Iterator[Finding]:
    if value(connection, "SELECT setting FROM pg_settings WHERE name = 'ssl'") != "on":
        mend = "postgresql.conf: ssl = on, ssl_cert_file = 'server.crt', ssl_key_file = 'server.key'"
        yield Finding("tls", "El servidor no cifra las conexiones, y el programa no va a entrar.", mend)
    lowest = value(connection, "SELECT setting FROM pg_settings WHERE name = 'ssl_min_protocol_version'")
    if lowest in ("", "TLSv1", "TLSv1.1"):
        mend = "postgresql.conf: ssl_min_protocol_version = 'TLSv1.2'"
        yield Finding("tls version", "El servidor acepta versiones de TLS que ya no son seguras.", mend)


def _logins(connection: psycopg.Connection) -> Iterator[Finding]:
    """Roles of ours that are missing or may do too much."""
    found = {
        row[0]: row[1:]
        for row in connection.execute(
            "SELECT rolname, rolcanlogin, rolsuper, rolcreaterole, rolbypassrls, rolcreatedb, rolreplication "
            "FROM pg_roles"
        )
    }
    for role in (*OWNERS, *GROUPS, *SERVICES):
        if role not in found:
            yield Finding(
                f"role {role}", f"Falta el rol {role}.", "iduo-admin database upgrade (con las mismas opciones)"
            )
            continue
        may_login, superuser, creates_roles, bypasses, creates_databases, replicates = found[role]
        if may_login and role not in SERVICES:
            yield Finding(
                f"role {role}", f"Con el rol {role} se puede entrar, y no debe poderse.", f"ALTER ROLE {role} NOLOGIN;"
            )
        if superuser or creates_databases or replicates:
            mend = f"ALTER ROLE {role} NOSUPERUSER NOCREATEDB NOREPLICATION;"
            yield Finding(f"role {role}", f"El rol {role} puede más de lo que necesita.", mend)
        if creates_roles != (role == "iduo_useradmin"):
            mend = f"ALTER ROLE {role} {'NO' if creates_roles else ''}CREATEROLE;"
            yield Finding(f"role {role}", f"Solo iduo_useradmin debe poder crear usuarios ({role}).", mend)
        if bypasses != (role == "iduo_search"):
            mend = f"ALTER ROLE {role} {'NO' if bypasses else ''}BYPASSRLS;"
            yield Finding(f"role {role}", f"Solo iduo_search debe saltear los permisos por fila ({role}).", mend)
