"""What the login and the lock ask of the outside, so that neither knows of drivers, servers or keyrings."""

from collections.abc import Callable
from typing import Protocol

from iduo_desktop.credentials import Remembered
from iduo_desktop.services.staff import Me, Session


class Entry(Protocol):
    """Somebody who was let in. Everything but the properties runs in a worker and may take its time."""

    @property
    def me(self) -> Me:
        """The person."""

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
