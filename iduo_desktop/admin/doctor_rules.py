"""What is wrong with pg_hba.conf: who may knock, from where, and how he shows who he is."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from ipaddress import ip_network

import psycopg
from psycopg.rows import class_row

from iduo_desktop.admin.doctor_finding import Finding

WEAK = ("trust", "password", "md5", "ident")
RELOAD = "SELECT pg_reload_conf();"


@dataclass(frozen=True, slots=True)
class Rule:
    """A line of pg_hba.conf; `address` is empty for the socket, "all" for everywhere."""

    line_number: int
    type: str
    database: tuple[str, ...]
    user_name: tuple[str, ...]
    address: str
    netmask: str
    auth_method: str
    error: str | None

    @property
    def here(self) -> bool:
        """True when only this machine can come in by it."""
        return self.type == "local" or self.address.startswith("127.") or self.address in ("::1", "localhost")

    def is_for(self, name: str) -> bool:
        """True when it is about that database."""
        return bool({name, "all"} & set(self.database))

    def covers(self, other: "Rule") -> bool:
        """True when whoever fits the other one fits this: the other one is never reached."""
        kinds = {self.type, other.type}
        same_door = len(kinds) == 1 or (self.type == "host" and "local" not in kinds)
        names = _within(other.database, self.database, "replication") and _within(other.user_name, self.user_name)
        return same_door and names and _wider(self, other)


def rule_findings(connection: psycopg.Connection, name: str) -> Iterator[Finding]:
    """Of each line, for the database of that name."""
    yield from findings_of(_rules(connection), name)


def nobody_comes_in(connection: psycopg.Connection, name: str) -> Iterator[Finding]:
    """A central server is there for those who come from the network."""
    yield from nobody_in(_rules(connection), name)


def findings_of(rules: Sequence[Rule], name: str) -> Iterator[Finding]:
    """At most one a line, in their order."""
    for at, rule in enumerate(rules):
        yield from _of_one(rule, name, [one for one in rules[:at] if not one.error])


def nobody_in(rules: Sequence[Rule], name: str) -> Iterator[Finding]:
    """What is missing when no line lets people in."""
    if not any(_lets_people_in(rule, name) for rule in rules):
        mend = f"hostssl {name} +iduo_user RED/MÁSCARA scram-sha-256, y después: {RELOAD}"
        yield Finding("pg_hba", "pg_hba.conf: ninguna línea deja entrar a los puestos desde la red.", mend)


def _rules(connection: psycopg.Connection) -> list[Rule]:
    with connection.cursor(row_factory=class_row(Rule)) as cursor:
        return cursor.execute(
            """SELECT line_number, type, database, user_name, coalesce(address, '') AS address,
                      coalesce(netmask, '') AS netmask, auth_method, error
               FROM pg_hba_file_rules ORDER BY rule_number NULLS LAST"""
        ).fetchall()


def _of_one(rule: Rule, name: str, before: Sequence[Rule]) -> Iterator[Finding]:
    """At most one finding a line: the worst."""
    where = f"pg_hba.conf, línea {rule.line_number}"
    right = f"hostssl {name} +iduo_user {_written(rule)} scram-sha-256"
    hidden = next((one for one in before if rule.error is None and one.covers(rule)), None)
    from_afar = rule.type in ("host", "hostnossl") and not rule.here and not rule.error
    if rule.error:
        yield Finding("pg_hba", f"{where}: no se entiende ({rule.error}).", f"Corregí la línea y ejecutá: {RELOAD}")
    elif rule.auth_method in WEAK and not (rule.type == "local" and rule.auth_method == "ident"):
        problem = f"{where}: con «{rule.auth_method}» se entra sin contraseña o con una que se puede leer."
        yield Finding("pg_hba", problem, f"Poné scram-sha-256 en lugar de {rule.auth_method}.")
    elif from_afar and rule.is_for(name) and rule.auth_method != "reject":
        yield Finding("pg_hba", f"{where}: deja entrar desde la red sin cifrar.", right)
    elif from_afar and "replication" in rule.database and rule.auth_method != "reject":
        problem = f"{where}: la copia al otro servidor viaja sin cifrar."
        yield Finding("pg_hba", problem, f"Poné hostssl en lugar de {rule.type}.")
    elif rule.type == "hostssl" and not rule.here and _lets_anybody(rule, name):
        problem = f"{where}: desde la red puede probar contraseñas cualquier usuario, también un superusuario."
        yield Finding("pg_hba", problem, right)
    elif hidden:
        problem = f"{where}: nunca se usa, porque la línea {hidden.line_number} ya decide por ella."
        yield Finding("pg_hba", problem, f"Ponela antes de la línea {hidden.line_number}, o borrala.")


def _lets_anybody(rule: Rule, name: str) -> bool:
    return rule.is_for(name) and "all" in rule.user_name and rule.auth_method not in ("reject", "cert")


def _lets_people_in(rule: Rule, name: str) -> bool:
    people = {"all", "+iduo_user"} & set(rule.user_name)
    usual = rule.type == "hostssl" and rule.auth_method in ("scram-sha-256", "cert")
    return bool(usual and people and rule.is_for(name) and not rule.here)


def _within(inner: Sequence[str], outer: Sequence[str], apart: str = "") -> bool:
    """`all` holds everything but what is `apart`: replication."""
    return set(inner) <= set(outer) or ("all" in outer and apart not in inner)


def _wider(rule: Rule, other: Rule) -> bool:
    if (rule.address, rule.netmask) == (other.address, other.netmask) or rule.address == "all":
        return True
    try:
        ours = ip_network(f"{rule.address}/{rule.netmask}")
        theirs = ip_network(f"{other.address}/{other.netmask}")
    except ValueError:  # names of machines
        return False
    return ours.version == theirs.version and int(theirs[0]) >= int(ours[0]) and int(theirs[-1]) <= int(ours[-1])


def _written(rule: Rule) -> str:
    """The address as it is written in the file."""
    try:
        return str(ip_network(f"{rule.address}/{rule.netmask}"))
    except ValueError:
        return rule.address
