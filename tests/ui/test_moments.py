"""Days, moments and hours in the operator's words, on Saturday 21/11/2026 at 14:03."""

from datetime import datetime, time, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iduo_desktop.ui.widgets import moments

NOW = datetime(2026, 11, 21, 14, 3, tzinfo=timezone(timedelta(hours=-3)))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("15", "sáb 21/11/2026 15:00"),
        ("1530", "sáb 21/11/2026 15:30"),
        ("hoy", "sáb 21/11/2026 15:00"),
        ("a las 18 hs", "sáb 21/11/2026 18:00"),
        ("mañana", "dom 22/11/2026 09:00"),
        ("MANANA 9:30", "dom 22/11/2026 09:30"),
        ("pasado mañana 11", "lun 23/11/2026 11:00"),
        ("lun 15", "lun 23/11/2026 15:00"),
        ("el próximo lunes 9", "lun 23/11/2026 09:00"),
        ("sáb", "sáb 28/11/2026 09:00"),
        ("mié 9.30", "mié 25/11/2026 09:30"),
        ("25/11 10", "mié 25/11/2026 10:00"),
        ("25-11-26 10:30", "mié 25/11/2026 10:30"),
        ("25 de noviembre 10", "mié 25/11/2026 10:00"),
        ("1/2", "lun 01/02/2027 09:00"),
        ("fin de mes 12", "lun 30/11/2026 12:00"),
        ("+2d", "lun 23/11/2026 09:00"),
        ("en 3 semanas", "sáb 12/12/2026 09:00"),
        ("en 1 hora", "sáb 21/11/2026 15:03"),
        ("en media hora", "sáb 21/11/2026 14:33"),
        ("mañana 9", "dom 22/11/2026 09:00"),
        ("lun 15:30", "lun 23/11/2026 15:30"),
        ("lun 23/11/2026 10:00", "lun 23/11/2026 10:00"),
        ("mié 25/11", "mié 25/11/2026 09:00"),
        ("2026-11-25T10:30:00-03:00", "mié 25/11/2026 10:30"),
    ],
)
def test_a_moment_to_come(typed: str, meant: str) -> None:
    found = moments.read_moment(typed, NOW)
    assert found.moment is not None
    assert (moments.show_moment(found.moment), found.problem) == (meant, "")
    assert found.moment.tzinfo is NOW.tzinfo


def test_an_hour_that_has_passed_offers_tomorrow() -> None:
    found = moments.read_moment("10", NOW)
    assert found.problem == "Esa hora ya pasó. ¿Quisiste decir mañana 10:00?"
    assert [moments.show_moment(choice) for choice in found.choices] == ["dom 22/11/2026 10:00"]


def test_a_day_that_has_passed_is_refused() -> None:
    assert moments.read_moment("01/02/26 10", NOW).problem == "Ese día ya pasó"
    assert moments.read_day("ayer", NOW, ahead=True).problem == "Ese día ya pasó"


def test_a_weekend_has_two_days() -> None:
    found = moments.read_moment("fin de semana", NOW)
    assert found.problem == "¿El sábado 28/11 o el domingo 29/11?"
    assert [choice.day for choice in found.choices] == [28, 29]


@pytest.mark.parametrize(
    "typed",
    ["31/2", "abc", "", "25/13", "10 10", "lun lun", "99/99/9999", "en 1 lustro", "lun 25/11", "+0d", "en 0 min"],
)
def test_what_means_nothing_says_what_to_try(typed: str) -> None:
    assert moments.read_moment(typed, NOW).problem.startswith("No entendimos el momento. Probá con: ")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("25", "mié 25/11/2026"),
        ("3", "jue 03/12/2026"),
        ("ayer", "vie 20/11/2026"),
        ("3/10", "sáb 03/10/2026"),
        ("1/2", "lun 01/02/2027"),
        ("01-02-26", "dom 01/02/2026"),
        ("lun", "lun 23/11/2026"),
        ("+7d", "sáb 28/11/2026"),
    ],
)
def test_a_day_without_a_year_is_the_nearest(typed: str, meant: str) -> None:
    found = moments.read_day(typed, NOW)
    assert found.moment is not None
    assert moments.show_day(found.moment) == meant


def test_days_ahead_are_never_behind() -> None:
    found = moments.read_day("3/10", NOW, ahead=True)
    assert found.moment is not None
    assert moments.show_day(found.moment) == "dom 03/10/2027"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("9", time(9)), ("930", time(9, 30)), ("9.30", time(9, 30)), ("18hs", time(18)), ("mediodía", time(12))],
)
def test_an_hour(typed: str, meant: time) -> None:
    assert moments.read_time(typed) == meant


@pytest.mark.parametrize("typed", ["24", "9:60", "tarde", ""])
def test_no_hour(typed: str) -> None:
    assert moments.read_time(typed) is None


@given(st.text(max_size=20) | st.from_regex(r"[0-9/:.\- +]{0,14}", fullmatch=True))
def test_no_text_breaks_it(typed: str) -> None:
    for found in (moments.read_moment(typed, NOW), moments.read_day(typed, NOW)):
        assert (found.moment is None) == bool(found.problem)


WORDS = (
    "mañana hoy pasado ayer lun domingo sáb 25/11 31/12/9999 1/1/26 finde a las hs en + hora horas d min semanas una "
    "media 10 10:30 el fin de semana"
)
TYPED = (
    st.text(max_size=20)
    | st.from_regex(r"(\+|en )[0-9]{0,20} ?[a-z]{0,6}", fullmatch=True)
    | st.lists(st.sampled_from(WORDS.split()) | st.from_regex(r"[0-9]{1,12}", fullmatch=True), max_size=4).map(" ".join)
)
NOWS = st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2090, 1, 1))  # noqa: DTZ001  # bounds have no zone


@given(TYPED, NOWS)
def test_whatever_is_typed_is_ahead_and_reads_back_as_it_is_shown(typed: str, at: datetime) -> None:
    now = at.replace(tzinfo=NOW.tzinfo)
    for read, show in ((moments.read_moment, moments.show_moment), (_day_ahead, moments.show_day)):
        found = read(typed, now)
        assert (found.moment is None) == bool(found.problem)
        for shown in filter(None, (found.moment, *found.choices)):
            assert shown > now if read is moments.read_moment else shown.date() >= now.date()
            assert read(show(shown), now).moment == shown


def _day_ahead(text: str, now: datetime) -> moments.Reading:
    return moments.read_day(text, now, ahead=True)


def test_what_is_surely_mistyped_is_asked_about() -> None:
    for typed in ("en 99999999999999999999 horas", "25/11/2126 10", "31/12/2199"):
        assert moments.read_moment(typed, NOW).problem == "Falta demasiado para esa fecha. Fijate el año."


@given(st.datetimes(min_value=datetime(2026, 11, 22), max_value=datetime(2030, 1, 1)))  # noqa: DTZ001  # bounds have no zone
def test_what_is_written_out_is_read_again(moment: datetime) -> None:
    meant = moment.replace(second=0, microsecond=0, tzinfo=NOW.tzinfo)
    assert moments.read_moment(f"{meant:%d/%m/%Y %H:%M}", NOW).moment == meant


@pytest.mark.parametrize(
    ("days", "said"), [(0, "hoy"), (1, "mañana"), (-1, "ayer"), (4, "en 4 días"), (-3, "hace 3 días")]
)
def test_how_far_a_day_is(days: int, said: str) -> None:
    assert moments.distance(NOW.date() + timedelta(days=days), NOW.date()) == said
