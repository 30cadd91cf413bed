"""Addresses of mails, as servers take them."""

import re
from typing import Final

ADDRESS: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?=[^@]{1,253}\Z)[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


def plain(text: str) -> str:
    """An address with its domain in plain letters; empty when it is none."""
    local, _, domain = text.strip().rpartition("@")
    try:
        made = f"{local}@{domain.encode('idna').decode('ascii')}" if not domain.isascii() else text.strip()
    except UnicodeError:
        return ""
    return made if ADDRESS.fullmatch(made) else ""
