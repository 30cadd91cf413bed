"""A message desk in a test: a company, who calls for it, what he asked before, and a telephone that rings."""

from dataclasses import dataclass
from uuid import uuid4

from iduo_desktop import phones
from iduo_desktop.database.connection import Database
from iduo_desktop.services import contacts, tickets
from iduo_desktop.services.contacts import NewContact
from iduo_desktop.services.tickets import NewTicket
from tests.people import People
from tests.services.world import World

NUMBER = "+5493416124410"
STRANGER = "+541143215678"
COMPANY = 1204
ANSWER = "El certificado está en Mi cuenta, Documentos."


@dataclass(frozen=True, slots=True)
class MessageDesk:
    """Who and what there is; ids. `answered` waits to be read out, `open` waits for an answer."""

    world: World
    company: int
    ana: int
    answered: int
    open: int

    def calls(self, what: str = "count(*)") -> list[object]:
        """What became of the calls, in their order."""
        statement = f"SELECT {what} FROM iduo.call" + ("" if "count" in what else " ORDER BY id")
        return [row[0] for row in self.world.superuser.execute(statement.encode())]

    def number(self, ticket: int) -> int:
        """The number of a ticket."""
        return int(self.world.value("SELECT number FROM iduo.ticket WHERE id = %s", ticket))


def set_up(world: World, people: People) -> MessageDesk:
    """The organisation takes messages: Ana Gómez of Panificadora Sur has called before."""
    world.set_setting("part_tickets", True)
    company = world.company(
        number=COMPANY, kind="organisation", surname="", name="Panificadora Sur SRL", service_status="active"
    )
    database = people.become("berta", "operator")
    ana = person(database, "Gómez", "Ana", company)
    answered = ticket(database, "No puede descargar el certificado", company, ana)
    waiting = ticket(database, "Factura no recibida", company, ana)
    tickets.answer(people.become("rita", "answerer"), (answered,), ANSWER, uuid4())
    return MessageDesk(world, company, ana, answered, waiting)


def person(database: Database, surname: str, names: str, company: int | None = None, phone: str = NUMBER) -> int:
    """Somebody with a telephone; his id."""
    number = phones.parse(phone, "341")
    given = NewContact(surname, names, "24118903", phone, number.e164, number.search_key, company_id=company)
    return contacts.create(database, given, uuid4()).contact_id


def ticket(database: Database, text: str, company: int | None, contact: int | None) -> int:
    """A message of somebody's; its id."""
    number = phones.parse(NUMBER, "341")
    given = NewTicket(
        "phone",
        "client",
        text,
        company_id=company,
        contact_id=contact,
        surname="Gómez",
        names="Ana",
        document="24118903",
        phone=NUMBER,
        phone_e164=number.e164,
        phone_key=number.search_key,
    )
    return tickets.create(database, given, uuid4()).ticket_id
