"""Values written to lead the program elsewhere: what IT fixed stays, and no value says more than its own setting."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from iduo_desktop import config
from iduo_desktop.config import Source
from iduo_desktop.config_keys import KEYS
from iduo_desktop.database.conninfo import Conninfo

FIXED = {
    "profile": "central",
    "remember_password": False,
    "profiles": {"central": {"hosts": ["db1.example.org"], "sslrootcert": "/etc/ca.pem", "dbname": "iduo"}},
}
HOSTS = (
    "db1,malo.example.org",
    "db1;malo",
    "db1 sslmode=disable",
    "db1\nsslmode=disable",
    "/tmp",  # noqa: S108  # a socket instead of a server
    "@abstracto",
    "db1'",
    'db1"',
    "db1\\",
    "postgresql://malo/",
    "db1:5432:1",
    "db1:٥٤٣٢",
    "db1:0",
    "db1:99999",
    ":5432",
    "[]",
    "",
)
TEXTS = (
    "host=malo.example.org sslmode=disable",
    "postgresql://malo.example.org/iduo?sslmode=disable",
    "iduo' sslmode='disable",
    "iduo sslmode=disable require_auth=none",
    "iduo\\' host=malo",
    "../../etc/passwd",
)


def merged(user: dict[str, Any], policy: bool = False) -> config.Config:
    """What counts when this person says that against what IT said."""
    return config.merge([(Source.POLICY if policy else Source.MACHINE, FIXED), (Source.USER, user)])


@pytest.mark.parametrize("host", HOSTS)
def test_a_host_is_one_host(host: str) -> None:
    found = config.merge([(Source.MACHINE, {"profiles": {"central": {"hosts": ["db0", host]}}})])
    assert found.blocked or found.profile.hosts == (("db0", 5432),)


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_says_its_own_setting_only(text: str) -> None:
    found = config.merge([(Source.MACHINE, {"profiles": {"central": {"hosts": ["db1"], "dbname": text}}})])
    profile = found.profile
    words = Conninfo(profile.hosts, profile.dbname, text, text, Path("/ca") / text).keywords(15)
    read = conninfo_to_dict(make_conninfo(**words))
    assert (read["dbname"], read["user"], read["password"]) == (text, text, text)
    assert (read["host"], read["sslmode"], read["require_auth"]) == ("db1", "verify-full", "scram-sha-256")
    assert read["channel_binding"] == "require"


@pytest.mark.parametrize("policy", [True, False])
@pytest.mark.parametrize(
    "user",
    [
        {"profiles": {"central": {"hosts": ["malo"]}}},
        {"profiles": {"central": {"sslrootcert": "/srv/eva/ca.pem"}}},
        {"profiles": {"central": {"sslrootcert": ""}}},
        {"profiles": {"central": {"directory": "/srv/eva/base"}}},
        {"profiles": {"central": {"dbname": "otra"}}},
        {"profiles": {"central": {"test": True}}},
        {"profiles": {"central.x": {"hosts": ["malo"]}}},
        {"profiles": {"": {"hosts": ["malo"]}}},
        {"profile": "malo", "profiles": {"malo": {"hosts": ["malo"]}}},
        {"remember_password": True},
        {"profiles": {"central": []}},
        {"profiles.central.hosts": ["malo"]},
    ],
)
def test_what_it_fixed_stays(user: dict[str, Any], policy: bool) -> None:
    usual, found = merged({}, policy), merged(user, policy)
    assert found.profile == usual.profile
    assert found.remember_password == usual.remember_password
    assert all(found.locked(key) for key in ("profile", "remember_password", "profiles.central.hosts"))


anything = some.recursive(
    some.none() | some.booleans() | some.integers() | some.text() | some.floats(),
    lambda inner: some.lists(inner) | some.dictionaries(some.text(), inner),
    max_leaves=8,
)
keys = some.sampled_from([*KEYS, "profiles"]) | some.text()
profiles = some.dictionaries(some.sampled_from(["central", "otra", ""]), some.dictionaries(keys, anything) | anything)


@given(some.dictionaries(keys, anything), profiles | anything)
def test_whatever_a_person_writes(user: dict[str, Any], own: object) -> None:
    found = merged(user | {"profiles": own})
    assert found.profile == merged({}).profile
    assert not found.remember_password
