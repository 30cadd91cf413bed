"""How somebody is reached, in words: what a number is, whether it is safe, what is odd about what was typed."""

import re

from iduo_desktop import phones
from iduo_desktop.services.cases import Phone
from iduo_desktop.services.contact_records import RecordPhone

NO_PHONE = "Ese teléfono no existe en Argentina. ¿Falta el código de área? Ej.: 11 4321-5678"
NO_EMAIL = "Esa dirección no parece un mail. Ej.: ana@ejemplo.com.ar"
AS_TYPED = ". Enter de nuevo lo guarda así."
EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s.,;<>]{2,}")
KINDS = {"mobile": "celular", "fixed": "fijo", "toll_free": "gratuito"}
SAFETY = {True: " · ✔ seguro", None: "", False: " · ⛔ no seguro"}
_BREAK = "\N{ZERO WIDTH SPACE}"
_MAY_WRAP = re.compile(r"(?<=[@.])")


def phone_text(phone: Phone | RecordPhone) -> str:
    """«+54 9 341 612-4410 · celular», or as it was typed."""
    if phone.e164 is None:
        return f"{phone.typed} ⚠"
    kind = KINDS.get(phone.kind)
    return phones.shown(phone.e164) + (f" · {kind}" if kind else "")


def wrapping(address: str) -> str:
    """A mail address that may go on in the next line after its @ and its points."""
    return _MAY_WRAP.sub(_BREAK, address)


def unwrapped(text: str) -> str:
    """The same as it was before."""
    return text.replace(_BREAK, "")
