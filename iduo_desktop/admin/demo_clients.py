"""Clients of the demo: people and organisations as an Argentine internet provider has them; none of them exists."""

import json
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

from stdnum.ar import cuit

from iduo_desktop import phones
from iduo_desktop.phones import Parsed

WORDS: dict[str, Any] = json.loads(Path(__file__).with_name("demo.json").read_text("utf-8"))
AREA_CODE = "11"
FIRST_NUMBER = 41001
STATUSES = {"active": 46, "delinquent": 27, "suspended": 14, "withdrawn": 13}
TYPED_MOBILE = ("0{a} 15-{x}-{y}", "+54 9 {a} {x}-{y}", "0{a} 15 {x}{y}", "({a}) 15-{x}-{y}", "549{a}{x}{y}")
TYPED_FIXED = ("0{a} {x}-{y}", "(0{a}) {x}-{y}", "{a} {x}{y}", "+54 {a} {x}-{y}")
NO_PHONE = ("no tiene", "4210-88", "pedir al portero")


@dataclass(frozen=True, slots=True)
class Client:
    """A client as the list of clients gives him, and what else is known of him."""

    id: int
    number: int
    kind: str
    surname: str
    names: str
    name: str
    document: str
    tax_id: str
    plan: str
    street: str
    locality: str
    province: str
    status: str
    status_since: date
    cutoff_date: date | None
    extended_until: date | None
    extension_reason: str
    debt: Decimal
    since: date
    note: str
    phones: tuple[Parsed, ...]
    emails: tuple[str, ...]

    def listed(self) -> dict[str, object]:
        """The row of the imported list that he came with."""
        shown = (
            "number",
            "kind",
            "surname",
            "names",
            "name",
            "document",
            "tax_id",
            "street",
            "locality",
            "province",
            "plan",
            "note",
        )
        return {name: getattr(self, name) for name in shown} | {
            "status": self.status,
            "cutoff_date": self.cutoff_date and self.cutoff_date.isoformat(),
            "extended_until": self.extended_until and self.extended_until.isoformat(),
            "debt": f"{self.debt:.2f}",
            "phones": [{name: getattr(phone, name) for name in Parsed.__slots__} for phone in self.phones],
            "emails": [{"address": address, "valid": True} for address in self.emails],
        }


def make_clients(chance: Random, today: date, count: int) -> list[Client]:
    """`count` clients in the order of their numbers, which have gaps as real ones do."""
    numbers = sorted(chance.sample(range(FIRST_NUMBER, FIRST_NUMBER + count * 11 // 10), count))
    return [
        make_client(chance, today, place, number, person=chance.random() < 0.83)
        for place, number in enumerate(numbers, 1)
    ]


def make_client(chance: Random, today: date, id: int, number: int, person: bool) -> Client:
    """A person, or an organisation."""
    surname, names, name, document, tax_id = _person(chance) if person else _organisation(chance)
    plan, price, _ = _weighted(chance, WORDS["plans"]["person" if person else "organisation"])
    locality, province, area, _ = _weighted(chance, WORDS["localities"])
    status = chance.choices([*STATUSES], [*STATUSES.values()])[0]
    cutoff = _cutoff(chance, today, status)
    extended = _extended(chance, today, status, cutoff)
    return Client(
        id=id,
        number=number,
        kind="person" if person else "organisation",
        surname=surname,
        names=names,
        name=name,
        document=document,
        tax_id=tax_id,
        plan=plan,
        street=street(chance),
        locality=locality,
        province=province,
        status=status,
        status_since=_status_since(chance, today, status, cutoff),
        cutoff_date=cutoff,
        extended_until=extended,
        extension_reason=chance.choice(WORDS["extension_reasons"]) if extended else "",
        debt=_debt(chance, status, price),
        since=today - timedelta(days=int(chance.triangular(400, 4700, 900))),
        note=chance.choice(WORDS["client_notes"]) if chance.random() < 0.14 else "",
        phones=_phones(chance, area),
        emails=_emails(chance, surname, names, name),
    )


def _person(chance: Random) -> tuple[str, str, str, str, str]:
    """Surname, names, no company name, document and perhaps CUIL; the commonest surnames stand first in the list."""
    surname = chance.choices(WORDS["surnames"], [1 / (rank + 12) for rank in range(len(WORDS["surnames"]))])[0]
    if chance.random() < 0.04:
        surname = f"{surname} {chance.choice(WORDS['surnames'])}"
    woman = chance.random() < 0.52
    given = chance.sample(WORDS["women" if woman else "men"], 2)
    names = " ".join(given if chance.random() < 0.38 else given[:1])
    document = str(int(chance.triangular(5_200_000, 46_900_000, 27_000_000)))
    tax_id = _with_check_digit(("27" if woman else "20") + document.zfill(8)) if chance.random() < 0.3 else ""
    return surname, names, "", document, tax_id


def _organisation(chance: Random) -> tuple[str, str, str, str, str]:
    pattern: str = chance.choice(WORDS["trades"])
    name = pattern.format(word=chance.choice(WORDS["words"]), surname=chance.choice(WORDS["surnames"]))
    return "", "", name, "", _with_check_digit(f"30{chance.randrange(50_000_000, 72_000_000)}")


def _with_check_digit(digits: str) -> str:
    return f"{digits}{cuit.calc_check_digit(digits)}"


def _weighted(chance: Random, rows: list[list[Any]]) -> list[Any]:
    """One of the rows, whose last column says how often it occurs."""
    return chance.choices(rows, [row[-1] for row in rows])[0]


def street(chance: Random) -> str:
    """An address, now and then with a flat."""
    name: str = chance.choice(WORDS["streets"])
    if " km " in name or name.startswith("Camino"):
        return name
    flat = f" {chance.randint(1, 14)}.º {chance.choice('ABCD')}" if chance.random() < 0.22 else ""
    return f"{name} {int(chance.triangular(20, 5900, 800))}{flat}"


def _cutoff(chance: Random, today: date, status: str) -> date | None:
    """When the service is cut or was; whoever left has none."""
    first, last = {"active": (4, 36), "delinquent": (-6, 15), "suspended": (-48, -5), "withdrawn": (0, 0)}[status]
    return None if first == last else today + timedelta(days=chance.randint(first, last))


def _extended(chance: Random, today: date, status: str, cutoff: date | None) -> date | None:
    often = {"active": 0.02, "delinquent": 0.16, "suspended": 0.04, "withdrawn": 0.0}[status]
    if cutoff is None or chance.random() >= often:
        return None
    return max(cutoff, today - timedelta(days=3)) + timedelta(days=chance.randint(2, 12))


def _status_since(chance: Random, today: date, status: str, cutoff: date | None) -> date:
    if status == "suspended" and cutoff:
        return cutoff + timedelta(days=1)
    first, last = {"active": (60, 1500), "delinquent": (2, 32), "withdrawn": (3, 260)}[status]
    return today - timedelta(days=chance.randint(first, last))


def _debt(chance: Random, status: str, price: int) -> Decimal:
    """Some months of the plan with interest; nobody owes exactly the price."""
    free, most = {"active": (0.93, 1), "delinquent": (0.0, 2), "suspended": (0.0, 4), "withdrawn": (0.35, 5)}[status]
    if chance.random() < free:
        return Decimal("0.00")
    owed = price * chance.randint(1, most) * chance.uniform(1.0, 1.17)
    return Decimal(round(owed, -1)) + Decimal(chance.choice(("0.00", "0.00", "0.50", "0.25", "0.90")))


def _phones(chance: Random, area: str) -> tuple[Parsed, ...]:
    """Most have a mobile, a third a landline; now and then what stands there is no number."""
    found = []
    if chance.random() < 0.86:
        found.append(_phone(chance, area, mobile=True))
    if chance.random() < 0.31 or not found:
        found.append(_phone(chance, area, mobile=False))
    if chance.random() < 0.015:
        found.append(phones.parse(chance.choice(NO_PHONE), AREA_CODE))
    return tuple(found)


def _phone(chance: Random, area: str, mobile: bool) -> Parsed:
    """A number of that area, typed in one of the usual ways; some exchanges do not exist, so it is tried again."""
    parsed = phones.parse("", AREA_CODE)
    for _ in range(8):
        local = (
            chance.choice("56645" if mobile else "4") + f"{chance.randrange(10 ** (9 - len(area))):0{9 - len(area)}}"
        )
        pattern = chance.choice(TYPED_MOBILE if mobile else TYPED_FIXED)
        parsed = phones.parse(pattern.format(a=area, x=local[:-4], y=local[-4:]), AREA_CODE, mobile=mobile)
        if parsed.valid:
            break
    return parsed


def _emails(chance: Random, surname: str, names: str, name: str) -> tuple[str, ...]:
    """Addresses of a domain that is reserved for examples: a click must not write to a stranger."""
    if chance.random() > 0.64:
        return ()
    if name:
        return (f"administracion@{plain(name)[:24]}.example",)
    first, last = plain(names.split(maxsplit=1)[0]), plain(surname)
    number = chance.choice(("", "", "", str(chance.randint(60, 99)), str(chance.randint(1, 9))))
    user = chance.choice((f"{first}.{last}", f"{first}{last}", f"{first[0]}{last}", f"{last}.{first}"))
    return (f"{user}{number}@{chance.choice(WORDS['mails'])}",)


def plain(text: str) -> str:
    """Lower case letters only, without accents."""
    return "".join(c for c in unicodedata.normalize("NFD", text).lower() if c.isascii() and c.isalpha())
