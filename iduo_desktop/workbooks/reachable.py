"""The telephones and mail addresses that a row of a list names, each once."""

from dataclasses import dataclass
from typing import Final

from iduo_desktop import phones
from iduo_desktop.phones import Parsed
from iduo_desktop.workbooks.row import ADDRESS, MAIL, MAIL_SEPARATOR, TYPED_PHONE, RowReader

MOST: Final = 10


@dataclass(frozen=True, slots=True)
class Email:
    """A mail address; a bad one is kept as typed."""

    address: str
    valid: bool


def phones_of(row: RowReader) -> tuple[Parsed, ...]:
    """Each number once, a mobile before the same number as a fixed one."""
    found: dict[str, Parsed] = {}
    for key in ("mobile", "phone"):
        for title, cell in row.cells(key):
            for typed in phones.several(row.shown_or_warned(key, title, cell)):
                parsed = phones.parse(typed[:TYPED_PHONE], row.habits.area_code, mobile=key == "mobile")
                if not parsed.valid and parsed.search_key not in found:
                    message = f"{title} «{parsed.typed}» no es un número que exista: queda como está."
                    row.warn(message, key, title, parsed.typed)
                found.setdefault(parsed.search_key or parsed.typed, parsed)
    if not found:
        row.warn("Sin teléfono.", "phone")
    return tuple(found.values())[:MOST]


def emails_of(row: RowReader) -> tuple[Email, ...]:
    """Each address once, however it is written."""
    found: dict[str, Email] = {}
    for title, cell in row.cells("email"):
        for typed in filter(None, MAIL_SEPARATOR.split(row.shown_or_warned("email", title, cell))):
            address = typed.removeprefix("mailto:")[:ADDRESS]
            valid = MAIL.fullmatch(address) is not None
            if not valid:
                row.warn(f"{title} «{address}» no es una dirección de mail: queda como está.", "email", title, address)
            found.setdefault(address.lower(), Email(address.lower() if valid else address, valid))
    return tuple(found.values())[:MOST]
