"""The steps of the import at the left: which one is done, which one is open."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from iduo_desktop.ui.theme import mark
from iduo_desktop.ui.widgets.labels import label

STEPS = ("Archivo", "Columnas", "Simulación", "Resultado")
_WIDTH = 150


class Steps(QWidget):
    """Read, not pressed: «Atrás» and «Siguiente» are the way."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("import_steps")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        mark(self, surface="panel")
        self.setFixedWidth(_WIDTH)
        self._labels = [label("", "", f"step_{at + 1}", wraps=False) for at, _ in enumerate(STEPS)]
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(12)
        for each in self._labels:
            column.addWidget(each)
        column.addStretch(1)
        self.show_step(0)

    def show_step(self, now: int, skipped: frozenset[int] = frozenset()) -> None:
        """Step `now` is open; those before are done, or were skipped."""
        for at, (name, each) in enumerate(zip(STEPS, self._labels, strict=True)):
            sign = "·" if at in skipped else "✔" if at < now else str(at + 1)
            each.setText(f"{sign}  {name}")
            mark(each, role="heading" if at == now else "secondary")
        self.setAccessibleName(f"Paso {now + 1} de {len(STEPS)}: {STEPS[now]}")
