"""Two texts side by side: what stands here, and what the file says."""

from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from iduo_desktop.ui.widgets.labels import label


class Compare(QWidget):
    """There only while it has something to compare."""

    def __init__(self, name: str, before: str = "Lo que ya está", after: str = "Lo que dice el archivo"):
        super().__init__()
        self.setObjectName(name)
        self.before = self._pane(f"{name}_before", before)
        self.after = self._pane(f"{name}_after", after)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        for title, pane in ((before, self.before), (after, self.after)):
            column = QVBoxLayout()
            column.setSpacing(4)
            column.addWidget(label(title, "heading", wraps=False))
            column.addWidget(pane)
            row.addLayout(column, 1)
        self.hide()

    def show_texts(self, before: str, after: str) -> None:
        """Compare these; nothing is shown without a text before."""
        self.before.setPlainText(before)
        self.after.setPlainText(after)
        self.setVisible(bool(before))

    def _pane(self, name: str, title: str) -> QPlainTextEdit:
        made = QPlainTextEdit(readOnly=True, tabChangesFocus=True)
        made.setObjectName(name)
        made.setAccessibleName(title)
        made.setFixedHeight(made.fontMetrics().lineSpacing() * 3 + 18)
        return made
