"""What the OS keyring keeps for a login: the password, if the person wants it, and the key of the drafts.

Keyrings may ask the person something or hang: call these in a worker.
"""

import base64
import importlib
import secrets
import sys
from dataclasses import dataclass
from typing import Any

_PASSWORDS = "iduo Desktop ({profile})"
_DRAFTS = "iduo Desktop, borradores ({profile})"
# These keep what they are given readable for everybody, or not at all.
_NOT_SAFE = ("keyrings.alt", "keyring.backends.null", "keyring.backends.fail")


@dataclass(frozen=True, slots=True)
class Remembered:
    """The password that is kept, if any; `possible` is False on a PC without a keyring."""

    password: str | None
    possible: bool


def remembered(profile: str, login: str) -> Remembered:
    """What is kept for this login on this profile."""
    keyring = _keyring()
    if keyring is None:
        return Remembered(None, possible=False)
    try:
        return Remembered(keyring.get_password(_PASSWORDS.format(profile=profile), login), possible=True)
    except _errors():
        return Remembered(None, possible=False)


def remember(profile: str, login: str, password: str) -> bool:
    """Keep the password; False when this PC cannot."""
    return _keep(_PASSWORDS.format(profile=profile), login, password)


def forget(profile: str, login: str) -> None:
    """Wipe the password; harmless when none is kept."""
    keyring = _keyring()
    if keyring is not None:
        try:
            keyring.delete_password(_PASSWORDS.format(profile=profile), login)
        except _errors():
            return


def draft_key(profile: str, login: str) -> bytes | None:
    """The Fernet key of this login's drafts, made at the first time; None on a PC without a keyring."""
    keyring = _keyring()
    if keyring is None:
        return None
    service = _DRAFTS.format(profile=profile)
    try:
        kept = keyring.get_password(service, login)
    except _errors():
        return None
    made = kept or base64.urlsafe_b64encode(secrets.token_bytes(32)).decode("ascii")
    return made.encode("ascii") if kept or _keep(service, login, made) else None


def backend() -> str:
    """What keeps passwords here: "keyring.backends.Windows.WinVaultKeyring"; "" on a PC without a keyring."""
    kind = type(_keyring())
    return "" if kind is type(None) else f"{kind.__module__}.{kind.__qualname__}"


def _keep(service: str, login: str, secret: str) -> bool:
    """Write it and read it back: some keyrings drop things without a word."""
    keyring = _keyring()
    if keyring is None:
        return False
    try:
        keyring.set_password(service, login, secret)
        return bool(keyring.get_password(service, login) == secret)
    except _errors():
        return False


def _keyring() -> Any | None:
    """The back end of this PC, or None when there is none worth the name. Loaded late: it costs 100 ms and more."""
    backend = importlib.import_module("keyring").get_keyring()
    chained = getattr(backend, "backends", None)
    kinds = [type(one).__module__ for one in (chained if chained is not None else (backend,))]
    return backend if any(not kind.startswith(_NOT_SAFE) for kind in kinds) else None


def _errors() -> tuple[type[Exception], ...]:
    """What keyrings raise when they refuse; that of Windows, told by a policy to keep nothing, an error of its own."""
    failure: type[Exception] = importlib.import_module("keyring.errors").KeyringError
    if sys.platform != "win32":
        return failure, OSError
    refused: type[Exception] = importlib.import_module("win32ctypes.pywin32.pywintypes").error
    return failure, OSError, refused
