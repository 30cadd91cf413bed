"""A layout that sets its widgets side by side and goes on below where the line is full."""

from collections.abc import Iterable

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget


class FlowLayout(QLayout):
    """Lines of widgets in reading order, each as wide as it wants to be, `centred` on its line or at its top."""

    def __init__(self, parent: QWidget | None = None, spacing: int = 8, *, centred: bool = True):
        self._heights: dict[int, int] = {}
        super().__init__(parent)
        self._centred = centred
        self._items: list[QLayoutItem] = []
        self.setSpacing(spacing)
        self.setContentsMargins(0, 0, 0, 0)

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)
        self.invalidate()

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        self._heights.clear()
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def invalidate(self) -> None:
        self._heights.clear()
        super().invalidate()

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        if width not in self._heights:  # Qt asks for the same one again and again
            self._heights[width] = self._arrange(QRect(0, 0, width, 0), move=False)
        return self._heights[width]

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._arrange(rect, move=True)

    def sizeHint(self) -> QSize:
        widths = [item.sizeHint().width() + self.spacing() for item in self._shown()]
        return QSize(max(0, sum(widths) - self.spacing()), self.minimumSize().height())

    def minimumSize(self) -> QSize:
        size = QSize()
        for item in self._shown():
            size = size.expandedTo(item.minimumSize())
        return size

    def _shown(self) -> list[QLayoutItem]:
        return [item for item in self._items if not item.isEmpty()]

    def _arrange(self, rect: QRect, *, move: bool) -> int:
        """Place the widgets; the height that they take."""
        y = rect.y()
        for line in self._lines(rect.width()):
            height = max(size.height() for _, size in line)
            x = rect.x()
            for item, size in line:
                if move:
                    lower = (height - size.height()) // 2 if self._centred else 0
                    item.setGeometry(QRect(QPoint(x, y + lower), size))
                x += size.width() + self.spacing()
            y += height + self.spacing()
        return max(0, y - self.spacing() - rect.y())

    def _lines(self, width: int) -> list[list[tuple[QLayoutItem, QSize]]]:
        lines: list[list[tuple[QLayoutItem, QSize]]] = []
        used, spacing = width, self.spacing()
        for item in self._shown():
            wanted = item.sizeHint()
            size = QSize(min(wanted.width(), max(width, 1)), wanted.height())
            if not lines or used + spacing + size.width() > width:
                lines.append([])
                used = -spacing
            lines[-1].append((item, size))
            used += spacing + size.width()
        return lines


def flow(widgets: Iterable[QWidget], spacing: int = 6) -> QWidget:
    """Widgets side by side, on more lines where there is no room."""
    holder = QWidget()
    layout = FlowLayout(holder, spacing)
    for each in widgets:
        layout.addWidget(each)
    return holder
