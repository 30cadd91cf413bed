"""Whoever guesses: what an answer, a refusal or a wait tells of somebody is counted, or tells nothing."""

from collections.abc import Callable
from contextlib import suppress

import psycopg
import pytest
from psycopg.types.json import Jsonb

from iduo_desktop.database.connection import Database
from tests.people import People
from tests.services.persons import person
from tests.services.world import World

GUESSES = (
    ("operator", "SELECT api.change_contact({person}, 'birth_date', '1980-01-02', NULL, gen_random_uuid())"),
    ("operator", "SELECT api.add_contact_phone({person}, '1', NULL, '1', '', true, gen_random_uuid())"),
    ("operator", "SELECT api.add_contact_email({person}, 'a@b.ar', gen_random_uuid())"),
    ("operator", "SELECT api.correct_company({company}, 'street', 'Mitre 1', NULL, gen_random_uuid())"),
    ("operator", "SELECT api.save_company_phone({company}, NULL, '1', NULL, '1', '', true, gen_random_uuid())"),
    ("coordinator", "SELECT rows FROM api.open_case_export('delinquent', '{{}}', 'x')"),
    ("coordinator", "SELECT rows FROM api.open_contact_export('all', '{{}}', 'x')"),
    ("coordinator", "SELECT rows FROM api.open_ticket_export('open', '{{}}', 'x')"),
)


def test_who_waits_and_who_does_not_tells_nothing(world: World, people: People, ana: Database, marta: Database) -> None:
    """One's other session holds the count up: what is found and what is not waits alike, and none of it is counted."""
    person(marta, "Sosa", "Rosa", document="20345678")
    holding, asking = people.raw("ana"), people.raw("ana")
    holding.execute("BEGIN")
    holding.execute("SELECT * FROM api.find_contacts('sosa')")
    asking.execute("SET statement_timeout = '200ms'")
    for text in ("20345", "20346"):
        with pytest.raises(psycopg.errors.QueryCanceled):
            asking.execute("SELECT * FROM api.find_contacts(%s)", [text])


def test_where_nothing_can_be_counted_nothing_is_told(people: People, ana: Database, marta: Database) -> None:
    person(marta, "Sosa", "Rosa", document="20345678")
    connection = people.raw("ana")
    connection.execute("SET default_transaction_read_only = on")
    for text in ("20345", "20346"):
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            connection.execute("SELECT * FROM api.find_contacts(%s)", [text])


@pytest.mark.parametrize(("role", "guess"), GUESSES)
def test_what_a_command_answers_to_a_guess_is_counted(
    world: World, people: People, marta: Database, counter: Callable[[str], tuple[int, int]], role: str, guess: str
) -> None:
    """It says whether somebody's birthday is that one, or how many there are, also where it is taken back."""
    values = {"person": person(marta, "Sosa"), "company": world.company(street="Mitre 1")}
    connection = people.raw("eva", role)
    for already in (0, 1):  # the first one of the hour goes another way
        connection.execute("BEGIN")
        with suppress(psycopg.Error):
            connection.execute(guess.format(**values).encode())
        connection.execute("ROLLBACK")
        assert counter("eva") == (0, already + 1)


def test_a_list_that_is_tried_and_taken_back_is_counted(
    people: People, marta: Database, counter: Callable[[str], tuple[int, int]]
) -> None:
    """It says who is here, and whether all of what one guessed of him is so."""
    person(marta, "Sosa", "Rosa", document="20345678")
    connection = people.raw("eva", "coordinator")
    connection.execute("BEGIN")
    opened = "SELECT batch_id FROM api.open_batch('contacts', 'x.xlsx', repeat('a', 64), gen_random_uuid())"
    ((batch,),) = connection.execute(opened).fetchall()
    said: dict[str, object] = {"phones": [], "emails": [], "warnings": [], "company_number": None, "birth_date": None}
    who = {"surname": "Sosa", "names": "Rosa", "note": "", "number": None}
    rows = [{"row": row, "document": number} | said | who for row, number in enumerate(("20345678", "20345679"), 1)]
    connection.execute("SELECT api.stage_rows(%s, %s)", [batch, Jsonb(rows)])
    told = connection.execute("SELECT unchanged, created FROM api.apply_batch(%s, true)", [batch]).fetchall()
    connection.execute("ROLLBACK")
    assert (told, counter("eva")) == ([(1, 1)], (0, 1))


def test_whoever_may_be_the_same_person_is_counted_with_him(
    people: People, marta: Database, counter: Callable[[str], tuple[int, int]]
) -> None:
    alike = [person(marta, "Sosa", "Rosa", document=f"2000000{number}") for number in range(4)]
    people.raw("ana").execute("SELECT * FROM api.contact_record(%s)", [alike[0]])
    assert counter("ana") == (0, 4)
