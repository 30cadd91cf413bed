"""Draws every screen and dialog as a PNG, light and dark, at 100, 150 and 200 %: python -m tests.ui.screens --out DIR.

The screens are functions(stage) -> widget in the SCREENS of tests/ui/screens_*.py. Each size and scheme is drawn by
processes of its own, because Qt takes its scale once; two share the screens, because a screen mostly waits. What looks
wrong is said at the end; then the exit code is 1.
"""

import argparse
import importlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from functools import partial
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from PySide6.QtWidgets import QApplication, QWidget

from iduo_desktop.admin import demo, serve, upgrade
from iduo_desktop.admin.passwords import new_password
from iduo_desktop.database.embedded import EmbeddedServer
from iduo_desktop.ui.theme import Theme
from iduo_desktop.ui.widgets.focus_ring import FocusRing
from tests import memory
from tests.services.visitors import send_away
from tests.ui import looks
from tests.ui.stage import Place, Stage

SIZE = (1366, 768)
SCHEMES = ("light", "dark")
SCALES = (1.0, 1.5, 2.0)
AT_ONCE = 2
# The letters of every drawing, on whatever machine: those that dev.py installs. Where they are not, the machine's own.
FONTS = Path("/usr/share/fonts/truetype/dejavu")
FONT_FILES = ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf", "DejaVuSansMono.ttf", "DejaVuSansMono-Bold.ttf")
FONTS_CONF = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig><dir>{folder}/fonts</dir><cachedir>{folder}/cache</cachedir></fontconfig>
"""
QUICKLY = 90  # what Qt calls quality is how little a PNG is squeezed
SEEN: set[str] = set()
Screen = Callable[[Stage], QWidget]


def main(arguments: Sequence[str] | None = None) -> int:
    """Draw what was asked for; 1 when something looks wrong."""
    options = _parser().parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    if options.draw:
        return draw(options)
    works = [*_works(options)]
    with ExitStack() as stack:
        # one after the other: Alembic knows one upgrade at a time
        places = [stack.enter_context(served()) for _ in range(AT_ONCE)]
        executor = stack.enter_context(ThreadPoolExecutor(AT_ONCE))
        said = executor.map(partial(run_all, options, works), places, range(AT_ONCE))
        problems = [problem for problems in said for problem in problems]
    print("\n".join(problems) or "Nothing looks wrong.")
    return int(bool(problems))


def draw(options: argparse.Namespace) -> int:
    """In a process of its own: draw all screens in one scheme at one scale; problems go to stdout, one a line."""
    place = Place(**json.load(sys.stdin))
    application = QApplication(sys.argv[:1])
    theme = Theme(application, options.scheme, "")
    FocusRing(application)
    with tempfile.TemporaryDirectory() as folder:
        stage = Stage(place, theme, Path(folder))
        for screen in find_screens(options.only, options.half)[options.share :: AT_ONCE]:
            for problem in draw_one(options, stage, screen):
                print(f"{screen.__name__} ({options.scheme}, {options.scale:.0%}): {problem}", flush=True)
    return 0


def draw_one(options: argparse.Namespace, stage: Stage, screen: Screen) -> Iterator[str]:
    """Draw a screen and say what is wrong with it."""
    with stage.cleared():
        widget = screen(stage)
        picture = options.out / f"{screen.__name__}_{options.scheme}_{options.scale:.0%}.png".replace("%", "")
        widget.grab().save(str(picture), "PNG", QUICKLY)
        yield from looks.cut_texts(widget)
        yield from looks.nameless_controls(widget)
        yield from looks.too_big(widget)
        if options.focus:
            yield from looks.unseen_focus(widget, SEEN)


def find_screens(only: str = "", half: int | None = None) -> list[Screen]:
    """All screens, or those whose name contains `only`; of them every second one from `half` on, if it is given."""
    modules = (f"tests.ui.{path.stem}" for path in sorted(Path(__file__).parent.glob("screens_*.py")))
    screens = [screen for module in modules for screen in importlib.import_module(module).SCREENS]
    found = [screen for screen in screens if only in screen.__name__]
    return found if half is None else found[half::2]


def run_all(options: argparse.Namespace, works: Sequence[tuple[str, float]], place: Place, share: int) -> list[str]:
    """A share of the screens, one after the other on a server of their own: some need a person all to themselves."""
    return [problem for work in works for problem in run(options, place, share, *work)]


def run(options: argparse.Namespace, place: Place, share: int, scheme: str, scale: float) -> list[str]:
    """Draw in another process; its problems."""
    command = [sys.executable, "-m", "tests.ui.screens", "--draw", "--out", str(options.out), "--only", options.only]
    command += ["--scheme", scheme, "--scale", str(scale), "--share", str(share)]
    command += [] if options.half is None else ["--half", str(options.half)]
    if scale == 1.0:  # a ring is as visible at any scale
        command.append("--focus")
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        environment = _environment(Path(folder), scale)
        process = stack.enter_context(
            subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8", env=environment)
        )
        said, _ = process.communicate(json.dumps(asdict(place)))
    died = [f"{scheme}, {scale:.0%}: drawing ended with {process.returncode}"] if process.returncode else []
    return [*said.splitlines(), *died]


@contextmanager
def served() -> Iterator[Place]:
    """A private server with the demo's data."""
    people = {login: new_password() for login, _, _ in serve.PEOPLE}
    with tempfile.TemporaryDirectory(dir=memory.folder(1)) as folder:
        Path(folder).chmod(0o755)  # the server's own user has to pass through
        with EmbeddedServer(Path(folder) / "server", fsync=False) as server:
            upgrade.create(server.superuser_conninfo, "iduo")
            superuser = make_conninfo(server.superuser_conninfo, dbname="iduo")
            demo.fill(superuser, people)
            with psycopg.connect(superuser) as connection:
                send_away(connection)  # who waits in the demo rings for a while, on whatever is drawn then
                _put_off(connection)
            info = conninfo_to_dict(superuser)
            yield Place(str(info["host"]), int(info["port"] or 0), "iduo", people, superuser)


def _put_off(connection: psycopg.Connection) -> None:
    """What would remind somebody while screens are drawn: the screens with reminders have their own."""
    with connection.transaction():
        connection.execute("SET LOCAL session_replication_role = replica")
        for table, column in (("task", "rings_at"), ("call", "rings_at"), ("case", "next_action_at")):
            names = {"table": sql.Identifier("iduo", table), "at": sql.Identifier(column)}
            later = "UPDATE {table} SET {at} = {at} + '2 hours' WHERE {at} BETWEEN now() AND now() + interval '2 hours'"
            connection.execute(sql.SQL(later).format(**names))


def _works(options: argparse.Namespace) -> Iterator[tuple[str, float]]:
    for scale in [options.scale] if options.scale else SCALES:
        for scheme in [options.scheme] if options.scheme else SCHEMES:
            yield scheme, scale


def _environment(folder: Path, scale: float) -> dict[str, str]:
    """A screen of 1366×768 without a display; at 150 % a window has 911×512 of it."""
    settings = folder / "screen.json"
    width, height = SIZE
    screen = {"name": "screen", "x": 0, "y": 0, "width": width, "height": height, "logicalDpi": 96, "dpr": 1}
    settings.write_text(json.dumps({"screens": [screen]}), "utf-8")
    return {
        **os.environ,
        "QT_QPA_PLATFORM": f"offscreen:configfile={settings}",
        "QT_SCALE_FACTOR": str(scale),
        "XDG_RUNTIME_DIR": str(folder),
        "XDG_DATA_HOME": str(folder),
        "XDG_CONFIG_HOME": str(folder),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
        **_fonts(folder),
    }


def _fonts(folder: Path) -> dict[str, str]:
    if not all((FONTS / name).is_file() for name in FONT_FILES):
        return {}
    (folder / "fonts").mkdir()
    for name in FONT_FILES:
        (folder / "fonts" / name).symlink_to(FONTS / name)
    (folder / "fonts.conf").write_text(FONTS_CONF.format(folder=folder), "utf-8")
    return {"FONTCONFIG_FILE": str(folder / "fonts.conf")}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("tests.ui.screens", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="where the pictures go")
    parser.add_argument("--only", default="", help="screens whose name contains this")
    parser.add_argument("--scheme", choices=SCHEMES, help="light or dark alone")
    parser.add_argument("--scale", type=float, help="1, 1.5 or 2 alone")
    parser.add_argument("--half", type=int, choices=(0, 1), help="every second screen, from the first or the second on")
    parser.add_argument("--share", type=int, default=0, help=argparse.SUPPRESS)
    parser.add_argument("--draw", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--focus", action="store_true", help=argparse.SUPPRESS)
    return parser


if __name__ == "__main__":
    sys.exit(main())
