"""After the guide: the program enters the server that proves who it is, and no other; doctor sees what ended."""

from tests.it_guide.machines import Machines

# As the program connects: verify-full, both hosts, the password in memory.
KNOCK = """
cat > /root/knock.py <<'FIN'
import sys
from pathlib import Path
from iduo_desktop.database.connection import Conninfo, Database
from iduo_desktop.database.errors import OperationError, UserError

names, authority = sys.argv[1:]
hosts = tuple((name, 5432) for name in names.split(","))
password = Path("/etc/iduo-desktop/job.password").read_text("utf-8").strip()
database = Database(Conninfo(hosts, "iduo", "iduo_job", password, Path(authority)))
try:
    database.verifier("iduo_job", "x")
    print("entered")
except (UserError, OperationError) as error:
    print(f"{type(error).__name__}: {error.message}")
FIN
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -days 9 -subj /CN=otra \
  -keyout /root/otra.key -out /root/otra.pem
"""
ENDED = """
cd /mnt/it/tls
openssl x509 -req -in db2.csr -CA ca.pem -CAkey ca.key -not_before 20240101000000Z -not_after 20240201000000Z \
  -extfile db2.ext -out /etc/iduo-desktop/server.crt
runuser -u postgres -- psql -qXAtc "SELECT pg_reload_conf()"
sleep 1
"""
MENDED = """
install -m 644 /mnt/it/tls/db2.crt /etc/iduo-desktop/server.crt
runuser -u postgres -- psql -qXAtc "SELECT pg_reload_conf()"
sleep 1
"""
BOTH, OURS = "db1.example.org,db2.example.org", "/etc/iduo-desktop/ca.pem"
ENTERED, REFUSED = "entered", "ServerNotTrusted: No pudimos comprobar que el servidor sea el verdadero."


def prove(machines: Machines) -> bool:
    """db2 leads when the guide has ended; True when every knock was answered as it should be."""
    said = [
        machines.run("db3", KNOCK, 60).returncode == 0,
        _knock(machines, "the right one, both named", BOTH, OURS, ENTERED),
        _knock(machines, "another authority", BOTH, "/root/otra.pem", REFUSED),
        _knock(machines, "another name", "10.20.0.12", OURS, REFUSED),
        machines.run("db2", ENDED, 60).returncode == 0,
        _knock(machines, "an ended certificate", "db2.example.org", OURS, REFUSED),
        _doctor(machines, "certificate"),
        machines.run("db2", MENDED, 60).returncode == 0,
        _knock(machines, "renewed", "db2.example.org", OURS, ENTERED),
    ]
    return all(said)


def _knock(machines: Machines, case: str, hosts: str, authority: str, expected: str) -> bool:
    done = machines.run("db3", f"/opt/iduo/bin/python /root/knock.py {hosts} {authority}", 60)
    answer = done.stdout.strip().splitlines()[-1:] or [""]
    right = answer[0].startswith(expected)
    print(f"TLS, {case}: {answer[0]}{'' if right else '   WRONG'}")
    return right


def _doctor(machines: Machines, check: str) -> bool:
    done = machines.run("db2", "cd / && runuser -u postgres -- iduo-admin database doctor --json", 60)
    right = done.returncode == 1 and f'"check": "{check}"' in done.stdout
    print(f"doctor then: {done.stdout.strip()[-200:]}{'' if right else '   WRONG'}")
    return right
