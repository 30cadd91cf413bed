"""Organisations of the demo that the message desk serves: management units, their assistants and who calls for them."""

import hashlib
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from uuid import UUID

import psycopg

from iduo_desktop import phones
from iduo_desktop.admin import demo_rows
from iduo_desktop.admin.demo_clients import AREA_CODE, WORDS, Client, make_client, plain
from iduo_desktop.admin.demo_history import Person

SEED = 1000
COMPANIES = 120
FIRST_NUMBER = 1000
ASSISTANTS = 14
UNITS = 40
ROLES = ("functional", "administrative", "commercial")
TYPED = ("0341 15-{x}-{y}", "+54 9 341 {x}-{y}", "341 {x}{y}", "(0341) 15 {x} {y}")


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who calls for a company."""

    company: Client
    surname: str
    names: str
    document: str
    born: date
    phones: tuple[phones.Parsed, ...]
    email: str


@dataclass(frozen=True, slots=True)
class Assistant:
    """Somebody who looks after companies."""

    name: str
    whatsapp: phones.Parsed
    email: str


class Directory:
    """The organisations with their units, assistants and callers; the same every time."""

    def __init__(self, today: date, first_id: int) -> None:
        """`first_id`: the number of row that the first company gets."""
        self.chance = Random(SEED)  # noqa: S311 - nothing secret
        skipped = self.chance.sample(range(FIRST_NUMBER, FIRST_NUMBER + COMPANIES), COMPANIES // 20)
        numbers = (number for number in itertools.count(FIRST_NUMBER) if number not in skipped)
        self.companies = [
            make_client(self.chance, today, first_id + place, next(numbers), person=False) for place in range(COMPANIES)
        ]
        self.units = [self._unit() for _ in self.companies]
        self.assistants = [self._assistant() for _ in range(ASSISTANTS)]
        self.roles = [tuple(self.chance.sample(range(1, ASSISTANTS + 1), len(ROLES))) for _ in self.companies]
        self.callers = [
            self._caller(company, today) for company in self.companies for _ in range(self.chance.randint(1, 4))
        ]

    def _unit(self) -> str:
        """Half of them belong to one; some units have several companies."""
        return f"UG-{self.chance.randint(1, UNITS):02}" if self.chance.random() < 0.5 else ""

    def _assistant(self) -> Assistant:
        surname, names = self._name()
        whatsapp = phones.parse(f"+54 9 11 5{self.chance.randrange(10**7):07}", AREA_CODE, mobile=True)
        return Assistant(f"{names} {surname}", whatsapp, f"{plain(names)[0]}{plain(surname)}@asistentes.example")

    def _name(self) -> tuple[str, str]:
        return self.chance.choice(WORDS["surnames"][:120]), self.chance.choice(WORDS["women"] + WORDS["men"])

    def _caller(self, company: Client, today: date) -> Caller:
        surname, names = self._name()
        local = f"{self.chance.choice('56')}{self.chance.randrange(10**6):06}"
        typed = self.chance.choice(TYPED).format(x=local[:3], y=local[3:])
        known = [phones.parse(typed, AREA_CODE, mobile=True)]
        if company.phones and self.chance.random() < 0.2:
            # the switchboard
            known.append(company.phones[0])
        age = timedelta(days=self.chance.randrange(21 * 365, 64 * 365))
        document = str(int(self.chance.triangular(12_000_000, 44_000_000, 30_000_000)))
        email = f"{plain(names)}.{plain(surname)}@{plain(company.name)[:24]}.example"
        return Caller(company, surname, names, document, today - age, tuple(known), email)


def fill(
    connection: psycopg.Connection, clients: Sequence[Client], people: Sequence[Person], today: date
) -> list[Client]:
    """Write the organisations beside the clients that are there; which ones they are."""
    directory = Directory(today, len(clients) + 1)
    operators = [person.login for person in people if person.role == "operator"]
    for table, rows in (_of_companies(directory) | _of_callers(directory, operators)).items():
        demo_rows.copy(connection, table, rows)
    return directory.companies


def _of_companies(directory: Directory) -> demo_rows.Tables:
    tables = demo_rows.of_clients(directory.companies)
    for row, unit in zip(tables["company"], directory.units, strict=True):
        row |= {"management_unit": unit, "imported": None}
    assistants: list[demo_rows.Row] = [
        {"id": number, "name": one.name, "whatsapp": one.whatsapp.typed, "e164": one.whatsapp.e164, "email": one.email}
        for number, one in enumerate(directory.assistants, 1)
    ]
    assigned: list[demo_rows.Row] = [
        {"company_id": company.id, "role": role, "assistant_id": assistant}
        for company, three in zip(directory.companies, directory.roles, strict=True)
        for role, assistant in zip(ROLES, three, strict=True)
    ]
    return tables | {"assistant": assistants, "company_assistant": assigned}


def _of_callers(directory: Directory, operators: Sequence[str]) -> demo_rows.Tables:
    tables: demo_rows.Tables = {"contact": [], "contact_phone": [], "contact_email": []}
    for number, caller in enumerate(directory.callers, 1):
        digest = hashlib.sha256(f"contact {number}".encode()).digest()
        tables["contact"].append(
            {
                "id": number,
                "company_id": caller.company.id,
                "surname": caller.surname,
                "names": caller.names,
                "document_type": "dni",
                "document": caller.document,
                "birth_date": caller.born,
                "by": operators[number % len(operators)],
                "key": UUID(bytes=digest[:16]),
                "payload_hash": digest,
            }
        )
        tables["contact_phone"] += [
            {
                "contact_id": number,
                "typed": phone.typed,
                "e164": phone.e164,
                "search_key": phone.search_key,
                "kind": phone.kind,
                "valid": phone.valid,
            }
            for phone in caller.phones
        ]
        tables["contact_email"].append({"contact_id": number, "address": caller.email, "valid": True})
    return tables
