"""What a program that was installed before asks of the database: functions, parameters, columns, who may.

`python -m tests.database.previous CONNINFO > tests/database/previous_api.json` at a release writes down its door.
"""

import json
import sys
from collections.abc import Mapping
from typing import Any

import psycopg

DOOR = """
    SELECT p.proname, json_build_object(
        'parameters', (SELECT coalesce(json_agg(json_build_array(a.name, a.type::regtype::text,
                                                a.at > p.pronargs - p.pronargdefaults) ORDER BY a.at), '[]')
                       FROM unnest(p.proargtypes::oid[], p.proargnames[:p.pronargs])
                            WITH ORDINALITY AS a(type, name, at)),
        'columns', (SELECT coalesce(json_agg(json_build_array(c.name, c.type::regtype::text) ORDER BY c.at), '[]')
                    FROM unnest(p.proallargtypes, p.proargnames, p.proargmodes)
                         WITH ORDINALITY AS c(type, name, mode, at)
                    WHERE c.mode IN ('t', 'o')),
        'returns', p.prorettype::regtype::text,
        'roles', (SELECT coalesce(json_agg(r.rolname ORDER BY r.rolname), '[]') FROM pg_roles r
                  WHERE r.rolname ~ '^iduo_' AND has_function_privilege(r.oid, p.oid, 'EXECUTE') AND NOT r.rolsuper))
    FROM pg_proc p WHERE p.pronamespace = 'api'::regnamespace ORDER BY 1"""

Door = Mapping[str, Mapping[str, Any]]


def door(connection: psycopg.Connection) -> Door:
    """What can be asked of this database."""
    return dict(connection.execute(DOOR).fetchall())


def missing(before: Door, now: Door) -> list[str]:
    """What a program of before would not find any more."""
    lost = [f"{name}: gone" for name in before if name not in now]
    for name in before.keys() & now.keys():
        lost += [f"{name}: {what}" for what in _missing(before[name], now[name])]
    return sorted(lost)


def _missing(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    there = {name: (kind, optional) for name, kind, optional in now["parameters"]}
    columns = dict(now["columns"])
    old = {name for name, _, _ in before["parameters"]}
    lost = [f"parameter {name}" for name, kind, _ in before["parameters"] if there.get(name, ("",))[0] != kind]
    lost += [
        f"{name} must be said" for name, _, free in before["parameters"] if free and not there.get(name, (0, 1))[1]
    ]
    lost += [f"new parameter {name} must be said" for name, (_, free) in there.items() if name not in old and not free]
    lost += [f"column {name}" for name, kind in before["columns"] if columns.get(name) != kind]
    lost += [f"returns {now['returns']}"] if before["returns"] != now["returns"] else []
    return lost + [f"not for {role}" for role in before["roles"] if role not in now["roles"]]


def main() -> None:
    """Write down the door of a database, a function a line."""
    with psycopg.connect(sys.argv[1]) as connection:
        lines = [f"{json.dumps(name)}: {json.dumps(what)}" for name, what in door(connection).items()]
    sys.stdout.write("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()
