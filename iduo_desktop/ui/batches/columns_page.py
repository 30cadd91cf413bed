"""Page 2 of the import, «Columnas»: where each column goes, how dates are read, what an empty cell means."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QGridLayout,
    QLabel,
    QLineEdit,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from iduo_desktop.services.importing import Column, FieldChoice, Looked, Mapping
from iduo_desktop.ui.widgets.buttons import button
from iduo_desktop.ui.widgets.elided_label import ElidedLabel
from iduo_desktop.ui.widgets.flow_layout import FlowLayout
from iduo_desktop.ui.widgets.labels import label, say, sentence

NOT_IMPORTED = "No importar"
DATES = "Hay fechas como 03/04 que se pueden leer de dos maneras: ¿qué va primero?"
_HOW = {
    "own": "✔ de nuestro archivo",
    "last_time": "✔ como la última vez",
    "name": "✔ por el nombre",
    "examples": "✔ por los ejemplos",
    "empty": "· vacía",
}
_CHOSEN = "✔ elegido por vos"
_AMBIGUOUS = "⚠ ¿día/mes o mes/día?"


class ColumnsPage(QWidget):
    """`keep_asked` brings the name under which the choice is to be kept; `changed`: something was decided."""

    changed = Signal()
    keep_asked = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("import_columns")
        self.setAccessibleName("Columnas")
        self.looked: Looked | None = None
        self.boxes: list[QComboBox] = []
        self._states: list[QLabel] = []
        self._grid_place = QVBoxLayout()
        self._grid: QWidget | None = None
        self.dates = _Question("import_dates", DATES, {"day": "día/mes", "month": "mes/día"})
        self.empty = _Question("import_empty", "Celda vacía:", {"leave": "no tocar", "erase": "borrar el dato"})
        self.empty.choose("leave")
        self.name = QLineEdit(maxLength=60, placeholderText="Nombre")
        self.name.setObjectName("profile_name")
        self.name.setAccessibleName("Nombre de la plantilla")
        self.name.setFixedWidth(180)
        self.keep = button("Guardar como plantilla", "keep_profile", self._keep)
        self.keep.setAutoDefault(True)
        self.kept = sentence("ok", "profile_kept")
        self._lay_out()
        self.dates.changed.connect(self._follow)
        self.empty.changed.connect(self.changed)
        self.name.returnPressed.connect(self._keep)

    def show_looked(self, looked: Looked) -> None:
        """Ask about the columns of this file. The same file again: what was decided stays."""
        if looked == self.looked:
            return
        fresh = self.looked is None or looked.path != self.looked.path
        self.looked = looked
        if fresh:
            self.dates.choose("")
            self.empty.choose("leave")
        self._make_grid(looked)
        say(self.kept, "")
        self._follow()

    def mapping(self) -> Mapping:
        """What was decided."""
        kind = self.looked.kind if self.looked is not None else ""
        fields = tuple(str(box.currentData()) for box in self.boxes)
        day_first = {"day": True, "month": False}.get(self.dates.chosen)
        return Mapping(kind, fields, day_first, self.empty.chosen == "erase")

    def problem(self) -> tuple[str, QWidget | None]:
        """What is still to be decided, and where."""
        if self.looked is None:
            return "", None
        fields = [str(box.currentData()) for box in self.boxes]
        missing = [choice.label for choice in self.looked.fields if choice.required and choice.key not in fields]
        if missing:
            which = " y ".join(f"«{name}»" for name in missing)
            return f"Falta decir qué columna es {which}.", next(iter(self.boxes), None)
        if self.asks_dates and not self.dates.chosen:
            return DATES, self.dates.first
        return "", None

    @property
    def asks_something(self) -> bool:
        """True where a column has to be decided on by a person."""
        return self.asks_dates or bool(self.problem()[0])

    @property
    def asks_dates(self) -> bool:
        """True while a column that is imported has dates that read two ways."""
        columns = self.looked.columns if self.looked is not None else ()
        return any(column.ambiguous and box.currentData() for column, box in zip(columns, self.boxes, strict=False))

    def begin(self) -> None:
        """Take the keyboard, where something has to be decided."""
        _, where = self.problem()
        (where or next(iter(self.boxes), self.name)).setFocus()

    def show_kept(self, name: str) -> None:
        """The choice was kept."""
        say(self.kept, f"✔ Guardada como «{name}»: la próxima vez se usa sola.")

    def _keep(self) -> None:
        name = self.name.text().strip()
        if name:
            self.keep_asked.emit(name)
        else:
            self.name.setFocus()

    def _follow(self) -> None:
        for column, box, state in zip(self._columns(), self.boxes, self._states, strict=True):
            state.setText(self._state(column, box))
        self.dates.setVisible(self.asks_dates)
        self.changed.emit()

    def _columns(self) -> tuple[Column, ...]:
        return self.looked.columns if self.looked is not None else ()

    def _state(self, column: Column, box: QComboBox) -> str:
        if not box.currentData():
            return _HOW["empty"] if column.how == "empty" else "· no se importa"
        if column.ambiguous and not self.dates.chosen:
            return _AMBIGUOUS
        return _CHOSEN if box.currentData() != column.field else _HOW.get(column.how, _CHOSEN)

    def _make_grid(self, looked: Looked) -> None:
        if self._grid is not None:
            self._grid.hide()
            self._grid.deleteLater()
        self._grid = QWidget()
        grid = QGridLayout(self._grid)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        for at, title in enumerate(("Columna", "Ejemplos", "Campo", "Estado")):
            grid.addWidget(label(title, "heading", wraps=False), 0, at)
        grid.setColumnStretch(0, 2)
        grid.setColumnStretch(1, 3)
        grid.setColumnStretch(2, 2)
        self.boxes, self._states = [], []
        for at, column in enumerate(looked.columns):
            self._add_row(grid, at, column, looked.fields)
        self._grid_place.addWidget(self._grid)

    def _add_row(self, grid: QGridLayout, at: int, column: Column, fields: tuple[FieldChoice, ...]) -> None:
        title = column.title or f"(columna {at + 1})"
        box = QComboBox()
        box.setObjectName(f"column_{at + 1}")
        box.setAccessibleName(f"Campo para la columna {title}")
        box.setMinimumWidth(140)
        box.addItem(NOT_IMPORTED, "")
        for choice in fields:
            box.addItem(choice.label + (" *" if choice.required else ""), choice.key)
        box.setCurrentIndex(max(0, box.findData(column.field)))
        box.currentIndexChanged.connect(self._follow)
        state = label("", "secondary", f"column_state_{at + 1}", wraps=False)
        state.setMinimumWidth(state.fontMetrics().horizontalAdvance(_AMBIGUOUS))
        self.boxes.append(box)
        self._states.append(state)
        examples = ", ".join(column.examples) or "—"
        cells = (ElidedLabel(f"title_{at + 1}", title), ElidedLabel(f"examples_{at + 1}", examples), box, state)
        for place, cell in enumerate(cells):
            grid.addWidget(cell, at + 1, place)

    def _lay_out(self) -> None:
        kept = FlowLayout(spacing=8)
        for widget in (self.name, self.keep, self.kept):
            kept.addWidget(widget)
        self.kept.setWordWrap(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addLayout(self._grid_place)
        column.addWidget(self.dates)
        column.addWidget(self.empty)
        column.addLayout(kept)
        column.addStretch(1)


class _Question(QWidget):
    """A question with a few answers side by side."""

    changed = Signal()

    def __init__(self, name: str, text: str, answers: dict[str, str]):
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(text)
        self._group = QButtonGroup(self)
        self._radios = {key: QRadioButton(answer) for key, answer in answers.items()}
        flow = FlowLayout(self, 8)
        flow.addWidget(label(text, wraps=False))
        for key, radio in self._radios.items():
            radio.setObjectName(f"{name}_{key}")
            radio.setAccessibleName(f"{text} {answers[key]}")
            self._group.addButton(radio)
            flow.addWidget(radio)
            radio.clicked.connect(self.changed)

    @property
    def chosen(self) -> str:
        """The key of the answer, "" while there is none."""
        return next((key for key, radio in self._radios.items() if radio.isChecked()), "")

    @property
    def first(self) -> QWidget:
        """What takes the keyboard."""
        return next(iter(self._radios.values()))

    def choose(self, wanted: str) -> None:
        """Show this answer, or none."""
        self._group.setExclusive(False)
        for key, radio in self._radios.items():
            radio.setChecked(key == wanted)
        self._group.setExclusive(True)
