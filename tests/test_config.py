"""Who decides what: policy, machine, user, default, value by value, and what is said about nonsense."""

from pathlib import Path

import pytest

from iduo_desktop import config
from iduo_desktop.config import Source
from iduo_desktop.database.conninfo import Conninfo

CENTRAL = {"hosts": ["db1.iduo.example", "db2.iduo.example:6432"], "sslrootcert": "/etc/ssl/iduo.pem"}


def test_nothing_said_is_the_demo() -> None:
    found = config.merge([])
    assert found.profile == config.demo_profile()
    assert found.profile.embedded
    assert found.profile.test
    assert found.remember_password
    assert found.problems == ()
    assert found.source_of("remember_password") is Source.DEFAULT


def test_first_source_wins_for_each_value() -> None:
    found = config.merge(
        [
            (Source.POLICY, {"profiles": {"central": {"hosts": "db9:5433"}}, "remember_password": 0}),
            (Source.MACHINE, {"profile": "central", "profiles": {"central": CENTRAL}, "remember_password": True}),
            (
                Source.USER,
                {"profile": "mine", "profiles": {"central": {"hosts": ["rogue"]}, "mine": {"directory": "/x"}}},
            ),
        ]
    )
    assert found.profile.name == "central"
    assert found.profile.hosts == (("db9", 5433),)
    assert found.profile.sslrootcert == Path("/etc/ssl/iduo.pem")
    assert found.profile.dbname == "iduo"
    assert not found.remember_password
    assert found.source_of("profiles.central.hosts") is Source.POLICY
    assert found.source_of("profiles.central.sslrootcert") is Source.MACHINE
    assert found.source_of("profiles.mine.directory") is Source.USER
    assert found.locked("profile")
    assert not found.locked("profiles.mine.directory")
    assert [profile.name for profile in found.profiles] == ["central", "mine"]


def test_two_hosts_with_their_ports() -> None:
    found = config.merge([(Source.MACHINE, {"profiles": {"central": CENTRAL}})])
    assert found.profile.hosts == (("db1.iduo.example", 5432), ("db2.iduo.example", 6432))
    chosen = found.profile
    words = Conninfo(chosen.hosts, chosen.dbname, "mgarcia", "secreta", chosen.sslrootcert).keywords(15)
    assert words["host"] == "db1.iduo.example,db2.iduo.example"
    assert words["port"] == "5432,6432"
    assert words["sslmode"] == "verify-full"
    assert words["channel_binding"] == "require"
    assert words["require_auth"] == "scram-sha-256"
    assert words["target_session_attrs"] == "read-write"
    assert words["gssencmode"] == "disable"


@pytest.mark.parametrize(
    "profile",
    [
        {"hosts": ["db1"]},
        {"sslrootcert": "/x.pem"},
        {"hosts": ["db1:otro"], "sslrootcert": "/x.pem"},
        {"hosts": ["db1"], "sslrootcert": "/x.pem", "directory": "/x"},
        {},
    ],
)
def test_a_profile_that_leads_nowhere_is_none_and_is_said(profile: dict[str, object]) -> None:
    found = config.merge([(Source.MACHINE, {"profile": "malo", "profiles": {"malo": {"test": True, **profile}}})])
    assert found.profile == config.demo_profile()
    assert any("malo" in problem and "sslrootcert" in problem for problem in found.problems)


@pytest.mark.parametrize(
    ("values", "key"),
    [
        ({"hots": ["db1"]}, "hots"),
        ({"remember_password": "sí"}, "remember_password"),
        ({"profiles": {"central": {**CENTRAL, "hosts": 5432}}}, "profiles.central.hosts"),
        ({"profiles": {"central": {**CENTRAL, "profile": "x"}}}, "profiles.central.profile"),
        ({"profiles": "central"}, "profiles"),
        ({"profiles": {"central": "db1"}}, "profiles.central"),
        ({"hosts": ["db1"]}, "hosts"),
    ],
)
def test_what_nobody_understands_is_said_and_does_no_harm(values: dict[str, object], key: str) -> None:
    found = config.merge([(Source.USER, values)])
    assert any(f"«{key}" in problem for problem in found.problems)


def test_files_of_the_machine_and_of_the_person(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    machine, user = tmp_path / "machine.toml", tmp_path / "user.toml"
    monkeypatch.setattr(config, "machine_file", lambda: machine)
    monkeypatch.setattr(config, "user_file", lambda: user)
    assert config.load().problems == ()
    machine.write_text('[profiles.prueba]\ndirectory = "~/prueba"\ntest = true\n')
    user.write_text("profile = roto")
    found = config.load()
    assert found.profile.name == "prueba"
    assert found.profile.directory == Path.home() / "prueba"
    assert found.profile.test
    assert len(found.problems) == 1
    assert str(user) in found.problems[0]


def test_policies_have_names_as_administrators_write_them() -> None:
    names = ("Profile", "RememberPassword", "Hosts", "SslRootCert", "DbName", "Test", "Directory", "Otra")
    found = [config.policy_name(name) for name in names]
    assert found == ["profile", "remember_password", "hosts", "sslrootcert", "dbname", "test", "directory", "otra"]


def test_places_for_files_are_the_systems() -> None:
    assert config.machine_file().name == config.user_file().name == "config.toml"
    assert "iduo" in str(config.data_folder())
    assert "iduo" in str(config.log_folder())
