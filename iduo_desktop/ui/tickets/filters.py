"""What narrows the lists: words at once, any field by a form, and each of them can be taken away again."""

from collections.abc import Iterable
from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QWidget

from iduo_desktop.services.catalogues import Topic
from iduo_desktop.services.tickets import TicketFilter
from iduo_desktop.ui import formats
from iduo_desktop.ui.actions import shown
from iduo_desktop.ui.tickets.filter_dialog import KINDS, TITLES, FilterDialog
from iduo_desktop.ui.widgets.buttons import button
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.filter_box import FilterBox
from iduo_desktop.ui.widgets.flow_layout import FlowLayout


class TicketFilters(QWidget):
    """One filter for the four lists. `narrowed` tells it when it is another one; `left_down` asks for the list."""

    narrowed = Signal(object)
    left_down = Signal()

    def __init__(self, clock: Clock, area_code: str, parent: QWidget | None = None):
        super().__init__(parent)
        self.setObjectName("ticket_filters")
        self._clock = clock
        self._area_code = area_code
        self._topics: dict[int, Topic] = {}
        self.chosen = TicketFilter()
        self.text = FilterBox("filter_tickets", "Filtrar esta lista…")
        self.text.setFixedWidth(200)
        self.form = button("Filtros…", "open_filter", self.open, key=shown("filter"))
        self.clear_all = button("Quitar filtros", "clear_filters", self.clear, role="link")
        self._chips: list[QPushButton] = []
        self._flow = FlowLayout(self, 8)
        for widget in (self.text, self.form, self.clear_all):
            self._flow.addWidget(widget)
        self.clear_all.hide()
        self.text.filtered.connect(lambda text: self.narrow(replace(self.chosen, text=text)))
        self.text.left_down.connect(self.left_down)

    def offer(self, topics: Iterable[Topic]) -> None:
        """The topics to filter by."""
        self._topics = {topic.id: topic for topic in topics if topic.id is not None}
        self._show()

    def open(self) -> None:
        """Ctrl+Shift+F: any field that was taken."""
        dialog = FilterDialog(self.chosen, self._topics.values(), self._area_code, self._clock, self.window())
        dialog.chosen.connect(self.narrow)
        dialog.chosen.connect(lambda _filter: self.left_down.emit())
        dialog.open()

    def clear(self) -> None:
        """Show everything."""
        self.narrow(TicketFilter())

    def narrow(self, chosen: TicketFilter) -> None:
        """Narrow the lists to this."""
        if chosen != self.chosen:
            self.chosen = chosen
            self._show()
            self.narrowed.emit(chosen)

    def _show(self) -> None:
        if self.text.text().strip() != self.chosen.text:
            self.text.show_text(self.chosen.text)
        for chip in self._chips:
            self._flow.removeWidget(chip)
            chip.deleteLater()
        used = [key for key in TITLES if key != "text" and getattr(self.chosen, key) not in {None, ""}]
        self._chips = [self._chip(key) for key in used]
        self._flow.removeWidget(self.clear_all)
        for widget in (*self._chips, self.clear_all):
            self._flow.addWidget(widget)
            widget.show()
        self.clear_all.setVisible(len(self._chips) > 1)
        self.updateGeometry()

    def _chip(self, key: str) -> QPushButton:
        text = f"{TITLES[key]}: {self._word(key)}"
        chip = button(f"{text}  ✕", f"chip_{key}", lambda: self._remove(key))
        chip.setParent(self)
        chip.setAccessibleName(f"Quitar el filtro {text}")
        chip.setToolTip("Quitar este filtro")
        chip.setStyleSheet("border-radius: 12px; padding: 3px 10px")
        return chip

    def _remove(self, key: str) -> None:
        self.narrow(replace(self.chosen, **{key: getattr(TicketFilter(), key)}))
        self.text.setFocus()

    def _word(self, key: str) -> str:
        value = getattr(self.chosen, key)
        if key in KINDS:
            return KINDS[key](value).label
        if key == "topic_id":
            return self._topics[value].label if value in self._topics else str(value)
        return formats.day(value) if key in {"first", "last"} else str(value)
