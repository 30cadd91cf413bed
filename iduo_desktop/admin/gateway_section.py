"""One table of the gateway's configuration: values taken out with their kind; what nobody takes is said to be wrong."""

import os
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from iduo_desktop.admin.door import check_private
from iduo_desktop.admin.target import WrongUseError
from iduo_desktop.trust import LOOPBACK


class Section:
    """Leaving it without an error says so when a key was not taken: a misspelt one would be obeyed by nobody."""

    def __init__(self, name: str, values: Mapping[str, Any]) -> None:
        self.name = name
        self._values = dict(values)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None and self._values:
            raise self.wrong(min(self._values), "no se conoce")

    def wrong(self, key: str, words: str) -> WrongUseError:
        """What is wrong with a key."""
        return WrongUseError(f"{self.name}: {key}: {words}")

    def section(self, key: str) -> "Section | None":
        """A table of the table; None where there is none."""
        values = self._take(key, dict, None)
        return None if values is None else Section(f"[{key}]", values)

    def text(self, key: str, usual: str | None = None) -> str:
        """A text; needed where there is no usual one."""
        found = self._take(key, str, usual)
        if found is None or (usual is None and not found.strip()):
            raise self.wrong(key, "falta")
        return str(found)

    def one_of(self, key: str, words: tuple[str, ...], usual: str) -> str:
        """One of a few words."""
        found = self.text(key, usual)
        if found not in words:
            raise self.wrong(key, f"«{found}» no va; puede ser {', '.join(words)}")
        return found

    def number(self, key: str, usual: int, lowest: int, highest: int) -> int:
        """A whole number within its limits."""
        found = int(self._take(key, int, usual))
        if not lowest <= found <= highest:
            raise self.wrong(key, f"va de {lowest} a {highest}")
        return found

    def texts(self, key: str, usual: tuple[str, ...]) -> tuple[str, ...]:
        """A list of texts; numbers are taken as they are written."""
        return tuple(str(one) for one in self._take(key, list, list(usual)))

    def numbers(self, key: str, usual: tuple[int, ...]) -> tuple[int, ...]:
        """A list of whole numbers."""
        found = self._take(key, list, list(usual))
        if not all(isinstance(one, int) for one in found):
            raise self.wrong(key, "es una lista de números")
        return tuple(found)

    def texts_by_name(self, key: str) -> Mapping[str, str]:
        """A table of texts."""
        found: dict[str, str] = self._take(key, dict, {})
        if not all(isinstance(one, str) for one in found.values()):
            raise self.wrong(key, "cada valor va entre comillas")
        return found

    def tree(self, key: str) -> Mapping[str, object]:
        """A table of anything that JSON knows."""
        found: dict[str, object] = self._take(key, dict, {})
        return found

    def url(self, key: str) -> str:
        """An address: encrypted, unless it is on this machine."""
        found = self.text(key)
        parts = urlsplit(found)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
            raise self.wrong(key, "tiene que empezar con https:// (http:// solo hacia esta misma máquina)")
        return found

    def path(self, key: str, usual: str) -> str:
        """The path of an address."""
        found = self.text(key, usual)
        if found and not found.startswith("/"):
            raise self.wrong(key, "empieza con /")
        return found

    def address(self, key: str) -> tuple[str, int]:
        """A host and a port."""
        host, _, port = self.text(key).rpartition(":")
        if not host or not port.isascii() or not port.isdigit() or int(port) > 65535:
            raise self.wrong(key, "se escribe 127.0.0.1:8085")
        return host.strip("[]"), int(port)

    def file(self, key: str) -> Path | None:
        """A file that is there; None where none is named."""
        found = self.text(key, "")
        if not found:
            return None
        path = Path(os.path.expandvars(found))
        if not path.is_file():
            raise self.wrong(key, f"no hay un archivo {path}")
        return path

    def secret(self, key: str, needed: bool = True) -> str:
        """The first line of a file that nobody else may read."""
        name = self.text(key, None if needed else "")
        if not name:
            return ""
        path = Path(os.path.expandvars(name))
        check_private(path)
        found = path.read_text("utf-8").split("\n", 1)[0].rstrip("\r")
        if not found:
            raise self.wrong(key, f"{path} está vacío")
        return found

    def _take(self, key: str, kind: type, usual: Any) -> Any:
        found = self._values.pop(key, usual)
        if found is not usual and (not isinstance(found, kind) or isinstance(found, bool)):
            words = {str: "un texto entre comillas", int: "un número", list: "una lista", dict: "una tabla"}
            raise self.wrong(key, f"es {words[kind]}")
        return found
