"""Which number or address a contact would use first, and whether it is safe to."""

from iduo_desktop.services.cases import CaseCard, Email, Phone
from iduo_desktop.terms import Channel

UNSAFE = "⛔ {} figura como no seguro. Mirá su ficha antes de comunicarte."


def address(card: CaseCard, channel: str) -> str:
    """The number or mail that a contact by this medium would use first; none where only unsafe ones are left."""
    best = _best(card, channel)
    if best is None or best.safe is False:
        return ""
    return best.address if isinstance(best, Email) else best.e164 or best.typed


def danger(card: CaseCard, channel: str) -> str:
    """Why the person of a case should not be reached so; empty when nothing is said against it."""
    best = _best(card, channel)
    if best is None or best.safe is not False:
        return ""
    return UNSAFE.format(best.address if isinstance(best, Email) else best.typed)


def _best(card: CaseCard, channel: str) -> Phone | Email | None:
    """A safe one first, then one of which nothing is known; valid ones before others."""
    ways: tuple[Phone | Email, ...] = card.emails_of_client if channel == Channel.EMAIL else card.phones
    order = {True: 0, None: 1, False: 2}
    return min(ways, key=lambda way: (order[way.safe], not way.valid)) if channel and ways else None
