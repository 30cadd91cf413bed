"""A plot with its title, unit and legend; the same numbers as a table, a key away."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from iduo_desktop.services.supervision import Bar
from iduo_desktop.ui import formats
from iduo_desktop.ui.board.bar_chart import LATE, NOTHING, BarChart, Colour, Way, paint_sample, series_colour
from iduo_desktop.ui.board.bar_places import series_of
from iduo_desktop.ui.theme import mark
from iduo_desktop.ui.widgets.flow_layout import FlowLayout
from iduo_desktop.ui.widgets.labels import label
from iduo_desktop.ui.widgets.rows_table import Column, RowsTable

AS_TABLE, AS_PLOT = "Ver como tabla", "Ver como gráfico"
LEAST = 210


class PlotCard(QFrame):
    """`chosen` brings the bar whose list is wanted, from the plot or from the table."""

    chosen = Signal(object)

    def __init__(
        self,
        name: str,
        title: str,
        unit: tuple[str, str],
        axis: str,
        way: Way,
        colour: Colour = series_colour,
        *,
        parts: str = "Parte",
        late: str = LATE,
    ):
        super().__init__()
        self.setObjectName(f"{name}_card")
        self.setMinimumHeight(LEAST)
        mark(self, surface="card")
        self._axis = axis
        self._unit = unit
        self._colour = colour
        self._parts, self._late = parts, late
        counted = "" if unit[1] in title.lower() else f" ({unit[1]})"
        self.title = label(title + counted, "heading", f"{name}_title")
        self.chart = BarChart(name, title, unit, way, colour, late)
        self.table: RowsTable[Bar] = RowsTable(f"{name}_table", f"{title}, como tabla", self._columns(stacked=False))
        self.said = label("", "secondary", f"{name}_said")
        self.turn = QPushButton(AS_TABLE)
        self.turn.setObjectName(f"{name}_turn")
        self.turn.setAccessibleName(f"{AS_TABLE}: {title}")
        mark(self.turn, role="link")
        self._legend = QWidget()
        self._samples = FlowLayout(self._legend, spacing=10, centred=False)
        self._named: tuple[str, ...] = ()
        self._stack = QStackedWidget()
        self._stack.addWidget(self.chart)
        self._stack.addWidget(self.table)
        self.chart.chosen.connect(self.chosen)
        self.chart.walked.connect(self.said.setText)
        self.table.opened.connect(self._choose_row)
        self.turn.clicked.connect(self._turn)
        self._lay_out()

    def show_bars(self, bars: tuple[Bar, ...]) -> None:
        """Show these in both."""
        names = series_of(bars)
        stacked = len(names) > 1
        if names != self._named:
            self._name(names if stacked else ())
            self._named = names
        self.chart.show_bars(bars)
        filled = [bar for bar in bars if bar.value]
        self.table.show_rows(filled, at=max(self.table.at, 0), columns=self._columns(stacked=stacked))
        self._show_words()

    def _columns(self, *, stacked: bool) -> tuple[Column[Bar], ...]:
        late: Column[Bar] = Column("", lambda bar: f"⚠ {self._late}" if self._late and bar.late else " ", 150)
        value: Column[Bar] = Column(self._unit[1].capitalize(), lambda bar: formats.count(bar.value), 110, right=True)
        group: Column[Bar] = Column(self._axis, lambda bar: bar.group, least=90)
        series: Column[Bar] = Column(self._parts, lambda bar: bar.series, least=90)
        return (group, series, value, *([late] if self._late else ())) if stacked else (group, value, late)

    def _name(self, names: tuple[str, ...]) -> None:
        """The legend: nothing where there is one series only."""
        while (item := self._samples.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        for part, name in enumerate(names):
            self._samples.addWidget(_Sample(self._colour, part, name))

    def _turn(self) -> None:
        to_table = self._stack.currentWidget() is self.chart
        self._stack.setCurrentWidget(self.table if to_table else self.chart)
        self.turn.setText(AS_PLOT if to_table else AS_TABLE)
        self.turn.setAccessibleName(f"{self.turn.text()}: {self.chart.accessibleName()}")
        self._show_words()
        (self.table if to_table else self.chart).setFocus()

    def _show_words(self) -> None:
        """The legend goes with the bars; that there is nothing is said of the table too."""
        as_plot = self._stack.currentWidget() is self.chart
        self._legend.setVisible(as_plot and len(self._named) > 1)
        self.said.setVisible(as_plot or self.chart.empty)
        if self.chart.empty:
            self.said.setText("" if as_plot else NOTHING)

    def _choose_row(self) -> None:
        row = self.table.row()
        if row is not None:
            self.chosen.emit(row)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.turn, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self._legend)
        column.addWidget(self._stack, 1)
        column.addWidget(self.said)
        self._legend.hide()


class _Sample(QWidget):
    """One part of the legend: its colour and pattern, and its name."""

    def __init__(self, colour: Colour, part: int, name: str):
        super().__init__()
        self._colour = colour
        self._part = part
        row = QHBoxLayout(self)
        row.setContentsMargins(18, 0, 0, 0)
        row.addWidget(label(name[:1].upper() + name[1:], "secondary", f"legend_{part}", wraps=False))

    def sizeHint(self) -> QSize:
        wanted = super().sizeHint()
        return QSize(wanted.width(), max(16, wanted.height()))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        square = QRectF(1, (self.height() - 12) / 2, 12, 12)
        paint_sample(painter, self, square, self._colour(self, 0, self._part), self._part)
