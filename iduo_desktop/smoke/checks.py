"""What has to be there for the program to work: one function a part, each answers whether it is and what was found."""

import secrets
import ssl
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLocale, qVersion
from PySide6.QtGui import QFontDatabase, QFontInfo, QFontMetrics, QGuiApplication, QImageReader
from PySide6.QtWidgets import QApplication, QStyleFactory

from iduo_desktop import config, credentials
from iduo_desktop.database.driver import driver
from iduo_desktop.workbooks import reading, writing
from iduo_desktop.workbooks.values import WorkbookError
from iduo_desktop.workbooks.writing import Column

PLATFORMS = {"win32": ("windows",), "linux": ("xcb", "wayland", "offscreen")}
WINDOWS_KEYRING = "keyring.backends.Windows.WinVaultKeyring"
LETTERS = "áñ¿«»–…●○⚠"
ROWS = (("Marina Gauna", "0341 612-4410"), ("¿Ñandú?", "=1+1"))


@dataclass(frozen=True, slots=True)
class Found:
    """One part of it. `found` goes into the report as it is."""

    name: str
    ok: bool
    found: object


def check_all() -> Iterator[Found]:
    """Every check. Reads files and the keyring, so it takes a second; needs a QApplication."""
    for name, check in CHECKS.items():
        ok, found = check()
        yield Found(name, ok, found)


def _platform() -> tuple[bool, object]:
    name = QGuiApplication.platformName()
    return name in PLATFORMS.get(sys.platform, (name,)), {"name": name, "qt": qVersion()}


def _images() -> tuple[bool, object]:
    formats = sorted(bytes(one.data()).decode() for one in QImageReader.supportedImageFormats())
    return {"ico", "png", "svg"} <= set(formats), formats


def _styles() -> tuple[bool, object]:
    keys = QStyleFactory.keys()
    wanted = {"Fusion", "windowsvista", "windows11"} if sys.platform == "win32" else {"Fusion"}
    return wanted <= set(keys), keys


def _fonts() -> tuple[bool, object]:
    font = QApplication.font()
    metrics = QFontMetrics(font)
    missing = [letter for letter in LETTERS if not metrics.inFontUcs4(ord(letter))]
    families = len(QFontDatabase.families())
    return bool(families), {"used": QFontInfo(font).family(), "families": families, "from_others": missing}


def _words() -> tuple[bool, object]:
    cancel = QCoreApplication.translate("QPlatformTheme", "Cancel")
    return cancel == "Cancelar", {"locale": QLocale().name(), "cancel": cancel}


def _database() -> tuple[bool, object]:
    found = driver()
    said = {name: getattr(found, name) for name in ("psycopg", "implementation", "libpq", "tls")}
    return found.tls and found.implementation == "binary", {**said, "python_openssl": ssl.OPENSSL_VERSION}


def _keyring() -> tuple[bool, object]:
    """Windows always has one; it has to keep what it is given."""
    backend = credentials.backend()
    if sys.platform != "win32":
        return True, backend
    profile, secret = f"smoke-test-{secrets.token_hex(4)}", secrets.token_urlsafe()
    kept = credentials.remember(profile, "nobody", secret)
    found = credentials.remembered(profile, "nobody").password
    credentials.forget(profile, "nobody")
    gone = credentials.remembered(profile, "nobody").password is None
    return backend == WINDOWS_KEYRING and kept and found == secret and gone, backend


def _workbooks() -> tuple[bool, object]:
    """Written here, read by the child process."""
    with tempfile.TemporaryDirectory(prefix="iduo-smoke-") as folder:
        path = Path(folder) / "prueba.xlsx"
        try:
            _write(path)
            rows = reading.read(path).sheets[0].rows
        except WorkbookError as error:
            return False, str(error)
    return rows[1:] == ROWS, [list(map(str, row)) for row in rows]


def _write(path: Path) -> None:
    columns: Sequence[Column] = (Column("Nombre"), Column("Teléfono"))
    with writing.new_book(path) as book:
        sheet = writing.SheetWriter(book, "Prueba", columns)
        for row in ROWS:
            sheet.add(row)
        sheet.close()


def _configuration() -> tuple[bool, object]:
    known = config.load()
    values = [{"key": one.key, "value": one.value, "source": one.source.name.lower()} for one in known.stated()]
    return not known.problems, {"values": values, "problems": list(known.problems), "blocked": known.blocked}


def _folders() -> tuple[bool, object]:
    """A person without rights writes only there."""
    places = (config.data_folder(), config.log_folder(), config.user_file().parent)
    return all(_writable(place) for place in places), list(map(str, places))


def _writable(place: Path) -> bool:
    try:
        place.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=place):
            return True
    except OSError:
        return False


CHECKS: dict[str, Callable[[], tuple[bool, object]]] = {
    "platform": _platform,
    "images": _images,
    "styles": _styles,
    "fonts": _fonts,
    "words": _words,
    "database": _database,
    "keyring": _keyring,
    "workbooks": _workbooks,
    "configuration": _configuration,
    "folders": _folders,
}
