"""Dates, money and numbers as they are read in Argentina."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfoNotFoundError

import pytest

from iduo_desktop.services import clocks
from iduo_desktop.ui import formats

NOW = datetime(2026, 11, 21, 17, 3, tzinfo=UTC)  # 14:03 there, a Saturday


@pytest.mark.parametrize(
    ("moment", "shown"),
    [
        (datetime(2026, 11, 21, 13, 12, tzinfo=UTC), "hoy 10:12"),
        (datetime(2026, 11, 21, 2, 30, tzinfo=UTC), "ayer 23:30"),
        (datetime(2026, 11, 22, 12, 0, tzinfo=UTC), "mañana 09:00"),
        (datetime(2026, 11, 23, 13, 0, tzinfo=UTC), "lun 23/11 10:00"),
        (datetime(2026, 11, 19, 19, 40, tzinfo=UTC), "19/11 16:40"),
        (datetime(2026, 11, 28, 13, 0, tzinfo=UTC), "28/11 10:00"),
        (datetime(2025, 11, 2, 12, 5, tzinfo=UTC), "02/11/2025 09:05"),
        (None, "—"),
    ],
)
def test_moments(moment: datetime | None, shown: str) -> None:
    assert formats.when(moment, NOW) == shown


def test_exact_moments_and_clocks() -> None:
    monday = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)
    assert formats.exact(monday) == "lun 23/11/2026 10:00"
    assert formats.clock(monday) == "10:00"
    assert formats.exact(None) == formats.clock(None) == "—"
    assert formats.now().utcoffset() == timedelta(hours=-3)


def test_days() -> None:
    today = date(2026, 11, 21)
    assert formats.day(date(2026, 11, 25)) == "25/11/2026"
    assert formats.short_day(date(2026, 11, 25), today) == "25/11"
    assert formats.short_day(date(2027, 1, 5), today) == "05/01/2027"
    assert formats.day_and_distance(date(2026, 11, 25), today) == "25/11/2026 (en 4 días)"
    assert {formats.day(None), formats.short_day(None, today), formats.day_and_distance(None, today)} == {"—"}


def test_money_and_numbers() -> None:
    assert formats.money(Decimal(48310)) == "$\u00a048.310,00"
    assert formats.money(Decimal("-0.5")) == "-$\u00a00,50"
    assert formats.money(None) == "—"
    assert formats.count(1830) == "1.830"
    assert formats.count(10000, capped=True) == "10.000+"
    assert formats.plural(1, "caso", "casos") == "1 caso"
    assert formats.plural(1830, "caso", "casos") == "1.830 casos"
    assert formats.ticket(104237) == "104\u00a0237"


@pytest.mark.parametrize(
    ("digits", "shown"),
    [
        ("24118903", "24.118.903"),
        ("4118903", "4.118.903"),
        ("30712345678", "30-71234567-8"),
        ("AB123456", "AB123456"),
        ("", "—"),
    ],
)
def test_documents(digits: str, shown: str) -> None:
    assert formats.document(digits) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(5, "recién"), (60, "hace 1 minuto"), (7200, "hace 2 horas"), (259200, "hace 3 días")],
)
def test_elapsed(seconds: int, shown: str) -> None:
    assert formats.elapsed(seconds) == shown


def test_a_system_without_zones(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ZoneInfoNotFoundError(name)

    clocks.zone.cache_clear()
    monkeypatch.setattr(clocks, "ZoneInfo", missing)
    assert clocks.zone() == timezone(timedelta(hours=-3))
    clocks.zone.cache_clear()
