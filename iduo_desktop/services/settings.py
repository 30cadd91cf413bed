"""Settings: what the organisation decided, and how often is too often to contact somebody."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal

from iduo_desktop.database.connection import Database


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting. `kind` is number, text, yes_no or choice; the bounds are of a number or of a text's length."""

    name: str
    part: str
    kind: str
    value: str
    shipped: str
    meaning: str
    minimum: int | None
    maximum: int | None
    choices: tuple[str, ...]
    changed_at: datetime | None
    changed_by: str | None


@dataclass(frozen=True, slots=True)
class SavedSetting:
    """A setting with its new value."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class SettingChange:
    """One change of a setting."""

    at: datetime
    by_name: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class ContactScale:
    """The scale of a purpose: window in days, weight of each channel, contacts from which each level begins.

    The week is the calendar's, from Monday; `gap_hours` pass after somebody was spoken with (0: none).
    """

    purpose: str
    window_days: int
    weight_call: Decimal
    weight_whatsapp: Decimal
    weight_email: Decimal
    weight_sms: Decimal
    weight_chat: Decimal
    limit_1: int
    limit_2: int
    limit_3: int
    limit_4: int
    limit_5: int
    daily_limit: int | None
    weekly_limit: int | None = None
    gap_hours: int = 0
    holidays_quiet: bool = False


def settings(database: Database) -> tuple[Setting, ...]:
    """Every setting, by part and position."""
    return database.rows(Setting, "settings")


def save(database: Database, name: str, value: str) -> SavedSetting:
    """Change a setting; FieldError says what does not fit."""
    return database.one(SavedSetting, "save_setting", name=name, value=value)


def save_all(database: Database, values: tuple[SavedSetting, ...]) -> None:
    """Change several, all or none; the FieldError of the first that does not fit names it."""
    database.call("save_settings", values=json.dumps([asdict(value) for value in values]))


def history(database: Database, name: str) -> tuple[SettingChange, ...]:
    """Who changed a setting, newest first."""
    return database.rows(SettingChange, "setting_history", name=name)


def contact_scales(database: Database) -> tuple[ContactScale, ...]:
    """The scale of each purpose: service, collection, promotion."""
    return database.rows(ContactScale, "contact_scales")


def save_contact_scale(database: Database, scale: ContactScale) -> None:
    """Change a scale; it counts from the next look at any list."""
    weights = [scale.weight_call, scale.weight_whatsapp, scale.weight_email, scale.weight_sms, scale.weight_chat]
    limits = [scale.limit_1, scale.limit_2, scale.limit_3, scale.limit_4, scale.limit_5]
    database.call(
        "save_contact_scale",
        purpose=scale.purpose,
        window_days=scale.window_days,
        weights=weights,
        limits=limits,
        daily_limit=scale.daily_limit,
        weekly_limit=scale.weekly_limit,
        gap_hours=scale.gap_hours,
        holidays_quiet=scale.holidays_quiet,
    )


def save_contact_scales(database: Database, scales: tuple[ContactScale, ...]) -> None:
    """Change several, all or none; a FieldError names the purpose too, as in `collection.limits`."""
    database.call("save_contact_scales", scales=json.dumps([asdict(scale) for scale in scales], default=str))
