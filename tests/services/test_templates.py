"""Templates: what is known is put in, what is not is named; no variable that nobody knows, none that leaves."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from iduo_desktop.database.connection import Database
from iduo_desktop.services import messages
from iduo_desktop.services.messages import Template
from tests.conftest import Become
from tests.services.messages import answered
from tests.services.persons import attend, person
from tests.services.refusals import refusal, refused_field
from tests.services.world import World

NEW = Template(0, "Aviso", "email", "service", "Hola, {nombre}", "Estimado {cliente}: {deuda}.", True, 0)


def saved(admin: Database, **values: Any) -> int:
    return messages.save_template(admin, replace(NEW, **values))


def test_the_shipped_ones_say_usted(admin: Database, ana: Database) -> None:
    shipped = messages.all_templates(admin)
    names = {
        "Recordatorio de pago",
        "Aviso de corte",
        "Recuperación de un cliente retirado",
        "Promoción",
        "Ticket respondido",
    }
    said = {"Saludo", "Pedir la empresa", "Pedir los datos", "Un momento", "Mensaje ingresado", "Despedida"}
    written = {(channel, name) for channel in ("email", "sms", "whatsapp") for name in names}
    assert {(one.channel, one.name) for one in shipped} == written | {("chat", name) for name in said}
    assert [one.name for one in messages.templates(ana, "email")] == [
        one.name for one in shipped if one.channel == "email"
    ]
    known = {variable.name for variable in messages.variables(ana)}
    assert {"cliente", "nombre", "deuda", "corte", "plan", "operador", "organización", "prórroga"} <= known
    for one in shipped:
        # saving it as it is refuses what it should not hold
        messages.save_template(admin, one)
        assert not {"vos", "tenés", "podés"} & set(one.text.lower().split())


def test_what_is_known_is_put_in(world: World, admin: Database, ana: Database) -> None:
    company = world.company(
        surname="GÓMEZ",
        names="Ana {deuda}",
        plan="Fibra",
        debt=Decimal("12345.5"),
        cutoff_date=date(2026, 12, 1),
        extended_until=date(2099, 1, 2),
    )
    case = world.case(company=company)
    world.set_setting("organisation", "Cooperativa")
    text = "{Cliente}|{nombre}|{APELLIDO}|{numero}|{plan}|{deuda}|{corte}|{prorroga}|{operador}|{organizacion}|{fecha}"
    filled = messages.fill(ana, saved(admin, text=text), case)
    number = world.value("SELECT number::text FROM iduo.company WHERE id = %s", company)
    today = world.today().strftime("%d/%m/%Y")
    assert filled.missing == ()
    assert filled.subject == "Hola, Ana (deuda)"
    assert filled.text == (
        f"Ana (deuda) GÓMEZ|Ana (deuda)|GÓMEZ|{number}|Fibra|$ 12.345,50|01/12/2026|02/01/2099|Ana|Cooperativa|{today}"
    )


def test_what_is_not_known_is_named_in_its_order(world: World, admin: Database, ana: Database) -> None:
    case = world.case(company=world.company(kind="organisation", surname="", name="Panadería SRL", debt=Decimal(0)))
    template = saved(
        admin,
        subject="{corte} de {nombre}",
        text="{prórroga}, {deuda} y {deuda}, {corte}: {ticket}. {promoción} {oferta} {cliente}",
    )
    filled = messages.fill(ana, template, case)
    assert filled.missing == ("corte", "prórroga", "deuda", "ticket", "promoción", "oferta")
    assert filled.subject == "{corte} de Panadería SRL"
    assert filled.text.endswith("{corte}: {ticket}. {promoción} {oferta} Panadería SRL")


def test_tickets_and_promotions_are_known(world: World, admin: Database, ana: Database, become: Become) -> None:
    case = world.case("active", company=world.company(service_status="active"))
    company = world.value("SELECT company_id FROM iduo.case WHERE id = %s", case)
    ticket = answered(ana, become("luis", "answerer"), company_id=company)
    world.superuser.execute("UPDATE iduo.promotion SET active = false")
    world.insert("promotion", {"title": "Doble de megas", "text": "Por tres meses."})
    filled = messages.fill(ana, saved(admin, subject="Hola", text="{ticket}|{promocion}|{oferta}"), case)
    number = world.value(
        "SELECT iduo.spoken_number(number, iduo.check_digit(number)) FROM iduo.ticket WHERE id = %s", ticket
    )
    assert " " in number
    assert (filled.text, filled.missing) == (f"{number}|Doble de megas|Por tres meses.", ())


def test_a_person_who_is_no_client(admin: Database, ana: Database) -> None:
    case = attend(ana, person(ana, "Sosa", "Rosa"))
    filled = messages.fill(ana, saved(admin, text="{cliente}|{apellido}|{plan}"), case)
    assert (filled.text, filled.missing) == ("Rosa Sosa|Sosa|{plan}", ("plan",))


@pytest.mark.parametrize(
    ("values", "field", "said"),
    [
        ({"name": " "}, "name", "Escribí cómo se llama."),
        ({"name": "recordatorio de PAGO"}, "name", "Ya hay una plantilla con ese nombre para ese medio."),
        ({"channel": "fax"}, "channel", "Elegí el medio."),
        ({"purpose": "x"}, "purpose", "Elegí para qué es."),
        ({"subject": "\n"}, "subject", "Escribí el asunto."),
        ({"text": ""}, "text", "Escribí el texto."),
        (
            {"text": "{saldo} de {cliente} {nada}"},
            "text",
            "No hay ninguna variable {nada}, {saldo}. Elegila de la lista.",
        ),
        ({"text": "{}"}, "text", "No hay ninguna variable {}. Elegila de la lista."),
        ({"subject": "{saldo}"}, "subject", "No hay ninguna variable {saldo}. Elegila de la lista."),
        ({"text": "{cliente"}, "text", "Hay una llave suelta: las variables se escriben así, {cliente}."),
        ({"text": "{{cliente}}"}, "text", "Hay una llave suelta: las variables se escriben así, {cliente}."),
        ({"text": "x" * 4001}, "text", "El texto es demasiado largo: como mucho 4000 caracteres."),
        ({"channel": "sms", "text": "x" * 1001}, "text", "Un mensaje de texto lleva como mucho 1000 caracteres."),
    ],
)
def test_what_is_refused(admin: Database, values: dict[str, Any], field: str, said: str) -> None:
    with_message = refused_field(lambda: saved(admin, **values))
    assert with_message == (field, said)


def test_two_administrators(admin: Database, ana: Database, world: World) -> None:
    made = saved(admin)
    (template,) = [one for one in messages.all_templates(admin) if one.id == made]
    assert template == replace(NEW, id=made, version=1)
    messages.save_template(admin, replace(template, text="Otro {cliente}", active=False))
    assert "Otra persona cambió esta plantilla" in refusal(messages.save_template, admin, template)
    assert made not in {one.id for one in messages.templates(ana, "email")}
    assert refusal(messages.fill, ana, made, world.case()) == "Esa plantilla ya no está."
    assert refusal(messages.save_template, admin, replace(NEW, id=999)) == "Esa plantilla ya no está."
    shipped = messages.templates(ana, "email")[0]
    assert refusal(messages.fill, ana, shipped.id, 999_999) == "Ese caso no existe."
