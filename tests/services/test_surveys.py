"""Surveys: filled during a contact, once for each key, counted by option, taken back with Ctrl+Z."""

import json
from datetime import date
from uuid import uuid4

import pytest

from iduo_desktop.database.connection import Database
from iduo_desktop.services import cases, form_builder, surveys
from iduo_desktop.services.surveys import SurveyRow
from tests.people import People
from tests.services.refusals import refusal, refused_field
from tests.services.world import World

QUESTION = {
    "key": "how",
    "label": "¿Cómo lo atendimos?",
    "kind": "choice",
    "required": True,
    "options": [{"key": "good", "label": "Bien"}, {"key": "bad", "label": "Mal"}],
}


@pytest.fixture
def case(world: World, ana: Database, people: People) -> int:
    """A case of Ana's."""
    return world.case(assigned_to=people.add("ana"))


@pytest.fixture
def survey(admin: Database, ana: Database, case: int) -> SurveyRow:
    """A survey that an administrator published."""
    made = form_builder.create(admin, "survey", "Satisfacción", uuid4())
    draft = form_builder.definition(admin, made.form_id).version
    saved = form_builder.save_draft(admin, made.form_id, draft, json.dumps({"fields": [QUESTION]}))
    form_builder.publish(admin, made.form_id, saved.version)
    return next(one for one in surveys.surveys(ana, case) if one.title == "Satisfacción")


def count(database: Database, survey: SurveyRow) -> dict[str, int]:
    """How often each option was chosen."""
    return {one.option: one.count for one in surveys.counts(database, survey.form_id, None, None)}


def test_filled_counted_and_taken_back(ana: Database, marta: Database, case: int, survey: SurveyRow) -> None:
    assert survey.answered_at is None
    assert [field.label for field in surveys.form(ana, survey.form_id).fields] == ["¿Cómo lo atendimos?"]
    key = uuid4()
    done = surveys.answer(ana, case, survey.version, '{"how": "good"}', key)
    again = surveys.answer(ana, case, survey.version, '{"how": "good"}', key)
    assert (again.event, done.replayed, again.replayed) == (done.event, False, True)
    assert count(marta, survey) == {"good": 1}
    assert surveys.counts(marta, survey.form_id, date(2020, 1, 1), date(2020, 1, 2)) == ()
    assert next(one for one in surveys.surveys(ana, case) if one.form_id == survey.form_id).answered_at is not None
    cases.undo(ana, done.event)
    assert count(marta, survey) == {}


def test_the_checker_is_the_one_of_the_closing_form(ana: Database, case: int, survey: SurveyRow) -> None:
    for wrong in ("{}", '{"how": "so so"}', '{"other": 1, "how": "good"}'):
        assert refused_field(surveys.answer, ana, case, survey.version, wrong, uuid4())[0] in {"how", "other"}


def test_who_may_fill_and_count(
    ana: Database, juan: Database, marta: Database, admin: Database, case: int, survey: SurveyRow
) -> None:
    asked = (case, survey.version, '{"how": "bad"}', uuid4())
    assert refusal(surveys.answer, admin, *asked) == "No tenés permiso para hacer esto."
    assert refusal(surveys.answer, juan, *asked)
    assert refusal(surveys.counts, ana, survey.form_id, None, None) == "No tenés permiso para hacer esto."
    assert surveys.answer(marta, *asked).replayed is False
    assert count(admin, survey) == {"bad": 1}


def test_one_that_is_not_there(ana: Database, case: int) -> None:
    assert refusal(surveys.form, ana, 999_999) == "Esa encuesta ya no está."
    assert refusal(surveys.answer, ana, case, 999_999, "{}", uuid4()) == "Esa encuesta ya no está."
