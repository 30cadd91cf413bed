"""Surveys: filled during a contact, once for each key, counted by option, taken back with Ctrl+Z."""

import json
from dataclasses import asdict
from datetime import date, datetime
from uuid import uuid4

import pytest

from iduo_desktop.database.connection import Database
from iduo_desktop.services import cases, form_builder, forms, surveys
from iduo_desktop.services.surveys import SurveyRow
from tests.people import People
from tests.services.refusals import refusal, refused_field
from tests.services.surveys import QUESTION
from tests.services.world import World


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
    (answer,) = surveys.answers(marta, survey.form_id, None, None)
    assert [(one.label, one.text) for one in answer.answers] == [("¿Cómo lo atendimos?", "Bien")]
    assert (answer.by_name, answer.at) == ("Ana", answered(ana, case, survey))
    assert survey.title in {one.title for one in surveys.every(marta)}
    cases.undo(ana, done.event)
    assert count(marta, survey) == {}
    assert surveys.answers(marta, survey.form_id, None, None) == ()
    assert answered(ana, case, survey) is None


def answered(database: Database, case: int, survey: SurveyRow) -> datetime | None:
    """When this client last answered."""
    return next(one.answered_at for one in surveys.surveys(database, case) if one.form_id == survey.form_id)


def test_every_page_of_answers_is_read(
    world: World, ana: Database, marta: Database, case: int, survey: SurveyRow
) -> None:
    surveys.answer(ana, case, survey.version, '{"how": "good"}', uuid4())
    world.superuser.execute(
        "INSERT INTO iduo.survey_answer (case_id, company_id, event_id, form_version_id, values, by)"
        " SELECT case_id, company_id, event_id, form_version_id, values, by"
        " FROM iduo.survey_answer, generate_series(1, 401)"
    )
    assert len({one.id for one in surveys.answers(marta, survey.form_id, None, None)}) == 402


def test_data_verified_with_one_key(ana: Database, marta: Database, case: int) -> None:
    shipped = surveys.surveys(ana, case)[0]
    assert (shipped.title, shipped.verification, shipped.answered_at) == ("Datos verificados hoy", True, None)
    key = uuid4()
    done, again = surveys.verify_data(ana, case, key), surveys.verify_data(ana, case, key)
    assert (again.event, done.replayed, again.replayed) == (done.event, False, True)
    assert count(marta, shipped) == {"true": 1}
    assert answered(ana, case, shipped) is not None
    assert cases.timeline(ana, cases.card(ana, case).company_id)[0].text == "Datos verificados hoy"
    assert cases.undo(ana, done.event).kind == "survey"
    assert answered(ana, case, shipped) is None


def test_where_an_administrator_asks_for_more_one_key_is_not_enough(admin: Database, ana: Database, case: int) -> None:
    shipped = surveys.surveys(ana, case)[0]
    definition = form_builder.definition(admin, shipped.form_id)
    asked = json.dumps({"fields": [*map(asdict, definition.fields), QUESTION]})
    saved = form_builder.save_draft(admin, shipped.form_id, definition.version, asked)
    form_builder.publish(admin, shipped.form_id, saved.version)
    assert refused_field(surveys.verify_data, ana, case, uuid4()) == ("how", "Completá «¿Cómo lo atendimos?».")
    form_builder.rename(admin, shipped.form_id, "Datos verificados hoy", False)
    assert "está desactivada" in refusal(surveys.verify_data, ana, case, uuid4())


def test_a_filled_survey_keeps_its_questions(admin: Database, ana: Database, case: int, survey: SurveyRow) -> None:
    done = surveys.answer(ana, case, survey.version, '{"how": "good"}', uuid4())
    other = json.dumps({"fields": [QUESTION | {"label": "¿Y ahora?", "options": [{"key": "bad", "label": "Pésimo"}]}]})
    saved = form_builder.save_draft(admin, survey.form_id, survey.version, other)
    form_builder.publish(admin, survey.form_id, saved.version)
    filled = forms.filled_form(ana, done.event)
    assert (filled.title, filled.by_name, filled.answers) == ("Satisfacción", "Ana", '{"how": "good"}')
    assert [field.label for field in filled.fields] == ["¿Cómo lo atendimos?"]
    assert filled.fields[0].options[0].label == "Bien"
    assert refusal(forms.filled_form, ana, 404) == "Ahí no hay ningún formulario."


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
