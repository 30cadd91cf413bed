"""The login in all its states, and the frame around the pages."""

from collections.abc import Iterator
from contextlib import contextmanager

from psycopg import sql
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from iduo_desktop import config
from iduo_desktop.config import Source
from iduo_desktop.ui.door import Rules, rules_of
from iduo_desktop.ui.errors import mistake_dialog
from iduo_desktop.ui.keys_dialog import KeysDialog
from iduo_desktop.ui.main_window import MainWindow
from tests.ui.stage import Stage, pause

NOWHERE = 1
SUPPORT = "Mesa de ayuda, interno 100"


def login(stage: Stage) -> QWidget:
    """Before anybody typed."""
    shown = stage.login()
    stage.wait(lambda: shown.says("conectado"))
    return stage.shown(shown.dialog)


def login_wrong_password(stage: Stage) -> QWidget:
    """The wrong password."""
    shown = stage.login()
    shown.enter("no es esta")
    stage.wait(shown.credentials.error.text)
    return stage.shown(shown.dialog)


def login_without_server(stage: Stage) -> QWidget:
    """Nobody answers."""
    shown = stage.login(gate=stage.gate(port=NOWHERE))
    stage.wait(lambda: shown.says("Reintentamos"))
    return stage.shown(shown.dialog)


def login_full(stage: Stage) -> QWidget:
    """No connection is left."""
    dead = [stage.from_another_pc("operador") for _ in range(4)]
    shown = stage.login()
    shown.enter(stage.place.people["operador"])
    stage.wait(shown.credentials.error.text)
    for database in dead:
        database.close()
    return stage.shown(shown.dialog)


def login_elsewhere(stage: Stage) -> QWidget:
    """The same person is on another PC."""
    other = stage.from_another_pc("operador")
    shown = stage.login()
    shown.enter(stage.place.people["operador"])
    stage.wait(shown.flow.elsewhere.isVisible)
    other.close()
    return stage.shown(shown.dialog)


def login_new_password(stage: Stage) -> QWidget:
    """A password that was given must be changed, and the two do not match."""
    with must_change(stage, "operador"):
        shown = stage.login()
        shown.enter(stage.place.people["operador"])
        page = shown.flow.new_password
        stage.wait(page.isVisible)
    page.first.setText("una clave larga")
    page.second.setText("otra clave larga")
    page.save.click()
    return stage.shown(shown.dialog)


def login_ruled(stage: Stage) -> QWidget:
    """IT decides that no password is kept; and something is wrong with what it wrote."""
    values = {"remember_password": False, "dial_with": "fax", "hots": ["db1"]}
    shown = stage.login(gate=stage.gate(rules=ruled(Source.MACHINE, values)))
    stage.wait(lambda: shown.says("conectado"))
    return stage.shown(shown.dialog)


def login_blocked(stage: Stage) -> QWidget:
    """Nobody said where the database is."""
    blocked = rules_of(config.merge([(Source.MACHINE, {"support": SUPPORT})]))
    return stage.shown(stage.login(gate=stage.gate(rules=blocked)).dialog)


def ruled(source: Source, values: dict[str, object]) -> Rules:
    """The rules that these values make, with a server."""
    return rules_of(config.merge([(source, values), (Source.MACHINE, {"profiles": {"central": {"hosts": ["db1"]}}})]))


def login_demo(stage: Stage) -> QWidget:
    """The demo's three doors."""
    shown = stage.login(gate=stage.gate(demo=True), demo=True)
    stage.wait(lambda: shown.says("conectado"))
    return stage.shown(shown.dialog)


def window(stage: Stage) -> QWidget:
    """What one sees after the login."""
    return stage.window()


def window_wide_rail(stage: Stage) -> QWidget:
    """With the lists and their counts at the left."""
    shown = stage.window("coordinador")
    shown.rail.expand(True)
    shown.open_list("delinquent")
    return stage.shown(shown)


def window_done(stage: Stage) -> QWidget:
    """Something was done and can be undone."""
    shown = stage.window()
    shown.notice.show("Llamada a GÓMEZ, Ana registrada", undo=lambda: None)
    return stage.shown(shown)


def window_failed(stage: Stage) -> QWidget:
    """Something did not work."""
    shown = stage.window()
    shown.notice.tell("El servidor tardó demasiado y no se hizo nada. Probá de nuevo.", ("Reintentar", lambda: None))
    return stage.shown(shown)


def window_offline(stage: Stage) -> QWidget:
    """Without connection."""
    shown = stage.window()
    shown._show_connection(False)
    shown.status_line.show_memory_only(True)
    return stage.shown(shown)


def search_results(stage: Stage) -> QWidget:
    """A surname without its accent."""
    return search(stage, "gomez")


def search_commands(stage: Stage) -> QWidget:
    """What the program can do."""
    return search(stage, "ir a")


def search_nothing(stage: Stage) -> QWidget:
    """Nobody is called like that."""
    return search(stage, "xyzzyw")


def locked(stage: Stage) -> QWidget:
    """Nobody touched it for a while."""
    shown = stage.window()
    shown.idle.idle.emit()
    shown.lock_screen.password.setText("no es esta")
    shown.lock_screen.unlock.click()
    stage.wait(shown.lock_screen.error.text)
    return stage.shown(shown)


def hidden(stage: Stage) -> QWidget:
    """F11."""
    shown = stage.window()
    shown.hide_all()
    return stage.shown(shown)


def shortcuts(stage: Stage) -> QWidget:
    """F1."""
    stage.window().show_keys()
    return stage.dialog()


def change_keys(stage: Stage) -> QWidget:
    """Other keys, and one that is taken."""
    window = stage.window()
    window.change_keys()
    dialog = stage.dialog()
    assert isinstance(dialog, KeysDialog)
    dialog.list.choose("close_case")
    dialog.edit.setKeySequence("F8")
    dialog.edit.editingFinished.emit()
    return dialog


def change_password(stage: Stage) -> QWidget:
    """From the person's menu."""
    stage.window().change_password()
    return stage.dialog()


def window_newer(stage: Stage) -> QWidget:
    """There is a newer version; IT installs it."""
    change = "UPDATE iduo.setting SET value = to_jsonb(%s::text) WHERE name = 'recommended_client'"
    with stage.superuser() as connection:
        connection.execute(change, ["9.9.9"])
        shown = stage.window(rules=Rules(support=SUPPORT))
        connection.execute(change, ["0.1.0"])
    return shown


def person_menu_ruled(stage: Stage) -> QWidget:
    """What calls is decided; whom to call is said."""
    button = stage.window(rules=ruled(Source.POLICY, {"dial_with": "copy", "support": SUPPORT})).top_bar.person
    button.open_menu()
    pause(0.1)
    return button.drop


def person_menu(stage: Stage) -> QWidget:
    """The person's menu, over the window."""
    shown = stage.window("coordinador")
    button = shown.top_bar.person
    button.open_menu()
    pause(0.1)
    return button.drop


def our_mistake(stage: Stage) -> QWidget:
    """What is left when the program is wrong."""
    dialog = mistake_dialog("iduo Desktop\nValueError\n  page.py, line 40", stage.window())
    dialog.open()
    return stage.dialog()


def search(stage: Stage, text: str) -> MainWindow:
    """Type into the search and wait for what it finds."""
    shown = stage.window()
    shown.omnibox.begin()
    QTest.keyClicks(shown.omnibox, text)
    results = shown.omnibox.results
    stage.wait(results.isVisible)
    return shown


@contextmanager
def must_change(stage: Stage, who: str) -> Iterator[None]:
    """Somebody whose password was given by an administrator."""
    change = sql.SQL("UPDATE iduo.staff SET must_change_password = {} WHERE login = {}")
    with stage.superuser() as connection:
        connection.execute(change.format(sql.Literal(True), sql.Literal(who)))
        yield
        connection.execute(change.format(sql.Literal(False), sql.Literal(who)))


SCREENS = (
    login,
    login_wrong_password,
    login_without_server,
    login_full,
    login_elsewhere,
    login_new_password,
    login_ruled,
    login_blocked,
    login_demo,
    window,
    window_wide_rail,
    window_done,
    window_failed,
    window_offline,
    window_newer,
    search_results,
    search_commands,
    search_nothing,
    locked,
    hidden,
    shortcuts,
    change_keys,
    change_password,
    person_menu,
    person_menu_ruled,
    our_mistake,
)
