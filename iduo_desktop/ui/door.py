"""What the login and the lock ask of the outside, so that neither knows of drivers, servers or keyrings."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from iduo_desktop.config import Config, Source
from iduo_desktop.credentials import Remembered
from iduo_desktop.services.staff import Me, Session

LOCKED = "Lo decide Informática"
OWN_FILE = "Lo dice tu archivo config.toml"


@dataclass(frozen=True, slots=True)
class Rules:
    """What was decided for this PC outside of the program. Each `…_why` says by whom, "" where the person decides.

    `problems` are sentences for IT; `blocked` says why there is no database to work with.
    """

    keeps_passwords: bool = True
    remember_why: str = ""
    dial_with: str = ""
    dial_why: str = ""
    support: str = ""
    problems: tuple[str, ...] = ()
    blocked: str = ""

    def addressed(self, sentence: str) -> str:
        """Whoever is sent to Informática is told how to reach it."""
        if not self.support or "Informática" not in sentence:
            return sentence
        return f"{sentence.removesuffix('.')} ({self.support})."


FREE = Rules()


def rules_of(known: Config) -> Rules:
    """What the screens have to know of the configuration."""
    return Rules(
        keeps_passwords=known.remember_password,
        remember_why="" if known.remember_password else _why(known, "remember_password"),
        dial_with=known.dial_with,
        dial_why=_why(known, "dial_with"),
        support=known.support,
        problems=known.problems,
        blocked=known.blocked,
    )


def _why(known: Config, key: str) -> str:
    source = known.source_of(key)
    return {Source.USER: OWN_FILE, Source.DEFAULT: ""}.get(source, LOCKED)


class Entry(Protocol):
    """Somebody who was let in. Everything but the properties runs in a worker and may take its time."""

    @property
    def me(self) -> Me:
        """The person."""

    @property
    def newer(self) -> str:
        """The version of the program that he should have, "" when this is it."""

    @property
    def elsewhere(self) -> tuple[Session, ...]:
        """His connections from other PCs."""

    def end_elsewhere(self) -> "Entry":
        """End his other sessions."""

    def change_password(self, password: str) -> "Entry":
        """Give him a new password; he goes on with the answer, and this entry is left."""

    def unlock(self, password: str) -> None:
        """Raise a UserError unless this is his password."""

    def leave(self) -> None:
        """He goes, or goes on with another entry."""


class Door(Protocol):
    """Everything but the properties runs in a worker and may take its time."""

    @property
    def server(self) -> str:
        """The server's name for people."""

    @property
    def test_database(self) -> bool:
        """True when the profile says that nothing here is real."""

    @property
    def rules(self) -> Rules:
        """What was decided for this PC."""

    def knock(self, report: Callable[[str], object]) -> None:
        """Load what is needed and see whether the server answers; `report` takes a sentence on what takes long."""

    def enter(self, login: str, password: str) -> Entry:
        """Let somebody in."""

    def enter_demo(self, role: str) -> Entry:
        """Let somebody of the demo in."""

    def remembered(self, login: str) -> Remembered:
        """The password that the keyring keeps."""

    def remember(self, login: str, password: str | None) -> None:
        """Keep the password in the keyring, or forget it."""
