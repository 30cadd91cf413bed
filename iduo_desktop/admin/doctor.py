"""iduo-admin doctor: what is wrong with a server, in plain words, and how to mend it."""

from argparse import Namespace
from datetime import UTC, datetime

import psycopg

from iduo_desktop.admin import target
from iduo_desktop.admin.doctor_backups import backup_findings, proof_findings, read_info
from iduo_desktop.admin.doctor_care import care_findings
from iduo_desktop.admin.doctor_database import database_findings
from iduo_desktop.admin.doctor_finding import Finding
from iduo_desktop.admin.doctor_rules import nobody_comes_in
from iduo_desktop.admin.doctor_server import server_findings
from iduo_desktop.admin.doctor_services import service_findings
from iduo_desktop.admin.outcome import Exit, Terminal
from iduo_desktop.admin.target import Target


def run(options: Namespace, terminal: Terminal) -> Exit:
    """Look at everything; 1 when there is something to mend."""
    backups = read_info(options.backup_info) if options.backup_info else None
    with target.opened(options, terminal, prepared=False) as database:
        terminal.progress("Revisando…")
        findings = examine(database, backups)
    values = {"findings": [{"check": f.check, "problem": f.problem, "mend": f.mend} for f in findings]}
    terminal.answer(values, _lines(findings))
    return Exit.REFUSED if findings else Exit.DONE


def examine(database: Target, backups: str | None = None) -> list[Finding]:
    """All findings, the server's first. `backups`: what pgbackrest info says; nothing is said of their age without."""
    central = database.folder is None
    with psycopg.connect(database.server) as connection:
        findings = server_findings(connection, database.name, private=not central)
        if any(finding.check in ("superuser", "version") for finding in findings):
            return findings
        if central:
            findings += [*nobody_comes_in(connection, database.name), *care_findings(connection)]
    findings += backup_findings(backups, datetime.now(UTC)) if backups is not None else ()
    if not target.exists(database):
        how = "iduo-admin database create (con las mismas opciones)"
        return [*findings, Finding("database", f"No hay una base «{database.name}» en este servidor.", how)]
    with psycopg.connect(database.conninfo) as connection:
        inside = database_findings(connection, database.name)
        findings += inside
        if central and not any(finding.check in ("schema", "encoding") for finding in inside):
            findings += [*service_findings(connection), *proof_findings(connection, datetime.now(UTC))]
    return findings


def _lines(findings: list[Finding]) -> list[str]:
    if not findings:
        return ["Todo en orden."]
    lines = [line for finding in findings for line in (f"✗ {finding.problem}", f"    {finding.mend}")]
    return [*lines, "", f"{len(findings)} {'observación' if len(findings) == 1 else 'observaciones'}."]
