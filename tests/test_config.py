"""Who decides what: policy, machine, user, default, value by value, and what is said about nonsense."""

from pathlib import Path

import pytest

from iduo_desktop import config, registry
from iduo_desktop.config import Source
from iduo_desktop.config_keys import KEYS
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
    assert str(config.machine_file()) in found.blocked  # no private server is begun in its place


@pytest.mark.parametrize("certificate", [{}, {"sslrootcert": "system"}])
def test_a_server_without_certificate_is_checked_by_what_the_system_trusts(certificate: dict[str, str]) -> None:
    found = config.merge([(Source.MACHINE, {"profiles": {"central": {"hosts": ["db1"], **certificate}}})])
    assert found.profile.hosts == (("db1", 5432),)
    assert found.profile.sslrootcert is None
    assert found.problems == ()
    assert found.blocked == ""


@pytest.mark.parametrize(
    "said", ["db1:0", "db1:70000", "db1:", ":5432", "db1,db 2", "db1;;host=x", "a b", "db1:\u0661"]
)
def test_servers_that_make_no_sense(said: str) -> None:
    found = config.merge([(Source.POLICY, {"profiles": {"central": {"hosts": said}}})])
    assert len([problem for problem in found.problems if "hosts" in problem and "directiva" in problem]) == 1
    assert found.blocked


@pytest.mark.parametrize(
    ("said", "hosts"),
    [
        ("db1", (("db1", 5432),)),
        (" db1 ; db2:5433 ", (("db1", 5432), ("db2", 5433))),
        ("::1", (("::1", 5432),)),
        ("[::1]:5433,10.0.0.1", (("::1", 5433), ("10.0.0.1", 5432))),
    ],
)
def test_servers_as_people_write_them(said: str, hosts: tuple[tuple[str, int], ...]) -> None:
    assert config.merge([(Source.POLICY, {"profiles": {"central": {"hosts": said}}})]).profile.hosts == hosts


def test_nobody_but_it_says_how_its_server_is_checked() -> None:
    his = {"profile": "central", "profiles": {"central": {"sslrootcert": "/srv/rogue.pem", "dbname": "otra"}}}
    found = config.merge([(Source.MACHINE, {"profiles": {"central": {"hosts": ["db1"]}}}), (Source.USER, his)])
    assert found.profile.sslrootcert is None
    assert found.profile.dbname == "iduo"
    assert [problem for problem in found.problems if "Informática" in problem and "sslrootcert" in problem]


def test_a_profile_of_a_policy_is_compulsory_and_one_of_a_file_is_not() -> None:
    both = {"central": CENTRAL, "prueba": {"hosts": ["dbtest"]}}
    ordered = config.merge([(Source.POLICY, {"profile": "central"}), (Source.MACHINE, {"profiles": both})])
    assert ordered.choose("prueba").profile.name == "central"
    assert "prueba" in ordered.choose("prueba").problems[0]
    usual = config.merge([(Source.MACHINE, {"profile": "central", "profiles": both})])
    assert usual.choose("prueba").profile.name == "prueba"
    assert usual.choose("prueba").problems == ()
    assert "central, prueba" in usual.choose("otra").problems[0]
    assert usual.choose(None) is usual


def test_every_value_with_who_said_it() -> None:
    found = config.merge([(Source.POLICY, {"support": "Mesa"}), (Source.MACHINE, {"profiles": {"central": CENTRAL}})])
    stated = {one.key: (one.value, one.source) for one in found.stated()}
    assert stated["support"] == ("Mesa", Source.POLICY)
    assert stated["remember_password"] == (True, Source.DEFAULT)
    assert stated["profiles.central.hosts"] == ("db1.iduo.example:5432,db2.iduo.example:6432", Source.MACHINE)
    plain = {key.name for key in KEYS.values() if not key.in_profile}
    inner = {f"profiles.central.{key.name}" for key in KEYS.values() if key.in_profile and key.name != "directory"}
    assert set(stated) == plain | inner


def test_a_problem_says_which_value_where_and_what_goes_there() -> None:
    layers: list[tuple[Source, dict[str, object]]] = [
        (Source.POLICY, {"remember_password": 7, "dial_with": "fax"}),
        (Source.MACHINE, {"remember_pasword": 1}),
    ]
    flag, choice, unknown = config.merge(layers).problems
    assert flag.startswith("«remember_password» (directiva) no puede ser 7: va true o false")
    assert "«tel» o «sip» o «copy»" in choice
    assert "«remember_password»" in unknown
    assert "archivo de la PC" in unknown


def test_a_file_begun_with_a_mark_and_policies_that_may_not_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = tmp_path / "machine.toml"
    machine.write_text("remember_password = false\n", encoding="utf-8-sig")
    monkeypatch.setattr(config, "machine_file", lambda: machine)
    monkeypatch.setattr(config, "user_file", lambda: tmp_path / "none.toml")
    monkeypatch.setattr(registry, "policies", refuse)
    found = config.load()
    assert not found.remember_password
    assert found.problems == ("No se pueden leer las directivas: no. El programa sigue sin ellas.",)


def refuse() -> dict[str, object]:
    """As a registry that may not be read."""
    raise PermissionError("no")


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
