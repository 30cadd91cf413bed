"""The left rail: the parts of the program, an icon and a word each; wider it shows the lists with their counts."""

from collections.abc import Iterable

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from iduo_desktop.services.cases import ListCount
from iduo_desktop.terms import CaseList
from iduo_desktop.ui import formats
from iduo_desktop.ui.actions import shown
from iduo_desktop.ui.icons import icon
from iduo_desktop.ui.theme import mark
from iduo_desktop.ui.widgets.labels import label

NARROW, WIDE = 80, 216
LOW = 400


class Rail(QWidget):
    """«Call Center Operador» with its six lists; what a role cannot use is absent."""

    list_requested = Signal(str)
    cases_requested = Signal()
    settings_requested = Signal()
    help_requested = Signal()
    expanded_changed = Signal(bool)

    def __init__(self, expanded: bool, *, administrator: bool = False):
        super().__init__()
        self.setObjectName("rail")
        self.setAccessibleName("Partes del programa")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        mark(self, surface="side")
        self.expanded = expanded
        self.cases = _part("Casos", "rail_cases", "cases", self.cases_requested)
        self.cases.setCheckable(True)
        self.cases.setChecked(True)
        self.settings: QToolButton | None = None
        if administrator:
            self.settings = _part("Configurar", "rail_settings", "settings", self.settings_requested)
            self.settings.setAccessibleName("Configuración")
            self.settings.setCheckable(True)
        self.help = _part("Ayuda", "rail_help", "help", self.help_requested)
        self.help.setToolTip(f"Ayuda y atajos de esta pantalla ({shown('help')})")
        self.headings = [label("Call Center", "heading", "rail_call_center", wraps=False)]
        self.headings.append(label("Operador (casos)", "secondary", "rail_operator", wraps=False))
        self.lists = {kind: self._list(kind) for kind in CaseList}
        self.only_one = QButtonGroup(self)
        for button in self.lists.values():
            self.only_one.addButton(button)
        self.toggle = _part("", "rail_toggle", "expand", None)
        self.toggle.clicked.connect(lambda: self.expand(not self.expanded))
        self._lay_out()
        self.expand(expanded)

    def expand(self, on: bool) -> None:
        """Wide with the lists, or narrow with the icons."""
        self.expanded = on
        self._fit()
        self.expanded_changed.emit(on)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """The lists need some height; where it is missing, the tabs have to do."""
        on, low = self.expanded, self.height() < LOW
        on = on and not low
        self.toggle.setVisible(not low)
        self.setFixedWidth(WIDE if on else NARROW)
        self.cases.setVisible(not on)
        for widget in (*self.headings, *self.lists.values()):
            widget.setVisible(on)
        self.toggle.setText("Menos" if on else "Más")
        self.toggle.setAccessibleName("Angostar la barra" if on else "Ensanchar la barra")
        self.toggle.setToolTip("" if on else "Ver las listas con sus cantidades")
        self.toggle.setIcon(icon("collapse" if on else "expand"))

    def show_counts(self, counts: Iterable[ListCount]) -> None:
        """How many cases each list has."""
        for counted in counts:
            button = self.lists[CaseList(counted.list)]
            button.show_count(formats.count(counted.count, capped=counted.capped))

    def show_list(self, name: str) -> None:
        """Which list is being looked at."""
        self.lists[CaseList(name)].setChecked(True)

    def show_settings(self, shown: bool) -> None:
        """Whether the settings are being looked at, or the cases."""
        self.cases.setChecked(not shown)
        if self.settings is not None:
            self.settings.setChecked(shown)

    def _list(self, kind: CaseList) -> "_ListButton":
        button = _ListButton(kind)
        button.clicked.connect(lambda: self.list_requested.emit(kind.value))
        return button

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 8, 4, 8)
        layout.setSpacing(2)
        for heading in self.headings:
            heading.setContentsMargins(8, 2, 8, 2)
        for widget in (self.cases, *self.headings, *self.lists.values()):
            layout.addWidget(widget)
        if self.settings is not None:
            layout.addWidget(self.settings)
        layout.addStretch()
        layout.addWidget(self.help)
        layout.addWidget(self.toggle)


class _ListButton(QToolButton):
    """A list by name at the left, its count at the right."""

    def __init__(self, kind: CaseList):
        super().__init__()
        self._name = kind.label
        self.setObjectName(f"rail_list_{kind.value}")
        self.setAccessibleName(kind.label)
        self.setToolTip(f"{kind.label} ({shown(f'list_{kind.value}')})")
        self.setCheckable(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumHeight(32)
        self._word = QLabel(kind.label, self)
        self._count = QLabel(self)
        self._count.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    def show_count(self, count: str) -> None:
        """«212»."""
        self._count.setText(count)
        self.setAccessibleName(f"{self._name}, {count}")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        room = self.rect().adjusted(10, 0, -10, 0)
        self._word.setGeometry(room)
        self._count.setGeometry(room)

    def sizeHint(self) -> QSize:
        width = self._word.sizeHint().width() + self._count.sizeHint().width() + 36
        return QSize(width, 32)


def _part(text: str, name: str, drawing: str, signal: object) -> QToolButton:
    button = QToolButton()
    button.setText(text)
    button.setObjectName(name)
    button.setAccessibleName(text)
    button.setIcon(icon(drawing))
    button.setIconSize(QSize(24, 24))
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
    button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    button.setMinimumHeight(52)
    mark(button, role="rail")
    if signal is not None:
        button.clicked.connect(signal)
    return button
