"""A keyring as a PC's is: it outlives the program; kept in a file, because no desktop is there to keep it."""

import json
from pathlib import Path

from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError


class FileKeyring(KeyringBackend):
    """What was kept, by service and login."""

    priority = 1

    def __init__(self, path: Path) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # keyring gives its own beginning no types
        self._path = path

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept().get(f"{service}\n{username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        beside = self._path.with_suffix(".new")
        beside.write_text(json.dumps(self.kept() | {f"{service}\n{username}": password}), "utf-8")
        beside.replace(self._path)

    def delete_password(self, service: str, username: str) -> None:
        if f"{service}\n{username}" not in self.kept():
            raise PasswordDeleteError

    def kept(self) -> dict[str, str]:
        """Everything."""
        return dict(json.loads(self._path.read_text("utf-8"))) if self._path.exists() else {}
