"""What an administrator adds to the form of a message is asked below the rest and kept with the ticket."""

import json
from dataclasses import asdict
from uuid import uuid4

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from iduo_desktop.services import form_builder
from iduo_desktop.services.forms import Field
from tests.people import People
from tests.services.world import World
from tests.ui.conftest import OpenDesk
from tests.ui.desk import CONTROL
from tests.ui.intake_place import IntakePlace, firm, ring

pytestmark = pytest.mark.qt_log_ignore("does not support (raise|grabbing)", extend=True)
TEXT = "No recibió la factura de noviembre."


@pytest.fixture
def place(qtbot: QtBot, open_desk: OpenDesk, people: People) -> IntakePlace:
    """Ana, after «Sucursal» was added to what is asked."""
    admin = people.become("olga", "admin")
    made = form_builder.create(admin, "ticket", "Datos del censo", uuid4()).form_id
    seen = form_builder.definition(admin, made)
    branch = asdict(Field("branch", "closing", "Sucursal", "text", True, None, (), None, "", 80, ()))
    draft = json.dumps({"fields": [branch], "templates": []})
    saved = form_builder.save_draft(admin, made, seen.version, draft)
    form_builder.publish(admin, made, saved.version)
    return IntakePlace(qtbot, open_desk())


def test_what_is_added_is_asked_for_and_kept(place: IntakePlace, world: World) -> None:
    firm(world, 1204)
    place.page.begin(call=ring(place.desk, company="1204"))
    place.page.form.fields.text.input.setFocus()
    place.keyboard.write(TEXT)
    place.command(Qt.Key.Key_Return, CONTROL)
    assert place.keyboard.focused() == "field_branch"
    assert place.text("error_branch") == "Completá este dato"
    place.keyboard.write("Centro")
    place.register()
    assert world.value("SELECT values FROM iduo.ticket") == {"branch": "Centro"}
    place.page.begin()
    assert place.page.form.extra is not None
    assert place.page.form.extra.values() == {}


def test_it_comes_back_with_the_draft(place: IntakePlace, world: World) -> None:
    firm(world, 1204)
    place.page.begin(call=ring(place.desk, company="1204"))
    assert place.page.form.extra is not None
    place.page.form.extra.set_values({"branch": "Norte"})
    place.command(Qt.Key.Key_Escape)
    place.page.begin()
    assert place.page.form.extra.values() == {"branch": "Norte"}
