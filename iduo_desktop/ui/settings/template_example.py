"""What a text with variables looks like for an invented client."""

import re
from collections.abc import Iterable

from iduo_desktop.ui.widgets.moments import fold

_VARIABLE = re.compile(r"\{([^{}]*)\}")
_EXAMPLE = {
    "cliente": "Ana Gómez",
    "nombre": "Ana",
    "apellido": "Gómez",
    "número": "20417",
    "plan": "Fibra 300",
    "deuda": "$ 48.310,00",
    "corte": "25/11/2026",
    "prórroga": "30/11/2026",
    "promoción": "Doble de megas",
    "oferta": "El doble de megas por tres meses, al mismo precio.",
    "ticket": "104237",
    "operador": "Juan Paz",
    "organización": "Fibra del Litoral",
    "fecha": "22/11/2026",
}
_FOLDED = {fold(name): said for name, said in _EXAMPLE.items()}


def example(text: str) -> str:
    """The text with the invented client put in; what is unknown keeps its braces."""
    return _VARIABLE.sub(lambda found: _FOLDED.get(fold(found[1]), found[0]), text)


def unknown(text: str, known: Iterable[str]) -> tuple[str, ...]:
    """What stands in braces and is none of the known, each once."""
    folded = {fold(name) for name in known}
    return tuple(dict.fromkeys(name for name in _VARIABLE.findall(text) if fold(name) not in folded))
