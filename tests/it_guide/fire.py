"""After the guide: the leader is cut off, then killed, while desks work; nothing is lost or there twice."""

import json
import threading
import time
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

from tests.it_guide.machines import Machines

HERE = Path(__file__).parent
Hurt = Callable[[str], object]
LIST = "patronictl -c /etc/patroni/config.yml list"
LEADER = f"{LIST} | grep -o '| db[12] .*Leader' | cut -c3-5"
WORK = """
rm -f /mnt/it/fire.end /mnt/it/told.json
/opt/iduo/bin/python /opt/fire/fire_desks.py work /mnt/it/fire.json /mnt/it/told.json
"""
AS_POSTGRES = "cd / && runuser -u postgres -- /opt/iduo/bin/python /opt/fire/fire_desks.py"
READY = "timeout 300 sh -c 'until {} | grep \"{}.*Sync Standby.*streaming\"; do sleep 1; done'"
INSTALL = """
install -D -m 644 -t /opt/fire /root/fire_desks.py
install -D -m 644 -t /opt/fire/tests/database /root/desks.py
"""
LOAD_SECONDS, AFTER_SECONDS = 8, 8
LONGEST, LONGEST_LOAD = 300.0, 1200.0


def attack(machines: Machines) -> bool:
    """True when both times everything that was told is there once, and the old leader follows the new one."""
    for name in ("db1", "db2", "db3"):
        for script in (HERE / "fire_desks.py", HERE.parent / "database" / "desks.py"):
            machines.give(name, script)
        _need(machines, name, INSTALL)
    cut = _round(machines, "cut", "cut off from the network", machines.cut, machines.mend)
    killed = _round(
        machines,
        "dead",
        "killed, with Patroni",
        lambda leader: _need(
            machines,
            leader,
            "systemctl kill --signal=KILL patroni; systemctl stop patroni; pkill -KILL -u postgres postgres || true",
        ),
        lambda leader: _need(machines, leader, "systemctl start patroni"),
    )
    return cut and killed


def _round(machines: Machines, prefix: str, what: str, hurt: Hurt, mend: Hurt) -> bool:
    """One leader goes and comes back, under load."""
    leader = _need(machines, "db1", LEADER).split()[-1]
    other = "db2" if leader == "db1" else "db1"
    _need(machines, other, READY.format(LIST, other))
    hired = _need(machines, leader, f"{AS_POSTGRES} hire {prefix}").splitlines()[-1]
    machines.leave("fire.json", hired)
    told: list[CompletedProcess[str]] = []
    watched: list[CompletedProcess[str]] = []
    desks = threading.Thread(target=lambda: told.append(machines.run("db3", WORK, LONGEST_LOAD)))
    watcher = threading.Thread(target=lambda: watched.append(machines.run(other, f"{AS_POSTGRES} watch", LONGEST)))
    desks.start()
    watcher.start()
    time.sleep(LOAD_SECONDS)
    gone = time.monotonic()
    hurt(leader)
    watcher.join(LONGEST)
    last = watched[0].stdout.splitlines()[-1]
    promoted = float(last) if watched[0].returncode == 0 else float("nan")
    print(f"{leader} {what} under load: after {time.monotonic() - gone:.1f} s {other} says {last}", flush=True)
    time.sleep(AFTER_SECONDS)
    mend(leader)
    back = time.monotonic()
    again = machines.run(leader, READY.format(LIST, leader), LONGEST)
    returned = time.monotonic() - back
    print(f"  {leader} is back since {returned:.1f} s: {again.stdout.strip().splitlines()[-1:]}", flush=True)
    machines.leave("fire.end", "")
    desks.join(LONGEST)
    print(told[0].stdout[-2000:], end="")
    judged = _judge(machines, other)
    left = json.loads(machines.read("told.json"))["desks"]
    waits = [min((at for at in desk["times"] if at > promoted), default=float("inf")) - promoted for desk in left]
    right = judged.returncode == 0 and again.returncode == 0 and max(waits) < float("inf")
    print(f"  {judged.stdout.strip().splitlines()[-1][-400:]}: "
          f"{'0 lost, 0 twice' if judged.returncode == 0 else 'WRONG'}")  # fmt: skip
    print(f"  {other} took over after {promoted - gone:.1f} s; the desks wrote again {1000 * min(waits):.0f} to "
          f"{1000 * max(waits):.0f} ms after that")  # fmt: skip
    print(f"  {leader} follows again {returned:.1f} s after it was back{'' if again.returncode == 0 else '   WRONG'}",
          flush=True)  # fmt: skip
    return right


def _judge(machines: Machines, name: str) -> CompletedProcess[str]:
    _need(machines, "db3", "test -s /mnt/it/told.json")
    _need(machines, name, "install -m 600 -o postgres /mnt/it/told.json /var/lib/postgresql/told.json")
    return machines.run(name, f"{AS_POSTGRES} judge /var/lib/postgresql/told.json", 120)


def _need(machines: Machines, name: str, script: str) -> str:
    done = machines.run(name, script, LONGEST)
    if done.returncode:
        raise AssertionError(f"{name}: {script}\n{done.stdout[-2000:]}")
    return done.stdout
