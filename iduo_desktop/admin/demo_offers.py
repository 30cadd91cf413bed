"""Promotions and a survey of the demo, made through the door as an administrator makes them."""

import json
from collections.abc import Sequence
from datetime import date, timedelta
from uuid import uuid4

import psycopg

from iduo_desktop.admin.demo_history import Person
from iduo_desktop.admin.demo_rows import acting_as

DAYS = 45
PROMOTIONS: tuple[tuple[str, str, list[str], list[str]], ...] = (
    (
        "Duplicá la velocidad",
        "Pase a 600 Mb y siga pagando lo mismo durante tres meses. La instalación no tiene costo.",
        ["Fibra 100 Mb", "Fibra 300 Mb"],
        ["active"],
    ),
    ("Sumá TV", "Agregue la TV a su plan: dos meses sin cargo, sin permanencia.", [], ["active"]),
    ("Volvé con descuento", "Recupere el servicio con la mitad del abono los primeros seis meses.", [], ["withdrawn"]),
)
SURVEY = "Satisfacción con el servicio"
ANSWERS = (("very_good", "Muy bueno"), ("good", "Bueno"), ("fair", "Regular"), ("bad", "Malo"))
QUESTIONS = (
    {
        "key": "service",
        "label": "¿Cómo es el servicio?",
        "kind": "choice",
        "required": True,
        "options": [{"key": key, "label": label, "digit": digit} for digit, (key, label) in enumerate(ANSWERS, 1)],
    },
    {
        "key": "why",
        "label": "¿Qué tendría que mejorar?",
        "kind": "long_text",
        "required_if_field": "service",
        "required_if_values": ["fair", "bad"],
        "max_length": 500,
    },
    {"key": "recommends", "label": "¿Lo recomendaría?", "kind": "yes_no"},
)


def fill(connection: psycopg.Connection, everybody: Sequence[Person], today: date) -> None:
    """Make them in the name of the first administrator."""
    who = next(person.login for person in everybody if person.role == "admin")
    with acting_as(connection, who):
        for title, text, plans, lists in PROMOTIONS:
            values = (title, text, today + timedelta(days=DAYS), plans, lists, uuid4())
            connection.execute("SELECT api.save_promotion(NULL, %s, %s, NULL, %s, %s, %s, true, %s)", values)
        ((form,),) = connection.execute("SELECT form_id FROM api.create_form('survey', %s, %s)", [SURVEY, uuid4()])
        ((seen,),) = connection.execute("SELECT version FROM api.form_definition(%s)", [form])
        draft = connection.execute(
            "SELECT version FROM api.save_form_draft(%s, %s, %s)", [form, seen, json.dumps({"fields": QUESTIONS})]
        ).fetchall()
        connection.execute("SELECT api.publish_form(%s, %s)", [form, draft[0][0]])
