"""Links that open this PC's own programs with a number, an address and a text: softphone, mail, messages, WhatsApp."""

import re
from typing import NamedTuple
from urllib.parse import quote

from iduo_desktop import phones

LONGEST = 2_000  # Windows hands no longer address to a program
TEL, SIP = "tel", "sip"

_NO_DIAL = re.compile(r"[^0-9*#]+")
_BREAKS = re.compile(r"\r\n|\r|\n")


class Link(NamedTuple):
    """An address to open, "" where there is none. `whole` is False when the text was too long to go with it."""

    url: str
    whole: bool = True


def dial(number: str, scheme: str = TEL) -> Link:
    """What dials a number: `tel:+543416124410` or `sip:+543416124410`."""
    digits = _NO_DIAL.sub("", number)
    plus = "+" if number.lstrip(" (").startswith("+") else ""
    return Link(f"{scheme}:{plus}{digits.replace('#', '%23')}" if digits else "")


def mail(address: str, subject: str, text: str) -> Link:
    """What begins a mail. A subject is one line, so that none slips another header in."""
    base = f"mailto:{quote(address, safe='@')}"
    return _with(base, {"subject": " ".join(subject.split()), "body": _BREAKS.sub("\r\n", text)})


def sms(number: str, text: str) -> Link:
    """What begins a text message."""
    base = dial(number, "sms").url
    return _with(base, {"body": text}) if base else Link("")


def whatsapp(e164: str, text: str) -> Link:
    """What opens a conversation in WhatsApp, with the text to be sent."""
    whole = phones.whatsapp_url(e164, text)
    return Link(whole) if len(whole) <= LONGEST else Link(phones.whatsapp_url(e164), whole=False)


def _with(base: str, parts: dict[str, str]) -> Link:
    """The address with these; where that is too long, without the last of them, which is the text."""
    whole = base + _query(parts)
    if len(whole) <= LONGEST:
        return Link(whole)
    return Link(base + _query(dict([*parts.items()][:-1])), whole=False)


def _query(parts: dict[str, str]) -> str:
    filled = "&".join(f"{name}={quote(value, safe='')}" for name, value in parts.items() if value)
    return f"?{filled}" if filled else ""
