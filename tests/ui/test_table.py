"""Long lists: pages around what is seen, lines kept up to date, and a place that stays."""

import random
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from iduo_desktop.database.errors import Busy, ConnectionLost
from iduo_desktop.ui import formats
from iduo_desktop.ui.errors import sort_error
from iduo_desktop.ui.operations import Operations
from iduo_desktop.ui.widgets.table_frame import TableFrame
from iduo_desktop.ui.widgets.table_model import TableModel
from tests.ui.shelf import COLUMNS, Book, NoDatabase, Shelf, place


class Stand:
    """A list on the screen, and the shelf behind it."""

    def __init__(self, qtbot: QtBot, operations: Operations, shelf: Shelf) -> None:
        self.qtbot = qtbot
        self.operations = operations
        self.shelf = shelf
        self.model: TableModel[Book] = TableModel(operations, COLUMNS, "book")
        self.frame: TableFrame[Book] = TableFrame(operations, self.model, formats.now, "libros")
        self.view = self.frame.view
        qtbot.addWidget(self.frame)
        self.frame.resize(400, 400)
        self.frame.show()
        self.view.verticalHeader().setDefaultSectionSize(30)

    def begin(self) -> None:
        """Show the list and wait for its first lines."""
        with self.qtbot.waitSignal(self.model.begun):
            self.model.show_source(self.shelf.source())
        self.rest()

    def rest(self) -> None:
        """Wait until nothing is awaited any more."""
        QTest.qWait(5)
        self.qtbot.waitUntil(lambda: not (self.model._asked or self.model._pace.waiting))
        QTest.qWait(5)

    def change(self, *ids: int) -> None:
        """By an act of one's own these lines changed; wait for the list to follow."""
        self.operations.acted.emit()
        for changed in ids:
            self.operations.changed.emit("book", changed)
        self.rest()

    def ids(self) -> list[int]:
        """The lines, as they are shown."""
        rows = (self.model.row(number) for number in range(self.model.rowCount()))
        return [row.id if row is not None else 0 for row in rows]

    def go_to(self, book: int) -> None:
        """Choose a line and put it somewhere in the middle of what is seen."""
        number = self.model.number(book)
        self.view.choose(book)
        self.view.verticalScrollBar().setValue(number * 30 - 100)
        self.rest()

    def top_of(self, book: int) -> int:
        """Where on the screen a line is."""
        return self.view.rowViewportPosition(self.model.number(book))


@pytest.fixture
def operations(qtbot: QtBot) -> Iterator[Operations]:
    """Workers without a database."""
    made = Operations(sort_error)
    made.open(NoDatabase(), NoDatabase(), lambda: ())
    yield made
    made.close()


@pytest.fixture
def shelf() -> Shelf:
    """A thousand lines."""
    return Shelf().fill(1000)


@pytest.fixture
def stand(qtbot: QtBot, operations: Operations, shelf: Shelf) -> Stand:
    """A list of them."""
    return Stand(qtbot, operations, shelf)


def test_pages_come_as_they_are_looked_at(stand: Stand) -> None:
    """A page and one ahead at first; at the end all of it, in order."""
    stand.begin()
    assert 200 <= stand.model.rowCount() <= 600
    while not stand.model.whole:
        stand.view.scrollToBottom()
        stand.rest()
    assert stand.model.rowCount() == 1000
    assert [asked for asked in stand.shelf.asked if not isinstance(asked, str | None)] == []


def test_far_pages_are_forgotten_and_come_back(qtbot: QtBot, operations: Operations) -> None:
    """However far one scrolls, few lines are held; going back asks again, from where each page began."""
    stand = Stand(qtbot, operations, Shelf().fill(4000))
    stand.begin()
    most = 0
    while not stand.model.whole:
        stand.view.scrollToBottom()
        stand.rest()
        most = max(most, len(list(stand.model.loaded())))
    assert stand.model.rowCount() == 4000
    assert most <= 2000
    stand.view.scrollTo(stand.model.index(500, 0), stand.view.ScrollHint.PositionAtTop)
    assert stand.model.row(500) is None
    stand.rest()
    assert [row.id for number in range(500, 510) if (row := stand.model.row(number))] == list(range(501, 511))


def test_lines_change_where_they_stand(stand: Stand) -> None:
    """The one that changed is asked for, and no other; what is chosen stays chosen."""
    stand.begin()
    stand.go_to(20)
    stand.shelf.asked.clear()
    stand.shelf.put(15, 150, "Otro título")
    stand.change(15)
    assert stand.shelf.asked == [(15,)]
    assert stand.model.index(14, 0).data() == "Otro título"
    assert stand.view.current_id == 20


def test_changes_of_a_moment_are_asked_for_together(stand: Stand) -> None:
    """A hundred milliseconds are collected into one question; what is not shown is asked for too."""
    stand.begin()
    stand.shelf.asked.clear()
    stand.change(3, 4, 5, 900, 4)
    assert stand.shelf.asked == [(3, 4, 5, 900)]


def test_the_place_stays_while_others_change_the_list(stand: Stand) -> None:
    """Lines come, go and move above what is seen: nothing on the screen moves."""
    stand.begin()
    stand.go_to(60)
    before = stand.top_of(60)
    stand.shelf.put(2001, 5)
    stand.shelf.put(2002, 105)
    stand.shelf.put(7, 3005)
    del stand.shelf.books[30]
    stand.change(2001, 2002, 7, 30)
    assert stand.view.current_id == 60
    assert stand.top_of(60) == before
    assert stand.ids()[:4] == [2001, 1, 2, 3]
    assert 30 not in stand.ids()


def test_a_moved_line_keeps_its_selection(stand: Stand) -> None:
    """A colleague's change of the chosen line does not choose another, and the view stays."""
    stand.begin()
    stand.go_to(60)
    neighbour = stand.top_of(59)
    stand.shelf.put(60, 1505)
    stand.change(60)
    assert stand.view.current_id == 60
    assert stand.ids().index(60) == 149
    assert stand.top_of(59) == neighbour


def test_the_chosen_line_stays_in_sight_when_the_list_gets_lower(stand: Stand) -> None:
    """What opens below the list takes the room of the last lines."""
    stand.begin()
    stand.view.choose(8)
    stand.view.resize(stand.view.width(), 160)
    stand.rest()
    assert 0 <= stand.top_of(8) < stand.view.viewport().height()


def test_the_selection_goes_on_when_its_line_leaves(stand: Stand) -> None:
    """To the next line; from the last to the one before."""
    stand.begin()
    stand.go_to(60)
    del stand.shelf.books[60]
    stand.change(60)
    assert stand.view.current_id == 61
    stand.view.choose_next(61)
    assert stand.view.current_id == 62


def test_a_line_beyond_what_was_asked_waits_for_its_page(qtbot: QtBot, operations: Operations) -> None:
    """It is neither shown too early nor lost."""
    stand = Stand(qtbot, operations, Shelf().fill(1000))
    stand.begin()
    seen = stand.model.rowCount()
    stand.shelf.put(2000, 9995)
    stand.change(2000)
    assert stand.model.rowCount() == seen
    while not stand.model.whole:
        stand.view.scrollToBottom()
        stand.rest()
    assert stand.ids()[-200:] == [book.id for book in stand.shelf.sorted()][-200:]


def test_many_changes_reload_and_keep_the_place(stand: Stand) -> None:
    """(table, None): what is seen is asked for again; the chosen line and the place stay."""
    stand.begin()
    stand.go_to(150)
    before = stand.top_of(150)
    for number in range(1, 41):
        del stand.shelf.books[number]
    for number in range(50, 80):
        stand.shelf.put(number, number * 10 + 1, "Cambiado")
    stand.operations.changed.emit("book", None)
    stand.rest()
    assert stand.view.current_id == 150
    assert stand.top_of(150) == before
    assert stand.model.index(stand.model.number(60), 0).data() == "Cambiado"
    assert stand.ids()[0] == 41


def test_a_page_that_outgrew_itself_is_read_whole(stand: Stand) -> None:
    """More than 200 lines came between two that were known: none is missing."""
    stand.begin()
    for number in range(3000, 3450):
        stand.shelf.put(number, 1001)
    stand.operations.changed.emit("book", None)
    stand.rest()
    for number in range(0, 480, 60):
        stand.view.scrollTo(stand.model.index(number, 0))
        stand.rest()
    expected = [book.id for book in stand.shelf.sorted()]
    shown = [number for number in stand.ids() if number]
    assert shown == expected[: len(shown)]
    assert len(shown) > 450


@pytest.mark.parametrize("seed", range(8))
def test_the_list_agrees_with_its_source(qtbot: QtBot, operations: Operations, seed: int) -> None:
    """Whatever changes in whichever order, what is shown is the beginning of what there is."""
    chance = random.Random(seed)
    stand = Stand(qtbot, operations, Shelf().fill(450))
    stand.begin()
    for _ in range(12):
        changed = [chance.randint(1, 600) for _ in range(chance.randint(1, 12))]
        for number in changed:
            if chance.random() < 0.3:
                stand.shelf.books.pop(number, None)
            else:
                stand.shelf.put(number, chance.randint(0, 4600))
        if chance.random() < 0.2:
            stand.operations.changed.emit("book", None)
        stand.view.verticalScrollBar().setValue(chance.randint(0, stand.view.verticalScrollBar().maximum()))
        stand.change(*changed)
    for edge in (stand.view.scrollToTop, stand.view.scrollToBottom):
        edge()
        stand.rest()
    assert stand.ids() == [book.id for book in stand.shelf.sorted()]
    assert stand.view.current_id in stand.shelf.books


def test_late_answers_are_dropped(stand: Stand) -> None:
    """Asked for another list meanwhile, the first one's answer does nothing."""
    stand.shelf.gate.clear()
    stand.model.show_source(stand.shelf.source())
    other = Shelf()
    other.put(1, 1, "El otro")
    stand.model.show_source(other.source())
    with stand.qtbot.waitSignal(stand.model.begun):
        stand.shelf.gate.set()
    stand.rest()
    assert stand.ids() == [1]
    assert stand.model.index(0, 0).data() == "El otro"


def test_what_is_hidden_asks_for_nothing_and_catches_up(stand: Stand) -> None:
    """A list on another tab is left in peace until it is looked at again."""
    stand.begin()
    stand.frame.hide()
    stand.shelf.asked.clear()
    stand.shelf.put(5, 50, "Nuevo título")
    stand.change(5)
    assert stand.shelf.asked == []
    stand.frame.show()
    stand.rest()
    assert stand.model.index(4, 0).data() == "Nuevo título"


def test_letters_look_for_no_line(stand: Stand, qtbot: QtBot) -> None:
    """They are actions; Home and End go to the ends."""
    stand.begin()
    stand.view.setFocus()
    QTest.keyClicks(stand.view, "Libro 9")
    assert stand.view.current_id == 1
    QTest.keyClick(stand.view, Qt.Key.Key_End)
    qtbot.waitUntil(lambda: stand.view.current_id == 1000)
    QTest.keyClick(stand.view, Qt.Key.Key_Home)
    qtbot.waitUntil(lambda: stand.view.current_id == 1)
    QTest.keyClick(stand.view, Qt.Key.Key_Down)
    assert stand.view.current_id == 2


def test_what_cells_say(stand: Stand) -> None:
    """Screen readers hear words; the chosen line's main cell is bold, and only that one."""
    stand.begin()
    model = stand.model
    spoken = [model.index(1, column).data(Qt.ItemDataRole.AccessibleTextRole) for column in range(3)]
    assert spoken == ["Libro 2", "lugar 20", "sin dato"]
    stand.view.choose(2)
    bold = [number for number in range(10) if model.index(number, 0).data(Qt.ItemDataRole.FontRole) is not None]
    assert bold == [1]
    assert model.index(1, 1).data(Qt.ItemDataRole.FontRole) is None


def test_a_header_asks_for_an_order(stand: Stand, qtbot: QtBot) -> None:
    """Those that can; the list itself does not sort."""
    stand.begin()
    header = stand.view.horizontalHeader()
    with qtbot.waitSignal(stand.view.sort_asked) as asked:
        QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(20, 10))
    assert asked.args == ["title"]
    with qtbot.assertNotEmitted(stand.view.sort_asked):
        place_of_key = header.sectionViewportPosition(1) + 20
        QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(place_of_key, 10))
    stand.model.show_sort("title", descending=True)
    assert stand.model.headerData(0, Qt.Orientation.Horizontal) == "Título ▼"


def test_empty_lists_say_what_to_do(qtbot: QtBot, operations: Operations) -> None:
    """A sentence and its buttons; gone with the first line."""
    stand = Stand(qtbot, operations, Shelf())
    pressed: list[str] = []
    stand.frame.set_empty(lambda: ("No hay libros.", (("Comprar", lambda: pressed.append("Comprar")),)))
    stand.begin()
    assert stand.frame.placeholder.sentence == "No hay libros."
    QTest.mouseClick(stand.frame.placeholder._buttons[0], Qt.MouseButton.LeftButton)
    assert pressed == ["Comprar"]
    stand.shelf.put(1, 1)
    stand.change(1)
    assert stand.frame.placeholder.sentence == ""
    assert stand.view.current_id == 1


def test_waiting_is_said_by_and_by(stand: Stand, qtbot: QtBot) -> None:
    """Grey after a moment, a sentence with «Cancelar» after a second; what was there stays."""
    stand.begin()
    stand.shelf.gate.clear()
    stand.model.show_source(stand.shelf.source())
    assert not stand.view._veiled
    qtbot.waitUntil(lambda: stand.view._veiled, timeout=1000)
    assert stand.model.rowCount() > 0
    qtbot.waitUntil(lambda: stand.frame.placeholder.sentence == "Cargando libros…", timeout=2000)
    stand.model.stop()
    stand.shelf.gate.set()
    assert stand.frame.placeholder.sentence == ""
    assert stand.model.rowCount() > 0


def test_a_list_that_could_not_be_read_can_be_asked_for_again(stand: Stand, qtbot: QtBot) -> None:
    """The sentence of the error, and «Reintentar»."""
    stand.shelf.error = Busy("Está ocupado.")
    stand.model.show_source(stand.shelf.source())
    qtbot.waitUntil(lambda: stand.frame.placeholder.sentence == "Está ocupado.")
    stand.shelf.error = None
    with qtbot.waitSignal(stand.model.begun):
        QTest.mouseClick(stand.frame.placeholder._buttons[0], Qt.MouseButton.LeftButton)


def test_without_connection_lists_stay_and_are_dated(stand: Stand, qtbot: QtBot) -> None:
    """What was read can be read on; back on line it is of now again."""
    stand.begin()
    stand.shelf.error = ConnectionLost()
    stand.operations.connection_changed.emit(False)
    assert stand.frame.age.startswith("Sin conexión: son los datos de las ")
    stand.change(3)
    assert stand.model.rowCount() > 0
    stand.shelf.error = None
    stand.shelf.put(3, 30, "Corregido")
    stand.operations.connection_changed.emit(True)
    stand.rest()
    assert stand.frame.age == ""
    assert stand.model.index(2, 0).data() == "Corregido"


def test_a_line_is_found_as_soon_as_it_is_here(stand: Stand) -> None:
    """Asked to choose one that is not here yet, the list chooses it when it comes; unless one went elsewhere."""
    stand.begin()
    assert not stand.view.choose(5000)
    stand.shelf.put(5000, 55)
    stand.change(5000)
    assert stand.view.current_id == 5000
    assert not stand.view.choose(5001)
    QTest.keyClick(stand.view, Qt.Key.Key_Down)
    went = stand.view.current_id
    stand.shelf.put(5001, 56)
    stand.change(5001)
    assert stand.view.current_id == went


def test_keys_agree_with_positions(shelf: Shelf) -> None:  # the shelf itself is sound
    ordered = shelf.sorted()
    assert shelf.page(None, ordered[500].position, 3) == tuple(ordered[501:504])
    assert place(ordered[0]) < place(ordered[1])
