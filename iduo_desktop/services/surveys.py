"""Surveys: short forms that are filled during any contact, and counted by option."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from iduo_desktop.database.connection import Database
from iduo_desktop.services.cases import Done
from iduo_desktop.services.forms import Form


@dataclass(frozen=True, slots=True)
class SurveyRow:
    """A survey that can be filled now; `answered_at` is when this client last did.

    One of them at most is the `verification`: «Datos verificados hoy».
    """

    form_id: int
    version: int
    title: str
    verification: bool
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class OptionCount:
    """How often an option was chosen."""

    field: str
    label: str
    option: str
    option_label: str
    count: int


@dataclass(frozen=True, slots=True)
class SurveyTitle:
    """A survey that was ever published."""

    form_id: int
    title: str
    active: bool


@dataclass(frozen=True, slots=True)
class AnswerInWords:
    """A question and what was answered."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class SurveyAnswer:
    """One filled survey, in words."""

    id: int
    at: datetime
    by_name: str
    company_number: int | None
    client: str
    answers: tuple[AnswerInWords, ...]


def surveys(database: Database, case_id: int) -> tuple[SurveyRow, ...]:
    """The surveys that can be filled with this case's client."""
    return database.rows(SurveyRow, "surveys", case=case_id)


def form(database: Database, form_id: int) -> Form:
    """A survey's published form."""
    return database.one(Form, "survey_form", form=form_id)


def answer(database: Database, case_id: int, form_version: int, values: str, key: UUID) -> Done:
    """Keep the answers, a JSON object {field key: value}; the checker is the one of the closing form."""
    return database.one(Done, "answer_survey", case=case_id, form_version=form_version, values=values, key=key)


def verify_data(database: Database, case_id: int, key: UUID) -> Done:
    """«Datos verificados hoy»: yes to its question. A FieldError says that an administrator asks for more there."""
    return database.one(Done, "verify_data", case=case_id, key=key)


def every(database: Database) -> tuple[SurveyTitle, ...]:
    """Every survey that was ever published, those in use first."""
    return database.rows(SurveyTitle, "all_surveys")


def counts(database: Database, form_id: int, first: date | None, last: date | None) -> tuple[OptionCount, ...]:
    """How often each option was chosen between two days, both included."""
    return database.rows(OptionCount, "survey_counts", form=form_id, first=first, last=last)


def answers(database: Database, form_id: int, first: date | None, last: date | None) -> tuple[SurveyAnswer, ...]:
    """All answers between two days, both included, the newest first."""
    found: list[SurveyAnswer] = []
    page: tuple[SurveyAnswer, ...] | None = None
    while page is None or page:
        before = page[-1].id if page else None
        page = database.rows(SurveyAnswer, "survey_answers", form=form_id, first=first, last=last, before=before)
        found += page
    return tuple(found)
