"""What nobody means when he asks for contact pressure: odd addresses, odd arrays, what is another one's to do."""

from collections.abc import Callable

import psycopg
import pytest

from iduo_desktop.database.connection import Database
from iduo_desktop.database.errors import UserError
from iduo_desktop.services import pressure
from iduo_desktop.services.pressure import Party
from tests.services.refusals import refused_field


@pytest.mark.parametrize("address", ["%", "'; DROP", "\u202e", "9" * 254, "a" * 254, "+", "@@@@", "  "])
def test_odd_addresses(ana: Database, address: str) -> None:
    party = Party(1, None, address)
    assert pressure.pressure(ana, party, "call").allowed
    for channel, purpose in (("fax", ""), ("call", "war"), ("", "")):
        assert refused_field(pressure.pressure, ana, party, channel, purpose)[0] in ("channel", "purpose")


def test_attacks(raw: Callable[..., psycopg.Connection]) -> None:
    operator, coordinator = raw("eva", "operator"), raw("mara", "coordinator")
    for attacker, statement in (
        (operator, "SELECT * FROM api.load_no_contact('x', '', now(), '{1}', true)"),
        (operator, "SELECT api.save_quiet_hours('collection', '{1}', '{0}', '{1440}')"),
        (operator, "SELECT iduo.need_allowed(1, 1, '', 'call', '', '')"),
        (operator, "SELECT * FROM iduo.standing(1, 1, '', 'call', '', now())"),
        (operator, "SELECT * FROM iduo.no_contact_number"),
        (operator, "SELECT pg_advisory_xact_lock(1)"),
        (operator, "INSERT INTO iduo.talk (login, channel, until) VALUES ('ana', 'call', now())"),
        (coordinator, "SELECT * FROM api.try_contact_pressure(1, 1, '', 'call', '', 'infinity')"),
        (coordinator, "SELECT * FROM api.load_no_contact('x', '', 'infinity', '{1}', true)"),
        (coordinator, "SELECT * FROM api.load_no_contact('x', '', now(), '{{1},{2}}', true)"),
        (coordinator, "SELECT * FROM api.load_no_contact('x', '', now(), array_fill('1'::text, ARRAY[100000]), true)"),
        (coordinator, "SELECT api.remove_no_contact(NULL, NULL)"),
        (coordinator, "SELECT api.add_no_contact(E'3416124410\\nx', 'call', '', 'x', 'infinity')"),
    ):
        with pytest.raises(psycopg.Error) as told:
            attacker.execute(statement)
        assert told.value.sqlstate in ("42501", "IU001", "IU002"), statement
    for values in ("NULL, NULL, NULL", "'{{1}}', '{0}', '{10}'", "'{1,1}', '{0}', '{10}'", "'{NULL}', '{0}', '{10}'"):
        with pytest.raises(UserError):
            refused_by(raw, values)
    assert coordinator.execute(
        "SELECT added, kept, refused FROM api.load_no_contact('n', '', now(), '{NULL,1}', NULL)"
    ).fetchall() == [(0, 0, 2)]


def refused_by(raw: Callable[..., psycopg.Connection], values: str) -> None:
    """An administrator's odd arrays; a refusal of ours is one."""
    try:
        raw("boss", "admin").execute(f"SELECT api.save_quiet_hours('collection', {values})")  # ours
    except psycopg.Error as error:
        assert error.sqlstate == "IU002"  # noqa: PT017  # the sentence does not matter
        raise UserError("") from error
