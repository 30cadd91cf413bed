"""What is said of a party that is not to be contacted now: why not, and from when on it may be."""

from datetime import datetime

from iduo_desktop.services.pressure import Pressure
from iduo_desktop.ui import formats
from iduo_desktop.ui.widgets.moments import WEEKDAYS

PAUSES = {"level", "daily", "weekly"}
ANYWAY = "Contactar igual…"


def hindrance(found: Pressure) -> str:
    """«⛔ Pausa hasta lun 23/11 09:00: ya lo contactamos muchas veces.»; empty when nothing hinders."""
    if found.allowed:
        return ""
    if found.hinder in PAUSES:
        # the sentence begins with the pause and its end, which are said here as everywhere on the screen
        why = found.reason.partition(": ")[2]
        return ": ".join(filter(None, (f"⛔ {pause_words(found.next_at)}", why)))
    return "⛔ " + found.reason.replace("Se puede desde", "Podés desde")


def pause_words(until: datetime | None) -> str:
    """«Pausa hasta lun 23/11 09:00»."""
    if until is None:
        return "Pausa"
    local = formats.here(until)
    return f"Pausa hasta {WEEKDAYS[local.weekday()]} {local:%d/%m %H:%M}"


def warnings(found: Pressure) -> str:
    """What is to be known and hinders nothing."""
    return "\n".join(f"⚠ {warning}" for warning in found.warnings)
