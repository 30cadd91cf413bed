"""One row of a list of companies: normalised values, who assists it as what, and warnings."""

from dataclasses import dataclass
from typing import Final

from iduo_desktop import phones
from iduo_desktop.workbooks.cells import NOTHING
from iduo_desktop.workbooks.row import ADDRESS, MAIL, MAIL_SEPARATOR, TYPED_PHONE, RowReader

ROLES: Final = ("functional", "administrative", "commercial", "billing")
LENGTHS: Final = {"name": 200, "management_unit": 40} | dict.fromkeys(ROLES, 120)


@dataclass(frozen=True, slots=True)
class Mention:
    """Who assists a company in a role. What is not said is empty; a mail address that is one is in small letters."""

    role: str
    name: str
    whatsapp: str
    e164: str | None
    email: str
    email_valid: bool


@dataclass(frozen=True, slots=True)
class CompanyRow:
    """A company as a row of the sheet gives it; `row` is counted from 1, as Excel shows it. Empty says nothing."""

    row: int
    number: int
    name: str
    document: str
    tax_id: str
    management_unit: str
    assistants: tuple[Mention, ...]
    warnings: tuple[str, ...]


class CompanyReader(RowReader):
    """Reads one row as a company."""

    lengths = LENGTHS

    def company(self) -> CompanyRow:
        """The whole row; a RowError without a usable number."""
        number = self.number_of("empresa")
        document, tax_id = self.documents()
        return CompanyRow(
            row=self.number,
            number=number,
            name=self._said("name"),
            document=document,
            tax_id=tax_id,
            management_unit=self._said("management_unit"),
            assistants=tuple(mention for role in ROLES if (mention := self._mention(role)) is not None),
            warnings=self.warnings,
        )

    def _said(self, key: str) -> str:
        text = self.text(key)
        return "" if text.casefold() in NOTHING else text

    def _mention(self, role: str) -> Mention | None:
        name = self._said(role)
        whatsapp, e164 = self._whatsapp(f"{role}_whatsapp")
        email, valid = self._email(f"{role}_email")
        if name:
            return Mention(role, name, whatsapp, e164, email, valid)
        for said in filter(None, (whatsapp, email)):
            self.warn(f"«{said}» está sin el nombre del asistente: no se importa.", role, what=said)
        return None

    def _whatsapp(self, key: str) -> tuple[str, str | None]:
        """The first number of the cell that exists; else what is there, as typed."""
        for title, cell in self.cells(key):
            said = self.shown_or_warned(key, title, cell)
            if said.casefold() in NOTHING:
                continue
            numbers = [
                phones.parse(one[:TYPED_PHONE], self.habits.area_code, mobile=True) for one in phones.several(said)
            ]
            best = next((one for one in numbers if one.valid), numbers[0])
            if not best.valid:
                self.warn(f"{title} «{best.typed}» no es un número que exista: queda como está.", key, title, said)
            if len(numbers) > 1:
                self.warn(f"{title} tiene {len(numbers)} números: se toma «{best.typed}».", key, title, said)
            return best.typed, best.e164
        return "", None

    def _email(self, key: str) -> tuple[str, bool]:
        """The first address of the cell that is one; else what is there, as typed."""
        for title, cell in self.cells(key):
            said = self.shown_or_warned(key, title, cell)
            if said.casefold() in NOTHING:
                continue
            addresses = [one.removeprefix("mailto:")[:ADDRESS] for one in MAIL_SEPARATOR.split(said) if one]
            best = next((one for one in addresses if MAIL.fullmatch(one)), said[:ADDRESS])
            valid = MAIL.fullmatch(best) is not None
            if not valid:
                self.warn(f"{title} «{best}» no es una dirección de mail: queda como está.", key, title, said)
            elif len(addresses) > 1:
                self.warn(f"{title} tiene {len(addresses)} direcciones: se toma «{best}».", key, title, said)
            return (best.lower() if valid else best), valid
        return "", False
