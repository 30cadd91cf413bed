"""iduo-admin doctor: what is wrong with a server, in plain words, and how to mend it."""

from argparse import Namespace

import psycopg

from iduo_desktop.admin import target
from iduo_desktop.admin.doctor_database import database_findings
from iduo_desktop.admin.doctor_server import Finding, server_findings
from iduo_desktop.admin.outcome import Exit, Terminal
from iduo_desktop.admin.target import Target


def run(options: Namespace, terminal: Terminal) -> Exit:
    """Look at everything; 1 when there is something to mend."""
    with target.opened(options, terminal, prepared=False) as database:
        terminal.progress("Revisando…")
        findings = examine(database)
    values = {"findings": [{"check": f.check, "problem": f.problem, "mend": f.mend} for f in findings]}
    terminal.answer(values, _lines(findings))
    return Exit.REFUSED if findings else Exit.DONE


def examine(database: Target) -> list[Finding]:
    """All findings, the server's first."""
    with psycopg.connect(database.server) as connection:
        findings = server_findings(connection, database.name, private=database.folder is not None)
    if any(finding.check in ("superuser", "version") for finding in findings):
        return findings
    if not target.exists(database):
        how = "iduo-admin database create (con las mismas opciones)"
        return [*findings, Finding("database", f"No hay una base «{database.name}» en este servidor.", how)]
    with psycopg.connect(database.conninfo) as connection:
        return findings + database_findings(connection, database.name)


def _lines(findings: list[Finding]) -> list[str]:
    if not findings:
        return ["Todo en orden."]
    lines = [line for finding in findings for line in (f"✗ {finding.problem}", f"    {finding.mend}")]
    return [*lines, "", f"{len(findings)} {'observación' if len(findings) == 1 else 'observaciones'}."]
