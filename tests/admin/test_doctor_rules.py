"""database doctor reads pg_hba.conf as the server does: the first line that fits decides."""

import pytest

from iduo_desktop.admin.doctor_rules import Rule, findings_of, nobody_in

MASKS = {"8": "255.0.0.0", "16": "255.255.0.0", "32": "255.255.255.255"}


def rules(*lines: str) -> list[Rule]:
    """Lines as they are written, numbered from 1."""
    made = []
    for number, line in enumerate(lines, 1):
        kind, databases, people, *place, method = line.split()
        address, _, bits = (place or [""])[0].partition("/")
        names = (tuple(databases.split(",")), tuple(people.split(",")))
        made.append(Rule(number, kind, *names, address, MASKS.get(bits, ""), method, None))
    return made


GUIDE = (
    "local all postgres peer",
    "local iduo iduo_guard peer",
    "hostssl iduo iduo_guard 10.20.0.13/32 scram-sha-256",
    "hostssl iduo +iduo_user 10.20.0.0/16 scram-sha-256",
    "hostssl replication replicator 10.20.0.12/32 scram-sha-256",
)


def test_the_guides_own_lines_are_fine() -> None:
    assert list(findings_of(rules(*GUIDE), "iduo")) == []
    assert list(nobody_in(rules(*GUIDE), "iduo")) == []


@pytest.mark.parametrize(
    ("lines", "words", "mend"),
    [
        (("local all all peer", "local iduo iduo_guard peer"), "línea 2: nunca se usa", "antes de la línea 1"),
        (
            ("hostssl iduo +iduo_user 10.0.0.0/8 reject", "hostssl iduo +iduo_user 10.20.0.0/16 scram-sha-256"),
            "línea 2: nunca se usa",
            "antes de la línea 1",
        ),
        (("hostssl iduo all 10.20.0.0/16 scram-sha-256",), "también un superusuario", "+iduo_user 10.20.0.0/16"),
        (("hostssl all all all scram-sha-256",), "también un superusuario", "hostssl iduo +iduo_user all"),
        (("host iduo +iduo_user 10.20.0.0/16 scram-sha-256",), "sin cifrar", "hostssl iduo +iduo_user 10.20.0.0/16"),
        (("hostnossl all all 10.20.0.0/16 scram-sha-256",), "sin cifrar", "hostssl"),
        (("host replication replicator 10.20.0.12/32 scram-sha-256",), "viaja sin cifrar", "Poné hostssl"),
        (("hostssl iduo +iduo_user 10.20.0.0/16 md5",), "con «md5»", "scram-sha-256"),
        (("local all all trust",), "con «trust»", "scram-sha-256"),
    ],
)
def test_what_is_wrong_with_a_line(lines: tuple[str, ...], words: str, mend: str) -> None:
    (finding,) = findings_of(rules(*lines), "iduo")
    assert finding.check == "pg_hba"
    assert words in finding.problem
    assert mend in finding.mend


@pytest.mark.parametrize(
    "lines",
    [
        ("local all postgres peer", "local iduo iduo_guard peer"),
        ("hostssl iduo ana 10.20.0.5/32 scram-sha-256", "hostssl iduo +iduo_user 10.20.0.0/16 scram-sha-256"),
        ("hostssl otra +iduo_user 10.20.0.0/16 scram-sha-256", "hostssl iduo +iduo_user 10.20.0.0/16 scram-sha-256"),
        ("hostnossl all all all reject", "hostssl iduo +iduo_user 10.20.0.0/16 scram-sha-256"),
        ("host iduo +iduo_user db1.example.org reject", "hostssl iduo +iduo_user 10.20.0.0/16 scram-sha-256"),
        ("hostssl iduo +iduo_user all scram-sha-256", "hostssl replication all 10.20.0.12/32 scram-sha-256"),
    ],
)
def test_what_is_fine(lines: tuple[str, ...]) -> None:
    assert list(findings_of(rules(*lines), "iduo")) == []


@pytest.mark.parametrize(
    "line",
    [
        "host iduo +iduo_user 10.20.0.0/16 scram-sha-256",
        "hostssl iduo +iduo_user 127.0.0.1/32 scram-sha-256",
        "hostssl otra +iduo_user 10.20.0.0/16 scram-sha-256",
        "hostssl iduo ana 10.20.0.0/16 scram-sha-256",
        "hostssl iduo +iduo_user 10.20.0.0/16 reject",
    ],
)
def test_nobody_comes_in(line: str) -> None:
    (finding,) = nobody_in(rules(line), "iduo")
    assert "hostssl iduo +iduo_user" in finding.mend
