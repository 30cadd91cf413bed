"""The words of the trade stand in terms.py and in the database: both have the same ones, and call them the same."""

import re

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import CheckConstraint

from iduo_desktop import terms
from iduo_desktop.models import metadata
from iduo_desktop.terms import Labelled

HELD: dict[tuple[str, str], type[Labelled]] = {
    ("attempt", "channel"): terms.Channel,
    ("attempt", "direction"): terms.Direction,
    ("attempt", "promotion_answer"): terms.PromotionAnswer,
    ("attempt", "purpose"): terms.Purpose,
    ("call", "direction"): terms.Direction,
    ("call", "outcome"): terms.CallOutcome,
    ("call", "state"): terms.CallState,
    ("case", "list"): terms.ServiceStatus,
    ("case", "priority"): terms.Priority,
    ("case", "risk"): terms.Risk,
    ("chat", "state"): terms.ChatState,
    ("company", "service_status"): terms.ServiceStatus,
    ("disclosure", "reason"): terms.DisclosureReason,
    ("form_field", "kind"): terms.FieldKind,
    ("message", "state"): terms.MessageState,
    ("ticket", "caller_kind"): terms.CallerKind,
    ("ticket", "channel"): terms.TicketChannel,
    ("ticket", "kind"): terms.TicketKind,
    ("ticket", "state"): terms.TicketState,
    ("topic", "kind"): terms.TicketKind,
}
# what the database says in its own sentences; in the middle of one a word begins small
SAID: dict[str, type[Labelled]] = {
    "channel_word": terms.Channel,
    "direction_word": terms.Direction,
    "disclosure_label": terms.DisclosureReason,
    "outcome_label": terms.CallOutcome,
    "priority_word": terms.Priority,
    "state_label": terms.TicketState,
}


@pytest.mark.parametrize("place", HELD, ids=".".join)
def test_a_table_holds_the_words_of_the_trade(place: tuple[str, str]) -> None:
    table, column = place
    checks = metadata.tables[f"iduo.{table}"].columns[column].constraints
    (check,) = (str(each.sqltext) for each in checks if isinstance(each, CheckConstraint))
    assert {*re.findall(r"'(\w*)'", check)} == {*HELD[place]}


@pytest.mark.parametrize("function", SAID)
def test_the_database_calls_them_as_the_screen_does(superuser: psycopg.Connection, function: str) -> None:
    ask = sql.SQL("SELECT {}(%s)").format(sql.Identifier("iduo", function))
    said = {word: superuser.execute(ask, [word.value]).fetchall()[0][0] for word in SAID[function]}
    assert {word: str(text).casefold() for word, text in said.items()} == {
        word: word.label.casefold() for word in SAID[function]
    }


def test_the_lists_of_open_cases_are_called_as_their_tabs(superuser: psycopg.Connection) -> None:
    said = {status: superuser.execute("SELECT iduo.list_label(%s)", [status.value]) for status in terms.ServiceStatus}
    assert {status: answer.fetchall() for status, answer in said.items()} == {
        status: [(terms.CaseList(status.value).label,)] for status in terms.ServiceStatus
    }
