"""Policies: dispositions, the contact scale and the organisation's settings as a workstation needs them."""

from dataclasses import dataclass

from iduo_desktop.database.connection import Database


@dataclass(frozen=True, slots=True)
class Disposition:
    """A result of a contact, chosen by its digit (`digit` 1 to 9, None when it has no key)."""

    id: int
    label: str
    digit: int | None
    reached: bool
    final: bool
    promise: bool
    callback: bool
    wrong_number: bool
    do_not_contact: bool


def dispositions(database: Database) -> tuple[Disposition, ...]:
    """The results that can be chosen now, in their order."""
    return database.rows(Disposition, "dispositions")
