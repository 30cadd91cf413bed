"""How often something was moved: from when to when, by whom and why, the newest first."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from iduo_desktop.services.agenda import Move
from iduo_desktop.ui import formats
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.history_lines import short_name
from iduo_desktop.ui.widgets.labels import label


class MovesBox(QWidget):
    """A line each; nothing where nothing was moved."""

    def __init__(self, clock: Clock):
        super().__init__()
        self._clock = clock
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        self.hide()

    def show_moves(self, moves: tuple[Move, ...]) -> None:
        """Show these."""
        while (item := self._column.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        if moves:
            self._column.addWidget(label("Reprogramaciones", "heading", "moves_heading", wraps=False))
        for number, move in enumerate(moves):
            self._column.addWidget(label(self._words(move), "secondary", f"move_{number}"))
        self.setVisible(bool(moves))

    def _words(self, move: Move) -> str:
        now = self._clock()
        before, after = formats.when(move.before, now), formats.when(move.after, now)
        return f"De {before} a {after} · {short_name(move.by_name)}: {move.reason}"
